//! The host's Bluetooth for a sink in a library, on a thread of the sink's own.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use super::bluetooth::{Arrivals, Lender, error};
use crate::Result;
use crate::abi::{Host, ThreadHost};

/// How long one wait takes: then the future gives way, so that it can be dropped.
const LOOK: Duration = Duration::from_millis(50);

/// A host that whoever polls a future calls itself: a sink's own thread, which has nothing else to
/// do than to wait.
#[derive(Clone)]
pub(super) struct Threaded(Arc<State>);

struct State {
    host: Mutex<ThreadHost>,
    arrivals: Mutex<Arrivals>,
}

impl Threaded {
    pub(super) fn new(host: ThreadHost) -> Self {
        Self(Arc::new(State {
            host: Mutex::new(host),
            arrivals: Mutex::default(),
        }))
    }

    fn with<T>(&self, work: impl FnOnce(&Host<'_>) -> T) -> T {
        let host = self.0.host.lock().unwrap_or_else(PoisonError::into_inner);
        work(&host.host())
    }
}

impl Lender for Threaded {
    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Host<'_>) -> T + Send + 'static,
    ) -> T {
        self.with(work)
    }

    fn later(&self, work: impl FnOnce(&Host<'_>) + Send + 'static) {
        self.with(work);
    }

    fn arrivals(&self) -> MutexGuard<'_, Arrivals> {
        let arrivals = self.0.arrivals.lock();
        arrivals.unwrap_or_else(PoisonError::into_inner)
    }

    async fn arrived<T: Send>(
        &self,
        limit: Duration,
        mut take: impl FnMut(&mut Arrivals) -> Option<T> + Send,
    ) -> Result<Option<T>> {
        // By the clock of the devices, which may be a virtual one.
        let mut left = limit;
        poll_fn(|task| {
            if let Some(value) = take(&mut self.arrivals()) {
                return Poll::Ready(Ok(Some(value)));
            }
            if left.is_zero() {
                return Poll::Ready(Ok(None));
            }
            let most = left.min(LOOK);
            let arrival = self.with(|host| host.bluetooth()?.wait(most));
            match arrival {
                Ok(Some(arrival)) => self.arrivals().keep(Some(arrival)),
                Ok(None) => left -= most,
                Err(problem) => return Poll::Ready(Err(error(problem))),
            }
            task.waker().wake_by_ref();
            Poll::Pending
        })
        .await
    }
}
