//! Times as they are written.

use crate::time::DAY;

/// The year, month and day of a day since 1970-01-01 (Howard Hinnant's `civil_from_days`).
fn date(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, of_month)
}

/// Writes times, remembering the last day.
#[derive(Debug, Default)]
pub(crate) struct Calendar {
    /// The number and text of the last day written.
    day: Option<(i64, String)>,
}

impl Calendar {
    /// Writes a time in UTC, rounded to milliseconds; these only where there are any.
    pub(crate) fn write(&mut self, out: &mut Vec<u8>, micros: i64) {
        let millis = micros.div_euclid(1000) + i64::from(micros.rem_euclid(1000) >= 500);
        let (day, of_day) = (millis.div_euclid(DAY * 1000), millis.rem_euclid(DAY * 1000));
        let text = match &mut self.day {
            Some((known, text)) if *known == day => text,
            other => {
                let (year, month, of_month) = date(day);
                let text = format!("{year:04}-{month:02}-{of_month:02}T");
                &mut other.insert((day, text)).1
            }
        };
        out.extend_from_slice(text.as_bytes());
        let (second, milli) = (of_day / 1000, of_day % 1000);
        push_two(out, second / 3600);
        out.push(b':');
        push_two(out, second / 60 % 60);
        out.push(b':');
        push_two(out, second % 60);
        if milli > 0 {
            out.push(b'.');
            push_two(out, milli / 10);
            push_digit(out, milli % 10);
        }
        out.push(b'Z');
    }
}

fn push_two(out: &mut Vec<u8>, number: i64) {
    push_digit(out, number / 10);
    push_digit(out, number % 10);
}

fn push_digit(out: &mut Vec<u8>, digit: i64) {
    out.push(b'0' + u8::try_from(digit).unwrap_or(0));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::Time;

    /// 2020-11-24T13:46:36Z
    const T: i64 = 1_606_225_596_000_000;

    fn written(calendar: &mut Calendar, micros: i64) -> String {
        let mut out = Vec::new();
        calendar.write(&mut out, micros);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn writes_milliseconds_only_where_there_are_any() {
        let mut calendar = Calendar::default();
        for (micros, expect) in [
            (T, "2020-11-24T13:46:36Z"),
            (T + 499, "2020-11-24T13:46:36Z"),
            (T + 500, "2020-11-24T13:46:36.001Z"),
            (T + 250_000, "2020-11-24T13:46:36.250Z"),
            (T + 999_500, "2020-11-24T13:46:37Z"),
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1970-01-01T00:00:00Z"),
            (-1_000, "1969-12-31T23:59:59.999Z"),
            (1_582_934_400_000_000, "2020-02-29T00:00:00Z"),
            (4_107_542_399_999_499, "2100-02-28T23:59:59.999Z"),
        ] {
            assert_eq!(written(&mut calendar, micros), expect);
        }
        for far in [i64::MIN, i64::MAX] {
            assert!(written(&mut calendar, far).ends_with('Z'));
        }
    }

    proptest! {
        /// What is written is read again, to the millisecond.
        #[test]
        fn written_times_are_read(millis in 631_152_000_000_i64..4_900_000_000_000) {
            let text = written(&mut Calendar::default(), millis * 1000);
            prop_assert_eq!(Time::read(&text), Some(Time::from(millis * 1000)), "{}", text);
        }
    }
}
