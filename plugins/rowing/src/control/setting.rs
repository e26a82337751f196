use std::fmt::Display;

use esprm::{BleService, LogLevel, Logging, StrokeDetection, StrokeDetectionSettings};
use pipeline_plugin::units;

use super::Known;

/// A setting of an ESP Rowing Monitor, as people name it.
#[derive(Clone, Copy)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    show: fn(&Known) -> Option<String>,
    set: fn(&mut Known, &str) -> Result<(), String>,
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Setting {
    /// All settings.
    pub const ALL: &[Self] = SETTINGS;

    /// The one of that name.
    pub fn find(name: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.name == name)
    }

    /// Its value with its unit; `None` where the monitor's firmware does not have it.
    pub fn show(&self, known: &Known) -> Option<String> {
        (self.show)(known)
    }

    /// Sets it.
    ///
    /// # Errors
    ///
    /// What to write instead. Whether the monitor takes the value is seen when it is asked.
    pub fn set(&self, known: &mut Known, value: &str) -> Result<(), String> {
        (self.set)(known, value)
    }
}

const fn setting(
    name: &'static str,
    about: &'static str,
    show: fn(&Known) -> Option<String>,
    set: fn(&mut Known, &str) -> Result<(), String>,
) -> Setting {
    Setting {
        name,
        about,
        show,
        set,
    }
}

const SERVICES: &[(&str, BleService)] = &[
    ("cps", BleService::CyclingPower),
    ("csc", BleService::CyclingSpeedAndCadence),
    ("ftms", BleService::FitnessMachine),
];

const LEVELS: &[(&str, LogLevel)] = &[
    ("silent", LogLevel::Silent),
    ("fatal", LogLevel::Fatal),
    ("error", LogLevel::Error),
    ("warning", LogLevel::Warning),
    ("info", LogLevel::Info),
    ("trace", LogLevel::Trace),
    ("verbose", LogLevel::Verbose),
];

const SWITCH: &[(&str, Logging)] = &[("on", Logging::On), ("off", Logging::Off)];

const DETECTIONS: &[(&str, StrokeDetection)] = &[
    ("torque", StrokeDetection::Torque),
    ("slope", StrokeDetection::Slope),
    ("both", StrokeDetection::Both),
];

/// One line a setting: name, meaning, how it is shown, how it is set.
const SETTINGS: &[Setting] = &[
    setting(
        "bluetooth-service",
        "sensor that it is: cps (cycling power), csc (speed and cadence), ftms (rower)",
        |known| word(SERVICES, known.service),
        |known, text| choose(SERVICES, text).map(|it| known.service = it),
    ),
    setting(
        "log-level",
        "how much it tells on its serial port",
        |known| word(LEVELS, known.settings.log_level),
        |known, text| choose(LEVELS, text).map(|it| known.settings.log_level = it),
    ),
    setting(
        "delta-times",
        "whether it sends the times between impulses",
        |known| word(SWITCH, known.settings.delta_times),
        |known, text| switch(&mut known.settings.delta_times, text),
    ),
    setting(
        "sd-card",
        "whether it writes them to an SD card",
        |known| word(SWITCH, known.settings.sd_card),
        |known, text| switch(&mut known.settings.sd_card, text),
    ),
    setting(
        "flywheel-inertia",
        "moment of inertia of the flywheel, in kg m²",
        |known| Some(known.settings.machine.flywheel_inertia.to_string()),
        |known, text| number(text).map(|it| known.settings.machine.flywheel_inertia = it),
    ),
    setting(
        "magic-constant",
        "power in watts at 1 m/s, 2.8 on a Concept2",
        |known| Some(decimals(known.settings.machine.magic_constant)),
        |known, text| number(text).map(|it| known.settings.machine.magic_constant = it),
    ),
    setting(
        "impulses-per-revolution",
        "impulses in a revolution of the flywheel",
        |known| Some(known.settings.machine.impulses_per_revolution.to_string()),
        |known, text| number(text).map(|it| known.settings.machine.impulses_per_revolution = it),
    ),
    setting(
        "sprocket-radius",
        "radius of the sprocket on which the chain runs",
        |known| {
            let radius = known.settings.machine.sprocket_radius * 100.0;
            Some(format!("{} cm", decimals(radius)))
        },
        |known, text| {
            let radius = text.parse::<units::Length>()?;
            known.settings.machine.sprocket_radius = radius.value();
            Ok(())
        },
    ),
    setting(
        "debounce-time",
        "impulses that follow sooner are noise",
        |known| Some(format!("{} ms", known.settings.sensor.debounce_time)),
        |known, text| time(text, 0.001).map(|it| known.settings.sensor.debounce_time = it),
    ),
    setting(
        "stop-threshold",
        "without a drive for this long the row has stopped",
        |known| Some(format!("{} s", known.settings.sensor.stop_threshold)),
        |known, text| time(text, 1.0).map(|it| known.settings.sensor.stop_threshold = it),
    ),
    setting(
        "goodness-of-fit",
        "how well a recovery must fit to count for the drag factor, 0 to 1",
        |known| Some(decimals(known.settings.drag_factor.goodness_of_fit)),
        |known, text| number(text).map(|it| known.settings.drag_factor.goodness_of_fit = it),
    ),
    setting(
        "max-recovery",
        "longer recoveries don't count for the drag factor",
        |known| Some(format!("{} s", known.settings.drag_factor.max_recovery)),
        |known, text| time(text, 1.0).map(|it| known.settings.drag_factor.max_recovery = it),
    ),
    setting(
        "lowest-drag-factor",
        "lower drag factors don't count",
        |known| Some(known.settings.drag_factor.lower.to_string()),
        |known, text| number(text).map(|it| known.settings.drag_factor.lower = it),
    ),
    setting(
        "highest-drag-factor",
        "higher drag factors don't count",
        |known| Some(known.settings.drag_factor.upper.to_string()),
        |known, text| number(text).map(|it| known.settings.drag_factor.upper = it),
    ),
    setting(
        "drag-factor-strokes",
        "over how many recoveries the mean of the drag factor is taken",
        |known| Some(known.settings.drag_factor.array_length.to_string()),
        |known, text| number(text).map(|it| known.settings.drag_factor.array_length = it),
    ),
    setting(
        "stroke-detection",
        "what tells drive from recovery: torque, slope, both",
        |known| word(DETECTIONS, known.strokes?.detection),
        |known, text| set_stroke(known, choose(DETECTIONS, text), |it| &mut it.detection),
    ),
    setting(
        "impulse-array-length",
        "how many impulses are looked at for that",
        |known| Some(known.strokes?.impulse_array_length.to_string()),
        |known, text| set_stroke(known, number(text), |it| &mut it.impulse_array_length),
    ),
    setting(
        "powered-torque",
        "with less torque it is no drive, in N m",
        |known| Some(decimals(known.strokes?.minimum_powered_torque)),
        |known, text| set_stroke(known, number(text), |it| &mut it.minimum_powered_torque),
    ),
    setting(
        "drag-torque",
        "with less torque it is a recovery, in N m",
        |known| Some(decimals(known.strokes?.minimum_drag_torque)),
        |known, text| set_stroke(known, number(text), |it| &mut it.minimum_drag_torque),
    ),
    setting(
        "recovery-slope",
        "the least slope of a recovery",
        |known| Some(decimals(known.strokes?.minimum_recovery_slope)),
        |known, text| set_stroke(known, number(text), |it| &mut it.minimum_recovery_slope),
    ),
    setting(
        "recovery-time",
        "a recovery lasts at least this long",
        |known| Some(format!("{} ms", known.strokes?.minimum_recovery_time)),
        |known, text| set_stroke(known, time(text, 0.001), |it| &mut it.minimum_recovery_time),
    ),
    setting(
        "drive-time",
        "a drive lasts at least this long",
        |known| Some(format!("{} ms", known.strokes?.minimum_drive_time)),
        |known, text| set_stroke(known, time(text, 0.001), |it| &mut it.minimum_drive_time),
    ),
    setting(
        "force-capacity",
        "how many forces of a drive are kept",
        |known| Some(known.strokes?.force_capacity.to_string()),
        |known, text| set_stroke(known, number(text), |it| &mut it.force_capacity),
    ),
];

/// The word for a value.
fn word<T: PartialEq + Copy>(words: &[(&str, T)], value: T) -> Option<String> {
    let known = words.iter().find(|(_, known)| *known == value);
    known.map(|(word, _)| (*word).to_owned())
}

/// The value of a word.
fn choose<T: Copy>(words: &[(&str, T)], text: &str) -> Result<T, String> {
    let known = words.iter().find(|(word, _)| *word == text);
    known.map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        format!("write one of {}", words.join(", "))
    })
}

/// A number: whole where the setting is.
fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is no number, or none that the monitor could hold"))
}

/// A time in units of that many seconds.
fn time<T: TryFrom<u32>>(text: &str, unit: f64) -> Result<T, String> {
    let count = (text.parse::<units::Duration>()?.value() / unit).round();
    let whole = (0.0..=f64::from(u32::MAX)).contains(&count);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole and within the bounds"
    )]
    let count = whole.then_some(count as u32);
    let fitting = count.and_then(|count| T::try_from(count).ok());
    fitting.ok_or_else(|| format!("`{text}` is longer than the monitor could hold"))
}

/// Three decimals at most.
fn decimals(value: impl Display + Into<f64>) -> String {
    let rounded = (value.into() * 1000.0).round() / 1000.0;
    rounded.to_string()
}

fn switch(logging: &mut Logging, text: &str) -> Result<(), String> {
    if *logging == Logging::NotSupported {
        return Err("the monitor's firmware was built without that".to_owned());
    }
    *logging = choose(SWITCH, text)?;
    Ok(())
}

/// Sets one of what tells strokes, if the value is one and the firmware has it.
fn set_stroke<T>(
    known: &mut Known,
    value: Result<T, String>,
    place: fn(&mut StrokeDetectionSettings) -> &mut T,
) -> Result<(), String> {
    let value = value?;
    match &mut known.strokes {
        Some(strokes) if strokes.slope_margin.is_none() => {
            *place(strokes) = value;
            Ok(())
        }
        _ => Err("the monitor's firmware is from before 2025-12-12; update it first".to_owned()),
    }
}
