//! The conversation with a device.

mod job;
mod replies;
mod transfer;
mod waking;

use std::collections::VecDeque;
use std::time::Instant;

pub use self::job::{Download, Event, Job, Outcome};
use self::transfer::{Reception, Sending};
use self::waking::{Waking, Woke};
use crate::{
    Characteristic, Command, Error, FileName, Options, Reply, RideName, StartError, Storage,
    SystemFile,
};

/// Bytes for a characteristic, as one packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Where to.
    pub characteristic: Characteristic,
    /// What.
    pub bytes: Vec<u8>,
}

/// One connection to a device, from the moment that both notifying characteristics are subscribed.
///
/// [`start`](Self::start) a [`Job`], then drive the session until [`Event::Finished`]: after every
/// `handle_*` and every command drain [`poll_write`](Self::poll_write) and
/// [`poll_event`](Self::poll_event), and call [`handle_timeout`](Self::handle_timeout) when
/// [`poll_timeout`](Self::poll_timeout) says so.
///
/// * The device is made idle first, unless its last word was that it is.
/// * A broken transfer starts again from the first byte. A file is handed over whole or not at all.
/// * The acknowledgement of a block is ready as soon as its last byte is in; there is no pause
///   between blocks.
/// * Nothing is deleted, sent or set but by its own job.
/// * After [`handle_disconnected`](Self::handle_disconnected) the job is over; what it had is thrown
///   away. Use the session on with the next connection, or make a new one.
#[derive(Debug)]
pub struct Session {
    options: Options,
    step: Step,
    task: Option<Task>,

    // What is known of the device.
    /// Its last word was that it is idle.
    idle: bool,
    recording: Option<RideName>,
    storage: Option<Storage>,
    /// Its list of rides.
    list: Option<SystemFile>,

    writes: VecDeque<Write>,
    events: VecDeque<Event>,
}

/// The job under way.
#[derive(Debug)]
struct Task {
    job: Job,
    /// The file that was asked for.
    asked: Option<FileName>,
    /// How often it was begun again.
    restarts: u32,
    /// The other list of rides is being tried.
    fell_back: bool,
    /// The device asked for the file before it accepted it.
    early: bool,
}

/// What is waited for.
#[derive(Debug)]
enum Step {
    /// A job.
    Rest,
    /// The device's idleness.
    Waking(Waking),
    /// The reply to a command.
    Asking(Option<Instant>),
    /// The blocks of a file.
    Receiving(Box<Reception>),
    /// The word that the device is idle again; the file is here.
    Settling(Option<Instant>, Vec<u8>),
    /// The answers to blocks.
    Sending(Box<Sending>),
    /// The device's opinion of the file that it got.
    Judging(Option<Instant>),
    /// The word that the transfer is stopped.
    Stopping(Option<Instant>),
}

impl Session {
    /// A session that knows nothing of the device yet.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            step: Step::Rest,
            task: None,
            idle: false,
            recording: None,
            storage: None,
            list: None,
            writes: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Bytes that fit into one write, once the MTU is known: the MTU less three.
    pub fn set_payload(&mut self, payload: usize) {
        self.options.payload = payload.max(1);
    }

    /// Begins a job.
    ///
    /// # Errors
    ///
    /// [`StartError::Running`] while another one isn't finished; [`StartError::NotSendable`] for a
    /// file that can't be sent.
    pub fn start(&mut self, now: Instant, job: Job) -> Result<(), StartError> {
        if self.task.is_some() {
            return Err(StartError::Running);
        }
        if let Job::Send(file, content) = &job
            && !Job::is_sendable(*file, content)
        {
            return Err(StartError::NotSendable(file.as_str().to_owned()));
        }
        let known_idle = self.idle && job != Job::Wake;
        self.task = Some(Task {
            job,
            asked: None,
            restarts: 0,
            fell_back: false,
            early: false,
        });
        if known_idle {
            self.begin(now);
        } else {
            self.wake(now, false);
        }
        Ok(())
    }

    /// Ends the job early; [`Event::Finished`] with [`Error::Stopped`] says when it is done.
    pub fn stop(&mut self, now: Instant) {
        if self.task.is_some() && !matches!(self.step, Step::Stopping(_)) {
            self.writes.clear();
            self.command(Command::stop());
            self.step = Step::Stopping(now.checked_add(self.options.timers.idle));
        }
    }

    /// A notification arrived.
    pub fn handle_notification(
        &mut self,
        now: Instant,
        characteristic: Characteristic,
        bytes: &[u8],
    ) {
        match characteristic {
            Characteristic::Command => match Reply::decode(bytes) {
                Ok(reply) => self.handle_reply(now, reply),
                Err(error) => self.handle_garbled(now, error),
            },
            Characteristic::FromDevice => self.handle_transfer(now, bytes),
            Characteristic::ToDevice => {}
        }
    }

    /// The connection is gone.
    pub fn handle_disconnected(&mut self) {
        self.writes.clear();
        self.idle = false;
        if self.task.is_some() {
            self.finish(Err(Error::LinkLost));
        }
    }

    /// The time is what [`poll_timeout`](Self::poll_timeout) said, or later.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.poll_timeout().is_none_or(|at| at > now) {
            return;
        }
        match &mut self.step {
            Step::Rest => {}
            Step::Waking(waking) => {
                let woke = waking.handle_timeout(now);
                self.woke(now, woke);
            }
            Step::Asking(_) => self.handle_silence(now),
            Step::Receiving(reception) => {
                reception.receiver.handle_timeout(now);
                self.receive(now);
            }
            Step::Sending(sending) => {
                sending.sender.handle_timeout(now);
                self.send(now);
            }
            Step::Settling(_, content) => {
                let content = std::mem::take(content);
                self.complete(content);
            }
            Step::Judging(_) => self.fail(Error::NotConfirmed),
            Step::Stopping(_) => self.finish(Err(Error::Stopped)),
        }
    }

    /// The next packet to write.
    pub fn poll_write(&mut self) -> Option<Write> {
        self.writes.pop_front()
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout); `None` while nothing runs.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match &self.step {
            Step::Rest => None,
            Step::Waking(waking) => waking.deadline(),
            Step::Receiving(reception) => reception.receiver.poll_timeout(),
            Step::Sending(sending) => sending.sender.poll_timeout(),
            Step::Asking(deadline)
            | Step::Settling(deadline, _)
            | Step::Judging(deadline)
            | Step::Stopping(deadline) => *deadline,
        }
    }

    /// Makes the device idle.
    fn wake(&mut self, now: Instant, broken: bool) {
        self.idle = false;
        let (waking, command) = Waking::new(now, self.options.timers.idle, broken);
        self.step = Step::Waking(waking);
        self.command(command);
    }

    fn woke(&mut self, now: Instant, woke: Woke) {
        match woke {
            Woke::Ask(command) => self.command(command),
            Woke::Wait => {}
            Woke::Idle(recording) => {
                self.idle = true;
                self.recording = recording;
                self.begin(now);
            }
            Woke::Never => self.finish(Err(Error::DeviceBusy)),
        }
    }

    /// The device is idle: asks what the job wants to know.
    fn begin(&mut self, now: Instant) {
        let list = self.list.unwrap_or(self.options.profile.list);
        let Some(task) = &mut self.task else {
            return;
        };
        task.early = false;
        let list = if task.fell_back { other(list) } else { list };
        let (asked, command) = match &task.job {
            Job::Wake => {
                let recording = self.recording.clone();
                return self.finish(Ok(Outcome::Awake { recording }));
            }
            Job::List => (Some(FileName::System(list)), None),
            Job::Send(file, _) => (Some(FileName::System(*file)), task.job.command()),
            job => (job.fetched(), job.command()),
        };
        let command = command.or(asked.as_ref().map(Command::fetch));
        let timers = self.options.timers;
        let time = match task.job {
            Job::SetClock(_) => timers.clock,
            _ if asked.is_some() => timers.file,
            _ => timers.reply,
        };
        task.asked = asked;
        if task.asked.is_some() {
            self.idle = false;
        }
        self.step = Step::Asking(now.checked_add(time));
        if let Some(command) = command {
            self.command(command);
        }
    }

    /// Begins the job again, as often as is allowed.
    fn retry(&mut self, now: Instant, error: Error) {
        let limit = self.options.restarts;
        let may = !matches!(
            error,
            Error::Transfer(ymodem::Error::TooLarge { .. } | ymodem::Error::Header(_))
        );
        match &mut self.task {
            Some(task) if may && task.restarts < limit => {
                task.restarts += 1;
                let count = task.restarts;
                let cause = error;
                self.events.push_back(Event::Restarted { count, cause });
                self.writes.clear();
                self.wake(now, true);
            }
            _ => self.fail(error),
        }
    }

    /// Ends the job without a result; the device isn't left in the middle of a transfer.
    fn fail(&mut self, error: Error) {
        self.idle = false;
        self.writes.clear();
        self.command(Command::stop());
        self.finish(Err(error));
    }

    fn finish(&mut self, result: Result<Outcome, Error>) {
        self.step = Step::Rest;
        self.task = None;
        self.events.push_back(Event::Finished(result));
    }

    fn command(&mut self, command: Command) {
        self.writes.push_back(Write {
            characteristic: Characteristic::Command,
            bytes: command.into_bytes(),
        });
    }
}

/// The list of rides that other models have.
fn other(list: SystemFile) -> SystemFile {
    match list {
        SystemFile::Workouts => SystemFile::FileList,
        _ => SystemFile::Workouts,
    }
}
