use std::fmt;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

use serde_json::Value;

use crate::ble::{Ble, Central};
use crate::said::Pace;
use crate::{
    Answer, Command, CommandQueue, Commands, Error, Level, Progress, Result, Said, State,
    StateStore, Told,
};

/// Something a stage repaired or left out, for the person who ran the pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Which stage says it.
    pub stage: String,
    /// What happened: a lower-case fragment without a final period.
    pub message: String,
}

/// What the host lends a stage: a place for words and progress, a memory, the way to the source,
/// and whether to stop.
///
/// A stage may keep it and use it on any thread.
#[derive(Clone)]
pub struct Context {
    tell: Arc<dyn Fn(Told) + Send + Sync>,
    pace: Arc<Pace>,
    cancel: Cancel,
    state: State,
    stage: String,
    commands: Option<CommandQueue>,
    ble: Option<Ble>,
}

impl Context {
    /// A context for the stage of that name that takes warnings (and errors) only. For tests.
    pub fn new(
        stage: impl Into<String>,
        cancel: Cancel,
        warn: impl Fn(Warning) + Send + Sync + 'static,
    ) -> Self {
        Self::telling(stage, cancel, move |told| {
            if let Said::Log(Level::Error | Level::Warn, message) = told.said {
                let stage = told.stage;
                warn(Warning { stage, message });
            }
        })
    }

    /// A context for the stage of that name whose host takes everything that is said.
    pub fn telling(
        stage: impl Into<String>,
        cancel: Cancel,
        tell: impl Fn(Told) + Send + Sync + 'static,
    ) -> Self {
        let stage = stage.into();
        Self {
            tell: Arc::new(tell),
            pace: Arc::default(),
            cancel,
            state: StateStore::default().of_stage(&*stage),
            stage,
            commands: None,
            ble: None,
        }
    }

    /// A context without a host: what is said goes nowhere, nobody asks to stop, state is
    /// forgotten. For tests.
    pub fn detached() -> Self {
        Self::telling("test", Cancel::default(), |_| ())
    }

    /// Remembers in this store.
    #[must_use]
    pub fn with_state(mut self, store: &StateStore) -> Self {
        self.state = store.of_stage(&*self.stage);
        self
    }

    /// Posts commands to this queue; with `None` the source takes none.
    #[must_use]
    pub fn with_commands(mut self, commands: Option<CommandQueue>) -> Self {
        self.commands = commands;
        self
    }

    /// Lends Bluetooth.
    #[must_use]
    pub fn with_ble(mut self, central: Arc<dyn Central>) -> Self {
        // `--device` names the device of the source.
        self.ble = Some(Ble::new(central, None, self.cancel.clone()));
        self
    }

    /// Lends the Bluetooth that `other` lends, if any.
    #[must_use]
    pub fn with_ble_of(mut self, other: &Self) -> Self {
        self.ble.clone_from(&other.ble);
        self
    }

    /// The host's Bluetooth, for a sink that shows something on a device. A sink must not keep its
    /// stream waiting for that: it talks to its device on a thread of its own, with
    /// [`block_on`](crate::block_on). A source has [`SourceCx::ble`](crate::SourceCx::ble).
    ///
    /// # Errors
    ///
    /// When the host has none to lend, as for files.
    pub fn ble(&self) -> Result<&Ble> {
        self.ble.as_ref().ok_or_else(Ble::missing)
    }

    /// The same host, for another stage.
    #[must_use]
    pub fn for_stage(&self, stage: impl Into<String>) -> Self {
        let stage = stage.into();
        Self {
            state: self.state.store().of_stage(&*stage),
            stage,
            ..self.clone()
        }
    }

    /// Tells the person who ran the pipeline that something was repaired or left out; say each
    /// thing once a stream.
    pub fn warn(&self, message: impl Into<String>) {
        self.log(Level::Warn, message);
    }

    /// Tells the person who ran the pipeline: a lower-case fragment without a final period.
    pub fn log(&self, level: Level, message: impl Into<String>) {
        self.say(Said::Log(level, message.into()));
    }

    /// Tells how far something long has come. May be called as often as you like: it is passed
    /// on about ten times a second.
    pub fn progress(&self, progress: Progress) {
        if self.pace.admits(&self.stage, &progress) {
            self.say(Said::Progress(progress));
        }
    }

    fn say(&self, said: Said) {
        let stage = self.stage.clone();
        (self.tell)(Told { stage, said });
    }

    /// What this stage remembers from run to run.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Asks something of the source of the stream, such as to switch an outlet. For sinks, on any
    /// thread. Does not wait: the answer comes when the source has done it.
    ///
    /// # Errors
    ///
    /// When the source takes no commands, has ended, or has too many waiting.
    pub fn command(&self, name: impl Into<String>, value: Value) -> Result<Answer> {
        let Some(queue) = &self.commands else {
            return Err(Error::skip("the source of this pipeline takes no commands"));
        };
        let (command, answer) = Command::new(&*self.stage, name, value);
        queue.post(command)?;
        Ok(answer)
    }

    /// The commands for the source. A source gets them by
    /// [`SourceCx::commands`](crate::SourceCx::commands).
    pub(crate) fn commands(&self) -> Commands {
        Commands(self.commands.clone())
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

    /// How many clones of a waker wait for that.
    pub(crate) fn keeps(&self, waker: &Waker) -> usize {
        let waiting = self.shared.waiting.lock();
        let waiting = waiting.unwrap_or_else(PoisonError::into_inner);
        waiting.iter().filter(|kept| kept.will_wake(waker)).count()
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
