//! The messages after the last record: laps, time in zones, the session, the activity.

use std::io::{Seek, Write};

use fit::profile::types::{activity as activity_type, event, event_type, session_trigger};
use fit::profile::{self, Enumeration, Field, activity, lap, session, time_in_zone, types};
use fit::{Encoder, Shape, Value, text_size};
use pipeline_plugin::{
    Header, HrZones, Intensity, Lap, Result, Summary, Timestamp, Totals, Trigger,
};

use crate::activity::cannot;
use crate::developer::CALORIES_METHOD;
use crate::opening::{method_name, number_of, seconds};

/// Writes the end of an activity.
pub(crate) struct Closing<'a> {
    pub(crate) header: &'a Header,
    pub(crate) summary: &'a Summary,
    /// Offset of local time from UTC, in seconds.
    pub(crate) offset: Option<i32>,
}

/// What laps and the session have in common; the fields have other numbers in the two messages.
const LAP_TOTALS: [Field; 18] = [
    lap::TOTAL_ELAPSED_TIME,
    lap::TOTAL_TIMER_TIME,
    lap::TOTAL_DISTANCE,
    lap::TOTAL_CYCLES,
    lap::TOTAL_CALORIES,
    lap::TOTAL_WORK,
    lap::ENHANCED_AVG_SPEED,
    lap::ENHANCED_MAX_SPEED,
    lap::AVG_HEART_RATE,
    lap::MAX_HEART_RATE,
    lap::MIN_HEART_RATE,
    lap::AVG_CADENCE,
    lap::MAX_CADENCE,
    lap::AVG_POWER,
    lap::MAX_POWER,
    lap::AVG_STROKE_DISTANCE,
    lap::SPORT,
    lap::SUB_SPORT,
];

const SESSION_TOTALS: [Field; 18] = [
    session::TOTAL_ELAPSED_TIME,
    session::TOTAL_TIMER_TIME,
    session::TOTAL_DISTANCE,
    session::TOTAL_CYCLES,
    session::TOTAL_CALORIES,
    session::TOTAL_WORK,
    session::ENHANCED_AVG_SPEED,
    session::ENHANCED_MAX_SPEED,
    session::AVG_HEART_RATE,
    session::MAX_HEART_RATE,
    session::MIN_HEART_RATE,
    session::AVG_CADENCE,
    session::MAX_CADENCE,
    session::AVG_POWER,
    session::MAX_POWER,
    session::AVG_STROKE_DISTANCE,
    session::SPORT,
    session::SUB_SPORT,
];

/// A quantity of which the laps must add up to the session's in whole steps of the file: each
/// lap gets the difference of the rounded sums, so no rounding is lost or made twice.
#[derive(Clone, Copy, Default)]
struct Share {
    sum: f64,
    given: f64,
    /// Whether any lap had a value.
    any: bool,
}

impl Share {
    /// The next lap's part of `value`, in whole steps of 1/`scale`.
    fn next(&mut self, value: f64, scale: f64) -> f64 {
        if value.is_nan() {
            return value;
        }
        self.any = true;
        self.sum += value;
        let total = (self.sum * scale).round();
        let part = total - self.given;
        self.given = total;
        part / scale
    }
}

/// The shared quantities of laps: elapsed and timer time, distance, cycles, calories, work.
type Shares = [Share; 6];

impl Closing<'_> {
    pub(crate) fn write<W: Write + Seek>(
        &self,
        encoder: &mut Encoder<W>,
        laps: &[Lap],
    ) -> Result<()> {
        let laps = &self.settled(laps);
        let mut shares = Shares::default();
        let shape = Shape::of(profile::LAP)
            .fields(&[lap::MESSAGE_INDEX, lap::TIMESTAMP, lap::START_TIME])
            .fields(&LAP_TOTALS)
            .fields(&[
                lap::EVENT,
                lap::EVENT_TYPE,
                lap::INTENSITY,
                lap::LAP_TRIGGER,
            ])
            .build()
            .map_err(cannot)?;
        for (index, lap) in (0_u32..).zip(laps) {
            let mut row = vec![f64::from(index), seconds(lap.end), seconds(lap.start)];
            row.extend(self.totals(&lap.totals, lap.end - lap.start, &mut shares));
            row.extend([f64::from(event::LAP), f64::from(event_type::STOP)]);
            row.extend([
                intensity(lap.intensity),
                number_of(&types::LAP_TRIGGER, trigger(lap.trigger)),
            ]);
            encoder.write(&shape, &row).map_err(cannot)?;
            if let (Some(zones), Some(times)) = (&self.header.zones, &lap.time_in_hr_zone) {
                let reference = (profile::LAP.number, index);
                write_zones(encoder, zones, times, reference, lap.end)?;
            }
        }
        self.session(encoder, laps, &shares)?;
        self.activity(encoder)
    }

    /// The laps as they are written: one over everything where there is none, cycles scaled to
    /// the recorder's own count, and totals that only the whole stream has shared among them.
    fn settled(&self, laps: &[Lap]) -> Vec<Lap> {
        let mut laps = if laps.is_empty() {
            vec![self.whole()]
        } else {
            laps.to_vec()
        };
        let scale = self.summary.cycles_scale();
        for lap in &mut laps {
            lap.totals.cycles *= scale;
        }
        share_out(&mut laps, self.summary.cycles(), |totals| {
            &mut totals.cycles
        });
        share_out(&mut laps, self.summary.totals.calories, |totals| {
            &mut totals.calories
        });
        laps
    }

    /// One lap over everything, for streams without laps.
    fn whole(&self) -> Lap {
        Lap {
            start: self.summary.start,
            end: self.summary.end,
            trigger: Trigger::SessionEnd,
            intensity: Intensity::Active,
            totals: self.summary.totals.clone(),
            time_in_hr_zone: self.summary.time_in_hr_zone.clone(),
        }
    }

    /// The values of [`LAP_TOTALS`] and [`SESSION_TOTALS`].
    fn totals(&self, totals: &Totals, elapsed: f64, shares: &mut Shares) -> [f64; 18] {
        let [elapsed_share, timer, distance, cycles, calories, work] = shares;
        let sport = self.header.sport;
        [
            elapsed_share.next(elapsed, 1000.0),
            timer.next(totals.timer_time, 1000.0),
            distance.next(totals.distance, 100.0),
            cycles.next(totals.cycles, 1.0),
            calories.next(totals.calories, 1.0),
            work.next(totals.work, 1.0),
            totals.avg_speed(),
            // Some recorders' speeds do not fit their distances.
            highest(totals.max_speed, totals.avg_speed()),
            totals.avg_heart_rate,
            totals.max_heart_rate,
            totals.min_heart_rate,
            totals.avg_cadence,
            totals.max_cadence,
            totals.avg_power,
            totals.max_power,
            totals.cycle_length(),
            number_of(&types::SPORT, sport.sport()),
            number_of(&types::SUB_SPORT, sport.sub_sport()),
        ]
    }

    fn session<W: Write + Seek>(
        &self,
        encoder: &mut Encoder<W>,
        laps: &[Lap],
        shares: &Shares,
    ) -> Result<()> {
        let summary = self.summary;
        let mut totals = summary.totals.clone();
        totals.cycles = summary.cycles();
        let elapsed = summary.end - summary.start;
        let mut values = self.totals(&totals, elapsed, &mut Shares::default());
        // Laps that tile the session were rounded already; the session is their sum.
        for ((value, share), scale) in values
            .iter_mut()
            .zip(shares)
            .zip([1000.0, 1000.0, 100.0, 1.0, 1.0, 1.0])
        {
            if share.any && (share.given / scale - *value).abs() <= 1.5 / scale {
                *value = share.given / scale;
            }
        }
        let times = summary
            .time_in_hr_zone
            .as_deref()
            .filter(|_| self.header.zones.is_some());
        let mut shape = Shape::of(profile::SESSION)
            .fields(&[
                session::MESSAGE_INDEX,
                session::TIMESTAMP,
                session::START_TIME,
            ])
            .fields(&SESSION_TOTALS)
            .fields(&[session::EVENT, session::EVENT_TYPE])
            .fields(&[
                session::FIRST_LAP_INDEX,
                session::NUM_LAPS,
                session::TRIGGER,
            ]);
        let mut row: Vec<Value<'_>> = Vec::with_capacity(32);
        let head = [0.0, seconds(summary.end), seconds(summary.start)];
        let count = u32::try_from(laps.len()).unwrap_or(u32::MAX);
        let tail = [
            f64::from(event::SESSION),
            f64::from(event_type::STOP),
            0.0,
            f64::from(count),
            f64::from(session_trigger::ACTIVITY_END),
        ];
        row.extend(head.into_iter().chain(values).chain(tail).map(number));
        if let (Some(times), Some(zones)) = (times, &self.header.zones) {
            let times = pad(times, zones);
            shape = shape.array(session::TIME_IN_HR_ZONE, times.len());
            row.push(Value::Numbers(times.into()));
        }
        let method = summary.calories_method.as_deref().unwrap_or_default();
        if !method.is_empty() {
            let count = u8::try_from(text_size(method)).unwrap_or(u8::MAX);
            let field = CALORIES_METHOD.array(count);
            encoder.write_description(&field).map_err(cannot)?;
            shape = shape.developer(&field);
            row.push(method.into());
        }
        encoder
            .write_values(&shape.build().map_err(cannot)?, &row)
            .map_err(cannot)?;
        if let (Some(times), Some(zones)) = (times, &self.header.zones) {
            let reference = (profile::SESSION.number, 0);
            write_zones(encoder, zones, times, reference, summary.end)?;
        }
        Ok(())
    }

    fn activity<W: Write + Seek>(&self, encoder: &mut Encoder<W>) -> Result<()> {
        let shape = Shape::of(profile::ACTIVITY)
            .fields(&[
                activity::TIMESTAMP,
                activity::TOTAL_TIMER_TIME,
                activity::NUM_SESSIONS,
                activity::TYPE,
                activity::EVENT,
                activity::EVENT_TYPE,
                activity::LOCAL_TIMESTAMP,
            ])
            .build()
            .map_err(cannot)?;
        let end = seconds(self.summary.end);
        let values = [
            end,
            self.summary.totals.timer_time,
            1.0,
            f64::from(activity_type::MANUAL),
            f64::from(event::ACTIVITY),
            f64::from(event_type::STOP),
            end + f64::from(self.offset.unwrap_or(0)),
        ];
        encoder.write(&shape, &values).map_err(cannot)
    }
}

/// A maximum that is not below the mean, where it is known.
fn highest(max: f64, mean: f64) -> f64 {
    if max < mean { mean } else { max }
}

/// Gives each lap its part of a total that only the whole stream has: by work where the power
/// is known, else by time.
fn share_out(laps: &mut [Lap], total: f64, of: fn(&mut Totals) -> &mut f64) {
    if total.is_nan() || laps.iter_mut().any(|lap| !of(&mut lap.totals).is_nan()) {
        return;
    }
    let by = |weight: fn(&Lap) -> f64| {
        let weights: Vec<f64> = laps.iter().map(weight).collect();
        let sum: f64 = weights.iter().sum();
        (sum > 0.0).then(|| weights.into_iter().map(move |weight| weight / sum))
    };
    let parts: Vec<f64> =
        match by(|lap| lap.totals.work).or_else(|| by(|lap| lap.totals.timer_time)) {
            Some(parts) => parts.collect(),
            None => vec![1.0; 1],
        };
    for (lap, part) in laps.iter_mut().zip(parts) {
        *of(&mut lap.totals) = part * total;
    }
}

fn number<'a>(value: f64) -> Value<'a> {
    if value.is_nan() {
        Value::Missing
    } else {
        Value::Number(value)
    }
}

fn intensity(intensity: Intensity) -> f64 {
    let names: &Enumeration = &types::INTENSITY;
    number_of(
        names,
        match intensity {
            Intensity::Active => "active",
            Intensity::Rest => "rest",
        },
    )
}

fn trigger(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::Manual => "manual",
        Trigger::Time => "time",
        Trigger::Distance => "distance",
        Trigger::SessionEnd => "session_end",
    }
}

/// FIT has one time more than there are bounds: below the first, between, above the last.
/// What lies above all bounds counts for the top zone here, so the last time is 0.
fn pad(times: &[f64], zones: &HrZones) -> Vec<f64> {
    let mut padded = times.to_vec();
    padded.resize(zones.bounds.len() + 1, 0.0);
    padded
}

/// Writes the time in each zone of a lap or session: `reference` is its message and index.
fn write_zones<W: Write + Seek>(
    encoder: &mut Encoder<W>,
    zones: &HrZones,
    times: &[f64],
    reference: (u16, u32),
    at: Timestamp,
) -> Result<()> {
    let times = pad(times, zones);
    let shape = Shape::of(profile::TIME_IN_ZONE)
        .fields(&[
            time_in_zone::TIMESTAMP,
            time_in_zone::REFERENCE_MESG,
            time_in_zone::REFERENCE_INDEX,
        ])
        .array(time_in_zone::TIME_IN_HR_ZONE, times.len())
        .array(time_in_zone::HR_ZONE_HIGH_BOUNDARY, zones.bounds.len())
        .fields(&[
            time_in_zone::HR_CALC_TYPE,
            time_in_zone::MAX_HEART_RATE,
            time_in_zone::RESTING_HEART_RATE,
            time_in_zone::THRESHOLD_HEART_RATE,
        ])
        .build()
        .map_err(cannot)?;
    let values = [
        seconds(at).into(),
        f64::from(reference.0).into(),
        f64::from(reference.1).into(),
        Value::Numbers(times.as_slice().into()),
        Value::Numbers(zones.bounds.as_slice().into()),
        number_of(&types::HR_ZONE_CALC, method_name(zones)).into(),
        number(zones.max.unwrap_or(f64::NAN)),
        number(zones.resting.unwrap_or(f64::NAN)),
        number(zones.threshold.unwrap_or(f64::NAN)),
    ];
    encoder.write_values(&shape, &values).map_err(cannot)
}
