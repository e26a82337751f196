//! Making a sound file out of a damaged one.
//!
//! A file breaks off where the power failed, carries padding from its transfer, or lost some bytes in
//! between. What can be read of it is copied byte by byte, in its order, unknown messages and
//! developer fields included; sizes and CRCs are made right. An activity gets the messages that it
//! lacks at the end, computed from its laps and records as far as those tell: the stop of the timer,
//! the last lap, the session, the activity. Nothing else is invented, and nothing is smoothed.

mod closing;
mod complete;
mod missing;
mod part;
mod record;
mod resync;
mod step;
mod survey;
mod tally;
mod timer;
mod walk;

use self::missing::Missing;
use self::part::Part;
use self::resync::Budget;
use self::step::Steps;
pub(crate) use self::survey::Survey;
use crate::error::Error;
use crate::header::Header;
use crate::raw::RawWriter;

pub use self::step::{Step, Summary};

/// A file that was made sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Repaired {
    /// Its bytes.
    pub file: Vec<u8>,
    /// What was done, part by part.
    pub steps: Vec<Step>,
    /// Messages that were kept.
    pub messages: u64,
    /// Records among them.
    pub records: u64,
}

/// Why a file can't be made sound.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unrepairable {
    /// There is no header, and no records where one might have been.
    #[error("no FIT header and no records in it")]
    NoFit,
    /// It has no records, or, if it is no activity, no messages.
    #[error("nothing to keep in it: no whole record")]
    Nothing,
    /// A protocol that is newer than this crate.
    #[error("expected protocol 1 or 2, found {major}")]
    Protocol {
        /// The major version.
        major: u8,
    },
    /// The result can't be written.
    #[error(transparent)]
    Write(#[from] Error),
}

/// Makes a damaged file sound; `None` if there is nothing to do.
///
/// A message that isn't whole is left out, and so is what can't be read; whatever else is in the file
/// is in the result, byte by byte and in the same order, but for a `file_id` that isn't the first
/// message. Time and memory grow with the size of the file and nothing else.
///
/// ```
/// # use std::io::Cursor;
/// # use fit::profile::types::file;
/// # use fit::profile::{self, file_id, record};
/// # use fit::{Encoder, Shape};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let file_id = Shape::of(profile::FILE_ID).field(file_id::TYPE).build()?;
/// # let record = Shape::of(profile::RECORD).field(record::TIMESTAMP).field(record::POWER).build()?;
/// # let mut encoder = Encoder::new(Cursor::new(Vec::new()))?;
/// # encoder.write(&file_id, &[f64::from(file::ACTIVITY)])?;
/// # encoder.write(&record, &[1.1e9, 180.0])?;
/// # encoder.write(&record, &[1.1e9 + 1.0, 190.0])?;
/// # let written = encoder.finish()?.into_inner();
/// // The power failed while the last record was being written.
/// let damaged = &written[..written.len() - 4];
/// assert!(!fit::inspect(damaged).is_valid());
///
/// let repaired = fit::repair(damaged)?.expect("something to do");
/// let report = fit::inspect(&repaired.file);
/// assert!(report.is_valid());
/// assert_eq!(report.count(profile::RECORD.number), 1);
/// assert_eq!(report.count(profile::SESSION.number), 1);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If there is nothing that could be kept, or the file isn't FIT.
pub fn repair(file: &[u8]) -> Result<Option<Repaired>, Unrepairable> {
    let mut budget = Budget::of(file.len());
    let mut steps = Steps::default();
    let mut repaired = Repaired {
        file: Vec::new(),
        steps: Vec::new(),
        messages: 0,
        records: 0,
    };
    let (mut at, mut parts) = (0, 0);
    while let Some(part) = part::next(file, at, &mut budget, &mut steps) {
        at = part.end;
        parts += 1;
        if let Some(major) = part.newer {
            return Err(Unrepairable::Protocol { major });
        }
        add(file, &part, &mut steps, &mut repaired)?;
    }
    if repaired.messages == 0 {
        return Err(if parts == 0 {
            Unrepairable::NoFit
        } else {
            Unrepairable::Nothing
        });
    }
    if steps.count() == 0 {
        return Ok(None);
    }
    repaired.steps = steps.into_list();
    Ok(Some(repaired))
}

/// Adds what there is to keep of a part, made whole, to the result.
fn add(file: &[u8], part: &Part, steps: &mut Steps, repaired: &mut Repaired) -> Result<(), Error> {
    let sound = if part.intact {
        file.get(part.offset..part.end).unwrap_or_default().to_vec()
    } else {
        wrapped(&part.header, &part.records(file))?
    };
    let survey = Survey::of(&sound);
    let empty = survey.is_activity() && survey.records == 0 && !part.intact;
    if survey.messages == 0 || empty {
        let (offset, bytes) = (part.offset, part.end - part.offset);
        steps.push(Step::Segment { offset, bytes });
        return Ok(());
    }
    let missing = Missing::of(&sound, &survey, !part.intact);
    let first = repaired.messages == 0;
    let whole = complete::complete(&sound, &survey, &missing, first, steps)?;
    repaired.file.extend(match whole {
        Some(records) => wrapped(&part.header, &records)?,
        None => sound,
    });
    repaired.messages += survey.messages;
    repaired.records += survey.records;
    Ok(())
}

/// Records with a header and a CRC around them.
fn wrapped(header: &Header, records: &[u8]) -> Result<Vec<u8>, Error> {
    let size = records.len() as u64;
    let data_size = u32::try_from(size).map_err(|_| Error::FileTooLarge { size })?;
    let header = Header::new(header.protocol, header.profile, data_size);
    let room = usize::from(Header::SIZE) + records.len() + 2;
    let mut raw = RawWriter::new(Vec::with_capacity(room), &header)?;
    raw.record(records)?;
    raw.finish()
}
