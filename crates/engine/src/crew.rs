//! The threads of a run: workers that read files, one thread a device, and the caller's, which
//! delivers.

mod listen;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use pipeline_plugin::{
    Cancel, Context, Error, ErrorKind, ReaderPlugin, Result, Said, SourcePlugin, StateStore,
};

use crate::chain::{Opening, Outcome, Reached};
use crate::delivery::{Completed, Courier, Destination, InputDone, InputResult, Message};
use crate::dylib::apart;
use crate::inputs::{self, InputPath};
use crate::ledger::Ledger;
use crate::live::OwnEnd;
use crate::options::RunOptions;
use crate::plan::Plan;
use crate::read::read;
use crate::report::Totals;

/// The most messages that wait for delivery, and that are delivered as one group. A stream's
/// files stay open until then, so this bounds open files too (with several sinks, it is shared).
const GROUP: usize = 128;

/// How long a group waits for more streams; a single file does not wait.
const GATHER: Duration = Duration::from_millis(20);

/// One thing to do.
pub(crate) struct Task<'a> {
    pub(crate) source: &'a str,
    pub(crate) name: String,
    pub(crate) job: Job<'a>,
}

pub(crate) enum Job<'a> {
    /// Read a file.
    Read(&'a Arc<dyn ReaderPlugin>, InputPath),
    /// Listen to a device.
    Listen(&'a Arc<dyn SourcePlugin>),
}

/// Whether it is of any use to start further inputs: not when several streams in a row lacked a
/// permission or a resource, as they do on a full disk.
#[derive(Debug, Default)]
pub(crate) struct Hope {
    failed_in_a_row: AtomicUsize,
}

impl Hope {
    /// How many failures end it.
    const LAST: usize = 3;

    fn note(&self, outcomes: &[Outcome]) {
        let lacks = |outcome: &Outcome| {
            outcome
                .result
                .as_ref()
                .is_err_and(|error| error.kind() == ErrorKind::Resource)
        };
        if outcomes.iter().any(lacks) {
            self.failed_in_a_row.fetch_add(1, Ordering::Relaxed);
        } else {
            self.failed_in_a_row.store(0, Ordering::Relaxed);
        }
    }

    fn is_left(&self) -> bool {
        self.failed_in_a_row.load(Ordering::Relaxed) < Self::LAST
    }
}

/// What all workers share.
pub(crate) struct Crew<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) options: &'a RunOptions,
    pub(crate) cancel: &'a Cancel,
    pub(crate) end: OwnEnd,
    pub(crate) hope: &'a Hope,
    pub(crate) known: &'a Option<Mutex<Ledger>>,
    /// What stages remember.
    pub(crate) state: StateStore,
    pub(crate) settings: [u8; 32],
    pub(crate) destinations: &'a [Destination],
}

impl Crew<'_> {
    /// Does all tasks, while the courier delivers on this thread.
    pub(crate) fn work(&self, tasks: &[Task<'_>], mut courier: Courier<'_>) -> Result<Totals> {
        let jobs = match self.options.jobs {
            0 => thread::available_parallelism().map_or(1, usize::from),
            jobs => jobs,
        };
        let is_file = |index: &usize| matches!(tasks[*index].job, Job::Read(..));
        let (files, devices): (Vec<_>, Vec<_>) = (0..tasks.len()).partition(is_file);
        let queue = Queue {
            tasks,
            files,
            next: AtomicUsize::new(0),
        };
        let room = GROUP / self.destinations.len().max(1);
        let (sender, receiver) = sync_channel(room);
        thread::scope(|scope| {
            for index in devices {
                let (sender, queue) = (sender.clone(), &queue);
                let work = move || self.one(queue.tasks, index, &sender);
                spawn(scope, queue.tasks[index].name.clone(), work)?;
            }
            for number in 0..jobs.min(queue.files.len()) {
                let (sender, queue) = (sender.clone(), &queue);
                let work = move || self.worker(queue, &sender);
                spawn(scope, format!("reader {number}"), work)?;
            }
            drop(sender);
            let result = deliver(&receiver, room, &mut courier);
            if result.is_err() {
                self.cancel.throw();
            }
            // Workers that still send must not wait for ever.
            drop(receiver);
            result
        })?;
        let started = queue.next.into_inner().min(queue.files.len());
        courier.totals.left += queue.files.len() - started;
        courier.totals.cancelled |= self.cancel.is_thrown() && !self.end.has_come();
        Ok(courier.totals)
    }

    fn worker(&self, queue: &Queue<'_>, sender: &SyncSender<Message>) {
        while !self.cancel.is_thrown() && self.hope.is_left() {
            let Some(index) = queue.take() else { return };
            self.one(queue.tasks, index, sender);
        }
    }

    /// Does one task and tells how it ended.
    fn one(&self, tasks: &[Task<'_>], index: usize, sender: &SyncSender<Message>) {
        let task = &tasks[index];
        let words = Words::to(sender);
        let heard = words.clone();
        let state = self.state.beside();
        let context = Context::telling(task.source, self.cancel.clone(), move |told| {
            let Some(words) = heard.sender() else { return };
            // Progress is of use at once or not at all, and nothing waits for it.
            let is_progress = matches!(told.said, Said::Progress(_));
            let message = Message::Told(index, told);
            if is_progress {
                let _ = words.try_send(message);
            } else {
                let _ = words.send(message);
            }
        })
        .with_state(&state);
        let context = match (&task.job, &self.options.live.shown_on) {
            (Job::Listen(_), Some(central)) => context.with_ble(Arc::clone(central)),
            _ => context,
        };
        let now = !matches!(&task.job, Job::Listen(source) if !source.happens_now());
        let opening = Opening {
            stages: &self.plan.stages,
            tap: self.options.tap.as_ref(),
            dry_run: self.options.dry_run,
            live: matches!(task.job, Job::Listen(_)),
            watcher: self.options.live.watcher.as_ref().filter(|_| now),
            context: &context,
            athlete: &self.plan.athlete,
        };
        let (key, result) = match &task.job {
            Job::Read(reader, input) => self.input(reader, input, index, &opening, sender),
            Job::Listen(source) => {
                let journal = self.journal(source, task.source, &context);
                let listened = journal.and_then(|(live, journal)| {
                    self.listen(source, &live, journal, index, &opening, sender)
                });
                (None, listened)
            }
        };
        words.end();
        let result = result.unwrap_or_else(InputResult::Failed);
        let _ = sender.send(Message::Input(InputDone {
            input: index,
            key,
            state: state.work_done(),
            result,
        }));
    }

    /// Reads one input through its chain.
    fn input(
        &self,
        reader: &Arc<dyn ReaderPlugin>,
        input: &InputPath,
        index: usize,
        opening: &Opening<'_>,
        sender: &SyncSender<Message>,
    ) -> (Option<[u8; 32]>, Result<InputResult>) {
        let mut key = None;
        if let InputPath::File(path) = input
            && (!self.options.dry_run || self.known.is_some())
        {
            match inputs::hash_file(path) {
                Ok(hash) => key = hash,
                Err(error) => return (None, Err(error)),
            }
        }
        match self.known_as(key.as_ref()) {
            Ok(None) => {}
            Ok(Some(known)) => return (key, Ok(known)),
            Err(error) => return (key, Err(error)),
        }
        let started = Instant::now();
        let state = opening.context.state().store();
        let mut reached = |reached: Reached| {
            // A reader has no checkpoints.
            let Reached::End(outcomes) = reached else {
                return Ok(false);
            };
            self.hope.note(&outcomes);
            let completed = Completed {
                input: index,
                outcomes,
                started,
                state: state.stream_finished(),
                live: false,
                delivered: None,
            };
            // Files are delivered in groups, and their readers don't wait for it.
            let sent = sender.send(Message::Stream(completed));
            sent.map(|()| false).map_err(|_| Error::cancelled())
        };
        let (reader, input) = (Arc::clone(reader), input.clone());
        let result = apart(opening, &mut reached, move |opening, reached| {
            let mut ended = |outcomes| reached(Reached::End(outcomes)).map(drop);
            read(&*reader, &mut inputs::open(&input)?, opening, &mut ended)
        });
        (key, result.map(|()| InputResult::Read))
    }

    fn known_as(&self, key: Option<&[u8; 32]>) -> Result<Option<InputResult>> {
        let (Some(ledger), Some(key)) = (self.known, key) else {
            return Ok(None);
        };
        let ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
        let destinations = self.destinations.iter().map(|to| to.name.as_str());
        if ledger.has_input(key, destinations)? {
            return Ok(Some(InputResult::Known));
        }
        Ok(ledger
            .quarantined(key, &self.settings)?
            .map(InputResult::KnownBad))
    }
}

/// Where what stages say goes while their task lasts. A stage may keep its context for longer; the
/// run does not wait for it.
#[derive(Clone)]
struct Words(Arc<Mutex<Option<SyncSender<Message>>>>);

impl Words {
    fn to(sender: &SyncSender<Message>) -> Self {
        Self(Arc::new(Mutex::new(Some(sender.clone()))))
    }

    fn sender(&self) -> Option<SyncSender<Message>> {
        let words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        words.clone()
    }

    fn end(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn spawn<'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    name: String,
    work: impl FnOnce() + Send + 'scope,
) -> Result<()> {
    let thread = thread::Builder::new().name(name).spawn_scoped(scope, work);
    thread
        .map(drop)
        .map_err(|error| Error::io("start a thread", error))
}

/// The files of a run, for the workers to take.
struct Queue<'a> {
    tasks: &'a [Task<'a>],
    /// Indices of the tasks that read files.
    files: Vec<usize>,
    next: AtomicUsize,
}

impl Queue<'_> {
    fn take(&self) -> Option<usize> {
        self.files
            .get(self.next.fetch_add(1, Ordering::Relaxed))
            .copied()
    }
}

/// Delivers in groups: whatever comes within a short time of the first stream.
fn deliver(receiver: &Receiver<Message>, most: usize, courier: &mut Courier<'_>) -> Result<()> {
    while let Ok(first) = receiver.recv() {
        let mut group = vec![first];
        let until = Instant::now() + GATHER;
        let mut ended = false;
        while group.len() < most && !ended {
            match receiver.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(message) => group.push(message),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => ended = true,
            }
        }
        courier.deliver(group)?;
    }
    Ok(())
}
