//! Decimal numbers, to text and back without loss.

/// Powers of ten that `f64` holds exactly.
const TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// Integers up to here are exact in `f64`.
const EXACT: u64 = 1 << 53;

/// Numbers in here that are not whole have neither an exponent nor a superfluous `.0`.
const USUAL: std::ops::Range<f64> = 1e-5..9e15;

/// Powers of ten that are written out, of the first digit.
const WRITTEN_OUT: std::ops::RangeInclusive<i32> = -10..=20;

/// Appends the shortest decimal text that reads back as the same number: `150`, `4.16`.
///
/// Only numbers far beyond what is measured have an exponent (`1.5e-12`, `1e30`). What is not
/// finite has no text: nothing is appended.
#[inline]
pub fn write_number(out: &mut Vec<u8>, value: f64) {
    if let Some(whole) = whole(value) {
        out.extend_from_slice(itoa::Buffer::new().format(whole).as_bytes());
    } else if value.is_finite() {
        let mut buffer = zmij::Buffer::new();
        let text = buffer.format_finite(value);
        if USUAL.contains(&value.abs()) {
            out.extend_from_slice(text.as_bytes());
        } else {
            write_unusual(out, text);
        }
    }
}

/// Appends a number as JSON libraries write floats: shortest, with a fraction or an exponent
/// (`150.0`, `4.16`), so that a column never looks like integers in one place only.
///
/// What is not finite has no text: nothing is appended.
#[inline]
pub fn write_json_number(out: &mut Vec<u8>, value: f64) {
    if let Some(whole) = whole(value) {
        out.extend_from_slice(itoa::Buffer::new().format(whole).as_bytes());
        out.extend_from_slice(b".0");
    } else if value.is_finite() {
        out.extend_from_slice(zmij::Buffer::new().format_finite(value).as_bytes());
    }
}

/// A whole number that is quickly written; not -0, which would lose its sign.
#[inline]
fn whole(value: f64) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what does not fit compares unequal"
    )]
    let whole = value as i64;
    #[expect(clippy::cast_precision_loss, reason = "less than 2^53")]
    let same = whole.unsigned_abs() < EXACT && (whole as f64).to_bits() == value.to_bits();
    same.then_some(whole)
}

/// Writes `1.5e-7` as `0.00000015`, `1e+17` as `100000000000000000` and `-0.0` as `-0`.
#[cold]
fn write_unusual(out: &mut Vec<u8>, text: &str) {
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits = digits.strip_suffix(".0").unwrap_or(digits);
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", digits),
    };
    let (before, behind) = digits.split_once('.').unwrap_or((digits, ""));
    let missing = exponent - i32::try_from(behind.len()).unwrap_or(0);
    out.extend_from_slice(sign.as_bytes());
    if !WRITTEN_OUT.contains(&exponent) {
        let text = text.strip_prefix('-').unwrap_or(text);
        out.extend(text.bytes().filter(|byte| *byte != b'+'));
    } else if exponent < 0 {
        out.extend_from_slice(b"0.");
        (1..-exponent).for_each(|_| out.push(b'0'));
        out.extend_from_slice(before.as_bytes());
        out.extend_from_slice(behind.as_bytes());
    } else {
        // Numbers with fewer digits before the point than behind it come without exponent.
        out.extend_from_slice(before.as_bytes());
        out.extend_from_slice(behind.as_bytes());
        (0..missing).for_each(|_| out.push(b'0'));
    }
}

/// Reads a decimal number: `150`, `-4.16`, `.5`, `1.5e-7`. `None` if it is none; white space
/// around it, infinities and NaN are none either.
#[inline]
pub fn read_number(text: &[u8]) -> Option<f64> {
    plain(text).or_else(|| any(text))
}

/// Digits with at most one point and a sign, if one division gives the right result.
#[inline]
fn plain(text: &[u8]) -> Option<f64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let mut mantissa = 0_u64;
    let mut places = None;
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + u64::from(byte - b'0');
                places = places.map(|places| places + 1);
            }
            b'.' if places.is_none() => places = Some(0),
            _ => return None,
        }
        if mantissa > EXACT {
            return None;
        }
    }
    if !digits.first()?.is_ascii_digit() {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "at most 2^53")]
    let mantissa = mantissa as f64;
    let value = match places {
        None | Some(0) => mantissa,
        Some(places) => mantissa / TENS.get(places)?,
    };
    Some(if negative { -value } else { value })
}

#[cold]
fn any(text: &[u8]) -> Option<f64> {
    let fits = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E');
    if !text.iter().all(fits) {
        return None;
    }
    let value: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(value: f64) -> String {
        let mut out = Vec::new();
        write_number(&mut out, value);
        String::from_utf8(out).unwrap()
    }

    fn json(value: f64) -> String {
        let mut out = Vec::new();
        write_json_number(&mut out, value);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_are_as_short_as_people_write_them() {
        let check = |value: f64, expect: &str| assert_eq!(text(value), expect);
        check(150.0, "150");
        check(-7.0, "-7");
        check(0.0, "0");
        check(-0.0, "-0");
        check(4.16, "4.16");
        check(0.1 + 0.2, "0.30000000000000004");
        check(416.0 / 100.0, "4.16");
        check(52.205_123_456_789_01, "52.20512345678901");
        check(0.000_01, "0.00001");
        check(1.5e-7, "0.00000015");
        check(-1.25e-10, "-0.000000000125");
        check(1.5e-12, "1.5e-12");
        check(9_007_199_254_740_992.0, "9007199254740992");
        check(1e15, "1000000000000000");
        check(-1.2e16, "-12000000000000000");
        check(123_456_789_012_345_680.0, "123456789012345680");
        check(1e30, "1e30");
        check(-1e300, "-1e300");
        check(f64::MAX, "1.7976931348623157e308");
        check(5e-324, "5e-324");
        check(f64::NAN, "");
        check(f64::NEG_INFINITY, "");
    }

    #[test]
    fn json_numbers_have_a_fraction() {
        assert_eq!(json(150.0), "150.0");
        assert_eq!(json(-0.0), "-0.0");
        assert_eq!(json(4.16), "4.16");
        assert_eq!(json(f64::NAN), "");
    }

    #[test]
    fn reads_what_files_hold() {
        let check = |text: &str, expect: Option<f64>| {
            assert_eq!(read_number(text.as_bytes()), expect, "{text:?}");
        };
        check("0", Some(0.0));
        check("000372", Some(372.0));
        check("3.92", Some(3.92));
        check("-77.038563", Some(-77.038_563));
        check("51.49604828847454", Some(51.496_048_288_474_54));
        check("+5", Some(5.0));
        check("5.", Some(5.0));
        check(".5", Some(0.5));
        check("1.5e3", Some(1500.0));
        check("1E-5", Some(1e-5));
        for wrong in [
            "",
            "-",
            ".",
            "1.2.3",
            "--1",
            "1-2",
            "12,5",
            " 1",
            "1 ",
            "0x10",
            "12 m",
            "inf",
            "NaN",
            "nan",
            "1e999",
            "e",
            "1e",
            "1\u{a0}000",
        ] {
            check(wrong, None);
        }
        assert_eq!(read_number(b"1\xff2"), None);
    }

    proptest! {
        #[test]
        fn every_number_comes_back(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            for text in [text(value), json(value)] {
                let back = read_number(text.as_bytes()).map(f64::to_bits);
                prop_assert_eq!(back, Some(bits), "{}", text);
            }
        }

        /// What has few decimals is written with few decimals.
        #[test]
        fn decimals_stay_decimals(mantissa in -1_000_000_000_i64..1_000_000_000, places in 0_usize..7) {
            let value: f64 = format!("{mantissa}e-{places}").parse().unwrap();
            let text = text(value);
            let behind = text.split_once('.').map_or(0, |(_, behind)| behind.len());
            prop_assert!(behind <= places && !text.contains('e'), "{}", text);
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
        }

        /// The quick way rounds exactly as the standard library does.
        #[test]
        fn quick_equals_std(text in "-?[0-9]{1,12}(\\.[0-9]{0,16})?") {
            let expect: f64 = text.parse().unwrap();
            prop_assert_eq!(read_number(text.as_bytes()).unwrap().to_bits(), expect.to_bits());
        }
    }
}
