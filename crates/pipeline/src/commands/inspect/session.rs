//! Laps and sessions.

use fit::Message;
use fit::profile::{lap, session};

use super::maker::numbered;
use super::quoted;
use super::totals::{self, Habit, Totals, named, raw};
use super::zones::{Zones, index};
use crate::words;

/// The developer field of a session that says how its calories came about; `fit` writes it.
const CALORIES_METHOD: &str = "CaloriesMethod";

/// A session of a FIT file, or an activity of a TCX file.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    /// Its number among the sessions, as other messages refer to it.
    pub(super) index: Option<u32>,
    /// The name of the profile, or the number where it has none.
    pub(super) sport: Option<String>,
    pub(super) sub_sport: Option<String>,
    /// What the device calls the sport.
    pub(super) profile_name: Option<String>,
    pub(super) totals: Totals,
    /// How the calories came about.
    pub(super) calories_method: Option<String>,
    pub(super) laps: Option<u32>,
    pub(super) heart_rate_zones: Option<Zones>,
    pub(super) power_zones: Option<Zones>,
}

/// A lap.
#[derive(Clone, Debug, Default)]
pub(super) struct Lap {
    /// Its number among the laps, as other messages refer to it.
    pub(super) index: Option<u32>,
    pub(super) sport: Option<String>,
    pub(super) sub_sport: Option<String>,
    pub(super) totals: Totals,
    /// What ended it.
    pub(super) trigger: Option<String>,
    /// Whether it was work or rest.
    pub(super) intensity: Option<String>,
    pub(super) heart_rate_zones: Option<Zones>,
}

impl Session {
    pub(super) fn of(message: &Message<'_>) -> Self {
        let text = |field: u8| message.text_of(field).map(std::borrow::Cow::into_owned);
        let method = message.field_named(CALORIES_METHOD);
        let method = method.filter(|field| field.developer().is_some());
        Self {
            index: index(message, session::MESSAGE_INDEX),
            sport: named(message, session::SPORT),
            sub_sport: named(message, session::SUB_SPORT),
            profile_name: text(session::SPORT_PROFILE_NAME.number),
            totals: Totals::of(message, &totals::SESSION),
            calories_method: method
                .and_then(|field| field.text())
                .map(std::borrow::Cow::into_owned),
            laps: raw(message, session::NUM_LAPS),
            heart_rate_zones: Zones::of_session(message),
            power_zones: Zones::power_of_session(message),
        }
    }

    pub(super) fn habit(&self) -> Habit {
        habit(self.sport.as_deref(), self.sub_sport.as_deref())
    }

    /// `indoor rowing`, `running, trail`, `sport 11`; with the device's own name for it.
    pub(super) fn sport_text(&self) -> Option<String> {
        let sport = self.sport.as_deref()?;
        let sub_sport = self.sub_sport.as_deref().filter(|name| *name != "generic");
        // In TCX the name is the file's own.
        let sport = &words::clean(sport);
        let mut text = match sub_sport {
            Some(name) if name.contains(sport.as_str()) => numbered("sub-sport", name),
            Some(name) => format!(
                "{}, {}",
                numbered("sport", sport),
                numbered("sub-sport", name)
            ),
            None => numbered("sport", sport),
        };
        if let Some(name) = &self.profile_name {
            text.push(' ');
            text.push_str(&quoted(name));
        }
        Some(text)
    }
}

impl Lap {
    pub(super) fn of(message: &Message<'_>) -> Self {
        Self {
            index: index(message, lap::MESSAGE_INDEX),
            sport: named(message, lap::SPORT),
            sub_sport: named(message, lap::SUB_SPORT),
            totals: Totals::of(message, &totals::LAP),
            trigger: named(message, lap::LAP_TRIGGER),
            intensity: named(message, lap::INTENSITY),
            heart_rate_zones: Zones::of_lap(message),
        }
    }

    pub(super) fn habit(&self) -> Habit {
        habit(self.sport.as_deref(), self.sub_sport.as_deref())
    }
}

fn habit(sport: Option<&str>, sub_sport: Option<&str>) -> Habit {
    Habit::of(sport.unwrap_or_default(), sub_sport.unwrap_or_default())
}
