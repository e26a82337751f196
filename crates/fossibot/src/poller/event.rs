use std::time::{Duration, Instant};

use modbus::{Bank, Layout, Registers};

use crate::command::Command;
use crate::energy::Powers;
use crate::profile::Implausible;

/// What a [`Poller`](super::Poller) tells.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The status, and it fits the profile.
    Status(Status),
    /// Settings, as they are.
    Settings(Registers),
    /// A question for a bank got no reply.
    Unanswered(Bank),
    /// So many questions got no reply that the link should be given up.
    Silent,
    /// The status can't be one of this profile's units. It is not told as one, and nothing is written.
    WrongProfile(Implausible),
    /// The unit refuses a function.
    Refused {
        /// Which.
        function: u8,
        /// Why, if it says.
        code: Option<u8>,
    },
    /// A command is done with.
    Written(Written),
    /// Something unusual, told once.
    Warning(Warning),
}

/// A status.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// When it arrived.
    pub time: Instant,
    /// It came without being asked for.
    pub pushed: bool,
    /// The registers that it had.
    pub registers: Registers,
    /// The values of the profile's readings, those of the last settings too; `NaN` for none.
    pub values: Vec<f64>,
    /// The powers that are counted, in watts.
    pub powers: Powers,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The command.
    pub command: Command,
    /// What became of it.
    pub outcome: Outcome,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The setting reads back as it was to be.
    Applied,
    /// The setting reads back as something else: the unit echoed the write and did not do it.
    Ignored {
        /// The register's value.
        found: u16,
    },
    /// It was sent, and could not be read back.
    Unconfirmed,
    /// It was sent, and the unit is to be off now.
    Sent,
    /// The unit refused.
    Refused,
    /// It is more than this unit says it takes.
    TooMuch {
        /// The most that it takes.
        most: u16,
    },
    /// It was not sent: there was no link, or no answer.
    NotSent,
    /// It was not sent: the status does not fit the profile.
    WrongProfile,
    /// It was not sent: a later command is for the same setting.
    Superseded,
    /// It was not sent: too many commands wait.
    TooMany,
}

/// Something unusual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// Checksums have the low byte first.
    LowByteFirst,
    /// Replies have another header than known units send.
    Layout(Layout),
    /// Frames come from a unit with another address than the profile says.
    Address(u8),
    /// The unit's radio mixes text into what it sends.
    Text,
}

/// What has been asked and answered since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Questions and writes.
    pub asked: u64,
    /// Those with a reply.
    pub answered: u64,
    /// Those without one in time.
    pub unanswered: u64,
    /// Those that the unit refused.
    pub refused: u64,
    /// Registers that came without being asked for.
    pub pushed: u64,
    /// Frames that were for nobody: stale echoes, other units.
    pub stray: u64,
    /// Status frames that don't fit the profile.
    pub implausible: u64,
    /// How long the last reply took.
    pub last_reply: Duration,
    /// What the assembler has seen.
    pub link: modbus::Counts,
}
