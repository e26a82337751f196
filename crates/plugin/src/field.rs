//! The fields: which quantities a [`Batch`](crate::Batch) may carry, and in which unit.
//!
//! Inside Pipeline a number is in the unit of this table, always. Scaled integers, km/h and
//! semicircles live at the edges, in the crates that read and write a format.

use std::borrow::Cow;
use std::fmt;

/// A named quantity with its unit: the title of a column.
///
/// Two fields are the same when their names are.
#[derive(Clone, Debug)]
pub struct Field {
    name: Cow<'static, str>,
    unit: Cow<'static, str>,
    about: Cow<'static, str>,
}

impl Field {
    const fn known(name: &'static str, unit: &'static str, about: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            unit: Cow::Borrowed(unit),
            about: Cow::Borrowed(about),
        }
    }

    /// A quantity that the table does not have, with its unit.
    ///
    /// A name that the table has gives the table's field, whatever `unit` says.
    pub fn new(name: &str, unit: &str) -> Self {
        Self::find(name).cloned().unwrap_or_else(|| Self {
            name: Cow::Owned(name.to_owned()),
            unit: Cow::Owned(unit.to_owned()),
            about: Cow::Borrowed(""),
        })
    }

    /// The table's field of that name.
    pub fn find(name: &str) -> Option<&'static Self> {
        TABLE.iter().copied().find(|field| field.name == name)
    }

    /// The name: lower case with underscores, a FIT profile name where there is one.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The unit's symbol; empty for pure numbers.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// One sentence for people; empty for fields outside the table.
    pub fn about(&self) -> &str {
        &self.about
    }
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Field {}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

macro_rules! fields {
    ($($(#[doc = $doc:literal])* $constant:ident = $name:literal, $unit:literal;)*) => {
        $(
            #[doc = concat!("`", $name, "` (", $unit, "):")]
            $(#[doc = $doc])*
            pub const $constant: Field = Field::known($name, $unit, concat!($($doc),*));
        )*
        /// Every field that has a fixed name and unit.
        pub const TABLE: &[&Field] = &[$(&$constant),*];
    };
}

fields! {
    /// Latitude, WGS 84, north positive.
    POSITION_LAT = "position_lat", "deg";
    /// Longitude, WGS 84, east positive.
    POSITION_LONG = "position_long", "deg";
    /// Height above sea level.
    ALTITUDE = "altitude", "m";
    /// Distance since the start of the stream; never decreases.
    DISTANCE = "distance", "m";
    /// Speed at this moment.
    SPEED = "speed", "m/s";
    /// Heart rate.
    HEART_RATE = "heart_rate", "bpm";
    /// Strokes or revolutions per minute.
    CADENCE = "cadence", "1/min";
    /// Mechanical power.
    POWER = "power", "W";
    /// Strokes or revolutions since the start of the stream; never decreases.
    TOTAL_CYCLES = "total_cycles", "";
    /// Distance of the last stroke.
    CYCLE_LENGTH = "cycle_length", "m";
    /// Energy spent since the start of the stream; never decreases.
    CALORIES = "calories", "kcal";
    /// Air temperature.
    TEMPERATURE = "temperature", "C";
    /// Damping of the flywheel, in 10⁻⁶ N·m·s² as rowing monitors show it.
    DRAG_FACTOR = "drag_factor", "1e-6 N m s2";
    /// Length of the drive of the last stroke.
    DRIVE_LENGTH = "drive_length", "m";
    /// Duration of the drive of the last stroke.
    DRIVE_TIME = "drive_time", "s";
    /// Duration of the recovery of the last stroke.
    RECOVERY_TIME = "recovery_time", "s";
    /// Mean handle force over the drive of the last stroke.
    AVERAGE_DRIVE_FORCE = "average_drive_force", "N";
    /// Highest handle force of the last stroke.
    PEAK_DRIVE_FORCE = "peak_drive_force", "N";
    /// Work of the last stroke.
    STROKE_WORK = "stroke_work", "J";
    /// Charge of a battery.
    STATE_OF_CHARGE = "state_of_charge", "%";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_lower_case() {
        for (index, field) in TABLE.iter().enumerate() {
            assert!(
                field
                    .name()
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c == '_'),
                "{field}"
            );
            assert!(
                TABLE.iter().skip(index + 1).all(|other| other != field),
                "{field}"
            );
            assert!(!field.about().is_empty(), "{field}");
        }
    }
}
