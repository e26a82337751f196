//! What an activity has, and what it lacks.

use super::timer::{Clock, Tick, Timer};
use crate::message::{Decoder, Message};
use crate::profile::{self, device_settings, file_id, lap, session, sport, types, workout};

const FILE_ID: u16 = profile::FILE_ID.number;
const RECORD: u16 = profile::RECORD.number;
const LAP: u16 = profile::LAP.number;
const SESSION: u16 = profile::SESSION.number;
const ACTIVITY: u16 = profile::ACTIVITY.number;
const EVENT: u16 = profile::EVENT.number;
const SPORT: u16 = profile::SPORT.number;
const WORKOUT: u16 = profile::WORKOUT.number;
const DEVICE_SETTINGS: u16 = profile::DEVICE_SETTINGS.number;

/// What is in a part of a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Survey {
    pub(crate) messages: u64,
    pub(crate) records: u64,
    /// The number of the first message.
    pub(crate) first: Option<u16>,
    /// Where the first `file_id` is.
    pub(crate) file_id: Option<usize>,
    pub(crate) file_type: Option<u8>,
    /// FIT seconds of the first and the last record.
    pub(crate) span: Option<(u32, u32)>,
    pub(crate) laps: Vec<Stretch>,
    pub(crate) sessions: Vec<Stretch>,
    /// Whether records stand before the last lap.
    lap_follows: bool,
    /// Whether records stand before the last lap, and others behind it.
    pub(crate) goes_on: bool,
    pub(crate) activities: u64,
    /// Where the first `activity` behind the last record is.
    pub(crate) activity: Option<usize>,
    pub(crate) timer: Timer,
    /// Sport and variant.
    pub(crate) sport: Option<(f64, f64)>,
    /// Seconds that local time is ahead of UTC.
    pub(crate) utc_offset: Option<i32>,
}

/// What a lap or a session says of itself. NaN where it doesn't.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stretch {
    /// FIT seconds.
    pub(crate) start: f64,
    pub(crate) end: f64,
    pub(crate) sums: Sums,
    pub(crate) index: f64,
}

/// What the laps of a session add up to. NaN where it isn't known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sums {
    /// Seconds from start to end.
    pub(crate) elapsed: f64,
    /// Seconds with the timer running.
    pub(crate) timer: f64,
    /// Metres.
    pub(crate) distance: f64,
    /// Strokes, strides or revolutions.
    pub(crate) cycles: f64,
    /// Kilocalories.
    pub(crate) calories: f64,
    /// Joules.
    pub(crate) work: f64,
}

/// Laps that are looked at; a file with more was made to waste memory.
const LAPS: usize = 10_000;

impl Survey {
    /// Reads a sound part.
    pub(crate) fn of(part: &[u8]) -> Self {
        let mut survey = Self::default();
        let mut clock = Clock::default();
        let mut decoder = Decoder::new(part);
        // What is wrong with it was put right before.
        while let Ok(Some(message)) = decoder.next_message() {
            survey.take(&message, &mut clock);
        }
        survey
    }

    /// Whether it is an activity, or was one before it lost its `file_id`.
    pub(crate) fn is_activity(&self) -> bool {
        match self.file_type {
            Some(kind) => kind == types::file::ACTIVITY,
            None => self.records > 0,
        }
    }

    fn take(&mut self, message: &Message<'_>, clock: &mut Clock) {
        let number = message.number();
        self.messages += 1;
        self.first = self.first.or(Some(number));
        match number {
            RECORD => self.record(message, clock),
            FILE_ID => {
                self.file_id = self.file_id.or(Some(message.offset()));
                let kind = message.integer_of(file_id::TYPE.number);
                self.file_type = self.file_type.or(kind);
            }
            LAP if self.laps.len() < LAPS => {
                self.laps
                    .extend(Stretch::of(message, lap::TOTAL_WORK.number));
                self.sport_of(message, lap::SPORT, lap::SUB_SPORT);
                (self.lap_follows, self.goes_on) = (self.records > 0, false);
            }
            SESSION if self.sessions.len() < LAPS => {
                self.sessions
                    .extend(Stretch::of(message, session::TOTAL_WORK.number));
            }
            ACTIVITY => {
                self.activities += 1;
                self.activity = self.activity.or(Some(message.offset()));
            }
            EVENT => self.timer.take(message),
            SPORT => self.sport_of(message, sport::SPORT, sport::SUB_SPORT),
            WORKOUT => self.sport_of(message, workout::SPORT, workout::SUB_SPORT),
            DEVICE_SETTINGS => self.utc_offset = utc_offset(message).or(self.utc_offset),
            _ => {}
        }
    }

    fn record(&mut self, message: &Message<'_>, clock: &mut Clock) {
        self.goes_on = self.lap_follows;
        self.records += 1;
        self.activity = None;
        let Some(time) = message.timestamp() else {
            return;
        };
        self.span = match (clock.tick(time), self.span) {
            (Tick::Never, span) => span,
            (Tick::On, Some((first, last))) => Some((first.min(time), last.max(time))),
            (Tick::Anew, _) | (_, None) => Some((time, time)),
        };
    }

    fn sport_of(&mut self, message: &Message<'_>, sport: profile::Field, sub: profile::Field) {
        let sport = message.number_of(sport.number);
        let sub = message.number_of(sub.number).unwrap_or_default();
        self.sport = sport.map(|sport| (sport, sub)).or(self.sport);
    }
}

impl Stretch {
    /// What a message says; `None` if it doesn't say when it starts.
    fn of(message: &Message<'_>, work: u8) -> Option<Self> {
        // These fields have the same numbers in both messages.
        let number = |field: profile::Field| message.number_of(field.number).unwrap_or(f64::NAN);
        let start = message.number_of(lap::START_TIME.number)?;
        let elapsed = number(lap::TOTAL_ELAPSED_TIME);
        // The timestamp says when it was written, which is usually the end.
        let end = if elapsed.is_nan() {
            message.timestamp().map_or(start, f64::from).max(start)
        } else {
            start + elapsed
        };
        let sums = Sums {
            elapsed,
            timer: number(lap::TOTAL_TIMER_TIME),
            distance: number(lap::TOTAL_DISTANCE),
            cycles: number(lap::TOTAL_CYCLES),
            calories: number(lap::TOTAL_CALORIES),
            work: message.number_of(work).unwrap_or(f64::NAN),
        };
        let index = number(lap::MESSAGE_INDEX);
        Some(Self {
            start,
            end,
            sums,
            index,
        })
    }
}

/// How far the device's clock is ahead of UTC, in seconds.
fn utc_offset(message: &Message<'_>) -> Option<i32> {
    const DAY: i32 = 24 * 3600;
    let zone: Option<u8> = message.integer_of(device_settings::ACTIVE_TIME_ZONE.number);
    let offsets = message.field(device_settings::TIME_OFFSET.number)?;
    let offset = offsets.integers().nth(zone.unwrap_or_default().into())??;
    // Stored as unsigned, meant as signed.
    let offset = u32::try_from(offset).ok()?.cast_signed();
    (offset.abs() < DAY).then_some(offset)
}
