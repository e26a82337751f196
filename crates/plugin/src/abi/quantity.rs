use std::path::PathBuf;

use super::settings::typed;
use super::{Json, Setting};

/// A duration, written with its unit: `5 s`, `2 min`, `1 h`, `500 ms`, `7 d`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seconds(pub f64);

/// A length, written with its unit: `500 m`, `1 km`, `2 cm`, `1 mi`, `100 yd`, `6 ft`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metres(pub f64);

/// A folder: the host takes it as relative to the pipeline file, understands `~` and `--out`, and
/// gives the absolute path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder(pub PathBuf);

const TIMES: &[(&str, f64)] = &[
    ("s", 1.0),
    ("min", 60.0),
    ("h", 3600.0),
    ("ms", 0.001),
    ("d", 86_400.0),
];

const LENGTHS: &[(&str, f64)] = &[
    ("m", 1.0),
    ("km", 1000.0),
    ("cm", 0.01),
    ("mi", 1609.344),
    ("yd", 0.9144),
    ("ft", 0.3048),
];

/// The schema of a quantity: the host knows its units by the format's name.
fn quantity(format: &str, example: &str) -> Vec<(String, Json)> {
    let mut schema = typed("string");
    schema.push(("format".to_owned(), format.into()));
    schema.push(("examples".to_owned(), Json::Array(vec![example.into()])));
    schema
}

fn read_quantity(value: &Json, units: &[(&str, f64)], example: &str) -> Result<f64, String> {
    let read = || {
        let text = value.as_str()?.trim();
        let unit = text.trim_start_matches(|c: char| !c.is_alphabetic());
        let number: f64 = text.strip_suffix(unit)?.trim().parse().ok()?;
        let factor = units.iter().find(|(name, _)| *name == unit)?.1;
        Some(number * factor)
    };
    read().ok_or_else(|| format!("a quantity with its unit is needed, such as `{example}`"))
}

impl Setting for Folder {
    fn schema() -> Vec<(String, Json)> {
        let mut schema = typed("string");
        schema.push(("format".to_owned(), "folder".into()));
        schema
    }

    fn read(value: &Json) -> Result<Self, String> {
        String::read(value).map(|path| Self(path.into()))
    }

    fn write(&self) -> Json {
        self.0.to_string_lossy().into_owned().into()
    }
}

impl Setting for Seconds {
    fn schema() -> Vec<(String, Json)> {
        quantity("time", "5 s")
    }

    fn read(value: &Json) -> Result<Self, String> {
        read_quantity(value, TIMES, "5 s").map(Self)
    }

    fn write(&self) -> Json {
        format!("{} s", self.0).into()
    }
}

impl Setting for Metres {
    fn schema() -> Vec<(String, Json)> {
        quantity("length", "500 m")
    }

    fn read(value: &Json) -> Result<Self, String> {
        read_quantity(value, LENGTHS, "500 m").map(Self)
    }

    fn write(&self) -> Json {
        format!("{} m", self.0).into()
    }
}
