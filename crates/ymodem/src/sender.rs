use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::block::{ACK, CAN, EOT, NAK, READY};
use crate::{Block, BlockSize, Error, File, SendOptions};

/// What a [`Sender`] has to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// So many bytes of the file have been acknowledged.
    Progress(u64),
    /// The other side has all of it. Nothing follows.
    Done,
    /// The transfer broke; the other side doesn't know yet. Nothing follows.
    Failed(Error),
}

/// Sends one file that is in memory.
///
/// After every `handle_*`, call [`poll_write`](Self::poll_write) and
/// [`poll_event`](Self::poll_event) until they return `None`. It waits for the receiver's `C` and
/// writes nothing before.
///
/// A sender that isn't answered gives up; it doesn't send again without being asked, since not every
/// receiver recognises a repeated block.
#[derive(Debug)]
pub struct Sender {
    options: SendOptions,
    phase: Phase,
    /// The data of block 0.
    header: Vec<u8>,
    content: Vec<u8>,
    /// The block on its way, counted from the file's beginning; block 0 names the file.
    block: u64,
    /// How often it has been sent again.
    tries: u32,
    /// Block 0 is acknowledged; the data still wait for `C`.
    named: bool,
    /// The receiver is ready for data.
    ready: bool,
    /// The last byte was CAN: a second one cancels.
    cancelling: bool,

    alarm: Option<Instant>,
    /// Writes that wait for their pause.
    queue: VecDeque<Vec<u8>>,
    /// The queue may go on; `None` while a pause lasts.
    paused: Option<Instant>,
    writes: VecDeque<Vec<u8>>,
    events: VecDeque<Sent>,
}

/// What the receiver is expected to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Ask for block 0.
    Start,
    /// Acknowledge block 0 and ask for data.
    Name,
    /// Acknowledge a block.
    Data,
    /// Refuse the first EOT.
    End,
    /// Accept the second EOT.
    SecondEnd,
    /// Nothing.
    Over,
}

impl Sender {
    /// Prepares to send `content` under `name`.
    ///
    /// # Errors
    ///
    /// [`Error::Name`] when the name doesn't fit into block 0.
    pub fn new(
        now: Instant,
        options: SendOptions,
        name: &str,
        content: Vec<u8>,
    ) -> Result<Self, Error> {
        let file = File {
            name: name.as_bytes().to_vec(),
            size: content.len() as u64,
        };
        let header = file
            .encode(options.separator)
            .ok_or_else(|| Error::Name(file.name.clone()))?;
        let mut sender = Self {
            options,
            phase: Phase::Start,
            header,
            content,
            block: 0,
            tries: 0,
            named: false,
            ready: false,
            cancelling: false,
            alarm: None,
            queue: VecDeque::new(),
            paused: None,
            writes: VecDeque::new(),
            events: VecDeque::new(),
        };
        sender.wait(now);
        Ok(sender)
    }

    /// One packet arrived; its bytes are answers, usually one.
    pub fn handle_bytes(&mut self, now: Instant, packet: &[u8]) {
        for &byte in packet {
            self.answer(now, byte);
        }
    }

    /// The time is what [`poll_timeout`](Self::poll_timeout) said, or later.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.paused.is_some_and(|at| at <= now) {
            self.paused = None;
            self.release(now);
        }
        if self.phase != Phase::Over && self.alarm.is_some_and(|at| at <= now) {
            self.fail(match self.phase {
                Phase::Start => Error::NotBegun(0),
                _ => Error::NoAnswer { block: self.block },
            });
        }
    }

    /// The next packet to write.
    pub fn poll_write(&mut self) -> Option<Vec<u8>> {
        self.writes.pop_front()
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<Sent> {
        self.events.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout); `None` once the transfer is over.
    pub fn poll_timeout(&self) -> Option<Instant> {
        [self.alarm, self.paused].into_iter().flatten().min()
    }

    fn answer(&mut self, now: Instant, byte: u8) {
        let cancelled = self.cancelling && byte == CAN;
        self.cancelling = byte == CAN;
        // What comes before a block has left is the answer to something else.
        let waiting = self.queue.is_empty() && self.writes.is_empty();
        match (self.phase, byte) {
            (Phase::Over, _) => {}
            _ if cancelled => self.fail(Error::Cancelled),
            (Phase::Start, READY) => self.send(now, Phase::Name, 0),
            (Phase::Start, _) => {}
            _ if !waiting => {}
            (Phase::Name, READY) => {
                self.ready = true;
                self.begin_data(now);
            }
            (Phase::Name, ACK) => {
                self.named = true;
                self.begin_data(now);
            }
            (Phase::Data, ACK) => self.acknowledged(now),
            (Phase::SecondEnd | Phase::End, ACK) => self.finish(),
            (Phase::End, NAK) => self.send_end(now, Phase::SecondEnd),
            (Phase::Name | Phase::Data | Phase::SecondEnd, NAK) => self.again(now),
            _ => {}
        }
    }

    /// ACK and `C` come in either order, on a slow link far apart.
    fn begin_data(&mut self, now: Instant) {
        if self.named && self.ready {
            self.next(now);
        } else {
            self.wait(now);
        }
    }

    fn acknowledged(&mut self, now: Instant) {
        let sent = self.block.saturating_mul(self.options.block.data() as u64);
        let sent = sent.min(self.content.len() as u64);
        self.events.push_back(Sent::Progress(sent));
        self.next(now);
    }

    /// The block on its way has arrived: the next one, or the end.
    fn next(&mut self, now: Instant) {
        self.tries = 0;
        let sent = self.block.saturating_mul(self.options.block.data() as u64);
        if sent < self.content.len() as u64 {
            self.send(now, Phase::Data, self.block + 1);
        } else {
            self.send_end(now, Phase::End);
        }
    }

    fn again(&mut self, now: Instant) {
        if self.tries >= self.options.retries {
            return self.fail(Error::Retries {
                block: self.block,
                tries: self.tries,
            });
        }
        self.tries += 1;
        match self.phase {
            Phase::SecondEnd => self.send_end(now, Phase::SecondEnd),
            phase => self.send(now, phase, self.block),
        }
    }

    fn send(&mut self, now: Instant, phase: Phase, block: u64) {
        (self.phase, self.block) = (phase, block);
        let [number, ..] = block.to_le_bytes();
        let checksum = self.options.checksum;
        let bytes = match block.checked_sub(1) {
            None => Block::encode(0, &self.header, BlockSize::Short, checksum),
            Some(index) => {
                let length = self.options.block.data();
                let start = usize::try_from(index)
                    .unwrap_or(usize::MAX)
                    .saturating_mul(length);
                let data = self.content.get(start..).unwrap_or_default();
                Block::encode(number, data, self.options.block, checksum)
            }
        };
        let chunks = bytes.chunks(self.options.chunk.max(1));
        self.queue.extend(chunks.map(<[u8]>::to_vec));
        self.wait(now);
        self.release(now);
    }

    fn send_end(&mut self, now: Instant, phase: Phase) {
        self.phase = phase;
        self.queue.push_back(vec![EOT]);
        self.wait(now);
        let pause = self.options.timers.end_pause;
        if phase == Phase::SecondEnd && !pause.is_zero() {
            self.paused = now.checked_add(pause);
        } else {
            self.release(now);
        }
    }

    /// Lets the queue go, piece by piece if there is to be a pause.
    fn release(&mut self, now: Instant) {
        if self.options.chunk_pause.is_zero() {
            self.writes.append(&mut self.queue);
        } else if let Some(chunk) = self.queue.pop_front() {
            self.writes.push_back(chunk);
            self.wait(now);
            if !self.queue.is_empty() {
                self.paused = now.checked_add(self.options.chunk_pause);
            }
        }
    }

    fn wait(&mut self, now: Instant) {
        let time: Duration = self.options.timers.answer;
        self.alarm = now.checked_add(time);
    }

    fn finish(&mut self) {
        self.over(Sent::Done);
    }

    fn fail(&mut self, error: Error) {
        self.writes.clear();
        self.over(Sent::Failed(error));
    }

    fn over(&mut self, event: Sent) {
        self.phase = Phase::Over;
        (self.alarm, self.paused) = (None, None);
        self.queue.clear();
        self.events.push_back(event);
    }
}
