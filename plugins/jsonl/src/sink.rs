//! The sink `jsonl`.

mod samples;

use std::io::Write;
use std::path::PathBuf;

use pipeline_plugin::{
    Context, Delivered, Error, Header, Item, NameTemplate, OutputFile, Plugin, Result, Sink,
    SinkPlugin, Summary,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use samples::SampleLines;

/// How much is written at once, in bytes.
const FULL: usize = 256 << 10;

/// Writes each stream as a JSON Lines file into a folder.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WriteJsonl {
    /// Folder for the files; made if it does not exist.
    #[schemars(extend("format" = "folder"))]
    folder: PathBuf,
    /// Name of a file, with `{start}`, `{date}`, `{sport}`, `{distance}`, `{key}` or `{input}`
    /// (the input's own name) in it. A name that is taken by other content gets a number.
    #[serde(default)]
    name: NameTemplate,
    /// Write samples by the batch, a list of values for each column, instead of a line each.
    #[serde(default)]
    batches: bool,
}

/// The plugin `jsonl`, as a sink.
pub fn sink() -> Plugin {
    Plugin::sink::<WriteJsonl>(
        "jsonl",
        "write each stream as a JSON Lines file, with all that is known of it",
        "jsonl",
    )
}

impl SinkPlugin for WriteJsonl {
    fn destination(&self) -> String {
        format!("jsonl:{}", self.folder.display())
    }

    fn folder(&self) -> Option<PathBuf> {
        Some(self.folder.clone())
    }

    fn file_name(&self, header: &Header, summary: &Summary) -> Option<String> {
        Some(self.name.fill(header, summary, "jsonl"))
    }

    fn open(&self, header: &Header, _: &Context) -> Result<Box<dyn Sink>> {
        let mut stream = JsonlStream {
            file: OutputFile::create(&self.folder)?,
            buffer: Vec::new(),
            samples: SampleLines::default(),
            header: header.clone(),
            settings: self.clone(),
        };
        stream.line(&Line::Open(header))?;
        Ok(Box::new(stream))
    }
}

/// The lines around the items.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Line<'a> {
    Open(&'a Header),
    Finish(&'a Summary),
}

/// One stream on its way into a JSON Lines file.
#[derive(Debug)]
struct JsonlStream {
    file: OutputFile,
    buffer: Vec<u8>,
    samples: SampleLines,
    header: Header,
    settings: WriteJsonl,
}

impl JsonlStream {
    fn line(&mut self, line: &impl Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.buffer, line)
            .map_err(|error| self.cannot_write(error.into()))?;
        self.buffer.push(b'\n');
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        let written = self.file.write_all(&self.buffer);
        written.map_err(|error| self.cannot_write(error))?;
        self.buffer.clear();
        Ok(())
    }

    fn cannot_write(&self, error: std::io::Error) -> Error {
        let folder = self.settings.folder.display();
        Error::io(format!("write a JSON Lines file in `{folder}`"), error)
    }
}

impl Sink for JsonlStream {
    fn write(&mut self, item: &Item) -> Result<()> {
        match item {
            Item::Samples(batch) if self.settings.batches => {
                self.samples.write_batch(batch, &mut self.buffer);
            }
            Item::Samples(batch) => self.samples.write_rows(batch, &mut self.buffer),
            item => self.line(item)?,
        }
        if self.buffer.len() >= FULL {
            self.flush()?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, summary: &Summary) -> Result<Delivered> {
        self.line(&Line::Finish(summary))?;
        self.flush()?;
        let name = self.settings.name.fill(&self.header, summary, "jsonl");
        Ok(Delivered::File(self.file.named(name)?))
    }
}
