//! The reader of TCX files, Coxswain and WaterRower exports and those of every other program, and
//! the sink that writes them.
//!
//! What a file says, and what has to be put right in it, is the `tcx` crate's business; this
//! crate turns it into streams. Each activity of a file becomes a stream with its points as
//! samples, its pauses as timer events and its laps as laps. Every sort of repair is reported
//! once a file.
//!
//! It does not make new laps or compute calories: transforms do.
//!
//! TCX has three sports and no place for strokes of a sample, zones and much else: the sink writes
//! what has a place.

mod settings;
mod sink;
mod stream;

use pipeline_plugin::{Content, Context, Error, Input, Plugin, ReaderPlugin, Result, Streams};
use tcx::{Cleaned, Cleaner, Reader};

pub use settings::{Calories, Origin, Positions, Tcx};
pub use sink::{WriteTcx, sink};
use stream::ActivityStream;

/// The reader `tcx`.
pub fn reader() -> Plugin {
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
        let mut progress = Progress::default();
        let result = self.activities(&mut cleaner, input.name, &mut progress, out);
        match result {
            Err(error) if progress.file_is_broken => {
                self.broken(error, progress, &cleaner, out, cx)
            }
            result => {
                tell(&cleaner, cx);
                result
            }
        }
    }
}

/// How far a file has been read.
#[derive(Default)]
struct Progress {
    /// The activity that is open.
    open: Option<ActivityStream>,
    /// How many are complete.
    complete: usize,
    /// Whether it was the file that broke off, and not a stage behind.
    file_is_broken: bool,
    /// Whether it would have been repaired without `strict`.
    needs_repair: bool,
}

/// Tells what had to be put right, each sort once.
fn tell(cleaner: &Cleaner<&mut dyn Content>, cx: &Context) {
    for repair in cleaner.repairs() {
        cx.warn(repair.to_string());
    }
}

impl Tcx {
    /// Passes on every activity; one that an error interrupts stays open.
    fn activities(
        &self,
        cleaner: &mut Cleaner<&mut dyn Content>,
        name: &str,
        progress: &mut Progress,
        out: &mut dyn Streams,
    ) -> Result<()> {
        loop {
            let piece = cleaner.next().map_err(|error| {
                progress.file_is_broken = true;
                progress.needs_repair = matches!(error.kind, tcx::ErrorKind::Strict(_));
                translate(error)
            })?;
            let Some(piece) = piece else {
                return Ok(());
            };
            match piece {
                Cleaned::Activity(activity) => {
                    let stream = ActivityStream::new(self, &activity, name);
                    out.open(stream.header().clone())?;
                    progress.open = Some(stream);
                }
                Cleaned::End(end) => {
                    if let Some(stream) = progress.open.take() {
                        stream.finish(Some(&end), out)?;
                        progress.complete += 1;
                    }
                }
                Cleaned::Author(_) => {}
                piece => {
                    if let Some(stream) = &mut progress.open {
                        stream.take(piece, out)?;
                    }
                }
            }
        }
    }

    /// The file is broken: keeps what stands before the fault if that is asked for.
    fn broken(
        &self,
        error: Error,
        progress: Progress,
        cleaner: &Cleaner<&mut dyn Content>,
        out: &mut dyn Streams,
        cx: &Context,
    ) -> Result<()> {
        if progress.needs_repair {
            return Err(error.with_help("take `strict: true` away to have it repaired"));
        }
        tell(cleaner, cx);
        let points = progress.open.as_ref().map_or(0, ActivityStream::points);
        let kept = match points {
            1 => "the point before it".to_owned(),
            points => format!("the {points} points before it"),
        };
        match progress.open {
            Some(stream) if self.salvage => {
                cx.warn(format!("{error}; kept {kept}"));
                stream.finish(None, out)
            }
            None if self.salvage && progress.complete > 0 => {
                cx.warn(format!("{error}; kept the activities before it"));
                Ok(())
            }
            Some(_) => Err(error.with_salvage("tcx", &kept)),
            None => Err(error),
        }
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
