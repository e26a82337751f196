//! Writing the activities one behind the other.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use super::developer::{Applications, Indexes};
use super::leg::{Leg, Piece, is_of_session, seconds};
use super::patch::Patch;
use super::plan::{Before, Plan};
use super::{LeftOut, Unmergeable, ending};
use crate::encode::{Encoder, Options, Protocol};
use crate::error::Error;
use crate::message::{Decoder, Message};
use crate::profile::types::{event as event_of, event_type, lap_trigger};
use crate::profile::{self, event, lap};
use crate::shape::Shape;

const FILE_ID: u16 = profile::FILE_ID.number;
const FILE_CREATOR: u16 = profile::FILE_CREATOR.number;
const SESSION: u16 = profile::SESSION.number;
const ACTIVITY: u16 = profile::ACTIVITY.number;
const SPLIT_SUMMARY: u16 = profile::SPLIT_SUMMARY.number;
const TIME_IN_ZONE: u16 = profile::TIME_IN_ZONE.number;
const EVENT: u16 = profile::EVENT.number;
const LAP: u16 = profile::LAP.number;
const RECORD: u16 = profile::RECORD.number;
const SPORT: u16 = profile::SPORT.number;
const WORKOUT_STEP: u16 = profile::WORKOUT_STEP.number;
const DEVELOPER_DATA_ID: u16 = profile::DEVELOPER_DATA_ID.number;
const FIELD_DESCRIPTION: u16 = profile::FIELD_DESCRIPTION.number;

/// Messages that say who did it, with what and how: those of the first activity that has them hold
/// for all.
const SETTINGS: [u16; 15] = [
    profile::DEVICE_SETTINGS.number,
    profile::USER_PROFILE.number,
    profile::HRM_PROFILE.number,
    profile::SDM_PROFILE.number,
    profile::BIKE_PROFILE.number,
    profile::ZONES_TARGET.number,
    profile::HR_ZONE.number,
    profile::POWER_ZONE.number,
    profile::MET_ZONE.number,
    SPORT,
    profile::SPEED_ZONE.number,
    profile::CADENCE_ZONE.number,
    profile::WORKOUT.number,
    WORKOUT_STEP,
    profile::TRAINING_FILE.number,
];

pub(super) type Memory = Encoder<Cursor<Vec<u8>>>;

/// What is known while the activities are written.
struct Writer {
    encoder: Memory,
    applications: Applications,
    before: Before,
    /// Which activity the settings come from, and what they are.
    settings: BTreeMap<u16, (usize, BTreeSet<Vec<u8>>)>,
    left_out: BTreeSet<LeftOut>,
}

/// The activity that is being written.
struct Course<'a> {
    leg: &'a Leg<'a>,
    index: usize,
    /// Where the next one starts, in FIT seconds.
    next: Option<f64>,
    /// The last lap, by the time at which it ends, until it has been written.
    last_lap: Option<f64>,
    /// Whether the start of the timer has to be written before the first record.
    starts: bool,
}

/// Writes all activities as one; returns the file, and what couldn't be kept.
pub(super) fn write(legs: &[Leg<'_>]) -> Result<(Vec<u8>, Vec<LeftOut>), Unmergeable> {
    let newest = legs
        .iter()
        .map(|leg| leg.protocol)
        .max()
        .unwrap_or_default();
    let options = Options {
        protocol: (newest >= Protocol::V2.byte()).then_some(Protocol::V2),
        profile: legs.iter().map(|leg| leg.profile).max().unwrap_or_default(),
    };
    let mut writer = Writer {
        encoder: Encoder::with_options(Cursor::new(Vec::new()), options)?,
        applications: Applications::default(),
        before: Before::default(),
        settings: BTreeMap::new(),
        left_out: BTreeSet::new(),
    };
    // Sessions have developer fields, too.
    let mut sessions = Vec::new();
    for (index, leg) in legs.iter().enumerate() {
        let mut course = Course {
            leg,
            index,
            next: legs.get(index + 1).map(|next| next.start),
            last_lap: leg.survey.laps.iter().map(|lap| lap.end).reduce(f64::max),
            starts: leg.survey.timer.first_start().is_none(),
        };
        let indexes = writer.leg(&mut course)?;
        sessions.push(indexes);
    }
    let Writer {
        mut encoder,
        mut left_out,
        ..
    } = writer;
    ending::write(&mut encoder, legs, &sessions, &mut left_out)?;
    let file = encoder.finish()?.into_inner();
    Ok((file, left_out.into_iter().collect()))
}

impl Writer {
    /// Writes an activity without its end; returns the developer data indexes of its first segment.
    fn leg(&mut self, course: &mut Course<'_>) -> Result<Indexes, Unmergeable> {
        let mut first = None;
        for piece in &course.leg.segments {
            let indexes = self.applications.add(&piece.applications, &piece.used)?;
            self.piece(course, piece, &indexes)?;
            first.get_or_insert(indexes);
        }
        let timer = &course.leg.survey.timer;
        if timer.last_stop().is_none() {
            self.timer(course.leg.end.max(course.leg.busy), event_type::STOP_ALL)?;
        }
        let Before {
            counters,
            developer_counters,
            ..
        } = &mut self.before;
        let sums = counters.iter_mut().chain(developer_counters);
        let Leg {
            counters,
            developer_counters,
            ..
        } = course.leg;
        for (sum, counter) in sums.zip(counters.iter().chain(developer_counters)) {
            *sum += counter;
        }
        for (sum, count) in self.before.counts.iter_mut().zip(course.leg.counts) {
            *sum += count;
        }
        Ok(first.unwrap_or_default())
    }

    fn piece(
        &mut self,
        course: &mut Course<'_>,
        piece: &Piece<'_>,
        indexes: &Indexes,
    ) -> Result<(), Unmergeable> {
        let mut plans: [Option<Plan>; 16] = Default::default();
        let mut decoder = Decoder::new(piece.bytes);
        let mut bytes = Vec::new();
        while let Ok(Some(message)) = decoder.next_message() {
            if message.number() == RECORD && std::mem::take(&mut course.starts) {
                self.timer(course.leg.start, event_type::START)?;
            }
            if !self.is_kept(course, &message, indexes) {
                continue;
            }
            let definition = message.data().definition;
            let Some(place) = plans.get_mut(usize::from(definition.local)) else {
                continue;
            };
            let known = place.take().filter(|plan| plan.offset == definition.offset);
            let plan = place.insert(known.unwrap_or_else(|| {
                Plan::of(&definition, &self.before, indexes, &piece.applications)
            }));
            let mut patches = plan.patches.clone();
            self.add_patches(&mut patches, course, &message, plan, indexes);
            self.message(&message, plan, &patches, &mut bytes)?;
        }
        Ok(())
    }

    /// Writes a message with those changes.
    fn message(
        &mut self,
        message: &Message<'_>,
        plan: &Plan,
        patches: &[Patch],
        bytes: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let data = message.data();
        bytes.clear();
        bytes.extend_from_slice(data.payload());
        for patch in patches {
            patch.apply(bytes);
        }
        // Nobody should have to write compressed timestamps, and many can't read them.
        let time = data.timestamp.filter(|_| data.compressed().is_some());
        let Some(time) = time.filter(|_| data.definition.timestamp(data.bytes).is_none()) else {
            return self.encoder.write_bytes(&plan.shape, bytes);
        };
        let time = if plan.big_endian {
            time.to_be_bytes()
        } else {
            time.to_le_bytes()
        };
        bytes.splice(..0, time);
        self.encoder.write_bytes(&plan.timed, bytes)
    }

    /// Whether a message is in the merged file as well.
    fn is_kept(&mut self, course: &Course<'_>, message: &Message<'_>, indexes: &Indexes) -> bool {
        let number = message.number();
        match number {
            SESSION | ACTIVITY | SPLIT_SUMMARY => false,
            TIME_IN_ZONE => !is_of_session(message),
            FILE_ID | FILE_CREATOR => course.index == 0,
            DEVELOPER_DATA_ID | FIELD_DESCRIPTION => self.applications.is_news(message, indexes),
            // The end of a session or activity that goes on.
            EVENT if course.next.is_some() => !matches!(
                message.integer_of(event::EVENT.number),
                Some(event_of::SESSION | event_of::ACTIVITY)
            ),
            _ if SETTINGS.contains(&number) => self.is_setting(course.index, message),
            _ => true,
        }
    }

    /// Whether a setting is of the first activity that has such.
    fn is_setting(&mut self, index: usize, message: &Message<'_>) -> bool {
        let number = message.number();
        let payload = message.data().payload();
        let (owner, known) = self
            .settings
            .entry(number)
            .or_insert((index, BTreeSet::new()));
        let is_news = !known.contains(payload);
        // Devices write another sport before each leg of a triathlon.
        if *owner == index || (number == SPORT && is_news) {
            known.insert(payload.to_vec());
            return true;
        }
        if is_news {
            self.left_out.insert(LeftOut::Messages(number));
        }
        false
    }

    /// Adds the changes that depend on the message, not only on its definition.
    fn add_patches(
        &self,
        patches: &mut Vec<Patch>,
        course: &mut Course<'_>,
        message: &Message<'_>,
        plan: &Plan,
        indexes: &Indexes,
    ) {
        let number = message.number();
        let integer = |field: profile::Field| message.integer_of(field.number);
        match number {
            DEVELOPER_DATA_ID | FIELD_DESCRIPTION => {
                let index = message.integer_of(super::developer::index_field(number));
                let index = index.and_then(|index| indexes.get(&index));
                patches.extend(index.and_then(|index| plan.index(number, *index)));
            }
            EVENT if course.next.is_some() && integer(event::EVENT) == Some(event_of::TIMER) => {
                let ends = [event_type::STOP_DISABLE, event_type::STOP_DISABLE_ALL];
                if integer(event::EVENT_TYPE).is_some_and(|kind| ends.contains(&kind)) {
                    patches.extend(plan.set(event::EVENT_TYPE, event_type::STOP_ALL.into()));
                }
            }
            LAP => self.lap_patches(patches, course, message, plan),
            _ => {}
        }
    }

    fn lap_patches(
        &self,
        patches: &mut Vec<Patch>,
        course: &mut Course<'_>,
        message: &Message<'_>,
        plan: &Plan,
    ) {
        let steps = self.settings.get(&WORKOUT_STEP);
        if steps.is_some_and(|(owner, _)| *owner != course.index) {
            patches.extend(plan.set(lap::WKT_STEP_INDEX, u64::from(u16::MAX)));
        }
        let Some(next) = course.next else {
            return;
        };
        if message.integer_of(lap::LAP_TRIGGER.number) == Some(lap_trigger::SESSION_END) {
            patches.extend(plan.set(lap::LAP_TRIGGER, lap_trigger::MANUAL.into()));
        }
        let number = |field: profile::Field| message.number_of(field.number);
        let end = number(lap::START_TIME)
            .zip(number(lap::TOTAL_ELAPSED_TIME))
            .map(|(start, elapsed)| start + elapsed);
        let is_last = end
            .zip(course.last_lap)
            .is_some_and(|(end, last)| end + 0.0005 > last);
        if is_last {
            // The lap goes on until the next activity starts, with the timer stopped.
            course.last_lap = None;
            let pause = milliseconds(next - course.leg.end);
            patches.extend(plan.add(lap::TOTAL_ELAPSED_TIME, pause));
            patches.extend(plan.set(lap::TIMESTAMP, seconds(next).into()));
        }
    }

    fn timer(&mut self, time: f64, kind: u8) -> Result<(), Error> {
        let fields = [
            event::TIMESTAMP,
            event::EVENT,
            event::EVENT_TYPE,
            event::EVENT_GROUP,
        ];
        let shape = Shape::of(profile::EVENT).fields(&fields).build()?;
        self.encoder.write(
            &shape,
            &[time.floor(), event_of::TIMER.into(), kind.into(), 0.0],
        )
    }
}

/// Whole milliseconds of a pause; none, if it would be negative.
#[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
pub(super) fn milliseconds(seconds: f64) -> i128 {
    (seconds * 1000.0).round().max(0.0) as i128
}
