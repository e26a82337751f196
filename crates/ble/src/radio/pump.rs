//! Carries what a device sends from btleplug's stream to the connection's queue, and finds out
//! when the link is lost.

use std::sync::Arc;
use std::time::Duration;

use btleplug::api::{Peripheral as _, ValueNotification};
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt};
use pipeline_plugin::Clock;
use tokio::time::{sleep, timeout};

use super::device::Device;

/// After so long a silence somebody looks whether the link is still there: when the Bluetooth
/// service dies no event tells.
const SILENCE: Duration = Duration::from_secs(2);

/// How long the answer to that may take.
const ANSWER: Duration = Duration::from_secs(5);

/// Reads the stream for as long as there is one.
pub(super) async fn pump(
    device: Arc<Device>,
    mut values: BoxStream<'static, ValueNotification>,
    clock: Arc<dyn Clock>,
) {
    loop {
        let is_linked = device.queue().is_some();
        tokio::select! {
            biased;
            value = values.next() => match value {
                Some(value) => {
                    deliver(&device, value, &*clock);
                    continue;
                }
                None => break,
            },
            () = device.doubt.notified() => {}
            () = sleep(SILENCE), if is_linked => {}
        }
        if device.queue().is_some() && !is_connected(&device).await {
            // What came before the loss is delivered before it.
            while let Some(Some(value)) = values.next().now_or_never() {
                deliver(&device, value, &*clock);
            }
            lose(&device, &*clock);
        }
    }
    lose(&device, &*clock);
}

fn deliver(device: &Device, value: ValueNotification, clock: &dyn Clock) {
    if let Some(queue) = device.queue() {
        queue.push(clock.now(), value.uuid, value.value);
    }
}

fn lose(device: &Device, clock: &dyn Clock) {
    if let Some(queue) = device.queue() {
        queue.lose(clock.now());
    }
}

/// Whether the link is there; a service that can't tell has lost it.
async fn is_connected(device: &Device) -> bool {
    let connected = timeout(ANSWER, device.peripheral.is_connected()).await;
    matches!(connected, Ok(Ok(true)))
}
