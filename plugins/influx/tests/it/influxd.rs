//! With InfluxDB itself, where it is installed.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use pipeline_plugin::{Batch, Field, Item, Timestamp};

use crate::support::{open, until, version_1};

struct Influxd {
    child: Child,
    port: u16,
    #[expect(dead_code, reason = "kept until the server ends")]
    folder: tempfile::TempDir,
}

impl Influxd {
    /// `None` if it is not installed.
    fn start() -> Option<Self> {
        let program = "/usr/bin/influxd";
        std::path::Path::new(program).exists().then_some(())?;
        let folder = tempfile::tempdir().unwrap();
        let free = || {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let (port, other) = (free(), free());
        let at = |name: &str| folder.path().join(name).display().to_string();
        let text = format!(
            "reporting-disabled = true\nbind-address = \"127.0.0.1:{other}\"\n\
             [meta]\ndir = \"{}\"\n[data]\ndir = \"{}\"\nwal-dir = \"{}\"\n\
             [http]\nbind-address = \"127.0.0.1:{port}\"\n",
            at("meta"),
            at("data"),
            at("wal")
        );
        let config = folder.path().join("influxdb.conf");
        std::fs::write(&config, text).unwrap();
        let child = Command::new(program)
            .arg("-config")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        until("it listens", || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        Some(Self {
            child,
            port,
            folder,
        })
    }

    fn ask(&self, query: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let query = utf8_percent_encode(query, NON_ALPHANUMERIC);
        let request = format!(
            "POST /query?db=power&epoch=ns&q={query} HTTP/1.0\r\nAccept: application/csv\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        body.to_owned()
    }
}

impl Drop for Influxd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_takes_what_is_written_and_takes_it_once() {
    let Some(server) = Influxd::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(&version_1(server.port), folder.path());
    let fields = [
        Field::new("state_of_charge", ""),
        Field::new("odd, \"name\"=\\", "V"),
    ];
    let mut batch = Batch::new(&fields);
    let start = Timestamp::parse("2026-11-21T10:00:00Z").unwrap();
    for step in 0..1000_u32 {
        let value = f64::from(step);
        batch.push(start + f64::from(step / 2), &[value, 1e-12 * value]);
    }
    log.sink.write(&Item::Samples(batch.clone())).unwrap();
    // There is no database yet: it is tried again.
    until("it is told", || log.told().contains("database not found"));
    server.ask("CREATE DATABASE power");
    until("it is told", || log.told().contains("takes lines again"));
    log.sink.write(&Item::Samples(batch)).unwrap();
    let (_, told) = log.finish();
    assert!(!told.contains("refused"), "{told}");
    let sums = server.ask("SELECT count(state_of_charge), sum(state_of_charge) FROM pipeline");
    let row = sums.lines().nth(1).unwrap();
    assert!(row.ends_with(",1000,499500"), "{sums}");
    let keys = server.ask("SHOW FIELD KEYS");
    assert!(
        keys.contains("odd, \\\"name\\\"=") || keys.contains("odd, \"\"name\"\"="),
        "{keys}"
    );
    let tags = server.ask("SHOW SERIES");
    assert!(tags.contains("device=shed"), "{tags}");
}

const DASHBOARD: &str = include_str!("../../../../docs/grafana/power-station-influxdb.json");

/// The dashboard in `docs/grafana` asks what the database can answer.
#[test]
fn every_panel_of_the_dashboard_has_an_answer() {
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets: Vec<_> = panels
        .iter()
        .flat_map(|panel| panel["targets"].as_array().unwrap())
        .collect();
    assert!(targets.len() > 20);
    let Some(server) = Influxd::start() else {
        return;
    };
    server.ask("CREATE DATABASE power");
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(&version_1(server.port), folder.path());
    let fields: Vec<_> = targets
        .iter()
        .map(|target| {
            let query = target["query"].as_str().unwrap();
            let name = query
                .split_once("(\"")
                .unwrap()
                .1
                .split_once('"')
                .unwrap()
                .0;
            Field::new(name, "")
        })
        .collect();
    let now = std::time::SystemTime::now();
    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let now = i64::try_from(now).unwrap();
    for hour in 0..48 {
        let time = Timestamp::from_seconds(now - 60 - hour * 3600);
        for field in &fields {
            let mut batch = Batch::of_times(vec![time]);
            let counter = 48 - i32::try_from(hour).unwrap();
            batch.add(field.clone(), vec![f64::from(counter)]);
            log.sink.write(&Item::Samples(batch)).unwrap();
        }
    }
    log.finish();
    for target in targets {
        let query = target["query"].as_str().unwrap();
        let filled = query
            .replace("${device}", "shed")
            .replace("$timeFilter", "time > now() - 2d")
            .replace("$__interval", "1h");
        let answer = server.ask(&filled);
        assert!(answer.lines().count() > 1, "{filled}: {answer}");
    }
    let devices = server.ask("SHOW TAG VALUES FROM \"pipeline\" WITH KEY = \"device\"");
    assert!(devices.contains("shed"), "{devices}");
}
