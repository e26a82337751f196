//! The reader `@name@`: lines of `seconds,distance,power`, the first a title.

use std::io::{BufRead, BufReader};

use pipeline_plugin::{
    Column, Error, Host, Item, Json, Plugin, Result, Samples, Stage, export, settings,
};

/// Rows that are sent at once.
const ROWS: usize = 256;

settings! {
    /// Reads lines of seconds, distance and power.
    pub struct @Type@ {
        /// When the row began, as RFC 3339: the files don't say.
        start: String = "2026-01-01T08:00:00Z".to_owned(),
    }
}

export!(plugin);

/// The plugin as Pipeline lists it.
pub fn plugin() -> Plugin {
    Plugin::reader::<@Type@>("@name@", "read seconds, distance and power", "@ending@")
}

impl Stage for @Type@ {
    fn run(&self, input: &str, host: &Host<'_>) -> Result<()> {
        let name = Json::parse(input).unwrap_or_default()["name"].clone();
        let start = microseconds(&self.start)
            .ok_or_else(|| Error::skip(format!("`{}` is no time", self.start)))?;
        let header = Json::object([
            ("name", name),
            ("start", self.start.as_str().into()),
            ("sport", "rowing/indoor".into()),
        ]);
        host.open(&header.to_string())?;
        let mut batch = Batch::default();
        for (number, line) in BufReader::new(host.input()).lines().enumerate().skip(1) {
            let line = line.map_err(|error| Error::skip(error.to_string()))?;
            let row = row(&line)
                .ok_or_else(|| Error::skip(format!("line {}: `{line}` is no row", number + 1)))?;
            batch.push(start, row);
            if batch.time.len() == ROWS {
                batch.send(host)?;
            }
        }
        batch.send(host)?;
        host.finish()
    }
}

/// Rows on their way.
#[derive(Default)]
struct Batch {
    time: Vec<i64>,
    distance: Vec<f64>,
    power: Vec<f64>,
}

impl Batch {
    fn push(&mut self, start: i64, [seconds, distance, power]: [f64; 3]) {
        self.time.push(start + (seconds * 1e6) as i64);
        self.distance.push(distance);
        self.power.push(power);
    }

    fn send(&mut self, host: &Host<'_>) -> Result<()> {
        let columns = vec![
            Column::new("distance", "m", &self.distance),
            Column::new("power", "W", &self.power),
        ];
        host.send(&Item::Samples(Samples::new(&self.time, columns)))?;
        *self = Self::default();
        Ok(())
    }
}

/// `1.5,6.2,180`: three numbers, an empty one is NaN.
fn row(line: &str) -> Option<[f64; 3]> {
    let number = |text: &str| match text.trim() {
        "" => Some(f64::NAN),
        text => text.parse().ok(),
    };
    let numbers: Option<Vec<f64>> = line.split(',').map(number).collect();
    let [seconds, distance, power] = numbers?.try_into().ok()?;
    f64::is_finite(seconds).then_some([seconds, distance, power])
}

/// `2026-01-01T08:00:00Z` as microseconds since 1970.
fn microseconds(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let numbers = |text: &str, by: char| -> Option<Vec<i64>> {
        text.split(by).map(|part| part.parse().ok()).collect()
    };
    let [year, month, day] = numbers(date, '-')?.try_into().ok()?;
    let [hour, minute, second] = numbers(time, ':')?.try_into().ok()?;
    // Days since 1970 in the Gregorian calendar; years begin in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469;
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_three_numbers() {
        assert_eq!(row("1.5,6.2,180"), Some([1.5, 6.2, 180.0]));
        assert!(row("1.5,6.2,").unwrap()[2].is_nan());
        assert_eq!(row("1.5,6.2"), None);
        assert_eq!(row("a,b,c"), None);
    }

    #[test]
    fn times_are_read() {
        assert_eq!(microseconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(microseconds("2026-07-24T10:30:05Z"), Some(1_784_889_005_000_000));
    }
}
