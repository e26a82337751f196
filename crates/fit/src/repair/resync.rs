//! Judging what follows a place in a damaged file: whether it can't be read on from there, or must be.

use super::record::{Data, Locals, Record, goes_on, is_familiar, is_plausible, is_related};

/// What is left of the work that may go into judging: it grows with the size of the file only, so a
/// file that was made to waste time doesn't.
#[derive(Debug)]
pub(super) struct Budget {
    /// Records that may be read ahead.
    records: usize,
    /// Bytes whose CRC may be computed.
    bytes: usize,
}

impl Budget {
    /// The budget for a file of `size` bytes.
    pub(super) fn of(size: usize) -> Self {
        Self {
            records: size.saturating_mul(4).saturating_add(10_000),
            bytes: size.saturating_mul(16).saturating_add(100_000),
        }
    }

    /// Whether another record may be read.
    pub(super) fn record(&mut self) -> bool {
        let left = self.records.checked_sub(1);
        self.records = left.unwrap_or(0);
        left.is_some()
    }

    /// Whether the CRC of so many bytes may be computed.
    pub(super) fn crc(&mut self, bytes: usize) -> bool {
        let left = self.bytes.checked_sub(bytes);
        self.bytes = left.unwrap_or(0);
        left.is_some()
    }
}

/// What is known of a part as far as it has been read.
#[derive(Debug)]
pub(super) struct Known<'a> {
    pub(super) file: &'a [u8],
    /// Where the records end at the latest.
    pub(super) limit: usize,
    /// Behind the last byte before `limit` that is no padding.
    pub(super) unpadded: usize,
    pub(super) locals: Locals<'a>,
    /// The last time that is certain.
    pub(super) last: Option<u32>,
    /// Whether there were compressed timestamps.
    pub(super) compressed: bool,
    /// Whether there were record headers with bits that mean nothing.
    pub(super) reserved: bool,
}

/// How far is read ahead to see whether what follows is in order.
const AHEAD: usize = 64;
/// So many oddities on the way are too many: a sound file has one where a clock is set, for example.
/// An odd step of a compressed timestamp counts one, anything else two.
const TOO_ODD: u32 = 6;
/// How far is read ahead in search of evidence.
const CHAIN: usize = 32;
/// Enough evidence: three times in a row that go on from each other, or nine small steps of
/// compressed ones. Hardly one place in 10^12 (or 10^8) of random bytes has it.
const ENOUGH: u32 = 9;
const FULL_TIME: u32 = 3;
const COMPRESSED_TIME: u32 = 1;
/// Bytes of a message with a compressed timestamp that counts.
const SUBSTANTIAL: usize = 4;
/// Seconds between two compressed timestamps that are nothing special.
const SMALL_STEP: u8 = 16;

impl<'a> Known<'a> {
    pub(super) fn rest(&self, at: usize) -> &'a [u8] {
        self.file.get(at..self.limit).unwrap_or_default()
    }

    pub(super) fn read(&self, at: usize) -> Record<'a> {
        self.locals.read(self.rest(at), at)
    }

    /// Whether nothing but what may be a CRC, or padding, is left.
    fn is_end(&self, at: usize) -> bool {
        at >= self.unpadded || self.limit - at <= 2
    }

    /// Reads on from `at` as if all were well: how far that goes, or `None` if it goes wrong. What is
    /// behind `declared` doesn't count.
    pub(super) fn look_ahead(
        &self,
        at: usize,
        declared: Option<usize>,
        budget: &mut Budget,
    ) -> Option<usize> {
        let mut locals = self.locals.clone();
        let mut oddities = Oddities::new(self);
        let mut at = at;
        for _ in 0..AHEAD {
            if at >= self.limit || Some(at) == declared || !budget.record() {
                break;
            }
            match locals.read(self.rest(at), at) {
                Record::Short => break,
                Record::Undefined if self.is_end(at) => break,
                Record::Undefined => return None,
                Record::Data(data) if data.is_blank() && at < self.unpadded => return None,
                Record::Data(data) => {
                    at += data.bytes.len();
                    oddities.take(&data);
                }
                Record::Definition(definition) => {
                    at += definition.bytes.len();
                    oddities.weight += if is_plausible(&definition) { 0 } else { 2 };
                    locals.define(definition);
                }
            }
            if oddities.weight >= TOO_ODD {
                return None;
            }
        }
        Some(at)
    }

    /// Whether records start at `at`, beyond reasonable doubt.
    pub(super) fn is_evident(&self, at: usize, budget: &mut Budget) -> bool {
        if !self.may_start(at) || !budget.record() {
            return false;
        }
        match self.read(at) {
            Record::Definition(definition) if is_familiar(&definition) => {
                let next = self.rest(at + definition.bytes.len()).first();
                next == Some(&definition.local) || self.has_chain(at, budget)
            }
            Record::Data(data) if data.time.is_none_or(|time| goes_on(time, self.last)) => {
                self.has_chain(at, budget)
            }
            _ => false,
        }
    }

    /// A look at the first bytes, which most places don't survive.
    fn may_start(&self, at: usize) -> bool {
        match self.rest(at) {
            [header, reserved, order, ..] if header & 0xD0 == 0x40 => *reserved == 0 && *order <= 1,
            [header, ..] if header & 0xF0 == 0 => self.locals.get(*header).is_some(),
            [header, ..] if header & 0x80 != 0 => {
                self.compressed && self.locals.get(header >> 5 & 3).is_some()
            }
            _ => false,
        }
    }

    /// Whether records in a row speak for each other.
    fn has_chain(&self, at: usize, budget: &mut Budget) -> bool {
        let mut chain = Chain {
            locals: self.locals.clone(),
            time: self.last,
            bits: None,
            weight: 0,
            full_times: 0,
        };
        let mut at = at;
        for _ in 0..CHAIN {
            if self.is_end(at) {
                // They end where the part does, which few wrong ones do.
                return chain.full_times >= 1;
            }
            if chain.weight >= ENOUGH || !budget.record() {
                break;
            }
            match chain.locals.read(self.rest(at), at) {
                Record::Definition(definition) if is_plausible(&definition) => {
                    at += definition.bytes.len();
                    chain.locals.define(definition);
                }
                Record::Data(data) if chain.takes(&data) => at += data.bytes.len(),
                Record::Short => return chain.full_times >= 2,
                _ => return false,
            }
        }
        chain.weight >= ENOUGH
    }
}

/// Records in a row, and what speaks for them.
struct Chain<'a> {
    locals: Locals<'a>,
    time: Option<u32>,
    /// The five bits of the last compressed timestamp.
    bits: Option<u8>,
    weight: u32,
    full_times: u32,
}

impl Chain<'_> {
    fn takes(&mut self, data: &Data<'_>) -> bool {
        if let Some(time) = data.time {
            if data.is_blank() || !goes_on(time, self.time) {
                return false;
            }
            self.time = Some(time);
            self.weight += FULL_TIME;
            self.full_times += 1;
        } else if let Some(bits) = data.compressed {
            let step = self.bits.map(|last| bits.wrapping_sub(last) & 0x1F);
            if step.is_some_and(|step| step > SMALL_STEP) {
                return false;
            }
            self.bits = Some(bits);
            // A byte or two are easily found anywhere.
            self.weight += if data.bytes.len() >= SUBSTANTIAL {
                COMPRESSED_TIME
            } else {
                0
            };
        }
        true
    }
}

/// What is odd about records that are read ahead.
struct Oddities {
    /// Times that agree with what was before, or that others agree with.
    times: Vec<u32>,
    compressed: bool,
    reserved: bool,
    weight: u32,
}

impl Oddities {
    fn new(known: &Known<'_>) -> Self {
        Self {
            times: Vec::from_iter(known.last),
            compressed: known.compressed,
            reserved: known.reserved,
            weight: 0,
        }
    }

    fn take(&mut self, data: &Data<'_>) {
        if data.reserved && !self.reserved {
            self.weight += 2;
        }
        if let Some(time) = data.time {
            let related = self.times.iter().any(|other| is_related(time, *other));
            if !related && !self.times.is_empty() {
                self.weight += 2;
            }
            self.times.push(time);
        } else if let (Some(bits), Some(last)) = (data.compressed, self.times.last_mut()) {
            let step = u32::from(bits).wrapping_sub(*last) & 0x1F;
            *last = last.wrapping_add(step);
            self.weight += u32::from(step > SMALL_STEP.into() && !self.compressed);
        }
    }
}
