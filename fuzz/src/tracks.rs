//! What the targets of TCX and GPX share: their options, the order of what was cleaned, and reading
//! again what was written.

use gpx::{Error, ErrorKind, Limits, Options};

/// The file behind a first byte that chooses the options, so that all of them are met. Bits 0 and 1
/// are used up.
pub(crate) fn chosen(bytes: &[u8]) -> Option<(u8, Options, &[u8])> {
    let (&choice, file) = bytes.split_first()?;
    let event = if choice & 1 == 0 { 64 * 1024 } else { 128 };
    let limits = Limits {
        event,
        ..Limits::default()
    };
    let strict = choice & 2 != 0;
    Some((choice, Options { strict, limits }, file))
}

/// Cleaned points: times increase, distances don't decrease.
#[derive(Debug)]
pub(crate) struct Cleanly {
    time: i64,
    distance: f64,
}

impl Cleanly {
    /// A track whose first point may be at `start`, in microseconds or whatever the format counts.
    pub(crate) fn from(start: i64) -> Self {
        Cleanly {
            time: start.saturating_sub(1),
            distance: f64::MIN,
        }
    }

    pub(crate) fn point(&mut self, time: i64, distance: f64) {
        assert!(time > self.time, "time goes back");
        self.time = time;
        if !distance.is_nan() {
            assert!(distance >= self.distance, "distance goes back");
            self.distance = distance;
        }
    }
}

/// The points of a file that we wrote; `next` says whether its next event is one.
pub(crate) fn points(mut next: impl FnMut() -> Result<Option<bool>, Error>) -> u64 {
    let mut points = 0;
    loop {
        match next() {
            Ok(Some(is_point)) => points += u64::from(is_point),
            Ok(None) => return points,
            Err(error) => {
                let nothing = matches!(error.kind, ErrorKind::NoActivity(_));
                assert!(nothing, "{error}");
                return points;
            }
        }
    }
}
