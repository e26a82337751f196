//! The conversation with a station.

mod event;
mod job;
mod options;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use modbus::{Assembler, Bank, Body, Frame, Registers, Request};

pub use self::event::{Counts, Event, Outcome, Status, Warning, Written};
use self::job::Job;
pub use self::options::Options;
use crate::bank::Banks;
use crate::command::Command;
use crate::profile::Profile;

/// The commands that may wait; more are refused.
const QUEUE: usize = 16;

/// Asks a station for its state, one question at a time, and makes settings.
///
/// Tell it of connections, disconnections and notifications; after each of these, each command and
/// [`handle_timeout`](Self::handle_timeout) at [`poll_timeout`](Self::poll_timeout), drain
/// [`poll_request`](Self::poll_request) and [`poll_event`](Self::poll_event).
///
/// * A reply counts when its unit, function, start and count are those of the question. The other
///   bank is as long and comes at times: it is taken for what it is, and the wait goes on.
/// * The status comes unasked too. An echo of an earlier connection's write is dropped.
/// * A write waits for a status that fits the profile, and for some time after the one before it; it
///   is sent once, and read back on the same connection, for stations echo what they ignore.
/// * Nothing that fails is tried again in a hurry: the next question comes when it is due.
#[derive(Debug)]
pub struct Poller {
    profile: Profile,
    options: Options,
    assembler: Assembler,
    banks: Banks,
    connected: bool,
    waiting: Option<Waiting>,
    status_due: Instant,
    settings_due: Instant,
    /// Whether the last status of this connection fits the profile; `None` before the first.
    sane: Option<bool>,
    /// Questions in a row without a reply.
    unanswered: u32,
    job: Option<Job>,
    queue: VecDeque<Command>,
    /// When the next write may come.
    write_from: Option<Instant>,
    counts: Counts,
    told: Vec<Warning>,
    requests: VecDeque<Request>,
    events: VecDeque<Event>,
}

/// The question that is under way.
#[derive(Debug)]
struct Waiting {
    request: Request,
    purpose: Purpose,
    asked: Instant,
    deadline: Instant,
}

/// What a question is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Poll(Bank),
    /// The settings before a write.
    Prepare,
    Write,
    ReadBack,
}

impl Poller {
    /// For a station of that kind; not connected yet.
    pub fn new(profile: Profile, options: Options) -> Self {
        let assembler = Assembler::new(modbus::Options {
            address: profile.address(),
            shape: profile.shape(),
            either_order: options.either_order,
        });
        let never = Instant::now();
        Self {
            profile,
            options,
            assembler,
            banks: Banks::default(),
            connected: false,
            waiting: None,
            status_due: never,
            settings_due: never,
            sane: None,
            unanswered: 0,
            job: None,
            queue: VecDeque::new(),
            write_from: None,
            counts: Counts::default(),
            told: Vec::new(),
            requests: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// The kind of station.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// What the last frames of both banks had.
    pub fn banks(&self) -> &Banks {
        &self.banks
    }

    /// What has been asked and answered.
    pub fn counts(&self) -> Counts {
        Counts {
            link: self.assembler.counts(),
            ..self.counts
        }
    }

    /// The link is there and notifications are subscribed to.
    pub fn handle_connected(&mut self, now: Instant) {
        self.connected = true;
        self.assembler.reset();
        self.sane = None;
        self.unanswered = 0;
        self.status_due = now;
        self.settings_due = now;
        self.advance(now);
    }

    /// The link is lost. What was to be written is not written later.
    pub fn handle_disconnected(&mut self) {
        self.connected = false;
        self.waiting = None;
        self.requests.clear();
        self.assembler.reset();
        self.banks = Banks::default();
        if let Some(job) = self.job.take() {
            let outcome = job.without_link();
            self.written(job.command, outcome);
        }
        while let Some(command) = self.queue.pop_front() {
            self.written(command, Outcome::NotSent);
        }
    }

    /// A notification has arrived.
    pub fn handle_notification(&mut self, now: Instant, bytes: &[u8]) {
        self.assembler.handle_bytes(bytes);
        self.handle_arrivals(now);
        self.advance(now);
    }

    /// The time is what [`poll_timeout`](Self::poll_timeout) said, or later.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.waiting.as_ref().is_some_and(|w| w.deadline <= now) {
            // A frame may hide behind what looked like the start of one.
            self.assembler.give_up();
            self.handle_arrivals(now);
            if let Some(waiting) = self.waiting.take_if(|w| w.deadline <= now) {
                self.handle_silence(now, waiting.purpose);
            }
        }
        self.advance(now);
    }

    /// Makes a setting when its time comes; [`Event::Written`] tells how it went. One for the same
    /// register that still waits is given up for it.
    pub fn set(&mut self, now: Instant, command: Command) {
        if !self.connected {
            return self.written(command, Outcome::NotSent);
        }
        let register = command.write.register();
        let same = |waiting: &Command| waiting.write.register() == register;
        if let Some(index) = self.queue.iter().position(same)
            && let Some(old) = self.queue.remove(index)
        {
            self.written(old, Outcome::Superseded);
        }
        if self.queue.len() >= QUEUE {
            return self.written(command, Outcome::TooMany);
        }
        self.queue.push_back(command);
        self.advance(now);
    }

    /// Whether a setting is being made or waits.
    pub fn is_setting(&self) -> bool {
        self.job.is_some() || !self.queue.is_empty()
    }

    /// The next request to write to [`gatt::REQUEST`](crate::gatt::REQUEST).
    pub fn poll_request(&mut self) -> Option<Request> {
        self.requests.pop_front()
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout); `None` while not connected.
    pub fn poll_timeout(&self) -> Option<Instant> {
        if !self.connected {
            return None;
        }
        if let Some(waiting) = &self.waiting {
            return Some(waiting.deadline);
        }
        let read_back = self.job.as_ref().map(|job| job.read_back_at);
        let write = self.queue.front().filter(|_| self.may_write());
        let write = write.map(|_| self.write_from.unwrap_or(self.status_due));
        let polls = [self.status_due, self.settings_due].map(Some);
        let times = polls.into_iter().chain([read_back, write]);
        times.flatten().min()
    }

    /// Whether nothing but its time keeps the next command from being written.
    fn may_write(&self) -> bool {
        self.job.is_none() && self.sane == Some(true)
    }

    /// Takes what the assembler has made.
    fn handle_arrivals(&mut self, now: Instant) {
        while let Some(event) = self.assembler.poll_event() {
            match event {
                modbus::Event::Frame(frame) => self.handle_frame(now, frame),
                modbus::Event::Text(_) => self.warn(Warning::Text),
            }
        }
    }

    fn handle_frame(&mut self, now: Instant, frame: Frame) {
        if frame.address != self.profile.address() {
            self.counts.stray += 1;
            return self.warn(Warning::Address(frame.address));
        }
        if frame.checksum == modbus::ChecksumOrder::LowFirst {
            self.warn(Warning::LowByteFirst);
        }
        if !matches!(frame.layout, modbus::Layout::Echo) && matches!(frame.body, Body::Registers(_))
        {
            self.warn(Warning::Layout(frame.layout));
        }
        let answered = self.waiting.take_if(|w| frame.answers(&w.request));
        match (answered, frame.body) {
            (Some(waiting), body) => {
                self.unanswered = 0;
                self.counts.answered += 1;
                self.counts.last_reply = now.saturating_duration_since(waiting.asked);
                self.handle_answer(now, waiting.purpose, body);
            }
            (None, Body::Registers(registers)) if registers.start.is_some() => {
                self.counts.pushed += 1;
                self.publish(now, registers, true);
            }
            (None, _) => self.counts.stray += 1,
        }
    }

    fn handle_answer(&mut self, now: Instant, purpose: Purpose, body: Body) {
        match body {
            Body::Registers(registers) => {
                self.publish(now, registers, false);
                match purpose {
                    Purpose::ReadBack => self.handle_read_back(now),
                    Purpose::Prepare => self.prepared(now),
                    Purpose::Poll(_) | Purpose::Write => {}
                }
            }
            Body::Exception { function, code } => {
                self.counts.refused += 1;
                self.events.push_back(Event::Refused { function, code });
                match purpose {
                    Purpose::Poll(_) => {}
                    Purpose::Write | Purpose::Prepare => self.end_job(Outcome::Refused),
                    Purpose::ReadBack => self.read_back_again(now),
                }
            }
            Body::Written { .. } | Body::Wifi { .. } => self.echoed(now),
        }
    }

    fn handle_silence(&mut self, now: Instant, purpose: Purpose) {
        self.counts.unanswered += 1;
        self.unanswered += 1;
        match purpose {
            Purpose::Poll(bank) => self.events.push_back(Event::Unanswered(bank)),
            Purpose::Prepare => self.end_job(Outcome::NotSent),
            // The echo may be what was lost.
            Purpose::Write => self.echoed(now),
            Purpose::ReadBack => self.read_back_again(now),
        }
        if self.unanswered >= self.options.patience {
            self.unanswered = 0;
            self.events.push_back(Event::Silent);
        }
    }

    /// Registers of this unit: what is known from now on.
    fn publish(&mut self, now: Instant, registers: Registers, pushed: bool) {
        self.banks.replace(&registers);
        if registers.bank == Bank::Holding {
            self.events.push_back(Event::Settings(registers));
            return;
        }
        match self.profile.decode(&self.banks) {
            Ok(decoded) => {
                self.sane = Some(true);
                let status = Status {
                    time: now,
                    pushed,
                    values: decoded.values,
                    powers: decoded.powers,
                    registers,
                };
                self.events.push_back(Event::Status(status));
            }
            Err(implausible) => {
                self.counts.implausible += 1;
                // Once a connection, until it is plausible again.
                if self.sane.replace(false) != Some(false) {
                    self.events.push_back(Event::WrongProfile(implausible));
                }
                while let Some(command) = self.queue.pop_front() {
                    self.written(command, Outcome::WrongProfile);
                }
            }
        }
    }

    fn warn(&mut self, warning: Warning) {
        if !self.told.contains(&warning) {
            self.told.push(warning);
            self.events.push_back(Event::Warning(warning));
        }
    }

    fn written(&mut self, command: Command, outcome: Outcome) {
        let written = Written { command, outcome };
        self.events.push_back(Event::Written(written));
    }

    /// Asks what is to be asked now, if nothing is under way.
    fn advance(&mut self, now: Instant) {
        if !self.connected || self.waiting.is_some() {
            return;
        }
        if self.advance_job(now) {
            return;
        }
        let options = self.options;
        // The settings first, so that already the first status of a connection is told with them.
        if self.settings_due <= now {
            self.settings_due = next(self.settings_due, options.settings_every, now);
            self.poll(now, Bank::Holding, Purpose::Poll(Bank::Holding));
        } else if self.status_due <= now {
            self.status_due = next(self.status_due, options.status_every, now);
            self.poll(now, Bank::Input, Purpose::Poll(Bank::Input));
        }
    }

    fn poll(&mut self, now: Instant, bank: Bank, purpose: Purpose) {
        let (address, count) = (self.profile.address(), self.profile.registers());
        // The number of registers of a profile is within what can be read.
        if let Ok(request) = Request::read(address, bank, 0, count) {
            self.ask(now, request, purpose);
        }
    }

    fn ask(&mut self, now: Instant, request: Request, purpose: Purpose) {
        self.counts.asked += 1;
        self.requests.push_back(request.clone());
        self.waiting = Some(Waiting {
            request,
            purpose,
            asked: now,
            deadline: now + self.options.reply_timeout,
        });
    }
}

/// The next time of something that happens every so often: on its beat, or from now on if a beat was
/// missed, so that nothing is made up for.
fn next(due: Instant, every: Duration, now: Instant) -> Instant {
    let next = due + every;
    if next > now { next } else { now + every }
}
