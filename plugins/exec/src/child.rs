//! One program, its three pipes, and the threads at them.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use pipeline_plugin::{Context, Error, ErrorKind, Result};

use crate::Exec;

/// Lines that may wait on their way, in each direction.
const QUEUE: usize = 64;

/// How long a program may neither take nor say anything.
const SILENCE: Duration = Duration::from_secs(30);

/// How often to look whether the run is to stop.
const LOOK: Duration = Duration::from_millis(50);

/// The longest line of a program, in bytes.
const LONGEST: u64 = 64 << 20;

/// How much of its standard error is kept, in bytes: the end.
const ERRORS: usize = 2000;

/// A program that runs. Dropped, it is stopped.
pub(crate) struct Running {
    name: String,
    child: Child,
    /// Lines for it; none once its input has ended.
    lines: Option<SyncSender<String>>,
    said: Receiver<io::Result<String>>,
    errors: Option<JoinHandle<String>>,
    silence: Duration,
    cx: Context,
}

impl Running {
    /// Starts a program.
    pub(crate) fn start(exec: &Exec, cx: &Context) -> Result<Self> {
        exec.is_allowed()?;
        let name = exec.program().to_owned();
        let started = command(exec, &name)?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = started.map_err(|error| {
            Error::io(format!("run `{name}`"), error)
                .with_kind(ErrorKind::Plugin)
                .with_help("check `command`: the program's name or its whole path comes first")
        })?;
        let (lines, waiting) = sync_channel(QUEUE);
        let (say, said) = sync_channel(QUEUE);
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(input), Some(output), Some(errors)) = pipes else {
            return Err(Error::new(ErrorKind::Plugin, "the program has no pipes"));
        };
        let thread = |work: Box<dyn FnOnce() -> String + Send>| {
            let thread = thread::Builder::new().name("exec".to_owned()).spawn(work);
            thread.map_err(|error| Error::io("start a thread", error))
        };
        thread(Box::new(move || write(input, &waiting)))?;
        thread(Box::new(move || listen(output, &say)))?;
        let errors = Some(thread(Box::new(move || end_of(errors)))?);
        Ok(Self {
            name,
            child,
            lines: Some(lines),
            said,
            errors,
            silence: SILENCE,
            cx: cx.clone(),
        })
    }

    #[cfg(test)]
    pub(crate) fn with_silence(mut self, silence: Duration) -> Self {
        self.silence = silence;
        self
    }

    /// Gives it a line, and takes what it says meanwhile.
    pub(crate) fn tell(
        &mut self,
        line: String,
        hear: &mut dyn FnMut(&str) -> Result<()>,
    ) -> Result<()> {
        let mut line = Some(line);
        let mut since = Instant::now();
        while let Some(next) = line.take() {
            while let Ok(said) = self.said.try_recv() {
                self.heard(said, hear)?;
            }
            match self.lines.as_ref().map(|lines| lines.try_send(next)) {
                Some(Ok(())) => return Ok(()),
                // Its input is closed: its last words and how it ended say why.
                Some(Err(TrySendError::Disconnected(_))) | None => {
                    return Err(self.ended_early(hear));
                }
                Some(Err(TrySendError::Full(next))) => {
                    line = Some(next);
                    if let Some(said) = self.wait(since)? {
                        self.heard(said, hear)?;
                        since = Instant::now();
                    }
                }
            }
        }
        Ok(())
    }

    /// Ends its input, and takes what it still says.
    pub(crate) fn end(mut self, hear: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
        self.lines = None;
        let mut since = Instant::now();
        loop {
            match self.said.recv_timeout(LOOK) {
                Ok(said) => {
                    self.heard(said, hear)?;
                    since = Instant::now();
                }
                Err(RecvTimeoutError::Timeout) => self.may_wait(since)?,
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        // It has closed its output; now it ends.
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => return Err(self.failed(status)),
                Ok(None) => {
                    self.may_wait(since)?;
                    thread::sleep(Duration::from_millis(1));
                }
                Err(error) => return Err(Error::io(format!("wait for `{}`", self.name), error)),
            }
        }
    }

    fn wait(&self, since: Instant) -> Result<Option<io::Result<String>>> {
        match self.said.recv_timeout(LOOK) {
            Ok(said) => Ok(Some(said)),
            Err(_) => self.may_wait(since).map(|()| None),
        }
    }

    fn may_wait(&self, since: Instant) -> Result<()> {
        self.cx.cancel().check()?;
        if since.elapsed() < self.silence {
            return Ok(());
        }
        let seconds = self.silence.as_secs_f64();
        Err(self.broken(format!("neither took nor said anything for {seconds} s")))
    }

    fn heard(
        &self,
        said: io::Result<String>,
        hear: &mut dyn FnMut(&str) -> Result<()>,
    ) -> Result<()> {
        match said {
            Ok(line) if line.trim().is_empty() => Ok(()),
            Ok(line) => hear(&line),
            Err(error) => Err(self.broken(format!("said something that can't be read: {error}"))),
        }
    }

    /// It does not listen any more, although there is more to say.
    fn ended_early(&mut self, hear: &mut dyn FnMut(&str) -> Result<()>) -> Error {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(1) {
            match self.said.recv_timeout(LOOK) {
                Ok(said) => {
                    if let Err(error) = self.heard(said, hear) {
                        return error;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) if !status.success() => return self.failed(status),
                Ok(None) if begun.elapsed() < Duration::from_secs(1) => thread::sleep(LOOK),
                _ => return self.broken("stopped reading before the stream had ended"),
            }
        }
    }

    fn failed(&mut self, status: ExitStatus) -> Error {
        let said = self.errors.take().and_then(|errors| errors.join().ok());
        let said = said.unwrap_or_default();
        let said = said.trim();
        match said.lines().next_back() {
            Some(line) => self.broken(format!("ended with {status}: {line}")),
            None => self.broken(format!("ended with {status}, without a word")),
        }
    }

    pub(crate) fn broken(&self, what: impl std::fmt::Display) -> Error {
        let message = format!("the program `{}` {what}", self.name);
        Error::new(ErrorKind::Plugin, message)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program with its arguments, in its folder.
fn command(exec: &Exec, name: &str) -> Result<Command> {
    let mut command = Command::new(name);
    command.args(exec.command.iter().skip(1));
    if let Some(directory) = &exec.directory {
        // Of a folder that is not there the system says what it says of such a program.
        fs::read_dir(directory).map_err(|error| {
            Error::io(format!("run in `{}`", directory.display()), error)
                .with_kind(ErrorKind::Plugin)
                .with_help("check `directory`")
        })?;
        command.current_dir(directory);
    }
    Ok(command)
}

/// Writes lines until there are no more, or the program does not listen.
fn write(mut input: ChildStdin, lines: &Receiver<String>) -> String {
    for mut line in lines {
        line.push('\n');
        if input.write_all(line.as_bytes()).is_err() {
            break;
        }
    }
    String::new()
}

/// Reads lines until there are no more, or nobody wants them.
fn listen(output: ChildStdout, say: &SyncSender<io::Result<String>>) -> String {
    let mut output = BufReader::new(output);
    loop {
        let mut line = Vec::new();
        let read = output.by_ref().take(LONGEST).read_until(b'\n', &mut line);
        let said = match read {
            Ok(0) => break,
            Ok(read) if read as u64 == LONGEST => Err(io::Error::other("a line without an end")),
            Ok(_) => String::from_utf8(line).map_err(|_| io::Error::other("no UTF-8")),
            Err(error) => Err(error),
        };
        let failed = said.is_err();
        if say.send(said).is_err() || failed {
            break;
        }
    }
    String::new()
}

/// The end of what the program says on standard error.
fn end_of(mut errors: ChildStderr) -> String {
    let mut kept = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = errors.read(&mut buffer) {
        kept.extend_from_slice(buffer.get(..read).unwrap_or_default());
        kept.drain(..kept.len().saturating_sub(ERRORS));
    }
    String::from_utf8_lossy(&kept).into_owned()
}
