use crate::Error;
use crate::bytes::Bytes;

/// One notification of Rower Data (0x2AD1), which is a whole record or a part of one.
///
/// | bit | field | type | unit |
/// |---|---|---|---|
/// | 0 "More Data" | **0 = present:** stroke rate, stroke count | u8, u16 | 0.5/min, 1 |
/// | 1 | average stroke rate | u8 | 0.5/min |
/// | 2 | total distance | u24 | m |
/// | 3 | instantaneous pace | u16 | s/500 m |
/// | 4 | average pace | u16 | s/500 m |
/// | 5 | instantaneous power | s16 | W |
/// | 6 | average power | s16 | W |
/// | 7 | resistance level | s16, or u8 | 1 |
/// | 8 | total energy, energy per hour, per minute | u16, u16, u8 | kcal |
/// | 9 | heart rate | u8 | 1/min |
/// | 10 | metabolic equivalent | u8 | 0.1 |
/// | 11 | elapsed time | u16 | s |
/// | 12 | remaining time | u16 | s |
///
/// The resistance level has two bytes in version 1.0 of the standard and on every rower that was
/// looked at, one byte in a later supplement. It is read with one only if the value is exactly
/// one byte too short for two.
///
/// `None` means that the field is not in this notification, never zero: see
/// [`RowerRecord`](crate::RowerRecord).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RowerData {
    /// Whether another part of the same record follows.
    pub more_data: bool,
    /// Strokes per minute, in steps of a half.
    pub stroke_rate: Option<f64>,
    /// Strokes since the machine started or was reset; wraps at 65,536.
    pub stroke_count: Option<u16>,
    /// Mean strokes per minute.
    pub average_stroke_rate: Option<f64>,
    /// Metres since the machine started or was reset; wraps at 2²⁴.
    pub total_distance: Option<u32>,
    /// Seconds for 500 m. Machines say 0 or 65,535 when they stand still.
    pub instantaneous_pace: Option<u16>,
    /// Mean seconds for 500 m.
    pub average_pace: Option<u16>,
    /// Watts.
    pub instantaneous_power: Option<i16>,
    /// Mean watts.
    pub average_power: Option<i16>,
    /// Resistance in the machine's own measure; an ESP Rowing Monitor sends its drag factor,
    /// without a sign.
    pub resistance_level: Option<i16>,
    /// Energy.
    pub energy: Option<Energy>,
    /// Beats per minute; 0 when there is no belt.
    pub heart_rate: Option<u8>,
    /// Metabolic equivalent of task, in steps of a tenth.
    pub metabolic_equivalent: Option<f64>,
    /// Seconds of the training; wraps after 18 h 12 min.
    pub elapsed_time: Option<u16>,
    /// Seconds that are left of the training.
    pub remaining_time: Option<u16>,
    /// How many bytes follow the last known field.
    ///
    /// A Technogym Skillrow sets the reserved bit 13 and appends four (seen in captures).
    pub trailing: usize,
}

/// Energy as a fitness machine reckons it; `None` where it has no figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Energy {
    /// Kilocalories since the machine started or was reset.
    pub total: Option<u16>,
    /// Kilocalories per hour.
    pub per_hour: Option<u16>,
    /// Kilocalories per minute.
    pub per_minute: Option<u8>,
}

/// Stroke rates count halves.
const STROKE_RATE: f64 = 0.5;

/// A field that its flag announces, or `None`.
macro_rules! if_set {
    ($flag:expr, $read:expr) => {
        if $flag { Some($read) } else { None }
    };
}

impl RowerData {
    /// Decodes a value.
    ///
    /// # Errors
    ///
    /// When it ends before a field that its flags promise.
    pub fn decode(value: &[u8]) -> Result<Self, Error> {
        let mut bytes = Bytes::new("Rower Data", value);
        let bytes = &mut bytes;
        let flags = bytes.u16("flags")?;
        let has = |bit: u8| flags & 1 << bit != 0;
        let more_data = has(0);
        let rate = |raw: u8| f64::from(raw) * STROKE_RATE;
        // A struct's fields are read in the order in which they are written.
        Ok(Self {
            more_data,
            stroke_rate: if_set!(!more_data, rate(bytes.u8("stroke rate")?)),
            stroke_count: if_set!(!more_data, bytes.u16("stroke count")?),
            average_stroke_rate: if_set!(has(1), rate(bytes.u8("average stroke rate")?)),
            total_distance: if_set!(has(2), bytes.u24("total distance")?),
            instantaneous_pace: if_set!(has(3), bytes.u16("instantaneous pace")?),
            average_pace: if_set!(has(4), bytes.u16("average pace")?),
            instantaneous_power: if_set!(has(5), bytes.i16("instantaneous power")?),
            average_power: if_set!(has(6), bytes.i16("average power")?),
            resistance_level: if_set!(has(7), resistance(bytes, flags)?),
            energy: if_set!(has(8), energy(bytes)?),
            heart_rate: if_set!(has(9), bytes.u8("heart rate")?),
            metabolic_equivalent: if_set!(
                has(10),
                f64::from(bytes.u8("metabolic equivalent")?) / 10.0
            ),
            elapsed_time: if_set!(has(11), bytes.u16("elapsed time")?),
            remaining_time: if_set!(has(12), bytes.u16("remaining time")?),
            trailing: bytes.rest().len(),
        })
    }

    /// The heart rate, unless there is no belt.
    pub fn bpm(&self) -> Option<u8> {
        self.heart_rate.filter(|bpm| (1..=254).contains(bpm))
    }

    /// Metres per second from the pace; 0 when the machine stands still.
    pub fn speed(&self) -> Option<f64> {
        self.instantaneous_pace.map(|pace| match pace {
            0 | u16::MAX => 0.0,
            pace => 500.0 / f64::from(pace),
        })
    }
}

/// Bytes of the fields after the resistance level.
fn after_resistance(flags: u16) -> usize {
    const SIZES: [(u8, usize); 5] = [(8, 5), (9, 1), (10, 1), (11, 2), (12, 2)];
    let present = SIZES.iter().filter(|(bit, _)| flags & 1 << bit != 0);
    present.map(|(_, size)| size).sum()
}

fn resistance(bytes: &mut Bytes<'_>, flags: u16) -> Result<i16, Error> {
    const FIELD: &str = "resistance level";
    if bytes.rest().len() == 1 + after_resistance(flags) {
        bytes.u8(FIELD).map(i16::from)
    } else {
        bytes.i16(FIELD)
    }
}

fn energy(bytes: &mut Bytes<'_>) -> Result<Energy, Error> {
    let total = bytes.u16("total energy")?;
    let per_hour = bytes.u16("energy per hour")?;
    let per_minute = bytes.u8("energy per minute")?;
    Ok(Energy {
        total: (total != u16::MAX).then_some(total),
        per_hour: (per_hour != u16::MAX).then_some(per_hour),
        per_minute: (per_minute != u8::MAX).then_some(per_minute),
    })
}
