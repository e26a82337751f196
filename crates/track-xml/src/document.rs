//! Where the reading stands: the open elements, and what was put right.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use crate::error::{Error, ErrorKind};
use crate::grammar::Raw;
use crate::number::{NotNumber, number, trim};
use crate::options::Options;
use crate::range;
use crate::repair::{Repair, RepairKind, Repairs, sample};
use crate::text::{Encoding, clean, unescape};
use crate::time::{Clock, Oddity, Time};
use crate::window::Place;

/// Where the reading of a file stands, and what a [`Grammar`](crate::Grammar) needs for it: numbers,
/// times, texts, repairs and errors.
#[derive(Debug)]
pub struct Document<T> {
    pub(crate) repairs: Repairs,
    pub(crate) options: Options,
    pub(crate) encoding: Encoding,
    /// The open elements, and their names one after another.
    pub(crate) open: Vec<Open<T>>,
    pub(crate) names: Vec<u8>,
    /// The text so far of the innermost element, when it is a value and came in several pieces.
    pub(crate) text: String,
    /// A known element inside the innermost one has ended.
    pub(crate) had_child: bool,
    /// The innermost element was written `<so/>`, so it ends without an end tag.
    pub(crate) close_pending: bool,
    clock: Clock,
    points: u64,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Open<T> {
    pub tag: T,
    /// Where its name begins in `names`.
    pub name: usize,
}

impl<T: Copy> Document<T> {
    pub(crate) fn new(options: Options) -> Document<T> {
        Document {
            repairs: Repairs::default(),
            options,
            encoding: Encoding::Utf8,
            open: Vec::with_capacity(16),
            names: Vec::with_capacity(256),
            text: String::new(),
            had_child: false,
            close_pending: false,
            clock: Clock::default(),
            points: 0,
        }
    }

    /// What the innermost open element means; `None` outside the root.
    #[inline]
    pub fn innermost(&self) -> Option<T> {
        self.open.last().map(|open| open.tag)
    }

    /// The name of the innermost open element, as it stands in the file; empty outside the root.
    pub fn name(&self) -> &[u8] {
        self.open
            .last()
            .and_then(|open| self.names.get(open.name..))
            .unwrap_or_default()
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// Counts a point, up to the limit.
    #[inline]
    pub fn count_point(&mut self, place: Place<'_>) -> Result<(), Error> {
        self.points += 1;
        if self.points > self.options.limits.points {
            let message = format!("more than {} trackpoints", self.options.limits.points);
            return Err(self.error(ErrorKind::Limit(message), place));
        }
        Ok(())
    }

    /// Counts a repair, or refuses it in strict mode.
    pub fn note(&mut self, kind: RepairKind, raw: &[u8], place: Place<'_>) -> Result<(), Error> {
        self.repairs
            .note(kind, || (place.line(), place.offset(), sample(raw)));
        if !self.options.strict {
            return Ok(());
        }
        let (line, offset) = (place.line(), place.offset());
        let repair = Repair {
            kind,
            count: 1,
            line,
            offset,
            sample: sample(raw),
        };
        Err(self.error(ErrorKind::Strict(repair), place))
    }

    /// An error at `place`.
    #[cold]
    pub fn error(&self, kind: ErrorKind, place: Place<'_>) -> Error {
        let mut path = String::new();
        let ends = self
            .open
            .iter()
            .skip(1)
            .map(|open| open.name)
            .chain([self.names.len()]);
        for (open, end) in self.open.iter().zip(ends) {
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(&sample(self.names.get(open.name..end).unwrap_or_default()));
        }
        Error {
            kind,
            offset: place.offset(),
            line: place.line(),
            path,
        }
    }

    /// The error of a file that ends inside `what`.
    pub(crate) fn cut_short(&self, what: &str) -> ErrorKind {
        match (self.open.is_empty(), what) {
            (true, "") => ErrorKind::Truncated("no element in it".to_owned()),
            (true, "text") => ErrorKind::NotXml("no `<` in it".to_owned()),
            (true, _) => ErrorKind::Truncated(format!("inside a {what}")),
            (false, _) => ErrorKind::Truncated(format!("`{}` is still open", sample(self.name()))),
        }
    }

    /// A number within `range`, else NaN and a repair; nothing at all is NaN without one.
    #[inline]
    pub fn number(
        &mut self,
        raw: Raw<'_>,
        range: RangeInclusive<f64>,
        place: Place<'_>,
    ) -> Result<f64, Error> {
        match number(raw.bytes) {
            Ok(value) if range.contains(&value) => Ok(value),
            other => self.odd_number(other, raw, range, place),
        }
    }

    #[cold]
    fn odd_number(
        &mut self,
        found: Result<f64, NotNumber>,
        raw: Raw<'_>,
        range: RangeInclusive<f64>,
        place: Place<'_>,
    ) -> Result<f64, Error> {
        let kind = match found {
            Ok(_) => RepairKind::OutOfRange,
            Err(NotNumber::Blank) => return Ok(f64::NAN),
            Err(NotNumber::NotFinite) => RepairKind::NotANumber,
            Err(NotNumber::Other) => {
                if let Some(text) = resolved(raw) {
                    return self.number(Raw::literal(text.as_bytes()), range, place);
                }
                RepairKind::UnparsableNumber
            }
        };
        self.note(kind, raw.bytes, place).map(|()| f64::NAN)
    }

    /// A heart rate in beats per minute, else NaN; 0 is what writers put for "no belt".
    #[inline]
    pub fn heart_rate(&mut self, raw: Raw<'_>, place: Place<'_>) -> Result<f64, Error> {
        let value = self.number(raw, range::PER_MINUTE, place)?;
        Ok(if value < 0.5 { f64::NAN } else { value })
    }

    /// A time, else nothing and a repair; nothing at all is no repair.
    #[inline]
    pub fn time(&mut self, raw: Raw<'_>, place: Place<'_>) -> Result<Option<Time>, Error> {
        match self.clock.read(raw.bytes) {
            Some((time, oddity)) if oddity == Oddity::default() => Ok(Some(time)),
            other => self.odd_time(other, raw, place),
        }
    }

    #[cold]
    fn odd_time(
        &mut self,
        found: Option<(Time, Oddity)>,
        raw: Raw<'_>,
        place: Place<'_>,
    ) -> Result<Option<Time>, Error> {
        match found {
            Some((time, oddity)) => {
                if oddity.no_zone {
                    self.note(RepairKind::MissingZone, raw.bytes, place)?;
                }
                if oddity.foreign {
                    self.note(RepairKind::ForeignTime, raw.bytes, place)?;
                }
                Ok(Some(time))
            }
            None => match resolved(raw) {
                Some(text) => self.time(Raw::literal(text.as_bytes()), place),
                None if trim(raw.bytes).is_empty() => Ok(None),
                None => self
                    .note(RepairKind::UnparsableTime, raw.bytes, place)
                    .map(|()| None),
            },
        }
    }

    /// A text for people: decoded, without control characters and white space around it.
    pub fn string(&mut self, raw: Raw<'_>, place: Place<'_>) -> Result<String, Error> {
        let text = self.decode(raw, place)?;
        let (text, controls) = clean(&text);
        if controls {
            self.note(RepairKind::ControlCharacters, raw.bytes, place)?;
        }
        Ok(text)
    }

    /// `raw` as text: decoded, and its entities resolved.
    pub(crate) fn decode<'a>(
        &mut self,
        raw: Raw<'a>,
        place: Place<'_>,
    ) -> Result<Cow<'a, str>, Error> {
        let (text, sound) = self.encoding.decode(raw.bytes);
        if !sound {
            self.note(RepairKind::InvalidText, raw.bytes, place)?;
        }
        if !raw.escaped || !text.contains('&') {
            return Ok(text);
        }
        match unescape(&text) {
            Some(resolved) => Ok(Cow::Owned(resolved)),
            None => self
                .note(RepairKind::UnknownEntity, raw.bytes, place)
                .map(|()| text),
        }
    }
}

/// `raw` with its entities resolved, if it has any that can be.
fn resolved(raw: Raw<'_>) -> Option<String> {
    let text = std::str::from_utf8(raw.bytes)
        .ok()
        .filter(|text| text.contains('&'))?;
    if raw.escaped { unescape(text) } else { None }
}
