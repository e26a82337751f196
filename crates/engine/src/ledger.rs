//! The ledger: what has been delivered where, over all runs.
//!
//! One SQLite file in the state folder. An input's key (SHA-256 of its bytes) makes a second
//! run cheap; a stream's content key and destination decide whether it was delivered. Streams
//! are published while a write transaction is open, so that of two processes only one
//! delivers an activity.

mod trouble;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use pipeline_plugin::{ContentKey, Error, Result, StateChange};
use rusqlite::{Connection, OptionalExtension, params};

use self::trouble::{broken, refused};

/// The version of the tables, in `user_version`.
const VERSION: i64 = 1;

/// How long to wait for another process that is publishing.
const PATIENCE: Duration = Duration::from_secs(60);

const TABLES: &str = "
    PRAGMA journal_mode = WAL;
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS delivery (
        content     BLOB NOT NULL,
        destination TEXT NOT NULL,
        path        TEXT NOT NULL,
        input       TEXT NOT NULL,
        time        INTEGER NOT NULL,
        PRIMARY KEY (content, destination)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS input (
        key         BLOB NOT NULL,
        destination TEXT NOT NULL,
        name        TEXT NOT NULL,
        time        INTEGER NOT NULL,
        PRIMARY KEY (key, destination)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS quarantine (
        key         BLOB NOT NULL,
        settings    BLOB NOT NULL,
        name        TEXT NOT NULL,
        reason      TEXT NOT NULL,
        help        TEXT,
        time        INTEGER NOT NULL,
        PRIMARY KEY (key, settings)
    ) WITHOUT ROWID;
    PRAGMA user_version = 1;
    COMMIT;
";

/// Added later; versions that do not know it leave it alone.
const STATE: &str = "
    CREATE TABLE IF NOT EXISTS state (
        pipeline    TEXT NOT NULL,
        stage       TEXT NOT NULL,
        key         TEXT NOT NULL,
        value       TEXT NOT NULL,
        time        INTEGER NOT NULL,
        PRIMARY KEY (pipeline, stage, key)
    ) WITHOUT ROWID;
";

/// A value of a stage: stage, key, value.
type Remembered = (String, String, serde_json::Value);

/// The open ledger.
#[derive(Debug)]
pub struct Ledger {
    db: Connection,
    path: PathBuf,
}

impl Ledger {
    /// Opens the ledger in a state folder; both are made if they do not exist.
    ///
    /// # Errors
    ///
    /// When the folder or the file can't be used, or was made by a newer version.
    pub fn open(state: &Path) -> Result<Self> {
        let path = state.join("ledger.sqlite3");
        if !path.exists() {
            fs::create_dir_all(state).map_err(|error| {
                refused(
                    &format!("make the state folder `{}`", state.display()),
                    &error,
                )
            })?;
        }
        let cannot = |error| broken(&path, &error);
        let db = Connection::open(&path).map_err(cannot)?;
        db.busy_timeout(PATIENCE).map_err(cannot)?;
        db.pragma_update(None, "synchronous", "FULL")
            .map_err(cannot)?;
        let version: i64 = db
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .map_err(cannot)?;
        if version == 0 {
            db.execute_batch(TABLES).map_err(cannot)?;
        } else if version > VERSION {
            let message = format!(
                "`{}` was made by a newer version of pipeline",
                path.display()
            );
            return Err(Error::resource(message).with_help("update pipeline"));
        }
        db.execute_batch(STATE).map_err(cannot)?;
        Ok(Self { db, path })
    }

    /// Whether everything of that input has been delivered to all these destinations.
    ///
    /// # Errors
    ///
    /// When the ledger can't be read.
    pub fn has_input<'a>(
        &self,
        key: &[u8; 32],
        destinations: impl Iterator<Item = &'a str>,
    ) -> Result<bool> {
        let mut known = self
            .db
            .prepare_cached("SELECT 1 FROM input WHERE key = ?1 AND destination = ?2")
            .map_err(|error| self.broken(&error))?;
        let mut any = false;
        for destination in destinations {
            any = true;
            if !known
                .exists(params![key, destination])
                .map_err(|error| self.broken(&error))?
            {
                return Ok(false);
            }
        }
        Ok(any)
    }

    /// Why an input with those bytes could not be used with these settings, if an earlier run
    /// found out.
    ///
    /// # Errors
    ///
    /// When the ledger can't be read.
    pub fn quarantined(&self, key: &[u8; 32], settings: &[u8; 32]) -> Result<Option<Error>> {
        self.db
            .prepare_cached("SELECT reason, help FROM quarantine WHERE key = ?1 AND settings = ?2")
            .and_then(|mut query| {
                let error = |row: &rusqlite::Row<'_>| {
                    let error = Error::skip(row.get::<_, String>(0)?);
                    let help: Option<String> = row.get(1)?;
                    Ok(match help {
                        Some(help) => error.with_help(help),
                        None => error,
                    })
                };
                query.query_row(params![key, settings], error).optional()
            })
            .map_err(|error| self.broken(&error))
    }

    /// What the stages of a pipeline have set in earlier runs.
    ///
    /// # Errors
    ///
    /// When the ledger can't be read.
    pub fn state(&self, pipeline: &str) -> Result<Vec<Remembered>> {
        let values = self
            .db
            .prepare_cached("SELECT stage, key, value FROM state WHERE pipeline = ?1")
            .and_then(|mut query| {
                let rows = query.query_map([pipeline], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?))
                })?;
                rows.collect::<rusqlite::Result<Vec<(String, String, String)>>>()
            })
            .map_err(|error| self.broken(&error))?;
        let values = values.into_iter().map(|(stage, key, value)| {
            let value = serde_json::from_str(&value).map_err(|error| {
                let path = self.path.display();
                let message = format!("the ledger `{path}` has `{key}` of `{stage}` as no JSON");
                Error::resource(message).with_source(error)
            })?;
            Ok((stage, key, value))
        });
        values.collect()
    }

    /// Begins to publish: other processes wait until [`commit`](Publishing::commit).
    ///
    /// # Errors
    ///
    /// When another process publishes for more than a minute, or the ledger can't be written.
    pub(crate) fn publish(&mut self) -> Result<Publishing<'_>> {
        self.db
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(|error| self.broken(&error))?;
        Ok(Publishing {
            ledger: self,
            open: true,
        })
    }

    fn broken(&self, error: &rusqlite::Error) -> Error {
        broken(&self.path, error)
    }
}

/// The ledger while streams are being published.
pub(crate) struct Publishing<'a> {
    ledger: &'a mut Ledger,
    open: bool,
}

impl Publishing<'_> {
    /// Where that stream was delivered before, if it was.
    pub(crate) fn delivered(&self, content: &ContentKey, to: &str) -> Result<Option<PathBuf>> {
        let db = &self.ledger.db;
        let path: Option<String> = db
            .prepare_cached("SELECT path FROM delivery WHERE content = ?1 AND destination = ?2")
            .and_then(|mut query| {
                query
                    .query_row(params![content.0, to], |row| row.get(0))
                    .optional()
            })
            .map_err(|error| self.ledger.broken(&error))?;
        Ok(path.map(PathBuf::from))
    }

    /// Notes that a stream is delivered.
    pub(crate) fn note_delivery(
        &self,
        content: &ContentKey,
        destination: &str,
        path: &Path,
        input: &str,
    ) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO delivery VALUES (?1, ?2, ?3, ?4, ?5)",
            params![content.0, destination, path.to_string_lossy(), input, now()],
        )
    }

    /// Notes what a stage of a pipeline has set.
    pub(crate) fn note_state(&self, pipeline: &str, change: &StateChange) -> Result<()> {
        let StateChange { stage, key, value } = change;
        match value {
            Some(value) => self.execute(
                "INSERT OR REPLACE INTO state VALUES (?1, ?2, ?3, ?4, ?5)",
                params![pipeline, stage, key, value.to_string(), now()],
            ),
            None => self.execute(
                "DELETE FROM state WHERE pipeline = ?1 AND stage = ?2 AND key = ?3",
                params![pipeline, stage, key],
            ),
        }
    }

    /// Notes that everything of an input is delivered.
    pub(crate) fn note_input(&self, key: &[u8; 32], destination: &str, name: &str) -> Result<()> {
        self.execute("DELETE FROM quarantine WHERE key = ?1", params![key])?;
        self.execute(
            "INSERT OR REPLACE INTO input VALUES (?1, ?2, ?3, ?4)",
            params![key, destination, name, now()],
        )
    }

    /// Notes that an input can't be used with these settings.
    pub(crate) fn note_quarantine(
        &self,
        key: &[u8; 32],
        settings: &[u8; 32],
        name: &str,
        error: &Error,
    ) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO quarantine VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                key,
                settings,
                name,
                error.with_causes(),
                error.help(),
                now()
            ],
        )
    }

    fn execute(&self, sql: &str, params: &[&dyn rusqlite::ToSql]) -> Result<()> {
        let db = &self.ledger.db;
        db.prepare_cached(sql)
            .and_then(|mut statement| statement.execute(params))
            .map(drop)
            .map_err(|error| self.ledger.broken(&error))
    }

    /// Makes the notes durable and lets other processes go on.
    pub(crate) fn commit(mut self) -> Result<()> {
        self.open = false;
        self.ledger.db.execute_batch("COMMIT").map_err(|error| {
            let _ = self.ledger.db.execute_batch("ROLLBACK");
            self.ledger.broken(&error)
        })
    }
}

impl Drop for Publishing<'_> {
    fn drop(&mut self) {
        if self.open {
            let _ = self.ledger.db.execute_batch("ROLLBACK");
        }
    }
}

/// Seconds since 1970, for people who look into the ledger.
fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
