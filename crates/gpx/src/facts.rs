//! The elements of GPX at work: what has been read so far inside the open ones.

use std::ops::RangeInclusive;

use track_xml::range::{LATITUDE, LONGITUDE, PER_MINUTE, POSITIVE, WATTS};
use track_xml::{
    Attributes, Document, Element, Error, ErrorKind, Grammar, Place, Raw, RepairKind, number,
};

use crate::event::{Event, Measured, Metadata, Others, Track, Trackpoint};
use crate::extras::Extras;
use crate::tag::Tag;

/// From below any shore, so that the -9999 and -32768 of some writers are none, to above any aircraft.
const ELEVATION: RangeInclusive<f64> = -2_000.0..=100_000.0;
/// FIT's byte for temperatures holds 127 when there is none.
const CELSIUS: RangeInclusive<f64> = -100.0..=100.0;
const DEGREES: RangeInclusive<f64> = 0.0..=360.0;

/// What has been read so far.
#[derive(Debug)]
pub(crate) struct Facts {
    point: Trackpoint,
    /// The open point is none but marks a pause.
    mark: bool,
    extras: Extras,
    track: Track,
    metadata: Metadata,
    /// The metadata have been told of.
    told_metadata: bool,
    /// The open track has been told of.
    told_track: bool,
    tracks: u64,
    others: Others,
}

impl Default for Facts {
    fn default() -> Facts {
        Facts {
            point: Trackpoint {
                time: None,
                measured: Measured::EMPTY,
            },
            mark: false,
            extras: Extras::default(),
            track: Track::default(),
            metadata: Metadata::default(),
            told_metadata: false,
            told_track: false,
            tracks: 0,
            others: Others::default(),
        }
    }
}

impl Grammar for Facts {
    type Tag = Tag;
    type Event = Event;

    const FORMAT: &'static str = "GPX";
    const ROOT: &'static str = "gpx";

    /// Tells of the file before its first track, and of a track before its first segment.
    #[inline]
    fn before(&mut self, next: Option<Tag>, document: &mut Document<Tag>) -> Option<Event> {
        match document.innermost() {
            Some(Tag::Track)
                if !self.told_track && matches!(next, None | Some(Tag::Segment | Tag::Point)) =>
            {
                self.told_track = true;
                Some(Event::Track(Box::new(self.track.clone())))
            }
            Some(Tag::Gpx) if !self.told_metadata && matches!(next, None | Some(Tag::Track)) => {
                self.told_metadata = true;
                Some(Event::Metadata(Box::new(self.metadata.clone())))
            }
            _ => None,
        }
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
            Tag::Point => return self.start_point(attributes, document, place).map(|()| None),
            Tag::Segment => return Ok(Some(Event::Segment)),
            Tag::Track => {
                self.tracks += 1;
                self.told_track = false;
                self.track = Track::default();
            }
            Tag::Gpx => {
                self.metadata.version = document.string(attributes.value(b"version"), place)?;
                self.metadata.creator = document.string(attributes.value(b"creator"), place)?;
            }
            Tag::Waypoint => self.others.waypoints += 1,
            Tag::Route => self.others.routes += 1,
            Tag::RoutePoint => self.others.route_points += 1,
            _ => {}
        }
        Ok(None)
    }

    #[inline]
    fn value(
        &mut self,
        Element { tag, name, .. }: Element<'_, Tag>,
        raw: Raw<'_>,
        document: &mut Document<Tag>,
        place: Place<'_>,
    ) -> Result<(), Error> {
        let point = &mut self.point.measured;
        match tag {
            Tag::Time => self.point.time = document.time(raw, place)?,
            Tag::Elevation => point.elevation = document.number(raw, ELEVATION, place)?,
            Tag::HeartRate => point.heart_rate = document.heart_rate(raw, place)?,
            Tag::Cadence => point.cadence = document.number(raw, PER_MINUTE, place)?,
            Tag::Power => point.power = document.number(raw, WATTS, place)?,
            Tag::Temperature => point.temperature = document.number(raw, CELSIUS, place)?,
            Tag::Speed => point.speed = document.number(raw, POSITIVE, place)?,
            Tag::Course => point.course = document.number(raw, DEGREES, place)?,
            Tag::Distance => point.distance = document.number(raw, POSITIVE, place)?,
            Tag::Depth => point.depth = document.number(raw, POSITIVE, place)?,
            Tag::WaterTemperature => {
                point.water_temperature = document.number(raw, CELSIUS, place)?;
            }
            Tag::Extra => {
                // Texts among them are for people and other programs.
                if let Ok(value) = number(raw.bytes)
                    && !self.extras.put(name, value)
                {
                    document.note(RepairKind::SurplusValue, name, place)?;
                }
            }
            _ => return self.rare_value(tag, raw, document, place),
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
            Tag::Point => {
                document.count_point(place)?;
                let mut measured = std::mem::replace(&mut self.point.measured, Measured::EMPTY);
                measured.extras = self.extras.take();
                if self.mark {
                    return Ok(Some(Event::Segment));
                }
                let time = self.point.time;
                Ok(Some(Event::Point(Trackpoint { time, measured })))
            }
            Tag::Track => {
                let track = std::mem::take(&mut self.track);
                Ok(Some(Event::TrackEnd(Box::new(track))))
            }
            _ => Ok(None),
        }
    }

    fn missing(&self) -> Option<ErrorKind> {
        if self.tracks > 0 {
            return None;
        }
        let some = |count, one, many| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{count} {many}")),
        };
        let Others {
            waypoints, routes, ..
        } = self.others;
        let waypoints = some(waypoints, "waypoint", "waypoints");
        let routes = some(routes, "route", "routes");
        let others: Vec<_> = waypoints.into_iter().chain(routes).collect();
        let hint = match others.as_slice() {
            [] => String::new(),
            others => format!("; it holds {}, but no track", others.join(" and ")),
        };
        Some(ErrorKind::NoActivity(hint))
    }
}

impl Facts {
    /// The names of the extra values, in the order of [`Measured::extras`].
    pub(crate) fn extras(&self) -> &[String] {
        self.extras.names()
    }

    pub(crate) fn others(&self) -> Others {
        self.others
    }

    #[inline]
    fn start_point(
        &mut self,
        attributes: Attributes<'_>,
        document: &mut Document<Tag>,
        place: Place<'_>,
    ) -> Result<(), Error> {
        self.point.time = None;
        self.mark = false;
        let (mut latitude, mut longitude) = (f64::NAN, f64::NAN);
        let mut given = 0;
        for (name, raw) in attributes {
            match name {
                b"lat" if is_mark(raw.bytes) => self.mark = true,
                b"lat" => latitude = document.number(raw, LATITUDE, place)?,
                b"lon" => longitude = document.number(raw, LONGITUDE, place)?,
                _ => continue,
            }
            given += 1;
        }
        if given < 2 {
            document.note(RepairKind::MissingPosition, &[], place)?;
        }
        self.point.measured = Measured {
            latitude,
            longitude,
            ..Measured::EMPTY
        };
        Ok(())
    }

    fn rare_value(
        &mut self,
        tag: Tag,
        raw: Raw<'_>,
        document: &mut Document<Tag>,
        place: Place<'_>,
    ) -> Result<(), Error> {
        let (metadata, track) = (&mut self.metadata, &mut self.track);
        let field = match tag {
            Tag::TrackName => &mut track.name,
            Tag::TrackComment => &mut track.comment,
            Tag::TrackDescription => &mut track.description,
            Tag::TrackSource => &mut track.source,
            Tag::TrackKind => &mut track.kind,
            // The rest is about the file.
            _ if self.told_metadata => {
                return document.note(RepairKind::Misplaced, raw.bytes, place);
            }
            Tag::Name => &mut metadata.name,
            Tag::Description => &mut metadata.description,
            Tag::Author | Tag::AuthorName => &mut metadata.author,
            Tag::Keywords => &mut metadata.keywords,
            Tag::FileTime => {
                metadata.time = document.time(raw, place)?;
                return Ok(());
            }
            _ => return Ok(()),
        };
        *field = document.string(raw, place)?;
        Ok(())
    }
}

/// Whether a latitude is the mark of a pause, as My Tracks and `OpenTracks` before 3.15 wrote it: 100
/// where it begins and 200 where it ends.
#[inline]
fn is_mark(latitude: &[u8]) -> bool {
    matches!(latitude, b"100" | b"100.0" | b"200" | b"200.0")
}
