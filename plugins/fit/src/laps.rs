//! The messages after the last record: laps, time in zones, the session, the activity.

use std::io::{Seek, Write};

use fit::profile::types::{activity as activity_type, event, event_type, session_trigger};
use fit::profile::{self, Enumeration, Field, activity, lap, session, time_in_zone, types};
use fit::{DeveloperField, Encoder, Shape, Value, text_size};
use pipeline_plugin::{
    Header, HrZones, Intensity, Lap, Result, Summary, Timestamp, Totals, Trigger,
};

use crate::activity::cannot;
use crate::developer::CALORIES_METHOD;
use crate::opening::{method_name, number_of, seconds};
use crate::settled::settled;
use crate::whole::Whole;

/// Writes the end of an activity.
pub(crate) struct Closing<'a> {
    pub(crate) header: &'a Header,
    pub(crate) summary: &'a Summary,
    /// The laps as they are written.
    laps: Vec<Lap>,
    /// What was done in all.
    pub(crate) whole: Whole,
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

/// The shared quantities of laps: elapsed and timer time, distance, cycles, calories, work; and the
/// pauses, of which elapsed time is made.
type Shares = [Share; 7];

/// Elapsed and timer time of a lap, in whole steps. Elapsed time is timer time and pauses, each
/// rounded: rounded by itself it could come out shorter than timer time.
fn times(
    [elapsed_share, timer, paused]: [&mut Share; 3],
    elapsed: f64,
    timer_time: f64,
) -> [f64; 2] {
    let timer_part = timer.next(timer_time, 1000.0);
    if timer_part.is_nan() {
        return [elapsed_share.next(elapsed, 1000.0), timer_part];
    }
    let paused_part = paused.next((elapsed - timer_time).max(0.0), 1000.0);
    let part = timer_part + paused_part;
    elapsed_share.any = true;
    elapsed_share.sum += part;
    elapsed_share.given += (part * 1000.0).round();
    [part, timer_part]
}

impl<'a> Closing<'a> {
    pub(crate) fn new(
        header: &'a Header,
        summary: &'a Summary,
        laps: &[Lap],
        offset: Option<i32>,
    ) -> Self {
        let laps = settled(summary, laps);
        Self {
            header,
            summary,
            whole: Whole::of(summary, &laps),
            laps,
            offset,
        }
    }

    /// `developer` is the developer data index of this program's own fields.
    pub(crate) fn write<W: Write + Seek>(
        &self,
        encoder: &mut Encoder<W>,
        developer: u8,
    ) -> Result<()> {
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
        for (index, lap) in (0_u32..).zip(&self.laps) {
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
        self.session(encoder, developer, &shares)?;
        self.activity(encoder)
    }

    /// The values of [`LAP_TOTALS`] and [`SESSION_TOTALS`].
    fn totals(&self, totals: &Totals, elapsed: f64, shares: &mut Shares) -> [f64; 18] {
        let [
            elapsed_share,
            timer,
            distance,
            cycles,
            calories,
            work,
            paused,
        ] = shares;
        let sport = self.header.sport;
        let [elapsed, timer_time] =
            times([elapsed_share, timer, paused], elapsed, totals.timer_time);
        [
            elapsed,
            timer_time,
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
        developer: u8,
        shares: &Shares,
    ) -> Result<()> {
        let (summary, whole) = (self.summary, &self.whole);
        let elapsed = whole.end - summary.start;
        let mut values = self.totals(&whole.totals, elapsed, &mut Shares::default());
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
        let times = whole
            .zones
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
        let head = [0.0, seconds(whole.end), seconds(summary.start)];
        let count = u32::try_from(self.laps.len()).unwrap_or(u32::MAX);
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
            let field = DeveloperField {
                developer,
                ..CALORIES_METHOD.array(count)
            };
            encoder.write_description(&field).map_err(cannot)?;
            shape = shape.developer(&field);
            row.push(method.into());
        }
        encoder
            .write_values(&shape.build().map_err(cannot)?, &row)
            .map_err(cannot)?;
        if let (Some(times), Some(zones)) = (times, &self.header.zones) {
            let reference = (profile::SESSION.number, 0);
            write_zones(encoder, zones, times, reference, whole.end)?;
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
        let end = seconds(self.whole.end);
        let values = [
            end,
            self.whole.totals.timer_time,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A lap after a pause of a fraction of a millisecond more was a millisecond shorter than the
    /// time with the timer running.
    #[test]
    fn no_lap_is_shorter_than_its_timer_time() {
        let [mut elapsed_share, mut timer, mut paused] = [Share::default(); 3];
        let mut sums = [0.0, 0.0];
        for lap in 0..1000 {
            let timer_time = 120.0 + f64::from(lap % 7) * 0.123_4;
            let pause = if lap % 5 == 0 { 5.266_67 } else { 0.0 };
            let shares = [&mut elapsed_share, &mut timer, &mut paused];
            let [elapsed, timer_time] = times(shares, timer_time + pause, timer_time);
            assert!(elapsed >= timer_time, "lap {lap}: {elapsed} {timer_time}");
            sums[0] += elapsed;
            sums[1] += timer_time;
        }
        assert!((sums[0] - elapsed_share.given / 1000.0).abs() < 1e-6);
        assert!((sums[1] - timer.given / 1000.0).abs() < 1e-6);
    }
}
