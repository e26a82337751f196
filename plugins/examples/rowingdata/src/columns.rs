//! Which title means what, and in which unit.

use pipeline_plugin::{Error, Field, Result, field};

/// Pounds of force to newtons.
const LBF: f64 = 4.448_221_615_260_5;

/// Titles, the field, and the factor to its unit. Spaces around a title mean nothing.
const TABLE: &[(&str, Field, f64)] = &[
    ("Horizontal (meters)", field::DISTANCE, 1.0),
    ("HRCur (bpm)", field::HEART_RATE, 1.0),
    // The family spells it so.
    ("Cadence (stokes/min)", field::CADENCE, 1.0),
    ("Speed", field::SPEED, 1.0),
    ("Power (watts)", field::POWER, 1.0),
    ("Stroke Number", field::TOTAL_CYCLES, 1.0),
    ("StrokeDistance (meters)", field::CYCLE_LENGTH, 1.0),
    ("Calories (kCal)", field::CALORIES, 1.0),
    ("DragFactor", field::DRAG_FACTOR, 1.0),
    ("DriveLength (meters)", field::DRIVE_LENGTH, 1.0),
    ("DriveTime (ms)", field::DRIVE_TIME, 0.001),
    ("StrokeRecoveryTime (ms)", field::RECOVERY_TIME, 0.001),
    ("PeakDriveForce (N)", field::PEAK_DRIVE_FORCE, 1.0),
    ("AverageDriveForce (N)", field::AVERAGE_DRIVE_FORCE, 1.0),
    ("PeakDriveForce (lbs)", field::PEAK_DRIVE_FORCE, LBF),
    ("AverageDriveForce (lbs)", field::AVERAGE_DRIVE_FORCE, LBF),
];

/// Where the columns of a file stand.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    /// Unix time in seconds.
    pub(crate) time: usize,
    /// The number of the split.
    pub(crate) split: Option<usize>,
    /// The handle's force over the drive, in newtons.
    pub(crate) curve: Option<usize>,
    /// Place, field and factor of the others.
    pub(crate) measured: Vec<(usize, Field, f64)>,
}

impl Columns {
    /// Finds the columns by the titles of a file's first line.
    pub(crate) fn of(titles: &[String]) -> Result<Self> {
        let mut columns = Self::default();
        let mut time = None;
        for (place, title) in titles.iter().enumerate() {
            match title.trim() {
                "TimeStamp (sec)" => time = Some(place),
                "lapIdx" => columns.split = Some(place),
                "Handle_Force_(N)" => columns.curve = Some(place),
                title => {
                    let known = TABLE.iter().find(|(known, ..)| *known == title);
                    let known = known.filter(|(_, field, _)| !columns.has(field));
                    columns
                        .measured
                        .extend(known.map(|(_, field, factor)| (place, field.clone(), *factor)));
                }
            }
        }
        columns.time = time.ok_or_else(|| {
            Error::skip("no RowingData: the first line has no title `TimeStamp (sec)`")
        })?;
        Ok(columns)
    }

    fn has(&self, field: &Field) -> bool {
        self.measured.iter().any(|(_, other, _)| other == field)
    }

    /// The fields, in their order.
    pub(crate) fn fields(&self) -> Vec<Field> {
        self.measured
            .iter()
            .map(|(_, field, _)| field.clone())
            .collect()
    }
}
