//! Who takes part in a conversation, as its reader and its writer follow it step by step.

use crate::journal::{Device, ServiceLine};

/// The MTU of devices that agree to no longer one, in bytes.
pub(super) const SHORTEST_MTU: usize = 23;

/// A device, and its connection.
pub(super) struct Known {
    /// What it is called in the steps.
    pub(super) called: String,
    pub(super) seen: Device,
    pub(super) mtu: usize,
    pub(super) services: Vec<ServiceLine>,
    /// The number of its connection, if it has one.
    pub(super) link: Option<u32>,
}
