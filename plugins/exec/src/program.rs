//! A running program, with a thread for each of its pipes.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use pipeline_plugin::units::{self, Quantity};
use pipeline_plugin::{Context, Error, ErrorKind, Header, Item, Result, Summary};
use serde::Serialize;

use crate::line::{Around, Said, parse};

/// Lines that wait in either direction.
const QUEUE: usize = 64;

/// The longest line of a program, in bytes: a batch of 256 rows has 50 kB.
const LINE: u64 = 16 << 20;

/// How often a full queue is looked at again, and a program that has closed its output.
const TICK: Duration = Duration::from_millis(5);

/// How many lines of standard error become warnings.
const WARNINGS: usize = 20;

/// What to start, and how long to wait for it.
pub(crate) struct Command {
    words: Vec<String>,
    patience: Duration,
}

impl Command {
    pub(crate) fn new(words: &[String], timeout: units::Duration) -> Self {
        Self {
            words: words.to_vec(),
            patience: Duration::try_from_secs_f64(Quantity::value(timeout))
                .unwrap_or(Duration::MAX),
        }
    }
}

/// A running program. Dropped before its end, it is killed.
#[derive(Debug)]
pub(crate) struct Program {
    name: String,
    child: Child,
    /// `None` once everything has been said to it.
    to: Option<SyncSender<String>>,
    from: Receiver<String>,
    errors: Option<thread::JoinHandle<Option<String>>>,
    lines: u64,
    patience: Duration,
    context: Context,
}

impl Program {
    /// Starts the program and tells it the header.
    pub(crate) fn start(command: &Command, header: &Header, cx: &Context) -> Result<Self> {
        let (name, arguments) = match command.words.split_first() {
            Some((name, arguments)) => (name.clone(), arguments),
            None => return Err(Error::skip("`command` names no program")),
        };
        let child = std::process::Command::new(&name)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.map_err(|error| {
            Error::io(format!("start `{name}`"), error)
                .with_kind(ErrorKind::Plugin)
                .with_help("check the name; what stands beside the pipeline file begins with `./`")
        })?;
        let (to, for_writer) = sync_channel::<String>(QUEUE);
        let (for_reader, from) = sync_channel::<String>(QUEUE);
        // There is room for one.
        let _ = to.send(text(&Around::Open(header))?);
        if let Some(stdin) = child.stdin.take() {
            thread::spawn(move || write_all(stdin, &for_writer));
        }
        if let Some(stdout) = child.stdout.take() {
            thread::spawn(move || read_all(stdout, &for_reader));
        }
        let context = cx.clone();
        let errors = child
            .stderr
            .take()
            .map(|stderr| thread::spawn(move || warn_all(stderr, &context)));
        Ok(Self {
            name,
            child,
            to: Some(to),
            from,
            errors,
            lines: 0,
            patience: command.patience,
            context: cx.clone(),
        })
    }

    /// Tells it an item; what it says meanwhile goes to `said`.
    pub(crate) fn item(
        &mut self,
        item: &Item,
        said: &mut dyn FnMut(Said) -> Result<()>,
    ) -> Result<()> {
        self.tell(item, said)
    }

    /// Tells it the summary and the end, and waits for its own.
    pub(crate) fn finish(
        &mut self,
        summary: &Summary,
        said: &mut dyn FnMut(Said) -> Result<()>,
    ) -> Result<()> {
        self.tell(&Around::Finish(summary), said)?;
        self.to = None;
        let mut last = Instant::now();
        loop {
            match self.from.recv_timeout(TICK) {
                Ok(line) => {
                    said(self.parse(&line)?)?;
                    last = Instant::now();
                }
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => self.wait_since(last)?,
            }
        }
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return self.judge(status),
                Ok(None) => self.wait_since(last)?,
                Err(error) => return Err(Error::io(format!("wait for `{}`", self.name), error)),
            }
            thread::sleep(TICK);
        }
    }

    fn tell(
        &mut self,
        line: &impl Serialize,
        said: &mut dyn FnMut(Said) -> Result<()>,
    ) -> Result<()> {
        let mut text = text(line)?;
        let mut last = Instant::now();
        loop {
            while let Ok(line) = self.from.try_recv() {
                said(self.parse(&line)?)?;
                last = Instant::now();
            }
            let Some(to) = &self.to else {
                return Err(self.broke_off());
            };
            text = match to.try_send(text) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Full(text)) => text,
                Err(TrySendError::Disconnected(_)) => return Err(self.broke_off()),
            };
            self.wait_since(last)?;
            // It may be waiting until somebody takes what it says.
            if let Ok(line) = self.from.recv_timeout(TICK) {
                said(self.parse(&line)?)?;
                last = Instant::now();
            }
        }
    }

    fn parse(&mut self, line: &str) -> Result<Said> {
        self.lines += 1;
        parse(line).map_err(|error| {
            let (name, number) = (&self.name, self.lines);
            let message = format!("`{name}` wrote no item in line {number} of its output");
            Error::new(ErrorKind::Plugin, message)
                .with_source(error)
                .with_help("a line is one item as `pipeline run --tap` shows it; write all else to standard error")
        })
    }

    /// An error once the program has been silent for too long, or the run is to stop.
    fn wait_since(&self, last: Instant) -> Result<()> {
        self.context.cancel().check()?;
        if last.elapsed() < self.patience {
            return Ok(());
        }
        let message = format!(
            "`{}` was silent for {} s",
            self.name,
            self.patience.as_secs_f64()
        );
        Err(Error::new(ErrorKind::Plugin, message)
            .with_help("let it take its input to the end, or raise `timeout`"))
    }

    /// The program no longer listens: what it said last, or how it ended, says why.
    fn broke_off(&mut self) -> Error {
        while let Ok(line) = self.from.recv_timeout(self.patience) {
            if let Err(error) = self.parse(&line) {
                return error;
            }
        }
        let status = self.child.wait();
        match status.map(|status| self.judge(status)) {
            Ok(Err(error)) => error,
            _ => Error::new(
                ErrorKind::Plugin,
                format!("`{}` ended before its input did", self.name),
            )
            .with_help("read standard input to its end"),
        }
    }

    fn judge(&mut self, status: ExitStatus) -> Result<()> {
        let last = self.errors.take().and_then(|thread| thread.join().ok());
        let last = last.flatten();
        if status.success() {
            if let Some(last) = last {
                self.context.warn(last);
            }
            return Ok(());
        }
        let mut message = match status.code() {
            Some(code) => format!("`{}` ended with exit code {code}", self.name),
            None => format!("`{}` was killed", self.name),
        };
        if let Some(last) = last {
            message = format!("{message}: {last}");
        }
        Err(Error::new(ErrorKind::Plugin, message))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Before its input ends: without `finish` it must not take the stream for complete.
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        self.to = None;
    }
}

fn text(line: &impl Serialize) -> Result<String> {
    let mut text = serde_json::to_string(line)
        .map_err(|error| Error::new(ErrorKind::Plugin, error.to_string()))?;
    text.push('\n');
    Ok(text)
}

/// Writes lines until there are no more, or nobody reads them.
fn write_all(stdin: ChildStdin, lines: &Receiver<String>) {
    let mut stdin = BufWriter::new(stdin);
    while let Ok(line) = lines.recv() {
        if stdin.write_all(line.as_bytes()).is_err() {
            return;
        }
        for line in lines.try_iter() {
            if stdin.write_all(line.as_bytes()).is_err() {
                return;
            }
        }
        // It waits for nothing that we keep.
        if stdin.flush().is_err() {
            return;
        }
    }
}

/// Reads lines until there are no more, or nobody wants them.
fn read_all(stdout: impl Read, lines: &SyncSender<String>) {
    let mut stdout = BufReader::new(stdout);
    loop {
        let mut line = Vec::new();
        match stdout.by_ref().take(LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let line = String::from_utf8_lossy(line.trim_ascii()).into_owned();
        if !line.is_empty() && lines.send(line).is_err() {
            return;
        }
    }
}

/// Passes standard error on as warnings, but for the last line: it may say why the program failed.
fn warn_all(stderr: impl Read, cx: &Context) -> Option<String> {
    const TEXT: u64 = 4096;
    let mut stderr = BufReader::new(stderr);
    let (mut count, mut last) = (0, None);
    loop {
        let mut line = Vec::new();
        match stderr.by_ref().take(TEXT).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
        let line = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
        if line.trim().is_empty() {
            continue;
        }
        if let Some(line) = last.replace(line) {
            count += 1;
            if count <= WARNINGS {
                cx.warn(line);
            }
        }
    }
    if count > WARNINGS {
        cx.warn(format!("{} more lines on standard error", count - WARNINGS));
    }
    last
}
