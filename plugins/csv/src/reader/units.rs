//! Units as files write them, and what to do to come to those of the field table.

use pipeline_plugin::Field;

/// From a file's unit to the field's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Conversion {
    /// It is the field's unit.
    None,
    /// Times this.
    Times(f64),
    /// Divided by this; 36 km/h are 10 m/s to the last digit.
    Over(f64),
    /// Plus the second, then times the first.
    Shifted(f64, f64),
    /// Time for a distance: so many metres in the value, each of which is so many seconds.
    Pace(f64, f64),
}

impl Conversion {
    /// The value in the field's unit.
    #[inline]
    pub(crate) fn apply(self, value: f64) -> f64 {
        match self {
            Self::None => value,
            Self::Times(factor) => value * factor,
            Self::Over(divisor) => value / divisor,
            Self::Shifted(factor, offset) => (value + offset) * factor,
            // Standing still has no pace; programs write 0 for it.
            Self::Pace(..) if value <= 0.0 => 0.0,
            Self::Pace(metres, seconds) => metres / (value * seconds),
        }
    }
}

use Conversion::{None as Same, Over, Pace, Shifted, Times};

const FOOT: f64 = 0.3048;
const MILE: f64 = 1609.344;
const POUND_FORCE: f64 = 4.448_221_615_260_5;
const KILOCALORIE: f64 = 4.184;

type Units = &'static [(&'static str, Conversion)];

const LENGTH: Units = &[
    ("m", Same),
    ("meter", Same),
    ("meters", Same),
    ("metre", Same),
    ("metres", Same),
    ("km", Times(1000.0)),
    ("kilometers", Times(1000.0)),
    ("kilometres", Times(1000.0)),
    ("mi", Times(MILE)),
    ("mile", Times(MILE)),
    ("miles", Times(MILE)),
    ("ft", Times(FOOT)),
    ("feet", Times(FOOT)),
    ("yd", Times(0.9144)),
    ("yards", Times(0.9144)),
    ("cm", Over(100.0)),
    ("mm", Over(1000.0)),
];

const SPEED: Units = &[
    ("m/s", Same),
    ("mps", Same),
    ("m/sec", Same),
    ("meters/sec", Same),
    ("ms-1", Same),
    ("km/h", Over(3.6)),
    ("kmh", Over(3.6)),
    ("kph", Over(3.6)),
    ("km/hr", Over(3.6)),
    ("mph", Times(MILE / 3600.0)),
    ("mi/h", Times(MILE / 3600.0)),
    ("kn", Times(1852.0 / 3600.0)),
    ("kt", Times(1852.0 / 3600.0)),
    ("knots", Times(1852.0 / 3600.0)),
    ("/500m", Pace(500.0, 1.0)),
    ("s/500m", Pace(500.0, 1.0)),
    ("sec/500m", Pace(500.0, 1.0)),
    ("seconds/500m", Pace(500.0, 1.0)),
    // Concept2's logbook calls the seconds for 500 m so.
    ("seconds", Pace(500.0, 1.0)),
    ("min/500m", Pace(500.0, 60.0)),
    ("/km", Pace(1000.0, 1.0)),
    ("s/km", Pace(1000.0, 1.0)),
    ("sec/km", Pace(1000.0, 1.0)),
    ("min/km", Pace(1000.0, 60.0)),
    ("/mi", Pace(MILE, 1.0)),
    ("s/mi", Pace(MILE, 1.0)),
    ("min/mi", Pace(MILE, 60.0)),
    ("min/mile", Pace(MILE, 60.0)),
];

const RATE: Units = &[
    ("1/min", Same),
    ("/min", Same),
    ("bpm", Same),
    ("spm", Same),
    ("rpm", Same),
    ("beats/min", Same),
    ("strokes/min", Same),
    // As Painsled and rowingdata write it.
    ("stokes/min", Same),
    ("hz", Times(60.0)),
];

const POWER: Units = &[
    ("w", Same),
    ("watt", Same),
    ("watts", Same),
    ("kw", Times(1000.0)),
];

const COUNT: Units = &[("", Same), ("count", Same), ("strokes", Same), ("#", Same)];

const CALORIES: Units = &[
    ("kcal", Same),
    ("cal", Same),
    ("cals", Same),
    ("calories", Same),
    ("kj", Over(KILOCALORIE)),
];

const WORK: Units = &[
    ("j", Same),
    ("joule", Same),
    ("joules", Same),
    ("kj", Times(1000.0)),
];

const TEMPERATURE: Units = &[
    ("c", Same),
    ("°c", Same),
    ("degc", Same),
    ("celsius", Same),
    ("f", Shifted(5.0 / 9.0, -32.0)),
    ("°f", Shifted(5.0 / 9.0, -32.0)),
    ("degf", Shifted(5.0 / 9.0, -32.0)),
    ("fahrenheit", Shifted(5.0 / 9.0, -32.0)),
    ("k", Shifted(1.0, -273.15)),
];

const TIME: Units = &[
    ("s", Same),
    ("sec", Same),
    ("secs", Same),
    ("second", Same),
    ("seconds", Same),
    ("ms", Over(1000.0)),
    ("msec", Over(1000.0)),
    ("min", Times(60.0)),
    ("minutes", Times(60.0)),
    ("h", Times(3600.0)),
    ("hours", Times(3600.0)),
];

const FORCE: Units = &[
    ("n", Same),
    ("newton", Same),
    ("newtons", Same),
    ("lbs", Times(POUND_FORCE)),
    ("lb", Times(POUND_FORCE)),
    ("lbf", Times(POUND_FORCE)),
    ("kgf", Times(9.806_65)),
];

const SHARE: Units = &[("%", Same), ("percent", Same)];

const ANGLE: Units = &[
    ("deg", Same),
    ("degree", Same),
    ("degrees", Same),
    ("°", Same),
    ("semicircles", Times(180.0 / 2_147_483_648.0)),
    ("rad", Times(180.0 / std::f64::consts::PI)),
];

/// What makes a value in `unit` one in the unit of the table's `field`; `None` if that unit is
/// not known for it.
pub(crate) fn conversion(field: &Field, unit: &str) -> Option<Conversion> {
    if unit == field.unit() {
        return Some(Same);
    }
    let units = match field.unit() {
        "m" => LENGTH,
        "m/s" => SPEED,
        "bpm" | "1/min" => RATE,
        "W" => POWER,
        "" => COUNT,
        "kcal" => CALORIES,
        "J" => WORK,
        "C" => TEMPERATURE,
        "s" => TIME,
        "N" => FORCE,
        "%" => SHARE,
        "deg" => ANGLE,
        _ => &[],
    };
    find(units, unit)
}

/// What makes a time in `unit` one in seconds.
pub(crate) fn seconds(unit: &str) -> Option<Conversion> {
    find(TIME, unit)
}

/// Whether it is any unit known here.
pub(crate) fn is_unit(unit: &str) -> bool {
    let all = [
        LENGTH,
        SPEED,
        RATE,
        POWER,
        CALORIES,
        WORK,
        TEMPERATURE,
        TIME,
        FORCE,
        SHARE,
        ANGLE,
    ];
    all.iter().any(|units| find(units, unit).is_some())
}

fn find(units: Units, unit: &str) -> Option<Conversion> {
    let plain: String = unit.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = plain.to_lowercase();
    let found = units.iter().find(|(name, _)| *name == plain);
    found.map(|(_, conversion)| *conversion)
}

#[cfg(test)]
mod tests {
    use pipeline_plugin::field;

    use super::*;

    #[test]
    fn values_come_into_the_unit_of_the_table() {
        let check = |field: &Field, unit: &str, value: f64, expect: f64| {
            let found = conversion(field, unit).map(|conversion| conversion.apply(value));
            let near = found.is_some_and(|found| (found - expect).abs() < 1e-9);
            assert!(near, "{value} {unit}: {found:?}");
        };
        check(&field::DISTANCE, "km", 1.5, 1500.0);
        check(&field::DISTANCE, "Miles", 1.0, 1609.344);
        check(&field::ALTITUDE, "ft", 100.0, 30.48);
        check(&field::SPEED, "km/h", 36.0, 10.0);
        check(&field::SPEED, "mph", 10.0, 4.4704);
        check(&field::SPEED, "sec/500m", 125.0, 4.0);
        check(&field::SPEED, "seconds/500m", 125.0, 4.0);
        check(&field::SPEED, "/500 m", 0.0, 0.0);
        check(&field::SPEED, "min/km", 5.0, 1000.0 / 300.0);
        check(&field::TEMPERATURE, "F", 212.0, 100.0);
        check(&field::TEMPERATURE, "K", 273.15, 0.0);
        check(&field::POSITION_LAT, "semicircles", 1_073_741_824.0, 90.0);
        check(&field::DRIVE_TIME, "ms", 850.0, 0.85);
        check(&field::PEAK_DRIVE_FORCE, "lbs", 1.0, 4.448_221_615_260_5);
        check(&field::CALORIES, "kJ", 4.184, 1.0);
        check(&field::CADENCE, "stokes/min", 24.0, 24.0);
        assert_eq!(conversion(&field::DRAG_FACTOR, "1e-6 N m s2"), Some(Same));
        assert_eq!(conversion(&field::SPEED, "furlong/h"), None);
        assert_eq!(conversion(&field::POWER, "m"), None);
    }
}
