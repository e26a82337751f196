use std::collections::VecDeque;
use std::time::{Duration, Instant};

use md5::{Digest, Md5};

use super::answer::Answer;
use crate::assigned::characteristic;
use crate::{Properties, Write};

/// Sends a new firmware to the monitor.
///
/// Subscribe to TX first. Then, after every call, do what [`poll_write`](Self::poll_write) says and
/// take [`poll_event`](Self::poll_event) until both return `None`. While an update runs the monitor
/// does not measure; when it has ended well, it restarts.
///
/// | on RX | means |
/// |---|---|
/// | 0, u32 | begin, with the size of the image |
/// | 1, bytes | a package |
/// | 2, 16 bytes | end, with the MD5 of the image |
/// | 3 | abort |
///
/// The monitor answers to begin, to end, and whenever its buffer is full. That is also waited for
/// when the last package filled the buffer: taken for the answer to the end, it would say that all
/// is well before anything was checked (the web client does that).
///
/// Not tried with a real monitor.
#[derive(Clone, Debug)]
pub struct Update {
    image: Vec<u8>,
    /// How to write, and how much at a time.
    properties: Properties,
    max_write: usize,
    state: State,
    /// When to give up waiting for an answer.
    until: Option<Instant>,
    writes: VecDeque<Write>,
    events: VecDeque<UpdateEvent>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Beginning,
    Sending(Progress),
    Ending,
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Progress {
    package: usize,
    buffer: usize,
    sent: usize,
    /// Bytes since the monitor last said that its buffer is empty.
    buffered: usize,
}

/// How an update goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateEvent {
    /// The monitor has taken this many bytes.
    Progress {
        /// Bytes that it has confirmed, or that are the last ones on their way.
        sent: usize,
        /// Bytes of the image.
        total: usize,
    },
    /// The monitor has checked the image and restarts.
    Done,
    /// The update has ended without success; the monitor keeps its firmware.
    Failed(UpdateFailure),
}

/// Why an update failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UpdateFailure {
    /// Occurs when the monitor has not begun the update, or another one runs.
    #[error("the monitor is not ready for an update")]
    NotOk,
    /// Occurs when it does not understand a request.
    #[error("the monitor does not understand the request")]
    IncorrectFormat,
    /// Occurs when it has no room.
    #[error("the image is too large for the monitor")]
    IncorrectFirmwareSize,
    /// Occurs when it takes the image for damaged.
    #[error("the monitor takes the image for damaged")]
    ChecksumError,
    /// Occurs when its storage failed, and when the image is for another device.
    #[error("the monitor can't store the image")]
    InternalStorageError,
    /// Occurs when it says something else.
    #[error("the monitor answers with the unknown code {0}")]
    Unknown(u8),
    /// Occurs when its answer makes no sense.
    #[error("the monitor's answer makes no sense")]
    Nonsense,
    /// Occurs when it does not answer within ten seconds.
    #[error("the monitor does not answer")]
    NoAnswer,
    /// Occurs when the link is lost before the end.
    #[error("the link was lost")]
    LinkLost,
    /// Occurs when somebody asked for it.
    #[error("the update was given up")]
    Aborted,
}

/// Why an image can't be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// Occurs when it does not begin with the byte 0xE9, as images for these processors do.
    #[error("the file is no firmware image: it does not begin with 0xe9")]
    NoImage,
    /// Occurs when its size does not fit into 32 bits.
    #[error("the file is larger than 4 GiB")]
    TooLarge,
    /// Occurs when the link can't carry a package.
    #[error("the link takes writes of {0} bytes, which is too small")]
    SmallWrites(usize),
}

/// What every image for an ESP32 begins with.
const MAGIC: u8 = 0xE9;

/// How long the monitor may take to erase, write or check.
const PATIENCE: Duration = Duration::from_secs(10);

impl Update {
    /// Begins an update, over a link that takes writes of `max_write` bytes (the MTU less 3).
    ///
    /// # Errors
    ///
    /// When the image is none, or the link can't carry it.
    pub fn new(
        now: Instant,
        image: Vec<u8>,
        properties: Properties,
        max_write: usize,
    ) -> Result<Self, ImageError> {
        if image.first() != Some(&MAGIC) {
            return Err(ImageError::NoImage);
        }
        // The code and one byte; to begin takes 5, to end 17, which every link carries.
        if max_write < 17 {
            return Err(ImageError::SmallWrites(max_write));
        }
        let size = u32::try_from(image.len()).map_err(|_| ImageError::TooLarge)?;
        let mut update = Self {
            image,
            properties,
            max_write,
            state: State::Beginning,
            until: Some(now + PATIENCE),
            writes: VecDeque::new(),
            events: VecDeque::new(),
        };
        update.write(0, &size.to_le_bytes());
        Ok(update)
    }

    /// Takes a notification of TX.
    pub fn handle_notification(&mut self, now: Instant, value: &[u8]) {
        self.handle_timeout(now);
        let answer = Answer::decode(value);
        match (self.state, answer) {
            (State::Over, _) => {}
            (_, Some(Answer::Refused(code))) => self.fail(UpdateFailure::of(code)),
            (State::Beginning, Some(Answer::Begun { package, buffer })) => {
                self.begun(package, buffer);
            }
            (State::Sending(progress), Some(Answer::Ok)) if progress.is_full() => {
                self.confirmed(now, progress);
            }
            (State::Ending, Some(Answer::Ok)) => self.over(UpdateEvent::Done),
            (State::Beginning, Some(Answer::Ok)) | (_, None) => self.fail(UpdateFailure::Nonsense),
            // An answer to nothing says nothing.
            (State::Sending(_) | State::Ending, Some(_)) => {}
        }
    }

    /// Gives up waiting for an answer.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.until.is_some_and(|until| now >= until) {
            self.fail(UpdateFailure::NoAnswer);
        }
    }

    /// The link was lost.
    pub fn handle_disconnected(&mut self) {
        if self.state != State::Over {
            self.over(UpdateEvent::Failed(UpdateFailure::LinkLost));
        }
    }

    /// Gives the update up.
    pub fn abort(&mut self) {
        if self.state != State::Over {
            self.fail(UpdateFailure::Aborted);
        }
    }

    /// What to write to RX, when the write before is done.
    pub fn poll_write(&mut self, now: Instant) -> Option<Write> {
        if self.writes.is_empty() {
            self.next_package(now);
        }
        self.writes.pop_front()
    }

    /// What happened.
    pub fn poll_event(&mut self) -> Option<UpdateEvent> {
        self.events.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.until
    }

    fn begun(&mut self, package: u32, buffer: u32) {
        let size = |bytes: u32| usize::try_from(bytes).unwrap_or(usize::MAX);
        if package == 0 || buffer == 0 {
            return self.fail(UpdateFailure::Nonsense);
        }
        self.until = None;
        self.state = State::Sending(Progress {
            // The sizes follow from the MTU when the update began; the link may carry less.
            package: size(package).min(self.max_write - 1),
            buffer: size(buffer),
            sent: 0,
            buffered: 0,
        });
    }

    fn confirmed(&mut self, now: Instant, progress: Progress) {
        self.until = None;
        self.progress(progress.sent);
        self.state = State::Sending(Progress {
            buffered: 0,
            ..progress
        });
        self.end_if_sent(now);
    }

    fn next_package(&mut self, now: Instant) {
        let State::Sending(mut progress) = self.state else {
            return;
        };
        if progress.is_full() {
            return;
        }
        let room = progress.buffer - progress.buffered;
        let end = self
            .image
            .len()
            .min(progress.sent + progress.package.min(room));
        let bytes = self
            .image
            .get(progress.sent..end)
            .unwrap_or_default()
            .to_vec();
        progress.sent += bytes.len();
        progress.buffered += bytes.len();
        self.state = State::Sending(progress);
        self.write(1, &bytes);
        if progress.is_full() {
            self.until = Some(now + PATIENCE);
        } else {
            self.end_if_sent(now);
        }
    }

    fn end_if_sent(&mut self, now: Instant) {
        let State::Sending(progress) = self.state else {
            return;
        };
        if progress.sent == self.image.len() {
            self.progress(progress.sent);
            let checksum = Md5::digest(&self.image);
            self.write(2, &checksum);
            self.state = State::Ending;
            self.until = Some(now + PATIENCE);
        }
    }

    fn progress(&mut self, sent: usize) {
        let total = self.image.len();
        let event = UpdateEvent::Progress { sent, total };
        if self.events.back() != Some(&event) {
            self.events.push_back(event);
        }
    }

    fn fail(&mut self, failure: UpdateFailure) {
        self.over(UpdateEvent::Failed(failure));
        // So that the monitor measures again.
        self.write(3, &[]);
    }

    fn over(&mut self, event: UpdateEvent) {
        self.state = State::Over;
        self.until = None;
        self.writes.clear();
        self.events.push_back(event);
    }

    fn write(&mut self, code: u8, parameter: &[u8]) {
        self.writes.push_back(Write {
            characteristic: characteristic::OTA_RX,
            kind: self.properties.kind(),
            value: [&[code], parameter].concat(),
        });
    }
}

impl UpdateFailure {
    fn of(code: u8) -> Self {
        match code {
            1 => Self::NotOk,
            2 => Self::IncorrectFormat,
            3 => Self::IncorrectFirmwareSize,
            4 => Self::ChecksumError,
            5 => Self::InternalStorageError,
            other => Self::Unknown(other),
        }
    }
}

impl Progress {
    fn is_full(&self) -> bool {
        self.buffered >= self.buffer
    }
}
