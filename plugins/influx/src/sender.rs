//! The thread that sends what is in the spool, kept over streams.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use pipeline_plugin::{Context, Error, Result};

use crate::spool::Spool;
use crate::target::{Answer, Target};

/// Between attempts: at first, and at most.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How long the end of a stream waits for its lines to be sent.
const PATIENCE: Duration = Duration::from_secs(30);

/// What streams and the thread share.
#[derive(Debug)]
struct Shared {
    inner: Mutex<Inner>,
    /// There is something to send, or it was sent, or it is time to stop.
    changed: Condvar,
}

#[derive(Debug)]
struct Inner {
    spool: Spool,
    /// Why nothing goes.
    trouble: Option<String>,
    /// Lines that were dropped and told.
    told: u64,
    is_stopping: bool,
    /// The streams that are open, by number, to tell the user. Nothing of a stream is kept when
    /// it has ended: the host waits until nobody can say anything any more.
    streams: Vec<(u64, Context)>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn warn(&self, message: impl Into<String>) {
        if let Some((_, context)) = self.streams.last() {
            context.warn(message);
        }
    }
}

/// The way to a server.
#[derive(Debug)]
pub(crate) struct Sender {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Sender {
    /// Opens the spool, and begins to send what is in it.
    ///
    /// # Errors
    ///
    /// When the folder can't be used.
    pub(crate) fn open(target: Target, spool: &Path, limit: u64) -> Result<Self> {
        let shared = Arc::new(Shared {
            inner: Mutex::new(Inner {
                spool: Spool::open(spool, limit)?,
                trouble: None,
                told: 0,
                is_stopping: false,
                streams: Vec::new(),
            }),
            changed: Condvar::new(),
        });
        let worker = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("influx".to_owned())
            .spawn(move || run(&worker, &target))
            .map_err(|error| Error::io("start a thread", error))?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Begins a stream: it is told from now on. Its number.
    pub(crate) fn attach(&self, cx: &Context) -> u64 {
        let mut inner = self.shared.lock();
        if let Some(trouble) = &inner.trouble {
            // It was told when it began, to others or to nobody.
            cx.warn(refusing(trouble));
        }
        let number = inner.streams.last().map_or(0, |(number, _)| number + 1);
        inner.streams.push((number, cx.clone()));
        number
    }

    /// Ends a stream.
    pub(crate) fn detach(&self, stream: u64) {
        let mut inner = self.shared.lock();
        inner.streams.retain(|(number, _)| *number != stream);
    }

    /// Lines to be sent; they are in the spool when it returns.
    ///
    /// # Errors
    ///
    /// When they can't be written there.
    pub(crate) fn send(&self, lines: &[u8]) -> Result<()> {
        self.shared.lock().spool.append(lines)?;
        self.shared.changed.notify_all();
        Ok(())
    }

    /// Makes what is in the spool survive a power cut.
    ///
    /// # Errors
    ///
    /// When the disk says no.
    pub(crate) fn sync(&self) -> Result<()> {
        self.shared.lock().spool.sync()
    }

    /// Waits a while until everything was sent. What was not is safe in the spool, and told.
    ///
    /// # Errors
    ///
    /// When the spool can't be made safe.
    pub(crate) fn wait(&self) -> Result<()> {
        let inner = self.shared.lock();
        inner.spool.sync()?;
        let until = |inner: &mut Inner| !inner.spool.is_empty() && inner.trouble.is_none();
        let waited = self
            .shared
            .changed
            .wait_timeout_while(inner, PATIENCE, until);
        let (mut inner, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if !inner.spool.is_empty() {
            let kilobytes = inner.spool.waiting().div_ceil(1024);
            let why = inner.trouble.as_deref().unwrap_or("it is slow");
            inner.warn(format!(
                "{kilobytes} KiB wait in the spool for the server ({why}): the next run sends them"
            ));
        }
        tell_dropped(&mut inner);
        Ok(())
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.shared.lock().is_stopping = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // At most as long as the server may take for one answer.
            let _ = thread.join();
        }
    }
}

fn run(shared: &Shared, target: &Target) {
    let mut pause = FIRST_PAUSE;
    // A request that is too large for the server is halved, and so are those after it.
    let mut halvings = 0;
    loop {
        let chunk = {
            let inner = shared.lock();
            let idle = |inner: &mut Inner| inner.spool.is_empty() && !inner.is_stopping;
            let waited = shared.changed.wait_while(inner, idle);
            let mut inner = waited.unwrap_or_else(PoisonError::into_inner);
            if inner.is_stopping {
                return;
            }
            match inner.spool.next() {
                Ok(Some(chunk)) => chunk,
                Ok(None) => continue,
                Err(error) => {
                    failed(&mut inner, error.with_causes());
                    drop(inner);
                    rest(shared, pause);
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    continue;
                }
            }
        };
        let mut chunk = chunk;
        for _ in 0..halvings {
            chunk = chunk.half().unwrap_or(chunk);
        }
        let answer = target.send(&chunk.lines);
        let mut inner = shared.lock();
        let wait = match answer {
            Answer::Taken => {
                inner.spool.done(&chunk);
                recovered(&mut inner);
                None
            }
            Answer::TooMany if chunk.half().is_some() => {
                halvings += 1;
                None
            }
            Answer::Refused(why) => put_aside(&mut inner, &chunk, &why),
            Answer::TooMany => put_aside(&mut inner, &chunk, "a line is too long"),
            Answer::Later(why, wait) => {
                failed(&mut inner, why);
                Some(wait.unwrap_or(pause).min(LONGEST_PAUSE))
            }
        };
        drop(inner);
        shared.changed.notify_all();
        match wait {
            Some(wait) => {
                rest(shared, wait);
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            None => pause = FIRST_PAUSE,
        }
    }
}

fn put_aside(inner: &mut Inner, chunk: &crate::spool::Chunk, why: &str) -> Option<Duration> {
    let lines = memchr::memchr_iter(b'\n', &chunk.lines).count();
    match inner.spool.put_aside(chunk) {
        Ok(()) => {
            inner.warn(format!(
                "the server refused a request of {lines} lines, which are now in `rejected.lp` of \
                 the spool: {why}"
            ));
            None
        }
        Err(error) => {
            failed(inner, error.with_causes());
            Some(LONGEST_PAUSE)
        }
    }
}

/// Waits, but not when it is time to stop.
fn rest(shared: &Shared, pause: Duration) {
    let end = Instant::now() + pause;
    let mut inner = shared.lock();
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if inner.is_stopping || left.is_zero() {
            return;
        }
        let waited = shared.changed.wait_timeout(inner, left);
        inner = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
}

fn refusing(why: &str) -> String {
    format!("the server does not take lines: {why}; they wait in the spool, and it is tried again")
}

fn failed(inner: &mut Inner, why: String) {
    if inner.trouble.is_none() {
        inner.warn(refusing(&why));
    }
    inner.trouble = Some(why);
    tell_dropped(inner);
}

fn recovered(inner: &mut Inner) {
    if inner.trouble.take().is_some() {
        inner.warn("the server takes lines again");
    }
    tell_dropped(inner);
}

/// Tells what had to go, now and then: at the first line, and ten times as many.
fn tell_dropped(inner: &mut Inner) {
    let dropped = inner.spool.dropped;
    if dropped > inner.told.saturating_mul(10) || (dropped > inner.told && inner.spool.is_empty()) {
        inner.told = dropped;
        inner.warn(format!(
            "the spool was full: {dropped} lines in all were dropped, the oldest first"
        ));
    }
}
