use std::sync::Arc;
use std::time::Duration;

use pipeline_plugin::SourceFuture;
use pipeline_plugin::ble::{Scan, Sighting};

use super::Room;

/// A search in the room.
#[derive(Debug)]
pub(crate) struct SimulatedScan {
    room: Arc<Room>,
    /// Which devices were told since they could last be heard anew.
    told: Vec<bool>,
    /// When it was last looked, so that somebody who asks for short times only hears all the same.
    looked: Duration,
}

/// How long it takes until a device that advertises is heard, and how often to look for changes.
const INTERVAL: Duration = Duration::from_millis(100);

/// How much later somebody may hear it who waits for long.
const COARSE: Duration = Duration::from_millis(600);

impl SimulatedScan {
    pub(crate) fn new(room: Arc<Room>) -> Self {
        let (told, looked) = (vec![false; room.devices.len()], room.now());
        Self { room, told, looked }
    }

    /// A device that advertises and has not been told; one that is connected does not advertise.
    fn look(&mut self) -> Option<Sighting> {
        let now = self.room.now();
        for (device, told) in self.room.devices.iter().zip(&mut self.told) {
            let mut air = device.air();
            let heard = !air.is_connected() && air.is_reachable(now);
            if heard && !*told {
                *told = true;
                return Some(device.sighting());
            }
            *told &= heard;
        }
        None
    }
}

impl Scan for SimulatedScan {
    fn next(&mut self, limit: Duration) -> SourceFuture<'_, Option<Sighting>> {
        Box::pin(async move {
            let end = self.room.now() + limit;
            // Long waits in coarser steps: nothing is missed, it is only heard later.
            let step = (limit / 100).clamp(INTERVAL, COARSE);
            loop {
                self.room.waited();
                let now = self.room.now();
                let due = self.looked + step;
                if now >= due {
                    self.looked = now;
                    if let Some(sighting) = self.look() {
                        return Ok(Some(sighting));
                    }
                    continue;
                }
                if now >= end {
                    return Ok(None);
                }
                // Never for less than the clock can show, so that time goes on.
                let wait = due.min(end).saturating_sub(now);
                let wait = wait.max(Duration::from_micros(1));
                self.room.clock.sleep(wait).await;
            }
        })
    }
}
