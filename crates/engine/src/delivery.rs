//! Delivery: finished streams become durable, visible and noted, in groups.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::mpsc::SyncSender;
use std::time::Instant;

use pipeline_plugin::{Delivered, Error, ErrorKind, OutputFile, Result, StateChange, Told};

use crate::chain::{Made, Outcome};
use crate::ledger::{Ledger, Publishing};
use crate::memory::{GivenUp, Note};
use crate::platform;
use crate::publish::{Published, publish};
use crate::report::{Delivery, DeliveryStatus, Failure, Report, StreamReport, Totals};

/// From how many files on one sync of the whole file system is cheaper than one a file
/// (measured: 4,424 files/s against 482).
const GROUP: usize = 4;

/// What the workers tell.
pub(crate) enum Message {
    /// A stream has finished.
    Stream(Completed),
    /// A stage has something to say.
    Told(usize, Told),
    /// The sinks have made durable what they got.
    Checkpoint(Checkpoint),
    /// An input of a source is known: delivered, or bad for that reason.
    Unwanted(String, Option<Error>),
    /// A source says that everything of one of its inputs has been sent.
    Note(Note),
    /// A source can't use one of its inputs.
    GivenUp(Box<GivenUp>),
    /// An input is done.
    Input(InputDone),
}

/// A stream that has finished, before its delivery.
pub(crate) struct Completed {
    pub(crate) input: usize,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) started: Instant,
    /// What stages have set: noted with the deliveries.
    pub(crate) state: Vec<StateChange>,
    /// It comes from a source that is waited for, not from a file.
    pub(crate) live: bool,
    /// Told when everything is delivered and noted, and whether every sink has taken it.
    pub(crate) delivered: Option<SyncSender<bool>>,
}

/// A stream at a point where its sinks have made durable what they got.
pub(crate) struct Checkpoint {
    pub(crate) state: Vec<StateChange>,
    /// Told when the state is noted.
    pub(crate) noted: Option<SyncSender<bool>>,
}

/// An input that is done.
pub(crate) struct InputDone {
    pub(crate) input: usize,
    /// SHA-256 of its bytes, where it is a file.
    pub(crate) key: Option<[u8; 32]>,
    /// What stages have set since the last stream.
    pub(crate) state: Vec<StateChange>,
    pub(crate) result: InputResult,
}

pub(crate) enum InputResult {
    Read,
    /// Delivered by an earlier run.
    Known,
    /// Found to be bad by an earlier run.
    KnownBad(Error),
    Failed(Error),
    /// A device, from which as many inputs were still wanted when the run was to stop.
    Left(usize),
}

/// Where a sink delivers to.
pub(crate) struct Destination {
    pub(crate) sink: String,
    pub(crate) name: String,
}

/// Tells a source how something ended.
pub(crate) type Answer = Box<dyn FnOnce()>;

/// Delivers what the workers have finished; one a run, on one thread.
pub(crate) struct Courier<'a> {
    pub(crate) ledger: Option<Ledger>,
    /// The pipeline's name, under which state is kept.
    pub(crate) pipeline: &'a str,
    pub(crate) destinations: &'a [Destination],
    pub(crate) again: bool,
    /// What an input's fate depends on beside its bytes.
    pub(crate) settings: [u8; 32],
    /// The inputs' names.
    pub(crate) names: Vec<String>,
    pub(crate) totals: Totals,
    /// Inputs of which a stream did not reach every sink.
    pub(crate) incomplete: HashSet<usize>,
    /// What sources are told once the group is committed.
    pub(crate) answers: Vec<Answer>,
    pub(crate) report: &'a mut dyn FnMut(Report),
}

impl Courier<'_> {
    /// Delivers a group of streams, and notes it.
    pub(crate) fn deliver(&mut self, mut group: Vec<Message>) -> Result<()> {
        let waiting: Vec<_> = group
            .iter_mut()
            .filter_map(|message| match message {
                Message::Checkpoint(checkpoint) => checkpoint.noted.take(),
                _ => None,
            })
            .collect();
        let result = self.deliver_all(group);
        // Only what is committed is told; who waits for the rest hears that nobody answers.
        let answers = std::mem::take(&mut self.answers);
        result?;
        for answer in answers {
            answer();
        }
        for waiting in waiting {
            let _ = waiting.try_send(true);
        }
        Ok(())
    }

    fn deliver_all(&mut self, group: Vec<Message>) -> Result<()> {
        if group
            .iter()
            .all(|message| matches!(message, Message::Told(..)))
        {
            // Words need no ledger, which another process may be using.
            return self.handle(group, None, None);
        }
        let failed = sync(&group).err();
        let Some(mut ledger) = self.ledger.take() else {
            return self.handle(group, failed.as_ref(), None);
        };
        let result = ledger.publish().and_then(|publishing| {
            self.handle(group, failed.as_ref(), Some(&publishing))?;
            publishing.commit()
        });
        self.ledger = Some(ledger);
        result
    }

    fn handle(
        &mut self,
        group: Vec<Message>,
        failed: Option<&Error>,
        ledger: Option<&Publishing<'_>>,
    ) -> Result<()> {
        let mut reports = Vec::with_capacity(group.len());
        let mut folders = HashSet::new();
        for message in group {
            match message {
                Message::Stream(mut completed) => {
                    let state = std::mem::take(&mut completed.state);
                    let waiting = completed.delivered.take();
                    let report = self.stream(completed, failed, ledger, &mut folders);
                    let failed = |one: &Delivery| matches!(one.status, DeliveryStatus::Failed(_));
                    let complete = report.deliveries.iter().all(Delivery::is_there);
                    self.answers.extend(waiting.map(|waiting| {
                        let answer = move || waiting.try_send(complete).unwrap_or_default();
                        Box::new(answer) as Answer
                    }));
                    // State says what was delivered: if nothing was, it is not true.
                    if !report.deliveries.iter().all(failed) {
                        self.note_state(&state, ledger)?;
                    }
                    reports.push(Report::Stream(Box::new(report)));
                }
                Message::Told(input, told) => {
                    reports.push(Report::told(self.names[input].clone(), told));
                }
                Message::Checkpoint(checkpoint) => self.note_state(&checkpoint.state, ledger)?,
                Message::Unwanted(input, error) => reports.push(self.unwanted(input, error)),
                Message::Note(note) => self.note(note, ledger)?,
                Message::GivenUp(bad) => {
                    let failure = self.give_up(*bad, ledger, &mut folders)?;
                    reports.extend(failure.map(Report::Failed));
                }
                Message::Input(done) => self.input(done, ledger, &mut reports)?,
            }
        }
        for folder in folders {
            platform::sync_folder(&folder)
                .map_err(|error| Error::io(format!("sync `{}`", folder.display()), error))?;
        }
        reports.into_iter().for_each(&mut *self.report);
        Ok(())
    }

    fn note_state(&self, changes: &[StateChange], ledger: Option<&Publishing<'_>>) -> Result<()> {
        let Some(ledger) = ledger else { return Ok(()) };
        changes
            .iter()
            .try_for_each(|change| ledger.note_state(self.pipeline, change))
    }

    fn stream(
        &mut self,
        completed: Completed,
        failed: Option<&Error>,
        ledger: Option<&Publishing<'_>>,
        folders: &mut HashSet<PathBuf>,
    ) -> StreamReport {
        let input = self.name(&completed);
        let mut deliveries = Vec::with_capacity(completed.outcomes.len());
        let mut described = None;
        for outcome in completed.outcomes {
            let destination = &self.destinations[outcome.sink];
            let sink = destination.sink.clone();
            let parts = self.one(
                &outcome.summary,
                outcome.result,
                outcome.sink,
                failed,
                ledger,
                &input,
            );
            let status = match parts {
                Ok(status) => status,
                Err(error) => DeliveryStatus::Failed(error),
            };
            if let DeliveryStatus::Delivered(path) = &status {
                folders.extend(path.parent().map(PathBuf::from));
            }
            described.get_or_insert((outcome.header, outcome.summary));
            deliveries.push(Delivery { sink, status });
        }
        self.count(completed.input, &deliveries);
        let (header, summary) = described.unwrap_or_default();
        let took = completed.started.elapsed();
        StreamReport {
            input,
            header,
            summary,
            deliveries,
            took,
        }
    }

    /// What a stream is called: as the file that it was read from, or as its source calls it.
    fn name(&self, completed: &Completed) -> String {
        let is_live = completed.live;
        let own = completed
            .outcomes
            .first()
            .map(|outcome| &outcome.header.name);
        match own.filter(|own| is_live && !own.is_empty()) {
            Some(own) => own.clone(),
            None => self.names[completed.input].clone(),
        }
    }

    /// One stream at one sink.
    fn one(
        &self,
        summary: &pipeline_plugin::Summary,
        made: Result<Made>,
        sink: usize,
        failed: Option<&Error>,
        ledger: Option<&Publishing<'_>>,
        input: &str,
    ) -> Result<DeliveryStatus> {
        let destination = &self.destinations[sink].name;
        let content = &summary.content_key;
        let made = made?;
        let known = match ledger {
            Some(ledger) if !self.again => ledger.delivered(content, destination)?,
            _ => None,
        };
        if let Some(path) = known {
            return Ok(DeliveryStatus::Already(path));
        }
        let file = match made {
            Made::Nothing(path) => return Ok(DeliveryStatus::Would(path)),
            Made::Output(Delivered::Done(place)) => {
                let path = PathBuf::from(place);
                if let Some(ledger) = ledger {
                    ledger.note_delivery(content, destination, &path, input)?;
                }
                return Ok(DeliveryStatus::Delivered(path));
            }
            Made::Output(Delivered::File(file)) => file,
        };
        if let Some(error) = failed {
            return Err(Error::new(error.kind(), error.with_causes()));
        }
        let identifies = !self.again && file.name().contains(&content.short());
        let status = match publish(file, identifies)? {
            Published::New(path) | Published::Renamed(path) => DeliveryStatus::Delivered(path),
            Published::Already(path) => DeliveryStatus::Already(path),
        };
        if let (Some(ledger), DeliveryStatus::Delivered(path) | DeliveryStatus::Already(path)) =
            (ledger, &status)
        {
            ledger.note_delivery(content, destination, path, input)?;
        }
        Ok(status)
    }

    fn count(&mut self, input: usize, deliveries: &[Delivery]) {
        let mut failures = 0;
        for delivery in deliveries {
            if let DeliveryStatus::Failed(error) = &delivery.status {
                failures += 1;
                self.totals.note(error.kind());
            }
        }
        let new = |status: &DeliveryStatus| {
            matches!(
                status,
                DeliveryStatus::Delivered(_) | DeliveryStatus::Would(_)
            )
        };
        if failures > 0 {
            self.incomplete.insert(input);
        }
        if failures > 0 && failures < deliveries.len() {
            self.totals.partly += 1;
        } else if failures > 0 {
            self.totals.undelivered += 1;
        } else if deliveries.iter().any(|delivery| new(&delivery.status)) {
            self.totals.delivered += 1;
        } else {
            self.totals.already += 1;
        }
    }

    fn unwanted(&mut self, input: String, error: Option<Error>) -> Report {
        let Some(error) = error else {
            self.totals.already += 1;
            return Report::Known(input);
        };
        self.totals.quarantined += 1;
        Report::Failed(Failure {
            input,
            error,
            known: true,
        })
    }

    /// Notes an input of a source, if everything of it has reached every sink.
    fn note(&mut self, note: Note, ledger: Option<&Publishing<'_>>) -> Result<()> {
        let complete = !self.incomplete.remove(&note.input);
        if let (Some(ledger), true) = (ledger, complete) {
            for destination in self.destinations {
                ledger.note_input(&note.key, &destination.name, &note.name)?;
            }
        }
        let is_noted = complete && ledger.is_some();
        self.answers.push(Box::new(move || {
            let _ = note.noted.send(is_noted);
        }));
        Ok(())
    }

    /// Keeps the bytes of a bad input, if there are any, and notes that it is bad.
    fn give_up(
        &mut self,
        bad: GivenUp,
        ledger: Option<&Publishing<'_>>,
        folders: &mut HashSet<PathBuf>,
    ) -> Result<Option<Failure>> {
        let mut error = bad.error;
        if let Some(file) = bad.file {
            match keep(file) {
                Ok(path) => {
                    folders.extend(path.parent().map(PathBuf::from));
                    let text = format!("{}; kept as `{}`", error.with_causes(), path.display());
                    error = Error::new(error.kind(), text)
                        .with_help("`pipeline repair` may mend the kept file");
                }
                Err(error) => {
                    let _ = bad.kept.send(Err(error));
                    return Ok(None);
                }
            }
        }
        self.totals.quarantined += 1;
        self.totals.note(error.kind());
        if let (Some(ledger), Some(key)) = (ledger, &bad.key) {
            ledger.note_quarantine(key, &self.settings, &bad.name, &error)?;
        }
        self.answers.push(Box::new(move || {
            let _ = bad.kept.send(Ok(()));
        }));
        Ok(Some(Failure {
            input: bad.name,
            error,
            known: false,
        }))
    }

    fn input(
        &mut self,
        done: InputDone,
        ledger: Option<&Publishing<'_>>,
        reports: &mut Vec<Report>,
    ) -> Result<()> {
        self.note_state(&done.state, ledger)?;
        let name = self.names[done.input].clone();
        let incomplete = self.incomplete.remove(&done.input);
        match done.result {
            InputResult::Read => {
                if let (Some(ledger), Some(key), false) = (ledger, &done.key, incomplete) {
                    for destination in self.destinations {
                        ledger.note_input(key, &destination.name, &name)?;
                    }
                }
            }
            InputResult::Known => reports.push(self.unwanted(name, None)),
            InputResult::KnownBad(error) => reports.push(self.unwanted(name, Some(error))),
            InputResult::Failed(error) if error.kind() == ErrorKind::Cancelled => {
                self.totals.left += 1;
            }
            InputResult::Left(count) => self.totals.left += count,
            InputResult::Failed(error) => {
                self.totals.quarantined += 1;
                self.totals.note(error.kind());
                if let (Some(ledger), Some(key), ErrorKind::Skip) =
                    (ledger, &done.key, error.kind())
                {
                    ledger.note_quarantine(key, &self.settings, &name, &error)?;
                }
                reports.push(Report::Failed(Failure {
                    input: name,
                    error,
                    known: false,
                }));
            }
        }
        reports.push(Report::InputDone);
        Ok(())
    }
}

/// Makes the bytes of a bad input durable and visible in the folder for them.
fn keep(file: OutputFile) -> Result<PathBuf> {
    let path = file.folder().join(file.name());
    platform::sync_file(file.file())
        .map_err(|error| Error::io(format!("write `{}`", path.display()), error))?;
    Ok(match publish(file, false)? {
        Published::New(path) | Published::Renamed(path) | Published::Already(path) => path,
    })
}

/// Makes the files of a group durable before any of them becomes visible.
fn sync(group: &[Message]) -> Result<()> {
    let files: Vec<&OutputFile> = group
        .iter()
        .filter_map(|message| match message {
            Message::Stream(completed) => Some(&completed.outcomes),
            _ => None,
        })
        .flatten()
        .filter_map(|outcome| match &outcome.result {
            Ok(Made::Output(Delivered::File(file))) => Some(file),
            _ => None,
        })
        .collect();
    let cannot = |file: &OutputFile, error| {
        Error::io(
            format!("write `{}`", file.folder().join(file.name()).display()),
            error,
        )
    };
    let mut folders = HashSet::new();
    let mut heads = files.iter().filter(|file| folders.insert(file.folder()));
    if files.len() >= GROUP && heads.all(|file| platform::sync_file_system(file.file())) {
        return Ok(());
    }
    files
        .iter()
        .try_for_each(|file| platform::sync_file(file.file()).map_err(|error| cannot(file, error)))
}
