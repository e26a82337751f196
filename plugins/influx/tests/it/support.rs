//! The ways through the crate that several tests take.

use std::fmt::Write as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use pipeline_plugin::testing::Warnings;
use pipeline_plugin::{
    Batch, Delivered, Field, Header, Item, Kind, Result, Sink, SinkPlugin, Summary, Timestamp,
};
use plugin_influx::Influx;

/// Waits until something is so.
pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < end, "it never came to be that {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A sample that many seconds after the start, of that power.
pub(crate) fn row(second: i64, power: f64) -> Item {
    let start = Timestamp::parse("2026-11-21T10:00:00Z").unwrap();
    let time = Timestamp::from_micros(start.micros() + second * 1_000_000);
    let mut batch = Batch::of_times(vec![time]);
    batch.add(Field::new("power", "W"), vec![power]);
    Item::Samples(batch)
}

/// What [`row`] becomes.
pub(crate) fn line(second: i64, power: f64) -> String {
    let nanos = (1_795_255_200 + second) * 1_000_000_000;
    format!("pipeline,device=shed,kind=log power={power} {nanos}\n")
}

pub(crate) fn lines(seconds: std::ops::Range<i64>) -> String {
    seconds.map(|second| line(second, 1.5)).collect()
}

pub(crate) struct Opened {
    pub(crate) plugin: Influx,
    pub(crate) sink: Box<dyn Sink>,
    told: Warnings,
}

impl Opened {
    pub(crate) fn rows(&mut self, seconds: std::ops::Range<i64>) {
        for second in seconds {
            self.sink.write(&row(second, 1.5)).unwrap();
        }
    }

    pub(crate) fn finish(self) -> (Influx, String) {
        let place = match self.sink.finish(&Summary::default()) {
            Ok(Delivered::Done(place)) => format!("done {place}"),
            Ok(Delivered::File(_)) => panic!("no file to publish"),
            Err(error) => error.with_causes(),
        };
        // The host waits for everybody who could still say something.
        assert!(!self.told.are_awaited(), "the context is kept");
        let mut told = self.told.to_string();
        let _ = writeln!(told, "{place}");
        (self.plugin, told)
    }

    pub(crate) fn told(&self) -> String {
        self.told.to_string()
    }
}

pub(crate) fn plugin(options: &str, folder: &Path) -> Influx {
    let mut settings: serde_json::Value = serde_json::from_str(options).unwrap();
    if settings.get("file").is_none() {
        settings["spool"] = folder.to_str().unwrap().into();
    }
    pipeline_plugin::settings_from(settings).unwrap()
}

pub(crate) fn open(options: &str, folder: &Path) -> Opened {
    open_with(plugin(options, folder)).unwrap()
}

pub(crate) fn open_with(plugin: Influx) -> Result<Opened> {
    let told = Warnings::default();
    let mut header = Header {
        kind: Kind::Log,
        ..Header::default()
    };
    "shed".clone_into(&mut header.device.name);
    let sink = plugin.open(&header, &told.context())?;
    Ok(Opened { plugin, sink, told })
}

/// Settings for a server of version 1.
pub(crate) fn version_1(port: u16) -> String {
    format!(r#"{{"url":"http://127.0.0.1:{port}","database":"power"}}"#)
}
