//! What the commands have in common that make FIT files out of FIT files.

use std::io::Read;
use std::path::Path;

use pipeline_engine::{InputPath, open_input};
use pipeline_plugin::{Error, Result, Timestamp};
use serde_json::json;

use crate::output::{error_text, result_line};

/// The largest file that is read, in bytes: a day of an activity has a few MB.
const LIMIT: u64 = 256 << 20;

/// All bytes of a file; none, if it is empty.
pub(super) fn read(input: &InputPath) -> Result<Vec<u8>> {
    let bytes = open_input(input)?;
    let size = bytes.size();
    whole(bytes, size)
}

/// All bytes of a FIT file of that size, which is small unless it is something else.
pub(super) fn whole(bytes: impl Read, size: Option<u64>) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    let expected = size.unwrap_or_default().min(LIMIT);
    all.reserve(usize::try_from(expected).unwrap_or_default());
    bytes
        .take(LIMIT + 1)
        .read_to_end(&mut all)
        .map_err(|error| Error::io("read the file", error))?;
    if all.len() as u64 > LIMIT {
        let limit = LIMIT >> 20;
        return Err(Error::skip(format!(
            "the file is larger than {limit} MiB, which no FIT file is"
        )));
    }
    Ok(all)
}

/// What to do about a file that isn't FIT.
pub(super) fn help_for_other(bytes: &[u8]) -> Option<&'static str> {
    const TCX: &[u8] = b"TrainingCenterDatabase";
    let head = bytes.get(..4096).unwrap_or(bytes);
    let is_tcx = head.windows(TCX.len()).any(|window| window == TCX);
    is_tcx.then_some("this is a TCX file: `pipeline convert FILE OUT.fit` makes FIT of it, with `--salvage` also if it breaks off")
}

/// Whether an output is the very file that is read.
pub(super) fn is_same(input: &InputPath, output: &Path) -> bool {
    let InputPath::File(path) = input else {
        return false;
    };
    matches!((path.canonicalize(), output.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// Says that something can't be done with a file; or with all, where there is no name.
pub(super) fn failed(name: &str, error: &Error, json: bool) {
    if json {
        let line = json!({
            "v": 1,
            "type": "error",
            "file": (!name.is_empty()).then_some(name),
            "message": error.with_causes(),
            "help": error.help(),
        });
        result_line(&line.to_string());
    } else {
        eprintln!("{}", error_text(name, error));
    }
}

/// A FIT time as one of ours; `None` if it is no date.
pub(super) fn timestamp(seconds: u32) -> Option<Timestamp> {
    fit::time::to_unix_seconds(seconds).map(Timestamp::from_seconds)
}

/// `2026-03-02 09:00:00 UTC`, or `1234 s` if it is no date.
pub(super) fn utc(seconds: u32) -> String {
    match timestamp(seconds) {
        Some(time) => format!("{} UTC", time.for_people()),
        None => format!("{seconds} s"),
    }
}
