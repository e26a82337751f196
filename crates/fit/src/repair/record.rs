//! A record of a file that may be damaged: what it seems to be, and whether that can be.

use crate::base::BaseType;
use crate::definition::{Definition, TIMESTAMP};
use crate::profile;
use crate::time;

/// The definitions of the sixteen local types.
#[derive(Clone, Debug, Default)]
pub(super) struct Locals<'a>([Option<Local<'a>>; 16]);

/// A definition, and whether its messages carry their full time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Local<'a> {
    pub(super) definition: Definition<'a>,
    pub(super) stamped: bool,
}

/// What the bytes at some place seem to be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Record<'a> {
    /// A definition message.
    Definition(Definition<'a>),
    /// A data message.
    Data(Data<'a>),
    /// A data message of a local type that has no definition.
    Undefined,
    /// A message that goes on behind the end of the bytes.
    Short,
}

/// What seems to be a data message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Data<'a> {
    pub(super) local: u8,
    pub(super) bytes: &'a [u8],
    /// Its own full time.
    pub(super) time: Option<u32>,
    /// Whether it has a field for that.
    pub(super) stamped: bool,
    /// The five bits of a compressed timestamp.
    pub(super) compressed: Option<u8>,
    /// Whether the record header has bits that mean nothing.
    pub(super) reserved: bool,
}

impl<'a> Locals<'a> {
    pub(super) fn get(&self, local: u8) -> Option<&Local<'a>> {
        self.0.get(usize::from(local)).and_then(Option::as_ref)
    }

    /// Gives a local type another definition, and returns the one before.
    pub(super) fn set(&mut self, local: u8, new: Option<Local<'a>>) -> Option<Local<'a>> {
        let place = self.0.get_mut(usize::from(local))?;
        std::mem::replace(place, new)
    }

    /// Takes over a definition, and returns the one before.
    pub(super) fn define(&mut self, definition: Definition<'a>) -> Option<Local<'a>> {
        let is_time =
            |(number, size, developer)| (number, size, developer) == (TIMESTAMP, 4, false);
        let mut fields = definition
            .fields()
            .map(|it| (it.number, it.size, it.developer));
        let stamped = fields.any(is_time);
        self.set(
            definition.local,
            Some(Local {
                definition,
                stamped,
            }),
        )
    }

    /// Reads what is at the start of `rest`, which is `offset` bytes into the file.
    pub(super) fn read(&self, rest: &'a [u8], offset: usize) -> Record<'a> {
        let Some(&header) = rest.first() else {
            return Record::Short;
        };
        let local = match header & 0xC0 {
            0x40 => {
                return Definition::read(rest, offset).map_or(Record::Short, Record::Definition);
            }
            0x00 => header & 0x0F,
            _ => header >> 5 & 0x03,
        };
        let Some(known) = self.get(local) else {
            return Record::Undefined;
        };
        let Some(bytes) = rest.get(..known.definition.message_size()) else {
            return Record::Short;
        };
        Record::Data(Data {
            local,
            bytes,
            time: known.definition.timestamp(bytes),
            stamped: known.stamped,
            compressed: (header & 0x80 != 0).then_some(header & 0x1F),
            reserved: header & 0x80 == 0 && header & 0x30 != 0,
        })
    }
}

impl Record<'_> {
    /// How many bytes it has.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Definition(definition) => definition.bytes.len(),
            Self::Data(data) => data.bytes.len(),
            Self::Undefined | Self::Short => 0,
        }
    }
}

impl Data<'_> {
    /// Its time: its own, or what its compressed timestamp makes of the last one.
    pub(super) fn time_after(&self, last: Option<u32>) -> Option<u32> {
        let header = self.bytes.first().filter(|_| self.compressed.is_some());
        self.time.or_else(|| Some(time::expand(last?, *header?)))
    }

    /// Whether all its bytes are the same, as in a block that was never written.
    pub(super) fn is_uniform(&self) -> bool {
        let first = self.bytes.first();
        self.bytes.len() > 1 && self.bytes.iter().all(|byte| Some(byte) == first)
    }

    /// Whether it is what an erased or never written block looks like: zeros, the time included.
    pub(super) fn is_blank(&self) -> bool {
        self.time == Some(0) && self.bytes.iter().all(|byte| *byte == 0)
    }
}

/// Whether a definition can be meant: its byte order and base types exist, and no field is there
/// twice. Nearly no other bytes look like that.
pub(super) fn is_plausible(definition: &Definition<'_>) -> bool {
    let mut seen = [false; 256];
    let order = definition.bytes.get(2).is_none_or(|order| *order <= 1);
    order
        && definition
            .fields()
            .filter(|field| !field.developer)
            .all(|field| {
                let known = field.code & 0x60 == 0 && BaseType::from_code(field.code).is_some();
                let twice = seen.get_mut(usize::from(field.number));
                known && field.size > 0 && twice.is_some_and(|seen| !std::mem::replace(seen, true))
            })
}

/// Whether a definition is one of a message that the profile knows, with fields that it knows.
pub(super) fn is_familiar(definition: &Definition<'_>) -> bool {
    let Some(message) = profile::message(definition.number) else {
        return false;
    };
    let reserved = definition.bytes.get(1).is_some_and(|byte| *byte == 0);
    let familiar = definition.fields().filter(|field| {
        let known = message.field(field.number).map(|known| known.base);
        let known = known.or((field.number == TIMESTAMP).then_some(BaseType::Uint32));
        known
            .is_some_and(|base| base.code() == field.code && field.size.is_multiple_of(base.size()))
    });
    let all = definition.fields().filter(|field| !field.developer).count();
    // Devices have fields of their own in messages that everybody knows.
    reserved && is_plausible(definition) && 2 * familiar.count() > all
}

/// Whether a time can follow another one: at most a week away.
pub(super) fn is_near(time: u32, last: Option<u32>) -> bool {
    const WEEK: u32 = 7 * 24 * 3600;
    last.is_none_or(|last| time.abs_diff(last) <= WEEK)
}

/// Whether a time may belong to the same file as another one: two years later, or a week earlier.
pub(super) fn is_related(time: u32, other: u32) -> bool {
    const WEEK: u32 = 7 * 24 * 3600;
    const YEARS: u32 = 2 * 365 * 24 * 3600;
    (other.saturating_sub(WEEK)..=other.saturating_add(YEARS)).contains(&time)
}

/// Whether a time goes on from another one: a date, at most a day later, and hardly earlier.
pub(super) fn goes_on(time: u32, last: Option<u32>) -> bool {
    const DAY: u32 = 24 * 3600;
    const MINUTE: u32 = 60;
    match last {
        None => time >= time::FIRST_DATE,
        Some(last) => (last.saturating_sub(MINUTE)..=last.saturating_add(DAY)).contains(&time),
    }
}
