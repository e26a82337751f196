use std::fmt;
use std::io::{BufRead, Read};
use std::time::Duration;

use pipeline_plugin::ble::Uuid;
use pipeline_plugin::{Error, Result};

use crate::journal::{Entry, Head, VERSION};

/// The longest first line, which holds a pipeline: that has at most 256 KiB, and escapes.
const LONGEST_HEAD: u64 = 4 << 20;

/// The longest of the others: the services of a device take a few kilobytes.
const LONGEST: u64 = 64 << 10;

/// No run lasts longer, in microseconds: a time behind that is damaged, and waiting for it would take
/// long even on a virtual clock.
const LONGEST_RUN: i64 = 366 * 86_400 * 1_000_000;

/// A recording, of which the first line has been read.
pub struct Recording<R> {
    from: R,
    head: Head,
    line: u64,
    buffer: Vec<u8>,
    /// Nothing more comes.
    over: bool,
    damage: Option<String>,
}

/// What is in a recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// How many values devices sent by themselves.
    pub values: u64,
    /// From the start to the last thing that happened.
    pub duration: Duration,
    /// How many of its streams are delivered.
    pub delivered: u32,
    /// The services of every device that it connected to, each once.
    pub services: Vec<Uuid>,
    /// Where and why it can't be read further.
    pub damage: Option<String>,
}

impl<R: BufRead> Recording<R> {
    /// Reads the first line.
    ///
    /// # Errors
    ///
    /// When it is no recording, or one of a newer version.
    pub fn new(mut from: R) -> Result<Self> {
        let mut buffer = Vec::new();
        from.by_ref()
            .take(LONGEST_HEAD)
            .read_until(b'\n', &mut buffer)
            .map_err(|error| Error::io("read the recording", error))?;
        Ok(Self {
            head: head(&buffer)?,
            from,
            line: 1,
            buffer,
            over: false,
            damage: None,
        })
    }

    /// Reads the rest, and tells what is in it.
    pub fn survey(mut self) -> Survey {
        let mut survey = Survey::default();
        while let Some(entry) = self.next() {
            let t = u64::try_from(entry.t()).unwrap_or_default();
            survey.duration = survey.duration.max(Duration::from_micros(t));
            match entry {
                Entry::Value { .. } => survey.values += 1,
                Entry::Delivered { streams, .. } => survey.delivered = streams,
                Entry::Connected { services, .. } => {
                    survey
                        .services
                        .extend(services.iter().map(|line| line.uuid.0));
                    survey.services.sort_unstable();
                    survey.services.dedup();
                }
                _ => {}
            }
        }
        survey.damage = self.damage;
        survey
    }

    /// The same from any kind of file.
    pub(super) fn boxed(self) -> Recording<Box<dyn BufRead + Send>>
    where
        R: Send + 'static,
    {
        Recording {
            from: Box::new(self.from),
            head: self.head,
            line: self.line,
            buffer: self.buffer,
            over: self.over,
            damage: self.damage,
        }
    }

    /// What is recorded.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// What is wrong with it, as far as it was read.
    pub(super) fn damage(&self) -> Option<&str> {
        self.damage.as_deref()
    }

    /// The next thing that happened; `None` at the end. A line that is no such thing is the end,
    /// and if another one follows, the recording is damaged: what comes after a hole may belong to
    /// what is missing.
    pub(crate) fn next(&mut self) -> Option<Entry> {
        while !self.over {
            self.buffer.clear();
            self.line += 1;
            let read = self.from.by_ref().take(LONGEST);
            // Without the braces, `read_until` would take the file itself.
            let result = { read }.read_until(b'\n', &mut self.buffer);
            if let Err(error) = result {
                self.end(Some(format!("can't be read: {error}")));
                return None;
            }
            let Some((b'\n', line)) = self.buffer.split_last() else {
                // Nothing, or half a line: this is how far writing got.
                let long = self.buffer.len() as u64 == LONGEST;
                self.end(long.then(|| "is longer than any line of a recording".to_owned()));
                return None;
            };
            if line.trim_ascii().is_empty() {
                continue;
            }
            match serde_json::from_slice::<Entry>(line) {
                Ok(entry) if (0..LONGEST_RUN).contains(&entry.t()) => return Some(entry),
                Ok(_) => self.end(Some("has an impossible time".to_owned())),
                Err(error) => self.end(Some(format!("isn't what stands in a recording: {error}"))),
            }
        }
        None
    }

    fn end(&mut self, damage: Option<String>) {
        self.over = true;
        let line = self.line;
        self.damage = damage
            .map(|what| format!("line {line} of the recording {what}; it was played up to there"));
    }
}

impl<R> fmt::Debug for Recording<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("head", &self.head)
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}

fn head(line: &[u8]) -> Result<Head> {
    let no_recording = || {
        Error::skip("this is no recording of Bluetooth devices")
            .with_help("recordings are made by `pipeline run --record FILE` and `pipeline capture`")
    };
    if line.is_empty() {
        return Err(Error::skip("the recording is empty"));
    }
    let value: serde_json::Value = serde_json::from_slice(line).map_err(|_| no_recording())?;
    match value.get("capture").and_then(serde_json::Value::as_u64) {
        Some(version) if version == u64::from(VERSION) => {}
        Some(version) => {
            let text = format!("the recording has version {version}, this program knows {VERSION}");
            return Err(Error::skip(text).with_help("update pipeline"));
        }
        None => return Err(no_recording()),
    }
    serde_json::from_value(value).map_err(|error| {
        Error::skip("the first line of the recording is damaged").with_source(error)
    })
}
