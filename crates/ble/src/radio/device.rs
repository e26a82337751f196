//! A device that was connected to, kept for as long as the radio: its one object and its one
//! stream of notifications serve every connection.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use btleplug::api::Peripheral as _;
use btleplug::platform::{Peripheral, PeripheralId};
use pipeline_plugin::Timestamp;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::queue::Queue;

/// A device.
pub(super) struct Device {
    pub(super) peripheral: Peripheral,
    /// Held while a connection is made or ended: one after the other.
    pub(super) gate: tokio::sync::Mutex<()>,
    state: Mutex<State>,
    /// Somebody should look whether the link is still there.
    pub(super) doubt: Notify,
}

#[derive(Default)]
struct State {
    /// Where values go: the connection that there is.
    queue: Weak<Queue>,
    /// The task that reads the stream.
    pump: Option<AbortHandle>,
}

impl Device {
    pub(super) fn new(peripheral: Peripheral) -> Self {
        Self {
            peripheral,
            gate: tokio::sync::Mutex::new(()),
            state: Mutex::default(),
            doubt: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn has_id(&self, id: &PeripheralId) -> bool {
        self.peripheral.id() == *id
    }

    /// The connection that there is, if it is not lost.
    pub(super) fn queue(&self) -> Option<Arc<Queue>> {
        self.state()
            .queue
            .upgrade()
            .filter(|queue| !queue.is_lost())
    }

    /// Sends what comes to another connection.
    pub(super) fn direct_to(&self, queue: &Arc<Queue>) {
        self.state().queue = Arc::downgrade(queue);
    }

    /// Whether the stream is being read.
    pub(super) fn is_pumped(&self) -> bool {
        self.state().pump.is_some()
    }

    pub(super) fn pumped_by(&self, pump: AbortHandle) {
        self.state().pump = Some(pump);
    }

    /// Has somebody look whether the link is still there.
    pub(super) fn look(&self) {
        self.doubt.notify_one();
    }

    /// Ends it all: the bus by which the device was reached is gone.
    pub(super) fn forget(&self, now: Timestamp) {
        if let Some(queue) = self.queue() {
            queue.lose(now);
        }
        if let Some(pump) = self.state().pump.take() {
            pump.abort();
        }
    }
}
