//! Commands for an asynchronous source in a library.

use std::task::Waker;
use std::time::Duration;

use crate::abi::Host;
use crate::{Answer, Command, CommandQueue};

/// Commands on their way from the host to the source, and answers on their way back.
pub(super) struct Inbox {
    queue: CommandQueue,
    /// Commands that the source has or will get: number and answer.
    open: Vec<(u64, Answer)>,
    is_closed: bool,
}

impl Inbox {
    pub(super) fn new(queue: CommandQueue) -> Self {
        Self {
            queue,
            open: Vec::new(),
            is_closed: false,
        }
    }

    /// Whether more may come.
    pub(super) fn is_open(&self) -> bool {
        !self.is_closed
    }

    /// How many clones of a waker the queue keeps.
    pub(super) fn keeps(&self, waker: &Waker) -> usize {
        self.queue.keeps(waker)
    }

    /// Waits for a command, at most so long.
    pub(super) fn look(&mut self, host: &Host<'_>, most: Duration) {
        if self.is_closed {
            return;
        }
        match host.next_command(most) {
            Ok(Some(asked)) => {
                let value = serde_json::from_str(&asked.json).unwrap_or_default();
                let (command, answer) = Command::new("", asked.name, value);
                // If the queue is full, the answer is that it was dropped.
                let _ = self.queue.post(command);
                self.open.push((asked.number, answer));
            }
            Ok(None) => {}
            // An older host, or the run is to stop.
            Err(_) => {
                self.is_closed = true;
                self.queue.close();
            }
        }
    }

    /// Passes on what the source has answered.
    pub(super) fn answer(&mut self, host: &Host<'_>) {
        self.open.retain(|(number, answer)| {
            let Some(result) = answer.poll() else {
                return true;
            };
            let result = result.map(|value| value.to_string()).map_err(Into::into);
            let _ = host.answer(*number, result.as_deref());
            false
        });
    }
}
