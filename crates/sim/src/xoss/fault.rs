use std::time::Duration;

use super::wire::BlockCrc;

/// Something that a device does wrong once. Say it twice if it is to happen twice.
///
/// Blocks are counted from 0, the one that names the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Doesn't send a block, but believes that it did.
    LoseBlock(u64),
    /// Sends a block twice in a row.
    RepeatBlock(u64),
    /// Flips bits in a block, wherever the place is within it.
    DamageBlock {
        /// Which.
        block: u64,
        /// The byte, modulo the block's length.
        byte: usize,
        /// What is flipped; not 0.
        bits: u8,
    },
    /// Leaves out one packet of a block.
    LosePacket {
        /// Which block.
        block: u64,
        /// Which packet, modulo their number.
        packet: usize,
    },
    /// Sends one packet of a block twice.
    RepeatPacket {
        /// Which block.
        block: u64,
        /// Which packet, modulo their number.
        packet: usize,
    },
    /// Cuts a block at other places than usual, into pieces of so many bytes.
    SplitBlock {
        /// Which.
        block: u64,
        /// Bytes of a piece, at least one.
        size: usize,
    },
    /// Puts a wrong number on a block, with its right complement.
    WrongNumber(u64),
    /// Leaves a block out and goes on with the next.
    SkipBlock(u64),
    /// Stops in the middle with CAN CAN.
    Cancel(u64),
    /// Says that the file is over before this block.
    EndBefore(u64),
    /// Says late that the file is over.
    LateEnd(Duration),
    /// Never says that the file is over.
    NoEnd,
    /// Is idle after the first refused EOT.
    OneEnd,
    /// Gives another name in block 0.
    Name(&'static str),
    /// Gives another size in block 0.
    Size(u64),
    /// Doesn't answer a command at all, as if it had not come.
    Deaf,
    /// Does what a command says, but the reply gets lost.
    Mute,
    /// Damages a reply.
    GarbleReply,
    /// Says that it is busy with another transfer.
    Busy,
    /// Doesn't acknowledge a block that it got.
    LoseAnswer(u64),
    /// Can't parse the file that it got.
    NotParsed,
}

/// How a device behaves all the time, beside its profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a habit of its own")]
pub struct Manners {
    /// The CRC on its blocks.
    pub crc: BlockCrc,
    /// Ends a file of long blocks with short ones.
    pub short_end: bool,
    /// Block 0 has a NUL between name and size.
    pub nul_in_block_0: bool,
    /// Sends a block again when it isn't answered; without, it gives up, as the vendor's document
    /// says.
    pub repeat_after: Option<Duration>,
    /// How long it waits for an answer before it gives up.
    pub patience: Duration,
    /// Says `14` to a question about its state while it is busy, instead of nothing.
    pub answers_busy: bool,
    /// Asks for block 0 only after it has accepted the file; other devices do it before.
    pub accepts_first: bool,
    /// Answers nothing at all.
    pub silent: bool,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            crc: BlockCrc::Arc,
            short_end: false,
            nul_in_block_0: false,
            repeat_after: None,
            patience: Duration::from_secs(5),
            answers_busy: false,
            accepts_first: false,
            silent: false,
        }
    }
}

/// The faults that are still to happen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// Whether this one happens now; it doesn't happen again.
    pub(crate) fn take(&mut self, fault: &Fault) -> bool {
        self.take_if(|other| other == fault).is_some()
    }

    /// The first that fits.
    pub(crate) fn take_if(&mut self, fits: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let index = self.0.iter().position(fits)?;
        Some(self.0.remove(index))
    }
}
