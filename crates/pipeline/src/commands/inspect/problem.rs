//! What is wrong with a file, and where, for people.

use fit::{Problem, ProblemKind, Problems, Severity};

use super::developer::message_name;
use super::totals::from_fit;
use crate::words;

/// Something wrong with a file.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) severity: &'static str,
    /// Where, in bytes from the start of the file.
    pub(super) offset: u64,
    /// Where, in lines from 1, if the file has lines.
    pub(super) line: Option<u64>,
    pub(super) message: String,
    /// How often; the place is that of the first.
    pub(super) count: u64,
}

/// The file is not as it was written, or can't be read to its end.
pub(super) const ERROR: &str = "error";
/// Odd, but nothing is lost.
pub(super) const WARNING: &str = "warning";
/// Put right while reading.
pub(super) const REPAIR: &str = "repair";

impl Fault {
    /// The problems of a FIT file, those that say the same once.
    pub(super) fn all_of_fit(problems: &Problems) -> Vec<Self> {
        let mut faults: Vec<_> = problems
            .counted()
            .map(|(problem, count)| Self::of_fit(problem, count))
            .collect();
        if let (Some(last), count @ 1..) = (problems.last(), problems.omitted()) {
            let message = "and other problems in the file".to_owned();
            faults.push(Self {
                message,
                ..Self::of_fit(last, count)
            });
        }
        faults
    }

    fn of_fit(problem: &Problem, count: u64) -> Self {
        Self {
            severity: match problem.severity() {
                Severity::Error => ERROR,
                Severity::Warning => WARNING,
            },
            offset: problem.offset as u64,
            line: None,
            message: message(&problem.kind),
            count,
        }
    }

    pub(super) fn of_tcx(error: &tcx::Error) -> Self {
        let mut message = error.kind.to_string();
        if let tcx::ErrorKind::Io(cause) = &error.kind {
            message = format!("{message}: {cause}");
        }
        if !error.path.is_empty() {
            message = format!("{message}, in `{}`", error.path);
        }
        Self {
            severity: ERROR,
            offset: error.offset,
            line: Some(error.line),
            message,
            count: 1,
        }
    }

    pub(super) fn of_repair(repair: &tcx::Repair) -> Self {
        let mut message = repair.kind.to_string();
        if !repair.sample.is_empty() {
            message = format!("{message}: `{}`", repair.sample);
        }

        Self {
            severity: REPAIR,
            offset: repair.offset,
            line: Some(repair.line),
            message,
            count: repair.count,
        }
    }

    /// What is wrong, and how often, for the terminal.
    pub(super) fn text(&self) -> String {
        let message = words::clean(&self.message);
        if self.count > 1 {
            format!("{message} ({} times)", self.count)
        } else {
            message
        }
    }

    /// `byte 769` or `line 12`.
    pub(super) fn place(&self) -> String {
        match self.line {
            Some(line) => format!("line {line}"),
            None => format!("byte {}", self.offset),
        }
    }
}

/// The text of a problem, with names and dates for the numbers that the format crate gives.
fn message(kind: &ProblemKind) -> String {
    match kind {
        ProblemKind::MessageMissing { number } => {
            format!(
                "expected a message `{}` in an activity",
                message_name(*number)
            )
        }
        ProblemKind::MessageRepeated { number, found } => {
            let name = message_name(*number);
            format!("expected one message `{name}` in an activity, found {found}")
        }
        ProblemKind::FileIdMissing { found } => {
            let name = message_name(*found);
            format!("expected `file_id` as the first message, found `{name}`")
        }
        ProblemKind::TimeReversed { before, after } => {
            let time = |seconds: u32| {
                from_fit(seconds).map_or_else(|| format!("{seconds} s"), |time| time.to_string())
            };
            let (before, after) = (time(*before), time(*after));
            format!("expected record times to ascend, found {after} after {before}")
        }
        kind => kind.to_string(),
    }
}

/// How many problems of a severity there are.
pub(super) fn count(faults: &[Fault], severity: &str) -> u64 {
    let of_it = faults.iter().filter(|fault| fault.severity == severity);
    of_it.map(|fault| fault.count).sum()
}
