//! Numbers, times and paths as people read them.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

/// What stands for a value that is not known.
pub(crate) const UNKNOWN: char = '–';

/// `12,345`.
pub(crate) fn thousands(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let mut text = String::new();
    if number < 0.0 {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `8:12.3`, `1:08:12.3`: seconds as hours, minutes and tenths.
pub(crate) fn duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return UNKNOWN.to_string();
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "float to integer casts saturate"
    )]
    let tenths = (seconds * 10.0).round() as i64;
    let (minutes, tenths) = (tenths / 600, tenths % 600);
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let (seconds, tenths) = (tenths / 10, tenths % 10);
    let mut text = String::new();
    let _ = if hours > 0 {
        write!(text, "{hours}:{minutes:02}:{seconds:02}.{tenths}")
    } else {
        write!(text, "{minutes}:{seconds:02}.{tenths}")
    };
    text
}

/// `2 h 5 min`, `12 min`.
pub(crate) fn hours(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round();
    let (hours, minutes) = ((minutes / 60.0).floor(), minutes % 60.0);
    if hours > 0.0 {
        format!("{hours} h {minutes} min")
    } else {
        format!("{minutes} min")
    }
}

/// `81.25`, `118`, `0.5`: a value to two places, without zeros at the end.
pub(crate) fn reading(value: f64) -> String {
    if !value.is_finite() {
        return UNKNOWN.to_string();
    }
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `12 ms`, `3.1 s`, `2:04.6`: how long something took.
pub(crate) fn took(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 1.0 => format!("{} ms", time.as_millis()),
        seconds if seconds < 60.0 => format!("{seconds:.1} s"),
        seconds => duration(seconds),
    }
}

/// `2:04.6`: the time for 500 m at a speed in m/s.
pub(crate) fn split(speed: f64) -> String {
    duration(if speed > 0.0 { 500.0 / speed } else { f64::NAN })
}

/// `1 lap`, `20 laps`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    let word = if number == 1 { one } else { many };
    #[expect(clippy::cast_precision_loss, reason = "counts of things are small")]
    let number = thousands(number as f64);
    format!("{number} {word}")
}

/// A path as short as it can be: relative to the current folder, or to the home folder.
pub(crate) fn path(path: &Path) -> String {
    let shown = |path: &Path| clean(&path.display().to_string());
    if let Ok(here) = std::env::current_dir()
        && let Ok(below) = path.strip_prefix(&here)
    {
        return shown(below);
    }
    if let Some(home) = std::env::home_dir()
        && let Ok(below) = path.strip_prefix(&home)
    {
        return format!("~/{}", shown(below));
    }
    shown(path)
}

/// Text from outside without what could play tricks with the terminal.
pub(crate) fn clean(text: &str) -> String {
    pipeline_engine::neutral(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(thousands(9999.4), "9,999");
        assert_eq!(thousands(1_234_567.0), "1,234,567");
        assert_eq!(thousands(-12.0), "-12");
        assert_eq!(duration(492.34), "8:12.3");
        assert_eq!(duration(4092.0), "1:08:12.0");
        assert_eq!(duration(59.96), "1:00.0");
        assert_eq!(split(500.0 / 124.6), "2:04.6");
        assert_eq!(split(0.0), "–");
        assert_eq!(count(1, "lap", "laps"), "1 lap");
        assert_eq!(clean("a\u{1b}[31mb\u{202e}"), "a\u{fffd}[31mb\u{fffd}");
        assert_eq!(clean("a\u{200f}b\u{2028}c"), "a\u{fffd}b\u{fffd}c");
    }
}
