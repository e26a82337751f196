//! Times as text: RFC 3339 and what spreadsheets make of it.

use crate::calendar::{DAY, MINUTE, SECOND, date, day_number};

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// RFC 3339 in UTC: `2026-03-02T09:00:00.250Z`.
    #[default]
    Rfc3339,
    /// As spreadsheets understand it, in UTC: `2026-03-02 09:00:00.250`.
    Plain,
}

/// Writes times, remembering the last minute.
///
/// Fractions have three digits, six where microseconds matter, none where they are zero.
#[derive(Debug, Clone, Default)]
pub struct TimeWriter {
    style: Style,
    /// The minute that `text` holds, since 1970, and whether it holds one.
    minute: Option<i64>,
    /// `2026-03-02T09:00:`
    text: Vec<u8>,
}

impl TimeWriter {
    /// A writer of that style.
    pub fn new(style: Style) -> Self {
        Self {
            style,
            ..Self::default()
        }
    }

    /// Appends a time, in microseconds since 1970-01-01T00:00:00Z.
    #[inline]
    pub fn write(&mut self, out: &mut Vec<u8>, micros: i64) {
        let (minute, rest) = (micros.div_euclid(MINUTE), micros.rem_euclid(MINUTE));
        if self.minute != Some(minute) {
            self.begin(minute);
        }
        out.extend_from_slice(&self.text);
        let (second, micros) = (rest / SECOND, rest % SECOND);
        out.extend_from_slice(&two(second));
        if micros != 0 {
            out.push(b'.');
            out.extend_from_slice(&three(micros / 1000));
            if micros % 1000 != 0 {
                out.extend_from_slice(&three(micros % 1000));
            }
        }
        if self.style == Style::Rfc3339 {
            out.push(b'Z');
        }
    }

    fn begin(&mut self, minute: i64) {
        let (day, minute_of_day) = (minute.div_euclid(1440), minute.rem_euclid(1440));
        let (year, month, day) = date(day);
        self.minute = Some(minute);
        self.text.clear();
        if (0..=9999).contains(&year) {
            self.text.extend_from_slice(&two(year / 100));
            self.text.extend_from_slice(&two(year % 100));
        } else {
            // ISO 8601's expanded form; no clock is right there, but nothing is lost.
            self.text
                .extend_from_slice(format!("{year:+05}").as_bytes());
        }
        let between = match self.style {
            Style::Rfc3339 => b'T',
            Style::Plain => b' ',
        };
        for (before, number) in [
            (b'-', month),
            (b'-', day),
            (between, minute_of_day / 60),
            (b':', minute_of_day % 60),
        ] {
            self.text.push(before);
            self.text.extend_from_slice(&two(number));
        }
        self.text.push(b':');
    }
}

/// Two digits of a number below 100.
#[inline]
fn two(number: i64) -> [u8; 2] {
    [digit(number / 10), digit(number)]
}

/// Three digits of a number below 1,000.
#[inline]
fn three(number: i64) -> [u8; 3] {
    [digit(number / 100), digit(number / 10), digit(number)]
}

#[inline]
fn digit(number: i64) -> u8 {
    b'0' + u8::try_from(number.rem_euclid(10)).unwrap_or(0)
}

/// What a time says about its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// Nothing: it is somebody's local time.
    Unknown,
    /// `Z`: it is UTC, and where it was recorded is not said.
    Utc,
    /// Local time with its offset from UTC, in seconds.
    Offset(i32),
}

/// A time that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    /// Microseconds since 1970-01-01T00:00:00Z; of a time without zone, as if it were UTC.
    pub micros: i64,
    /// What it says about its zone.
    pub zone: Zone,
}

/// Reads times, remembering the last day.
///
/// `2026-03-02T10:00:00.25+01:00` and its relatives: a blank or `t` instead of `T`, slashes in the
/// date, `02.03.2026`, a decimal comma, no seconds, no zone. Digits beyond the microsecond are cut
/// off. `03/02/2026` is not read: one can't know which number is the month.
#[derive(Debug, Clone, Default)]
pub struct TimeReader {
    /// The text and number of the last day seen.
    day: Option<([u8; 10], i64)>,
}

impl TimeReader {
    /// Reads a date and a time; `None` if it is none.
    #[inline]
    pub fn read(&mut self, text: &[u8]) -> Option<Time> {
        let (day, rest) = self.day(text)?;
        let [b'T' | b't' | b' ', clock @ ..] = rest else {
            return None;
        };
        of_day(day, clock)
    }

    /// Reads a date and, from another text, the time of that day.
    pub fn read_parts(&mut self, date: &[u8], clock: &[u8]) -> Option<Time> {
        let (day, rest) = self.day(date)?;
        if rest.is_empty() {
            of_day(day, clock)
        } else {
            None
        }
    }

    /// The date at the start of `text` in days since 1970, and what follows.
    #[inline]
    fn day<'a>(&mut self, text: &'a [u8]) -> Option<(i64, &'a [u8])> {
        let Some((date, rest)) = text.split_first_chunk::<10>() else {
            return expanded(text);
        };
        match self.day {
            Some((known, day)) if known == *date => Some((day, rest)),
            _ => match day_of(*date) {
                Some(day) => {
                    self.day = Some((*date, day));
                    Some((day, rest))
                }
                None => expanded(text),
            },
        }
    }
}

fn day_of(date: [u8; 10]) -> Option<i64> {
    let (year, month, day) = match date {
        [y, yy, yyy, yyyy, b'-', m, mm, b'-', d, dd]
        | [y, yy, yyy, yyyy, b'/', m, mm, b'/', d, dd]
        | [d, dd, b'.', m, mm, b'.', y, yy, yyy, yyyy] => ([y, yy, yyy, yyyy], [m, mm], [d, dd]),
        _ => return None,
    };
    let [y, yy, yyy, yyyy] = year;
    let year = number([y, yy])? * 100 + number([yyy, yyyy])?;
    day_number(year, number(month)?, number(day)?)
}

/// A date of ISO 8601's expanded form, `+12026-03-02`, as [`TimeWriter`] writes it.
#[cold]
fn expanded(text: &[u8]) -> Option<(i64, &[u8])> {
    let (sign, digits) = match text {
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    let length = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    let (year, rest) = digits.split_at_checked(length)?;
    let ([b'-', m, mm, b'-', d, dd], rest) = rest.split_first_chunk::<6>()? else {
        return None;
    };
    if !(4..=6).contains(&length) {
        return None;
    }
    let year: i64 = std::str::from_utf8(year).ok()?.parse().ok()?;
    let day = day_number(sign * year, number([*m, *mm])?, number([*d, *dd])?)?;
    Some((day, rest))
}

/// The time of a day: `10:00`, `10:00:00`, `10:00:00.25+01:00`.
#[inline]
fn of_day(day: i64, clock: &[u8]) -> Option<Time> {
    let ([h, hh, b':', m, mm], rest) = clock.split_first_chunk::<5>()? else {
        return None;
    };
    let (hour, minute) = (number([*h, *hh])?, number([*m, *mm])?);
    let (second, rest) = match rest {
        [b':', s, ss, rest @ ..] => (number([*s, *ss])?, rest),
        rest => (0, rest),
    };
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (micros, rest) = fraction(rest);
    let zone = zone(rest)?;
    let offset = match zone {
        Zone::Offset(offset) => i64::from(offset),
        Zone::Unknown | Zone::Utc => 0,
    };
    let seconds = day.checked_mul(DAY)? + hour * 3600 + minute * 60 + second - offset;
    let micros = seconds.checked_mul(SECOND)?.checked_add(micros)?;
    Some(Time { micros, zone })
}

/// Microseconds of `.123456…`, cut at six digits, and what follows.
#[inline]
fn fraction(text: &[u8]) -> (i64, &[u8]) {
    let [b'.' | b',', digits @ ..] = text else {
        return (0, text);
    };
    let mut rest = digits;
    let (mut micros, mut unit) = (0, 100_000);
    while let [digit @ b'0'..=b'9', tail @ ..] = rest {
        micros += i64::from(digit - b'0') * unit;
        unit /= 10;
        rest = tail;
    }
    (micros, rest)
}

#[inline]
fn zone(text: &[u8]) -> Option<Zone> {
    let (sign, h, hh, m, mm) = match *text {
        [b'Z' | b'z'] | [b' ', b'U', b'T', b'C'] => return Some(Zone::Utc),
        [] => return Some(Zone::Unknown),
        [sign, h, hh, b':', m, mm] | [sign, h, hh, m, mm] => (sign, h, hh, m, mm),
        [sign, h, hh] => (sign, h, hh, b'0', b'0'),
        _ => return None,
    };
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = (number([h, hh])?, number([m, mm])?);
    if hours > 18 || minutes > 59 {
        return None;
    }
    let offset = i32::try_from(sign * (hours * 3600 + minutes * 60)).ok()?;
    Some(Zone::Offset(offset))
}

/// Two digits.
#[inline]
fn number([tens, ones]: [u8; 2]) -> Option<i64> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens * 10 + ones))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2026-03-02T09:00:00Z
    const T: i64 = 1_772_442_000_000_000;

    fn text(style: Style, micros: i64) -> String {
        let mut out = Vec::new();
        TimeWriter::new(style).write(&mut out, micros);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn times_are_as_short_as_they_can_be() {
        let check = |micros, expect: &str| assert_eq!(text(Style::Rfc3339, micros), expect);
        check(T, "2026-03-02T09:00:00Z");
        check(T + 250_000, "2026-03-02T09:00:00.250Z");
        check(T + 250_001, "2026-03-02T09:00:00.250001Z");
        check(T + 59_999_999, "2026-03-02T09:00:59.999999Z");
        check(-1, "1969-12-31T23:59:59.999999Z");
        assert_eq!(text(Style::Plain, T + 250_000), "2026-03-02 09:00:00.250");
    }

    #[test]
    fn a_writer_goes_on_to_the_next_minute_and_back() {
        let mut writer = TimeWriter::default();
        let mut out = Vec::new();
        for micros in [T, T + MINUTE, T - 1, T] {
            writer.write(&mut out, micros);
            out.push(b' ');
        }
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "2026-03-02T09:00:00Z 2026-03-02T09:01:00Z 2026-03-02T08:59:59.999999Z 2026-03-02T09:00:00Z "
        );
    }

    #[test]
    fn reads_what_files_hold() {
        let check = |text: &str, expect: Option<(i64, Zone)>| {
            let found = TimeReader::default().read(text.as_bytes());
            assert_eq!(found.map(|t| (t.micros, t.zone)), expect, "{text:?}");
        };
        check("2026-03-02T09:00:00Z", Some((T, Zone::Utc)));
        check("2026-03-02 09:00:00 UTC", Some((T, Zone::Utc)));
        check("2026-03-02T09:00:00.25", Some((T + 250_000, Zone::Unknown)));
        check(
            "2026-03-02T10:00:00,25+01",
            Some((T + 250_000, Zone::Offset(3600))),
        );
        check(
            "2026-03-02T03:30:00-05:30",
            Some((T, Zone::Offset(-19_800))),
        );
        check("2026/03/02 09:00:00", Some((T, Zone::Unknown)));
        check("02.03.2026 09:00", Some((T, Zone::Unknown)));
        check(
            "2026-03-02T09:00:00.123456789Z",
            Some((T + 123_456, Zone::Utc)),
        );
        for wrong in [
            "",
            "2026-03-02",
            "03/02/2026 09:00:00",
            "2026-02-29T00:00:00Z",
            "2026-03-02T24:00:00Z",
            "2026-03-02T09:60:00Z",
            "2026-03-02T09:00:61Z",
            "2026-03-02T09:00:00ZZ",
            "2026-03-02T09:00:00+99:00",
            "2026-03-02X09:00:00Z",
            "+1-01-01T00:00:00Z",
            "-9999999-01-01T00:00:00Z",
            "12:00:00",
        ] {
            check(wrong, None);
        }
    }

    #[test]
    fn date_and_time_may_stand_apart() {
        let mut reader = TimeReader::default();
        let time = reader.read_parts(b"02.03.2026", b"09:00:00");
        assert_eq!(time.map(|time| time.micros), Some(T));
        assert_eq!(reader.read_parts(b"02.03.2026 ", b"09:00:00"), None);
    }

    proptest! {
        #[test]
        fn every_time_comes_back(micros: i64) {
            let text = text(Style::Rfc3339, micros);
            let back = TimeReader::default().read(text.as_bytes());
            prop_assert_eq!(back, Some(Time { micros, zone: Zone::Utc }), "{}", text);
        }

        /// The text is the one that chrono writes.
        #[test]
        fn the_text_is_rfc_3339(micros in -62_167_219_200_000_000_i64..253_402_300_800_000_000) {
            let time = chrono::DateTime::from_timestamp_micros(micros).unwrap();
            let expect = time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
            prop_assert_eq!(text(Style::Rfc3339, micros), expect);
        }

        #[test]
        fn any_bytes_are_read_without_a_fault(bytes: Vec<u8>) {
            let _ = TimeReader::default().read(&bytes);
        }
    }
}
