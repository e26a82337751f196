//! One activity of a file as a stream.

use pipeline_plugin::{
    Device, Event, Field, Header, Intensity, Item, Lap, Meta, Output, Result, Rows, Streams,
    Timestamp, Totals, Trigger, field,
};
use tcx::{ActivityEnd, CleanActivity, CleanLap, Cleaned, Point};

use crate::settings::Tcx;

/// How many columns a stream can have.
const COLUMNS: usize = 10;

/// The columns of a stream, in the order of a row.
const FIELDS: [Field; COLUMNS] = [
    field::POSITION_LAT,
    field::POSITION_LONG,
    field::ALTITUDE,
    field::DISTANCE,
    field::SPEED,
    field::POWER,
    field::HEART_RATE,
    field::CADENCE,
    field::TOTAL_CYCLES,
    field::CYCLE_LENGTH,
];

/// FIT's manufacturer numbers of devices that TCX exports come from.
const MANUFACTURERS: [(&str, u16); 2] = [("waterrower", 118), ("concept2", 40)];

/// Collects the points of one activity into batches and passes everything on in order.
pub(crate) struct ActivityStream {
    header: Header,
    positions: bool,
    strokes: bool,
    believes_calories: bool,
    rows: Rows,
    steps: f64,
    calories: f64,
}

impl ActivityStream {
    pub(crate) fn new(settings: &Tcx, activity: &CleanActivity, name: &str) -> Self {
        let sport = settings.sport_of(&activity.sport);
        let device = settings.device.clone().unwrap_or_default();
        let manufacturer = MANUFACTURERS
            .iter()
            .find(|(name, _)| device.to_ascii_lowercase().contains(name))
            .map(|(_, number)| *number);
        let header = Header {
            name: name.to_owned(),
            start: Timestamp::from_micros(activity.start),
            sport,
            device: Device {
                name: device,
                manufacturer,
                ..Device::default()
            },
            utc_offset: activity.utc_offset,
            ..Header::default()
        };
        Self {
            header,
            positions: settings.keeps_positions(sport),
            strokes: sport.sport() == "rowing",
            believes_calories: settings.believes_calories(),
            rows: Rows::new(&FIELDS),
            steps: 0.0,
            calories: 0.0,
        }
    }

    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// How many points there were so far.
    pub(crate) fn points(&self) -> u64 {
        self.rows.count()
    }

    pub(crate) fn take(&mut self, piece: Cleaned, out: &mut dyn Streams) -> Result<()> {
        match piece {
            Cleaned::Point(point) => self.point(&point, out),
            Cleaned::Pause(pause) => {
                let [start, end] = [pause.start, pause.end].map(Timestamp::from_micros);
                self.rows.pause(start, end, out)
            }
            Cleaned::Lap(lap) => {
                self.rows.flush(out)?;
                self.steps += lap.totals.steps;
                self.calories += lap.totals.calories;
                out.send(Item::Lap(Box::new(self.lap(&lap))))
            }
            Cleaned::Activity(_) | Cleaned::End(_) | Cleaned::Author(_) => Ok(()),
        }
    }

    #[inline]
    fn point(&mut self, point: &Point, out: &mut dyn Output) -> Result<()> {
        let (latitude, longitude) = if self.positions {
            (point.latitude, point.longitude)
        } else {
            (f64::NAN, f64::NAN)
        };
        let cycle = if self.strokes && point.cadence > 0.0 {
            point.speed * 60.0 / point.cadence
        } else {
            f64::NAN
        };
        let row = [
            latitude,
            longitude,
            point.altitude,
            point.distance,
            point.speed,
            point.power,
            measured(point.heart_rate),
            point.cadence,
            point.strokes,
            cycle,
        ];
        self.rows
            .push(Timestamp::from_micros(point.time), &row, out)
    }

    /// A lap with the totals that the file gives. Its strokes are those of the samples, scaled to
    /// the file's count for the whole: a lap has none of its own.
    fn lap(&self, lap: &CleanLap) -> Lap {
        let (start, end) = (
            Timestamp::from_micros(lap.start),
            Timestamp::from_micros(lap.end),
        );
        let said = &lap.totals;
        let timer_time = if said.total_time.is_nan() {
            end - start
        } else {
            said.total_time
        };
        Lap {
            start,
            end,
            trigger: match said.trigger {
                Some(tcx::Trigger::Distance) => Trigger::Distance,
                Some(tcx::Trigger::Time) => Trigger::Time,
                _ => Trigger::Manual,
            },
            intensity: match said.intensity {
                Some(tcx::Intensity::Resting) => Intensity::Rest,
                _ => Intensity::Active,
            },
            totals: Totals {
                timer_time: timer_time.min(end - start),
                distance: said.distance,
                calories: if self.believes_calories && said.calories > 0.0 {
                    said.calories
                } else {
                    f64::NAN
                },
                max_speed: said.maximum_speed,
                avg_heart_rate: measured(said.average_heart_rate),
                max_heart_rate: measured(said.maximum_heart_rate),
                avg_cadence: said.average_cadence,
                max_cadence: said.maximum_cadence,
                avg_power: said.average_power,
                max_power: said.maximum_power,
                ..Totals::default()
            },
            time_in_hr_zone: None,
        }
    }

    /// Ends the stream; `end` is missing when the file broke off.
    pub(crate) fn finish(mut self, end: Option<&ActivityEnd>, out: &mut dyn Streams) -> Result<()> {
        self.rows.flush(out)?;
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let known = |total: f64| (total > 0.0 && end.is_some()).then_some(total);
        let creator = end.and_then(|end| end.creator.as_ref());
        let meta = Meta {
            notes: end.and_then(|end| text(&end.notes)),
            total_cycles: if self.strokes {
                known(self.steps)
            } else {
                None
            },
            calories: if self.believes_calories {
                known(self.calories)
            } else {
                None
            },
            device: creator.and_then(|creator| text(&creator.name)),
            ..Meta::default()
        };
        if meta != Meta::default() {
            out.send(Item::Event(Event::Meta(meta)))?;
        }
        out.finish()
    }
}

/// A heart rate in bpm; `NaN` where the file says something slower than any athlete's heart, such
/// as the 1 that `rowingdata` writes in every point when there was no belt.
fn measured(heart_rate: f64) -> f64 {
    const SLOWEST: f64 = 20.0;
    if heart_rate < SLOWEST {
        f64::NAN
    } else {
        heart_rate
    }
}
