//! A source of a library: it blocks on a thread of its own (R5), and its wishes are fulfilled on
//! the event loop.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use pipeline_plugin::export::Incoming;
use pipeline_plugin::{
    BadInput, Cancel, Command, Context, Error, ErrorKind, Fate, Header, InputKey, Item, Place,
    Problem, Result, SourceCx, SourceFuture, SourcePlugin, StreamOut, Timestamp,
};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use super::call::Lend;
use super::radio::{Given, Radio, RadioWish};
use super::stages::Stage;
use super::watch::{LOOK, Watch};
use crate::clock::HostClock;
use crate::live::event_loop;

/// Where the answer to a wish goes.
type Reply<T> = oneshot::Sender<Result<T>>;

/// What the thread asks of the event loop.
enum Wish {
    Open(Box<Header>, Reply<()>),
    Send(Item, Reply<()>),
    Checkpoint(Reply<()>),
    Finish(Reply<Fate>),
    Sleep(Duration, Reply<()>),
    Command(Duration, Reply<Option<Command>>),
    Radio(RadioWish, Reply<Option<Given>>),
    Note(InputKey, String, Reply<bool>),
    GiveUp(Box<BadInput>, Reply<()>),
}

impl Wish {
    /// Whether it may take long, which is no fault of the plugin.
    fn takes_time(&self) -> bool {
        !matches!(self, Self::Send(..) | Self::Sleep(..) | Self::Command(..))
    }
}

/// A wish, or the end.
enum Word {
    Wish(Wish),
    Done(Result<()>),
}

/// Why `finish` is not OK although the stream is complete.
pub(super) const UNDELIVERED: &str = "the stream has not reached every sink";

/// The way from the thread to the event loop.
pub(super) struct Bridge {
    say: mpsc::Sender<Word>,
    cx: SourceCx,
    commands: Option<RefCell<Taken>>,
    /// Whether a stream is open.
    is_open: Cell<bool>,
}

/// Commands that the plugin has got and not answered.
#[derive(Default)]
struct Taken {
    count: u64,
    open: BTreeMap<u64, Command>,
}

/// The most commands that a plugin may leave without an answer; then the oldest are refused.
const OPEN: usize = 64;

impl Bridge {
    fn ask<T>(&self, wish: impl FnOnce(Reply<T>) -> Wish) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        self.say
            .blocking_send(Word::Wish(wish(answer)))
            .map_err(|_| Error::cancelled())?;
        answered.blocking_recv().map_err(|_| Error::cancelled())?
    }

    pub(super) fn open(&self, header: Header) -> Result<()> {
        self.ask(|reply| Wish::Open(Box::new(header), reply))?;
        self.is_open.set(true);
        Ok(())
    }

    /// Whether a stream is open.
    pub(super) fn is_open(&self) -> bool {
        self.is_open.get()
    }

    pub(super) fn send(&self, item: Item) -> Result<()> {
        self.ask(|reply| Wish::Send(item, reply))
    }

    pub(super) fn checkpoint(&self) -> Result<()> {
        self.ask(Wish::Checkpoint)
    }

    pub(super) fn finish(&self) -> Result<Fate> {
        self.is_open.set(false);
        self.ask(Wish::Finish)
    }

    /// Whether an input is to be fetched.
    pub(super) fn wants(&self, key: &InputKey, name: &str) -> Result<bool> {
        self.cx.wants(key, name)
    }

    /// Notes that everything of an input was sent; whether every sink has it.
    pub(super) fn note_delivered(&self, key: InputKey, name: String) -> Result<bool> {
        self.ask(|reply| Wish::Note(key, name, reply))
    }

    /// Reports an input that can't be used.
    pub(super) fn give_up(&self, bad: BadInput) -> Result<()> {
        self.ask(|reply| Wish::GiveUp(Box::new(bad), reply))
    }

    /// Does something with the radio.
    pub(super) fn radio(&self, wish: RadioWish) -> Result<Option<Given>> {
        self.ask(|reply| Wish::Radio(wish, reply))
    }

    pub(super) fn takes_commands(&self) -> bool {
        self.commands.is_some()
    }

    /// The next command: number, name, value.
    pub(super) fn next_command(&self, most: Duration) -> Result<Option<(u64, String, Value)>> {
        let Some(taken) = &self.commands else {
            return Ok(None);
        };
        let command = match self.cx.commands().take() {
            None if most > Duration::ZERO => self.ask(|reply| Wish::Command(most, reply))?,
            command => command,
        };
        let Some(command) = command else {
            self.cx.context().cancel().check()?;
            return Ok(None);
        };
        let mut taken = taken.borrow_mut();
        taken.count += 1;
        let number = taken.count;
        let given = (number, command.name.clone(), command.value.clone());
        taken.open.insert(number, command);
        if taken.open.len() > OPEN {
            taken.open.pop_first();
        }
        Ok(Some(given))
    }

    /// Answers a command, unless that was done; whether there was one of that number.
    pub(super) fn answer(&self, number: u64, result: Result<Value>) -> bool {
        let Some(taken) = &self.commands else {
            return false;
        };
        let mut taken = taken.borrow_mut();
        if let Some(command) = taken.open.remove(&number) {
            command.answer(result);
        }
        (1..=taken.count).contains(&number)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.cx.now()
    }

    /// Waits; whether nobody asked to stop.
    pub(super) fn sleep(&self, microseconds: i64) -> Result<bool> {
        let micros = u64::try_from(microseconds).unwrap_or_default();
        match self.ask(|reply| Wish::Sleep(Duration::from_micros(micros), reply)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::Cancelled => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// A source of a library.
pub(super) struct DylibSource(pub(super) Arc<Stage>);

impl SourcePlugin for DylibSource {
    fn check(&self, place: &Place) -> Vec<Problem> {
        self.0.check(place)
    }

    fn takes_commands(&self) -> bool {
        self.0.takes_commands()
    }

    fn journalled(&self) -> bool {
        self.0.journalled()
    }

    fn happens_now(&self) -> bool {
        self.0.happens_now()
    }

    fn run<'a>(&'a self, out: &'a mut dyn StreamOut, cx: &'a SourceCx) -> SourceFuture<'a, ()> {
        Box::pin(async move {
            let watch = Watch::default();
            let mut hear = self.start(&watch, cx)?;
            let mut radio = Radio::default();
            let mut patience = self.0.plugin.loaded.silence;
            loop {
                let began = Instant::now();
                // While the plugin's thread works, no virtual time passes.
                let held = cx.hold();
                let heard = tokio::time::timeout(LOOK, hear.recv()).await;
                drop(held);
                let word = match heard {
                    Ok(Some(word)) => word,
                    Ok(None) => return Err(Error::new(ErrorKind::Plugin, "a source panicked")),
                    Err(_) => match watch.silence() {
                        Some(error) => return Err(error),
                        None => continue,
                    },
                };
                let wish = match word {
                    // It returned what `finish` told it; the host has said why.
                    Word::Done(Err(error)) if error.to_string() == UNDELIVERED => return Ok(()),
                    Word::Done(result) => return result,
                    Word::Wish(wish) => wish,
                };
                let takes_time = wish.takes_time();
                fulfil(wish, out, cx, &mut radio).await;
                if cx.context().cancel().is_thrown() && !takes_time {
                    patience = patience.saturating_sub(began.elapsed());
                    if patience.is_zero() {
                        watch.give_up();
                        return Err(self.0.plugin.loaded.does_not_stop());
                    }
                }
            }
        })
    }
}

/// Does what the thread asks for. It may have gone meanwhile.
async fn fulfil(wish: Wish, out: &mut dyn StreamOut, cx: &SourceCx, radio: &mut Radio) {
    match wish {
        Wish::Open(header, reply) => drop(reply.send(out.open(*header).await)),
        Wish::Send(item, reply) => drop(reply.send(out.send(item).await)),
        Wish::Checkpoint(reply) => drop(reply.send(out.checkpoint().await)),
        Wish::Finish(reply) => drop(reply.send(out.finish().await)),
        Wish::Sleep(duration, reply) => drop(reply.send(cx.sleep(duration).await)),
        Wish::Radio(wish, reply) => drop(reply.send(radio.fulfil(wish, cx).await)),
        Wish::Command(most, reply) => drop(reply.send(next_command(cx, most).await)),
        Wish::Note(key, name, reply) => {
            drop(reply.send(cx.note_delivered(&key, &name).await));
        }
        Wish::GiveUp(bad, reply) => drop(reply.send(cx.give_up(*bad).await)),
    }
}

/// The next command, if one comes in that time.
async fn next_command(cx: &SourceCx, most: Duration) -> Result<Option<Command>> {
    let commands = cx.commands();
    let mut next = pin!(commands.next());
    let mut over = pin!(cx.sleep(most));
    // Once nobody can post any more, it is only waited for.
    let mut is_over = false;
    std::future::poll_fn(|task| {
        if !is_over {
            match next.as_mut().poll(task) {
                Poll::Ready(Some(command)) => return Poll::Ready(Ok(Some(command))),
                Poll::Ready(None) => is_over = true,
                Poll::Pending => {}
            }
        }
        over.as_mut().poll(task).map(|result| result.map(|()| None))
    })
    .await
}

impl DylibSource {
    /// Starts the thread on which the plugin's `run` blocks.
    fn start(&self, watch: &Watch, cx: &SourceCx) -> Result<mpsc::Receiver<Word>> {
        let (say, hear) = mpsc::channel(1);
        let (stage, watch, cx) = (Arc::clone(&self.0), watch.clone(), cx.clone());
        let takes_commands = self.takes_commands();
        let body = move || {
            watch.attach();
            let context = cx.context().clone();
            let bridge = Bridge {
                say: say.clone(),
                cx,
                commands: takes_commands.then(RefCell::default),
                is_open: Cell::new(false),
            };
            let lend = Lend::Source(&bridge, Incoming::default());
            let result = stage.run(&context, lend, "");
            let _ = say.blocking_send(Word::Done(result));
        };
        thread::Builder::new()
            .name(self.0.plugin.loaded.name.clone())
            .spawn(body)
            .map_err(|error| Error::io("start a thread", error))?;
        Ok(hear)
    }
}

/// Runs a source whose items go nowhere, asks it to stop after `time`, and returns how long it
/// then took: for those who check a plugin.
///
/// # Errors
///
/// What the source says.
pub fn try_source(source: &dyn SourcePlugin, time: Duration) -> Result<Duration> {
    let cancel = Cancel::default();
    let context = Context::new("check", cancel.clone(), |_| ());
    let cx = SourceCx::new(context, Arc::new(HostClock::default()));
    let runtime = event_loop()?;
    runtime.block_on(async {
        let mut out = Nowhere::default();
        let mut running = source.run(&mut out, &cx);
        let ended = tokio::time::timeout(time, &mut running).await;
        let asked = Instant::now();
        let result = if let Ok(result) = ended {
            result
        } else {
            cancel.throw();
            (&mut running).await
        };
        drop(running);
        match result {
            Err(error) if error.kind() != ErrorKind::Cancelled => Err(error),
            Ok(()) if out.is_open => {
                let text = "ended without `finish`: its stream would end there";
                Err(Error::new(ErrorKind::Plugin, text))
            }
            _ => Ok(asked.elapsed()),
        }
    })
}

/// Takes everything.
#[derive(Default)]
struct Nowhere {
    is_open: bool,
}

/// Times before this are no microseconds since 1970: 1980.
const SOONEST: Timestamp = Timestamp::from_seconds(315_532_800);

impl StreamOut for Nowhere {
    fn open(&mut self, _: Header) -> SourceFuture<'_, ()> {
        self.is_open = true;
        Box::pin(async { Ok(()) })
    }

    fn send(&mut self, item: Item) -> SourceFuture<'_, ()> {
        let first = match &item {
            Item::Samples(batch) => batch.time().first().copied(),
            _ => None,
        };
        Box::pin(async move {
            match first.filter(|time| *time < SOONEST) {
                Some(time) => {
                    let text = format!("sent the time {time}: are these microseconds since 1970?");
                    Err(Error::new(ErrorKind::Plugin, text))
                }
                None => Ok(()),
            }
        })
    }

    fn finish(&mut self) -> SourceFuture<'_, Fate> {
        self.is_open = false;
        Box::pin(async { Ok(Fate::Undelivered) })
    }
}
