//! Records: what was measured at one time.

use crate::expand::Accumulator;
use crate::message::{Message, to_u16};
use crate::place::degrees_from_semicircles;
use crate::plan::Plan;
use crate::profile::record as field;

/// What was measured at one time. NaN stands for what was not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record {
    /// When, in FIT seconds; old devices give it as a compressed timestamp.
    pub timestamp: Option<u32>,
    /// Latitude in degrees, north positive.
    pub position_lat: f64,
    /// Longitude in degrees, east positive.
    pub position_long: f64,
    /// Metres above sea level; the enhanced altitude, where there is one.
    pub altitude: f64,
    /// Metres since the start.
    pub distance: f64,
    /// Metres per second; the enhanced speed, where there is one.
    pub speed: f64,
    /// Beats per minute.
    pub heart_rate: f64,
    /// Strokes, revolutions or strides per minute, with the fraction, where there is one.
    pub cadence: f64,
    /// Watts.
    pub power: f64,
    /// Strokes, revolutions or strides since the start.
    pub total_cycles: f64,
    /// Metres per stroke or stride.
    pub cycle_length: f64,
    /// Kilocalories since the start.
    pub calories: f64,
    /// Degrees Celsius.
    pub temperature: f64,
    /// Slope in percent.
    pub grade: f64,
    /// Resistance of the equipment, 0 to 254, without a unit.
    pub resistance: f64,
    /// Watt-seconds since the start.
    pub accumulated_power: f64,
    /// Metres per second, up positive.
    pub vertical_speed: f64,
    /// Metres.
    pub gps_accuracy: f64,
    /// The share of one foot or hand, as it is in the file: the low seven bits are percent, and the top
    /// one says that it is the right.
    pub left_right_balance: Option<u8>,
}

/// The fields that go into a record, in the order of a plan's row.
const FIELDS: [u8; 22] = [
    field::POSITION_LAT.number,
    field::POSITION_LONG.number,
    field::ALTITUDE.number,
    field::ENHANCED_ALTITUDE.number,
    field::DISTANCE.number,
    field::SPEED.number,
    field::ENHANCED_SPEED.number,
    field::HEART_RATE.number,
    field::CADENCE.number,
    field::FRACTIONAL_CADENCE.number,
    field::CADENCE256.number,
    field::POWER.number,
    field::TOTAL_CYCLES.number,
    field::CYCLE_LENGTH.number,
    field::CYCLE_LENGTH16.number,
    field::CALORIES.number,
    field::TEMPERATURE.number,
    field::GRADE.number,
    field::RESISTANCE.number,
    field::ACCUMULATED_POWER.number,
    field::VERTICAL_SPEED.number,
    field::GPS_ACCURACY.number,
];

const ROW: usize = FIELDS.len() + 1;

/// Fields whose bits are the values of fields of a record.
const PACKED: [u8; 3] = [
    field::COMPRESSED_SPEED_DISTANCE.number,
    field::CYCLES.number,
    field::COMPRESSED_ACCUMULATED_POWER.number,
];

impl Default for Record {
    /// A record without any value.
    fn default() -> Self {
        Self::of(&[f64::NAN; ROW], None)
    }
}

impl Record {
    /// Whether what a field of the profile's `record` says is in this struct. What isn't, is in the
    /// message: [`Columns::only`](crate::Columns::only) with this function gives the rest.
    pub fn holds(field: u8) -> bool {
        field == field::TIMESTAMP.number
            || field == field::LEFT_RIGHT_BALANCE.number
            || FIELDS.contains(&field)
            || PACKED.contains(&field)
    }

    #[inline]
    fn of(row: &[f64; ROW], timestamp: Option<u32>) -> Self {
        let [
            position_lat,
            position_long,
            altitude,
            enhanced_altitude,
            distance,
            speed,
            enhanced_speed,
            heart_rate,
            cadence,
            fractional_cadence,
            cadence256,
            power,
            total_cycles,
            cycle_length,
            cycle_length16,
            calories,
            temperature,
            grade,
            resistance,
            accumulated_power,
            vertical_speed,
            gps_accuracy,
            left_right_balance,
        ] = *row;
        let fraction = either(fractional_cadence, 0.0);
        Self {
            timestamp,
            position_lat: degrees_from_semicircles(position_lat),
            position_long: degrees_from_semicircles(position_long),
            altitude: either(enhanced_altitude, altitude),
            distance,
            speed: either(enhanced_speed, speed),
            heart_rate,
            cadence: either(cadence + fraction, cadence256),
            power,
            total_cycles,
            cycle_length: either(cycle_length16, cycle_length),
            calories,
            temperature,
            grade,
            resistance,
            accumulated_power,
            vertical_speed,
            gps_accuracy,
            left_right_balance: to_u16(left_right_balance).and_then(|raw| raw.try_into().ok()),
        }
    }

    /// Takes over what is packed into other fields.
    fn unpack(&mut self, message: &Message<'_>, totals: &mut Accumulator) {
        for value in totals.expand(message) {
            let known = match value.field.number {
                number if number == field::SPEED.number => &mut self.speed,
                number if number == field::DISTANCE.number => &mut self.distance,
                number if number == field::TOTAL_CYCLES.number => &mut self.total_cycles,
                number if number == field::ACCUMULATED_POWER.number => &mut self.accumulated_power,
                _ => continue,
            };
            *known = either(*known, value.number());
        }
    }
}

/// The first number or, if it isn't measured, the second.
#[inline]
fn either(first: f64, second: f64) -> f64 {
    if first.is_nan() { second } else { first }
}

/// How to read the records of one layout.
#[derive(Clone, Debug)]
pub(super) struct RecordPlan {
    layout: u64,
    plan: Plan,
    /// The last record. What the layout lacks stays NaN.
    row: [f64; ROW],
    has_packed: bool,
}

impl Default for RecordPlan {
    fn default() -> Self {
        Self {
            layout: 0,
            plan: Plan::default(),
            row: [f64::NAN; ROW],
            has_packed: false,
        }
    }
}

impl RecordPlan {
    /// Reads a message into `record`, which has the one before.
    #[inline]
    pub(super) fn read(
        &mut self,
        message: &Message<'_>,
        totals: &mut Option<Accumulator>,
        record: &mut Record,
    ) {
        if self.layout != message.layout().id {
            *self = Self::of(message);
            if self.has_packed && totals.is_none() {
                *totals = Some(record.totals());
            }
        }
        self.plan.fill(message.bytes(), &mut self.row);
        *record = Record::of(&self.row, message.timestamp());
        if let Some(totals) = totals {
            record.unpack(message, totals);
        }
    }

    #[cold]
    fn of(message: &Message<'_>) -> Self {
        let layout = message.layout();
        let mut plan = Plan::of(layout);
        let mut has_packed = false;
        let balance = field::LEFT_RIGHT_BALANCE.number;
        for column in layout.columns.iter().filter(|it| !it.definition.developer) {
            let number = column.definition.number;
            has_packed |= PACKED.contains(&number);
            let slot = FIELDS.iter().chain([&balance]).position(|it| *it == number);
            if let Some(slot) = slot.filter(|_| column.definition.size > 0) {
                plan.add(layout, column, 0, slot);
            }
        }
        Self {
            layout: layout.id,
            plan,
            has_packed,
            ..Self::default()
        }
    }
}

impl Record {
    /// What totals of which low bits follow are at this record.
    fn totals(&self) -> Accumulator {
        let mut totals = Accumulator::default();
        for (field, total) in [
            (field::DISTANCE, self.distance),
            (field::TOTAL_CYCLES, self.total_cycles),
            (field::ACCUMULATED_POWER, self.accumulated_power),
        ] {
            totals.start(&crate::profile::RECORD, field.number, total);
        }
        totals
    }
}
