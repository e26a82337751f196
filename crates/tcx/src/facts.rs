//! The elements of TCX at work: what has been read so far inside the open ones.

use track_xml::range::{ANY, LATITUDE, LONGITUDE, PER_MINUTE, POSITIVE, WATTS};
use track_xml::{
    Attributes, Document, Element, Error, ErrorKind, Grammar, Place, Raw, integer, trim,
};

use crate::event::{
    ActivityEnd, ActivityStart, Author, Creator, Event, Intensity, LapStart, LapTotals, Trackpoint,
    Trigger, Version,
};
use crate::tag::Tag;

/// What has been read so far.
#[derive(Debug)]
pub(crate) struct Facts {
    point: Trackpoint,
    run_cadence: f64,
    lap: LapTotals,
    lap_run_cadence: f64,
    activity: ActivityStart,
    end: ActivityEnd,
    creator: Creator,
    author: Author,
    version: Version,
    /// The open activity has been told of.
    announced: bool,
    activities: u64,
    /// What the file holds instead of activities.
    other: Option<&'static str>,
}

impl Default for Facts {
    fn default() -> Facts {
        Facts {
            point: Trackpoint::EMPTY,
            run_cadence: f64::NAN,
            lap: LapTotals::default(),
            lap_run_cadence: f64::NAN,
            activity: ActivityStart::default(),
            end: ActivityEnd::default(),
            creator: Creator::default(),
            author: Author::default(),
            version: Version::default(),
            announced: false,
            activities: 0,
            other: None,
        }
    }
}

impl Grammar for Facts {
    type Tag = Tag;
    type Event = Event;

    const FORMAT: &'static str = "TCX";
    const ROOT: &'static str = "TrainingCenterDatabase";

    /// Tells of an activity before its first lap, or at its end when it has none.
    #[inline]
    fn before(&mut self, next: Option<Tag>, document: &mut Document<Tag>) -> Option<Event> {
        if self.announced
            || document.innermost() != Some(Tag::Activity)
            || !matches!(next, None | Some(Tag::Lap))
        {
            return None;
        }
        self.announced = true;
        Some(Event::Activity(std::mem::take(&mut self.activity)))
    }

    #[inline]
    fn start(
        &mut self,
        tag: Tag,
        attributes: Attributes<'_>,
        document: &mut Document<Tag>,
        place: Place<'_>,
    ) -> Result<Option<Event>, Error> {
        match tag {
            Tag::Trackpoint => {
                self.point = Trackpoint::EMPTY;
                self.run_cadence = f64::NAN;
                Ok(None)
            }
            Tag::Position | Tag::PointExtensions => Ok(None),
            Tag::Track => Ok(Some(Event::Track)),
            _ => self.start_rare(tag, &attributes, document, place),
        }
    }

    #[inline]
    fn value(
        &mut self,
        Element { tag, parent, .. }: Element<'_, Tag>,
        raw: Raw<'_>,
        document: &mut Document<Tag>,
        place: Place<'_>,
    ) -> Result<(), Error> {
        let point = &mut self.point;
        match tag {
            Tag::Time => point.time = document.time(raw, place)?,
            Tag::Distance => point.distance = document.number(raw, POSITIVE, place)?,
            Tag::HeartRateValue | Tag::HeartRate => {
                self.heart_rate(tag, parent, raw, document, place)?;
            }
            Tag::Cadence => point.cadence = document.number(raw, PER_MINUTE, place)?,
            Tag::RunCadence => self.run_cadence = document.number(raw, PER_MINUTE, place)?,
            Tag::Speed => point.speed = document.number(raw, POSITIVE, place)?,
            Tag::Power => point.power = document.number(raw, WATTS, place)?,
            Tag::Latitude => point.latitude = document.number(raw, LATITUDE, place)?,
            Tag::Longitude => point.longitude = document.number(raw, LONGITUDE, place)?,
            Tag::Altitude => point.altitude = document.number(raw, ANY, place)?,
            _ => return self.rare_value(tag, parent, raw, document, place),
        }
        Ok(())
    }

    #[inline]
    fn end(
        &mut self,
        tag: Tag,
        document: &mut Document<Tag>,
        place: Place<'_>,
    ) -> Result<Option<Event>, Error> {
        match tag {
            Tag::Trackpoint => {
                let mut point = self.point;
                if point.cadence.is_nan() {
                    point.cadence = self.run_cadence;
                }
                document.count_point(place)?;
                Ok(Some(Event::Trackpoint(point)))
            }
            Tag::Position | Tag::PointExtensions => Ok(None),
            _ => Ok(self.end_rare(tag, document)),
        }
    }

    fn missing(&self) -> Option<ErrorKind> {
        let hint = match self.other {
            Some(other) => format!("; it holds {other}"),
            None => String::new(),
        };
        (self.activities == 0).then_some(ErrorKind::NoActivity(hint))
    }
}

impl Facts {
    fn start_rare(
        &mut self,
        tag: Tag,
        attributes: &Attributes<'_>,
        document: &mut Document<Tag>,
        place: Place<'_>,
    ) -> Result<Option<Event>, Error> {
        match tag {
            Tag::Activity => {
                self.announced = false;
                self.activities += 1;
                self.activity = ActivityStart {
                    sport: document.string(attributes.value(b"Sport"), place)?,
                    id: String::new(),
                };
                self.end = ActivityEnd::default();
            }
            Tag::Lap => {
                self.lap = LapTotals::default();
                self.lap_run_cadence = f64::NAN;
                let start_time = document.time(attributes.value(b"StartTime"), place)?;
                return Ok(Some(Event::Lap(LapStart { start_time })));
            }
            Tag::Creator => self.creator = Creator::default(),
            Tag::Author => self.author = Author::default(),
            Tag::Version => self.version = Version::default(),
            Tag::Courses => self.other = Some("courses, which are routes and not recordings"),
            Tag::Workouts => self.other = Some("workouts, which are plans and not recordings"),
            _ => {}
        }
        Ok(None)
    }

    fn rare_value(
        &mut self,
        tag: Tag,
        parent: Tag,
        raw: Raw<'_>,
        document: &mut Document<Tag>,
        place: Place<'_>,
    ) -> Result<(), Error> {
        if let Some(field) = self.lap_number(tag) {
            *field = document.number(raw, POSITIVE, place)?;
            return Ok(());
        }
        let (lap, version, creator) = (&mut self.lap, &mut self.version, &mut self.creator);
        match tag {
            Tag::AverageHeartRate | Tag::MaximumHeartRate => {
                return self.heart_rate(tag, parent, raw, document, place);
            }
            Tag::Intensity => lap.intensity = intensity(trim(raw.bytes)),
            Tag::Trigger => lap.trigger = trigger(trim(raw.bytes)),
            Tag::UnitId => creator.unit_id = integer(raw.bytes),
            Tag::ProductId => creator.product_id = integer(raw.bytes),
            Tag::VersionMajor => version.major = integer(raw.bytes),
            Tag::VersionMinor => version.minor = integer(raw.bytes),
            Tag::BuildMajor => version.build_major = integer(raw.bytes),
            Tag::BuildMinor => version.build_minor = integer(raw.bytes),
            _ => {
                let text = document.string(raw, place)?;
                if let Some(field) = self.string(tag, parent) {
                    *field = text;
                }
            }
        }
        Ok(())
    }

    /// Takes a heart rate, either the text of `Value` or that of the element around it.
    fn heart_rate(
        &mut self,
        tag: Tag,
        parent: Tag,
        raw: Raw<'_>,
        document: &mut Document<Tag>,
        place: Place<'_>,
    ) -> Result<(), Error> {
        // Coxswain writes 0 in every point.
        let value = document.heart_rate(raw, place)?;
        let owner = if tag == Tag::HeartRateValue {
            parent
        } else {
            tag
        };
        match owner {
            Tag::HeartRate => self.point.heart_rate = value,
            Tag::AverageHeartRate => self.lap.average_heart_rate = value,
            Tag::MaximumHeartRate => self.lap.maximum_heart_rate = value,
            _ => {}
        }
        Ok(())
    }

    fn end_rare(&mut self, tag: Tag, document: &Document<Tag>) -> Option<Event> {
        let in_creator = document.innermost() == Some(Tag::Creator);
        match tag {
            Tag::Lap => {
                let mut lap = std::mem::take(&mut self.lap);
                if lap.average_cadence.is_nan() {
                    lap.average_cadence = self.lap_run_cadence;
                }
                return Some(Event::LapEnd(Box::new(lap)));
            }
            Tag::Activity => {
                let end = std::mem::take(&mut self.end);
                return Some(Event::ActivityEnd(Box::new(end)));
            }
            Tag::Author => {
                let author = std::mem::take(&mut self.author);
                return Some(Event::Author(Box::new(author)));
            }
            Tag::Creator => self.end.creator = Some(std::mem::take(&mut self.creator)),
            Tag::Version if in_creator => self.creator.version = self.version,
            Tag::Version => self.author.version = self.version,
            _ => {}
        }
        None
    }

    fn lap_number(&mut self, tag: Tag) -> Option<&mut f64> {
        let lap = &mut self.lap;
        Some(match tag {
            Tag::TotalTime => &mut lap.total_time,
            Tag::LapDistance => &mut lap.distance,
            Tag::MaximumSpeed => &mut lap.maximum_speed,
            Tag::Calories => &mut lap.calories,
            Tag::LapCadence => &mut lap.average_cadence,
            Tag::LapRunCadence => &mut self.lap_run_cadence,
            Tag::MaximumCadence => &mut lap.maximum_cadence,
            Tag::AverageSpeed => &mut lap.average_speed,
            Tag::AveragePower => &mut lap.average_power,
            Tag::MaximumPower => &mut lap.maximum_power,
            Tag::Steps => &mut lap.steps,
            _ => return None,
        })
    }

    fn string(&mut self, tag: Tag, parent: Tag) -> Option<&mut String> {
        Some(match (tag, parent) {
            (Tag::Id, _) => &mut self.activity.id,
            (Tag::Notes, _) => &mut self.end.notes,
            (Tag::LapNotes, _) => &mut self.lap.notes,
            (Tag::PlanName, _) => &mut self.end.plan,
            (Tag::Name, Tag::Creator) => &mut self.creator.name,
            (Tag::Name, _) => &mut self.author.name,
            (Tag::PartNumber, _) => &mut self.author.part_number,
            _ => return None,
        })
    }
}

fn intensity(text: &[u8]) -> Option<Intensity> {
    match text {
        b"Active" => Some(Intensity::Active),
        b"Resting" => Some(Intensity::Resting),
        _ => None,
    }
}

fn trigger(text: &[u8]) -> Option<Trigger> {
    Some(match text {
        b"Manual" => Trigger::Manual,
        b"Distance" => Trigger::Distance,
        b"Location" => Trigger::Location,
        b"Time" => Trigger::Time,
        b"HeartRate" => Trigger::HeartRate,
        _ => return None,
    })
}
