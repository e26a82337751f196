//! FIT's clock: whole seconds since 1989-12-31T00:00:00Z.

/// Unix seconds at which FIT's clock starts.
pub const EPOCH: i64 = 631_065_600;

/// Values below this are seconds since a device was switched on, not dates.
pub const FIRST_DATE: u32 = 0x1000_0000;

/// FIT seconds of a Unix time in seconds, as a value for [`Encoder::write`](crate::Encoder::write).
///
/// Times outside the range of the field come out as such and are saturated by the encoder.
#[expect(
    clippy::cast_precision_loss,
    reason = "exact for all dates within 285 million years"
)]
pub fn from_unix_seconds(seconds: i64) -> f64 {
    seconds.saturating_sub(EPOCH) as f64
}

/// FIT seconds of a Unix time in microseconds, rounded down: the second that has begun.
pub fn from_unix_micros(micros: i64) -> f64 {
    from_unix_seconds(micros.div_euclid(1_000_000))
}

/// Unix seconds of a FIT time; `None` if it is counted from when the device was switched on.
pub fn to_unix_seconds(seconds: u32) -> Option<i64> {
    (seconds >= FIRST_DATE && seconds != u32::MAX).then(|| i64::from(seconds) + EPOCH)
}

/// Unix microseconds of a FIT time; `None` as for [`to_unix_seconds`].
pub fn to_unix_micros(seconds: u32) -> Option<i64> {
    to_unix_seconds(seconds).map(|seconds| seconds * 1_000_000)
}

/// The full time of a compressed timestamp: the first second at or after `last` whose five low bits
/// are those of `header`.
pub(crate) fn expand(last: u32, header: u8) -> u32 {
    let bits = u32::from(header & 0x1F);
    let ahead = bits.wrapping_sub(last) & 0x1F;
    last.wrapping_add(ahead)
}
