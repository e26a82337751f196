use serde_json::Value;

use crate::document::{Document, DocumentError};

/// What `settings.json` or `Setting.json` says, in plain terms.
///
/// `None` is what the file doesn't have, or has in a form that isn't known; it isn't written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// `en`, `it`, `ko`, `ja`, `de`, `es`, `fr`, `zh-cn`, `zh-hk`, `zh-tw`, `pt-pt`, `pt-br`.
    pub language: Option<String>,
    /// Miles and feet instead of kilometres and metres.
    pub imperial: Option<bool>,
    /// Fahrenheit instead of Celsius.
    pub fahrenheit: Option<bool>,
    /// A clock of twelve hours; NAV ignores it.
    pub twelve_hours: Option<bool>,
    /// When there is light.
    pub backlight: Option<Backlight>,
    /// Pauses when the bicycle stands. The device writes 0 for on.
    pub auto_pause: Option<bool>,
    /// Old rides make room for new ones. The device writes 0 for on; NAV ignores it.
    pub overwrite: Option<bool>,
    /// Keys beep.
    pub key_tone: Option<bool>,
    /// When a lap ends; since format 2.0.2.
    pub lap: Option<LapTrigger>,
}

/// When there is light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backlight {
    /// For a while after a key was pressed.
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

/// When a lap ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LapTrigger {
    /// Never.
    Manual,
    /// At a place, whose coordinates stay as the device has them.
    Location,
    /// After so many metres, 1 to 100,000.
    Distance(u32),
    /// After so many seconds, 10 to 86,400.
    Time(u32),
}

const LAP_MODE: [&str; 3] = ["settings", "lap", "mode"];
const LAP_VALUE: [&str; 3] = ["settings", "lap", "value"];

impl Settings {
    /// Reads what is there.
    pub fn read(document: &Document) -> Self {
        let text = |key| document.get(&["settings", key]).ok().flatten();
        let number = |key| number(document, &["settings", key]);
        // 1 is the second choice, or `true`.
        let choice = |key| number(key).filter(|it| *it <= 1).map(|it| it == 1);
        Self {
            language: text("language_i18n"),
            imperial: choice("unit"),
            fahrenheit: choice("temperature_unit"),
            twelve_hours: choice("time_formatter"),
            backlight: match number("backlight") {
                Some(0) => Some(Backlight::Auto),
                Some(1) => Some(Backlight::On),
                Some(2) => Some(Backlight::Off),
                _ => None,
            },
            auto_pause: choice("auto_pause").map(|off| !off),
            overwrite: choice("overwrite").map(|off| !off),
            key_tone: choice("keytone"),
            lap: LapTrigger::read(document),
        }
    }

    /// Writes what differs from the document, and nothing else.
    ///
    /// # Errors
    ///
    /// [`DocumentError::Missing`] when the device has no such setting, [`DocumentError::Range`] for
    /// laps of impossible length; the document may then be half changed.
    pub fn write(&self, document: &mut Document) -> Result<(), DocumentError> {
        let before = Self::read(document);
        for ((key, before), (_, after)) in before.values().into_iter().zip(self.values()) {
            if let Some(after) = after.filter(|after| Some(after) != before.as_ref()) {
                put(document, &["settings", key], &after)?;
            }
        }
        match self.lap {
            Some(lap) if self.lap != before.lap => lap.write(document),
            _ => Ok(()),
        }
    }

    /// The values as the device spells them.
    fn values(&self) -> [(&'static str, Option<Value>); 8] {
        let code = |choice: bool| Value::from(u8::from(choice));
        let backlight = self.backlight.map(|backlight| match backlight {
            Backlight::Auto => Value::from(0),
            Backlight::On => Value::from(1),
            Backlight::Off => Value::from(2),
        });
        [
            ("language_i18n", self.language.clone().map(Value::from)),
            ("unit", self.imperial.map(code)),
            ("temperature_unit", self.fahrenheit.map(code)),
            ("time_formatter", self.twelve_hours.map(code)),
            ("backlight", backlight),
            ("auto_pause", self.auto_pause.map(|on| code(!on))),
            ("overwrite", self.overwrite.map(|on| code(!on))),
            ("keytone", self.key_tone.map(Value::from)),
        ]
    }
}

impl LapTrigger {
    fn read(document: &Document) -> Option<Self> {
        let value = || u32::try_from(number(document, &LAP_VALUE)?).ok();
        match number(document, &LAP_MODE)? {
            0 => Some(Self::Manual),
            1 => Some(Self::Location),
            2 => Some(Self::Distance(value()?)),
            3 => Some(Self::Time(value()?)),
            _ => None,
        }
    }

    fn write(self, document: &mut Document) -> Result<(), DocumentError> {
        let (mode, value) = match self {
            Self::Manual => (0, None),
            Self::Location => (1, None),
            Self::Distance(metres) => (2, Some((metres, 1..=100_000, "1 to 100,000 m"))),
            Self::Time(seconds) => (3, Some((seconds, 10..=86_400, "10 to 86,400 s"))),
        };
        if let Some((value, range, expected)) = value {
            if !range.contains(&value) {
                let path = LAP_VALUE.join(".");
                return Err(DocumentError::Range { path, expected });
            }
            put(document, &LAP_MODE, &Value::from(mode))?;
            // Devices leave it out where the mode needs none.
            return document.set(&LAP_VALUE, &value);
        }
        put(document, &LAP_MODE, &Value::from(mode))
    }
}

/// What `user_profile.json` says of the rider, in the device's numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserProfile {
    /// Highest heart rate, per minute.
    pub max_heart_rate: Option<f64>,
    /// Heart rate at the lactate threshold, per minute.
    pub threshold_heart_rate: Option<f64>,
    /// Functional threshold power, in watts.
    pub threshold_power: Option<f64>,
    /// Heart rate that warns, per minute.
    pub alarm_heart_rate: Option<f64>,
    /// Speed that warns; its unit isn't known.
    pub alarm_speed: Option<f64>,
    /// Weight, in kilograms; the device counts grams.
    pub weight: Option<f64>,
    /// Height; its unit isn't known.
    pub height: Option<f64>,
    /// A number; its meaning isn't known.
    pub gender: Option<f64>,
    /// A number; its meaning isn't known.
    pub birthday: Option<f64>,
    /// Offset of local time, in seconds east of UTC.
    pub time_zone: Option<f64>,
}

/// The device counts grams.
const GRAMS: f64 = 1000.0;

impl UserProfile {
    /// Reads what is there.
    pub fn read(document: &Document) -> Self {
        let number = |key| document.get(&["user_profile", key]).ok().flatten();
        Self {
            max_heart_rate: number("MAXHR"),
            threshold_heart_rate: number("LTHR"),
            threshold_power: number("FTP"),
            alarm_heart_rate: number("ALAHR"),
            alarm_speed: number("ALASPEED"),
            weight: number("weight").map(|grams: f64| grams / GRAMS),
            height: number("height"),
            gender: number("gender"),
            birthday: number("birthday"),
            time_zone: number("time_zone"),
        }
    }

    /// Writes what differs from the document, rounded to whole numbers, and nothing else.
    ///
    /// # Errors
    ///
    /// [`DocumentError::Missing`] when the device doesn't know it, [`DocumentError::Range`] for what
    /// isn't a number.
    pub fn write(&self, document: &mut Document) -> Result<(), DocumentError> {
        let before = Self::read(document).values();
        for ((key, before), (_, after)) in before.into_iter().zip(self.values()) {
            let Some(after) = after.filter(|_| after != before) else {
                continue;
            };
            let path = ["user_profile", key];
            if !after.is_finite() || after.abs() > 1e15 {
                return Err(DocumentError::Range {
                    path: path.join("."),
                    expected: "a number",
                });
            }
            #[expect(clippy::cast_possible_truncation, reason = "checked above")]
            put(document, &path, &Value::from(after.round() as i64))?;
        }
        Ok(())
    }

    fn values(&self) -> [(&'static str, Option<f64>); 10] {
        [
            ("MAXHR", self.max_heart_rate),
            ("LTHR", self.threshold_heart_rate),
            ("FTP", self.threshold_power),
            ("ALAHR", self.alarm_heart_rate),
            ("ALASPEED", self.alarm_speed),
            ("weight", self.weight.map(|weight| weight * GRAMS)),
            ("height", self.height),
            ("gender", self.gender),
            ("birthday", self.birthday),
            ("time_zone", self.time_zone),
        ]
    }
}

/// A whole number, or `true` and `false` for 1 and 0.
fn number(document: &Document, path: &[&str]) -> Option<u64> {
    match document.get(path).ok().flatten()? {
        Value::Bool(choice) => Some(choice.into()),
        value => value.as_u64(),
    }
}

/// Replaces a value that is there, in its own form: one device's `true` is another's 1.
fn put(document: &mut Document, path: &[&str], value: &Value) -> Result<(), DocumentError> {
    let before: Option<Value> = document.get(path)?;
    match (before, value) {
        (None, _) => Err(DocumentError::Missing(path.join("."))),
        (Some(Value::Number(_)), Value::Bool(choice)) => document.set(path, &u8::from(*choice)),
        (Some(Value::Bool(_)), Value::Number(_)) => {
            document.set(path, &(value.as_u64() == Some(1)))
        }
        _ => document.set(path, value),
    }
}
