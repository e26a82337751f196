//! The transport that writes down what happens on it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use pipeline_plugin::ble::{Central, Link, LinkEvent, Scan, Service, Sighting, Uuid, WriteKind};
use pipeline_plugin::{Result, SourceFuture};

use super::{Entry, Fault, Hex, Id, Journal, Op, ServiceLine};

pub(super) struct Journalled {
    central: Arc<dyn Central>,
    journal: Arc<Journal>,
}

impl Journalled {
    pub(super) fn new(central: Arc<dyn Central>, journal: Arc<Journal>) -> Self {
        Self { central, journal }
    }
}

impl fmt::Debug for Journalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journalled")
            .field("central", &self.central)
            .finish_non_exhaustive()
    }
}

impl Central for Journalled {
    fn scan(&self) -> SourceFuture<'_, Box<dyn Scan>> {
        Box::pin(async {
            let scan = self.central.scan().await?;
            let journal = Arc::clone(&self.journal);
            let number = journal.next_scan();
            let scan = JournalledScan {
                scan,
                journal,
                number,
            };
            Ok(Box::new(scan) as Box<dyn Scan>)
        })
    }

    fn connect<'a>(
        &'a self,
        device: &'a Sighting,
        limit: Duration,
    ) -> SourceFuture<'a, Box<dyn Link>> {
        Box::pin(async move {
            let journal = &self.journal;
            journal.used(device);
            let asked = journal.now();
            let result = self.central.connect(device, limit).await;
            let (t, id) = (journal.now(), device.id.clone());
            let link = match result {
                Ok(link) => link,
                Err(error) => {
                    journal.write(&Entry::Unconnected {
                        t,
                        asked,
                        device: id,
                        error: Fault::from(&error),
                    });
                    return Err(error);
                }
            };
            let number = journal.next_link();
            journal.write(&Entry::Connected {
                t,
                asked,
                link: number,
                device: id,
                mtu: link.mtu(),
                services: link.services().iter().map(ServiceLine::from).collect(),
            });
            Ok(Box::new(JournalledLink {
                link,
                journal: Arc::clone(journal),
                number,
                over: false,
            }) as Box<dyn Link>)
        })
    }
}

struct JournalledScan {
    scan: Box<dyn Scan>,
    journal: Arc<Journal>,
    number: Arc<AtomicU32>,
}

impl Scan for JournalledScan {
    fn next(&mut self, limit: Duration) -> SourceFuture<'_, Option<Sighting>> {
        Box::pin(async move {
            let sighting = self.scan.next(limit).await?;
            if let Some(sighting) = &sighting {
                let number = self.number.load(Ordering::Relaxed);
                self.journal.remember(number, sighting);
            }
            Ok(sighting)
        })
    }
}

struct JournalledLink {
    link: Box<dyn Link>,
    journal: Arc<Journal>,
    number: u32,
    /// That it is lost or ended has been written down.
    over: bool,
}

impl JournalledLink {
    fn done(
        &self,
        asked: i64,
        op: Op,
        of: Uuid,
        value: &[u8],
        error: Option<&pipeline_plugin::Error>,
    ) {
        self.journal.write(&Entry::Done {
            t: self.journal.now(),
            asked,
            link: self.number,
            op,
            of: Id(of),
            hex: Hex(value.to_vec()),
            error: error.map(Fault::from),
        });
    }

    fn over(&mut self) {
        if !std::mem::replace(&mut self.over, true) {
            self.journal.write(&Entry::Disconnected {
                t: self.journal.now(),
                link: self.number,
            });
        }
    }
}

impl Link for JournalledLink {
    fn services(&self) -> &[Service] {
        self.link.services()
    }

    fn mtu(&self) -> usize {
        self.link.mtu()
    }

    fn read(&mut self, characteristic: Uuid) -> SourceFuture<'_, Vec<u8>> {
        Box::pin(async move {
            let asked = self.journal.now();
            let result = self.link.read(characteristic).await;
            let value = result.as_deref().unwrap_or_default();
            self.done(
                asked,
                Op::Read,
                characteristic,
                value,
                result.as_ref().err(),
            );
            result
        })
    }

    fn write<'a>(
        &'a mut self,
        characteristic: Uuid,
        kind: WriteKind,
        value: &'a [u8],
    ) -> SourceFuture<'a, ()> {
        Box::pin(async move {
            let op = match kind {
                WriteKind::WithResponse => Op::Write,
                WriteKind::WithoutResponse => Op::WriteQuickly,
            };
            let asked = self.journal.now();
            let result = self.link.write(characteristic, kind, value).await;
            self.done(asked, op, characteristic, value, result.as_ref().err());
            result
        })
    }

    fn subscribe(&mut self, characteristic: Uuid) -> SourceFuture<'_, ()> {
        Box::pin(async move {
            let asked = self.journal.now();
            let result = self.link.subscribe(characteristic).await;
            self.done(
                asked,
                Op::Subscribe,
                characteristic,
                &[],
                result.as_ref().err(),
            );
            result
        })
    }

    fn unsubscribe(&mut self, characteristic: Uuid) -> SourceFuture<'_, ()> {
        Box::pin(async move {
            let asked = self.journal.now();
            let result = self.link.unsubscribe(characteristic).await;
            self.done(
                asked,
                Op::Unsubscribe,
                characteristic,
                &[],
                result.as_ref().err(),
            );
            result
        })
    }

    fn next(&mut self, limit: Duration) -> SourceFuture<'_, Option<LinkEvent>> {
        Box::pin(async move {
            let event: Result<_> = self.link.next(limit).await;
            let link = self.number;
            match event.as_ref() {
                Ok(Some(LinkEvent::Value {
                    time,
                    characteristic,
                    value,
                })) => self.journal.write(&Entry::Value {
                    t: self.journal.since_start(*time),
                    link,
                    of: Id(*characteristic),
                    hex: Hex(value.clone()),
                }),
                Ok(Some(LinkEvent::Lost { time })) if !self.over => {
                    self.over = true;
                    let t = self.journal.since_start(*time);
                    self.journal.write(&Entry::Lost { t, link });
                }
                _ => {}
            }
            event
        })
    }

    fn disconnect(&mut self) -> SourceFuture<'_, ()> {
        Box::pin(async move {
            let result = self.link.disconnect().await;
            self.over();
            result
        })
    }
}

impl Drop for JournalledLink {
    fn drop(&mut self) {
        self.over();
    }
}
