//! A look at what flows behind one stage.

use std::io::{ErrorKind as ErrorKindIo, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use pipeline_plugin::{Error, Header, Item, Output, Result, Summarizer, Summary, Transform};
use serde::Serialize;

use super::here;

/// Where `--tap` and golden tests get the items of one stage, as JSON Lines.
#[derive(Clone)]
pub struct Tap {
    /// The stage after which to look; empty for right behind the source.
    pub stage: String,
    /// Takes the lines.
    pub out: Arc<Mutex<dyn Write + Send>>,
}

/// Passes everything on, and writes it down.
struct Tapped {
    out: Arc<Mutex<dyn Write + Send>>,
    summarizer: Summarizer,
    /// Nobody reads any more (`| head`): the stream goes on all the same.
    closed: AtomicBool,
}

/// The tap for a stream, which has written its header.
pub(super) fn tapped(tap: &Tap, header: &Header) -> Result<Box<dyn Transform>> {
    let tapped = Tapped {
        out: Arc::clone(&tap.out),
        summarizer: Summarizer::new(header),
        closed: AtomicBool::new(false),
    };
    tapped.line(&Line::Open(header))?;
    Ok(Box::new(tapped))
}

/// The lines around the items.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Line<'a> {
    Open(&'a Header),
    Finish(&'a Summary),
}

impl Tapped {
    fn line(&self, line: &impl Serialize) -> Result<()> {
        if self.closed.load(Ordering::Relaxed) {
            return Ok(());
        }
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let written = serde_json::to_writer(&mut *out, line)
            .map_err(std::io::Error::from)
            .and_then(|()| out.write_all(b"\n"));
        match written {
            Err(error) if error.kind() == ErrorKindIo::BrokenPipe => {
                self.closed.store(true, Ordering::Relaxed);
                Ok(())
            }
            written => written.map_err(|error| Error::io("write the tapped items", error)),
        }
    }
}

impl Transform for Tapped {
    fn process(&mut self, item: Item, out: &mut dyn Output) -> Result<()> {
        self.summarizer.take(&item);
        self.line(&item)?;
        out.send(item)
    }

    fn finish(&mut self, summary: &mut Summary, _: &mut dyn Output) -> Result<()> {
        self.line(&Line::Finish(&here(&self.summarizer, summary)))
    }
}
