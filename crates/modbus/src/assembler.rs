use std::collections::VecDeque;

use crate::layout::{Head, head};
use crate::{ChecksumOrder, Frame, WriteShape};

/// Makes frames of bytes, however they were cut.
///
/// What comes out depends on the bytes alone: the same stream in any pieces gives the same frames.
/// A frame that is under way is never given up because something in it looks like the start of
/// another one; when its checksum turns out wrong, the search goes on at its second byte. Bytes that
/// belong to no frame are counted, lines of text are told.
///
/// A frame that stays incomplete is the caller's to judge, for it takes a clock:
/// [`give_up`](Self::give_up).
#[derive(Debug, Default)]
pub struct Assembler {
    options: Options,
    /// What has not been decided on; shorter than the longest frame.
    bytes: VecDeque<u8>,
    /// A line of text so far.
    text: Vec<u8>,
    events: VecDeque<Event>,
    counts: Counts,
}

/// What an [`Assembler`] is to expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The unit's address. Frames of the other addresses of the family are told too.
    pub address: u8,
    /// How it answers to writes.
    pub shape: WriteShape,
    /// Whether checksums with the low byte first are right too.
    pub either_order: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            address: 0x11,
            shape: WriteShape::Single,
            either_order: false,
        }
    }
}

/// What has arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A frame.
    Frame(Frame),
    /// A line that the unit's radio says to itself, such as `AT+CWMODE=1`. It may hold secrets.
    Text(Vec<u8>),
}

/// What an [`Assembler`] has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Frames.
    pub frames: u64,
    /// Frames whose checksum had the low byte first.
    pub low_first: u64,
    /// Starts of frames that had a wrong checksum, or stayed incomplete.
    pub broken: u64,
    /// Bytes that belong to no frame and no line of text.
    pub skipped: u64,
}

/// Lines of text are cut here, so that a unit that never ends one costs no memory.
const LONGEST_TEXT: usize = 256;

impl Assembler {
    /// An assembler that has seen nothing.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            ..Self::default()
        }
    }

    /// Bytes have arrived: a notification, or any piece of a stream.
    pub fn handle_bytes(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.bytes.push_back(byte);
            self.advance();
        }
    }

    /// The next thing that has arrived.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Whether something is incomplete.
    pub fn is_waiting(&self) -> bool {
        !self.bytes.is_empty() || !self.text.is_empty()
    }

    /// What is incomplete won't be completed. Frames that stood behind its start come out.
    pub fn give_up(&mut self) {
        while !self.bytes.is_empty() {
            self.drop_start();
            self.advance();
        }
        self.end_text();
    }

    /// The link is a new one: forgets what is incomplete.
    pub fn reset(&mut self) {
        self.counts.skipped += self.bytes.len() as u64;
        self.bytes.clear();
        self.text.clear();
    }

    /// What has been seen.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Decides on all bytes that can be decided on.
    fn advance(&mut self) {
        while let Some(&first) = self.bytes.front() {
            let bytes = self.bytes.make_contiguous();
            match head(bytes, self.options.address, self.options.shape) {
                Head::Short => return,
                Head::No => {
                    self.bytes.pop_front();
                    self.handle_stray(first);
                }
                Head::Some(layouts) => {
                    let mut layouts = layouts.into_iter().flatten();
                    let frame = layouts.find_map(|(layout, length)| {
                        let Some(whole) = bytes.get(..length) else {
                            // This length comes before the longer ones.
                            return Some(None);
                        };
                        let order = ChecksumOrder::of(whole)?;
                        if order == ChecksumOrder::LowFirst && !self.options.either_order {
                            return None;
                        }
                        let frame = Frame::read(whole, layout, order)?;
                        Some(Some((frame, length)))
                    });
                    match frame {
                        Some(None) => return,
                        Some(Some((frame, length))) => self.take(frame, length),
                        None => self.drop_start(),
                    }
                }
            }
        }
    }

    fn take(&mut self, frame: Frame, length: usize) {
        self.bytes.drain(..length);
        self.end_text();
        self.counts.frames += 1;
        if frame.checksum == ChecksumOrder::LowFirst {
            self.counts.low_first += 1;
        }
        self.events.push_back(Event::Frame(frame));
    }

    /// No frame begins at the first byte, though it looks so.
    fn drop_start(&mut self) {
        self.bytes.pop_front();
        self.end_text();
        self.counts.broken += 1;
        self.counts.skipped += 1;
    }

    /// A byte that can't begin a frame: of a line of text, or of a broken frame.
    fn handle_stray(&mut self, byte: u8) {
        match byte {
            0x20..=0x7E => self.text.push(byte),
            b'\r' if !self.text.is_empty() && !self.text.ends_with(b"\r") => self.text.push(byte),
            b'\n' if self.text.ends_with(b"\r") => {
                self.text.pop();
                let text = std::mem::take(&mut self.text);
                self.events.push_back(Event::Text(text));
                return;
            }
            _ => {
                self.end_text();
                self.counts.skipped += 1;
            }
        }
        if self.text.len() >= LONGEST_TEXT {
            self.end_text();
        }
    }

    /// What looked like text was none.
    fn end_text(&mut self) {
        self.counts.skipped += self.text.len() as u64;
        self.text.clear();
    }
}
