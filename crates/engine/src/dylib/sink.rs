//! A sink of a library, the file that it writes, and what it makes of it.

use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pipeline_plugin::{
    Cancel, Context, Delivered, Error, ErrorKind, Header, Item, Kind, OutputFile, Place, Problem,
    Result, Sink, SinkPlugin, Summary,
};
use serde::Deserialize;
use serde_json::json;

use super::call::Lend;
use super::loaded::Loaded;
use super::stages::{Stage, Stream};

/// A sink of a library.
pub(super) struct DylibSink(pub(super) Arc<Stage>);

struct OpenSink {
    /// Dropped first: what waits for a device ends before the stream is closed.
    end: Ending,
    stream: Stream,
    slot: Slot,
}

/// Says to the threads of a sink that its stream has ended.
struct Ending(Cancel);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.throw();
    }
}

impl SinkPlugin for DylibSink {
    fn check(&self, place: &Place) -> Vec<Problem> {
        self.0.check(place)
    }

    fn destination(&self) -> String {
        self.0.destination().to_owned()
    }

    fn folder(&self) -> Option<PathBuf> {
        self.0.folder().map(Path::to_owned)
    }

    fn takes(&self, kind: Kind) -> bool {
        self.0.takes(kind)
    }

    fn file_name(&self, header: &Header, summary: &Summary) -> Option<String> {
        self.0.file_name(header, summary)
    }

    fn open(&self, header: &Header, cx: &Context) -> Result<Box<dyn Sink>> {
        let mut slot = Slot::new(self.0.folder());
        let end = Ending(slot.ended().clone());
        let (stream, _) = self.0.open(cx, Lend::File(&mut slot), &json!(header))?;
        Ok(Box::new(OpenSink { end, stream, slot }))
    }
}

impl Sink for OpenSink {
    fn write(&mut self, item: &Item) -> Result<()> {
        self.stream.process(item, Lend::File(&mut self.slot))
    }

    fn checkpoint(&mut self) -> Result<()> {
        self.stream.checkpoint(Lend::File(&mut self.slot))
    }

    fn finish(mut self: Box<Self>, summary: &Summary) -> Result<Delivered> {
        let said = self
            .stream
            .finish(&json!(summary), Lend::File(&mut self.slot))?;
        let Self { end, stream, slot } = *self;
        drop(end);
        slot.end(stream.stage.plugin.loaded, said.reply.as_deref())
    }
}

/// A sink's file: made when it writes first.
#[derive(Debug)]
pub(super) struct Slot {
    folder: Option<PathBuf>,
    file: Option<BufWriter<OutputFile>>,
    ended: Cancel,
}

/// What a sink replies when it finishes.
#[derive(Default, Deserialize)]
#[serde(default)]
struct End {
    file: Option<String>,
    folder: Option<PathBuf>,
    temporary: Option<PathBuf>,
    done: Option<String>,
}

impl Slot {
    /// For files in that folder.
    pub(super) fn new(folder: Option<&Path>) -> Self {
        Self {
            folder: folder.map(Path::to_owned),
            file: None,
            ended: Cancel::default(),
        }
    }

    /// Thrown when the stream has ended.
    pub(super) fn ended(&self) -> &Cancel {
        &self.ended
    }

    pub(super) fn write(&mut self, plugin: &Loaded, bytes: &[u8]) -> Result<()> {
        let file = self.file(plugin)?;
        let result = file.write_all(bytes);
        result.map_err(|error| self.cannot(error))
    }

    pub(super) fn seek(&mut self, plugin: &Loaded, position: u64) -> Result<()> {
        let file = self.file(plugin)?;
        let result = file.seek(SeekFrom::Start(position));
        result.map(drop).map_err(|error| self.cannot(error))
    }

    fn file(&mut self, plugin: &Loaded) -> Result<&mut BufWriter<OutputFile>> {
        let Some(folder) = &self.folder else {
            return Err(plugin
                .broken("writes a file and has no folder for it")
                .with_help(
                    "the plugin's author: give it an option `folder`, or reply one in `prepare`",
                ));
        };
        let file = match self.file.take() {
            Some(file) => file,
            None => BufWriter::new(OutputFile::create(folder)?),
        };
        Ok(self.file.insert(file))
    }

    fn cannot(&self, error: std::io::Error) -> Error {
        let folder = self.folder.as_deref().unwrap_or(Path::new(""));
        Error::io(format!("write a file in `{}`", folder.display()), error)
    }

    /// What the sink made of its stream, by its reply.
    pub(super) fn end(mut self, plugin: &Loaded, reply: Option<&str>) -> Result<Delivered> {
        let reply = reply.ok_or_else(|| plugin.broken("finished without saying what it made"))?;
        let end: End = serde_json::from_str(reply).map_err(|error| {
            plugin.broken(format!("finished with a reply that is none: {error}"))
        })?;
        let named = |file: OutputFile, name: String| match file.named(name) {
            Ok(file) => Ok(Delivered::File(file)),
            Err(error) => Err(plugin.broken(format!("named its file, but {error}"))),
        };
        match end {
            End {
                done: Some(place), ..
            } => Ok(Delivered::Done(place)),
            End {
                file: Some(name),
                folder: Some(folder),
                temporary: Some(temporary),
                ..
            } => named(OutputFile::adopt(&temporary, &folder)?, name),
            End {
                file: Some(name), ..
            } => {
                // A stream without anything to write is an empty file.
                self.file(plugin)?;
                let file = self.file.take().map(BufWriter::into_inner);
                match file {
                    Some(Ok(file)) => named(file, name),
                    Some(Err(error)) => Err(self.cannot(error.into_error())),
                    None => Err(plugin.broken("named a file, but wrote none")),
                }
            }
            _ => Err(Error::new(
                ErrorKind::Plugin,
                format!(
                    "the plugin `{}` finished without a `file` or `done`",
                    plugin.name
                ),
            )),
        }
    }
}
