use std::time::{Duration, Instant};

use crate::{Command, Refusal, Reply, RideName};

/// Makes a device idle.
///
/// ```text
/// FF status ──idle──► done
///   │  ├─ another answer ─► 1F stop ──idle──► done
///   │  │                      │
///   └─ silence ◄──────────────┘
///        └─► 04 be idle ──idle──► done
///              └─ silence ─► once more from the beginning, then give up
/// ```
///
/// Source: the vendor's document 5.3.3, and how clients that work do it.
#[derive(Debug)]
pub(super) struct Waking {
    asked: Asked,
    round: u32,
    time: Duration,
    deadline: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Status,
    Stop,
    Idle,
}

/// How it goes on.
#[derive(Debug)]
pub(super) enum Woke {
    /// With another command.
    Ask(Command),
    /// With patience.
    Wait,
    /// Not: the device is idle. It may be recording a ride.
    Idle(Option<RideName>),
    /// Not: nothing helped.
    Never,
}

/// How often everything is tried.
const ROUNDS: u32 = 2;

impl Waking {
    /// Begins with a question, or with a stop where a transfer is known to have broken.
    pub(super) fn new(now: Instant, time: Duration, broken: bool) -> (Self, Command) {
        let mut waking = Self {
            asked: Asked::Status,
            round: 0,
            time,
            deadline: None,
        };
        let asked = if broken { Asked::Stop } else { Asked::Status };
        let command = waking.ask(now, asked);
        (waking, command)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    pub(super) fn handle_reply(&mut self, now: Instant, reply: &Reply) -> Woke {
        match (reply, self.asked) {
            (Reply::Idle, _) => Woke::Idle(None),
            // It records, and does everything else meanwhile.
            (Reply::Refused(Refusal::FileBusy(file)), _) => {
                Woke::Idle(RideName::new(file.as_bytes()).ok())
            }
            (_, Asked::Status) => Woke::Ask(self.ask(now, Asked::Stop)),
            // Leftovers of what it did before.
            (_, Asked::Stop | Asked::Idle) => Woke::Wait,
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) -> Woke {
        match self.asked {
            Asked::Status | Asked::Stop => Woke::Ask(self.ask(now, Asked::Idle)),
            Asked::Idle => {
                self.round += 1;
                if self.round == ROUNDS {
                    return Woke::Never;
                }
                Woke::Ask(self.ask(now, Asked::Status))
            }
        }
    }

    fn ask(&mut self, now: Instant, asked: Asked) -> Command {
        self.asked = asked;
        self.deadline = now.checked_add(self.time);
        match asked {
            Asked::Status => Command::status(),
            Asked::Stop => Command::stop(),
            Asked::Idle => Command::idle(),
        }
    }
}
