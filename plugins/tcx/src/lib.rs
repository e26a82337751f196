//! The reader of TCX files: Coxswain and WaterRower exports, and those of every other program.
//!
//! What a file says, and what has to be put right in it, is the `tcx` crate's business; this
//! crate turns it into streams. Each activity of a file becomes a stream with its points as
//! samples, its pauses as timer events and its laps as laps. Every sort of repair is reported
//! once a file.
//!
//! It does not make new laps or compute calories: transforms do.

mod settings;
mod stream;

use pipeline_plugin::{Context, Error, ErrorKind, Input, Plugin, ReaderPlugin, Result, Streams};
use tcx::{Cleaned, Cleaner, Reader};

pub use settings::{Calories, Origin, Positions, Tcx};
use stream::ActivityStream;

/// The plugin `tcx`.
pub fn plugin() -> Plugin {
    Plugin::reader::<Tcx>(
        "tcx",
        "read TCX files (Coxswain, WaterRower and others)",
        &["tcx"],
        sniff,
    )
}

/// Whether the first bytes of a file look like TCX.
fn sniff(head: &[u8]) -> bool {
    let name = b"TrainingCenterDatabase";
    head.windows(name.len()).any(|window| window == name)
}

impl ReaderPlugin for Tcx {
    fn read(&self, input: Input<'_>, out: &mut dyn Streams, cx: &Context) -> Result<()> {
        let reader = Reader::new(input.bytes, self.options());
        let mut cleaner = Cleaner::new(reader, self.clean_options());
        let mut open = None;
        let result = self.activities(&mut cleaner, input.name, &mut open, out);
        for repair in cleaner.repairs() {
            cx.warn(repair.to_string());
        }
        match (result, open) {
            (Err(error), Some(stream)) if self.salvage && error.kind() == ErrorKind::Skip => {
                cx.warn(format!(
                    "{error}; kept the {} points before it",
                    stream.points()
                ));
                stream.finish(None, out)
            }
            (Err(error), Some(stream)) if error.kind() == ErrorKind::Skip => {
                let points = stream.points();
                Err(error.with_help(format!(
                    "`salvage: true` keeps the {points} points before the fault"
                )))
            }
            (result, _) => result,
        }
    }
}

impl Tcx {
    /// Passes on every activity; one that an error interrupts stays in `open`.
    fn activities(
        &self,
        cleaner: &mut Cleaner<&mut dyn std::io::Read>,
        name: &str,
        open: &mut Option<ActivityStream>,
        out: &mut dyn Streams,
    ) -> Result<()> {
        while let Some(cleaned) = cleaner.next().map_err(translate)? {
            match cleaned {
                Cleaned::Activity(activity) => {
                    let stream = ActivityStream::new(self, &activity, name);
                    out.open(stream.header().clone())?;
                    *open = Some(stream);
                }
                Cleaned::End(end) => {
                    if let Some(stream) = open.take() {
                        stream.finish(Some(&end), out)?;
                    }
                }
                Cleaned::Author(_) => {}
                piece => {
                    if let Some(stream) = open {
                        stream.take(piece, out)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// The place of an error is part of its text.
fn translate(error: tcx::Error) -> Error {
    let text = error.to_string();
    match error.kind {
        tcx::ErrorKind::Io(cause) => Error::skip(text).with_source(cause),
        _ => Error::skip(text),
    }
}
