//! The database: opening it, its tables, its errors.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pipeline_plugin::{Error, ErrorKind, Header, Result};
use rusqlite::ffi::ErrorCode;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

/// What tells our databases: `PIPE`.
const APPLICATION: i64 = 0x5049_5045;

/// The version of the tables.
const VERSION: i64 = 1;

/// How long to wait for another process that is writing.
const PATIENCE: Duration = Duration::from_secs(30);

const TABLES: &str = "
    CREATE TABLE stream (
        id        INTEGER PRIMARY KEY,
        key       TEXT NOT NULL UNIQUE,
        kind      TEXT NOT NULL,
        name      TEXT NOT NULL,
        device    TEXT NOT NULL,
        serial    INTEGER,
        sport     TEXT NOT NULL,
        sub_sport TEXT NOT NULL,
        start     INTEGER,
        \"end\"   INTEGER,
        samples   INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE field (
        id       INTEGER PRIMARY KEY,
        name     TEXT NOT NULL,
        unit     TEXT NOT NULL,
        \"column\" TEXT NOT NULL UNIQUE COLLATE NOCASE,
        about    TEXT NOT NULL,
        UNIQUE (name, unit)
    );
    CREATE TABLE sample (
        stream INTEGER NOT NULL REFERENCES stream,
        time   INTEGER NOT NULL,
        n      INTEGER NOT NULL,
        PRIMARY KEY (stream, time, n)
    ) WITHOUT ROWID;
    CREATE TABLE minute (
        stream INTEGER NOT NULL REFERENCES stream,
        field  INTEGER NOT NULL REFERENCES field,
        time   INTEGER NOT NULL,
        count  INTEGER NOT NULL,
        sum    REAL NOT NULL,
        min    REAL NOT NULL,
        max    REAL NOT NULL,
        last   REAL NOT NULL,
        mean   REAL GENERATED ALWAYS AS (sum / count) VIRTUAL,
        PRIMARY KEY (stream, field, time)
    ) WITHOUT ROWID;
    CREATE TABLE hour (
        stream INTEGER NOT NULL REFERENCES stream,
        field  INTEGER NOT NULL REFERENCES field,
        time   INTEGER NOT NULL,
        count  INTEGER NOT NULL,
        sum    REAL NOT NULL,
        min    REAL NOT NULL,
        max    REAL NOT NULL,
        last   REAL NOT NULL,
        mean   REAL GENERATED ALWAYS AS (sum / count) VIRTUAL,
        PRIMARY KEY (stream, field, time)
    ) WITHOUT ROWID;
    CREATE TABLE lap (
        stream    INTEGER NOT NULL REFERENCES stream,
        n         INTEGER NOT NULL,
        start     INTEGER NOT NULL,
        \"end\"   INTEGER NOT NULL,
        \"trigger\" TEXT NOT NULL,
        intensity TEXT NOT NULL,
        timer_time REAL, distance REAL, cycles REAL, calories REAL, work REAL,
        avg_heart_rate REAL, max_heart_rate REAL, avg_cadence REAL, avg_power REAL, max_power REAL,
        PRIMARY KEY (stream, n)
    ) WITHOUT ROWID;
    CREATE VIEW samples_of_streams AS
        SELECT strftime('%Y-%m-%d %H:%M:%f', sample.time / 1e6, 'unixepoch') AS at,
               stream.name AS stream_name, sample.*
        FROM sample JOIN stream ON stream.id = sample.stream;
    CREATE VIEW minutes AS
        SELECT datetime(minute.time / 1000000, 'unixepoch') AS time, stream.name AS stream,
               field.name AS field, field.unit AS unit, count, mean, min, max, last
        FROM minute JOIN stream ON stream.id = minute.stream JOIN field ON field.id = minute.field;
    CREATE VIEW hours AS
        SELECT datetime(hour.time / 1000000, 'unixepoch') AS time, stream.name AS stream,
               field.name AS field, field.unit AS unit, count, mean, min, max, last
        FROM hour JOIN stream ON stream.id = hour.stream JOIN field ON field.id = hour.field;
";

/// An open database.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) db: Connection,
    pub(crate) path: PathBuf,
}

impl Database {
    /// Opens a database of ours, or makes one.
    ///
    /// # Errors
    ///
    /// When it can't be used, is another program's, or was made by a newer version.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder {
            fs::create_dir_all(folder).map_err(|error| {
                Error::io(format!("make the folder `{}`", folder.display()), error)
            })?;
        }
        let cannot = |error| broken(path, error);
        let mut db = Connection::open(path).map_err(cannot)?;
        db.busy_timeout(PATIENCE).map_err(cannot)?;
        // Every commit survives a program that is killed; a checkpoint, a power cut.
        db.pragma_update(None, "synchronous", "NORMAL")
            .map_err(cannot)?;
        db.set_prepared_statement_cache_capacity(64);
        make_tables(&mut db, path)?;
        Ok(Self {
            db,
            path: path.to_owned(),
        })
    }

    /// A transaction that writes.
    pub(crate) fn begin(&mut self) -> Result<Transaction<'_>> {
        self.db
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| broken(&self.path, error))
    }

    /// Makes everything so far survive a power cut: a commit that waits for the disk.
    ///
    /// # Errors
    ///
    /// When the disk says no.
    pub(crate) fn sync(&mut self, stream: i64) -> Result<()> {
        let commit = |db: &Connection| {
            db.pragma_update(None, "synchronous", "FULL")?;
            db.execute(
                "UPDATE stream SET samples = samples WHERE id = ?1",
                [stream],
            )?;
            db.pragma_update(None, "synchronous", "NORMAL")
        };
        commit(&self.db).map_err(|error| self.broken(error))
    }

    pub(crate) fn broken(&self, error: rusqlite::Error) -> Error {
        broken(&self.path, error)
    }
}

fn make_tables(db: &mut Connection, path: &Path) -> Result<()> {
    let cannot = |error| broken(path, error);
    let number = |db: &Connection, pragma: &str| -> Result<i64> {
        db.query_row(pragma, [], |row| row.get(0)).map_err(cannot)
    };
    if number(db, "PRAGMA application_id")? != APPLICATION {
        let begun = db.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = begun.map_err(cannot)?;
        // Another thread may just have made them.
        let is_ours = number(&transaction, "PRAGMA application_id")? == APPLICATION;
        let is_new = number(&transaction, "SELECT count(*) FROM sqlite_schema")? == 0;
        if !is_ours && !is_new {
            let message = format!("`{}` is another program's database", path.display());
            return Err(Error::skip(message).with_help("choose another `file`"));
        }
        if is_new {
            transaction.execute_batch(TABLES).map_err(cannot)?;
            let set = |name, value| transaction.pragma_update(None, name, value);
            set("user_version", VERSION).map_err(cannot)?;
            set("application_id", APPLICATION).map_err(cannot)?;
        }
        transaction.commit().map_err(cannot)?;
    }
    // A file system without shared memory keeps its journal: slower, and as safe.
    let _ = db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()));
    if number(db, "PRAGMA user_version")? > VERSION {
        let message = format!(
            "`{}` was made by a newer version of pipeline",
            path.display()
        );
        return Err(Error::resource(message).with_help("update pipeline"));
    }
    Ok(())
}

/// What is wrong with the database.
pub(crate) fn broken(path: &Path, error: rusqlite::Error) -> Error {
    let code = error.sqlite_error_code();
    let message = format!("cannot use the database `{}`", path.display());
    let error = Error::skip(message).with_source(error);
    match code {
        Some(ErrorCode::DiskFull) => error
            .with_kind(ErrorKind::Resource)
            .with_help("free some space and run the same command again"),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => error
            .with_kind(ErrorKind::Resource)
            .with_help("check the permissions, or choose another place"),
        Some(ErrorCode::NotADatabase) => error.with_help("choose another `file`"),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            error.with_help("another program is writing to it: end it, or choose another `file`")
        }
        _ => error,
    }
}

/// The stream's row in the table `stream`; made if there is none.
///
/// # Errors
///
/// When the database can't be written.
pub(crate) fn stream_id(db: &Connection, key: &str, header: &Header) -> rusqlite::Result<i64> {
    let device = device(header);
    let name = match header.name.trim() {
        "" => device,
        name => name,
    };
    let kind = match header.kind {
        pipeline_plugin::Kind::Log => "log",
        _ => "activity",
    };
    let mut insert = db.prepare_cached(
        "INSERT INTO stream (key, kind, name, device, serial, sport, sub_sport)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (key) DO NOTHING",
    )?;
    let (sport, sub_sport) = (header.sport.sport(), header.sport.sub_sport());
    insert.execute(params![
        key,
        kind,
        name,
        device,
        header.device.serial,
        sport,
        sub_sport
    ])?;
    db.query_row("SELECT id FROM stream WHERE key = ?1", [key], |row| {
        row.get(0)
    })
}

/// The name of what recorded a stream.
pub(crate) fn device(header: &Header) -> &str {
    match header.device.name.trim() {
        "" => header.name.trim(),
        name => name,
    }
}
