//! The reader.

use gpx::{Cleaned, Cleaner, Metadata, Options, Reader};
use pipeline_plugin::{
    Content, Context, Error, Input, Plugin, ReaderPlugin, Result, Sport, Streams,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::stream::TrackStream;

/// Reads GPX files.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReadGpx {
    /// Sport of the tracks, such as `cycling`; without it the file's own.
    pub(crate) sport: Option<Sport>,
    /// Name of the device that recorded the files; without it the program that wrote them.
    #[schemars(extend("examples" = ["XOSS G+"]))]
    pub(crate) device: Option<String>,
    /// Refuse a file that needs any repair.
    pub(crate) strict: bool,
    /// Keep what stands before the fault of a broken file instead of refusing it.
    pub(crate) salvage: bool,
}

/// The reader `gpx`.
pub fn reader() -> Plugin {
    Plugin::reader::<ReadGpx>("gpx", "read GPX tracks", &["gpx"], sniff)
}

/// Whether the first bytes of a file look like GPX.
fn sniff(head: &[u8]) -> bool {
    [&b"<gpx"[..], b":gpx"]
        .iter()
        .any(|name| head.windows(name.len()).any(|window| window == *name))
}

/// How far a file has been read.
#[derive(Default)]
struct Progress {
    metadata: Metadata,
    /// The track that is open.
    open: Option<TrackStream>,
    /// How many are complete.
    complete: usize,
    /// Whether it was the file that broke off, and not a stage behind.
    file_is_broken: bool,
    /// Whether it would have been repaired without `strict`.
    needs_repair: bool,
}

impl ReaderPlugin for ReadGpx {
    fn read(&self, input: Input<'_>, out: &mut dyn Streams, cx: &Context) -> Result<()> {
        let options = Options {
            strict: self.strict,
            ..Options::default()
        };
        let mut cleaner = Cleaner::new(Reader::new(input.bytes, options));
        let mut progress = Progress::default();
        let result = self.tracks(&mut cleaner, input.name, &mut progress, out);
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

impl ReadGpx {
    /// Passes on every track; one that an error interrupts stays open.
    fn tracks(
        &self,
        cleaner: &mut Cleaner<&mut dyn Content>,
        name: &str,
        progress: &mut Progress,
        out: &mut dyn Streams,
    ) -> Result<()> {
        loop {
            let piece = cleaner.next().map_err(|error| {
                progress.file_is_broken = true;
                progress.needs_repair = matches!(error.kind, gpx::ErrorKind::Strict(_));
                translate(error)
            })?;
            match (piece, &mut progress.open) {
                (None, _) => return Ok(()),
                (Some(Cleaned::Metadata(metadata)), _) => progress.metadata = *metadata,
                (Some(Cleaned::Track(track)), open) => {
                    let stream = TrackStream::new(self, &progress.metadata, &track, name);
                    out.open(stream.header().clone())?;
                    *open = Some(stream);
                }
                (Some(Cleaned::Point(point)), Some(stream)) => {
                    stream.point(&point, cleaner.extras(), out)?;
                }
                (Some(Cleaned::Pause(pause)), Some(stream)) => stream.pause(pause, out)?,
                (Some(Cleaned::End(track)), open) => {
                    if let Some(stream) = open.take() {
                        stream.finish(Some(&track), out)?;
                        progress.complete += 1;
                    }
                }
                (Some(_), None) => {}
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
        if self.salvage {
            tell(cleaner, cx);
        }
        let points = progress.open.as_ref().map_or(0, TrackStream::points);
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
                cx.warn(format!("{error}; kept the tracks before it"));
                Ok(())
            }
            Some(_) => Err(error.with_salvage("gpx", &kept)),
            None => Err(error),
        }
    }
}

/// Tells what had to be put right and what was left out, each sort once.
fn tell(cleaner: &Cleaner<&mut dyn Content>, cx: &Context) {
    for repair in cleaner.repairs() {
        cx.warn(repair.to_string());
    }
    let others = cleaner.others();
    let count = |count: u64, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {one}s")),
    };
    let others = [
        count(others.waypoints, "waypoint"),
        count(others.routes, "route"),
    ];
    let others: Vec<_> = others.into_iter().flatten().collect();
    if !others.is_empty() {
        cx.warn(format!("left out {}: no recordings", others.join(" and ")));
    }
}

/// The place of an error is part of its text.
fn translate(error: gpx::Error) -> Error {
    let text = error.to_string();
    match error.kind {
        gpx::ErrorKind::Io(cause) => Error::skip(text).with_source(cause),
        _ => Error::skip(text),
    }
}
