use std::fmt;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

use crate::{Error, Result};

/// Something a stage repaired or left out, for the person who ran the pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Which stage says it.
    pub stage: String,
    /// What happened: a lower-case fragment without a final period.
    pub message: String,
}

/// What the host lends a stage: a place for warnings, and whether to stop.
#[derive(Clone)]
pub struct Context {
    stage: String,
    warn: Arc<dyn Fn(Warning) + Send + Sync>,
    cancel: Cancel,
}

impl Context {
    /// A context for the stage of that name.
    pub fn new(
        stage: impl Into<String>,
        cancel: Cancel,
        warn: impl Fn(Warning) + Send + Sync + 'static,
    ) -> Self {
        Self {
            stage: stage.into(),
            warn: Arc::new(warn),
            cancel,
        }
    }

    /// A context without a host: warnings go nowhere, nobody asks to stop. For tests.
    pub fn detached() -> Self {
        Self::new("test", Cancel::default(), |_| ())
    }

    /// The same host, for another stage.
    #[must_use]
    pub fn for_stage(&self, stage: impl Into<String>) -> Self {
        Self {
            stage: stage.into(),
            ..self.clone()
        }
    }

    /// Tells the person who ran the pipeline; say each thing once a stream.
    pub fn warn(&self, message: impl Into<String>) {
        (self.warn)(Warning {
            stage: self.stage.clone(),
            message: message.into(),
        });
    }

    /// The name of the stage as the pipeline file has it.
    pub fn stage(&self) -> &str {
        &self.stage
    }

    /// Whether the run is to stop; long work asks now and then.
    pub fn cancel(&self) -> &Cancel {
        &self.cancel
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}

/// One switch for a whole run: once thrown, everything comes to its end.
#[derive(Clone, Debug, Default)]
pub struct Cancel {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    thrown: AtomicBool,
    waiting: Mutex<Vec<Waker>>,
}

impl Cancel {
    /// Asks everybody to stop.
    pub fn throw(&self) {
        self.shared.thrown.store(true, Ordering::SeqCst);
        let mut waiting = self
            .shared
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        waiting.drain(..).for_each(Waker::wake);
    }

    /// Whether somebody asked to stop.
    pub fn is_thrown(&self) -> bool {
        self.shared.thrown.load(Ordering::SeqCst)
    }

    /// An error once somebody asked to stop.
    pub fn check(&self) -> Result<()> {
        if self.is_thrown() {
            Err(Error::cancelled())
        } else {
            Ok(())
        }
    }

    /// Waits until somebody asks to stop.
    pub async fn thrown(&self) {
        std::future::poll_fn(|cx| {
            if self.is_thrown() {
                return Poll::Ready(());
            }
            let mut waiting = self
                .shared
                .waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if !waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
                waiting.push(cx.waker().clone());
            }
            // Thrown between the first look and the lock: nobody would wake us.
            if self.is_thrown() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }

    /// Waits for `work`, or returns [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) when
    /// somebody asks to stop; `work` is dropped then.
    ///
    /// # Errors
    ///
    /// The cancellation, and what `work` says.
    pub async fn or<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let mut work = pin!(work);
        let mut thrown = pin!(self.thrown());
        std::future::poll_fn(|cx| {
            if thrown.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Err(Error::cancelled()));
            }
            work.as_mut().poll(cx)
        })
        .await
    }
}
