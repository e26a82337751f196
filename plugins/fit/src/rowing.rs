//! The public convention for quantities of rowing that FIT's record message has no field for.
//!
//! Names and numbers are those of rowingdata's `fit_export_spec` and Open Rowing Monitor; readers
//! look them up by name. Most readers do not apply a developer field's scale, so this crate writes
//! the factor into the units: `m*100`. Files of others say it in the field's description, or
//! rely on the convention.

use fit::{BaseType, Description};
use pipeline_plugin::{Field, field};

/// A developer field of the convention.
#[derive(Debug)]
pub(crate) struct Convention {
    /// Its number within an application's fields.
    pub(crate) number: u8,
    pub(crate) name: &'static str,
    pub(crate) base: BaseType,
    /// Steps per unit.
    pub(crate) scale: f64,
    /// The unit, before scaling.
    pub(crate) unit: &'static str,
    /// The column, if the field table has one.
    pub(crate) column: Option<Field>,
    /// Units of the field in a unit of the column: 1000 for milliseconds.
    pub(crate) factor: f64,
}

const fn own(
    number: u8,
    name: &'static str,
    base: BaseType,
    scale: f64,
    unit: &'static str,
) -> Convention {
    Convention {
        number,
        name,
        base,
        scale,
        unit,
        column: None,
        factor: 1.0,
    }
}

const fn known(
    (number, name): (u8, &'static str),
    scale: f64,
    unit: &'static str,
    column: Field,
    factor: f64,
) -> Convention {
    let base = BaseType::Uint16;
    Convention {
        number,
        name,
        base,
        scale,
        unit,
        column: Some(column),
        factor,
    }
}

/// The number of the convention's field for the curve of the handle force.
pub(crate) const HANDLE_FORCE_CURVE: u8 = 60;

/// The curve of the handle force, as items call it.
pub(crate) const HANDLE_FORCE: &str = "handle_force";

/// What the values of a curve stand for: see [`UNIFORM_TIME`].
pub(crate) const ABSCISSA: Convention = own(90, "InstrokeAbscissaType", BaseType::Uint8, 1.0, "");

/// The abscissa of curves whose values are equally far apart in time.
pub(crate) const UNIFORM_TIME: f64 = 1.0;

/// How far apart the values of a curve are: milliseconds, if the abscissa is the time.
pub(crate) const INTERVAL: Convention =
    own(91, "InstrokeSampleInterval", BaseType::Uint16, 1.0, "ms");

/// How many values a curve has.
pub(crate) const POINTS: Convention = own(92, "InstrokePointCount", BaseType::Uint8, 1.0, "");

/// The fields of single values.
const FIELDS: &[Convention] = &[
    known((0, "DriveLength"), 100.0, "m", field::DRIVE_LENGTH, 1.0),
    known((1, "StrokeDriveTime"), 1.0, "ms", field::DRIVE_TIME, 1000.0),
    known((2, "DragFactor"), 1.0, "", field::DRAG_FACTOR, 1.0),
    known(
        (3, "StrokeRecoveryTime"),
        1.0,
        "ms",
        field::RECOVERY_TIME,
        1000.0,
    ),
    own(4, "AverageDriveForceLbs", BaseType::Uint16, 10.0, "lbs"),
    own(5, "PeakDriveForceLbs", BaseType::Uint16, 10.0, "lbs"),
    known(
        (6, "AverageDriveForceN"),
        10.0,
        "N",
        field::AVERAGE_DRIVE_FORCE,
        1.0,
    ),
    known(
        (7, "PeakDriveForceN"),
        10.0,
        "N",
        field::PEAK_DRIVE_FORCE,
        1.0,
    ),
    own(8, "AverageBoatSpeed", BaseType::Uint16, 100.0, "m/s"),
    own(9, "WorkoutState", BaseType::Uint8, 1.0, ""),
    own(10, "RecordingStrategy", BaseType::Uint8, 1.0, ""),
    own(11, "Catch", BaseType::Sint16, 10.0, "deg"),
    own(12, "Finish", BaseType::Sint16, 10.0, "deg"),
    own(13, "Slip", BaseType::Sint16, 10.0, "deg"),
    own(14, "Wash", BaseType::Sint16, 10.0, "deg"),
    own(15, "PeakForceAngle", BaseType::Sint16, 10.0, "deg"),
    own(16, "EffectiveLength", BaseType::Uint16, 100.0, "m"),
    own(17, "PeakForcePositionNorm", BaseType::Uint16, 1.0, ""),
    own(18, "PeakForcePositionAbs", BaseType::Uint16, 100.0, "m"),
    known((19, "StrokeWork"), 1.0, "J", field::STROKE_WORK, 1.0),
    ABSCISSA,
    INTERVAL,
    POINTS,
];

/// Names of the same quantities in files that follow a newer draft of the convention.
const OTHER_NAMES: [(&str, &str); 2] = [
    ("AverageDriveForce", "AverageDriveForceN"),
    ("PeakDriveForce", "PeakDriveForceN"),
];

/// The field of the convention with this name.
fn named(name: &str) -> Option<&'static Convention> {
    let other = OTHER_NAMES.iter().find(|(other, _)| *other == name);
    let name = other.map_or(name, |(_, name)| name);
    FIELDS.iter().find(|known| known.name == name)
}

/// The field of the convention for a column.
pub(crate) fn of_column(column: &Field) -> Option<&'static Convention> {
    FIELDS.iter().find(|known| match &known.column {
        Some(field) => field == column,
        None => snake_case(known.name) == column.name() && known.unit == column.unit(),
    })
}

/// How the numbers of a developer field become those of a column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reading {
    /// The column of the field table, if it is such a quantity.
    pub(crate) column: Option<Field>,
    /// What a number is divided by.
    pub(crate) divisor: f64,
    /// The unit of the column.
    pub(crate) unit: String,
    /// The units with which the same raw numbers come back: with the factor of a scale behind.
    pub(crate) units: String,
}

/// What a developer field's description says about its numbers, which the decoder has scaled
/// as far as there is a scale in it.
pub(crate) fn reading(description: &Description) -> Reading {
    let Description {
        name,
        units,
        base,
        scale,
        offset,
        ..
    } = description;
    let (unit, told) = split(units);
    let is_float = matches!(base, BaseType::Float32 | BaseType::Float64);
    let known = named(name);
    let is_other = known.is_some_and(|known| known.name != name);
    let is_scaled = (*scale - 1.0).abs() > 0.0 || offset.abs() > 0.0;
    // What is left to be divided by, and what the factor is in all.
    let (divisor, factor) = match (told, known) {
        (Some(factor), _) if !is_scaled => (factor, factor),
        _ if is_scaled => (1.0, *scale),
        (_, Some(known)) if !is_float && !is_other && unit == known.unit => {
            (known.scale, known.scale)
        }
        _ => (1.0, 1.0),
    };
    let units = if is_float || offset.abs() > 0.0 || (factor - 1.0).abs() <= 0.0 {
        units.clone()
    } else {
        format!("{unit}*{factor}")
    };
    let column = known.and_then(|known| {
        let column = known.column.clone()?;
        let per_column = per_column(known, &column, unit)?;
        Some((column, per_column))
    });
    match column {
        Some((column, per_column)) => Reading {
            unit: column.unit().to_owned(),
            divisor: divisor * per_column,
            column: Some(column),
            units,
        },
        None => Reading {
            column: None,
            divisor,
            unit: unit.to_owned(),
            units,
        },
    }
}

/// Units of a field of the convention in a unit of its column, if the field has that quantity.
fn per_column(known: &Convention, column: &Field, unit: &str) -> Option<f64> {
    match unit {
        _ if unit == known.unit => Some(known.factor),
        _ if unit == column.unit() => Some(1.0),
        // No two programs write the unit of the drag factor the same way, or any.
        _ if *column == field::DRAG_FACTOR => Some(1.0),
        _ => None,
    }
}

/// How the numbers of a column become those of the developer field that it was before.
///
/// Returns the factor to the field's unit, and the scale.
pub(crate) fn writing(column: &Field, name: &str, units: &str) -> (f64, f64) {
    let (unit, told) = split(units);
    let factor = named(name).and_then(|known| {
        let quantity = known
            .column
            .as_ref()
            .filter(|it| it.unit() == column.unit())?;
        per_column(known, quantity, unit)
    });
    (factor.unwrap_or(1.0), told.unwrap_or(1.0))
}

/// The unit in front of a factor, and the factor: `m*100` is `m` and 100.
fn split(units: &str) -> (&str, Option<f64>) {
    let factor = units.rsplit_once('*').and_then(|(unit, factor)| {
        let factor = factor.parse::<u32>().ok().filter(|factor| *factor > 0)?;
        Some((unit, f64::from(factor)))
    });
    match factor {
        Some((unit, factor)) => (unit, Some(factor)),
        None => (units, None),
    }
}

/// A field's name as that of a column: lower case, words joined by underscores.
pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let mut before = '_';
    for c in name.chars() {
        let starts =
            c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit());
        if (starts || !c.is_ascii_alphanumeric()) && !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
        if c.is_ascii_alphanumeric() {
            snake.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    snake.truncate(snake.trim_end_matches('_').len());
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, base: BaseType, scale: f64, units: &str) -> String {
        let reading = reading(&Description {
            developer: 0,
            number: 0,
            base,
            name: name.to_owned(),
            units: units.to_owned(),
            scale,
            offset: 0.0,
            native: None,
        });
        let column = reading
            .column
            .map_or("-".to_owned(), |column| column.name().to_owned());
        format!(
            "{column} /{} {} as {}",
            reading.divisor, reading.unit, reading.units
        )
    }

    #[test]
    fn a_factor_stands_in_the_units_or_in_the_scale_or_goes_without_saying() {
        use BaseType::{Float32, Sint16, Uint16};
        let cases = [
            (
                ("DriveLength", Uint16, 1.0, "m*100"),
                "drive_length /100 m as m*100",
            ),
            (
                ("DriveLength", Uint16, 100.0, "m"),
                "drive_length /1 m as m*100",
            ),
            (
                ("DriveLength", Uint16, 1.0, "m"),
                "drive_length /100 m as m*100",
            ),
            (("DriveLength", Uint16, 1.0, "mm"), "- /1 mm as mm"),
            (("DriveLength", Float32, 1.0, "m"), "drive_length /1 m as m"),
            (
                ("StrokeDriveTime", Uint16, 1.0, "ms"),
                "drive_time /1000 s as ms",
            ),
            (
                ("StrokeDriveTime", Float32, 1.0, "s"),
                "drive_time /1 s as s",
            ),
            (
                ("PeakDriveForce", Uint16, 10.0, "N"),
                "peak_drive_force /1 N as N*10",
            ),
            (
                ("PeakDriveForce", Uint16, 1.0, "N"),
                "peak_drive_force /1 N as N",
            ),
            (
                ("DragFactor", Uint16, 1.0, "10^-6 N*m*s^2"),
                "drag_factor /1 1e-6 N m s2 as 10^-6 N*m*s^2",
            ),
            (("Catch", Sint16, 10.0, "deg"), "- /1 deg as deg*10"),
            (("Form Power", Uint16, 1.0, "Watts"), "- /1 Watts as Watts"),
        ];
        for ((name, base, scale, units), expected) in cases {
            assert_eq!(told(name, base, scale, units), expected);
        }
        let time = |units| writing(&field::DRIVE_TIME, "StrokeDriveTime", units);
        assert_eq!(time("ms"), (1000.0, 1.0));
        assert_eq!(time("s"), (1.0, 1.0));
        let length = writing(&field::DRIVE_LENGTH, "DriveLength", "m*100");
        assert_eq!(length, (1.0, 100.0));
        let angle = writing(&Field::new("catch", "deg"), "Catch", "deg*10");
        assert_eq!(angle, (1.0, 10.0));
    }

    #[test]
    fn names_become_columns() {
        for (name, expected) in [
            ("DriveLength", "drive_length"),
            ("Ground Time", "ground_time"),
            ("PM Version", "pm_version"),
            ("AverageDriveForceN", "average_drive_force_n"),
            ("SpO2 (%)", "sp_o2"),
            ("already_one", "already_one"),
            ("Größe", "gr_e"),
            ("", ""),
        ] {
            assert_eq!(snake_case(name), expected);
        }
    }
}
