//! A host for tests.

use std::fmt::Write;
use std::io::Cursor;
use std::sync::{Arc, Mutex};

use pipeline_plugin::{
    Cancel, Context, Delivered, Header, Input, Item, Output, ReaderPlugin, Result, SinkPlugin,
    Streams, Summarizer, testing,
};
use plugin_gpx::{ReadGpx, WriteGpx};

/// The streams of a file.
#[derive(Default)]
pub(crate) struct Collected {
    pub(crate) streams: Vec<(Header, Vec<Item>)>,
    finished: usize,
}

impl Output for Collected {
    fn send(&mut self, item: Item) -> Result<()> {
        self.streams.last_mut().unwrap().1.push(item);
        Ok(())
    }
}

impl Streams for Collected {
    fn open(&mut self, header: Header) -> Result<()> {
        assert_eq!(self.finished, self.streams.len(), "one stream at a time");
        self.streams.push((header, Vec::new()));
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        self.finished += 1;
        Ok(())
    }
}

/// Warnings as they come.
fn context() -> (Context, Arc<Mutex<String>>) {
    let told = Arc::new(Mutex::new(String::new()));
    let lines = Arc::clone(&told);
    let context = Context::new("gpx", Cancel::default(), move |warning| {
        writeln!(lines.lock().unwrap(), "warn {}", warning.message).unwrap();
    });
    (context, told)
}

/// The streams of a file, and its warnings and its error.
pub(crate) fn read(settings: &str, file: &[u8]) -> (Collected, String) {
    let settings: ReadGpx = testing::settings(settings).unwrap();
    let (context, told) = context();
    let mut collected = Collected::default();
    let input = Input {
        name: "ride.gpx",
        size: None,
        bytes: &mut Cursor::new(file),
    };
    let result = settings.read(input, &mut collected, &context);
    let mut told = told.lock().unwrap().clone();
    if let Err(error) = result {
        writeln!(told, "{:?}: {}", error.kind(), error.with_causes()).unwrap();
        if let Some(help) = error.help() {
            writeln!(told, "help: {help}").unwrap();
        }
    }
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
    let (context, told) = context();
    let deliver = || {
        let mut sink = plugin.open(header, &context)?;
        let mut summarizer = Summarizer::new(header);
        for item in items {
            summarizer.take(item);
            sink.write(item)?;
        }
        sink.finish(&summarizer.summary())
    };
    match deliver() {
        Ok(Delivered::File(file)) => {
            let text = std::fs::read_to_string(file.temporary()).unwrap();
            format!("{}\n{text}{}", file.name(), told.lock().unwrap())
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
