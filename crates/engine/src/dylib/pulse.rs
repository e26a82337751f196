//! Signs of life: which plugin a thread is in, and whether anything has happened since.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::loaded::Loaded;

/// The plugins of this process; they are never unloaded (R8), so a number stands for one.
static PLUGINS: Mutex<Vec<&'static Loaded>> = Mutex::new(Vec::new());

/// Gives a plugin its number, counted from 1.
pub(super) fn number(plugin: &'static Loaded) -> usize {
    let mut plugins = PLUGINS.lock().unwrap_or_else(PoisonError::into_inner);
    plugins.push(plugin);
    plugins.len()
}

/// How many plugins were loaded.
pub(super) fn count() -> usize {
    let plugins = PLUGINS.lock().unwrap_or_else(PoisonError::into_inner);
    plugins.len()
}

fn plugin(number: usize) -> Option<&'static Loaded> {
    let plugins = PLUGINS.lock().unwrap_or_else(PoisonError::into_inner);
    plugins.get(number.checked_sub(1)?).copied()
}

/// One thread's signs of life.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    /// Counts every step over the border.
    beats: AtomicU64,
    /// The number of the plugin that the thread is in; 0 for none.
    inside: AtomicUsize,
    /// Somebody gave up waiting for this thread.
    given_up: AtomicBool,
    /// The count at the last look, and when it was new.
    seen: Mutex<Option<(u64, Instant)>>,
}

thread_local! {
    static PULSE: RefCell<Option<Arc<Pulse>>> = const { RefCell::new(None) };
}

impl Pulse {
    /// The pulse of this thread from now on.
    pub(super) fn attach(self: &Arc<Self>) {
        PULSE.set(Some(Arc::clone(self)));
    }

    /// The plugin that has been silent for too long on this thread, if there is one.
    pub(super) fn silent(&self) -> Option<&'static Loaded> {
        let beats = self.beats.load(Ordering::Relaxed);
        let plugin = plugin(self.inside.load(Ordering::Relaxed))?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match *seen {
            Some((then, since)) if then == beats => {
                (since.elapsed() >= plugin.silence).then_some(plugin)
            }
            _ => {
                *seen = Some((beats, Instant::now()));
                None
            }
        }
    }

    /// Nobody waits for this thread any more.
    pub(super) fn give_up(&self) {
        self.given_up.store(true, Ordering::SeqCst);
    }

    fn step(&self, inside: usize) -> usize {
        self.beats.fetch_add(1, Ordering::Relaxed);
        self.inside.swap(inside, Ordering::Relaxed)
    }
}

/// A stretch of time on one side of the border; ends when dropped.
#[derive(Debug)]
pub(super) struct Side {
    before: usize,
}

impl Side {
    /// This thread goes into a plugin.
    pub(super) fn plugin(number: usize) -> Self {
        Self::of(number)
    }

    /// This thread comes back to the host, for as long as this lives.
    pub(super) fn host() -> Self {
        Self::of(0)
    }

    fn of(inside: usize) -> Self {
        let before = PULSE.with_borrow(|pulse| pulse.as_ref().map(|pulse| pulse.step(inside)));
        Self {
            before: before.unwrap_or_default(),
        }
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        PULSE.with_borrow(|pulse| {
            if let Some(pulse) = pulse {
                pulse.step(self.before);
            }
        });
    }
}

/// Whether somebody gave up waiting for this thread: it has to end without effect.
pub(super) fn is_given_up() -> bool {
    PULSE.with_borrow(|pulse| {
        pulse
            .as_ref()
            .is_some_and(|pulse| pulse.given_up.load(Ordering::SeqCst))
    })
}
