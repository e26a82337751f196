use super::RemoteError;

/// What a value of workout data is: a number of the document's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(pub u8);

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeyInfo {
    /// The number.
    pub key: Key,
    /// What it is called here.
    pub name: &'static str,
    /// The unit of values; empty for codes.
    pub unit: &'static str,
    /// Bytes in single values and combinations.
    pub width: usize,
    /// Bytes in dynamic data, where the document prints another width.
    pub dynamic: usize,
    /// What a value is multiplied with.
    scale: f64,
    /// What is added before.
    offset: f64,
    signed: bool,
}

#[rustfmt::skip]
const fn row(key: u8, name: &'static str, unit: &'static str, width: usize, scale: f64) -> KeyInfo {
    KeyInfo { key: Key(key), name, unit, width, dynamic: width, scale, offset: 0.0, signed: false }
}

const fn dynamic(info: KeyInfo, dynamic: usize) -> KeyInfo {
    KeyInfo { dynamic, ..info }
}

const fn grade(info: KeyInfo) -> KeyInfo {
    KeyInfo {
        offset: 90.0,
        dynamic: 1,
        ..info
    }
}

const fn position(info: KeyInfo) -> KeyInfo {
    KeyInfo {
        signed: true,
        ..info
    }
}

/// The document's table 4.6.2. Units that it leaves out are those of its examples.
#[rustfmt::skip]
static TABLE: [KeyInfo; 40] = [
    row(0, "sport", "", 1, 1.0),
    row(1, "sub_sport", "", 1, 1.0),
    row(2, "workout_state", "", 1, 1.0),
    dynamic(row(3, "calories", "kcal", 2, 1.0), 1),
    row(4, "moving_time", "s", 4, 1.0),
    row(5, "total_time", "s", 4, 1.0),
    row(6, "paused_time", "s", 4, 1.0),
    row(7, "distance", "m", 4, 100.0),
    row(8, "speed", "m/s", 2, 1000.0),
    row(9, "avg_moving_speed", "m/s", 2, 1000.0),
    row(10, "avg_speed", "m/s", 2, 1000.0),
    row(11, "max_speed", "m/s", 2, 1000.0),
    // No unit is given.
    dynamic(row(12, "pace", "", 1, 1.0), 2),
    dynamic(row(13, "avg_pace", "", 1, 1.0), 2),
    dynamic(row(14, "max_pace", "", 1, 1.0), 2),
    row(15, "elevation", "m", 2, 1.0),
    grade(row(16, "grade", "%", 2, 100.0)),
    row(17, "elevation_gain", "m", 4, 100.0),
    row(18, "elevation_loss", "m", 4, 100.0),
    grade(row(19, "avg_grade", "%", 2, 100.0)),
    // "m x100" is printed, but 16 bits would end at 655 m/h then.
    row(20, "vam", "m/h", 2, 1.0),
    row(21, "heart_rate", "bpm", 1, 1.0),
    row(22, "max_heart_rate", "bpm", 1, 1.0),
    row(23, "avg_heart_rate", "bpm", 1, 1.0),
    row(24, "heart_rate_of_max", "%", 1, 1.0),
    row(25, "heart_rate_of_threshold", "%", 1, 1.0),
    row(26, "cadence", "rpm", 1, 1.0),
    row(27, "max_cadence", "rpm", 1, 1.0),
    row(28, "avg_cadence", "rpm", 1, 1.0),
    dynamic(row(29, "power", "W", 2, 1.0), 1),
    row(30, "avg_power", "W", 2, 1.0),
    row(31, "max_power", "W", 2, 1.0),
    row(32, "power_3s", "W", 2, 1.0),
    row(33, "power_10s", "W", 2, 1.0),
    row(34, "power_30s", "W", 2, 1.0),
    // "% x100" is printed, but 8 bits would end at 2.55 % then.
    row(35, "power_of_threshold", "%", 1, 1.0),
    row(36, "normalized_power", "W", 1, 1.0),
    position(row(37, "latitude", "°", 4, 1e6)),
    position(row(38, "longitude", "°", 4, 1e6)),
    row(39, "gnss_state", "", 1, 1.0),
];

impl Key {
    /// 0: a [`Sport`].
    pub const SPORT: Self = Self(0);
    /// 2: a [`WorkoutState`].
    pub const WORKOUT_STATE: Self = Self(2);
    /// 4: seconds.
    pub const MOVING_TIME: Self = Self(4);
    /// 7: metres.
    pub const DISTANCE: Self = Self(7);
    /// 8: metres a second.
    pub const SPEED: Self = Self(8);
    /// 15: metres; there are none below the sea.
    pub const ELEVATION: Self = Self(15);
    /// 16: percent, at least -90.
    pub const GRADE: Self = Self(16);
    /// 17: metres.
    pub const ELEVATION_GAIN: Self = Self(17);
    /// 20: metres an hour.
    pub const VAM: Self = Self(20);
    /// 21: per minute.
    pub const HEART_RATE: Self = Self(21);
    /// 23: per minute.
    pub const AVG_HEART_RATE: Self = Self(23);
    /// 26: per minute.
    pub const CADENCE: Self = Self(26);
    /// 28: per minute.
    pub const AVG_CADENCE: Self = Self(28);
    /// 29: watts.
    pub const POWER: Self = Self(29);
    /// 30: watts.
    pub const AVG_POWER: Self = Self(30);
    /// 36: watts.
    pub const NORMALIZED_POWER: Self = Self(36);
    /// 37: degrees north.
    pub const LATITUDE: Self = Self(37);
    /// 38: degrees east.
    pub const LONGITUDE: Self = Self(38);

    /// Every key of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|info| info.key)
    }

    /// The key of that name.
    pub fn named(name: &str) -> Option<Self> {
        TABLE
            .iter()
            .find(|info| info.name == name)
            .map(|info| info.key)
    }

    /// Its row; `None` for a reserved number.
    pub fn info(self) -> Option<&'static KeyInfo> {
        TABLE.get(usize::from(self.0))
    }
}

/// A value of workout data, in the unit of its key; `NaN`: not measured.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// What it is.
    pub key: Key,
    /// How much.
    pub value: f64,
}

impl PartialEq for Field {
    /// Two values that weren't measured are equal.
    fn eq(&self, other: &Self) -> bool {
        let same = self.value.to_bits() == other.value.to_bits();
        self.key == other.key && (same || (self.value.is_nan() && other.value.is_nan()))
    }
}

impl Field {
    /// A value.
    pub const fn new(key: Key, value: f64) -> Self {
        Self { key, value }
    }

    /// Reads a value of one, two or four bytes: the document prints different widths for some keys.
    pub(super) fn decode(key: Key, bytes: &[u8], vam_scale: f64) -> Result<Self, RemoteError> {
        let info = key.info().ok_or(RemoteError::Key(key.0))?;
        let raw = match *bytes {
            [a] => f64::from(a),
            [a, b] => f64::from(u16::from_le_bytes([a, b])),
            [a, b, c, d] if info.signed => f64::from(i32::from_le_bytes([a, b, c, d])),
            [a, b, c, d] => f64::from(u32::from_le_bytes([a, b, c, d])),
            _ => return Err(RemoteError::Lengths("workout data")),
        };
        let value = raw / info.scale(bytes.len(), vam_scale) - info.offset;
        Ok(Self { key, value })
    }

    /// The value in so many bytes. It is rounded, and held within what fits; the largest number of a
    /// width is kept for "not measured".
    pub(super) fn encode(self, width: usize, vam_scale: f64) -> Result<Vec<u8>, RemoteError> {
        let info = self.key.info().ok_or(RemoteError::Key(self.key.0))?;
        if self.value.is_nan() {
            return Err(RemoteError::NotMeasured(info.name));
        }
        let raw = ((self.value + info.offset) * info.scale(width, vam_scale)).round();
        let mut bytes = if info.signed {
            let raw = raw.clamp(i32::MIN.into(), i32::MAX.into());
            #[expect(clippy::cast_possible_truncation, reason = "clamped")]
            (raw as i32).to_le_bytes()
        } else {
            let most = match width {
                1 => f64::from(u8::MAX),
                2 => f64::from(u16::MAX),
                _ => f64::from(u32::MAX),
            };
            let raw = raw.clamp(0.0, most - 1.0);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "clamped"
            )]
            (raw as u32).to_le_bytes()
        }
        .to_vec();
        bytes.truncate(width);
        Ok(bytes)
    }
}

impl KeyInfo {
    /// A grade in one byte is whole percent; a guess, since the document prints the width only.
    fn scale(&self, width: usize, vam_scale: f64) -> f64 {
        match self.key {
            Key::VAM => vam_scale,
            _ if self.offset > 0.0 && width == 1 => 1.0,
            _ => self.scale,
        }
    }
}

/// Several values in one packet of fixed form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// 200: sport, state, moving time, distance, speed, elevation, heart rate.
    One,
    /// 201: sport, elevation, grade, elevation gain, VAM.
    Two,
    /// 203 as printed, 202 by the order: sport, heart rate, cadence and power, and the averages of
    /// these three.
    Three,
}

impl Combine {
    /// Its keys, and the bytes of each.
    pub const fn layout(self) -> &'static [(Key, usize)] {
        match self {
            Self::One => &[
                (Key::SPORT, 1),
                (Key::WORKOUT_STATE, 1),
                (Key::MOVING_TIME, 4),
                (Key::DISTANCE, 4),
                (Key::SPEED, 2),
                (Key::ELEVATION, 2),
                (Key::HEART_RATE, 1),
            ],
            Self::Two => &[
                (Key::SPORT, 1),
                (Key::ELEVATION, 2),
                (Key::GRADE, 1),
                (Key::ELEVATION_GAIN, 4),
                (Key::VAM, 2),
            ],
            Self::Three => &[
                (Key::SPORT, 1),
                (Key::HEART_RATE, 1),
                (Key::CADENCE, 1),
                (Key::POWER, 2),
                (Key::AVG_HEART_RATE, 1),
                (Key::AVG_CADENCE, 1),
                (Key::AVG_POWER, 2),
            ],
        }
    }
}

/// Values of [`Key::SPORT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Sport {
    Generic = 0,
    Walking = 1,
    Running = 2,
    Cycling = 3,
    Hiking = 4,
    Swimming = 5,
    Skiing = 6,
    Travel = 7,
    Trainer = 8,
    IndoorCycling = 11,
    Virtual = 12,
    EBike = 13,
    Motorbike = 14,
}

impl Sport {
    /// The field with this sport.
    pub fn field(self) -> Field {
        Field::new(Key::SPORT, f64::from(self as u8))
    }
}

/// Values of [`Key::WORKOUT_STATE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names say it")]
pub enum WorkoutState {
    Recording = 0,
    Paused = 1,
    Ended = 2,
}

impl WorkoutState {
    /// The field with this state.
    pub fn field(self) -> Field {
        Field::new(Key::WORKOUT_STATE, f64::from(self as u8))
    }
}
