use std::fmt;

use pipeline_plugin::Timestamp;
use sim::{Air, Peripheral};

/// Which devices to simulate, and how they behave: what follows `sim:`.
///
/// `esprm+belt?mtu=247&outages=3` is an ESP Rowing Monitor and a heart-rate belt; what follows the
/// question mark applies to each device that knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// Names of devices.
    pub(crate) devices: Vec<String>,
    /// Names and values, in the order in which they stand.
    pub(crate) options: Vec<(String, String)>,
}

/// What is wrong with a description.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DescriptionError {
    /// Occurs when there is no such device.
    #[error("there is no simulated device `{name}`")]
    Device {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<&'static str>,
    },
    /// Occurs when none of the devices knows that option.
    #[error("simulated devices have no option `{name}`")]
    Option {
        /// What was asked for.
        name: String,
        /// What these devices know.
        known: Vec<&'static str>,
    },
    /// Occurs when an option has no value, or one that can't be.
    #[error("`{value}` can't be the value of `{name}`: {reason}")]
    Value {
        /// Of which option.
        name: String,
        /// The value.
        value: String,
        /// What it can be.
        reason: String,
    },
}

impl Description {
    /// Reads what follows `sim:`.
    ///
    /// # Errors
    ///
    /// When an option has no value. Whether there are such devices is seen when they are made.
    pub fn parse(text: &str) -> Result<Self, DescriptionError> {
        let (devices, options) = text.split_once('?').unwrap_or((text, ""));
        let options = options.split('&').filter(|option| !option.is_empty());
        let options = options.map(|option| match option.split_once('=') {
            Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
            None => Err(DescriptionError::Value {
                name: option.to_owned(),
                value: String::new(),
                reason: format!("write `{option}=VALUE`"),
            }),
        });
        Ok(Self {
            devices: devices.split('+').map(str::to_owned).collect(),
            options: options.collect::<Result<_, _>>()?,
        })
    }

    /// The devices, switched on, each with what is between it and a central: for those who bring
    /// them to a central in another way than [`Simulated`](crate::Simulated) does.
    ///
    /// # Errors
    ///
    /// When there is no such device, or it has no such option.
    pub fn devices(&self) -> Result<Vec<Air<Box<dyn Peripheral + Send>>>, DescriptionError> {
        super::catalogue::devices(self)
    }

    /// How many times as fast as real time the devices are to run; `None`: as fast as possible.
    ///
    /// # Errors
    ///
    /// When the value is no positive number.
    pub fn speed(&self) -> Result<Option<f64>, DescriptionError> {
        let mut options = Options::new(&self.options);
        options.number("speed", 0.001, 1000.0)
    }

    /// When the devices are to be switched on, if not now: so that everything is the same each
    /// time.
    ///
    /// # Errors
    ///
    /// When the value is no time.
    pub fn start(&self) -> Result<Option<Timestamp>, DescriptionError> {
        let mut options = Options::new(&self.options);
        let Some(text) = options.text("start") else {
            return Ok(None);
        };
        let reason = "write a time such as 2026-07-24T10:30:00Z";
        let time = Timestamp::parse(text);
        time.map(Some).ok_or_else(|| value("start", text, reason))
    }
}

/// The options of a description, as the devices take them.
pub(crate) struct Options<'a> {
    options: &'a [(String, String)],
    /// Every name that was asked for.
    known: Vec<&'static str>,
}

impl<'a> Options<'a> {
    pub(crate) fn new(options: &'a [(String, String)]) -> Self {
        Self {
            options,
            known: vec!["speed", "start"],
        }
    }

    /// The last value of an option.
    pub(crate) fn text(&mut self, name: &'static str) -> Option<&'a str> {
        if !self.known.contains(&name) {
            self.known.push(name);
        }
        let of_name = |option: &&(String, String)| option.0 == name;
        let option = self.options.iter().rev().find(of_name);
        option.map(|(_, value)| value.as_str())
    }

    /// An option that is a number of a range.
    pub(crate) fn number(
        &mut self,
        name: &'static str,
        low: f64,
        high: f64,
    ) -> Result<Option<f64>, DescriptionError> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        match text.parse() {
            Ok(number) if (low..=high).contains(&number) => Ok(Some(number)),
            _ => Err(value(
                name,
                text,
                &format!("write a number from {low} to {high}"),
            )),
        }
    }

    /// An option that is a whole number of a range.
    pub(crate) fn whole<T: TryFrom<u64> + PartialOrd + fmt::Display + Copy>(
        &mut self,
        name: &'static str,
        low: T,
        high: T,
    ) -> Result<Option<T>, DescriptionError> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let number = text.parse::<u64>().ok();
        match number.and_then(|number| T::try_from(number).ok()) {
            Some(number) if (low..=high).contains(&number) => Ok(Some(number)),
            _ => Err(value(
                name,
                text,
                &format!("write a whole number from {low} to {high}"),
            )),
        }
    }

    /// An option that is one of some words.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        name: &'static str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, DescriptionError> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == text) {
            return Ok(Some(*choice));
        }
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let reason = format!("write one of {}", words.join(", "));
        Err(value(name, text, &reason))
    }

    /// Whether nobody asked for one of the options.
    pub(crate) fn check(self) -> Result<(), DescriptionError> {
        let unknown = |(name, _): &&(String, String)| !self.known.contains(&name.as_str());
        match self.options.iter().find(unknown) {
            Some((name, _)) => Err(DescriptionError::Option {
                name: name.clone(),
                known: self.known,
            }),
            None => Ok(()),
        }
    }
}

fn value(name: &str, value: &str, reason: &str) -> DescriptionError {
    DescriptionError::Value {
        name: name.to_owned(),
        value: value.to_owned(),
        reason: reason.to_owned(),
    }
}
