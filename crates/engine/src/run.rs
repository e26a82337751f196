//! Running a plan over files: many inputs side by side, each with its whole chain on one
//! thread; one more thread delivers.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use pipeline_plugin::{
    Cancel, Context, Error, ErrorKind, Header, Input, Item, Output, OutputFile, ReaderPlugin,
    Result, Role, SourcePlugin, Streams, Warning,
};
use sha2::{Digest, Sha256};

use crate::chain::{Chain, Opening, Outcome, Tap};
use crate::delivery::{Completed, Courier, Destination, InputDone, InputResult, Message};
use crate::inputs::{self, InputPath, Shard};
use crate::ledger::Ledger;
use crate::live;
use crate::plan::{Plan, PlannedSource, PlannedStage, SourceKind, StageKind};
use crate::report::{Failure, Report, Totals};

/// The most messages that wait for delivery, and that are delivered as one group. A stream's
/// files stay open until then, so this bounds open files too (with several sinks, it is shared).
const GROUP: usize = 256;

/// How long a group waits for more streams; a single file does not wait.
const GATHER: Duration = Duration::from_millis(40);

/// How to run a plan.
#[derive(Clone)]
pub struct RunOptions {
    /// Files, folders, globs or `-` instead of the source's own `path`; empty: the source's.
    pub inputs: Vec<String>,
    /// How many inputs to read at a time; 0: as many as there are processors.
    pub jobs: usize,
    /// Only this part of the inputs.
    pub shard: Option<Shard>,
    /// Read and transform, but deliver nothing.
    pub dry_run: bool,
    /// Deliver also what the ledger knows as delivered.
    pub again: bool,
    /// The folder of the ledger.
    pub state: PathBuf,
    /// Where the items of one stage are to be written as well.
    pub tap: Option<Tap>,
}

/// One thing to do.
struct Task<'a> {
    source: &'a str,
    name: String,
    job: Job<'a>,
}

enum Job<'a> {
    /// Read a file.
    Read(&'a dyn ReaderPlugin, InputPath),
    /// Listen to a device.
    Listen(&'a dyn SourcePlugin),
}

/// Runs a plan until all inputs are done, all sources have ended, or `cancel` is thrown.
///
/// Bad inputs are reported and the others go on; see [`Totals::exit_code`].
///
/// # Errors
///
/// When the run as a whole can't go on: the ledger can't be used, a folder can't be written.
pub fn run(
    plan: &Plan,
    options: &RunOptions,
    cancel: &Cancel,
    report: &mut dyn FnMut(Report),
) -> Result<Totals> {
    let (tasks, errors) = tasks(plan, options);
    report(Report::Inputs(tasks.len() + errors.len()));
    let mut totals = Totals::default();
    for error in errors {
        totals.quarantined += 1;
        report(Report::Failed(Failure {
            input: String::new(),
            error,
            known: false,
        }));
        report(Report::InputDone);
    }
    if tasks.is_empty() {
        return Ok(totals);
    }
    let destinations = destinations(&plan.stages);
    let ledger = open_ledger(options)?;
    let known = match &ledger {
        Some(_) if !options.again => Some(Mutex::new(Ledger::open(&options.state)?)),
        _ => None,
    };
    if !options.dry_run {
        for_each_folder(&plan.stages, &mut |folder| OutputFile::clean(&folder));
    }
    let settings = plan.fingerprint();
    let crew = Crew {
        plan,
        options,
        cancel,
        known: &known,
        settings,
        destinations: &destinations,
    };
    let courier = Courier {
        ledger: ledger.filter(|_| !options.dry_run),
        names: tasks.iter().map(|task| task.name.clone()).collect(),
        destinations: destinations
            .iter()
            .map(|(sink, name)| Destination {
                sink: sink.clone(),
                name: name.clone(),
            })
            .collect(),
        again: options.again,
        settings,
        totals,
        incomplete: HashSet::new(),
        report,
    };
    let result = crew.work(&tasks, courier);
    if !options.dry_run {
        for_each_folder(&plan.stages, &mut |folder| OutputFile::clean(&folder));
    }
    result
}

fn open_ledger(options: &RunOptions) -> Result<Option<Ledger>> {
    // A dry run leaves no trace, so it does not make a ledger either.
    if options.dry_run && !options.state.join("ledger.sqlite3").exists() {
        return Ok(None);
    }
    Ledger::open(&options.state).map(Some)
}

fn tasks<'a>(plan: &'a Plan, options: &RunOptions) -> (Vec<Task<'a>>, Vec<Error>) {
    let mut tasks = Vec::new();
    let mut errors = Vec::new();
    for (index, source) in plan.sources.iter().enumerate() {
        let (reader, paths) = match &source.kind {
            SourceKind::Reader { reader, paths, .. } => (reader, paths),
            SourceKind::Source(plugin) => {
                let job = Job::Listen(&**plugin);
                tasks.push(Task {
                    source: &source.id,
                    name: source.id.clone(),
                    job,
                });
                continue;
            }
        };
        let extensions = source.extensions();
        let patterns = match (options.inputs.is_empty(), index) {
            (true, _) => paths,
            (false, 0) => &options.inputs,
            // Inputs on the command line replace those of all sources.
            (false, _) => continue,
        };
        let (found, mut problems) = inputs::find(patterns, extensions);
        errors.append(&mut problems);
        let found = found.into_iter().filter(|input| {
            options
                .shard
                .is_none_or(|shard| shard.has(&input.file_name()))
        });
        tasks.extend(found.map(|input| Task {
            source: &source.id,
            name: input.name(),
            job: Job::Read(&**reader, input),
        }));
    }
    (tasks, errors)
}

/// Id and destination of each sink, in the order in which a chain counts them.
pub(crate) fn destinations(stages: &[PlannedStage]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for stage in stages {
        match &stage.kind {
            StageKind::Sink(plugin) => found.push((stage.id.clone(), plugin.destination())),
            StageKind::Transform(_) => found.extend(destinations(&stage.next)),
        }
    }
    found
}

fn for_each_folder(stages: &[PlannedStage], act: &mut dyn FnMut(PathBuf)) {
    for stage in stages {
        match &stage.kind {
            StageKind::Sink(plugin) => plugin.folder().into_iter().for_each(&mut *act),
            StageKind::Transform(_) => for_each_folder(&stage.next, act),
        }
    }
}

/// What all workers share.
struct Crew<'a> {
    plan: &'a Plan,
    options: &'a RunOptions,
    cancel: &'a Cancel,
    known: &'a Option<Mutex<Ledger>>,
    settings: [u8; 32],
    destinations: &'a [(String, String)],
}

impl Crew<'_> {
    fn work(&self, tasks: &[Task<'_>], mut courier: Courier<'_>) -> Result<Totals> {
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
        courier.totals.cancelled |= self.cancel.is_thrown();
        Ok(courier.totals)
    }

    fn worker(&self, queue: &Queue<'_>, sender: &SyncSender<Message>) {
        while !self.cancel.is_thrown() {
            let Some(index) = queue.take() else { return };
            self.one(queue.tasks, index, sender);
        }
    }

    /// Does one task and tells how it ended.
    fn one(&self, tasks: &[Task<'_>], index: usize, sender: &SyncSender<Message>) {
        let task = &tasks[index];
        let warnings = sender.clone();
        let context = Context::new(task.source, self.cancel.clone(), move |warning| {
            let _ = warnings.send(Message::Warning(index, warning));
        });
        let opening = Opening {
            stages: &self.plan.stages,
            tap: self.options.tap.as_ref(),
            dry_run: self.options.dry_run,
            live: matches!(task.job, Job::Listen(_)),
            context: &context,
            athlete: &self.plan.athlete,
        };
        let (key, result) = match &task.job {
            Job::Read(reader, input) => self.input(*reader, input, index, &opening, sender),
            Job::Listen(source) => (None, listen(*source, index, &opening, sender)),
        };
        let result = result.unwrap_or_else(InputResult::Failed);
        let _ = sender.send(Message::Input(InputDone {
            input: index,
            key,
            result,
        }));
    }

    /// Reads one input through its chain.
    fn input(
        &self,
        reader: &dyn ReaderPlugin,
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
                Ok(hash) => key = Some(hash),
                Err(error) => return (None, Err(error)),
            }
        }
        match self.known_as(key.as_ref()) {
            Ok(None) => {}
            Ok(Some(known)) => return (key, Ok(known)),
            Err(error) => return (key, Err(error)),
        }
        let started = Instant::now();
        let mut finished = |outcomes| {
            let completed = Completed {
                input: index,
                outcomes,
                started,
                delivered: None,
            };
            sender
                .send(Message::Stream(completed))
                .map_err(|_| Error::cancelled())
        };
        let result = read(reader, input, opening, &mut finished);
        (key, result.map(|()| InputResult::Read))
    }

    fn known_as(&self, key: Option<&[u8; 32]>) -> Result<Option<InputResult>> {
        let (Some(ledger), Some(key)) = (self.known, key) else {
            return Ok(None);
        };
        let ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
        let destinations: Vec<_> = self
            .destinations
            .iter()
            .map(|(_, name)| name.clone())
            .collect();
        if ledger.has_input(key, &destinations)? {
            return Ok(Some(InputResult::Known));
        }
        Ok(ledger
            .quarantined(key, &self.settings)?
            .map(InputResult::KnownBad))
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

/// Runs a source; each of its streams is delivered before the source goes on.
fn listen(
    source: &dyn SourcePlugin,
    index: usize,
    opening: &Opening<'_>,
    sender: &SyncSender<Message>,
) -> Result<InputResult> {
    let started = Instant::now();
    let mut finished = |outcomes| {
        let (delivered, wait) = sync_channel(1);
        let delivered = Some(delivered);
        let completed = Completed {
            input: index,
            outcomes,
            started,
            delivered,
        };
        sender
            .send(Message::Stream(completed))
            .map_err(|_| Error::cancelled())?;
        wait.recv().map_err(|_| Error::cancelled())
    };
    live::run(source, opening, &mut finished).map(|()| InputResult::Read)
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

/// A place for the warnings of one input, and the function that puts them there.
pub(crate) fn collect_warnings() -> (Receiver<Warning>, impl Fn(Warning) + Send + Sync + 'static) {
    let (sender, receiver) = std::sync::mpsc::channel();
    (receiver, move |warning| {
        let _ = sender.send(warning);
    })
}

/// Reads one input; `finished` gets what the sinks made of each of its streams.
pub(crate) fn read(
    reader: &dyn ReaderPlugin,
    input: &InputPath,
    opening: &Opening<'_>,
    finished: &mut dyn FnMut(Vec<Outcome>) -> Result<()>,
) -> Result<()> {
    let mut opened = inputs::open(input)?;
    let name = input.name();
    let input = Input {
        name: &name,
        size: opened.size,
        bytes: &mut *opened.bytes,
    };
    let mut streams = FileStreams {
        opening,
        chain: None,
        finished,
    };
    let result = catch_unwind(AssertUnwindSafe(|| {
        reader.read(input, &mut streams, opening.context)
    }));
    match result {
        Ok(result) => result,
        Err(panic) => {
            let text = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_default();
            Err(
                Error::new(ErrorKind::Plugin, format!("a stage panicked: {text}"))
                    .with_help("this is a bug in the plugin: report it with the input file"),
            )
        }
    }
}

/// What a reader writes to: one chain after another.
struct FileStreams<'a> {
    opening: &'a Opening<'a>,
    chain: Option<Chain>,
    finished: &'a mut dyn FnMut(Vec<Outcome>) -> Result<()>,
}

impl FileStreams<'_> {
    fn out_of_order(what: &str) -> Error {
        Error::new(ErrorKind::Plugin, format!("the reader {what}"))
    }
}

impl Output for FileStreams<'_> {
    fn send(&mut self, item: Item) -> Result<()> {
        self.opening.context.cancel().check()?;
        match &mut self.chain {
            Some(chain) => chain.send(item),
            None => Err(Self::out_of_order("sent an item without an open stream")),
        }
    }
}

impl Streams for FileStreams<'_> {
    fn open(&mut self, header: Header) -> Result<()> {
        if self.chain.is_some() {
            return Err(Self::out_of_order("opened a stream while another was open"));
        }
        self.chain = Some(Chain::open(self.opening, header)?);
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        let chain = self.chain.take();
        let chain =
            chain.ok_or_else(|| Self::out_of_order("finished a stream that was not open"))?;
        (self.finished)(chain.finish()?)
    }
}

impl Plan {
    /// What the fate of an input depends on beside its bytes: this version, and the sources with
    /// their settings.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(env!("CARGO_PKG_VERSION"));
        for source in &self.sources {
            hash.update([0]);
            hash.update(&source.plugin.name);
            if let SourceKind::Reader { settings, .. } = &source.kind {
                hash.update(settings.to_string());
            }
        }
        hash.finalize().into()
    }
}

impl PlannedSource {
    /// The file endings that its reader takes.
    fn extensions(&self) -> &[String] {
        match &self.plugin.role {
            Role::Reader { extensions, .. } => extensions,
            _ => &[],
        }
    }
}
