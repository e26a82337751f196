//! What the tokens mean: the open elements and the facts gathered in them.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind};
use crate::event::Version;
use crate::event::{ActivityEnd, ActivityStart, Author, Creator, Event, LapTotals, Trackpoint};
use crate::options::Options;
use crate::repair::{Repair, RepairKind, Repairs, sample};
use crate::scan::{Token, local};
use crate::tag::Tag;
use crate::text::{Encoding, unescape};
use crate::time::Clock;
use crate::value::Raw;
use crate::window::Place;

/// The state between two tokens.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) repairs: Repairs,
    pub(crate) options: Options,
    encoding: Encoding,
    /// The open elements, and their names one after another.
    pub(crate) open: Vec<Open>,
    pub(crate) names: Vec<u8>,
    /// The text so far of the innermost element, when it is a value and came in several pieces.
    pub(crate) text: String,
    pub(crate) progress: Progress,
    pub(crate) clock: Clock,
    pub(crate) facts: Facts,
}

/// What has been read so far inside the open elements.
#[derive(Debug)]
pub(crate) struct Facts {
    pub point: Trackpoint,
    pub run_cadence: f64,
    /// Whether the open heart rate had a `Value`.
    pub had_value: bool,
    pub lap: LapTotals,
    pub lap_run_cadence: f64,
    pub activity: ActivityStart,
    pub end: ActivityEnd,
    pub creator: Creator,
    pub author: Author,
    pub version: Version,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Open {
    pub tag: Tag,
    /// Where its name begins in `names`.
    pub name: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// The innermost element was written `<so/>`, so it ends without an end tag.
    pub close_pending: bool,
    pub finished: bool,
    /// The open activity has been told of.
    pub announced: bool,
    pub activities: u64,
    pub points: u64,
    /// What the file holds instead of activities.
    pub other: Option<&'static str>,
}

impl Facts {
    fn new() -> Facts {
        Facts {
            point: Trackpoint::EMPTY,
            run_cadence: f64::NAN,
            had_value: false,
            lap: LapTotals::default(),
            lap_run_cadence: f64::NAN,
            activity: ActivityStart::default(),
            end: ActivityEnd::default(),
            creator: Creator::default(),
            author: Author::default(),
            version: Version::default(),
        }
    }
}

impl Document {
    pub(crate) fn new(options: Options) -> Document {
        Document {
            repairs: Repairs::default(),
            options,
            encoding: Encoding::Utf8,
            open: Vec::with_capacity(16),
            names: Vec::with_capacity(256),
            text: String::new(),
            progress: Progress::default(),
            clock: Clock::default(),
            facts: Facts::new(),
        }
    }

    pub(crate) fn close_pending(&self) -> bool {
        self.progress.close_pending
    }

    pub(crate) fn finished(&self) -> bool {
        self.progress.finished
    }

    /// Takes one token of `length` bytes; gives an event, and how much of the token is done with.
    #[inline]
    pub(crate) fn take(
        &mut self,
        token: Token<'_>,
        length: usize,
        place: Place<'_>,
    ) -> Result<(Option<Event>, usize), Error> {
        match token {
            Token::Leaf { name, text } => {
                let parent = self.innermost();
                let tag = parent.map_or(Tag::Unknown, |parent| parent.child(local(name)));
                if tag.is_value() {
                    self.value(
                        tag,
                        parent,
                        Raw {
                            bytes: text,
                            escaped: true,
                        },
                        place,
                    )?;
                } else if tag != Tag::Unknown || parent.is_none() {
                    // A container with nothing but text: its text and end come as tokens again.
                    let start = Token::Start {
                        name,
                        attributes: &[],
                        empty: false,
                    };
                    return self.take_start(start, name.len() + 2, place);
                }
                Ok((None, length))
            }
            Token::End { name } => {
                self.check_end(name, place)?;
                if self.announces_first() {
                    return Ok((Some(self.announce()), 0));
                }
                Ok((self.end(place)?, length))
            }
            Token::Start { .. } => self.take_start(token, length, place),
            Token::Comment => Ok((None, length)),
            other => self.take_rare(other, place).map(|()| (None, length)),
        }
    }

    #[inline]
    fn take_start(
        &mut self,
        token: Token<'_>,
        length: usize,
        place: Place<'_>,
    ) -> Result<(Option<Event>, usize), Error> {
        let Token::Start {
            name,
            attributes,
            empty,
        } = token
        else {
            return Ok((None, length));
        };
        if self.announces_before(name) {
            return Ok((Some(self.announce()), 0));
        }
        let event = self.start(name, attributes, place)?;
        self.progress.close_pending = empty;
        Ok((event, length))
    }

    #[cold]
    fn take_rare(&mut self, token: Token<'_>, place: Place<'_>) -> Result<(), Error> {
        match token {
            Token::Text(bytes) => self.characters(
                Raw {
                    bytes,
                    escaped: true,
                },
                place,
            ),
            Token::Cdata(bytes) => self.characters(
                Raw {
                    bytes,
                    escaped: false,
                },
                place,
            ),
            Token::Instruction(text) => {
                self.encoding = Encoding::declared(text).unwrap_or(self.encoding);
                Ok(())
            }
            Token::Doctype(rest)
                if rest
                    .trim_ascii_start()
                    .to_ascii_lowercase()
                    .starts_with(b"html") =>
            {
                Err(self.error(ErrorKind::NotTcx("an HTML page".to_owned()), place))
            }
            Token::Doctype(_) => Err(self.error(ErrorKind::Doctype, place)),
            _ => Ok(()),
        }
    }

    /// Ends the element that was written as an empty tag.
    #[cold]
    pub(crate) fn close_empty(&mut self, place: Place<'_>) -> Result<Option<Event>, Error> {
        if self.announces_first() {
            return Ok(Some(self.announce()));
        }
        self.progress.close_pending = false;
        self.end(place)
    }

    #[inline]
    pub(crate) fn innermost(&self) -> Option<Tag> {
        self.open.last().map(|open| open.tag)
    }

    /// Whether the open activity ends without having been told of.
    fn announces_first(&self) -> bool {
        self.innermost() == Some(Tag::Activity) && !self.progress.announced
    }

    /// Whether `name` begins a lap of an activity that has not been told of.
    #[inline]
    fn announces_before(&self, name: &[u8]) -> bool {
        self.announces_first() && local(name) == b"Lap"
    }

    fn announce(&mut self) -> Event {
        self.progress.announced = true;
        Event::Activity(std::mem::take(&mut self.facts.activity))
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

    /// Counts a repair, or refuses it in strict mode.
    pub(crate) fn note(
        &mut self,
        kind: RepairKind,
        raw: &[u8],
        place: Place<'_>,
    ) -> Result<(), Error> {
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
    pub(crate) fn error(&self, kind: ErrorKind, place: Place<'_>) -> Error {
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
        let last = self
            .open
            .last()
            .and_then(|open| self.names.get(open.name..));
        match (last, what) {
            (None, "") => ErrorKind::Truncated("no element in it".to_owned()),
            (None, "text") => ErrorKind::NotXml("no `<` in it".to_owned()),
            (None, _) => ErrorKind::Truncated(format!("inside a {what}")),
            (Some(last), _) => ErrorKind::Truncated(format!("`{}` is still open", sample(last))),
        }
    }

    /// The error of a complete file without activities.
    pub(crate) fn no_activity(&self) -> Option<ErrorKind> {
        let hint = match self.progress.other {
            Some(other) => format!("; it holds {other}"),
            None => String::new(),
        };
        (self.progress.activities == 0).then_some(ErrorKind::NoActivity(hint))
    }
}
