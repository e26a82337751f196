use std::time::Duration;

use crate::{BlockSize, Checksum, Separator};

/// How long things may take.
///
/// The defaults suit a sender that waits five seconds for ACK or NAK and then gives up without a
/// word, which is what the vendor's document says of XOSS computers: whoever wants a block again has
/// to say so well before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// Silence inside a block after which it is asked for again. At least four connection
    /// intervals.
    pub gap: Duration,
    /// Wait for a block to begin. For the first block of data half of it, since two things can have
    /// been lost there: ACK and `C`.
    pub block: Duration,
    /// Silence that has to pass before a NAK, so that nothing of the old block is taken for the new.
    pub quiet: Duration,
    /// Time between two `C` that ask for block 0.
    pub ready: Duration,
    /// Wait for EOT once all bytes are here. It may come very late (seen on G+ Gen 1).
    pub end: Duration,
    /// Pause before the answer to an EOT, and before the second EOT: G+ Gen 1 misses what comes too
    /// fast there, and only there.
    pub end_pause: Duration,
    /// Longest time without an accepted block.
    pub stall: Duration,
    /// How long a sender waits for ACK or NAK.
    pub answer: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            gap: Duration::from_secs(1),
            block: Duration::from_secs(3),
            quiet: Duration::from_millis(200),
            ready: Duration::from_secs(3),
            end: Duration::from_secs(10),
            end_pause: Duration::from_millis(100),
            stall: Duration::from_secs(30),
            answer: Duration::from_secs(5),
        }
    }
}

/// How a [`Receiver`](crate::Receiver) behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceiveOptions {
    /// The CRC of the blocks.
    pub checksum: Checksum,
    /// Largest file that is accepted, in bytes.
    pub limit: u64,
    /// How often one block is asked for again.
    pub retries: u32,
    /// How long things may take.
    pub timers: Timers,
}

impl Default for ReceiveOptions {
    /// What XOSS computers need: CRC-16/ARC, 16 MiB (the largest storage seen), five retries (after
    /// more the sender gives up).
    fn default() -> Self {
        Self {
            checksum: Checksum::Arc,
            limit: 16 << 20,
            retries: 5,
            timers: Timers::default(),
        }
    }
}

/// How a [`Sender`](crate::Sender) behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendOptions {
    /// The CRC of the blocks.
    pub checksum: Checksum,
    /// The size of the blocks that carry data; block 0 is always short.
    pub block: BlockSize,
    /// What stands between name and size in block 0.
    pub separator: Separator,
    /// Most bytes in one write: for Bluetooth the MTU less three, at least one.
    pub chunk: usize,
    /// Pause between two writes of a block, for receivers that can't keep up. Usually none.
    pub chunk_pause: Duration,
    /// How often one block is sent again.
    pub retries: u32,
    /// How long things may take.
    pub timers: Timers,
}

impl Default for SendOptions {
    /// What every XOSS computer understands: CRC-16/ARC, short blocks, a space between name and
    /// size, 20 bytes a write.
    fn default() -> Self {
        Self {
            checksum: Checksum::Arc,
            block: BlockSize::Short,
            separator: Separator::Space,
            chunk: 20,
            chunk_pause: Duration::ZERO,
            retries: 5,
            timers: Timers::default(),
        }
    }
}
