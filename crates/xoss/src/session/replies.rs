//! What a device says, and what follows from it.

use std::time::Instant;

use super::{Job, Outcome, Session, Step};
use crate::frame::FrameError;
use crate::shown::Echo;
use crate::{Error, FileName, Listing, Refusal, Reply};

impl Session {
    /// A reply came, or what looks like one: computers also say that they are idle when nobody asked.
    pub(super) fn handle_reply(&mut self, now: Instant, reply: Reply) {
        match &mut self.step {
            Step::Rest => self.idle |= reply == Reply::Idle,
            Step::Waking(waking) => {
                let woke = waking.handle_reply(now, &reply);
                self.woke(now, woke);
            }
            Step::Asking(_) => self.handle_answer(now, reply),
            Step::Receiving(reception) => {
                if matches!(reply, Reply::Idle | Reply::Refused(_)) {
                    reception.hang_up(now, reply == Reply::Idle);
                    self.receive(now);
                }
            }
            Step::Settling(_, content) => {
                if reply == Reply::Idle {
                    self.idle = true;
                    let content = std::mem::take(content);
                    self.complete(content);
                }
            }
            Step::Sending(sending) => match reply {
                Reply::Idle if sending.is_complete() => sending.accepted = true,
                Reply::Refused(refusal) if refusal != Refusal::Busy => self.refuse(refusal),
                _ => {}
            },
            Step::Judging(_) => match reply {
                Reply::Idle => self.accepted(),
                Reply::Refused(refusal) if refusal != Refusal::Busy => self.refuse(refusal),
                _ => {}
            },
            Step::Stopping(_) => {
                if reply == Reply::Idle {
                    self.idle = true;
                    self.finish(Err(Error::Stopped));
                }
            }
        }
    }

    /// Something came that is no reply.
    pub(super) fn handle_garbled(&mut self, now: Instant, error: FrameError) {
        match &mut self.step {
            Step::Waking(waking) => {
                // The device is there, but what it does isn't known.
                let unknown = Reply::Unknown {
                    opcode: 0,
                    content: Echo::new(&[]),
                };
                let woke = waking.handle_reply(now, &unknown);
                self.woke(now, woke);
            }
            Step::Asking(_) => self.retry(now, error.into()),
            // The blocks tell by themselves how a transfer goes.
            _ => {}
        }
    }

    /// Nothing came.
    pub(super) fn handle_silence(&mut self, now: Instant) {
        match self.task.as_ref().map(|task| &task.job) {
            Some(Job::SetClock(_)) => self.finish(Ok(Outcome::ClockSet { confirmed: false })),
            Some(Job::Gnss) => self.finish(Ok(Outcome::Gnss(None))),
            _ => self.retry(now, Error::NoReply),
        }
    }

    /// A reply while one is waited for.
    fn handle_answer(&mut self, now: Instant, reply: Reply) {
        let Some(task) = &self.task else {
            return;
        };
        let outcome = match (&task.job, reply) {
            (_, Reply::Refused(refusal)) => return self.handle_refusal(now, refusal),
            (Job::List | Job::Download(_) | Job::Fetch(_), Reply::FetchAccepted(echo)) => {
                return match self.mismatch(&echo) {
                    None => self.start_receiving(now),
                    Some(error) => self.retry(now, error),
                };
            }
            (Job::Send(..), Reply::SendAccepted(echo)) => {
                return match self.mismatch(&echo) {
                    None => self.start_sending(now),
                    Some(error) => self.retry(now, error),
                };
            }
            (Job::Storage, Reply::Storage(storage)) => {
                self.storage = Some(storage);
                Outcome::Storage(storage)
            }
            (Job::Delete(ride), Reply::Deleted(echo)) if is(&echo, ride.name().as_str()) => {
                Outcome::Deleted(ride.name().clone())
            }
            (Job::SetClock(_), Reply::ClockSet(_)) => Outcome::ClockSet { confirmed: true },
            (Job::Gnss, Reply::Gnss(status)) => Outcome::Gnss(Some(status)),
            // A leftover: M2 says once too often that it is idle.
            _ => return,
        };
        self.finish(Ok(outcome));
    }

    /// The device said no.
    fn handle_refusal(&mut self, now: Instant, refusal: Refusal) {
        let Some(task) = &mut self.task else {
            return;
        };
        if let Refusal::NoSuchFile(echo) = &refusal
            && !echo.as_bytes().is_empty()
            && task
                .asked
                .as_ref()
                .is_some_and(|asked| !is(echo, asked.as_str()))
        {
            // The question arrived damaged: M1 and M2 don't check it.
            return self.retry(now, Error::Again(refusal));
        }
        match (&task.job, &refusal) {
            // Which list a model has is found out by asking.
            (Job::List, Refusal::NoSuchFile(_)) if !task.fell_back => {
                task.fell_back = true;
                self.begin(now);
            }
            // There is none before the first ride.
            (Job::List, Refusal::NoSuchFile(_)) => {
                self.idle = true;
                self.finish(Ok(Outcome::Listed(Listing::default())));
            }
            // It was done the first time, but the reply was lost.
            (Job::Delete(ride), Refusal::NoSuchFile(_)) if task.restarts > 0 => {
                let name = ride.name().clone();
                self.finish(Ok(Outcome::Deleted(name)));
            }
            // No answer to the wish to send one.
            (Job::Send(..), Refusal::NoSuchFile(_)) => {
                self.retry(now, Error::Again(refusal));
            }
            (_, Refusal::Busy | Refusal::BadCommand) if task.restarts < self.options.restarts => {
                self.retry(now, Error::Again(refusal));
            }
            (_, Refusal::NoSuchFile(_) | Refusal::FileBusy(_)) => {
                self.idle = true;
                self.refuse(refusal);
            }
            _ => self.refuse(refusal),
        }
    }

    /// Ends the job with the device's no.
    pub(super) fn refuse(&mut self, refusal: Refusal) {
        self.finish(Ok(Outcome::Refused(refusal)));
    }

    /// The device took what was sent.
    pub(super) fn accepted(&mut self) {
        self.idle = true;
        if let Some(Job::Send(file, _)) = self.task.as_ref().map(|task| &task.job) {
            let file = *file;
            self.finish(Ok(Outcome::Sent(file)));
        }
    }

    /// Whether a reply is about another file than the question.
    fn mismatch(&self, found: &Echo) -> Option<Error> {
        let expected = self.task.as_ref()?.asked.clone()?;
        (!is(found, expected.as_str())).then(|| Error::WrongFile {
            expected,
            found: found.clone(),
        })
    }

    /// All of a file is here.
    pub(super) fn complete(&mut self, content: Vec<u8>) {
        let Some(task) = &self.task else {
            return;
        };
        let outcome = match (&task.job, &task.asked) {
            (Job::List, Some(FileName::System(file))) => {
                let file = *file;
                match super::transfer::listing(file, &content) {
                    Ok(listing) => {
                        self.list = Some(file);
                        Outcome::Listed(listing)
                    }
                    Err(error) => return self.finish(Err(Error::Listing(error))),
                }
            }
            (Job::Download(name), _) => super::transfer::downloaded(name.clone(), content),
            (Job::Fetch(file), _) => Outcome::Fetched {
                file: *file,
                content,
            },
            _ => return,
        };
        self.finish(Ok(outcome));
    }
}

/// Whether a device sent this name back.
fn is(echo: &Echo, name: &str) -> bool {
    let bytes = echo.as_bytes();
    let end = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |it| it + 1);
    bytes.get(..end) == Some(name.as_bytes())
}
