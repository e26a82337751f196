//! One track of a file as a stream.

use gpx::{CleanTrack, Metadata, Pause, Point, Track};
use pipeline_plugin::{
    Device, Event, Field, Header, Item, Meta, Output, Result, Rows, Streams, Timestamp, field,
};

use crate::reader::ReadGpx;
use crate::sport::sport_of;

/// How many columns a stream has, but for extra values.
const COLUMNS: usize = 12;

/// Columns that the field table does not have: name and unit.
const COURSE: (&str, &str) = ("course", "deg");
const WATER_TEMPERATURE: (&str, &str) = ("water_temperature", "C");
const DEPTH: (&str, &str) = ("depth", "m");

/// The fields of the columns, in the order of a row.
fn fields() -> [Field; COLUMNS] {
    let own = |(name, unit): (&str, &str)| Field::new(name, unit);
    [
        field::POSITION_LAT,
        field::POSITION_LONG,
        field::ALTITUDE,
        field::DISTANCE,
        field::SPEED,
        field::POWER,
        field::HEART_RATE,
        field::CADENCE,
        field::TEMPERATURE,
        own(COURSE),
        own(WATER_TEMPERATURE),
        own(DEPTH),
    ]
}

/// Collects the points of one track and passes everything on in order.
pub(crate) struct TrackStream {
    header: Header,
    rows: Rows,
    row: Vec<f64>,
}

impl TrackStream {
    pub(crate) fn new(
        settings: &ReadGpx,
        metadata: &Metadata,
        track: &CleanTrack,
        name: &str,
    ) -> Self {
        let kind = &track.track.kind;
        let device = [&track.track.source, &metadata.creator]
            .into_iter()
            .find(|name| !name.is_empty());
        let header = Header {
            name: name.to_owned(),
            start: Timestamp::from_micros(track.start.micros),
            sport: settings
                .sport
                .or_else(|| sport_of(kind))
                .unwrap_or_default(),
            device: Device {
                name: settings
                    .device
                    .clone()
                    .or_else(|| device.cloned())
                    .unwrap_or_default(),
                ..Device::default()
            },
            utc_offset: track.start.utc_offset,
            ..Header::default()
        };
        Self {
            header,
            rows: Rows::new(&fields()),
            row: Vec::with_capacity(COLUMNS),
        }
    }

    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// How many points there were so far.
    pub(crate) fn points(&self) -> u64 {
        self.rows.count()
    }

    /// Takes a point; `extras` are the names of its extra values.
    #[inline]
    pub(crate) fn point(
        &mut self,
        point: &Point,
        extras: &[String],
        out: &mut dyn Output,
    ) -> Result<()> {
        let measured = &point.measured;
        while let Some(name) = extras.get(self.rows.width() - COLUMNS) {
            self.rows.add_column(extra(name));
        }
        self.row.clear();
        self.row.extend([
            measured.latitude,
            measured.longitude,
            measured.elevation,
            measured.distance,
            measured.speed,
            measured.power,
            measured.heart_rate,
            measured.cadence,
            measured.temperature,
            measured.course,
            measured.water_temperature,
            measured.depth,
        ]);
        self.row.extend_from_slice(&measured.extras);
        let time = Timestamp::from_micros(point.time.micros);
        self.rows.push(time, &self.row, out)
    }

    pub(crate) fn pause(&mut self, pause: Pause, out: &mut dyn Output) -> Result<()> {
        let [start, end] = [pause.start, pause.end].map(Timestamp::from_micros);
        self.rows.pause(start, end, out)
    }

    /// Ends the stream; `track` is missing when the file broke off.
    pub(crate) fn finish(mut self, track: Option<&Track>, out: &mut dyn Streams) -> Result<()> {
        self.rows.flush(out)?;
        let notes = track.and_then(|track| {
            let mut texts = [&track.name, &track.comment, &track.description].into_iter();
            texts.find(|text| !text.is_empty()).cloned()
        });
        if notes.is_some() {
            let meta = Meta {
                notes,
                ..Meta::default()
            };
            out.send(Item::Event(Event::Meta(meta)))?;
        }
        out.finish()
    }
}

/// The column of an extra value. A name of the field table has that field's unit, which nobody
/// promises here, so it is told apart.
fn extra(name: &str) -> Field {
    if Field::find(name).is_some() || name == "time" {
        Field::new(&format!("gpx_{name}"), "")
    } else {
        Field::new(name, "")
    }
}
