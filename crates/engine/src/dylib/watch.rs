//! Work that is left behind when a plugin goes silent (R6).

use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use pipeline_plugin::{Context, Error, ErrorKind, Result, Said, Told};

use super::loaded::{Loaded, broken};
use super::pulse::{self, Pulse};
use crate::chain::{Opening, Reached};

/// How often to look for signs of life.
pub(super) const LOOK: Duration = Duration::from_millis(50);

/// Watches the threads of one piece of work.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch {
    pulses: Arc<Mutex<Vec<Arc<Pulse>>>>,
}

thread_local! {
    static WATCH: std::cell::RefCell<Option<Watch>> = const { std::cell::RefCell::new(None) };
}

impl Watch {
    /// The watch over this thread, for the threads that it starts.
    pub(crate) fn current() -> Option<Self> {
        WATCH.with_borrow(Clone::clone)
    }

    /// Watches this thread from now on.
    pub(crate) fn attach(&self) {
        WATCH.set(Some(self.clone()));
        let pulse = Arc::new(Pulse::default());
        pulse.attach();
        self.lock().push(pulse);
    }

    /// What to say about a plugin that has been silent for too long on one of the threads, which
    /// are given up then.
    pub(crate) fn silence(&self) -> Option<Error> {
        let pulses = self.lock();
        let silent = pulses.iter().find_map(|pulse| pulse.silent())?;
        drop(pulses);
        self.give_up();
        Some(said_nothing(silent))
    }

    /// Nothing that these threads do from now on has an effect.
    pub(super) fn give_up(&self) {
        for pulse in &*self.lock() {
            pulse.give_up();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Pulse>>> {
        self.pulses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn said_nothing(plugin: &Loaded) -> Error {
    let seconds = plugin.silence.as_secs_f64();
    broken(
        &plugin.name,
        format!("gave no sign of life for {seconds} s and was given up"),
    )
}

/// What work on a thread of its own tells.
enum Word {
    Told(Told),
    Reached(Reached, SyncSender<Result<bool>>),
    Done(Result<()>),
}

/// Takes what the sinks made of a stream, or that it is at a checkpoint; whether every sink has it,
/// as far as that is waited for.
pub(crate) type Finished<'a> = dyn FnMut(Reached) -> Result<bool> + Send + 'a;

/// Does the work of a task: here if every plugin is compiled in, else on a thread of its own that
/// is left behind when a plugin goes silent.
///
/// That thread shares nothing with the run that the run would wait for.
pub(crate) fn apart(
    opening: &Opening<'_>,
    finished: &mut Finished<'_>,
    work: impl FnOnce(&Opening<'_>, &mut Finished<'_>) -> Result<()> + Send + 'static,
) -> Result<()> {
    if pulse::count() == 0 {
        return work(opening, finished);
    }
    let watch = Watch::default();
    let (say, hear) = sync_channel(1);
    start(opening, &watch, say, work)?;
    loop {
        match hear.recv_timeout(LOOK) {
            Ok(Word::Told(told)) => {
                let context = opening.context.for_stage(told.stage);
                match told.said {
                    Said::Log(level, message) => context.log(level, message),
                    Said::Progress(progress) => context.progress(progress),
                }
            }
            Ok(Word::Reached(reached, answer)) => {
                let _ = answer.send(finished(reached));
            }
            Ok(Word::Done(result)) => return result,
            Err(RecvTimeoutError::Timeout) => {
                if let Some(error) = watch.silence() {
                    return Err(error);
                }
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::new(ErrorKind::Plugin, "a stage panicked"));
            }
        }
    }
}

fn start(
    opening: &Opening<'_>,
    watch: &Watch,
    say: SyncSender<Word>,
    work: impl FnOnce(&Opening<'_>, &mut Finished<'_>) -> Result<()> + Send + 'static,
) -> Result<()> {
    let (dry_run, live, tap) = (opening.dry_run, opening.live, opening.tap.cloned());
    let watcher = opening.watcher.cloned();
    let (stages, athlete) = (opening.stages.to_vec(), opening.athlete.clone());
    let name = thread::current().name().unwrap_or("work").to_owned();
    let words = say.clone();
    let cancel = opening.context.cancel().clone();
    let context = Context::telling(opening.context.stage(), cancel, move |told| {
        let _ = words.send(Word::Told(told));
    })
    .with_state(opening.context.state().store())
    .with_ble_of(opening.context);
    let watch = watch.clone();
    let body = move || {
        watch.attach();
        let opening = Opening {
            stages: &stages,
            tap: tap.as_ref(),
            dry_run,
            live,
            watcher: watcher.as_ref(),
            context: &context,
            athlete: &athlete,
        };
        let mut finished = |reached| {
            let (answer, answered) = sync_channel(1);
            say.send(Word::Reached(reached, answer))
                .map_err(|_| Error::cancelled())?;
            answered.recv().map_err(|_| Error::cancelled())?
        };
        let result = work(&opening, &mut finished);
        let _ = say.send(Word::Done(result));
    };
    let started = thread::Builder::new().name(name).spawn(body);
    started
        .map(drop)
        .map_err(|error| Error::io("start a thread", error))
}

/// Does something short with plugins on a thread of its own, which is left behind when one of
/// them goes silent.
///
/// # Errors
///
/// What the work says; which plugin was silent.
pub fn timely<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let watch = Watch::default();
    let (say, hear) = sync_channel(1);
    let watched = watch.clone();
    thread::Builder::new()
        .name("plugin".to_owned())
        .spawn(move || {
            watched.attach();
            let _ = say.send(work());
        })
        .map_err(|error| Error::io("start a thread", error))?;
    loop {
        match hear.recv_timeout(LOOK) {
            Ok(result) => return result,
            Err(RecvTimeoutError::Timeout) => {
                if let Some(error) = watch.silence() {
                    return Err(error);
                }
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::new(ErrorKind::Plugin, "a plugin panicked"));
            }
        }
    }
}
