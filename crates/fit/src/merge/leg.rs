//! The activities that are merged.

use super::combine::Collected;
use super::developer::Application;
use super::{LegReport, Unmergeable};
use crate::expand::Accumulator;
use crate::message::{Decoder, Message};
use crate::profile::{self, Field, activity, record, session, time_in_zone};
use crate::repair::{Survey, Unrepairable, repair};
use crate::scan::{Event, Scanner};
use crate::time;

/// An activity.
#[derive(Debug)]
pub(super) struct Leg<'a> {
    /// Which of the files it comes from.
    pub(super) file: usize,
    /// Its segment, and those behind it that go on with it.
    pub(super) segments: Vec<Piece<'a>>,
    pub(super) survey: Survey,
    /// FIT seconds at which its first session starts.
    pub(super) start: f64,
    /// FIT seconds at which its last session ends.
    pub(super) end: f64,
    /// FIT seconds of the last thing that happened.
    pub(super) busy: f64,
    pub(super) profile: u16,
    pub(super) protocol: u8,
    pub(super) sessions: Vec<Collected>,
    pub(super) split_summaries: Vec<Collected>,
    /// The times in zones of sessions.
    pub(super) zones: Vec<Collected>,
    /// What the counters of the records come to: distance, cycles, work and calories.
    pub(super) counters: Counters,
    /// The same of developer fields that stand for them.
    pub(super) developer_counters: Counters,
    /// Seconds that local time is ahead of UTC.
    pub(super) utc_offset: Option<f64>,
    /// How many laps, lengths and splits there are.
    pub(super) counts: [u32; NUMBERED.len()],
}

/// A segment, and whose developer fields it has.
#[derive(Debug)]
pub(super) struct Piece<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) applications: Vec<Application>,
    /// The developer data indexes that its messages use.
    pub(super) used: Vec<u8>,
}

/// Fields of records that only grow, and the sessions' total of the same quantity.
pub(super) const COUNTERS: [(Field, Field); 4] = [
    (record::DISTANCE, session::TOTAL_DISTANCE),
    (record::TOTAL_CYCLES, session::TOTAL_CYCLES),
    (record::ACCUMULATED_POWER, session::TOTAL_WORK),
    (record::CALORIES, session::TOTAL_CALORIES),
];

/// What each of the [`COUNTERS`] comes to.
pub(super) type Counters = [f64; COUNTERS.len()];

/// Messages that are numbered from 0 on.
pub(super) const NUMBERED: [u16; 3] = [
    profile::LAP.number,
    profile::LENGTH.number,
    profile::SPLIT.number,
];

const SESSION: u16 = profile::SESSION.number;
const SPLIT_SUMMARY: u16 = profile::SPLIT_SUMMARY.number;
const TIME_IN_ZONE: u16 = profile::TIME_IN_ZONE.number;
const ACTIVITY: u16 = profile::ACTIVITY.number;
const RECORD: u16 = profile::RECORD.number;
const FIELD_DESCRIPTION: u16 = profile::FIELD_DESCRIPTION.number;
const DEVELOPER_DATA_ID: u16 = profile::DEVELOPER_DATA_ID.number;

/// Reads the activities of a file.
pub(super) fn read<'a>(
    index: usize,
    file: &'a [u8],
    legs: &mut Vec<Leg<'a>>,
) -> Result<(), Unmergeable> {
    match repair(file) {
        Ok(None) => {}
        Err(Unrepairable::NoFit) => return Err(Unmergeable::NoFit { file: index }),
        // What can be repaired is not sound, and neither is what can't.
        Ok(Some(_)) | Err(_) => return Err(Unmergeable::Damaged { file: index }),
    }
    let before = legs.len();
    for segment in segments(file) {
        let survey = Survey::of(segment);
        if survey.is_activity() && survey.file_type.is_some() {
            legs.push(Leg::of(index, segment, survey)?);
            continue;
        }
        // A segment without a type goes on with the one before it.
        let kind = survey.file_type;
        let is_first = legs.len() == before;
        match legs.last_mut().filter(|_| kind.is_none() && !is_first) {
            Some(leg) => leg.collect(segment),
            None => return Err(Unmergeable::Other { file: index, kind }),
        }
    }
    Ok(())
}

/// The segments of a sound file.
fn segments(file: &[u8]) -> impl Iterator<Item = &[u8]> {
    let events = Scanner::new(file).without_crc();
    events.filter_map(|event| match event {
        Ok(Event::Segment(segment)) => file.get(segment.offset..segment.end()),
        _ => None,
    })
}

/// FIT seconds as an integer.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates"
)]
pub(super) fn seconds(time: f64) -> u32 {
    time as u32
}

impl<'a> Leg<'a> {
    fn of(file: usize, segment: &'a [u8], survey: Survey) -> Result<Self, Unmergeable> {
        let starts = survey.sessions.iter().map(|session| session.start);
        let ends = survey.sessions.iter().map(|session| session.end);
        let (start, end) = (starts.reduce(f64::min), ends.reduce(f64::max));
        let known = start
            .zip(end)
            .filter(|(start, _)| *start >= f64::from(time::FIRST_DATE));
        let (start, end) = known.ok_or(Unmergeable::NoDate { file })?;
        let last = survey.span.map_or(end, |(_, last)| f64::from(last));
        let mut leg = Self {
            file,
            segments: Vec::new(),
            start,
            end,
            busy: end.max(last),
            profile: 0,
            protocol: 0,
            sessions: Vec::new(),
            split_summaries: Vec::new(),
            zones: Vec::new(),
            counters: [f64::NAN; COUNTERS.len()],
            developer_counters: [f64::NAN; COUNTERS.len()],
            utc_offset: survey.utc_offset.map(f64::from),
            counts: [0; NUMBERED.len()],
            survey,
        };
        leg.collect(segment);
        Ok(leg)
    }

    /// Adds a segment and goes through its messages.
    fn collect(&mut self, segment: &'a [u8]) {
        let mut piece = Piece {
            bytes: segment,
            applications: Vec::new(),
            used: Vec::new(),
        };
        for event in Scanner::new(segment).without_crc() {
            match event {
                Ok(Event::Segment(segment)) => {
                    self.protocol = self.protocol.max(segment.header.protocol);
                    self.profile = self.profile.max(segment.header.profile);
                }
                Ok(Event::Definition(definition)) => {
                    let fields = definition.fields().filter(|field| field.developer);
                    piece.used.extend(fields.map(|field| field.code));
                }
                _ => {}
            }
        }
        piece.used.sort_unstable();
        piece.used.dedup();
        let mut expander = Accumulator::default();
        let mut decoder = Decoder::new(segment);
        while let Ok(Some(message)) = decoder.next_message() {
            if matches!(message.number(), DEVELOPER_DATA_ID | FIELD_DESCRIPTION) {
                Application::note(&mut piece.applications, &message);
            }
            self.take(&message, &mut expander);
        }
        self.segments.push(piece);
        self.settle();
    }

    /// Fills in the counters that the records don't have.
    fn settle(&mut self) {
        for (counter, (_, total)) in self.counters.iter_mut().zip(COUNTERS) {
            if counter.is_nan() {
                *counter = self.sessions.iter().filter_map(|it| it.number(total)).sum();
            }
        }
        for (own, counter) in self.developer_counters.iter_mut().zip(self.counters) {
            *own = if own.is_nan() { counter } else { *own };
        }
    }

    fn take(&mut self, message: &Message<'_>, expander: &mut Accumulator) {
        let number = message.number();
        let numbered = NUMBERED
            .iter()
            .zip(&mut self.counts)
            .find(|(it, _)| **it == number);
        if let Some((_, count)) = numbered {
            *count += 1;
        }
        match number {
            RECORD => self.count(message, expander),
            SESSION => self.sessions.push(Collected::of(message)),
            SPLIT_SUMMARY => self.split_summaries.push(Collected::of(message)),
            TIME_IN_ZONE if is_of_session(message) => self.zones.push(Collected::of(message)),
            ACTIVITY => self.utc_offset = utc_offset(message).or(self.utc_offset),
            _ => {}
        }
    }

    /// Notes how far the counters of a record are.
    fn count(&mut self, message: &Message<'_>, expander: &mut Accumulator) {
        let components = message.fields().any(|field| {
            let known = field.known().map_or(&[][..], |known| known.components);
            known.iter().any(|component| component.accumulate)
        });
        let values = if components {
            expander.expand(message)
        } else {
            Vec::new()
        };
        for (counter, (field, _)) in self.counters.iter_mut().zip(COUNTERS) {
            let value = values
                .iter()
                .find(|value| value.field.number == field.number);
            let value = message
                .number_of(field.number)
                .or_else(|| Some(value?.number()));
            *counter = value.unwrap_or(*counter);
        }
        if message.data().definition.has_developer_fields() {
            self.count_developer(message);
        }
    }

    fn count_developer(&mut self, message: &Message<'_>) {
        for field in message.fields() {
            let native = field
                .description()
                .and_then(|description| description.native);
            let mut counters = self.developer_counters.iter_mut().zip(COUNTERS);
            let counter = counters.find(|(_, (field, _))| native == Some((RECORD, field.number)));
            if let (Some((counter, _)), Some(value)) = (counter, field.number()) {
                *counter = value;
            }
        }
    }

    /// The sports of its sessions.
    pub(super) fn sports(&self) -> impl Iterator<Item = u8> {
        let sport = |it: &Collected| it.number(session::SPORT).unwrap_or_default();
        self.sessions
            .iter()
            .map(move |it| u8::try_from(seconds(sport(it))).unwrap_or_default())
    }

    pub(super) fn report(&self) -> LegReport {
        let sum = |field| {
            let values = self.sessions.iter().filter_map(|it| it.number(field));
            values.reduce(|a, b| a + b)
        };
        LegReport {
            file: self.file,
            start: seconds(self.start),
            end: seconds(self.end),
            timer_time: sum(session::TOTAL_TIMER_TIME).unwrap_or_default(),
            distance: sum(session::TOTAL_DISTANCE),
            laps: self.survey.laps.len(),
        }
    }
}

/// Whether times in zones are those of a session.
pub(super) fn is_of_session(message: &Message<'_>) -> bool {
    message.number_of(time_in_zone::REFERENCE_MESG.number) == Some(SESSION.into())
}

/// How far local time is ahead of UTC, if an `activity` says something that can be.
fn utc_offset(message: &Message<'_>) -> Option<f64> {
    const QUARTER: f64 = 15.0 * 60.0; // All offsets in use are whole quarters of an hour.
    const LARGEST: f64 = 14.0 * 3600.0;
    let local = message.number_of(activity::LOCAL_TIMESTAMP.number)?;
    let offset = local - f64::from(message.timestamp()?);
    let rounded = (offset / QUARTER).round() * QUARTER;
    let plausible = (offset - rounded).abs() <= 60.0 && rounded.abs() <= LARGEST;
    plausible.then_some(rounded)
}
