//! A TCX file as `inspect` sees it.

use std::io::Read;

use pipeline_plugin::Timestamp;
use tcx::{
    ActivityEnd, Author, CleanActivity, CleanLap, CleanOptions, Cleaned, Cleaner, Creator, Options,
    Reader, Version,
};

use super::problem::Fault;
use super::session::{Lap, Session};
use super::totals::Totals;
use super::{Outcome, problem};

/// What is in a TCX file, and what is wrong with it.
#[derive(Debug, Default)]
pub(super) struct TcxFile {
    /// Bytes of the file, where known.
    pub(super) size: Option<u64>,
    pub(super) activities: Vec<Activity>,
    /// The program that wrote the file.
    pub(super) author: Option<Maker>,
    /// Repairs, and at the end the error that ended the file.
    pub(super) faults: Vec<Fault>,
}

/// An activity of a TCX file.
#[derive(Debug, Default)]
pub(super) struct Activity {
    /// The `Id` as written.
    pub(super) id: String,
    /// Seconds that local time is ahead of UTC.
    pub(super) utc_offset: Option<i64>,
    /// The sport, and the sums of the laps' own totals.
    pub(super) session: Session,
    pub(super) laps: Vec<Lap>,
    pub(super) points: u64,
    /// The distance of the last point, in metres.
    pub(super) distance: Option<f64>,
    /// The time of the last point.
    pub(super) end: Option<Timestamp>,
    pub(super) creator: Option<Maker>,
    pub(super) notes: String,
    pub(super) plan: String,
}

/// A device or a program.
#[derive(Debug)]
pub(super) struct Maker {
    pub(super) name: String,
    /// `3.80.0.0`, as far as it is given.
    pub(super) version: Option<String>,
    pub(super) serial_number: Option<u64>,
}

impl TcxFile {
    /// Reads whatever can be read.
    pub(super) fn read(bytes: impl Read, size: Option<u64>) -> Self {
        let mut file = Self {
            size,
            ..Self::default()
        };
        let reader = Reader::new(bytes, Options::default());
        let mut cleaner = Cleaner::new(reader, CleanOptions::default());
        let error = loop {
            match cleaner.next() {
                Ok(Some(piece)) => file.take(piece),
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        file.faults = cleaner.repairs().iter().map(Fault::of_repair).collect();
        file.faults.extend(error.as_ref().map(Fault::of_tcx));
        file.activities.iter_mut().for_each(Activity::sum);
        file
    }

    pub(super) fn outcome(&self) -> Outcome {
        let errors = problem::count(&self.faults, problem::ERROR);
        match (errors, self.activities.is_empty()) {
            (0, _) => Outcome::Sound,
            (_, false) => Outcome::Damaged,
            (_, true) => Outcome::Unreadable,
        }
    }

    fn take(&mut self, piece: Cleaned) {
        match (piece, self.activities.last_mut()) {
            (Cleaned::Activity(activity), _) => self.activities.push(Activity::of(activity)),
            (Cleaned::Author(author), _) => self.author = Some(Maker::of_author(*author)),
            (Cleaned::Point(point), Some(activity)) => {
                activity.points += 1;
                activity.end = Some(Timestamp::from_micros(point.time));
                activity.distance = known(point.distance).or(activity.distance);
            }
            (Cleaned::Lap(lap), Some(activity)) => activity.laps.push(lap_of(&lap)),
            (Cleaned::End(end), Some(activity)) => activity.finish(*end),
            _ => {}
        }
    }
}

impl Activity {
    fn of(activity: CleanActivity) -> Self {
        let totals = Totals {
            start: Some(Timestamp::from_micros(activity.start)),
            ..Totals::default()
        };
        Self {
            id: activity.id,
            utc_offset: activity.utc_offset.map(i64::from),
            session: Session {
                sport: Some(activity.sport).filter(|sport| !sport.is_empty()),
                totals,
                ..Session::default()
            },
            ..Self::default()
        }
    }

    fn finish(&mut self, end: ActivityEnd) {
        self.creator = end.creator.map(Maker::of_creator);
        (self.notes, self.plan) = (end.notes, end.plan);
    }

    /// Adds up what the laps say of themselves.
    fn sum(&mut self) {
        let sum = |get: fn(&Totals) -> Option<f64>| {
            let mut known = self
                .laps
                .iter()
                .filter_map(|lap| get(&lap.totals))
                .peekable();
            known.peek().is_some().then(|| known.sum())
        };
        let highest = |get: fn(&Totals) -> Option<f64>| {
            let known = self.laps.iter().filter_map(|lap| get(&lap.totals));
            known.reduce(f64::max)
        };
        let totals = Totals {
            start: self.session.totals.start,
            timer_time: sum(|totals| totals.timer_time),
            distance: sum(|totals| totals.distance),
            cycles: sum(|totals| totals.cycles),
            calories: sum(|totals| totals.calories),
            max_heart_rate: highest(|totals| totals.max_heart_rate),
            max_speed: highest(|totals| totals.max_speed),
            max_cadence: highest(|totals| totals.max_cadence),
            ..Totals::default()
        };
        self.session.totals = totals;
    }
}

fn known(number: f64) -> Option<f64> {
    (!number.is_nan()).then_some(number)
}

fn lap_of(lap: &CleanLap) -> Lap {
    let said = &lap.totals;
    let totals = Totals {
        start: Some(Timestamp::from_micros(lap.start)),
        timer_time: known(said.total_time),
        distance: known(said.distance),
        cycles: known(said.steps),
        calories: known(said.calories),
        avg_speed: known(said.average_speed),
        max_speed: known(said.maximum_speed),
        avg_heart_rate: known(said.average_heart_rate),
        max_heart_rate: known(said.maximum_heart_rate),
        avg_cadence: known(said.average_cadence),
        max_cadence: known(said.maximum_cadence),
        avg_power: known(said.average_power),
        max_power: known(said.maximum_power),
        ..Totals::default()
    };
    let trigger = said.trigger.map(|trigger| match trigger {
        tcx::Trigger::Manual => "manual",
        tcx::Trigger::Distance => "distance",
        tcx::Trigger::Location => "location",
        tcx::Trigger::Time => "time",
        tcx::Trigger::HeartRate => "heart_rate",
    });
    let intensity = said.intensity.map(|intensity| match intensity {
        tcx::Intensity::Active => "active",
        tcx::Intensity::Resting => "rest",
    });
    Lap {
        totals,
        trigger: trigger.map(str::to_owned),
        intensity: intensity.map(str::to_owned),
        ..Lap::default()
    }
}

impl Maker {
    fn of_author(author: Author) -> Self {
        Self {
            name: author.name,
            version: version(author.version),
            serial_number: None,
        }
    }

    fn of_creator(creator: Creator) -> Self {
        Self {
            name: creator.name,
            version: version(creator.version),
            serial_number: creator.unit_id,
        }
    }
}

fn version(version: Version) -> Option<String> {
    let Version {
        major,
        minor,
        build_major,
        build_minor,
    } = version;
    let parts = [major, minor, build_major, build_minor];
    let parts: Vec<_> = parts.iter().map_while(|part| *part).collect();
    let texts: Vec<_> = parts.iter().map(u64::to_string).collect();
    (!texts.is_empty()).then(|| texts.join("."))
}
