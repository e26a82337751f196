//! What is noted of inputs: that all of one is delivered, or that it is bad.

use std::collections::HashSet;
use std::path::PathBuf;

use pipeline_plugin::{Error, ErrorKind, OutputFile, Result};

use super::{Courier, GivenUp, InputDone, InputResult, Note};
use crate::ledger::Publishing;
use crate::platform;
use crate::publish::{Published, publish};
use crate::report::{Failure, Report};

impl Courier<'_> {
    /// An input that is not read: it was delivered, or is bad for that reason.
    pub(super) fn unwanted(&mut self, input: String, error: Option<Error>) -> Report {
        let Some(error) = error else {
            self.totals.already += 1;
            return Report::Known(input);
        };
        self.totals.quarantined += 1;
        Report::Failed(Failure {
            input,
            error,
            known: true,
        })
    }

    /// Notes an input of a source, if everything of it has reached every sink.
    pub(super) fn note(&mut self, note: Note, ledger: Option<&Publishing<'_>>) -> Result<()> {
        let complete = !self.incomplete.remove(&note.input);
        if let (Some(ledger), true) = (ledger, complete) {
            for destination in self.destinations {
                ledger.note_input(&note.key, &destination.name, &note.name)?;
            }
        }
        let is_noted = complete && ledger.is_some();
        self.answers.push(Box::new(move || {
            let _ = note.noted.send(is_noted);
        }));
        Ok(())
    }

    /// Keeps the bytes of a bad input, if there are any, and notes that it is bad.
    pub(super) fn give_up(
        &mut self,
        bad: GivenUp,
        ledger: Option<&Publishing<'_>>,
        folders: &mut HashSet<PathBuf>,
    ) -> Result<Option<Failure>> {
        let mut error = bad.error;
        if let Some(file) = bad.file {
            match keep(file) {
                Ok(path) => {
                    folders.extend(path.parent().map(PathBuf::from));
                    let text = format!("{}; kept as `{}`", error.with_causes(), path.display());
                    error = Error::new(error.kind(), text)
                        .with_help("`pipeline repair` may mend the kept file");
                }
                Err(error) => {
                    let _ = bad.kept.send(Err(error));
                    return Ok(None);
                }
            }
        }
        self.totals.quarantined += 1;
        self.totals.note(error.kind());
        if let (Some(ledger), Some(key)) = (ledger, &bad.key) {
            ledger.note_quarantine(key, &self.settings, &bad.name, &error)?;
        }
        self.answers.push(Box::new(move || {
            let _ = bad.kept.send(Ok(()));
        }));
        Ok(Some(Failure {
            input: bad.name,
            error,
            known: false,
        }))
    }

    /// An input is done: notes it, if everything of it has reached every sink, or that it is bad.
    pub(super) fn input(
        &mut self,
        done: InputDone,
        ledger: Option<&Publishing<'_>>,
        reports: &mut Vec<Report>,
    ) -> Result<()> {
        self.note_state(&done.state, ledger)?;
        let name = self.names[done.input].clone();
        let incomplete = self.incomplete.remove(&done.input);
        match done.result {
            InputResult::Read => {
                if let (Some(ledger), Some(key), false) = (ledger, &done.key, incomplete) {
                    for destination in self.destinations {
                        ledger.note_input(key, &destination.name, &name)?;
                    }
                }
            }
            InputResult::Known => reports.push(self.unwanted(name, None)),
            InputResult::KnownBad(error) => reports.push(self.unwanted(name, Some(error))),
            InputResult::Failed(error) if error.kind() == ErrorKind::Cancelled => {
                self.totals.left += 1;
            }
            InputResult::Left(count) => self.totals.left += count,
            InputResult::Failed(error) => {
                self.totals.quarantined += 1;
                self.totals.note(error.kind());
                if let (Some(ledger), Some(key), ErrorKind::Skip) =
                    (ledger, &done.key, error.kind())
                {
                    ledger.note_quarantine(key, &self.settings, &name, &error)?;
                }
                reports.push(Report::Failed(Failure {
                    input: name,
                    error,
                    known: false,
                }));
            }
        }
        reports.push(Report::InputDone);
        Ok(())
    }
}

/// Makes the bytes of a bad input durable and visible in the folder for them.
fn keep(file: OutputFile) -> Result<PathBuf> {
    let path = file.folder().join(file.name());
    platform::sync_file(file.file())
        .map_err(|error| Error::io(format!("write `{}`", path.display()), error))?;
    Ok(match publish(file, false)? {
        Published::New(path) | Published::Renamed(path) | Published::Already(path) => path,
    })
}
