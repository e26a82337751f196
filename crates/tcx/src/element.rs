//! The beginnings and ends of elements.

use crate::document::{Document, Open};
use crate::error::{Error, ErrorKind};
use crate::event::{ActivityEnd, ActivityStart, Author, Creator, Event, LapStart, LapTotals};
use crate::event::{Trackpoint, Version};
use crate::repair::{RepairKind, sample};
use crate::scan::local;
use crate::tag::Tag;
use crate::text::attribute;
use crate::value::Raw;
use crate::window::Place;

impl Document {
    /// Opens an element.
    #[inline]
    pub(crate) fn start(
        &mut self,
        name: &[u8],
        attributes: &[u8],
        place: Place<'_>,
    ) -> Result<Option<Event>, Error> {
        let tag = match self.innermost() {
            Some(parent) => parent.child(local(name)),
            None => self.root(name, place)?,
        };
        let limits = self.options.limits;
        if self.open.len() >= limits.depth || self.names.len() + name.len() > limits.event {
            let message = format!("elements are nested deeper than {}", limits.depth);
            return Err(self.error(ErrorKind::Limit(message), place));
        }
        self.open.push(Open {
            tag,
            name: self.names.len(),
        });
        self.names.extend_from_slice(name);
        match tag {
            Tag::Trackpoint => {
                self.facts.point = Trackpoint::EMPTY;
                self.facts.run_cadence = f64::NAN;
                Ok(None)
            }
            Tag::Position | Tag::PointExtensions => Ok(None),
            Tag::Track => Ok(Some(Event::Track)),
            _ => self.start_rare(tag, name, attributes, place),
        }
    }

    fn start_rare(
        &mut self,
        tag: Tag,
        name: &[u8],
        attributes: &[u8],
        place: Place<'_>,
    ) -> Result<Option<Event>, Error> {
        self.text.clear();
        self.facts.had_value = false;
        match tag {
            Tag::Activity => {
                self.progress.announced = false;
                self.progress.activities += 1;
                let sport = attribute(attributes, "Sport");
                let sport = self.string(
                    Raw {
                        bytes: sport.as_bytes(),
                        escaped: true,
                    },
                    place,
                )?;
                self.facts.activity = ActivityStart {
                    sport,
                    id: String::new(),
                };
                self.facts.end = ActivityEnd::default();
            }
            Tag::Lap => {
                self.facts.lap = LapTotals::default();
                self.facts.lap_run_cadence = f64::NAN;
                let start = attribute(attributes, "StartTime");
                let raw = Raw {
                    bytes: start.as_bytes(),
                    escaped: true,
                };
                let start_time = self.time(raw, place)?;
                return Ok(Some(Event::Lap(LapStart { start_time })));
            }
            Tag::Creator => self.facts.creator = Creator::default(),
            Tag::Author => self.facts.author = Author::default(),
            Tag::Version => self.facts.version = Version::default(),
            Tag::Unknown if self.open.len() == 2 => {
                self.progress.other = other_content(local(name));
            }
            _ => {}
        }
        Ok(None)
    }

    fn root(&mut self, name: &[u8], place: Place<'_>) -> Result<Tag, Error> {
        let what = match local(name) {
            b"TrainingCenterDatabase" => return Ok(Tag::Database),
            b"gpx" => "a GPX file",
            b"html" | b"HTML" => "an HTML page",
            b"kml" => "a KML file",
            b"fit" | b"FIT" => "an XML dump of a FIT file",
            _ => "an unknown kind of XML",
        };
        let message = format!(
            "{what}: root is `{}`, expected `TrainingCenterDatabase`",
            sample(name)
        );
        Err(self.error(ErrorKind::NotTcx(message), place))
    }

    pub(crate) fn check_end(&mut self, name: &[u8], place: Place<'_>) -> Result<(), Error> {
        let expected = self
            .open
            .last()
            .and_then(|open| self.names.get(open.name..));
        if expected == Some(name) {
            return Ok(());
        }
        let kind = match expected {
            None => ErrorKind::Malformed(format!("end tag `{}` without start", sample(name))),
            Some(expected) => ErrorKind::MismatchedEnd {
                found: sample(name),
                expected: sample(expected),
            },
        };
        Err(self.error(kind, place))
    }

    /// Closes the innermost element.
    #[inline]
    pub(crate) fn end(&mut self, place: Place<'_>) -> Result<Option<Event>, Error> {
        let Some(Open { tag, name }) = self.open.pop() else {
            return Ok(None);
        };
        self.names.truncate(name);
        match tag {
            Tag::Trackpoint => self.end_point(place).map(Some),
            Tag::Position | Tag::PointExtensions | Tag::Unknown => Ok(None),
            _ => self.end_rare(tag, place),
        }
    }

    fn end_point(&mut self, place: Place<'_>) -> Result<Event, Error> {
        let mut point = self.facts.point;
        if point.cadence.is_nan() {
            point.cadence = self.facts.run_cadence;
        }
        self.progress.points += 1;
        if self.progress.points > self.options.limits.points {
            let message = format!("more than {} trackpoints", self.options.limits.points);
            return Err(self.error(ErrorKind::Limit(message), place));
        }
        Ok(Event::Trackpoint(point))
    }

    fn end_rare(&mut self, tag: Tag, place: Place<'_>) -> Result<Option<Event>, Error> {
        if tag.is_value() {
            if !(tag.is_heart_rate() && self.facts.had_value) {
                let text = std::mem::take(&mut self.text);
                let parent = self.innermost();
                self.value(
                    tag,
                    parent,
                    Raw {
                        bytes: text.as_bytes(),
                        escaped: false,
                    },
                    place,
                )?;
                self.text = text;
            }
            return Ok(None);
        }
        let in_creator = self.innermost() == Some(Tag::Creator);
        let facts = &mut self.facts;
        match tag {
            Tag::Lap => {
                let mut lap = std::mem::take(&mut facts.lap);
                if lap.average_cadence.is_nan() {
                    lap.average_cadence = facts.lap_run_cadence;
                }
                return Ok(Some(Event::LapEnd(Box::new(lap))));
            }
            Tag::Activity => {
                let end = std::mem::take(&mut facts.end);
                return Ok(Some(Event::ActivityEnd(Box::new(end))));
            }
            Tag::Author => {
                return Ok(Some(Event::Author(Box::new(std::mem::take(
                    &mut facts.author,
                )))));
            }
            Tag::Creator => facts.end.creator = Some(std::mem::take(&mut facts.creator)),
            Tag::Version if in_creator => facts.creator.version = facts.version,
            Tag::Version => facts.author.version = facts.version,
            Tag::Database => self.progress.finished = true,
            _ => {}
        }
        Ok(None)
    }

    /// Takes a text that came as a piece of its own.
    pub(crate) fn characters(&mut self, raw: Raw<'_>, place: Place<'_>) -> Result<(), Error> {
        match self.innermost() {
            Some(tag) if tag.is_value() => {
                let text = self.decode(raw, place)?;
                if self.text.len() + text.len() > self.options.limits.event {
                    let limit = self.options.limits.event;
                    let message = format!("one text is longer than {limit} bytes");
                    return Err(self.error(ErrorKind::Limit(message), place));
                }
                self.text.push_str(&text);
                Ok(())
            }
            Some(Tag::Unknown) => Ok(()),
            Some(_) => self.note(RepairKind::StrayText, raw.bytes, place),
            None => {
                let message = format!("begins with `{}`", sample(raw.bytes));
                Err(self.error(ErrorKind::NotXml(message), place))
            }
        }
    }
}

fn other_content(local: &[u8]) -> Option<&'static str> {
    match local {
        b"Courses" => Some("courses, which are routes and not recordings"),
        b"Workouts" => Some("workouts, which are plans and not recordings"),
        _ => None,
    }
}
