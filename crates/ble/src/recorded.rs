//! Playing a recording: devices that do again what they did.
//!
//! A [`Recorded`] answers what a source asks as the devices answered it, and lets it see values at
//! the times at which they came, by the clock that it is given: with a
//! [`VirtualClock`](pipeline_plugin::VirtualClock) an hour takes as long as it takes to compute, and
//! the same comes out each time. Where the recording ends, the run is asked to stop, so that the
//! source completes what there is.

mod differences;
mod lines;
mod nobody;
mod play;
mod tape;

use std::fmt;
use std::io::BufRead;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pipeline_plugin::ble::{Central, Link, Scan, Sighting};
use pipeline_plugin::{Cancel, Clock, Error, ErrorKind, SourceFuture, Timestamp};

pub use self::lines::{Recording, Survey};
pub use self::nobody::NobodyThere;
use self::play::{PlayedLink, PlayedScan};
use self::tape::{Found, Tape};
use crate::journal::Entry;

/// Devices of a recording. A clone shares the recording.
#[derive(Clone)]
pub struct Recorded {
    shared: Arc<Shared>,
}

struct Shared {
    tape: Mutex<Tape>,
    start: Timestamp,
    clock: Arc<dyn Clock>,
    cancel: Cancel,
}

impl Recorded {
    /// Plays a recording by that clock, which stands at its start; throws `cancel` where it ends.
    pub fn new(
        recording: Recording<impl BufRead + Send + 'static>,
        clock: Arc<dyn Clock>,
        cancel: Cancel,
    ) -> Self {
        let start = recording.head().start;
        Self {
            shared: Arc::new(Shared {
                tape: Mutex::new(Tape::new(recording)),
                start,
                clock,
                cancel,
            }),
        }
    }

    /// What is wrong with the recording, as far as it was played: it was played up to there.
    pub fn damage(&self) -> Option<Error> {
        let tape = self.shared.tape();
        tape.damage().map(Error::skip)
    }

    /// What the source has written otherwise than it stands in the recording, the first few; when
    /// it has ended.
    pub fn differences(&self) -> Vec<String> {
        self.shared.tape().differences()
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorded").finish_non_exhaustive()
    }
}

impl Shared {
    fn tape(&self) -> MutexGuard<'_, Tape> {
        self.tape.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Microseconds since the start.
    fn now(&self) -> i64 {
        let now = self.clock.now().micros();
        now.saturating_sub(self.start.micros())
    }

    fn timestamp(&self, t: i64) -> Timestamp {
        Timestamp::from_micros(self.start.micros().saturating_add(t))
    }

    /// Waits until that time.
    async fn wait(&self, until: i64) {
        let wait = u64::try_from(until.saturating_sub(self.now())).unwrap_or_default();
        if wait > 0 {
            self.clock.sleep(Duration::from_micros(wait)).await;
        }
    }

    /// When the next of what `read` finds comes, which is kept in `next`; it is read as far as the
    /// recording is known. None if that is after `until`, which has come then.
    async fn coming<T>(
        &self,
        next: &mut Option<T>,
        until: i64,
        read: impl Fn(&mut Tape, i64) -> Option<T>,
        time: impl Fn(&T) -> i64,
    ) -> Option<i64> {
        loop {
            let now = self.now();
            let known = self.tape().known(now, until);
            if next.is_none() {
                *next = read(&mut self.tape(), known);
            }
            match next.as_ref().map(&time).filter(|t| *t <= until) {
                Some(t) => return Some(t),
                None if known < until => self.wait(known).await,
                None => {
                    self.wait_or_stop(until).await;
                    return None;
                }
            }
        }
    }

    /// Waits until that time, or to the end of the recording, where the run is asked to stop.
    async fn wait_or_stop(&self, until: i64) {
        let end = self.tape().end_before(until);
        let Some(end) = end else {
            return self.wait(until).await;
        };
        self.wait(end).await;
        self.tape().is_over();
        self.cancel.throw();
        // Whoever waits for the switch as well is to see it first.
        let mut waited = false;
        std::future::poll_fn(|cx| {
            if std::mem::replace(&mut waited, true) {
                return std::task::Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            std::task::Poll::Pending
        })
        .await;
        self.wait(until).await;
    }
}

/// `limit` after `now`, in microseconds.
fn after(now: i64, limit: Duration) -> i64 {
    now.saturating_add(i64::try_from(limit.as_micros()).unwrap_or(i64::MAX))
}

impl Central for Recorded {
    fn scan(&self) -> SourceFuture<'_, Box<dyn Scan>> {
        Box::pin(async {
            let number = self.shared.tape().next_scan();
            let scan = PlayedScan::new(Arc::clone(&self.shared), number);
            Ok(Box::new(scan) as Box<dyn Scan>)
        })
    }

    fn connect<'a>(
        &'a self,
        device: &'a Sighting,
        limit: Duration,
    ) -> SourceFuture<'a, Box<dyn Link>> {
        Box::pin(async move {
            let shared = &self.shared;
            let until = after(shared.now(), limit);
            let found = shared.tape().connect(&device.id, until);
            match found {
                Found::Entry(Entry::Connected {
                    t,
                    link,
                    mtu,
                    services,
                    ..
                }) => {
                    shared.wait(t).await;
                    let shared = Arc::clone(shared);
                    let services = services.into_iter().map(Into::into).collect();
                    let link = PlayedLink::new(shared, link, mtu, services);
                    Ok(Box::new(link) as Box<dyn Link>)
                }
                Found::Entry(Entry::Unconnected { t, error, .. }) => {
                    shared.wait(t).await;
                    Err(error.into())
                }
                // It had not answered when the recording ended, or when the source gave up.
                _ => {
                    shared.wait_or_stop(until).await;
                    Err(no_answer(device))
                }
            }
        })
    }
}

fn no_answer(device: &Sighting) -> Error {
    let text = format!("`{}` does not answer in the recording", device.title());
    Error::new(ErrorKind::Device, text)
}
