//! Walking the records of a part that may be damaged.

use std::ops::Range;

use super::record::{Data, Local, Locals, Record, is_near, is_plausible};
use super::resync::{Budget, Known};

/// Where the records of a part are, as far as that is known before they are read.
#[derive(Clone, Debug)]
pub(super) struct Extent {
    /// Where the first record is.
    pub(super) start: usize,
    /// Where the records end at the latest.
    pub(super) limit: usize,
    /// Behind the last byte before `limit` that is no padding.
    pub(super) unpadded: usize,
    /// Where they end according to the header.
    pub(super) declared: Option<usize>,
    /// Whether a CRC says that every byte up to `limit` is as it was written.
    pub(super) verified: bool,
}

/// What there is to keep of a part.
#[derive(Debug)]
pub(super) struct Walked {
    /// Whole messages, in runs.
    pub(super) kept: Vec<Range<usize>>,
    /// Where the records end.
    pub(super) end: usize,
    pub(super) stop: Stop,
}

/// Why the records end where they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// There is nothing more.
    Limit,
    /// The header says so, and what follows are no records.
    Declared,
    /// Within a message.
    Short,
    /// Padding follows.
    Padding,
    /// What follows can't be read.
    Lost,
}

/// So much padding can't be the start of a message that was cut off.
pub(super) const MUCH_PADDING: usize = 16;

/// So many messages in a row of the same local type can't be by chance.
const LONG_ROW: u32 = 8;

/// Reads the records of a part.
///
/// Nothing is given up that can be read. Where a local type has no definition, or the bytes can't be
/// what they seem to be, the walk goes back to the last record that is certain, and on from the next
/// place where records start beyond reasonable doubt.
pub(super) fn walk(file: &[u8], extent: &Extent, budget: &mut Budget) -> Walked {
    let known = Known {
        file,
        limit: extent.limit,
        unpadded: extent.unpadded,
        locals: Locals::default(),
        last: None,
        compressed: false,
        reserved: false,
    };
    let walk = Walk {
        known,
        extent,
        budget,
        at: extent.start,
        before: extent.start,
        trusted: extent.start,
        anchor: None,
        doubtful: None,
        row: (None, 0),
        undo: Vec::new(),
        reached: extent.start,
        cleared: extent.start,
        passed: false,
        run: extent.start,
        kept: Vec::new(),
    };
    walk.run()
}

struct Walk<'a, 'x> {
    known: Known<'a>,
    extent: &'x Extent,
    budget: &'x mut Budget,
    at: usize,
    /// Where the last record starts.
    before: usize,
    /// Up to here, all is certain.
    trusted: usize,
    /// The local type of the record before `trusted`.
    anchor: Option<u8>,
    /// A time that isn't near the last certain one: another one near it makes it certain.
    doubtful: Option<u32>,
    /// The local type of the last message, and how many of it there were in a row.
    row: (Option<u8>, u32),
    /// What the local types were there, of those that have another definition since.
    undo: Vec<(u8, Option<Local<'a>>)>,
    /// How far records have been read: going over them again takes from the budget.
    reached: usize,
    /// Up to here, doubts have been looked into.
    cleared: usize,
    /// Whether records go on behind where the header says that they end.
    passed: bool,
    /// Where the run of whole messages starts.
    run: usize,
    kept: Vec<Range<usize>>,
}

impl<'a> Walk<'a, '_> {
    fn run(mut self) -> Walked {
        loop {
            let record = self.known.read(self.at);
            if let Some(stop) = self.stop(&record) {
                return self.finish(stop);
            }
            let again = self.at < self.reached;
            if again && !self.budget.record() {
                return self.finish(Stop::Lost);
            }
            if self.is_sound(&record) {
                self.take(&record);
                self.reached = self.reached.max(self.at);
            } else if !self.resume() {
                return self.finish(Stop::Lost);
            }
        }
    }

    /// Whether the records end here.
    fn stop(&mut self, record: &Record<'_>) -> Option<Stop> {
        let left = self.extent.limit.saturating_sub(self.at);
        if left == 0 {
            return Some(Stop::Limit);
        }
        if !self.extent.verified && self.at >= self.extent.unpadded {
            let whole = matches!(record, Record::Data(data) if !data.is_blank());
            if left >= MUCH_PADDING || !whole {
                return Some(Stop::Padding);
            }
        }
        if Some(self.at) == self.extent.declared && !self.extent.verified && !self.passed {
            self.passed = self.known.is_evident(self.at, self.budget);
            if !self.passed {
                return Some(Stop::Declared);
            }
        }
        match record {
            Record::Short if !self.has_evident(self.at + 1..self.extent.limit) => Some(Stop::Short),
            // What may be a CRC.
            Record::Undefined if left <= 2 => Some(Stop::Short),
            _ => None,
        }
    }

    /// Whether a record may be what it seems to be.
    fn is_sound(&mut self, record: &Record<'_>) -> bool {
        let doubtful = match record {
            Record::Undefined | Record::Short => return false,
            _ if self.extent.verified => return true,
            Record::Data(data) if data.is_blank() => return false,
            Record::Data(data) => {
                data.time
                    .is_some_and(|time| !is_near(time, self.known.last))
                    || (data.compressed.is_some() && !self.known.compressed)
                    || (data.reserved && !self.known.reserved)
            }
            Record::Definition(definition) => !is_plausible(definition),
        };
        if !doubtful || self.at < self.cleared {
            return true;
        }
        // What was taken for a definition may hide some whole messages.
        if self.has_evident(self.at + 1..self.at + record.size()) {
            return false;
        }
        let declared = self.extent.declared.filter(|_| !self.passed);
        let ahead = self.known.look_ahead(self.at, declared, self.budget);
        self.cleared = ahead.unwrap_or(self.cleared);
        ahead.is_some()
    }

    /// Whether records start somewhere in there, beyond reasonable doubt.
    fn has_evident(&mut self, mut places: Range<usize>) -> bool {
        places.any(|at| self.known.is_evident(at, self.budget))
    }

    fn take(&mut self, record: &Record<'a>) {
        self.before = self.at;
        match record {
            Record::Definition(definition) => {
                let certain = self.trusted == self.at && is_plausible(definition);
                let before = self.known.locals.define(*definition);
                if self
                    .undo
                    .iter()
                    .all(|(local, _)| *local != definition.local)
                {
                    self.undo.push((definition.local, before));
                }
                self.at += definition.bytes.len();
                if certain {
                    self.trust(definition.local);
                }
            }
            Record::Data(data) => {
                let in_row = self.row.0 == Some(data.local);
                self.row = (Some(data.local), if in_row { self.row.1 + 1 } else { 1 });
                let certain = self.is_certain(data);
                self.at += data.bytes.len();
                self.known.compressed |= data.compressed.is_some();
                self.known.reserved |= data.reserved;
                if certain {
                    self.known.last = data.time_after(self.known.last).or(self.known.last);
                    self.trust(data.local);
                }
            }
            Record::Undefined | Record::Short => {}
        }
    }

    /// Whether a message is what it seems to be, as far as one can tell.
    fn is_certain(&mut self, data: &Data<'_>) -> bool {
        match data.time {
            _ if self.extent.verified => true,
            Some(time) if is_near(time, self.known.last) => true,
            Some(time) => {
                let before = self.doubtful.replace(time);
                before.is_some() && is_near(time, before)
            }
            None if data.stamped || data.is_uniform() => false,
            // Behind its definition or another one that is certain, or in a long row of its kind.
            None => {
                let next = self.trusted == self.at && self.anchor == Some(data.local);
                next || self.row.1 >= LONG_ROW
            }
        }
    }

    fn trust(&mut self, local: u8) {
        self.trusted = self.at;
        self.anchor = Some(local);
        self.undo.clear();
    }

    /// Goes back to what is certain, and on from the next place where records start.
    fn resume(&mut self) -> bool {
        for (local, before) in std::mem::take(&mut self.undo) {
            self.known.locals.set(local, before);
        }
        self.at = self.trusted;
        self.close();
        let mut places = self.trusted + 1..self.extent.limit;
        let found = places.find(|at| self.known.is_evident(*at, self.budget));
        if let Some(at) = found {
            (self.at, self.trusted, self.run, self.anchor) = (at, at, at, None);
            self.row = (None, 0);
            self.passed |= self.extent.declared.is_some_and(|declared| declared <= at);
        }
        found.is_some()
    }

    fn close(&mut self) {
        if self.run < self.at {
            self.kept.push(self.run..self.at);
        }
        self.run = self.at;
    }

    fn finish(mut self, stop: Stop) -> Walked {
        let Extent {
            limit, unpadded, ..
        } = *self.extent;
        // A message that goes over into padding may have been written in part only.
        let torn = self.before < unpadded && unpadded < self.at && limit - self.at >= MUCH_PADDING;
        if stop == Stop::Padding && torn {
            self.at = self.before.max(self.run);
        }
        self.close();
        let (end, kept) = (self.at, self.kept);
        Walked { kept, end, stop }
    }
}
