//! Why the ledger can't be used, and what to do about it.

use std::io::{self, Write};
use std::path::Path;

use pipeline_plugin::{Error, ErrorKind};

/// What SQLite says about the ledger at that path, as people can use it.
pub(super) fn broken(path: &Path, error: &rusqlite::Error) -> Error {
    use rusqlite::ErrorCode as Code;
    let help = match error.sqlite_error_code() {
        Some(Code::NotADatabase | Code::DatabaseCorrupt) => {
            "move the file away: files already in an outbox are recognised by their names"
        }
        Some(Code::DiskFull) => FREE_SPACE,
        Some(Code::DatabaseBusy) => "wait for the other run to end",
        _ => {
            // SQLite has the same words for a full disk and for many other things.
            if let Err(error) = try_to_write(path.parent().unwrap_or(Path::new("."))) {
                return refused(&format!("use the ledger `{}`", path.display()), &error);
            }
            "check its permissions, or choose another place with `--state-dir`"
        }
    };
    // SQLite's own words; the error around them says them twice.
    let reason = match &error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        error => error.to_string(),
    };
    Error::resource(format!(
        "cannot use the ledger `{}`: {reason}",
        path.display()
    ))
    .with_help(help)
}

/// What to do about a full disk.
const FREE_SPACE: &str = "free some space and run the same command again";

/// What a ledger needs for its work, in bytes: its tables, the log of changes (`-wal`) and the index
/// of that (`-shm`, 32 KiB).
const ROOM: usize = 128 << 10;

/// Whether something can be written in that folder.
fn try_to_write(folder: &Path) -> io::Result<()> {
    let mut file = tempfile::tempfile_in(folder)?;
    file.write_all(&vec![0; ROOM])?;
    file.sync_all()
}

/// Why the folder of the ledger is of no use, in the words of the system, and what to do.
pub(super) fn refused(what: &str, error: &io::Error) -> Error {
    use io::ErrorKind as Io;
    let help = match error.kind() {
        Io::StorageFull | Io::QuotaExceeded => FREE_SPACE,
        Io::PermissionDenied => "check the permissions, or choose another place with `--state-dir`",
        _ => "choose another place with `--state-dir`",
    };
    // The name of the file that was tried says nothing.
    let error = error
        .raw_os_error()
        .map_or(error.kind().into(), io::Error::from_raw_os_error);
    Error::io(what, error)
        .with_kind(ErrorKind::Resource)
        .with_help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said when SQLite has failed with that code, and its words.
    fn said(folder: &Path, code: i32, words: &str) -> String {
        let error = rusqlite::ffi::Error::new(code);
        let error = rusqlite::Error::SqliteFailure(error, Some(words.to_owned()));
        let error = broken(&folder.join("ledger.sqlite3"), &error);
        assert_eq!(error.kind(), ErrorKind::Resource);
        let text = format!("{}\nhelp: {}", error.with_causes(), error.help().unwrap());
        text.replace(&folder.display().to_string(), "S")
    }

    #[test]
    fn what_sqlite_does_not_know_the_system_says() {
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("gone");
        let io_error = |folder| said(folder, rusqlite::ffi::SQLITE_IOERR, "disk I/O error");
        let said_of_gone = io_error(&gone);
        assert!(!said_of_gone.contains("I/O error"), "{said_of_gone}");
        assert!(
            said_of_gone.ends_with("\nhelp: choose another place with `--state-dir`"),
            "{said_of_gone}"
        );
        // Where there is nothing to say, SQLite's own words.
        assert_eq!(
            io_error(folder.path()),
            "cannot use the ledger `S/ledger.sqlite3`: disk I/O error\n\
             help: check its permissions, or choose another place with `--state-dir`"
        );
        assert_eq!(
            said(
                &gone,
                rusqlite::ffi::SQLITE_FULL,
                "database or disk is full"
            ),
            "cannot use the ledger `S/ledger.sqlite3`: database or disk is full\n\
             help: free some space and run the same command again"
        );
    }

    #[test]
    fn each_cause_has_its_help() {
        let said = |kind: io::ErrorKind| {
            let error = refused("use it", &kind.into());
            assert_eq!(error.kind(), ErrorKind::Resource);
            error.help().unwrap().to_owned()
        };
        assert_eq!(said(io::ErrorKind::StorageFull), FREE_SPACE);
        assert_eq!(said(io::ErrorKind::QuotaExceeded), FREE_SPACE);
        assert!(said(io::ErrorKind::PermissionDenied).starts_with("check the permissions"));
        assert!(said(io::ErrorKind::ReadOnlyFilesystem).starts_with("choose another place"));
    }
}
