//! Commands: what a sink asks of the source, beside the data.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use serde_json::Value;

use crate::{Error, Result};

/// The most commands that wait for a source.
const MOST: usize = 64;

/// Something that a sink asks of the source, such as to switch an outlet on.
#[derive(Debug)]
pub struct Command {
    /// What is asked, as the source documents it: `ac`.
    pub name: String,
    /// Its argument; null if it has none.
    pub value: Value,
    /// The stage that asks.
    pub stage: String,
    reply: SyncSender<Result<Value>>,
}

impl Command {
    /// A command, and where its answer arrives. For tests of sources; a sink posts through
    /// [`Context::command`](crate::Context::command).
    pub fn new(stage: impl Into<String>, name: impl Into<String>, value: Value) -> (Self, Answer) {
        let (reply, answer) = sync_channel(1);
        let command = Self {
            name: name.into(),
            value,
            stage: stage.into(),
            reply,
        };
        (command, Answer(answer))
    }

    /// Says what became of it: a value (null will do), or why it was refused. A command that is
    /// dropped is answered with an error.
    pub fn answer(self, result: Result<Value>) {
        // The sink may have stopped waiting.
        let _ = self.reply.try_send(result);
    }

    /// An answer that says that the source knows no command of that name.
    pub fn unknown(self, known: &[&str]) {
        let message = format!("there is no command `{}`", self.name);
        let help = format!("commands: {}", known.join(", "));
        self.answer(Err(Error::skip(message).with_help(help)));
    }
}

/// What becomes of a command.
#[derive(Debug)]
pub struct Answer(Receiver<Result<Value>>);

impl Answer {
    /// Waits for it, at most that long; blocks the thread.
    ///
    /// # Errors
    ///
    /// What the source says; that there was no answer.
    pub fn wait(&self, most: Duration) -> Result<Value> {
        match self.0.recv_timeout(most) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => {
                let seconds = most.as_secs_f64();
                Err(Error::skip(format!("there was no answer for {seconds} s")))
            }
            Err(RecvTimeoutError::Disconnected) => Err(unanswered()),
        }
    }

    /// The answer if it is there; does not wait. It comes once.
    pub fn poll(&self) -> Option<Result<Value>> {
        match self.0.try_recv() {
            Ok(result) => Some(result),
            Err(std::sync::mpsc::TryRecvError::Empty) => None,
            Err(std::sync::mpsc::TryRecvError::Disconnected) => Some(Err(unanswered())),
        }
    }
}

fn unanswered() -> Error {
    Error::skip("the source has not answered")
}

/// The commands for one source: a bounded queue, as the host keeps it.
#[derive(Clone)]
pub struct CommandQueue(Arc<Shared>);

struct Shared {
    queue: Mutex<Queue>,
    /// Called after each command that was posted.
    alarm: Box<dyn Fn(&CommandQueue) + Send + Sync>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Command>,
    wakers: Vec<Waker>,
    is_closed: bool,
}

impl Default for CommandQueue {
    fn default() -> Self {
        Self::with_alarm(|_| ())
    }
}

impl CommandQueue {
    /// A queue that calls `alarm` after each command that was posted.
    pub fn with_alarm(alarm: impl Fn(&CommandQueue) + Send + Sync + 'static) -> Self {
        Self(Arc::new(Shared {
            queue: Mutex::default(),
            alarm: Box::new(alarm),
        }))
    }

    /// Adds a command.
    ///
    /// # Errors
    ///
    /// When 64 wait already, or the source has ended.
    pub fn post(&self, command: Command) -> Result<()> {
        let mut queue = self.lock();
        if queue.is_closed {
            return Err(Error::skip("the source has ended"));
        }
        if queue.waiting.len() >= MOST {
            return Err(Error::skip(format!(
                "the source is busy: {MOST} commands wait for it already"
            )));
        }
        queue.waiting.push_back(command);
        let wakers = std::mem::take(&mut queue.wakers);
        drop(queue);
        wakers.into_iter().for_each(Waker::wake);
        (self.0.alarm)(self);
        Ok(())
    }

    /// The next command, if one waits.
    pub fn take(&self) -> Option<Command> {
        self.lock().waiting.pop_front()
    }

    /// How many clones of a waker wait for commands.
    pub(crate) fn keeps(&self, waker: &Waker) -> usize {
        let queue = self.lock();
        let wakers = queue.wakers.iter();
        wakers.filter(|kept| kept.will_wake(waker)).count()
    }

    /// Nobody takes, or nobody posts commands any more. Those that wait are not answered.
    pub fn close(&self) {
        let mut queue = self.lock();
        queue.is_closed = true;
        let rest = std::mem::take(&mut queue.waiting);
        let wakers = std::mem::take(&mut queue.wakers);
        drop(queue);
        drop(rest);
        wakers.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for CommandQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommandQueue")
            .field("waiting", &self.lock().waiting.len())
            .finish_non_exhaustive()
    }
}

/// The commands for a source, as it reads them.
#[derive(Clone, Debug)]
pub struct Commands(pub(crate) Option<CommandQueue>);

impl Commands {
    /// Waits for the next command; `None` when nobody can post any more (or ever could): then
    /// don't ask again.
    ///
    /// Nothing is lost when this future is dropped, so it may stand in a `select!`.
    pub async fn next(&self) -> Option<Command> {
        let queue = self.0.as_ref()?;
        poll_fn(|cx| {
            let mut queue = queue.lock();
            if let Some(command) = queue.waiting.pop_front() {
                return Poll::Ready(Some(command));
            }
            if queue.is_closed {
                return Poll::Ready(None);
            }
            if !queue.wakers.iter().any(|waker| waker.will_wake(cx.waker())) {
                queue.wakers.push(cx.waker().clone());
            }
            Poll::Pending
        })
        .await
    }

    /// Waits until a command may be taken; for ever where none can come.
    pub async fn arrival(&self) {
        let Some(queue) = &self.0 else {
            return std::future::pending().await;
        };
        poll_fn(|cx| {
            let mut queue = queue.lock();
            if !queue.waiting.is_empty() {
                return Poll::Ready(());
            }
            if !queue.wakers.iter().any(|waker| waker.will_wake(cx.waker())) {
                queue.wakers.push(cx.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }

    /// The next command if one waits.
    pub fn take(&self) -> Option<Command> {
        self.0.as_ref()?.take()
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::Context as TaskContext;

    use serde_json::json;

    use super::*;

    fn posted(queue: &CommandQueue, name: &str) -> Answer {
        let (command, answer) = Command::new("mqtt", name, json!(true));
        queue.post(command).unwrap();
        answer
    }

    #[test]
    fn commands_are_answered_in_their_order() {
        let queue = CommandQueue::default();
        let commands = Commands(Some(queue.clone()));
        let (first, second) = (posted(&queue, "ac"), posted(&queue, "usb"));
        let mut task = TaskContext::from_waker(Waker::noop());
        let Poll::Ready(Some(command)) = pin!(commands.next()).poll(&mut task) else {
            panic!("a command waits");
        };
        assert_eq!((&*command.name, &*command.stage), ("ac", "mqtt"));
        assert!(first.poll().is_none());
        command.answer(Ok(json!({"ac": true})));
        assert_eq!(first.wait(Duration::ZERO).unwrap(), json!({"ac": true}));
        commands.take().unwrap().unknown(&["ac", "dc"]);
        let error = second.wait(Duration::from_secs(5)).unwrap_err();
        assert_eq!(error.to_string(), "there is no command `usb`");
        assert_eq!(error.help(), Some("commands: ac, dc"));
        assert!(pin!(commands.next()).poll(&mut task).is_pending());
    }

    #[test]
    fn the_queue_is_bounded_and_ends() {
        let queue = CommandQueue::default();
        let answers: Vec<_> = (0..MOST).map(|_| posted(&queue, "ac")).collect();
        let (command, _) = Command::new("mqtt", "ac", Value::Null);
        let error = queue.post(command).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the source is busy: 64 commands wait for it already"
        );
        queue.close();
        for answer in answers {
            let error = answer.wait(Duration::from_secs(5)).unwrap_err();
            assert_eq!(error.to_string(), "the source has not answered");
        }
        let (command, _) = Command::new("mqtt", "ac", Value::Null);
        assert_eq!(
            queue.post(command).unwrap_err().to_string(),
            "the source has ended"
        );
        let commands = Commands(Some(queue));
        let mut task = TaskContext::from_waker(Waker::noop());
        assert!(matches!(
            pin!(commands.next()).poll(&mut task),
            Poll::Ready(None)
        ));
    }
}
