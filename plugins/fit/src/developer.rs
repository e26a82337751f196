//! Quantities that FIT's record message has no field for, as developer fields.
//!
//! Names and numbers are the public rowing convention (rowingdata's `fit_export_spec`, Open
//! Rowing Monitor); readers look them up by name. Most readers do not apply a developer
//! field's scale, so a scaled field says its factor in the units.

use fit::{BaseType, DeveloperField};
use pipeline_plugin::{Field, field};

/// Identifies these developer fields; never changes.
pub(crate) const APPLICATION: [u8; 16] = [
    0x7a, 0x1f, 0x52, 0x0c, 0x9b, 0x3e, 0x4d, 0x61, 0xa8, 0x47, 0x0d, 0xe2, 0x5b, 0x94, 0x6c, 0x13,
];

/// The version of the set of fields.
pub(crate) const APPLICATION_VERSION: u32 = 1;

/// Numbers from here on are given to fields that the convention does not know.
const FIRST_OWN: u8 = 128;

/// The field of the session that says how its calories came about.
pub(crate) const CALORIES_METHOD: DeveloperField<'static> =
    DeveloperField::new(120, BaseType::String, "CaloriesMethod", "");

/// A developer field with the factor from the column's unit to the field's.
#[derive(Clone, Debug)]
pub(crate) struct Developer {
    number: u8,
    base: BaseType,
    name: String,
    units: String,
    scale: f64,
    /// From the column's unit to the field's unit before scaling.
    pub(crate) factor: f64,
}

impl Developer {
    pub(crate) fn as_field(&self) -> DeveloperField<'_> {
        DeveloperField::new(self.number, self.base, &self.name, &self.units).scaled(self.scale)
    }
}

/// The developer fields of a file: each column has one number, however often columns change.
#[derive(Debug, Default)]
pub(crate) struct Developers {
    known: Vec<(Field, Developer)>,
    /// How many the convention does not know.
    own: u8,
}

impl Developers {
    /// The field for a column, and whether the file has not had it before.
    pub(crate) fn of(&mut self, column: &Field) -> (Developer, bool) {
        let known = self.known.iter().find(|(known, _)| known == column);
        if let Some((_, developer)) = known {
            return (developer.clone(), false);
        }
        let developer = developer_field(column, &mut self.own);
        self.known.push((column.clone(), developer.clone()));
        (developer, true)
    }
}

/// The developer field for a column; `own` counts those that the convention does not know.
fn developer_field(column: &Field, own: &mut u8) -> Developer {
    const KNOWN: &[(Field, u8, &str, &str, f64, f64)] = &[
        (field::DRIVE_LENGTH, 0, "DriveLength", "m*100", 100.0, 1.0),
        (field::DRIVE_TIME, 1, "StrokeDriveTime", "ms", 1.0, 1000.0),
        (field::DRAG_FACTOR, 2, "DragFactor", "", 1.0, 1.0),
        (
            field::RECOVERY_TIME,
            3,
            "StrokeRecoveryTime",
            "ms",
            1.0,
            1000.0,
        ),
        (
            field::AVERAGE_DRIVE_FORCE,
            6,
            "AverageDriveForceN",
            "N*10",
            10.0,
            1.0,
        ),
        (
            field::PEAK_DRIVE_FORCE,
            7,
            "PeakDriveForceN",
            "N*10",
            10.0,
            1.0,
        ),
        (field::STROKE_WORK, 19, "StrokeWork", "J", 1.0, 1.0),
    ];
    let known = KNOWN.iter().find(|(known, ..)| known == column);
    if let Some((_, number, name, units, scale, factor)) = known {
        return Developer {
            number: *number,
            base: BaseType::Uint16,
            name: (*name).to_owned(),
            units: (*units).to_owned(),
            scale: *scale,
            factor: *factor,
        };
    }
    *own = own.saturating_add(1);
    Developer {
        number: FIRST_OWN.saturating_add(*own - 1),
        base: BaseType::Float32,
        name: column.name().to_owned(),
        units: column.unit().to_owned(),
        scale: 1.0,
        factor: 1.0,
    }
}
