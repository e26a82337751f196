//! The computer's own radio, by way of btleplug.
//!
//! btleplug needs an event loop that stays, so the radio has a thread with one of its own; what
//! sources wait for are channels and timers, which work on any event loop and on none. The thread
//! starts with the first search and ends, with all connections, when the radio and everything that
//! came from it is dropped.
//!
//! What was measured of btleplug and BlueZ and what is done about it:
//!
//! | behaviour | answer |
//! |---|---|
//! | after a lost link the notifications stay open and silent; when the daemon dies not even an event comes | events and a look every other second (`pump`) |
//! | what is read also appears among the notifications | only what was subscribed to passes; a read's echo is taken out (`queue`) |
//! | notifications need the services found on the same object, before subscribing | one object and one stream a device, kept for good (`device`) |
//! | a stream that nobody reads grows without bound | the pump always reads; the queue behind it is bounded and tells what is missing (`queue`) |
//! | a stream that is dropped while values arrive panics in its task | it is not dropped |
//! | a command longer than a packet fails; a value longer than 512 bytes too, or is dropped by the device | refused before it is sent (`link`) |
//! | a name that comes late has no event | the search looks again and again (`scan`) |
//! | devices that are only remembered are listed; the filter is advisory; searching switches the adapter on | a signal or a connection is asked for; selectors decide; switched off is an error (`scan`, `session`) |
//! | no bus, no daemon, no adapter look different each time | each has its words ([`Trouble`]) |
//! | connecting may block for a minute | a limit, then the attempt is called off (`connect`) |

mod connect;
mod device;
mod link;
mod name;
mod pump;
mod queue;
mod scan;
mod session;
mod trouble;
mod worker;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pipeline_plugin::ble::{Central, Link, Scan, Sighting};
use pipeline_plugin::{Clock, Result, SourceFuture};
use tokio::sync::{mpsc, oneshot};

pub use self::session::Adapter;
pub use self::trouble::Trouble;
use self::worker::Worker;

/// Sightings that may wait for who searches; then the search waits.
const SIGHTINGS: usize = 64;

/// The computer's own radio.
pub struct Radio {
    clock: Arc<dyn Clock>,
    worker: Mutex<Option<Arc<Worker>>>,
}

impl Radio {
    /// The radio; values carry the times of that clock. Nothing happens before it is used.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            worker: Mutex::new(None),
        }
    }

    /// Looks whether there is an adapter that can be used.
    ///
    /// # Errors
    ///
    /// What is in the way, and what to do about it, as the error has it.
    pub async fn examine(&self) -> Result<Result<Adapter, Trouble>> {
        let worker = self.worker()?;
        let air = worker.air();
        worker
            .run(async move { Ok(session::session(&air).await.map(|found| found.about)) })
            .await
    }

    fn worker(&self) -> Result<Arc<Worker>> {
        let mut held = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(worker) = &*held {
            return Ok(worker.clone());
        }
        let worker = Arc::new(Worker::start(self.clock.clone())?);
        *held = Some(worker.clone());
        Ok(worker)
    }
}

impl fmt::Debug for Radio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Radio").finish_non_exhaustive()
    }
}

impl Central for Radio {
    fn scan(&self) -> SourceFuture<'_, Box<dyn Scan>> {
        Box::pin(async {
            let worker = self.worker()?;
            let (sender, sightings) = mpsc::channel(SIGHTINGS);
            let air = worker.air();
            let search = worker.run(async move { scan::begin(&air, sender).await });
            search.await?;
            Ok(Box::new(scan::Search::new(sightings, worker)) as Box<dyn Scan>)
        })
    }

    fn connect<'a>(
        &'a self,
        device: &'a Sighting,
        limit: Duration,
    ) -> SourceFuture<'a, Box<dyn Link>> {
        Box::pin(async move {
            let worker = self.worker()?;
            let (mut reply, answer) = oneshot::channel();
            let (air, wanted) = (worker.air(), device.clone());
            worker.spawn(async move {
                let made = tokio::select! {
                    biased;
                    // Who asked has gone; what was begun is called off as it is dropped.
                    () = reply.closed() => return,
                    made = connect::connect(&air, &wanted, limit) => made,
                };
                let _ = reply.send(made);
            });
            let made = answer.await.unwrap_or_else(|_| Err(worker::ended()))?;
            Ok(Box::new(link::RadioLink::new(made, worker)) as Box<dyn Link>)
        })
    }
}
