//! What a log's files are called: `POWER-2F1C_2026-11-21.csv`, `….2.csv`, `….csv.gz`.

use std::path::{Path, PathBuf};

use pipeline_plugin::{Error, Header, Result, Timestamp};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Length of `2026-11-21`.
const DATE: usize = 10;

/// The longest name of a device in a file's name, in bytes.
const LONGEST: usize = 64;

/// The day of a time, counted from 1970-01-01.
pub(crate) fn day_of(time: Timestamp) -> i64 {
    time.micros().div_euclid(DAY * 1_000_000)
}

/// `2026-11-21`.
pub(crate) fn date_of(day: i64) -> String {
    let start = Timestamp::from_seconds(day.saturating_mul(DAY));
    let name = start.for_file_name();
    name.split('T').next().unwrap_or_default().to_owned()
}

/// What a log's files begin with: the name that was chosen, else that of the device.
pub(crate) fn stem(chosen: Option<&str>, header: &Header) -> String {
    let name = [&header.device.name, &header.name]
        .into_iter()
        .find(|name| !name.trim().is_empty());
    let name = chosen.or(name.map(String::as_str)).unwrap_or_default();
    let safe: String = name
        .trim()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') {
                c
            } else {
                '_'
            }
        })
        .take(LONGEST)
        .collect();
    let safe = safe.trim_start_matches(['.', '-']);
    if safe.is_empty() { "log" } else { safe }.to_owned()
}

/// A file of a log, as its name tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    /// `2026-11-21`; the years that a log can have sort as text.
    pub(crate) date: String,
    /// 1 for the first file of a day.
    pub(crate) number: u32,
    /// Whether it is compressed.
    pub(crate) compressed: bool,
    pub(crate) path: PathBuf,
}

/// The name of a file.
pub(crate) fn file_name(stem: &str, date: &str, number: u32) -> String {
    match number {
        0 | 1 => format!("{stem}_{date}.csv"),
        number => format!("{stem}_{date}.{number}.csv"),
    }
}

/// The files of a log, the oldest first.
pub(crate) fn entries(folder: &Path, stem: &str) -> Result<Vec<Entry>> {
    let cannot = |error| Error::io(format!("look into `{}`", folder.display()), error);
    let mut entries = Vec::new();
    for entry in folder.read_dir().map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if let Some((date, number, compressed)) = name.and_then(|name| parse(name, stem)) {
            let date = date.to_owned();
            entries.push(Entry {
                date,
                number,
                compressed,
                path,
            });
        }
    }
    entries.sort();
    Ok(entries)
}

/// Date, number and whether it is compressed.
fn parse<'a>(name: &'a str, stem: &str) -> Option<(&'a str, u32, bool)> {
    let rest = name.strip_prefix(stem)?.strip_prefix('_')?;
    let (date, rest) = rest.split_at_checked(DATE)?;
    let shape = date.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let (rest, compressed) = match rest.strip_suffix(".gz") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let number = match rest.strip_suffix(".csv")? {
        "" => 1,
        number => number
            .strip_prefix('.')?
            .parse()
            .ok()
            .filter(|n| *n > 1 && !number.contains(['+', '_']) && !number.starts_with(".0"))?,
    };
    shape.then_some((date, number, compressed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_day_and_the_number() {
        let check = |name: &str, expect: Option<(&str, u32, bool)>| {
            assert_eq!(parse(name, "P-1"), expect, "{name}");
        };
        check("P-1_2026-11-21.csv", Some(("2026-11-21", 1, false)));
        check("P-1_2026-11-21.2.csv.gz", Some(("2026-11-21", 2, true)));
        check("P-1_2026-11-21.1.csv", None);
        check("P-1_2026-11-21.02.csv", None);
        check("P-1_2026-11-21.+2.csv", None);
        check("P-1_2026-11-21.txt", None);
        check("P-1_2026_11-21.csv", None);
        check("P-1_2026-11.csv", None);
        check("P-1_x_2026-11-21.csv", None);
        check("P-10_2026-11-21.csv", None);
        check("P-1_ä026-11-21.csv", None);
    }

    #[test]
    fn days_are_of_utc() {
        let day = |text| day_of(Timestamp::parse(text).unwrap());
        assert_eq!(day("1970-01-01T00:00:00Z"), 0);
        assert_eq!(day("1969-12-31T23:59:59.999Z"), -1);
        let today = day("2026-11-21T23:59:59.999999Z");
        assert_eq!(today + 1, day("2026-11-22T00:00:00Z"));
        assert_eq!(date_of(today), "2026-11-21");
    }

    #[test]
    fn a_device_chooses_no_folder() {
        let mut header = Header::default();
        assert_eq!(stem(None, &header), "log");
        header.name = "../../etc/passwd".to_owned();
        assert_eq!(stem(None, &header), "_.._etc_passwd");
        header.device.name = "POWER 2F1C".to_owned();
        assert_eq!(stem(None, &header), "POWER_2F1C");
        assert_eq!(stem(Some("shed"), &header), "shed");
    }
}
