//! A stage's context over the border.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::abi::{Host, with_host};
use crate::{Cancel, CommandQueue, Context, Error, ErrorKind, ProgressUnit, Said, StateStore};

/// How long a command may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A context for a stage of a library.
///
/// A stage may keep its context and use it on any thread; the host is there for one call on one
/// thread only. What is said on that thread in a call goes through at once, anything else waits
/// for the next call.
#[derive(Clone)]
pub(super) struct Lent {
    pub(super) context: Context,
    waiting: Arc<Waiting>,
    cancel: Cancel,
    state: StateStore,
    commands: Option<CommandQueue>,
}

/// What was said on other threads.
#[derive(Default)]
struct Waiting {
    said: Mutex<Vec<Said>>,
    is_any: AtomicBool,
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, Vec<Said>> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Vec<Said> {
        if !self.is_any.swap(false, Ordering::Acquire) {
            return Vec::new();
        }
        std::mem::take(&mut *self.lock())
    }
}

impl Lent {
    /// A context for what the host calls now.
    pub(super) fn new(host: &Host<'_>) -> Self {
        Self::with(host, None)
    }

    /// The same for a sink, which may post commands.
    pub(super) fn of_sink(host: &Host<'_>) -> Self {
        let posted = |queue: &CommandQueue| {
            with_host(|host| pass_on(queue, host));
        };
        Self::with(host, Some(CommandQueue::with_alarm(posted)))
    }

    /// The same for a source, which gets commands from this queue.
    pub(super) fn with(host: &Host<'_>, commands: Option<CommandQueue>) -> Self {
        let waiting = Arc::new(Waiting::default());
        let cancel = Cancel::default();
        let later = Arc::clone(&waiting);
        let state = remembered(host);
        let context = Context::telling("", cancel.clone(), move |told| {
            if with_host(|host| say(host, &told.said)).is_none() {
                later.lock().push(told.said);
                later.is_any.store(true, Ordering::Release);
            }
        });
        let context = context.with_state(&state).with_commands(commands.clone());
        Self {
            context,
            waiting,
            cancel,
            state,
            commands,
        }
    }

    /// Passes on what waits, and asks whether to stop.
    pub(super) fn meet(&self, host: &Host<'_>) {
        for said in self.waiting.take() {
            say(host, &said);
        }
        if self.state.has_changes() {
            self.remember(host);
        }
        if !self.cancel.is_thrown() && host.is_stopping() {
            self.cancel.throw();
        }
    }

    /// How many clones of a waker are kept here, to be woken by a stop.
    pub(super) fn keeps(&self, waker: &Waker) -> usize {
        self.cancel.keeps(waker)
    }

    /// Passes on commands that were posted on other threads.
    pub(super) fn pass_on_commands(&self, host: &Host<'_>) {
        if let Some(queue) = &self.commands {
            pass_on(queue, host);
        }
    }

    fn remember(&self, host: &Host<'_>) {
        for change in self.state.take_changes() {
            let json = change.value.map(|value| value.to_string());
            let result = host.set_state(&change.key, json.as_deref().unwrap_or_default());
            if let Err(error) = result {
                let why = if error.message.is_empty() {
                    "the host refused it"
                } else {
                    &error.message
                };
                host.warn(&format!("`{}` is not remembered: {why}", change.key));
            }
        }
    }
}

fn say(host: &Host<'_>, said: &Said) {
    match said {
        Said::Log(level, message) => host.log((*level).into(), message),
        Said::Progress(progress) => {
            let is_bytes = progress.unit == ProgressUnit::Bytes;
            host.progress(&progress.what, progress.done, progress.total, is_bytes);
        }
    }
}

/// What the host remembers of this stage.
fn remembered(host: &Host<'_>) -> StateStore {
    let all = host.state("").ok().flatten().unwrap_or_default();
    let all: Map<String, Value> = serde_json::from_str(&all).unwrap_or_default();
    let values = all.into_iter();
    StateStore::of(values.map(|(key, value)| (String::new(), key, value)))
}

/// Asks the host what waits, and waits for the answers.
fn pass_on(queue: &CommandQueue, host: &Host<'_>) {
    while let Some(command) = queue.take() {
        let json = command.value.to_string();
        let answer = host.command(&command.name, &json, PATIENCE);
        let answer = answer.map_err(Error::from).and_then(|json| {
            serde_json::from_str(&json).map_err(|error| {
                Error::new(ErrorKind::Plugin, "the answer is no JSON").with_source(error)
            })
        });
        command.answer(answer);
    }
}
