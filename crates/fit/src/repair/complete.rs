//! Putting what was made into the records of a part.

use std::ops::Range;

use super::closing;
use super::missing::Missing;
use super::step::{Step, Steps};
use super::survey::Survey;
use crate::error::Error;
use crate::profile;
use crate::scan::{Event, Scanner};

const FILE_ID: u16 = profile::FILE_ID.number;

/// The definitions of the local types at some place, as they are in the file.
type Definitions<'a> = [Option<&'a [u8]>; 16];

/// The records of a sound part with what it lacks: a `file_id` at the start, if it is the `first`
/// part, and the messages at the end of an activity. `None` if it lacks nothing.
pub(super) fn complete(
    part: &[u8],
    survey: &Survey,
    missing: &Missing,
    first: bool,
    steps: &mut Steps,
) -> Result<Option<Vec<u8>>, Error> {
    let before = steps.count();
    let mut records = Vec::with_capacity(part.len() + 1024);
    let mut moved = 0..0;
    if survey.first != Some(FILE_ID) {
        if let Some((definition, message)) = survey.file_id.and_then(|at| message_at(part, at)) {
            steps.push(Step::FileIdMoved);
            records.extend_from_slice(definition);
            records.extend_from_slice(part.get(message.clone()).unwrap_or_default());
            moved = message;
        } else if first && survey.records > 0 {
            steps.push(Step::FileIdMade);
            let start = survey.span.map_or(f64::NAN, |(first, _)| first.into());
            records.extend(closing::records(|encoder| {
                closing::file_id(encoder, start)
            })?);
        }
    }
    let summaries =
        closing::records(|encoder| closing::summaries(encoder, missing, survey, steps))?;
    let activity = closing::records(|encoder| closing::activity(encoder, missing, survey, steps))?;
    if steps.count() == before {
        return Ok(None);
    }
    let data = data_of(part);
    // The activity is the last message of those that sum up.
    let at = survey.activity.unwrap_or(data.end);
    copy(part, data.start..at, &moved, &mut records);
    records.extend_from_slice(&summaries);
    if at < data.end {
        let here = definitions(part, at);
        let used = definitions_in(&summaries);
        let replaced = here.iter().zip(used).filter(|(_, used)| *used);
        records.extend(replaced.filter_map(|(here, _)| *here).flatten());
    }
    copy(part, at..data.end, &moved, &mut records);
    records.extend(activity);
    Ok(Some(records))
}

/// Copies a range of a part, but for what was moved elsewhere.
fn copy(part: &[u8], range: Range<usize>, moved: &Range<usize>, to: &mut Vec<u8>) {
    let clamp = |at: usize| at.clamp(range.start, range.end);
    for run in [range.start..clamp(moved.start), clamp(moved.end)..range.end] {
        to.extend_from_slice(part.get(run).unwrap_or_default());
    }
}

/// Where the records of a sound part are.
fn data_of(part: &[u8]) -> Range<usize> {
    let segment = Scanner::new(part)
        .without_crc()
        .find_map(|event| match event {
            Ok(Event::Segment(segment)) => Some(segment.data),
            _ => None,
        });
    segment.unwrap_or_default()
}

/// The definition of the message at `at`, and where the message is.
fn message_at(part: &[u8], at: usize) -> Option<(&[u8], Range<usize>)> {
    let mut events = Scanner::new(part).without_crc();
    events.find_map(|event| match event {
        Ok(Event::Data(data)) if data.offset == at => {
            Some((data.definition.bytes, at..at + data.bytes.len()))
        }
        _ => None,
    })
}

/// The definitions that hold at `at`.
fn definitions(part: &[u8], at: usize) -> Definitions<'_> {
    let mut definitions = Definitions::default();
    for event in Scanner::new(part).without_crc() {
        match event {
            Ok(Event::Definition(definition)) if definition.offset < at => {
                if let Some(place) = definitions.get_mut(usize::from(definition.local)) {
                    *place = Some(definition.bytes);
                }
            }
            Ok(Event::Data(data)) if data.offset >= at => break,
            _ => {}
        }
    }
    definitions
}

/// Which local types records define.
fn definitions_in(records: &[u8]) -> [bool; 16] {
    let mut used = [false; 16];
    let part = super::wrapped(&crate::header::Header::new(0x20, 0, 0), records).unwrap_or_default();
    for event in Scanner::new(&part) {
        if let Ok(Event::Definition(definition)) = event
            && let Some(used) = used.get_mut(usize::from(definition.local))
        {
            *used = true;
        }
    }
    used
}
