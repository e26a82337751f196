//! The sink.

use std::fs::File;
use std::path::PathBuf;

use pipeline_plugin::{
    Batch, Context, Delivered, Error, Event, Field, Header, Intensity, Item, Kind, Lap,
    NameTemplate, OutputFile, Plugin, Result, Sink, SinkPlugin, Summary, Timestamp, Totals,
    Trigger, field,
};
use schemars::JsonSchema;
use serde::Deserialize;
use tcx::{ActivityEnd, ActivityStart, Creator, LapStart, LapTotals, Time, Trackpoint, Writer};

/// Writes each activity as a TCX file into a folder.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WriteTcx {
    /// Folder for the files; made if it does not exist.
    #[schemars(extend("format" = "folder"))]
    folder: PathBuf,
    /// Name of a file, with `{start}`, `{date}`, `{sport}`, `{distance}`, `{key}` or `{input}`
    /// (the input's own name) in it. A name that is taken by other content gets a number.
    #[serde(default)]
    name: NameTemplate,
}

/// Ending of the files.
const ENDING: &str = "tcx";

/// The sink `tcx`.
pub fn sink() -> Plugin {
    Plugin::sink::<WriteTcx>("tcx", "write each activity as a TCX file", ENDING)
}

impl SinkPlugin for WriteTcx {
    fn destination(&self) -> String {
        format!("tcx:{}", self.folder.display())
    }

    fn takes(&self, kind: Kind) -> bool {
        kind == Kind::Activity
    }

    fn folder(&self) -> Option<PathBuf> {
        Some(self.folder.clone())
    }

    fn file_name(&self, header: &Header, summary: &Summary) -> Option<String> {
        Some(self.name.fill(header, summary, ENDING))
    }

    fn open(&self, header: &Header, _: &Context) -> Result<Box<dyn Sink>> {
        if header.kind != Kind::Activity {
            return Err(Error::skip("only activities can be written as TCX"));
        }
        let mut writer = Writer::new(
            OutputFile::create(&self.folder)?,
            tempfile::tempfile as fn() -> std::io::Result<File>,
        );
        let activity = ActivityStart {
            sport: sport(header).to_owned(),
            id: header.start.to_string(),
        };
        writer.activity(&activity).map_err(cannot)?;
        Ok(Box::new(ActivitySink {
            writer,
            name: self.name.clone(),
            header: header.clone(),
            lap_start: header.start,
            in_lap: false,
            laps: Sums::default(),
            cycles: [0.0; 2],
        }))
    }
}

/// The sports that TCX has words for.
fn sport(header: &Header) -> &'static str {
    match header.sport.sport() {
        "running" => "Running",
        "cycling" => "Biking",
        _ => "Other",
    }
}

fn cannot(error: std::io::Error) -> Error {
    Error::io("write the TCX file", error)
}

struct ActivitySink {
    writer: Writer<OutputFile, File>,
    name: NameTemplate,
    header: Header,
    /// Where the next lap starts, or the open one has.
    lap_start: Timestamp,
    in_lap: bool,
    laps: Sums,
    /// Strokes or revolutions at the last sample, and at the end of the last lap.
    cycles: [f64; 2],
}

/// What the laps so far add up to, to tell what is left for the last one.
#[derive(Default)]
struct Sums {
    count: u64,
    timer_time: f64,
    distance: f64,
    cycles: f64,
    calories: f64,
}

/// The fields of a point, in the order of [`point`].
const FIELDS: [Field; 9] = [
    field::POSITION_LAT,
    field::POSITION_LONG,
    field::ALTITUDE,
    field::DISTANCE,
    field::HEART_RATE,
    field::CADENCE,
    field::SPEED,
    field::POWER,
    field::TOTAL_CYCLES,
];

/// A point, and the strokes or revolutions so far, which have no place in it.
fn point(time: Timestamp, row: [f64; 9]) -> (Trackpoint, f64) {
    let [
        latitude,
        longitude,
        altitude,
        distance,
        heart_rate,
        cadence,
        speed,
        power,
        cycles,
    ] = row;
    let point = Trackpoint {
        time: Some(Time::from(time.micros())),
        latitude,
        longitude,
        altitude,
        distance,
        heart_rate,
        cadence,
        speed,
        power,
    };
    (point, cycles)
}

impl ActivitySink {
    fn samples(&mut self, batch: &Batch) -> Result<()> {
        for (time, row) in batch.rows(&FIELDS) {
            self.begin_lap()?;
            let (point, cycles) = point(time, row);
            self.writer.point(&point).map_err(cannot)?;
            if !cycles.is_nan() {
                self.cycles[0] = cycles;
            }
        }
        Ok(())
    }

    fn begin_lap(&mut self) -> Result<()> {
        if !std::mem::replace(&mut self.in_lap, true) {
            let start_time = Some(Time::from(self.lap_start.micros()));
            self.writer.lap(LapStart { start_time }).map_err(cannot)?;
        }
        Ok(())
    }

    fn end_lap(&mut self, lap: &Lap) -> Result<()> {
        self.begin_lap()?;
        self.laps.add(&lap.totals);
        self.in_lap = false;
        self.lap_start = lap.end;
        let mut totals = totals(lap);
        let [now, before] = self.cycles.map(f64::round);
        if totals.steps.is_nan() && now > before {
            // As the samples count: whole strokes, none of them twice.
            totals.steps = now - before;
        }
        self.cycles[1] = self.cycles[0];
        self.writer.lap_end(&totals).map_err(cannot)
    }

    /// What follows the last lap is a lap as well; without any, all of it is one.
    fn last_lap(&mut self, summary: &Summary) -> Result<()> {
        if !self.in_lap && self.laps.count > 0 {
            return Ok(());
        }
        let totals = if self.laps.count == 0 {
            Totals {
                cycles: summary.cycles(),
                ..summary.totals.clone()
            }
        } else {
            self.laps.left_of(&summary.totals)
        };
        let lap = Lap {
            start: self.lap_start,
            end: summary.end,
            trigger: Trigger::Manual,
            intensity: Intensity::Active,
            totals,
            time_in_hr_zone: None,
        };
        self.end_lap(&lap)
    }
}

impl Sums {
    fn add(&mut self, totals: &Totals) {
        self.count += 1;
        self.timer_time += totals.timer_time;
        self.distance += totals.distance;
        self.cycles += totals.cycles;
        self.calories += totals.calories;
    }

    fn left_of(&self, totals: &Totals) -> Totals {
        Totals {
            timer_time: (totals.timer_time - self.timer_time).max(0.0),
            distance: (totals.distance - self.distance).max(0.0),
            cycles: (totals.cycles - self.cycles).max(0.0),
            calories: (totals.calories - self.calories).max(0.0),
            ..Totals::default()
        }
    }
}

fn totals(lap: &Lap) -> LapTotals {
    let Lap {
        trigger,
        intensity,
        totals,
        ..
    } = lap;
    LapTotals {
        total_time: totals.timer_time,
        distance: totals.distance,
        maximum_speed: totals.max_speed,
        average_speed: totals.avg_speed(),
        calories: totals.calories,
        average_heart_rate: totals.avg_heart_rate,
        maximum_heart_rate: totals.max_heart_rate,
        average_cadence: totals.avg_cadence,
        maximum_cadence: totals.max_cadence,
        steps: totals.cycles.round(),
        average_power: totals.avg_power,
        maximum_power: totals.max_power,
        intensity: Some(match intensity {
            Intensity::Active => tcx::Intensity::Active,
            Intensity::Rest => tcx::Intensity::Resting,
        }),
        trigger: Some(match trigger {
            Trigger::Manual | Trigger::SessionEnd => tcx::Trigger::Manual,
            Trigger::Time => tcx::Trigger::Time,
            Trigger::Distance => tcx::Trigger::Distance,
        }),
        notes: String::new(),
    }
}

impl Sink for ActivitySink {
    fn write(&mut self, item: &Item) -> Result<()> {
        match item {
            Item::Samples(batch) => self.samples(batch),
            Item::Lap(lap) => self.end_lap(lap),
            Item::Event(Event::TimerStop { time }) => {
                self.writer.pause_at(Time::from(time.micros()));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn finish(mut self: Box<Self>, summary: &Summary) -> Result<Delivered> {
        self.last_lap(summary)?;
        let device = &self.header.device;
        let name = if device.name.is_empty() {
            summary.meta.device.clone().unwrap_or_default()
        } else {
            device.name.clone()
        };
        let creator = (!name.is_empty()).then(|| Creator {
            name,
            unit_id: device.serial.map(u64::from),
            ..Creator::default()
        });
        let end = ActivityEnd {
            notes: summary.meta.notes.clone().unwrap_or_default(),
            plan: String::new(),
            creator,
        };
        self.writer.activity_end(&end).map_err(cannot)?;
        let file = self.writer.finish().map_err(cannot)?;
        let name = self.name.fill(&self.header, summary, ENDING);
        Ok(Delivered::File(file.named(name)?))
    }
}
