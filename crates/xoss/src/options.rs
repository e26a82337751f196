use std::time::Duration;

use crate::Profile;

/// How long a device may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// For a reply while it is being made idle. The vendor's document says 10 s in one place and 15 s
    /// in another; clients wait 3 to 5 s.
    pub idle: Duration,
    /// For a reply to a question.
    pub reply: Duration,
    /// For the reply to a wish to fetch or send a file.
    pub file: Duration,
    /// For the reply when the clock is set; G+ Gen 1 gives none.
    pub clock: Duration,
    /// For the word that it is idle after a transfer; longest where it reads the file that it got.
    pub settle: Duration,
    /// Within a transfer.
    pub transfer: ymodem::Timers,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(3),
            reply: Duration::from_secs(3),
            file: Duration::from_secs(5),
            clock: Duration::from_secs(1),
            settle: Duration::from_secs(10),
            transfer: ymodem::Timers::default(),
        }
    }
}

/// How a [`Session`](crate::Session) behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The model.
    pub profile: Profile,
    /// How long things may take. The pause around the end of a transfer is the profile's.
    pub timers: Timers,
    /// Bytes in one write: the MTU less three; 20 if it isn't known.
    pub payload: usize,
    /// How often a job is begun again after its transfer broke.
    pub restarts: u32,
    /// How often one block is asked for again.
    pub block_retries: u32,
    /// Largest file that is accepted, in bytes; also the most memory that a job takes. The device's
    /// storage is a limit too, once it is known.
    pub max_size: u64,
    /// Pause between two writes of a file that is sent. Stacks hold back by themselves; 10 ms is for
    /// those that don't.
    pub chunk_pause: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            profile: Profile::AUTO,
            timers: Timers::default(),
            payload: 20,
            restarts: 1,
            block_retries: 5,
            max_size: 16 << 20,
            chunk_pause: Duration::ZERO,
        }
    }
}
