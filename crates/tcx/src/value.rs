//! Values: from the text of an element to a fact.

use std::ops::RangeInclusive;

use crate::document::{Document, Facts};
use crate::error::Error;
use crate::event::{Intensity, Time, Trigger};
use crate::number::{NotNumber, integer, number, trim};
use crate::repair::RepairKind;
use crate::tag::Tag;
use crate::text::{clean, unescape};
use crate::time::Oddity;
use crate::window::Place;

const ANY: RangeInclusive<f64> = f64::MIN..=f64::MAX;
const POSITIVE: RangeInclusive<f64> = 0.0..=f64::MAX;
const LATITUDE: RangeInclusive<f64> = -90.0..=90.0;
const LONGITUDE: RangeInclusive<f64> = -180.0..=180.0;
/// One byte, in which 255 means "not known".
const PER_MINUTE: RangeInclusive<f64> = 0.0..=254.0;
/// Two bytes, in which 65535 means "not known".
const WATTS: RangeInclusive<f64> = 0.0..=65_534.0;

/// The text of a value as it stands in the file, or as it was put together from pieces.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Raw<'a> {
    pub bytes: &'a [u8],
    /// Whether entities are still to be resolved.
    pub escaped: bool,
}

impl Document {
    /// Takes the whole text of the value `tag` inside `parent`.
    #[inline]
    pub(crate) fn value(
        &mut self,
        tag: Tag,
        parent: Option<Tag>,
        raw: Raw<'_>,
        place: Place<'_>,
    ) -> Result<(), Error> {
        match tag {
            Tag::Time => self.facts.point.time = self.time(raw, place)?,
            Tag::Distance => self.facts.point.distance = self.number(raw, POSITIVE, place)?,
            Tag::HeartRateValue | Tag::HeartRate => self.heart_rate(tag, parent, raw, place)?,
            Tag::Cadence => self.facts.point.cadence = self.number(raw, PER_MINUTE, place)?,
            Tag::RunCadence => self.facts.run_cadence = self.number(raw, PER_MINUTE, place)?,
            Tag::Speed => self.facts.point.speed = self.number(raw, POSITIVE, place)?,
            Tag::Power => self.facts.point.power = self.number(raw, WATTS, place)?,
            Tag::Latitude => self.facts.point.latitude = self.number(raw, LATITUDE, place)?,
            Tag::Longitude => self.facts.point.longitude = self.number(raw, LONGITUDE, place)?,
            Tag::Altitude => self.facts.point.altitude = self.number(raw, ANY, place)?,
            _ => return self.rare_value(tag, parent, raw, place),
        }
        Ok(())
    }

    fn rare_value(
        &mut self,
        tag: Tag,
        parent: Option<Tag>,
        raw: Raw<'_>,
        place: Place<'_>,
    ) -> Result<(), Error> {
        if self.facts.lap_number(tag).is_some() {
            let value = self.number(raw, POSITIVE, place)?;
            if let Some(field) = self.facts.lap_number(tag) {
                *field = value;
            }
            return Ok(());
        }
        let (lap, version, creator) = (
            &mut self.facts.lap,
            &mut self.facts.version,
            &mut self.facts.creator,
        );
        match tag {
            Tag::AverageHeartRate | Tag::MaximumHeartRate => {
                return self.heart_rate(tag, parent, raw, place);
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
                let text = self.string(raw, place)?;
                if let Some(field) = self.facts.string(tag, parent) {
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
        parent: Option<Tag>,
        raw: Raw<'_>,
        place: Place<'_>,
    ) -> Result<(), Error> {
        let value = self.number(raw, PER_MINUTE, place)?;
        // 0 is what writers put for "no belt", Coxswain in every point.
        let value = if value < 0.5 { f64::NAN } else { value };
        let owner = if tag == Tag::HeartRateValue {
            parent
        } else {
            Some(tag)
        };
        self.facts.had_value = tag == Tag::HeartRateValue;
        match owner {
            Some(Tag::HeartRate) => self.facts.point.heart_rate = value,
            Some(Tag::AverageHeartRate) => self.facts.lap.average_heart_rate = value,
            Some(Tag::MaximumHeartRate) => self.facts.lap.maximum_heart_rate = value,
            _ => {}
        }
        Ok(())
    }

    /// A number within `range`, else NaN and a repair.
    #[inline]
    fn number(
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
                    let raw = Raw {
                        bytes: text.as_bytes(),
                        escaped: false,
                    };
                    return self.number(raw, range, place);
                }
                RepairKind::UnparsableNumber
            }
        };
        self.note(kind, raw.bytes, place).map(|()| f64::NAN)
    }

    /// A time, else nothing and a repair; nothing at all is no repair.
    #[inline]
    pub(crate) fn time(&mut self, raw: Raw<'_>, place: Place<'_>) -> Result<Option<Time>, Error> {
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
                Some(text) => self.time(
                    Raw {
                        bytes: text.as_bytes(),
                        escaped: false,
                    },
                    place,
                ),
                None if trim(raw.bytes).is_empty() => Ok(None),
                None => self
                    .note(RepairKind::UnparsableTime, raw.bytes, place)
                    .map(|()| None),
            },
        }
    }

    /// A text for people: decoded, without control characters.
    pub(crate) fn string(&mut self, raw: Raw<'_>, place: Place<'_>) -> Result<String, Error> {
        let text = self.decode(raw, place)?;
        let (text, controls) = clean(&text);
        if controls {
            self.note(RepairKind::ControlCharacters, raw.bytes, place)?;
        }
        Ok(text)
    }
}

impl Facts {
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

    fn string(&mut self, tag: Tag, parent: Option<Tag>) -> Option<&mut String> {
        Some(match (tag, parent) {
            (Tag::Id, _) => &mut self.activity.id,
            (Tag::Notes, _) => &mut self.end.notes,
            (Tag::LapNotes, _) => &mut self.lap.notes,
            (Tag::PlanName, _) => &mut self.end.plan,
            (Tag::Name, Some(Tag::Creator)) => &mut self.creator.name,
            (Tag::Name, _) => &mut self.author.name,
            (Tag::PartNumber, _) => &mut self.author.part_number,
            _ => return None,
        })
    }
}

/// `raw` with its entities resolved, if it has any that can be.
fn resolved(raw: Raw<'_>) -> Option<String> {
    let text = std::str::from_utf8(raw.bytes)
        .ok()
        .filter(|text| text.contains('&'))?;
    if raw.escaped { unescape(text) } else { None }
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
