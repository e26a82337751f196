//! Laps, tracks and points.

use std::io::{self, Read, Seek, Write};
use std::ops::RangeInclusive;

use track_xml::range::{ANY, PER_MINUTE, POSITIVE, WATTS};
use track_xml::{Markup, Time, Value};

use super::{OpenLap, Stage, Writer, refused};
use crate::event::{Intensity, LapStart, LapTotals, Trackpoint, Trigger};

/// How many elements stand around a track.
pub(super) const DEPTH: usize = 4;
/// A byte that is not 0; 255 means "not known".
const BEATS: RangeInclusive<f64> = 1.0..=254.0;
/// The most that the schema's two bytes can say.
const TWO_BYTES: f64 = 65_535.0;
/// What a lap can say of steps, watts and calories.
const COUNT: RangeInclusive<f64> = 0.0..=TWO_BYTES;

impl<W: Write, T: Read + Write + Seek> Writer<W, T> {
    /// Ends the track; the next point of the lap begins another one, which means a pause.
    pub fn track(&mut self) {
        if self.tracks.depth() > 0 {
            self.tracks.close();
        }
    }

    /// Notes that nothing is recorded on purpose until the next point, which may be in another lap.
    ///
    /// Within a lap that is another track. Between laps it is a point that has nothing but its time,
    /// in a track of its own at the start of the lap: what many devices write, and [`Cleaner`] reads
    /// as a pause whatever the totals of the laps say.
    ///
    /// [`Cleaner`]: crate::Cleaner
    pub fn pause(&mut self) {
        self.track();
        self.paused = self.points;
    }

    /// Notes a pause, and that the timer ran on until `stop`, behind the last point.
    ///
    /// A point that has nothing but this time, in a track of its own behind the points of the lap, says
    /// so. [`Cleaner`] begins the pause there, so that the time of the points is that of the totals.
    ///
    /// [`Cleaner`]: crate::Cleaner
    pub fn pause_at(&mut self, stop: Time) {
        self.pause();
        self.stopped = Some(stop).filter(|stop| self.last.is_some_and(|last| *stop > last));
    }

    /// Says when the timer stopped behind the points of the open lap.
    #[inline]
    fn put_stop(&mut self) {
        let Stage::InLap(OpenLap { first: Some(_), .. }, _) = self.stage else {
            return;
        };
        if let Some(stop) = self.stopped.take() {
            bare(&mut self.tracks, stop);
        }
    }

    /// Writes a point. One outside a lap begins a lap, at its own time.
    ///
    /// Fails if the point has no time: TCX has no points without.
    #[inline]
    pub fn point(&mut self, point: &Trackpoint) -> io::Result<()> {
        let Some(time) = point.time else {
            return Err(refused("a trackpoint of a TCX file needs a time"));
        };
        if !matches!(self.stage, Stage::InLap(..)) {
            self.lap(LapStart::default())?;
        }
        self.put_stop();
        self.stopped = None;
        self.last = Some(time);
        if let Stage::InLap(OpenLap { start, first }, _) = &mut self.stage {
            if std::mem::take(&mut self.paused) && first.is_none() {
                bare(&mut self.tracks, start.unwrap_or(time));
            }
            first.get_or_insert(time);
        }
        self.points = true;
        let tracks = &mut self.tracks;
        if tracks.depth() == 0 {
            tracks.open("Track");
        }
        tracks.open("Trackpoint");
        tracks.leaf("Time", Value::Time(time.micros));
        if let Some([latitude, longitude]) = Value::position(point.latitude, point.longitude) {
            let position = [
                ("LatitudeDegrees", latitude),
                ("LongitudeDegrees", longitude),
            ];
            tracks.leaves("Position", &position);
        }
        tracks.leaf("AltitudeMeters", Value::fine(point.altitude, ANY));
        tracks.leaf("DistanceMeters", Value::fine(point.distance, POSITIVE));
        let heart_rate = Value::whole(point.heart_rate, BEATS);
        tracks.leaves("HeartRateBpm", &[("Value", heart_rate)]);
        let cadence = Value::whole(point.cadence, PER_MINUTE);
        tracks.leaf("Cadence", cadence.only_if(!self.running));
        let values = [
            ("ns3:Speed", Value::fine(point.speed, POSITIVE)),
            ("ns3:RunCadence", cadence.only_if(self.running)),
            ("ns3:Watts", Value::whole(point.power, WATTS)),
        ];
        extensions(tracks, "ns3:TPX", &values);
        tracks.close();
        self.spool.relieve(tracks)
    }

    /// Ends the lap and writes it; without an open lap it does nothing.
    ///
    /// # Errors
    ///
    /// When the lap has neither a start nor a point, or the file can't be written.
    pub fn lap_end(&mut self, totals: &LapTotals) -> io::Result<()> {
        self.put_stop();
        let (lap, activity) = match std::mem::take(&mut self.stage) {
            Stage::InLap(lap, activity) => (lap, activity),
            other => {
                self.stage = other;
                return Ok(());
            }
        };
        let Some(start) = lap.start.or(lap.first) else {
            return Err(refused("a lap of a TCX file needs a start or a point"));
        };
        if let Some(activity) = activity {
            self.begin_activity(&activity, start);
        }
        self.stage = Stage::Between;
        self.track();
        let start = [("StartTime", Value::Time(start.micros))];
        self.markup.open_with("Lap", &start);
        self.before_points(totals);
        self.markup.write_to(&mut self.out)?;
        self.spool.copy_to(&mut self.out)?;
        self.tracks.write_to(&mut self.out)?;
        self.after_points(totals);
        self.markup.close();
        Ok(())
    }

    fn before_points(&mut self, totals: &LapTotals) {
        let markup = &mut self.markup;
        let fine = |value| Value::fine(value, POSITIVE);
        markup.leaf("TotalTimeSeconds", fine(totals.total_time).or_0());
        markup.leaf("DistanceMeters", fine(totals.distance).or_0());
        markup.leaf("MaximumSpeed", fine(totals.maximum_speed));
        // More than two bytes can hold is still much.
        let calories = Value::whole(totals.calories.clamp(0.0, TWO_BYTES), COUNT);
        markup.leaf("Calories", calories.or_0());
        let average = Value::whole(totals.average_heart_rate, BEATS);
        markup.leaves("AverageHeartRateBpm", &[("Value", average)]);
        let maximum = Value::whole(totals.maximum_heart_rate, BEATS);
        markup.leaves("MaximumHeartRateBpm", &[("Value", maximum)]);
        let intensity = match totals.intensity {
            None | Some(Intensity::Active) => "Active",
            Some(Intensity::Resting) => "Resting",
        };
        markup.leaf("Intensity", Value::Text(intensity));
        let cadence = Value::whole(totals.average_cadence, PER_MINUTE);
        markup.leaf("Cadence", cadence.only_if(!self.running));
        let trigger = match totals.trigger {
            None | Some(Trigger::Manual) => "Manual",
            Some(Trigger::Distance) => "Distance",
            Some(Trigger::Location) => "Location",
            Some(Trigger::Time) => "Time",
            Some(Trigger::HeartRate) => "HeartRate",
        };
        markup.leaf("TriggerMethod", Value::Text(trigger));
    }

    fn after_points(&mut self, totals: &LapTotals) {
        self.markup.leaf("Notes", Value::Text(&totals.notes));
        let average = Value::whole(totals.average_cadence, PER_MINUTE);
        let maximum = Value::whole(totals.maximum_cadence, PER_MINUTE);
        let values = [
            ("ns3:AvgSpeed", Value::fine(totals.average_speed, POSITIVE)),
            ("ns3:MaxBikeCadence", maximum.only_if(!self.running)),
            ("ns3:AvgRunCadence", average.only_if(self.running)),
            ("ns3:MaxRunCadence", maximum.only_if(self.running)),
            ("ns3:Steps", Value::whole(totals.steps, COUNT)),
            ("ns3:AvgWatts", Value::whole(totals.average_power, COUNT)),
            ("ns3:MaxWatts", Value::whole(totals.maximum_power, COUNT)),
        ];
        extensions(&mut self.markup, "ns3:LX", &values);
    }
}

/// A track of one point that has nothing but its time.
#[cold]
fn bare(tracks: &mut Markup, time: Time) {
    tracks.open("Track");
    tracks.leaves("Trackpoint", &[("Time", Value::Time(time.micros))]);
    tracks.close();
}

/// `Extensions` with one element inside around `values`, unless none of them says anything.
#[inline]
fn extensions(markup: &mut Markup, name: &'static str, values: &[(&str, Value<'_>)]) {
    if values.iter().any(|(_, value)| !value.is_nothing()) {
        markup.open("Extensions");
        markup.leaves(name, values);
        markup.close();
    }
}
