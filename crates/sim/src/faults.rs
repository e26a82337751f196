use std::time::Duration;

/// What a link does to what is sent over it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    /// From which all chances follow.
    pub seed: u64,
    /// How likely a value is lost.
    pub loss: f64,
    /// How likely a value comes twice.
    pub duplication: f64,
    /// How likely a value comes late, and so after others that were sent later.
    pub delay: f64,
    /// How late it comes at most.
    pub longest_delay: Duration,
    /// When there is no link; in order and without overlap. What was under way is lost.
    pub outages: Vec<Outage>,
}

/// A time without a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// When it begins.
    pub start: Duration,
    /// When the link is there again.
    pub end: Duration,
}
