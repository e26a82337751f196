//! Times: `YYYY-MM-DDTHH:MM:SS[.fraction][Z|±hh:mm]`, quickly when the day is the last one's.

pub(crate) const DAY: i64 = 86_400;
/// FIT's dates begin in 1990 and end in 2126; a device's time outside is an accident.
const YEARS: std::ops::RangeInclusive<i64> = 1990..=2125;
/// The Buddhist era, in which phones set to Thai count, is ahead by this.
const BUDDHIST: i64 = 543;

/// An instant as the file gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub micros: i64,
    /// Seconds that the local time of the file is ahead of UTC; `None` for `Z` or nothing.
    pub utc_offset: Option<i32>,
}

impl Time {
    /// Reads a time by itself, as tolerantly as the ones in a file; `None` if it is none.
    pub fn read(text: &str) -> Option<Time> {
        Clock::default().read(text.as_bytes()).map(|(time, _)| time)
    }
}

/// An instant in UTC.
impl From<i64> for Time {
    fn from(micros: i64) -> Time {
        Time {
            micros,
            utc_offset: None,
        }
    }
}

/// What was unusual about a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Oddity {
    /// It has no zone.
    pub no_zone: bool,
    /// It has other digits, or its year is of the Buddhist era.
    pub foreign: bool,
}

/// Reads times, remembering the last day.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// The text and number of the last day seen.
    day: Option<([u8; 10], i64)>,
}

impl Clock {
    /// Reads a time; `None` if it is none.
    #[inline]
    pub(crate) fn read(&mut self, text: &[u8]) -> Option<(Time, Oddity)> {
        match self.plain(text) {
            Some(found) => Some(found),
            None => self.tolerant(text),
        }
    }

    #[inline]
    fn plain(&mut self, text: &[u8]) -> Option<(Time, Oddity)> {
        let (date, rest) = text.split_first_chunk::<10>()?;
        let day = match self.day {
            Some((known, day)) if known == *date => day,
            _ => {
                let day = day_number(*date)?;
                self.day = Some((*date, day));
                day
            }
        };
        let (clock, rest) = rest.split_first_chunk::<9>()?;
        let [b'T' | b't' | b' ', h, hh, b':', m, mm, b':', s, ss] = *clock else {
            return None;
        };
        let (hour, minute, second) = (two(h, hh)?, two(m, mm)?, two(s, ss)?);
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let (micros, rest) = fraction(rest);
        let (utc_offset, no_zone) = zone(rest)?;
        let seconds =
            day * DAY + hour * 3600 + minute * 60 + second - i64::from(utc_offset.unwrap_or(0));
        let time = Time {
            micros: seconds * 1_000_000 + micros,
            utc_offset,
        };
        Some((
            time,
            Oddity {
                no_zone,
                foreign: false,
            },
        ))
    }

    /// Trims, translates digits and eras, and tries again.
    #[cold]
    fn tolerant(&mut self, text: &[u8]) -> Option<(Time, Oddity)> {
        let text = std::str::from_utf8(crate::number::trim(text)).ok()?;
        let mut latin: Vec<u8> = text.chars().map(latin_digit).collect::<Option<_>>()?;
        let mut foreign = !text.is_ascii();
        if let Some((year, _)) = latin.split_first_chunk_mut::<4>()
            && let Some(number) = four(*year)
            && YEARS.contains(&(number - BUDDHIST))
        {
            let digits = format!("{:04}", number - BUDDHIST);
            year.copy_from_slice(digits.as_bytes().first_chunk::<4>()?);
            foreign = true;
        }
        let (time, oddity) = match self.plain(&latin) {
            Some(found) => found,
            None => self.plain(&extended(&latin)?)?,
        };
        Some((time, Oddity { foreign, ..oddity }))
    }
}

/// The other forms of ISO 8601 in the usual one: `20240301T060000Z`, and without seconds.
fn extended(text: &[u8]) -> Option<Vec<u8>> {
    let is_number = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    let (year, mut rest) = text
        .split_at_checked(4)
        .filter(|(year, _)| is_number(year))?;
    let mut out = year.to_vec();
    for mark in *b"--T::" {
        let part = match rest {
            [b't' | b' ', part @ ..] if mark == b'T' => part,
            [found, part @ ..] if *found == mark => part,
            part if mark != b'T' => part,
            _ => return None,
        };
        out.push(mark);
        match part.split_at_checked(2).filter(|(two, _)| is_number(two)) {
            Some((two, tail)) => {
                out.extend_from_slice(two);
                rest = tail;
            }
            None if out.len() == b"2024-03-01T06:00:".len() => out.extend_from_slice(b"00"),
            None => return None,
        }
    }
    out.extend_from_slice(rest);
    Some(out)
}

/// Days from 1970-01-01 to a date as text (Howard Hinnant's `days_from_civil`).
fn day_number(date: [u8; 10]) -> Option<i64> {
    let [y, yy, yyy, yyyy, b'-', m, mm, b'-', d, dd] = date else {
        return None;
    };
    let (year, month, day) = (four([y, yy, yyy, yyyy])?, two(m, mm)?, two(d, dd)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        1..=12 => 31,
        _ => return None,
    };
    if !YEARS.contains(&year) || day < 1 || day > days {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
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

/// The offset in seconds, and whether there is no zone at all.
#[inline]
fn zone(text: &[u8]) -> Option<(Option<i32>, bool)> {
    let (sign, h, hh, m, mm) = match *text {
        [b'Z' | b'z'] => return Some((None, false)),
        [] => return Some((None, true)),
        [sign, h, hh, b':', m, mm] | [sign, h, hh, m, mm] => (sign, h, hh, m, mm),
        [sign, h, hh] => (sign, h, hh, b'0', b'0'),
        _ => return None,
    };
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = (two(h, hh)?, two(m, mm)?);
    if hours > 18 || minutes > 59 {
        return None;
    }
    Some((
        i32::try_from(sign * (hours * 3600 + minutes * 60)).ok(),
        false,
    ))
}

#[inline]
fn two(tens: u8, ones: u8) -> Option<i64> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens * 10 + ones))
}

fn four([a, b, c, d]: [u8; 4]) -> Option<i64> {
    Some(two(a, b)? * 100 + two(c, d)?)
}

/// An ASCII character as it is, a digit of another script as its Latin twin.
fn latin_digit(c: char) -> Option<u8> {
    /// Arabic, Persian, Devanagari, Bengali and Thai zeros; the other digits follow theirs.
    const ZEROS: [u32; 5] = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50];
    if c.is_ascii() {
        return u8::try_from(u32::from(c)).ok();
    }
    let digit = ZEROS
        .iter()
        .find_map(|zero| u32::from(c).checked_sub(*zero).filter(|d| *d < 10))?;
    u8::try_from(digit).ok().map(|digit| b'0' + digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2020-11-24T13:46:36Z
    const T: i64 = 1_606_225_596_000_000;

    fn check(text: &str, expect: Option<(i64, Option<i32>)>) {
        let found = Clock::default()
            .read(text.as_bytes())
            .map(|(t, _)| (t.micros, t.utc_offset));
        assert_eq!(found, expect, "{text:?}");
    }

    #[test]
    fn reads_what_files_hold() {
        check("2020-11-24T13:46:36Z", Some((T, None)));
        check("2020-11-24T13:46:36.000Z", Some((T, None)));
        check("2020-11-24T13:46:36.25Z", Some((T + 250_000, None)));
        check(
            "2020-11-24T13:46:36.999999+00:00",
            Some((T + 999_999, Some(0))),
        );
        check(
            "2020-11-24T09:46:36.2360000-04:00",
            Some((T + 236_000, Some(-14_400))),
        );
        check("2020-11-24T15:46:36+02:00", Some((T, Some(7200))));
        check("2020-11-24T15:46:36+0200", Some((T, Some(7200))));
        check("2020-11-24T15:46:36+02", Some((T, Some(7200))));
        check(" 2020-11-24 13:46:36Z\n", Some((T, None)));
        check("2020-11-24T13:46:36.123456789Z", Some((T + 123_456, None)));
        check("20201124T134636Z", Some((T, None)));
        check("20201124T134636.25Z", Some((T + 250_000, None)));
        check("20201124T154636+0200", Some((T, Some(7200))));
        check("2020-11-24T13:46Z", Some((T - 36_000_000, None)));
        check("2020-11-24T15:46+02:00", Some((T - 36_000_000, Some(7200))));
        check("2020-02-29T00:00:00Z", Some((1_582_934_400_000_000, None)));
        check("1999-12-31T23:59:59Z", Some((946_684_799_000_000, None)));
        check("2100-03-01T00:00:00Z", Some((4_107_542_400_000_000, None)));
    }

    #[test]
    fn takes_no_zone_for_utc() {
        let (time, oddity) = Clock::default().read(b"2020-11-24T13:46:36").unwrap();
        assert_eq!((time.micros, oddity.no_zone), (T, true));
    }

    /// Guessed from Java's `SimpleDateFormat` with the default locale (reference B1).
    #[test]
    fn translates_foreign_digits_and_eras() {
        for text in [
            "٢٠٢٠-١١-٢٤T١٣:٤٦:٣٦Z",
            "2563-11-24T13:46:36Z",
            "๒๕๖๓-๑๑-๒๔T๑๓:๔๖:๓๖Z",
        ] {
            let (time, oddity) = Clock::default().read(text.as_bytes()).unwrap();
            assert_eq!((time.micros, oddity.foreign), (T, true), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_time() {
        check("", None);
        check("+052870-03-11T09:39:10.000Z", None);
        check("2020-11-24", None);
        check("2020-11-24T13", None);
        check("2020-11-24T13:", None);
        check("20201124134636Z", None);
        check("2020-13-24T13:46:36Z", None);
        check("2019-02-29T13:46:36Z", None);
        check("2020-11-24T24:46:36Z", None);
        check("2020-11-24T13:60:36Z", None);
        check("2020-11-24T13:46:61Z", None);
        check("2020-11-24T13:46:36+99:00", None);
        check("2020-11-24T13:46:36ZZ", None);
        check("1970-01-01T00:00:00Z", None);
        check("0000-00-00T00:00:00Z", None);
        check("android_id:f9b2b8abcc4042dd_20201124T215647952Z", None);
    }

    #[test]
    fn remembers_the_day() {
        let mut clock = Clock::default();
        for (text, expect) in [
            (&b"2020-11-24T23:59:59Z"[..], 1_606_262_399),
            (b"2020-11-25T00:00:00Z", 1_606_262_400),
            (b"2020-11-25T00:00:01Z", 1_606_262_401),
        ] {
            assert_eq!(clock.read(text).unwrap().0.micros, expect * 1_000_000);
        }
    }
}
