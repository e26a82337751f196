//! Which format a file has, by its content first and its ending second.

use std::io::Read;
use std::path::Path;

use pipeline_engine::{InputPath, has_ending, open_input};
use pipeline_plugin::{Error, Result};

use crate::commands::fit_files::whole;

/// What a file holds.
pub(super) enum Content {
    /// All bytes of a FIT file.
    Fit(Vec<u8>),
    /// A TCX file, which is read as it comes.
    Tcx {
        bytes: Box<dyn Read>,
        size: Option<u64>,
    },
}

/// Formats that are told apart.
enum Format {
    Fit,
    Tcx,
    Unknown,
}

/// Opens a file and finds out what it is.
pub(super) fn open(input: &InputPath) -> Result<Content> {
    let mut bytes = open_input(input)?;
    let size = bytes.size();
    let head = bytes.head()?;
    if head.is_empty() {
        return Err(Error::skip("the file is empty"));
    }
    match format(&head, input) {
        Format::Fit => whole(bytes, size).map(Content::Fit),
        Format::Tcx => Ok(Content::Tcx {
            bytes: Box::new(bytes),
            size,
        }),
        Format::Unknown => Err(Error::skip("neither FIT nor TCX")
            .with_help("`inspect` reads .fit and .tcx files, whatever their names")),
    }
}

fn format(head: &[u8], input: &InputPath) -> Format {
    let contains = |name: &[u8]| head.windows(name.len()).any(|window| window == name);
    let ends = |ending: &str| matches!(input, InputPath::File(path) if has_ending(Path::new(path), &[ending.to_owned()]));
    if head.get(8..12) == Some(b".FIT") {
        Format::Fit
    } else if contains(b"TrainingCenterDatabase") {
        Format::Tcx
    } else if ends("fit") {
        Format::Fit
    } else if ends("tcx") {
        Format::Tcx
    } else {
        Format::Unknown
    }
}
