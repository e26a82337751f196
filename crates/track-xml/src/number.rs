//! Decimal numbers: a quick way for the ones in nearly every file, a tolerant one for the rest.

/// Powers of ten that `f64` holds exactly.
const TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// Integers up to here are exact in `f64`, so that one division rounds correctly.
const EXACT: u64 = 1 << 53;

/// Beyond this a number in a recording is an accident.
const ABSURD: f64 = 1e12;

/// Why a text is not a usable number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotNumber {
    /// Nothing but white space.
    Blank,
    /// NaN or infinite, in any of the usual spellings.
    NotFinite,
    /// Anything else.
    Other,
}

/// Reads digits with at most one point and a sign; `None` sends to the tolerant way.
#[inline]
fn plain(text: &[u8]) -> Option<f64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() {
        return None;
    }
    let mut mantissa = 0_u64;
    let mut fraction = None;
    for (index, &byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => mantissa = mantissa * 10 + u64::from(byte - b'0'),
            b'.' if fraction.is_none() && index > 0 => fraction = Some(digits.len() - index - 1),
            _ => return None,
        }
        if mantissa > EXACT {
            return None;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "at most 2^53")]
    let mantissa = mantissa as f64;
    let value = match fraction {
        None | Some(0) => mantissa,
        Some(places) => mantissa / TENS.get(places)?,
    };
    Some(if negative { -value } else { value })
}

/// Reads a number; white space around it and exponents are fine, decimal commas are not.
#[inline]
pub fn number(text: &[u8]) -> Result<f64, NotNumber> {
    match plain(text) {
        Some(value) => Ok(value),
        None => tolerant(text),
    }
}

#[cold]
fn tolerant(text: &[u8]) -> Result<f64, NotNumber> {
    let text = trim(text);
    if text.is_empty() {
        return Err(NotNumber::Blank);
    }
    let text = std::str::from_utf8(text).map_err(|_| NotNumber::Other)?;
    // Java and C write infinities and NaN in ways that Rust reads as well; .NET's sign differs.
    match text.parse::<f64>() {
        Ok(value) if value.abs() <= ABSURD => Ok(value),
        Ok(value) if value.is_finite() => Err(NotNumber::Other),
        Ok(_) => Err(NotNumber::NotFinite),
        Err(_) => Err(NotNumber::Other),
    }
}

/// Reads a whole number, as version and serial numbers are.
pub fn integer(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(trim(text)).ok()?.parse().ok()
}

/// `text` without white space and control characters around it.
pub fn trim(text: &[u8]) -> &[u8] {
    let blank = |&b: &u8| b <= b' ' || b == 0x7f;
    let Some(start) = text.iter().position(|b| !blank(b)) else {
        return &[];
    };
    let end = text
        .iter()
        .rposition(|b| !blank(b))
        .map_or(0, |last| last + 1);
    text.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expect: Result<f64, NotNumber>) {
        assert_eq!(number(text.as_bytes()), expect, "{text:?}");
    }

    #[test]
    fn reads_what_files_hold() {
        check("0", Ok(0.0));
        check("9999", Ok(9999.0));
        check("3.92", Ok(3.92));
        check("-77.038563", Ok(-77.038_563));
        check("51.49604828847454", Ok(51.496_048_288_474_54));
        check("8.600000381469727", Ok(8.600_000_381_469_727));
        check("4237.9990234375", Ok(4_237.999_023_437_5));
        check("000372", Ok(372.0));
        check(" 12\r\n", Ok(12.0));
        check("12\0", Ok(12.0));
        check("+5", Ok(5.0));
        check("5.", Ok(5.0));
        check(".5", Ok(0.5));
        check("1.5e3", Ok(1500.0));
        check("1E-5", Ok(1e-5));
        check(
            "123456789012345678901234567890e-25",
            Ok(12_345.678_901_234_567),
        );
    }

    #[test]
    fn refuses_what_is_no_number() {
        check("", Err(NotNumber::Blank));
        check(" \n ", Err(NotNumber::Blank));
        check("  undefined", Err(NotNumber::Other));
        check("null", Err(NotNumber::Other));
        check("12,5", Err(NotNumber::Other));
        check("1.2.3", Err(NotNumber::Other));
        check("-", Err(NotNumber::Other));
        check("--1", Err(NotNumber::Other));
        check(".", Err(NotNumber::Other));
        check("0x10", Err(NotNumber::Other));
        check("12 m", Err(NotNumber::Other));
        check("1e300", Err(NotNumber::Other));
        check("NaN", Err(NotNumber::NotFinite));
        check("-Infinity", Err(NotNumber::NotFinite));
        check("inf", Err(NotNumber::NotFinite));
        check("1e999", Err(NotNumber::NotFinite));
        assert_eq!(number(b"1\xff2"), Err(NotNumber::Other));
    }

    proptest! {
        /// The quick way rounds exactly as the standard library does.
        #[test]
        fn quick_equals_std(text in "-?[0-9]{1,12}(\\.[0-9]{0,16})?") {
            let expect: f64 = text.parse().unwrap();
            prop_assert_eq!(number(text.as_bytes()).unwrap().to_bits(), expect.to_bits());
        }
    }
}
