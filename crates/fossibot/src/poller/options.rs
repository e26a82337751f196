use std::time::Duration;

/// How a [`Poller`](super::Poller) goes about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The time from one question for the status to the next.
    pub status_every: Duration,
    /// The time from one question for the settings to the next.
    pub settings_every: Duration,
    /// How long a reply may take. Units reply within 0.2 s.
    pub reply_timeout: Duration,
    /// After so many questions in a row without a reply, the link is of no use.
    pub patience: u32,
    /// Whether checksums with the low byte first are right too.
    pub either_order: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            status_every: Duration::from_secs(5),
            settings_every: Duration::from_secs(60),
            reply_timeout: Duration::from_secs(3),
            patience: 4,
            either_order: false,
        }
    }
}
