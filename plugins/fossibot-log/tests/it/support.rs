//! The ways through the crate that several tests take.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Read;
use std::path::Path;

use pipeline_plugin::testing::Warnings;
use pipeline_plugin::{
    Batch, Delivered, Field, Header, Item, Kind, Result, Sink, SinkPlugin, Summary, Timestamp,
};
use plugin_fossibot_log::FossibotLog;

/// A log's header: a station of that name.
pub(crate) fn header() -> Header {
    let mut header = Header {
        kind: Kind::Log,
        ..Header::default()
    };
    "POWER-2F1C".clone_into(&mut header.device.name);
    header
}

/// A batch of one row: `2026-11-21T23:59:55Z soc=73.4 ac=145`, values in volts unless known.
pub(crate) fn row(text: &str) -> Batch {
    let mut words = text.split_whitespace();
    let time = Timestamp::parse(words.next().unwrap()).unwrap();
    let values = words.map(|word| {
        let (name, value) = word.split_once('=').unwrap();
        (
            Field::new(name, "V"),
            value.parse::<f64>().unwrap_or(f64::NAN),
        )
    });
    let mut batch = Batch::of_times(vec![time]);
    for (field, value) in values {
        batch.add(field, vec![value]);
    }
    batch
}

/// A sink for that folder, and what it says.
pub(crate) fn open(folder: &Path, options: &str) -> (Result<Box<dyn Sink>>, Warnings) {
    let mut settings: serde_json::Value = serde_json::from_str(options).unwrap();
    settings["folder"] = folder.to_str().unwrap().into();
    let sink: FossibotLog = pipeline_plugin::settings_from(settings).unwrap();
    let told = Warnings::default();
    (sink.open(&header(), &told.context()), told)
}

/// Writes rows as one stream; what was said, and where it says it has written.
pub(crate) fn log(folder: &Path, options: &str, rows: &[&str]) -> String {
    let batches: Vec<_> = rows.iter().map(|text| row(text)).collect();
    log_batches(folder, options, &batches)
}

pub(crate) fn log_batches(folder: &Path, options: &str, batches: &[Batch]) -> String {
    let (sink, told) = open(folder, options);
    let mut text = String::new();
    let written = sink.and_then(|mut sink| {
        for batch in batches {
            sink.write(&Item::Samples(batch.clone()))?;
        }
        sink.finish(&Summary::default())
    });
    match written {
        Ok(Delivered::Done(place)) => {
            let name = Path::new(&place).strip_prefix(folder).unwrap().to_owned();
            let _ = writeln!(text, "done {}", name.display());
        }
        Ok(Delivered::File(_)) => panic!("a log is no file to publish"),
        Err(error) => {
            let _ = writeln!(text, "{:?}: {}", error.kind(), error.with_causes());
        }
    }
    let place = folder.display().to_string();
    told.to_string().replace(&place, "FOLDER") + &text.replace(&place, "FOLDER")
}

/// The files of a folder by name; compressed ones unpacked.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mut text = String::new();
        let file = fs::File::open(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if is_compressed(&name) {
            let mut unpacked = flate2::read::MultiGzDecoder::new(file);
            unpacked.read_to_string(&mut text).unwrap();
        } else {
            text = fs::read_to_string(&path).unwrap();
        }
        files.insert(name, text);
    }
    files
}

/// All files of a folder as one text.
pub(crate) fn listing(folder: &Path) -> String {
    files(folder)
        .into_iter()
        .fold(String::new(), |text, (name, content)| {
            format!("{text}--- {name}\n{content}")
        })
}

pub(crate) fn is_compressed(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|ending| ending == "gz")
}
