use std::time::{Duration, Instant};

/// The heart rate that was last heard, from the belt or from the rower.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Heart {
    belt: Option<(Instant, u8)>,
    rower: Option<(Instant, u8)>,
}

/// Belts tell it every second; what is older says nothing of now.
const FRESH: Duration = Duration::from_secs(5);

impl Heart {
    pub(crate) fn belt(&mut self, now: Instant, bpm: Option<u8>) {
        self.belt = bpm.map(|bpm| (now, bpm));
    }

    pub(crate) fn rower(&mut self, now: Instant, bpm: Option<u8>) {
        self.rower = bpm.map(|bpm| (now, bpm));
    }

    /// In beats per minute, `NaN` when not known.
    pub(crate) fn at(&self, time: Instant) -> f64 {
        let fresh = |(heard, _): &(Instant, u8)| time.saturating_duration_since(*heard) <= FRESH;
        let heard = self.belt.filter(fresh).or(self.rower.filter(fresh));
        heard.map_or(f64::NAN, |(_, bpm)| bpm.into())
    }
}
