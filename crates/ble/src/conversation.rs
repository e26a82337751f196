//! Conversations: recordings as YAML that people read, write and keep as tests.
//!
//! A conversation says who the devices are, and then step by step what we wrote and what they
//! answered. It is the same as a recording of [`Journal`](crate::Journal), in another spelling: what
//! is played is the recording.
//!
//! ```yaml
//! conversation: 1
//! start: "2026-07-24T10:30:00Z"
//! source: { fossibot: { every: 5 s } }
//! names: { modbus: a002, request: c304, reply: c305 }
//! devices:
//!   - called: station
//!     id: "C0:FF:EE:00:00:01"
//!     name: POWER-0084
//!     mtu: 517
//!     services:
//!       - modbus:
//!           - request: [read, write]
//!           - reply: [read, notify]
//! steps:
//!   - { at: 0.1, seen: station }
//!   - { at: 0.3, connect: station }
//!   - { at: 0.33, subscribe: reply }
//!   - { at: 0.36, write: request, hex: "11 03 00 00 00 50 66 47" }
//!   - { at: 0.5, answer: reply, hex: "11 03 …" }
//!   - { at: 9.0, lost: station }
//! ```
//!
//! When something was asked for is not in it, only when it was done: playing needs no more. Nor is
//! the pipeline that was running.

mod known;
mod raw;
mod read;
mod write;

use std::io::{self, BufRead, Write};

use pipeline_plugin::ble::Uuid;
use pipeline_plugin::{Error, Result};

use crate::Redactor;
use crate::journal::{Entry, Head};
use crate::recorded::Recording;

/// The version of the format.
const VERSION: u32 = 1;

/// The most steps: a conversation is to be read by people. A file of 64 KB to a computer with short
/// packets takes half as many.
const MOST: usize = 20_000;

/// The longest text, in bytes: as many steps with packets of middling length.
const LONGEST: u64 = 8 << 20;

/// A recording in a form for people.
#[derive(Clone, Debug)]
pub struct Conversation {
    head: Head,
    entries: Vec<Entry>,
}

impl Conversation {
    /// The longest text of one, in bytes.
    pub const LONGEST: u64 = LONGEST;

    /// Whether a text begins as a conversation does: comments aside, with `conversation:`.
    pub fn is_begun_by(head: &[u8]) -> bool {
        let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let first = lines.find(|line| !matches!(*line, [] | [b'#', ..] | b"---"));
        first.is_some_and(|line| line.starts_with(b"conversation:"))
    }

    /// Reads one.
    ///
    /// # Errors
    ///
    /// What is wrong in it, and in which line or step.
    pub fn parse(yaml: &str) -> Result<Self> {
        read::conversation(yaml)
    }

    /// Everything in a recording, as far as it can be read.
    ///
    /// # Errors
    ///
    /// When it is too long to be read by people.
    pub fn of(mut recording: Recording<impl BufRead>) -> Result<Self> {
        let mut entries = Vec::new();
        while let Some(entry) = recording.next() {
            if entries.len() == MOST {
                let text = format!("the recording has more than {MOST} steps");
                return Err(Error::skip(text).with_help("record less, with `--for 30s`"));
            }
            entries.push(entry);
        }
        Ok(Self {
            head: Head {
                pipeline: None,
                ..recording.head().clone()
            },
            entries,
        })
    }

    /// The same without what tells whose devices they are, as `pipeline capture` records.
    #[must_use]
    pub fn redacted(mut self) -> Self {
        let redactor = Redactor::default();
        for entry in &mut self.entries {
            *entry = redactor.redact(entry);
        }
        // The settings may name the device.
        if let Some(source) = &mut self.head.source {
            let settings = redactor.text(&source.settings.to_string());
            source.settings = serde_json::from_str(&settings).unwrap_or_default();
        }
        self.head.device = self.head.device.map(|device| redactor.text(&device));
        self
    }

    /// How many steps it has.
    pub fn steps(&self) -> usize {
        self.entries.len()
    }

    /// The YAML. `names` are what people call services and characteristics.
    ///
    /// # Errors
    ///
    /// When a device changed its services, or had two connections at once: a conversation can't tell
    /// that.
    pub fn to_yaml(&self, names: &[(&str, Uuid)]) -> Result<String> {
        write::yaml(&self.head, &self.entries, names)
    }

    /// Writes the recording.
    ///
    /// # Errors
    ///
    /// When `to` can't be written.
    pub fn write_recording(&self, mut to: impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut to, &self.head)?;
        to.write_all(b"\n")?;
        for entry in &self.entries {
            serde_json::to_writer(&mut to, entry)?;
            to.write_all(b"\n")?;
        }
        to.flush()
    }
}
