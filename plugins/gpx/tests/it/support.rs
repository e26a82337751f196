//! A host for tests.

use std::fmt::Write;
use std::io::Cursor;

use pipeline_plugin::testing::{self, Collected, Warnings};
use pipeline_plugin::{Delivered, Header, Item};
use plugin_gpx::{ReadGpx, WriteGpx};

/// The streams of a file, and its warnings and its error.
pub(crate) fn read(settings: &str, file: &[u8]) -> (Collected, String) {
    let settings: ReadGpx = testing::settings(settings).unwrap();
    let collected = testing::run_reader(&settings, "ride.gpx", &mut Cursor::new(file));
    let told = collected.told_of(&["warn ", "Skip: ", "help: "]);
    (collected, told)
}

/// Everything that is told of a file.
pub(crate) fn told(settings: &str, file: &str) -> String {
    let (collected, told) = read(settings, file.as_bytes());
    let mut text = String::new();
    for (header, items) in &collected.streams {
        let Header {
            name,
            sport,
            start,
            device,
            ..
        } = header;
        writeln!(text, "open {name}, {sport}, {start}, `{}`", device.name).unwrap();
        text.push_str(&testing::lines(items));
    }
    text + &told
}

/// The file that the sink makes of a stream, with its name and the warnings, or the error.
pub(crate) fn written(header: &Header, items: &[Item]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let settings = serde_json::json!({ "folder": folder.path().join("out"), "name": "{input}" });
    let plugin: WriteGpx = testing::settings(&settings.to_string()).unwrap();
    let warnings = Warnings::default();
    let summary = testing::summary(header, items);
    match testing::run_sink(&warnings.context(), &plugin, header, items, &summary) {
        Ok(Delivered::File(file)) => {
            let text = std::fs::read_to_string(file.temporary()).unwrap();
            format!("{}\n{text}{}", file.name(), warnings)
        }
        Ok(Delivered::Done(place)) => place,
        Err(error) => format!(
            "{:?}: {} ({:?})",
            error.kind(),
            error.with_causes(),
            error.help()
        ),
    }
}
