//! Files on their way.

use std::time::Instant;

use ymodem::{BlockSize, Checksum, ReceiveOptions, Receiver, SendOptions, Sender, Sent, Separator};

use super::{Download, Event, Job, Outcome, Session, Step, Write};
use crate::document::DocumentError;
use crate::integrity::Integrity;
use crate::shown::Echo;
use crate::{Characteristic, Command, Error, FileName, Listing, RideName, SystemFile};

/// A file that comes.
#[derive(Debug)]
pub(super) struct Reception {
    pub(super) receiver: Receiver,
    file: FileName,
    /// Once the device has named the file.
    size: Option<u64>,
    content: Vec<u8>,
    /// The device said that it is idle after the last byte.
    idle: bool,
}

/// Bytes that are reserved before they have come: a device can announce what it likes.
const RESERVE: u64 = 1 << 20;

impl Reception {
    /// The device said something that ends a transfer, or it is a leftover of an earlier one.
    pub(super) fn hang_up(&mut self, now: Instant, idle: bool) {
        self.receiver.handle_hangup(now);
        self.idle = idle && self.size == Some(self.content.len() as u64);
    }

    /// Takes what has come; whether that was the end.
    fn collect(&mut self, events: &mut impl Extend<Event>) -> Option<Result<bool, Error>> {
        while let Some(event) = self.receiver.poll_event() {
            match event {
                ymodem::Event::File(file) if file.name == self.file.as_str().as_bytes() => {
                    self.size = Some(file.size);
                    let reserve = usize::try_from(file.size.min(RESERVE)).unwrap_or_default();
                    self.content.reserve(reserve);
                }
                ymodem::Event::File(file) => {
                    return Some(Err(Error::WrongFile {
                        expected: self.file.clone(),
                        found: Echo::new(&file.name),
                    }));
                }
                ymodem::Event::Data(data) => {
                    self.content.extend(data);
                    events.extend([Event::Progress {
                        bytes: self.content.len() as u64,
                        size: self.size.unwrap_or_default(),
                    }]);
                }
                ymodem::Event::Done { closed } => return Some(Ok(closed)),
                ymodem::Event::Failed(error) => return Some(Err(error.into())),
            }
        }
        None
    }
}

/// A file that goes.
#[derive(Debug)]
pub(super) struct Sending {
    pub(super) sender: Sender,
    size: u64,
    sent: u64,
    /// The device said that it is idle after the last byte: this may come before the end of the
    /// transfer does, since it comes on another characteristic.
    pub(super) accepted: bool,
}

impl Sending {
    pub(super) fn is_complete(&self) -> bool {
        self.sent == self.size
    }
}

impl Session {
    /// A notification of the file transfer.
    pub(super) fn handle_transfer(&mut self, now: Instant, bytes: &[u8]) {
        match &mut self.step {
            Step::Receiving(reception) => {
                reception.receiver.handle_bytes(now, bytes);
                self.receive(now);
            }
            Step::Sending(sending) => {
                sending.sender.handle_bytes(now, bytes);
                self.send(now);
            }
            // The wish for block 0 can overtake the word that the file is wanted: they come on
            // different characteristics.
            Step::Asking(_) => {
                if let Some(task) = &mut self.task {
                    task.early |= bytes.contains(&b'C');
                }
            }
            // Leftovers of a transfer that was given up.
            _ => {}
        }
    }

    /// The device offers the file.
    pub(super) fn start_receiving(&mut self, now: Instant) {
        let Some(file) = self.task.as_ref().and_then(|task| task.asked.clone()) else {
            return;
        };
        // No file is larger than all the storage.
        let room = self.storage.map(|storage| u64::from(storage.total) * 1024);
        let room = room.filter(|room| *room > 0).unwrap_or(u64::MAX);
        let options = ReceiveOptions {
            checksum: Checksum::Arc,
            limit: self.options.max_size.min(room),
            retries: self.options.block_retries,
            timers: self.transfer_timers(),
        };
        self.step = Step::Receiving(Box::new(Reception {
            receiver: Receiver::new(now, options),
            file,
            size: None,
            content: Vec::new(),
            idle: false,
        }));
        self.receive(now);
    }

    /// Takes over what the receiver has to say.
    pub(super) fn receive(&mut self, now: Instant) {
        let Step::Receiving(reception) = &mut self.step else {
            return;
        };
        let end = reception.collect(&mut self.events);
        if !matches!(end, Some(Err(_))) {
            while let Some(byte) = reception.receiver.poll_write() {
                self.writes.push_back(Write {
                    characteristic: Characteristic::ToDevice,
                    bytes: vec![byte],
                });
            }
        }
        match end {
            None => {}
            Some(Err(error)) => self.retry(now, error),
            Some(Ok(closed)) => {
                let content = std::mem::take(&mut reception.content);
                if reception.idle {
                    self.idle = true;
                    return self.complete(content);
                }
                if !closed {
                    // It waits for something that won't come.
                    self.command(Command::stop());
                }
                self.step = Step::Settling(now.checked_add(self.options.timers.settle), content);
            }
        }
    }

    /// The device wants the file.
    pub(super) fn start_sending(&mut self, now: Instant) {
        let timers = self.transfer_timers();
        let Some(task) = &self.task else {
            return;
        };
        let Job::Send(file, content) = &task.job else {
            return;
        };
        // A long block at MTU 23 is 52 packets, and a small file fits into a short one.
        let long = self.options.payload > 20 && content.len() > BlockSize::Short.data();
        let options = SendOptions {
            checksum: Checksum::Arc,
            block: if long {
                BlockSize::Long
            } else {
                BlockSize::Short
            },
            separator: Separator::Space,
            chunk: self.options.payload,
            chunk_pause: self.options.chunk_pause,
            retries: self.options.block_retries,
            timers,
        };
        let size = content.len() as u64;
        match Sender::new(now, options, file.as_str(), content.clone()) {
            Err(error) => self.fail(error.into()),
            Ok(mut sender) => {
                if task.early {
                    sender.handle_bytes(now, b"C");
                }
                self.step = Step::Sending(Box::new(Sending {
                    sender,
                    size,
                    sent: 0,
                    accepted: false,
                }));
                self.send(now);
            }
        }
    }

    /// Takes over what the sender has to say.
    pub(super) fn send(&mut self, now: Instant) {
        let Step::Sending(sending) = &mut self.step else {
            return;
        };
        while let Some(bytes) = sending.sender.poll_write() {
            self.writes.push_back(Write {
                characteristic: Characteristic::ToDevice,
                bytes,
            });
        }
        while let Some(event) = sending.sender.poll_event() {
            match event {
                Sent::Progress(bytes) => {
                    sending.sent = bytes;
                    let size = sending.size;
                    self.events.push_back(Event::Progress { bytes, size });
                }
                Sent::Done if sending.accepted => return self.accepted(),
                Sent::Done => {
                    self.step = Step::Judging(now.checked_add(self.options.timers.settle));
                    return;
                }
                Sent::Failed(error) => return self.retry(now, error.into()),
            }
        }
    }

    fn transfer_timers(&self) -> ymodem::Timers {
        ymodem::Timers {
            end_pause: self.options.profile.end_pause,
            ..self.options.timers.transfer
        }
    }
}

/// Reads a list of rides.
pub(super) fn listing(file: SystemFile, content: &[u8]) -> Result<Listing, DocumentError> {
    match file {
        SystemFile::FileList => Ok(Listing::from_file_list(content)),
        _ => Listing::from_workouts(content),
    }
}

/// A ride is here.
pub(super) fn downloaded(name: RideName, content: Vec<u8>) -> Outcome {
    let integrity = Integrity::of_fit(&content);
    Outcome::Downloaded(Download {
        name,
        content,
        integrity,
    })
}
