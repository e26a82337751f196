//! Example of a sink in a library around a crate that is not ours: FIT with `fit-rust`.
//!
//! The bundled sink `fit` writes more, and in flat memory; this one shows that a plugin may stand
//! on a crate that panics. `fit-rust` subtracts the FIT epoch without looking, so an activity
//! before 1990 makes it panic (with overflow checks, which our manifest asks for; without them the
//! file would be silently wrong). The panic ends at the border: that activity is lost with an
//! error that says where `fit-rust` panicked, and everything else is delivered.
//!
//! `fit-rust` writes a file from all its messages at once, so they are kept until the end.

mod messages;

use std::path::PathBuf;

use fit_rust::Fit;
use fit_rust::protocol::{FitHeader, FitMessage};
use pipeline_plugin::{
    Context, Delivered, Error, Header, Item, Kind, OutputFile, Plugin, Result, Sink, SinkPlugin,
    Summary, export,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Writes each activity as a FIT file, with `fit-rust`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FitRust {
    /// Folder for the files; made if it does not exist.
    #[schemars(extend("format" = "folder"))]
    folder: PathBuf,
}

export!(plugin);

/// The plugin `fit-rust`.
pub fn plugin() -> Plugin {
    Plugin::sink::<FitRust>("fit-rust", "write FIT files with the crate fit-rust", "fit")
}

impl SinkPlugin for FitRust {
    fn destination(&self) -> String {
        format!("fit-rust:{}", self.folder.display())
    }

    fn folder(&self) -> Option<PathBuf> {
        Some(self.folder.clone())
    }

    fn file_name(&self, header: &Header, summary: &Summary) -> Option<String> {
        Some(name(header, summary))
    }

    fn open(&self, header: &Header, _: &Context) -> Result<Box<dyn Sink>> {
        if header.kind != Kind::Activity {
            return Err(Error::skip("only activities can be written as FIT"));
        }
        Ok(Box::new(Writing {
            file: OutputFile::create(&self.folder)?,
            header: header.clone(),
            messages: messages::beginning(header.start),
        }))
    }
}

fn name(header: &Header, summary: &Summary) -> String {
    let key = summary.content_key.short();
    format!(
        "{}_{}_{key}.fit",
        header.start.for_file_name(),
        header.sport.sport()
    )
}

/// One activity on its way into a file.
struct Writing {
    file: OutputFile,
    header: Header,
    messages: Vec<FitMessage>,
}

impl Sink for Writing {
    fn write(&mut self, item: &Item) -> Result<()> {
        let Item::Samples(batch) = item else {
            return Ok(());
        };
        let fields = messages::RECORD.each_ref().map(|(field, ..)| field.clone());
        for (time, values) in batch.rows(&fields) {
            self.messages.push(messages::record(time, values));
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, summary: &Summary) -> Result<Delivered> {
        let ending = messages::ending(self.header.start, summary);
        self.messages.extend(ending);
        let header = FitHeader {
            header_size: 14,
            protocol_version: 0x10,
            profile_version: 2194,
            data_size: 0,
            data_type: String::new(),
            crc: Some(0),
        };
        let data = std::mem::take(&mut self.messages);
        // It writes to a path: the one that the file has until it is published.
        let path = self.file.temporary();
        let written = Fit { header, data }.write(path);
        written.map_err(|error| {
            Error::skip(format!(
                "fit-rust cannot write `{}`: {error}",
                path.display()
            ))
        })?;
        let name = name(&self.header, summary);
        Ok(Delivered::File(self.file.named(name)?))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use pipeline_plugin::{Batch, Timestamp, field, testing};

    use super::*;

    fn written(start: Timestamp) -> Result<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let settings = FitRust {
            folder: folder.path().join("out"),
        };
        let header = Header {
            start,
            ..Header::default()
        };
        let mut batch = Batch::new(&[field::DISTANCE, field::POWER]);
        batch.push(start, &[0.0, 180.0]);
        batch.push(start + 1.0, &[4.1, f64::NAN]);
        let items = [Item::Samples(batch)];
        let summary = testing::summary(&header, &items);
        let written =
            testing::run_sink(&Context::detached(), &settings, &header, &items, &summary)?;
        let Delivered::File(file) = written else {
            panic!("it writes a file");
        };
        Ok(fs::read(file.temporary()).unwrap())
    }

    #[test]
    fn our_decoder_reads_what_it_writes() {
        let file = written(Timestamp::from_seconds(1_760_000_000)).unwrap();
        let report = fit::inspect(&file);
        assert!(report.is_valid(), "{report}");
    }

    /// The crate's own fault, which this example is about.
    #[test]
    fn an_activity_before_1990_makes_it_panic() {
        let old = Timestamp::from_seconds(1_000_000);
        assert!(std::panic::catch_unwind(|| written(old)).is_err());
    }
}
