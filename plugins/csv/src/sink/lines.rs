//! Rows as lines of text.

use pipeline_plugin::{Batch, Timestamp};
use table::{Style, TimeWriter, write_number};

use super::layout::{Cell, Layout};
use super::{Separator, TimeForm, WriteCsv};

/// Writes rows.
#[derive(Debug)]
pub(crate) struct Lines {
    separator: u8,
    decimal_comma: bool,
    form: TimeForm,
    times: TimeWriter,
    start: Timestamp,
}

/// Degrees have eight decimals: a millimetre on the ground, and enough to find FIT's semicircles
/// (8.4e-8 degrees) again.
const DEGREE_PLACES: f64 = 1e8;

/// Where the cells of a batch's rows come from.
enum From<'a> {
    Time,
    Elapsed,
    Lap,
    Values(&'a [f64]),
    Degrees(&'a [f64]),
    Nowhere,
}

impl Lines {
    /// Lines of a stream that starts at `start`.
    pub(crate) fn new(settings: &WriteCsv, start: Timestamp) -> Self {
        let style = match settings.time {
            TimeForm::Iso | TimeForm::Unix => Style::Rfc3339,
            TimeForm::Plain => Style::Plain,
        };
        Self {
            separator: settings.separator.byte(),
            decimal_comma: settings.separator == Separator::Semicolon,
            form: settings.time,
            times: TimeWriter::new(style),
            start,
        }
    }

    /// Appends a line for every row.
    pub(crate) fn write(&mut self, layout: &Layout, batch: &Batch, lap: u32, out: &mut Vec<u8>) {
        let cells: Vec<_> = layout
            .cells()
            .iter()
            .map(|cell| match cell {
                Cell::Time => From::Time,
                Cell::Elapsed => From::Elapsed,
                Cell::Lap => From::Lap,
                Cell::Value(field) => match batch.column(field) {
                    Some(values) if field.unit() == "deg" => From::Degrees(values),
                    values => values.map_or(From::Nowhere, From::Values),
                },
            })
            .collect();
        let lap = lap.to_string();
        for (row, time) in batch.time().iter().enumerate() {
            for cell in &cells {
                match cell {
                    From::Time => self.time(*time, out),
                    From::Elapsed => {
                        let micros = i128::from(time.micros()) - i128::from(self.start.micros());
                        self.decimal(out, |out| write_seconds(out, micros));
                    }
                    From::Lap => out.extend_from_slice(lap.as_bytes()),
                    From::Values(values) => {
                        let value = values.get(row).copied().unwrap_or(f64::NAN);
                        self.decimal(out, |out| write_number(out, value));
                    }
                    From::Degrees(values) => {
                        let value = degrees(values.get(row).copied().unwrap_or(f64::NAN));
                        self.decimal(out, |out| write_number(out, value));
                    }
                    From::Nowhere => {}
                }
                out.push(self.separator);
            }
            // Behind the last cell the line ends; a row has at least one cell.
            out.pop();
            out.push(b'\n');
        }
    }

    fn time(&mut self, time: Timestamp, out: &mut Vec<u8>) {
        let before = out.len();
        match self.form {
            TimeForm::Iso => return self.times.write(out, time.micros()),
            TimeForm::Plain => self.times.write(out, time.micros()),
            TimeForm::Unix => write_seconds(out, time.micros().into()),
        }
        self.with_comma(out, before);
    }

    #[inline]
    fn decimal(&self, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
        let before = out.len();
        write(out);
        self.with_comma(out, before);
    }

    /// Makes the point behind `before` a comma, where numbers are written so.
    #[inline]
    fn with_comma(&self, out: &mut [u8], before: usize) {
        if self.decimal_comma {
            let cell = out.iter_mut().skip(before);
            cell.filter(|byte| **byte == b'.')
                .for_each(|byte| *byte = b',');
        }
    }
}

/// Degrees with no more places than they need; what can't be degrees stays as it is.
#[inline]
fn degrees(value: f64) -> f64 {
    if value.abs() <= 180.0 {
        (value * DEGREE_PLACES).round() / DEGREE_PLACES
    } else {
        value
    }
}

/// Appends microseconds as seconds, exactly: `0.25`.
fn write_seconds(out: &mut Vec<u8>, micros: i128) {
    let (sign, micros) = (micros < 0, micros.unsigned_abs());
    let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
    if sign {
        out.push(b'-');
    }
    out.extend_from_slice(seconds.to_string().as_bytes());
    if micros > 0 {
        let digits = format!("{micros:06}");
        out.push(b'.');
        out.extend_from_slice(digits.trim_end_matches('0').as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_give_back_the_semicircles_of_fit() {
        for semicircles in [614_418_933, -1_193_046, 1, i32::MAX, i32::MIN] {
            let exact = f64::from(semicircles) * 180.0 / f64::from(1_u32 << 31);
            let text = degrees(exact).to_string();
            assert!(
                text.split('.')
                    .nth(1)
                    .is_none_or(|places| places.len() <= 8)
            );
            let back: f64 = text.parse().unwrap();
            let back = (back / 180.0 * f64::from(1_u32 << 31)).round();
            assert!(back.total_cmp(&f64::from(semicircles)).is_eq(), "{text}");
        }
    }

    #[test]
    fn seconds_are_exact() {
        let check = |micros, expect: &str| {
            let mut out = Vec::new();
            write_seconds(&mut out, micros);
            assert_eq!(String::from_utf8(out).unwrap(), expect);
        };
        check(0, "0");
        check(250_000, "0.25");
        check(-1, "-0.000001");
        check(1_772_442_000_123_456, "1772442000.123456");
    }
}
