//! A connection, as its user has it.

use std::sync::Arc;
use std::time::Duration;

use btleplug::api::{Characteristic as Handle, Peripheral as _, WriteType};
use btleplug::platform::Peripheral;
use pipeline_plugin::ble::{Link, LinkEvent, Service, Uuid, WriteKind};
use pipeline_plugin::{Error, Result, SourceFuture};
use tokio::time::timeout;

use super::connect::{Connected, Hold};
use super::queue::Queue;
use super::trouble::{Failure, lost};
use super::worker::Worker;

/// How long a device may take to answer. One that went out of range is told by the adapter after
/// the link's supervision time-out, mostly some seconds.
const ANSWER: Duration = Duration::from_secs(10);

/// The longest value of a characteristic (Core Specification, maximum length of an attribute).
const LONGEST: usize = 512;

/// A connection; it ends when this is dropped.
pub(super) struct RadioLink {
    // Dropped before the thread that has to end the connection.
    hold: Option<Hold>,
    about: About,
    worker: Arc<Worker>,
}

struct About {
    title: String,
    queue: Arc<Queue>,
    services: Vec<Service>,
    handles: std::collections::HashMap<Uuid, Handle>,
    mtu: usize,
}

impl RadioLink {
    pub(super) fn new(made: Connected, worker: Arc<Worker>) -> Self {
        Self {
            hold: Some(made.hold),
            about: About {
                title: made.title,
                queue: made.queue,
                services: made.services,
                handles: made.handles,
                mtu: made.mtu,
            },
            worker,
        }
    }

    /// What is needed to ask the device for something.
    fn ask(&self, characteristic: Uuid) -> Result<(Peripheral, Handle)> {
        let title = &self.about.title;
        let hold = self.hold.as_ref().ok_or_else(|| lost(title))?;
        if self.about.queue.is_lost() {
            return Err(lost(title));
        }
        let handle = self.about.handles.get(&characteristic).ok_or_else(|| {
            Error::skip(format!("`{title}` has no characteristic {characteristic}"))
        })?;
        Ok((hold.device.peripheral.clone(), handle.clone()))
    }

    /// Asks the device for something, on the thread.
    async fn answer<T: Send + 'static>(
        &self,
        what: &'static str,
        work: impl Future<Output = Result<T, btleplug::Error>> + Send + 'static,
    ) -> Result<T> {
        let title = self.about.title.clone();
        let device = self.hold.as_ref().map(|hold| hold.device.clone());
        let asked = self.worker.run(async move {
            let failure = match timeout(ANSWER, work).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(cause)) => Failure::of(&cause),
                Err(_) => Failure::Silent,
            };
            if let (Failure::Lost | Failure::Silent, Some(device)) = (&failure, device) {
                device.look();
            }
            Err(failure.error(&title, what))
        });
        asked.await
    }

    fn fits(&self, kind: WriteKind, value: &[u8]) -> Result<()> {
        let packet = self.about.mtu.saturating_sub(3);
        let longest = match kind {
            // BlueZ sends longer ones in several packets.
            WriteKind::WithResponse => LONGEST,
            WriteKind::WithoutResponse => packet.min(LONGEST),
        };
        if value.len() <= longest {
            return Ok(());
        }
        let (title, bytes) = (&self.about.title, value.len());
        let text = format!("`{title}` takes up to {longest} bytes at once, not {bytes}");
        Err(Error::skip(text))
    }
}

impl Link for RadioLink {
    fn services(&self) -> &[Service] {
        &self.about.services
    }

    fn mtu(&self) -> usize {
        self.about.mtu
    }

    fn read(&mut self, characteristic: Uuid) -> SourceFuture<'_, Vec<u8>> {
        Box::pin(async move {
            let (peripheral, handle) = self.ask(characteristic)?;
            let (queue, air) = (self.about.queue.clone(), self.worker.air());
            self.answer("read", async move {
                queue.begin_read(characteristic);
                // Also when nobody waits for the answer any more, or it doesn't come.
                let read = timeout(ANSWER, peripheral.read(&handle)).await;
                let read = read.unwrap_or(Err(btleplug::Error::TimedOut(ANSWER)));
                queue.finish_read(air.clock.now(), read.as_deref().ok());
                read
            })
            .await
        })
    }

    fn write<'a>(
        &'a mut self,
        characteristic: Uuid,
        kind: WriteKind,
        value: &'a [u8],
    ) -> SourceFuture<'a, ()> {
        Box::pin(async move {
            let (peripheral, handle) = self.ask(characteristic)?;
            self.fits(kind, value)?;
            let value = value.to_vec();
            let kind = match kind {
                WriteKind::WithResponse => WriteType::WithResponse,
                WriteKind::WithoutResponse => WriteType::WithoutResponse,
            };
            let write = async move { peripheral.write(&handle, &value, kind).await };
            self.answer("written to", write).await
        })
    }

    fn subscribe(&mut self, characteristic: Uuid) -> SourceFuture<'_, ()> {
        Box::pin(async move {
            let (peripheral, handle) = self.ask(characteristic)?;
            // Before: the first value may come sooner than the answer.
            self.about.queue.subscribe(characteristic);
            let subscribe = async move { peripheral.subscribe(&handle).await };
            let answer = self.answer("subscribed to", subscribe).await;
            if answer.is_err() {
                self.about.queue.unsubscribe(characteristic);
            }
            answer
        })
    }

    fn unsubscribe(&mut self, characteristic: Uuid) -> SourceFuture<'_, ()> {
        Box::pin(async move {
            let (peripheral, handle) = self.ask(characteristic)?;
            let unsubscribe = async move { peripheral.unsubscribe(&handle).await };
            self.answer("unsubscribed from", unsubscribe).await?;
            self.about.queue.unsubscribe(characteristic);
            Ok(())
        })
    }

    fn next(&mut self, limit: Duration) -> SourceFuture<'_, Option<LinkEvent>> {
        let timer = self.worker.sleep(limit);
        Box::pin(async move {
            tokio::select! {
                biased;
                event = self.about.queue.next() => event.map(Some),
                () = timer => Ok(None),
            }
        })
    }

    fn disconnect(&mut self) -> SourceFuture<'_, ()> {
        Box::pin(async move {
            let Some(hold) = self.hold.take() else {
                return Ok(());
            };
            let now = self.worker.air().clock.now();
            self.about.queue.lose(now);
            self.answer("left", hold.end()).await
        })
    }
}
