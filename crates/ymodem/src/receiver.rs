use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::block::{ACK, CAN, EOT, NAK, READY};
use crate::{Block, BlockSize, Error, File, ReceiveOptions};

/// What a [`Receiver`] has to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The sender named the file. Comes first and once.
    File(File),
    /// The next bytes of the file, already cut to its size.
    Data(Vec<u8>),
    /// All bytes have come. Nothing follows.
    Done {
        /// Whether the sender also took leave (EOT); when not, it may still be waiting and has to be
        /// stopped before the next transfer.
        closed: bool,
    },
    /// The transfer broke; what came so far is to be thrown away. Nothing follows.
    ///
    /// The sender doesn't know yet: how to stop it is the caller's business, since XOSS computers
    /// want a command on another channel for it.
    Failed(Error),
}

/// Receives one file.
///
/// After every `handle_*`, call [`poll_write`](Self::poll_write) and
/// [`poll_event`](Self::poll_event) until they return `None`.
#[derive(Debug)]
pub struct Receiver {
    options: ReceiveOptions,
    phase: Phase,
    file: Option<File>,
    received: u64,

    // Blocks.
    /// The block under way.
    buffer: Vec<u8>,
    /// Blocks accepted, block 0 included.
    blocks: u64,
    /// Number and CRC of the last one: how a repeated block is recognised.
    last: Option<(u8, u16)>,
    /// How often the next block has been asked for again.
    tries: u32,
    /// The sender was said to be idle and no block has come since.
    hung_up: bool,

    // Time.
    alarm: Option<(Instant, Alarm)>,
    stalled: Option<Instant>,

    writes: VecDeque<u8>,
    events: VecDeque<Event>,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Block 0.
    Name,
    /// Blocks of data.
    Data,
    /// The first EOT: all bytes are here.
    End,
    /// The second EOT: the first has been refused, as the protocol wants it.
    SecondEnd,
    /// Nothing.
    Over,
}

/// What it means when the time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Alarm {
    /// Nobody answered `C`.
    Ready,
    /// No block began.
    Block,
    /// A block stopped in its middle.
    Gap,
    /// It has been quiet long enough to ask again.
    Quiet,
    /// The EOT may be answered now.
    Pause,
    /// No EOT came.
    End,
}

impl Receiver {
    /// Begins: the first write asks for block 0.
    pub fn new(now: Instant, options: ReceiveOptions) -> Self {
        let mut receiver = Self {
            options,
            phase: Phase::Name,
            file: None,
            received: 0,
            buffer: Vec::with_capacity(BlockSize::Long.block()),
            blocks: 0,
            last: None,
            tries: 0,
            hung_up: false,
            alarm: None,
            stalled: now.checked_add(options.timers.stall),
            writes: VecDeque::from([READY]),
            events: VecDeque::new(),
        };
        receiver.rest(now);
        receiver
    }

    /// Bytes of the file that have come so far.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// One packet arrived. How the sender cuts its blocks into packets doesn't matter.
    pub fn handle_bytes(&mut self, now: Instant, packet: &[u8]) {
        match self.alarm {
            _ if self.phase == Phase::Over => return,
            // Whatever comes now belongs to the block that was given up.
            Some((_, Alarm::Quiet)) => return self.purge(now),
            Some((_, Alarm::Pause)) => return,
            _ => {}
        }
        // A lone 04 inside a block is a fragment of it: at an ATT payload of 514 bytes the last
        // fragment of a long block is one byte of its CRC.
        if self.buffer.is_empty() {
            match packet {
                [] => return,
                [EOT] => return self.end(now),
                [CAN, CAN, ..] => return self.fail(Error::Cancelled),
                _ => {}
            }
        }
        self.collect(now, packet);
    }

    /// The sender said on another channel that it is idle. When bytes are missing and nothing comes
    /// within the usual time, it isn't asked again.
    pub fn handle_hangup(&mut self, now: Instant) {
        self.hung_up = true;
        if matches!(self.phase, Phase::End | Phase::SecondEnd) {
            self.wait(now, self.options.timers.gap, Alarm::End);
        }
    }

    /// The time is what [`poll_timeout`](Self::poll_timeout) said, or later.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.stalled.is_some_and(|at| at <= now) {
            return self.give_up(Error::Stalled {
                received: self.received,
            });
        }
        let Some((_, alarm)) = self.alarm.filter(|(at, _)| *at <= now) else {
            return;
        };
        match alarm {
            Alarm::Pause => self.answer_end(now),
            Alarm::End if self.phase == Phase::End => self.finish(false),
            _ => self.again(now, alarm),
        }
    }

    /// The next byte to write, as a packet of its own.
    pub fn poll_write(&mut self) -> Option<u8> {
        self.writes.pop_front()
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout); `None` once the transfer is over.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let alarm = self.alarm.map(|(at, _)| at);
        [alarm, self.stalled].into_iter().flatten().min()
    }

    /// Puts blocks together.
    fn collect(&mut self, now: Instant, mut packet: &[u8]) {
        while let Some(&start) = self.buffer.first().or(packet.first()) {
            let Some(size) = BlockSize::of_start(start) else {
                return self.purge(now);
            };
            let missing = size.block().saturating_sub(self.buffer.len());
            let (part, rest) = packet.split_at(missing.min(packet.len()));
            self.buffer.extend_from_slice(part);
            packet = rest;
            if part.len() < missing {
                return self.wait(now, self.options.timers.gap, Alarm::Gap);
            }
            let mut buffer = std::mem::take(&mut self.buffer);
            let sound = self.accept(now, &buffer);
            buffer.clear();
            self.buffer = buffer;
            if !sound || self.phase == Phase::Over {
                return;
            }
        }
    }

    /// A block is whole. Returns whether it was sound.
    fn accept(&mut self, now: Instant, bytes: &[u8]) -> bool {
        let Some(block) = Block::decode(bytes, self.options.checksum) else {
            self.purge(now);
            return false;
        };
        let [expected, ..] = self.blocks.to_le_bytes();
        match self.phase {
            Phase::Name if block.number != 0 => {
                // A leftover of an earlier transfer.
                self.purge(now);
                return false;
            }
            Phase::Name => self.name(now, block),
            _ if self.last == Some((block.number, block.checksum)) => {
                // Our ACK was lost, or the sender is impatient: it is stored once.
                self.acknowledge();
            }
            Phase::Data if block.number == expected => self.store(now, block),
            _ if block.number == expected => self.fail(Error::TooLong {
                size: self.received,
            }),
            _ => self.fail(Error::Sequence {
                found: block.number,
                expected,
            }),
        }
        if self.phase == Phase::Data && self.file_is_complete() {
            self.phase = Phase::End;
        }
        self.rest(now);
        true
    }

    /// Block 0.
    fn name(&mut self, now: Instant, block: Block<'_>) {
        let Some(file) = File::decode(block.data) else {
            return self.fail(Error::Header(block.data.to_vec()));
        };
        if file.size > self.options.limit {
            return self.fail(Error::TooLarge {
                size: file.size,
                limit: self.options.limit,
            });
        }
        self.events.push_back(Event::File(file.clone()));
        self.file = Some(file);
        self.phase = Phase::Data;
        self.count(now, block);
    }

    /// The next block of data.
    fn store(&mut self, now: Instant, block: Block<'_>) {
        let missing = self.size().saturating_sub(self.received);
        // Cut by the size that block 0 promised and never by trailing zeros: a FIT file ends in its
        // CRC, and one in 256 ends in 00.
        let keep = usize::try_from(missing).map_or(block.data.len(), |it| it.min(block.data.len()));
        let data = block.data.get(..keep).unwrap_or_default().to_vec();
        self.received += data.len() as u64;
        self.events.push_back(Event::Data(data));
        self.count(now, block);
    }

    /// A new block is accepted.
    fn count(&mut self, now: Instant, block: Block<'_>) {
        self.last = Some((block.number, block.checksum));
        self.blocks += 1;
        self.tries = 0;
        self.hung_up = false;
        self.stalled = now.checked_add(self.options.timers.stall);
        self.acknowledge();
    }

    fn acknowledge(&mut self) {
        self.writes.push_back(ACK);
        if self.blocks == 1 {
            // Block 0 wants two answers.
            self.writes.push_back(READY);
        }
    }

    fn size(&self) -> u64 {
        self.file.as_ref().map_or(0, |file| file.size)
    }

    fn file_is_complete(&self) -> bool {
        self.received == self.size()
    }

    /// EOT at the border of a block.
    fn end(&mut self, now: Instant) {
        match self.phase {
            // A leftover of an earlier transfer; `C` is repeated anyhow.
            Phase::Name | Phase::Over => {}
            Phase::Data => self.fail(Error::EndedEarly {
                received: self.received,
                size: self.size(),
            }),
            Phase::End | Phase::SecondEnd if self.options.timers.end_pause.is_zero() => {
                self.answer_end(now);
            }
            Phase::End | Phase::SecondEnd => {
                self.wait(now, self.options.timers.end_pause, Alarm::Pause);
            }
        }
    }

    /// The first EOT is refused, the second is accepted.
    fn answer_end(&mut self, now: Instant) {
        if self.phase == Phase::SecondEnd {
            self.writes.push_back(ACK);
            self.finish(true);
        } else {
            self.writes.push_back(NAK);
            self.phase = Phase::SecondEnd;
            self.tries = 0;
            self.rest(now);
        }
    }

    /// Nothing useful came in time: asks again, up to the limit.
    fn again(&mut self, now: Instant, alarm: Alarm) {
        self.buffer.clear();
        if self.hung_up {
            return self.give_up(Error::EndedEarly {
                received: self.received,
                size: self.size(),
            });
        }
        if self.tries >= self.options.retries {
            return self.give_up(match alarm {
                Alarm::Ready => Error::NotBegun(self.tries),
                _ => Error::Retries {
                    block: self.blocks,
                    tries: self.tries,
                },
            });
        }
        self.tries += 1;
        // Before the first block of data either the ACK or the `C` may have been lost.
        let first = self.phase == Phase::Data && self.blocks == 1 && alarm == Alarm::Block;
        let ready = alarm == Alarm::Ready || (first && self.tries % 2 == 1);
        self.writes.push_back(if ready { READY } else { NAK });
        self.rest(now);
    }

    /// Throws away what came of a block, and what still comes of it.
    fn purge(&mut self, now: Instant) {
        self.buffer.clear();
        self.wait(now, self.options.timers.quiet, Alarm::Quiet);
    }

    /// Waits for what comes next, from a border of blocks.
    fn rest(&mut self, now: Instant) {
        let timers = self.options.timers;
        match self.phase {
            Phase::Name => self.wait(now, timers.ready, Alarm::Ready),
            Phase::Data if self.blocks == 1 => self.wait(now, timers.block / 2, Alarm::Block),
            Phase::Data => self.wait(now, timers.block, Alarm::Block),
            Phase::End => self.wait(now, timers.end, Alarm::End),
            Phase::SecondEnd => self.wait(now, timers.block, Alarm::End),
            Phase::Over => {}
        }
    }

    fn wait(&mut self, now: Instant, time: Duration, alarm: Alarm) {
        self.alarm = now.checked_add(time).map(|at| (at, alarm));
    }

    /// Ends with what is here: a file when it is whole.
    fn give_up(&mut self, error: Error) {
        match self.phase {
            Phase::End | Phase::SecondEnd => self.finish(false),
            Phase::Name | Phase::Data => self.fail(error),
            Phase::Over => {}
        }
    }

    fn finish(&mut self, closed: bool) {
        self.over(Event::Done { closed });
    }

    fn fail(&mut self, error: Error) {
        self.writes.clear();
        self.over(Event::Failed(error));
    }

    fn over(&mut self, event: Event) {
        self.phase = Phase::Over;
        self.alarm = None;
        self.stalled = None;
        self.events.push_back(event);
    }
}
