use crate::Error;
use crate::bytes::head;

/// Settings: how the monitor measures.
///
/// | offset | field | type | unit |
/// |---|---|---|---|
/// | 0 | bits 0-1 delta times, 2-3 SD card, 4-6 log level, 7 may be changed | u8 | |
/// | 1-8 | [`MachineSettings`] | | |
/// | 9-10 | [`SensorSignalSettings`] | | |
/// | 11-17 | [`DragFactorSettings`] | | |
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Whether the times between impulses are sent.
    pub delta_times: Logging,
    /// Whether they are written to an SD card.
    pub sd_card: Logging,
    /// How much the monitor tells on its serial port.
    pub log_level: LogLevel,
    /// Whether this build lets the settings be changed.
    pub runtime_settings: bool,
    /// The flywheel and what drives it.
    pub machine: MachineSettings,
    /// How impulses and pauses are told apart.
    pub sensor: SensorSignalSettings,
    /// How the drag factor is reckoned.
    pub drag_factor: DragFactorSettings,
}

/// Whether something is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logging {
    /// The firmware was built without.
    NotSupported,
    /// No.
    Off,
    /// Yes.
    On,
    /// A value that the firmware does not use.
    Unknown,
}

/// How much the monitor tells on its serial port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum LogLevel {
    Silent = 0,
    Fatal = 1,
    Error = 2,
    Warning = 3,
    Info = 4,
    Trace = 5,
    Verbose = 6,
    /// A value that the firmware does not use.
    Unknown = 7,
}

/// The flywheel and what drives it.
///
/// | offset | field | type | unit |
/// |---|---|---|---|
/// | 0 | moment of inertia | f32 | kg m² |
/// | 4 | magic constant | u8 | 1/35 |
/// | 5 | impulses in a revolution | u8 | 1 |
/// | 6 | radius of the sprocket | u16 | 10⁻⁵ m |
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MachineSettings {
    /// Moment of inertia of the flywheel, in kg m².
    pub flywheel_inertia: f32,
    /// The factor between the cube of the speed and the power: 2.8 on a Concept2.
    pub magic_constant: f64,
    /// Impulses in a revolution of the flywheel, 1 to 12.
    pub impulses_per_revolution: u8,
    /// Radius of the sprocket on which the chain runs, in metres.
    pub sprocket_radius: f64,
}

/// How impulses and pauses are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SensorSignalSettings {
    /// Impulses that follow sooner than this, in milliseconds, are noise.
    pub debounce_time: u8,
    /// Without a drive for this long, in seconds, the monitor takes the row for stopped. At least 4.
    pub stop_threshold: u8,
}

/// How the drag factor is reckoned from a recovery.
///
/// | offset | field | type | unit |
/// |---|---|---|---|
/// | 0 | goodness of fit | u8 | 1/255 |
/// | 1 | longest recovery | u8 | s |
/// | 2, 4 | lowest and highest drag factor | u16, u16 | 10⁻⁶ N m s² |
/// | 6 | recoveries of the mean | u8 | 1 |
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DragFactorSettings {
    /// How well a recovery must fit to count, 0 to 1.
    pub goodness_of_fit: f64,
    /// Recoveries of more seconds than this don't count.
    pub max_recovery: u8,
    /// Lower drag factors don't count, in 10⁻⁶ N m s².
    pub lower: u16,
    /// Higher drag factors don't count, in 10⁻⁶ N m s².
    pub upper: u16,
    /// Over how many recoveries the mean is taken, at least 1.
    pub array_length: u8,
}

/// Units of a byte or word, for a unit of the setting.
const MAGIC_CONSTANT: f64 = 35.0;
const SPROCKET_RADIUS: f64 = 1e5;
const GOODNESS_OF_FIT: f64 = 255.0;

impl Settings {
    /// Decodes a value of 18 bytes or more.
    ///
    /// # Errors
    ///
    /// When there are fewer.
    pub fn decode(value: &[u8]) -> Result<Self, Error> {
        let [
            flags,
            i0,
            i1,
            i2,
            i3,
            magic,
            impulses,
            s0,
            s1,
            debounce_time,
            stop_threshold,
            fit,
            max_recovery,
            l0,
            l1,
            u0,
            u1,
            array_length,
        ] = head("Settings", value)?;
        Ok(Self {
            delta_times: Logging::decode(flags),
            sd_card: Logging::decode(flags >> 2),
            log_level: LogLevel::decode(flags >> 4),
            runtime_settings: flags & 0x80 != 0,
            machine: MachineSettings {
                flywheel_inertia: f32::from_le_bytes([i0, i1, i2, i3]),
                magic_constant: f64::from(magic) / MAGIC_CONSTANT,
                impulses_per_revolution: impulses,
                sprocket_radius: f64::from(u16::from_le_bytes([s0, s1])) / SPROCKET_RADIUS,
            },
            sensor: SensorSignalSettings {
                debounce_time,
                stop_threshold,
            },
            drag_factor: DragFactorSettings {
                goodness_of_fit: f64::from(fit) / GOODNESS_OF_FIT,
                max_recovery,
                lower: u16::from_le_bytes([l0, l1]),
                upper: u16::from_le_bytes([u0, u1]),
                array_length,
            },
        })
    }
}

impl Logging {
    fn decode(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::NotSupported,
            1 => Self::Off,
            2 => Self::On,
            _ => Self::Unknown,
        }
    }
}

impl LogLevel {
    fn decode(bits: u8) -> Self {
        match bits & 7 {
            0 => Self::Silent,
            1 => Self::Fatal,
            2 => Self::Error,
            3 => Self::Warning,
            4 => Self::Info,
            5 => Self::Trace,
            6 => Self::Verbose,
            _ => Self::Unknown,
        }
    }
}

impl MachineSettings {
    /// How far the handle moves from one impulse to the next, in metres; `None` where the settings
    /// don't say.
    pub fn handle_step(&self) -> Option<f64> {
        let impulses = f64::from(self.impulses_per_revolution);
        let step = std::f64::consts::TAU / impulses * self.sprocket_radius;
        (step.is_finite() && step > 0.0).then_some(step)
    }

    pub(crate) fn encode(&self) -> Result<[u8; 8], Error> {
        let inertia = f64::from(self.flywheel_inertia);
        within(
            "flywheel inertia",
            inertia,
            0.0..=f64::from(f32::MAX),
            "0 and above",
        )?;
        let impulses = f64::from(self.impulses_per_revolution);
        within("impulses per revolution", impulses, 1.0..=12.0, "1 to 12")?;
        let magic = scaled(
            "magic constant",
            self.magic_constant,
            MAGIC_CONSTANT,
            "0 to 7.28",
        )?;
        let radius = self.sprocket_radius;
        let radius: u16 = scaled("sprocket radius", radius, SPROCKET_RADIUS, "0 to 0.65535 m")?;
        let [i0, i1, i2, i3] = self.flywheel_inertia.to_le_bytes();
        let [s0, s1] = radius.to_le_bytes();
        Ok([i0, i1, i2, i3, magic, self.impulses_per_revolution, s0, s1])
    }
}

impl SensorSignalSettings {
    pub(crate) fn encode(self) -> Result<[u8; 2], Error> {
        let debounce = f64::from(self.debounce_time);
        within("debounce time", debounce, 1.0..=255.0, "1 to 255 ms")?;
        let threshold = f64::from(self.stop_threshold);
        within("stop threshold", threshold, 4.0..=255.0, "4 to 255 s")?;
        Ok([self.debounce_time, self.stop_threshold])
    }
}

impl DragFactorSettings {
    pub(crate) fn encode(&self) -> Result<[u8; 7], Error> {
        let fit = scaled(
            "goodness of fit",
            self.goodness_of_fit,
            GOODNESS_OF_FIT,
            "0 to 1",
        )?;
        let length = f64::from(self.array_length);
        within("drag factor array length", length, 1.0..=255.0, "1 to 255")?;
        let [l0, l1] = self.lower.to_le_bytes();
        let [u0, u1] = self.upper.to_le_bytes();
        Ok([fit, self.max_recovery, l0, l1, u0, u1, self.array_length])
    }
}

fn within(
    setting: &'static str,
    value: f64,
    bounds: std::ops::RangeInclusive<f64>,
    range: &'static str,
) -> Result<(), Error> {
    if bounds.contains(&value) {
        Ok(())
    } else {
        Err(Error::OutOfRange {
            setting,
            value,
            range,
        })
    }
}

/// A setting as the integer that the monitor holds.
pub(crate) fn scaled<I: TryFrom<i32>>(
    setting: &'static str,
    value: f64,
    factor: f64,
    range: &'static str,
) -> Result<I, Error> {
    let out_of_range = Error::OutOfRange {
        setting,
        value,
        range,
    };
    let raw = (value * factor).round();
    // What is not finite does not fit either.
    if !(f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&raw) {
        return Err(out_of_range);
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole and within the bounds"
    )]
    I::try_from(raw as i32).map_err(|_| out_of_range)
}
