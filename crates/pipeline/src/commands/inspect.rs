//! `pipeline inspect`: what is in a file and whether it is sound.
//!
//! A file is read once into a small typed model, which is then written as text for people or as
//! JSON. Nothing here changes a file or judges a training.

mod developer;
mod diff;
mod fit_file;
mod input;
mod json;
mod laps;
mod maker;
mod messages;
mod page;
mod part;
mod problem;
mod selection;
mod session;
mod shown;
mod table;
mod tcx_file;
mod text;
mod totals;
mod zones;

use clap::Args;
use pipeline_engine::{InputPath, find_inputs, has_ending};
use pipeline_plugin::Error;

use super::fit_files::failed;
use crate::output::result_line;
use crate::{exit, words};
use fit_file::FitFile;
use input::Content;
use selection::Selection;
use tcx_file::TcxFile;

/// Show what is in FIT and TCX files, and whether they are sound
///
/// Checks the whole file and tells who made it, what was done, its laps, zones and developer
/// fields. What is left of a damaged file is shown, with every fault and its place.
#[derive(Args)]
#[command(after_help = exit::HELP, override_usage = "pipeline inspect [OPTIONS] <FILE>...")]
pub(crate) struct Inspect {
    /// Files, folders or globs; `-` is standard input
    #[arg(value_name = "FILE", required_unless_present = "messages")]
    files: Vec<String>,

    /// Print the messages of FIT files instead, one a line: all, or only those of these names or
    /// numbers, such as `record,lap`
    #[arg(long, value_name = "NAMES", num_args = 0..=1, default_missing_value = selection::ALL)]
    messages: Option<String>,

    /// Compare two FIT files message by message; exit code 1 if they differ
    #[arg(long)]
    diff: bool,

    /// Show every lap, problem and difference, however many there are
    #[arg(long)]
    all: bool,

    /// Print JSON Lines: one object a file, or a message with `--messages`
    #[arg(long)]
    json: bool,
}

/// How a file turned out; of several files the worst counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// As it was written, oddities aside.
    Sound,
    /// Part of it could be read.
    Damaged,
    /// Nothing could be read.
    Unreadable,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Sound => "valid",
            Self::Damaged => "damaged",
            Self::Unreadable => "unreadable",
        }
    }
}

/// What to show of each file, and how.
struct View {
    messages: Option<Selection>,
    all: bool,
    json: bool,
}

pub(crate) fn run(args: &Inspect) -> u8 {
    let mut files = args.files.clone();
    let messages = match selection::of(args.messages.as_deref(), &mut files) {
        Ok(selection) => selection,
        Err(error) => {
            failed("", &error, args.json);
            return exit::USAGE;
        }
    };
    let view = View {
        messages,
        all: args.all,
        json: args.json,
    };
    if args.diff {
        return view.diff(&files);
    }
    let endings = ["fit", "tcx"].map(str::to_owned);
    let (inputs, errors) = find_inputs(&files, &endings);
    let mut outcomes = vec![Outcome::Unreadable; errors.len()];
    for failure in &errors {
        failed(&failure.input, &failure.error, view.json);
    }
    if inputs.is_empty() && errors.is_empty() {
        eprintln!("nothing to inspect: there are no .fit or .tcx files");
    }
    for (index, input) in inputs.iter().enumerate() {
        if index > 0 && !view.json && view.messages.is_none() {
            result_line("");
        }
        outcomes.push(view.show(input));
    }
    if !view.json {
        tell_of_repair(&inputs, &outcomes[errors.len()..]);
    }
    code(&outcomes)
}

/// Says what can be done about FIT files that are damaged.
fn tell_of_repair(inputs: &[InputPath], outcomes: &[Outcome]) {
    let damaged: Vec<_> = inputs
        .iter()
        .zip(outcomes)
        .filter(|(input, outcome)| {
            let InputPath::File(path) = input else {
                return false;
            };
            **outcome == Outcome::Damaged && has_ending(path, &["fit".to_owned()])
        })
        .map(|(input, _)| words::clean(&input.name()))
        .collect();
    if let [first, rest @ ..] = &damaged[..] {
        let more = if rest.is_empty() { "" } else { " …" };
        eprintln!("help: make a sound copy with `pipeline repair {first}{more}`");
    }
}

/// The exit code for all files.
fn code(outcomes: &[Outcome]) -> u8 {
    let all = |one| outcomes.iter().all(|outcome| *outcome == one);
    if all(Outcome::Sound) {
        exit::DONE
    } else if all(Outcome::Unreadable) {
        exit::FAILED
    } else {
        exit::PARTIAL
    }
}

impl View {
    fn show(&self, input: &InputPath) -> Outcome {
        let name = input.name();
        match input::open(input) {
            Ok(Content::Fit(bytes)) => self.fit(&name, &bytes),
            Ok(Content::Tcx { bytes, size }) if self.messages.is_none() => {
                let file = TcxFile::read(bytes, size);
                result_line(&if self.json {
                    json::of_tcx(&name, &file).to_string()
                } else {
                    text::of_tcx(&name, &file, self.all)
                });
                file.outcome()
            }
            Ok(Content::Tcx { .. }) => {
                let error = Error::skip("a TCX file has no messages");
                let help = "`--messages` is for FIT files; leave it away";
                failed(&name, &error.with_help(help), self.json);
                Outcome::Unreadable
            }
            Err(error) => {
                failed(&name, &error, self.json);
                Outcome::Unreadable
            }
        }
    }

    fn fit(&self, name: &str, bytes: &[u8]) -> Outcome {
        let file = FitFile::read(bytes);
        if let Some(selection) = &self.messages {
            messages::print(name, bytes, &file, selection, self.json);
        } else if self.json {
            result_line(&json::of_fit(name, &file).to_string());
        } else {
            result_line(&text::of_fit(name, &file, self.all));
        }
        file.outcome()
    }

    /// Compares two files; the exit code tells whether they are the same.
    fn diff(&self, files: &[String]) -> u8 {
        let [one, other] = files else {
            eprintln!("error: `--diff` compares two files, not {}", files.len());
            eprintln!("help: write `pipeline inspect --diff A.fit B.fit`");
            return exit::USAGE;
        };
        let mut contents = Vec::new();
        for name in [one, other] {
            let input = match name.as_str() {
                "-" => InputPath::Standard,
                name => InputPath::File(name.into()),
            };
            let bytes = match input::open(&input) {
                Ok(Content::Fit(bytes)) => Ok(bytes),
                Ok(Content::Tcx { .. }) => Err(Error::skip("`--diff` compares FIT files")
                    .with_help("`pipeline convert` makes a FIT file of it")),
                Err(error) => Err(error),
            };
            match bytes {
                Ok(bytes) => contents.push(diff::Side { name, bytes }),
                Err(error) => {
                    failed(name, &error, self.json);
                    return exit::FAILED;
                }
            }
        }
        let Ok(sides) = <[diff::Side<'_>; 2]>::try_from(contents) else {
            return exit::FAILED;
        };
        if diff::print(&sides, self.messages.as_ref(), self.all, self.json) {
            exit::DONE
        } else {
            exit::FAILED
        }
    }
}

/// A name from outside, fit for the terminal and set off from the text around it.
fn quoted(name: &str) -> String {
    format!("`{}`", words::clean(name))
}
