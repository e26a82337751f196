//! Programs that are killed.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::server::Server;
use crate::support::{lines, open, row, until, version_1};

/// The process that [`a_killed_run_loses_no_line`] kills: writes for ever.
#[test]
fn writer_to_be_killed() {
    let (Some(folder), Ok(port)) = (std::env::var_os("SPOOL"), std::env::var("SERVER_PORT")) else {
        return;
    };
    let mut log = open(&version_1(port.parse().unwrap()), folder.as_ref());
    for second in 0.. {
        log.sink.write(&row(second, 1.5)).unwrap();
        println!("wrote {second}");
    }
}

/// Every line that was taken reaches the server, of this run or of the next one.
#[test]
fn a_killed_run_loses_no_line() {
    for last in [50, 500, 3000] {
        let (server, folder) = (
            Server::start(0, &["503 Busy|"]),
            tempfile::tempdir().unwrap(),
        );
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::writer_to_be_killed", "--nocapture"])
            .env("SPOOL", folder.path())
            .env("SERVER_PORT", server.port.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines_of_child = BufReader::new(child.stdout.take().unwrap()).lines();
        let wanted = format!("wrote {last}");
        assert!(lines_of_child.any(|line| line.unwrap().ends_with(&wanted)));
        child.kill().unwrap();
        child.wait().unwrap();
        let log = open(&version_1(server.port), folder.path());
        let expected = lines(0..last + 1);
        let expected: BTreeSet<_> = expected.lines().collect();
        until("all are taken", || {
            let taken = server.lines();
            let taken: BTreeSet<_> = taken.lines().collect();
            taken.is_superset(&expected)
        });
        drop(log.finish());
    }
}
