//! A command under way: written once, then read back.

use std::time::{Duration, Instant};

use modbus::Bank;

use super::{Outcome, Poller, Purpose};
use crate::command::Command;
use crate::profile::Profile;

/// A write has no effect before about this time.
const SETTLE: Duration = Duration::from_secs(1);

/// The time between writes of switches, and that after a setting: two settings in quick succession
/// made one unit restart.
const AFTER_SWITCH: Duration = Duration::from_secs(1);
const AFTER_SETTING: Duration = Duration::from_secs(2);

/// How often the setting is read back before what is found counts.
const READ_BACKS: u32 = 3;

/// A command under way.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) command: Command,
    pub(super) phase: Phase,
    /// When it can be read back.
    pub(super) read_back_at: Instant,
    read_backs: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The settings are asked for first.
    Preparing,
    /// It was sent.
    Sent,
    /// It is to be read back.
    ReadingBack,
}

impl Job {
    /// What became of it when the link is lost.
    pub(super) fn without_link(&self) -> Outcome {
        match self.phase {
            Phase::Preparing => Outcome::NotSent,
            Phase::Sent | Phase::ReadingBack if self.command.last => Outcome::Sent,
            Phase::Sent | Phase::ReadingBack => Outcome::Unconfirmed,
        }
    }
}

impl Poller {
    /// Goes on with the command under way or the next one, if it is time; whether something was asked.
    pub(super) fn advance_job(&mut self, now: Instant) -> bool {
        if let Some(job) = &self.job {
            let due = job.phase == Phase::ReadingBack && job.read_back_at <= now;
            if due {
                self.poll(now, Bank::Holding, Purpose::ReadBack);
            }
            return due;
        }
        if !self.may_write() || self.write_from.is_some_and(|from| from > now) {
            return false;
        }
        let Some(command) = self.queue.pop_front() else {
            return false;
        };
        let prepare = command.at_most.is_some();
        self.job = Some(Job {
            command,
            phase: Phase::Preparing,
            read_back_at: now,
            read_backs: 0,
        });
        if prepare {
            self.poll(now, Bank::Holding, Purpose::Prepare);
        } else {
            self.prepared(now);
        }
        true
    }

    /// All that the write needs is known.
    pub(super) fn prepared(&mut self, now: Instant) {
        let Some(job) = &mut self.job else {
            return;
        };
        let write = job.command.write;
        let limit = job.command.at_most;
        let limit = limit.map(|register| Profile::limit(&self.banks, register).unwrap_or(0));
        if let Some(most) = limit.filter(|most| write.value() > *most) {
            return self.end_job(Outcome::TooMuch { most });
        }
        let Ok(request) = write.request(self.profile.address()) else {
            return self.end_job(Outcome::NotSent);
        };
        job.phase = Phase::Sent;
        let pause = if job.command.quick {
            AFTER_SWITCH
        } else {
            AFTER_SETTING
        };
        self.write_from = Some(now + pause);
        self.ask(now, request, Purpose::Write);
    }

    /// The unit has received the write, or has had the time to.
    pub(super) fn echoed(&mut self, now: Instant) {
        let Some(job) = &mut self.job else {
            return;
        };
        if job.command.last {
            return self.end_job(Outcome::Sent);
        }
        job.phase = Phase::ReadingBack;
        job.read_back_at = now + SETTLE;
    }

    /// The settings have been read after the write.
    pub(super) fn handle_read_back(&mut self, now: Instant) {
        let Some(job) = &self.job else {
            return;
        };
        let write = job.command.write;
        match self.banks.get(Bank::Holding, write.register()) {
            Some(found) if found == write.value() => self.end_job(Outcome::Applied),
            Some(found) if job.read_backs + 1 >= READ_BACKS => {
                self.end_job(Outcome::Ignored { found });
            }
            _ => self.read_back_again(now),
        }
    }

    /// What was read back, or that nothing was, need not be the last word.
    pub(super) fn read_back_again(&mut self, now: Instant) {
        let Some(job) = &mut self.job else {
            return;
        };
        job.read_backs += 1;
        job.read_back_at = now + SETTLE;
        if job.read_backs >= READ_BACKS {
            self.end_job(Outcome::Unconfirmed);
        }
    }

    pub(super) fn end_job(&mut self, outcome: Outcome) {
        if let Some(job) = self.job.take() {
            self.written(job.command, outcome);
        }
    }
}
