//! Any bytes as a FIT file for the reader: no panic, no endless loop; what comes of it can be written
//! and read again.

use std::io::Cursor;

use pipeline_plugin::{
    Context, Header, Input, Item, Output, ReaderPlugin, Result, Streams, Summarizer, field, testing,
};
use plugin_fit::{ActivityWriter, Encoding, FitReader};

pub(crate) fn fuzz(file: &[u8]) {
    let strict = read(r#"{"strict":true}"#, file);
    let salvaged = read(r#"{"salvage":true}"#, file);
    if strict.is_ok() {
        assert!(salvaged.is_ok());
    }
    for (header, items) in salvaged.unwrap_or_default() {
        distances(&items);
        let Ok(file) = written(&header, &items) else {
            continue;
        };
        let again = read("{}", &file).expect("a file of our own");
        let [(_, items_again)] = again.as_slice() else {
            panic!("{} activities", again.len());
        };
        assert_eq!(samples(&items), samples(items_again));
    }
}

fn samples(items: &[Item]) -> usize {
    let batches = items.iter().map(|item| match item {
        Item::Samples(batch) => batch.len(),
        _ => 0,
    });
    batches.sum()
}

/// Distances count up.
fn distances(items: &[Item]) {
    let mut furthest = 0.0;
    for item in items {
        let Item::Samples(batch) = item else {
            continue;
        };
        let values = batch.column(&field::DISTANCE).unwrap_or_default();
        for distance in values.iter().filter(|distance| !distance.is_nan()) {
            assert!(*distance >= furthest);
            furthest = *distance;
        }
    }
}

fn written(header: &Header, items: &[Item]) -> Result<Vec<u8>> {
    let mut summarizer = Summarizer::new(header);
    let mut writer = ActivityWriter::new(Cursor::new(Vec::new()), header, &Encoding::default())?;
    for item in items {
        summarizer.take(item);
        writer.write(item)?;
    }
    let file = writer.finish(&summarizer.summary())?.into_inner();
    assert!(fit::inspect(&file).is_valid());
    Ok(file)
}

type Activities = Vec<(Header, Vec<Item>)>;

fn read(settings: &str, file: &[u8]) -> Result<Activities> {
    let reader: FitReader = testing::settings(settings).expect("settings");
    let mut collected = Collected::default();
    let input = Input {
        name: "any.fit",
        size: None,
        bytes: &mut Cursor::new(file),
    };
    reader.read(input, &mut collected, &Context::detached())?;
    Ok(collected.0)
}

#[derive(Default)]
struct Collected(Activities);

impl Output for Collected {
    fn send(&mut self, item: Item) -> Result<()> {
        self.0.last_mut().expect("an open stream").1.push(item);
        Ok(())
    }
}

impl Streams for Collected {
    fn open(&mut self, header: Header) -> Result<()> {
        self.0.push((header, Vec::new()));
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        Ok(())
    }
}
