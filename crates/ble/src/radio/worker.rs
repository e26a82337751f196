//! The thread with the event loop on which btleplug lives.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use pipeline_plugin::{Clock, Error, ErrorKind, Result};
use tokio::runtime::{Builder, Handle};
use tokio::sync::{Notify, oneshot};
use tokio::time::{Sleep, timeout};

use super::device::Device;
use super::session::Session;

/// How long the end waits for connections to be ended: the radio sends a few packets for each.
const FAREWELL: Duration = Duration::from_secs(3);

/// What all that happens on the thread has in common.
pub(super) struct Air {
    pub(super) handle: Handle,
    pub(super) clock: Arc<dyn Clock>,
    /// The connection to the Bluetooth service.
    pub(super) session: tokio::sync::Mutex<Option<Session>>,
    /// How many searches are under way; BlueZ refuses a second one of the same client.
    pub(super) searches: tokio::sync::Mutex<usize>,
    devices: Mutex<HashMap<String, Arc<Device>>>,
    /// How many connections are being ended.
    leaving: AtomicUsize,
    left: Notify,
}

impl Air {
    /// The devices that were connected to, by what the system calls them.
    pub(super) fn devices(&self) -> MutexGuard<'_, HashMap<String, Arc<Device>>> {
        self.devices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something that must be done before the end.
    pub(super) fn leave(self: &Arc<Self>, work: impl Future<Output = ()> + Send + 'static) {
        self.leaving.fetch_add(1, Ordering::SeqCst);
        let air = Arc::clone(self);
        self.handle.spawn(async move {
            work.await;
            air.leaving.fetch_sub(1, Ordering::SeqCst);
            air.left.notify_one();
        });
    }

    async fn everybody_left(&self) {
        while self.leaving.load(Ordering::SeqCst) > 0 {
            self.left.notified().await;
        }
    }
}

/// The thread. It ends when this is dropped.
pub(super) struct Worker {
    air: Arc<Air>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts it.
    pub(super) fn start(clock: Arc<dyn Clock>) -> Result<Self> {
        let failed = |error| {
            Error::io("start the thread for Bluetooth", error).with_kind(ErrorKind::Resource)
        };
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(failed)?;
        let air = Arc::new(Air {
            handle: runtime.handle().clone(),
            clock,
            session: tokio::sync::Mutex::new(None),
            searches: tokio::sync::Mutex::new(0),
            devices: Mutex::default(),
            leaving: AtomicUsize::new(0),
            left: Notify::new(),
        });
        let (stop, stopped) = oneshot::channel::<()>();
        let inside = air.clone();
        let thread = thread::Builder::new()
            .name("bluetooth".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    let _ = stopped.await;
                    let _ = timeout(FAREWELL, inside.everybody_left()).await;
                    inside.devices().clear();
                });
            })
            .map_err(failed)?;
        Ok(Self {
            air,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    pub(super) fn air(&self) -> Arc<Air> {
        self.air.clone()
    }

    /// Begins work on the thread.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.air.handle.spawn(work);
    }

    /// Does work on the thread, and waits for it on whatever event loop this is. Work that nobody
    /// waits for any more is done all the same.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let done = self.air.handle.spawn(work).await;
        done.unwrap_or_else(|_| Err(ended()))
    }

    /// A timer that runs on the thread.
    pub(super) fn sleep(&self, duration: Duration) -> Sleep {
        let _entered = self.air.handle.enter();
        tokio::time::sleep(duration)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}

/// What who still waits hears when the thread is gone.
pub(super) fn ended() -> Error {
    Error::new(ErrorKind::Resource, "the computer's Bluetooth broke down")
        .with_help("run the same command again; if it happens again, report it")
}
