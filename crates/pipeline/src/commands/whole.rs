//! Reading a whole FIT file, which is small unless it is something else.

use std::io::Read;

use pipeline_engine::{InputPath, open_input};
use pipeline_plugin::{Error, Result};

/// The largest file that is read, in bytes: a day of an activity has a few MB.
const LIMIT: u64 = 256 << 20;

/// All bytes of a file.
pub(super) fn read(input: &InputPath) -> Result<Vec<u8>> {
    let bytes = open_input(input)?;
    let size = bytes.size();
    let mut all = Vec::new();
    let expected = size.unwrap_or_default().min(LIMIT);
    all.reserve(usize::try_from(expected).unwrap_or_default());
    bytes
        .take(LIMIT + 1)
        .read_to_end(&mut all)
        .map_err(|error| Error::io("read the file", error))?;
    if all.is_empty() {
        return Err(Error::skip("the file is empty"));
    }
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
