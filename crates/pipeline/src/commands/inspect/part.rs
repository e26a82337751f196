//! What a segment of a FIT file holds. Most files have one.

use fit::Message;
use fit::profile::{self, activity, hr_zone, record};
use pipeline_plugin::Timestamp;

use super::developer::Developers;
use super::maker::Maker;
use super::session::{Lap, Session};
use super::totals::{from_fit, raw};
use super::zones::{TimeInZone, Zones, index};

const FILE_ID: u16 = profile::FILE_ID.number;
const FILE_CREATOR: u16 = profile::FILE_CREATOR.number;
const DEVICE_INFO: u16 = profile::DEVICE_INFO.number;
const SESSION: u16 = profile::SESSION.number;
const LAP: u16 = profile::LAP.number;
const RECORD: u16 = profile::RECORD.number;
const HR_ZONE: u16 = profile::HR_ZONE.number;
const TIME_IN_ZONE: u16 = profile::TIME_IN_ZONE.number;
const ACTIVITY: u16 = profile::ACTIVITY.number;

/// What a segment of a FIT file holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    pub(super) maker: Maker,
    /// Seconds that local time is ahead of UTC.
    pub(super) utc_offset: Option<i64>,
    pub(super) sessions: Vec<Session>,
    pub(super) laps: Vec<Lap>,
    pub(super) records: Records,
    pub(super) developers: Developers,
    times_in_zones: Vec<TimeInZone>,
    /// The upper bounds of the heart-rate zones, by zone.
    zone_bounds: Vec<(u32, f64)>,
}

/// What the records span.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    pub(super) count: u64,
    /// The earliest time.
    pub(super) first: Option<Timestamp>,
    /// The latest time.
    pub(super) last: Option<Timestamp>,
    /// The last distance, in metres.
    pub(super) distance: Option<f64>,
}

impl Part {
    pub(super) fn take(&mut self, message: &Message<'_>) {
        self.developers.take(message);
        match message.number() {
            FILE_ID => self.maker.take_file_id(message),
            FILE_CREATOR => self.maker.take_file_creator(message),
            DEVICE_INFO => self.maker.take_device(message),
            SESSION => self.sessions.push(Session::of(message)),
            LAP => self.laps.push(Lap::of(message)),
            RECORD => self.records.take(message),
            HR_ZONE => {
                let zone = index(message, hr_zone::MESSAGE_INDEX);
                let bound = message.number_of(hr_zone::HIGH_BPM.number);
                self.zone_bounds.extend(zone.zip(bound));
            }
            TIME_IN_ZONE => self.times_in_zones.push(TimeInZone::of(message)),
            ACTIVITY => self.utc_offset = self.utc_offset.or(utc_offset(message)),
            _ => {}
        }
    }

    /// Puts together what stands in several messages.
    pub(super) fn finish(&mut self) {
        self.zone_bounds.sort_by_key(|(zone, _)| *zone);
        let bounds: Vec<f64> = self.zone_bounds.iter().map(|(_, bound)| *bound).collect();
        let times = |number: u16, index: u32| {
            self.times_in_zones
                .iter()
                .find(|it| it.message == Some(number.into()) && it.index == Some(index))
        };
        let with_bounds = |own: Option<Zones>, other: Option<&Zones>| {
            let mut zones = other.cloned().or(own)?;
            if zones.bounds.is_empty() && zones.times.len() > bounds.len() {
                zones.bounds.clone_from(&bounds);
            }
            Some(zones)
        };
        for (index, session) in (0..).zip(&mut self.sessions) {
            let times = times(SESSION, session.index.unwrap_or(index));
            let (heart_rate, power) = (
                times.and_then(|it| it.heart_rate.as_ref()),
                times.and_then(|it| it.power.as_ref()),
            );
            session.heart_rate_zones = with_bounds(session.heart_rate_zones.take(), heart_rate);
            session.power_zones = power.cloned().or(session.power_zones.take());
        }
        for (index, lap) in (0..).zip(&mut self.laps) {
            let times = times(LAP, lap.index.unwrap_or(index));
            let heart_rate = times.and_then(|it| it.heart_rate.as_ref());
            lap.heart_rate_zones = with_bounds(lap.heart_rate_zones.take(), heart_rate);
        }
    }
}

impl Records {
    fn take(&mut self, message: &Message<'_>) {
        self.count += 1;
        let time = message.timestamp().and_then(from_fit);
        self.first = self.first.into_iter().chain(time).min();
        self.last = self.last.max(time);
        let distance = message.number_of(record::DISTANCE.number);
        self.distance = distance.or(self.distance);
    }

    /// Seconds from the earliest to the latest.
    pub(super) fn span(&self) -> Option<f64> {
        Some(self.last? - self.first?)
    }
}

/// How far local time is ahead of UTC, in seconds, if `activity` says something that can be.
fn utc_offset(message: &Message<'_>) -> Option<i64> {
    const QUARTER: i64 = 15 * 60; // All offsets in use are whole quarters of an hour.
    let local = raw(message, activity::LOCAL_TIMESTAMP)?;
    let utc = raw(message, activity::TIMESTAMP)?;
    from_fit(local).and(from_fit(utc))?;
    let offset = i64::from(local) - i64::from(utc);
    let rounded = (offset + QUARTER / 2).div_euclid(QUARTER) * QUARTER;
    let plausible = (offset - rounded).abs() <= 60 && (-12 * 3600..=14 * 3600).contains(&rounded);
    plausible.then_some(rounded)
}
