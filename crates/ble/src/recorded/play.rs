//! Scans and links of a recording.

use std::sync::Arc;
use std::time::Duration;

use pipeline_plugin::ble::{Link, LinkEvent, Scan, Service, Sighting, Uuid, WriteKind};
use pipeline_plugin::{Error, ErrorKind, Result, SourceFuture};

use super::tape::{Found, Tape};
use super::{Shared, after};
use crate::journal::{Entry, Op};

pub(super) struct PlayedScan {
    shared: Arc<Shared>,
    number: u32,
    /// What comes next, if somebody has waited for it in vain.
    next: Option<Entry>,
}

impl PlayedScan {
    pub(super) fn new(shared: Arc<Shared>, number: u32) -> Self {
        Self {
            shared,
            number,
            next: None,
        }
    }
}

impl Scan for PlayedScan {
    fn next(&mut self, limit: Duration) -> SourceFuture<'_, Option<Sighting>> {
        Box::pin(async move {
            let until = after(self.shared.now(), limit);
            let number = self.number;
            let read = |tape: &mut Tape, known| tape.sighting(number, known);
            let coming = self.shared.coming(&mut self.next, until, read, Entry::t);
            let Some(t) = coming.await else {
                return Ok(None);
            };
            self.shared.wait(t).await;
            match self.next.take() {
                Some(Entry::Seen { device, .. }) => Ok(Some(device.into())),
                _ => Ok(None),
            }
        })
    }
}

pub(super) struct PlayedLink {
    shared: Arc<Shared>,
    number: u32,
    mtu: usize,
    services: Vec<Service>,
    /// What comes next, if somebody has waited for it in vain.
    next: Option<(i64, Entry)>,
    lost: Option<i64>,
}

impl PlayedLink {
    pub(super) fn new(
        shared: Arc<Shared>,
        number: u32,
        mtu: usize,
        services: Vec<Service>,
    ) -> Self {
        Self {
            shared,
            number,
            mtu,
            services,
            next: None,
            lost: None,
        }
    }

    /// What was read, written or subscribed to.
    async fn done(&mut self, op: Op, characteristic: Uuid, value: &[u8]) -> Result<Vec<u8>> {
        let now = self.shared.now();
        let wanted = (op, characteristic, value);
        let found = self.shared.tape().done(self.number, now, wanted);
        match found {
            Found::Entry(Entry::Done { t, hex, error, .. }) => {
                self.shared.wait(t).await;
                error.map_or(Ok(hex.0), |error| Err(error.into()))
            }
            Found::End => {
                self.shared.wait_or_stop(now).await;
                Err(Error::new(ErrorKind::Device, "the recording ends here"))
            }
            _ if self.lost.is_some() || self.shared.cancel.is_thrown() => {
                let text = "the link is lost in the recording, or the recording is over";
                Err(Error::new(ErrorKind::Device, text))
            }
            _ if op.is_write() => {
                let text = self.shared.tape().differs(self.number, now, wanted);
                Err(Error::skip(text))
            }
            _ => Err(Error::skip(format!(
                "the source wants to {} characteristic {characteristic}, which is not in the \
                 recording",
                op.words()
            ))),
        }
    }

    fn lost(&mut self, t: i64) -> LinkEvent {
        self.lost = Some(t);
        let time = self.shared.timestamp(t);
        LinkEvent::Lost { time }
    }
}

impl Link for PlayedLink {
    fn services(&self) -> &[Service] {
        &self.services
    }

    fn mtu(&self) -> usize {
        self.mtu
    }

    fn read(&mut self, characteristic: Uuid) -> SourceFuture<'_, Vec<u8>> {
        Box::pin(self.done(Op::Read, characteristic, &[]))
    }

    fn write<'a>(
        &'a mut self,
        characteristic: Uuid,
        kind: WriteKind,
        value: &'a [u8],
    ) -> SourceFuture<'a, ()> {
        let op = match kind {
            WriteKind::WithResponse => Op::Write,
            WriteKind::WithoutResponse => Op::WriteQuickly,
        };
        Box::pin(async move { self.done(op, characteristic, value).await.map(drop) })
    }

    fn subscribe(&mut self, characteristic: Uuid) -> SourceFuture<'_, ()> {
        Box::pin(async move {
            let done = self.done(Op::Subscribe, characteristic, &[]);
            done.await.map(drop)
        })
    }

    fn unsubscribe(&mut self, characteristic: Uuid) -> SourceFuture<'_, ()> {
        Box::pin(async move {
            let done = self.done(Op::Unsubscribe, characteristic, &[]);
            done.await.map(drop)
        })
    }

    fn next(&mut self, limit: Duration) -> SourceFuture<'_, Option<LinkEvent>> {
        Box::pin(async move {
            if let Some(t) = self.lost {
                return Ok(Some(self.lost(t)));
            }
            let until = after(self.shared.now(), limit);
            let number = self.number;
            let read = |tape: &mut Tape, known| tape.event(number, known);
            let taken = |(taken, _): &(i64, Entry)| *taken;
            let coming = self.shared.coming(&mut self.next, until, read, taken);
            let Some(taken) = coming.await else {
                return Ok(None);
            };
            // Dropped while it waits, this leaves the entry where the next call finds it.
            self.shared.wait(taken).await;
            let event = match self.next.take() {
                Some((_, Entry::Value { t, of, hex, .. })) => LinkEvent::Value {
                    time: self.shared.timestamp(t),
                    characteristic: of.0,
                    value: hex.0,
                },
                Some((_, entry)) => self.lost(entry.t()),
                None => self.lost(taken),
            };
            Ok(Some(event))
        })
    }

    fn disconnect(&mut self) -> SourceFuture<'_, ()> {
        Box::pin(async move {
            self.lost = Some(self.shared.now());
            Ok(())
        })
    }
}

impl Drop for PlayedLink {
    fn drop(&mut self) {
        self.shared.tape().close(self.number);
    }
}
