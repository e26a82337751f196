//! What is done with the messages of a definition.

use super::developer::{Application, Indexes, index_field};
use super::leg::{COUNTERS, Counters, NUMBERED};
use super::patch::{Change, Patch, Spot, spots};
use crate::base::BaseType;
use crate::definition::{Definition, FieldDefinition, TIMESTAMP};
use crate::number::round;
use crate::profile::{self, lap, length, split, time_in_zone};
use crate::shape::Shape;

/// How the messages of a definition are written.
#[derive(Debug)]
pub(super) struct Plan {
    /// Where the definition is in the file that it comes from.
    pub(super) offset: usize,
    /// The shape in the merged file.
    pub(super) shape: Shape,
    /// The same with a full timestamp in front, for messages that have a compressed one only.
    pub(super) timed: Shape,
    pub(super) big_endian: bool,
    pub(super) patches: Vec<Patch>,
    spots: Vec<(FieldDefinition, Spot)>,
}

/// What is before an activity in the merged file.
#[derive(Clone, Debug, Default)]
pub(super) struct Before {
    /// What the counters of the records came to.
    pub(super) counters: Counters,
    /// The same of developer fields that stand for them.
    pub(super) developer_counters: Counters,
    /// How many laps, lengths and splits there were.
    pub(super) counts: [u32; NUMBERED.len()],
}

const RECORD: u16 = profile::RECORD.number;
/// Bytes of a definition before the number of its fields.
const FIXED: usize = 5;

/// Fields that refer to a numbered message: of which message they are, and which one they mean.
const REFERENCES: [(u16, u8, u16); 6] = [
    (
        profile::LAP.number,
        lap::MESSAGE_INDEX.number,
        profile::LAP.number,
    ),
    (
        profile::LENGTH.number,
        length::MESSAGE_INDEX.number,
        profile::LENGTH.number,
    ),
    (
        profile::SPLIT.number,
        split::MESSAGE_INDEX.number,
        profile::SPLIT.number,
    ),
    (
        profile::LAP.number,
        lap::FIRST_LENGTH_INDEX.number,
        profile::LENGTH.number,
    ),
    (
        profile::SPLIT.number,
        split::FIRST_LAP_INDEX.number,
        profile::LAP.number,
    ),
    // Those of sessions are written at the end.
    (
        profile::TIME_IN_ZONE.number,
        time_in_zone::REFERENCE_INDEX.number,
        profile::LAP.number,
    ),
];

impl Plan {
    pub(super) fn of(
        definition: &Definition<'_>,
        before: &Before,
        indexes: &Indexes,
        applications: &[Application],
    ) -> Self {
        let spots = spots(definition);
        let mut patches = Vec::new();
        for (field, spot) in &spots {
            if field.developer {
                patches.extend(native(
                    *field,
                    *spot,
                    before,
                    definition.number,
                    applications,
                ));
            } else {
                patches.extend(changes(definition.number, *field, *spot, before));
            }
        }
        let bytes = remapped(definition, indexes, false);
        let timed = remapped(definition, indexes, true);
        let shape = |bytes: &[u8]| {
            Definition::read(bytes, definition.offset)
                .map_or_else(|_| Shape::copy_of(definition), |it| Shape::copy_of(&it))
        };
        Self {
            offset: definition.offset,
            shape: shape(&bytes),
            timed: shape(&timed),
            big_endian: definition.big_endian,
            patches,
            spots,
        }
    }

    /// Where a field of the profile is.
    pub(super) fn spot(&self, field: profile::Field) -> Option<Spot> {
        let mut spots = self.spots.iter();
        spots.find_map(|(it, spot)| (!it.developer && it.number == field.number).then_some(*spot))
    }

    /// The change that gives a field a raw value.
    pub(super) fn set(&self, field: profile::Field, raw: u64) -> Option<Patch> {
        let (spot, change) = (self.spot(field)?, Change::Set(raw));
        Some(Patch { spot, change })
    }

    /// The change that adds steps to a field.
    pub(super) fn add(&self, field: profile::Field, steps: i128) -> Option<Patch> {
        let (spot, change) = (self.spot(field)?, Change::Add(steps));
        Some(Patch { spot, change })
    }

    /// The changes that give a message of a developer its index in the merged file.
    pub(super) fn index(&self, message: u16, index: u8) -> Option<Patch> {
        let number = index_field(message);
        let mut spots = self.spots.iter();
        let spot =
            spots.find_map(|(it, spot)| (!it.developer && it.number == number).then_some(*spot));
        Some(Patch {
            spot: spot?,
            change: Change::Set(index.into()),
        })
    }
}

/// A definition with other developer data indexes and, if asked for, with a timestamp in front.
fn remapped(definition: &Definition<'_>, indexes: &Indexes, timed: bool) -> Vec<u8> {
    const TIME: [u8; 3] = [TIMESTAMP, 4, BaseType::Uint32.code()];
    let list = |developer: bool| {
        let fields = definition
            .fields()
            .filter(move |field| field.developer == developer);
        fields.map(move |field| {
            let index = indexes.get(&field.code).filter(|_| developer);
            [field.number, field.size, *index.unwrap_or(&field.code)]
        })
    };
    let time = Some(TIME).filter(|_| timed);
    let own: Vec<_> = time.into_iter().chain(list(false)).collect();
    let developer: Vec<_> = list(true).collect();
    let mut bytes: Vec<u8> = definition.bytes.get(..FIXED).unwrap_or_default().to_vec();
    for (list, is_there) in [(own, true), (developer, definition.has_developer_fields())] {
        if is_there {
            bytes.push(u8::try_from(list.len()).unwrap_or(u8::MAX));
            bytes.extend(list.iter().flatten());
        }
    }
    bytes
}

/// What is changed in a field of the profile.
fn changes(message: u16, field: FieldDefinition, spot: Spot, before: &Before) -> Vec<Patch> {
    let patch = |change| Patch { spot, change };
    let refers = |(of, number, _): &&(u16, u8, u16)| (*of, *number) == (message, field.number);
    if let Some((_, _, to)) = REFERENCES.iter().find(refers) {
        let counts = NUMBERED.iter().zip(before.counts);
        let count = counts
            .filter(|(number, _)| *number == to)
            .map(|(_, count)| count);
        let count: u32 = count.sum();
        return vec![patch(Change::AddIndex(
            u16::try_from(count).unwrap_or(u16::MAX),
        ))];
    }
    if message != RECORD {
        return Vec::new();
    }
    let known = profile::RECORD.field(field.number);
    let counters = || {
        COUNTERS
            .iter()
            .map(|(counter, _)| counter)
            .zip(before.counters)
    };
    if let Some((counter, value)) = counters().find(|(counter, _)| counter.number == field.number) {
        return vec![patch(Change::Add(round(value * counter.scale).into()))];
    }
    let components = known.map_or(&[][..], |known| known.components);
    let totals = components.iter().filter(|component| component.accumulate);
    let bits = totals.filter_map(|component| {
        let (_, value) = counters().find(|(counter, _)| counter.number == component.field)?;
        let steps = u64::try_from(round(value * component.scale)).ok()?;
        Some(patch(Change::AddBits(*component, steps)))
    });
    bits.collect()
}

/// What is changed in a developer field, if it stands for a counter of the records.
fn native(
    field: FieldDefinition,
    spot: Spot,
    before: &Before,
    message: u16,
    applications: &[Application],
) -> Option<Patch> {
    let application = applications.iter().find(|it| it.index() == field.code)?;
    let native = application
        .native(field.number)
        .filter(|native| native.message == message)?;
    let mut counters = COUNTERS.iter().zip(before.developer_counters);
    let (_, value) =
        counters.find(|((counter, _), _)| (message, counter.number) == (RECORD, native.field))?;
    let change = match native.base {
        BaseType::Float32 | BaseType::Float64 => Change::AddFloat(value * native.scale),
        _ => Change::Add(round(value * native.scale).into()),
    };
    Some(Patch {
        spot: spot.as_base(native.base),
        change,
    })
}
