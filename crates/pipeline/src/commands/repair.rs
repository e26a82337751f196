//! `pipeline repair`.

mod steps;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Args;
use fit::{Repaired, Unrepairable};
use pipeline_engine::{InputPath, Written, find_inputs, write_as, write_beside};
use pipeline_plugin::Error;
use serde_json::{Value, json};

use super::fit_files::{failed, help_for_other, is_same, read};
use crate::output::result_line;
use crate::{exit, words};

/// Make sound FIT files out of damaged ones
///
/// For files that break off because the battery was empty, that carry padding, or that lost some
/// bytes on the way. Every whole message is kept byte by byte; sizes and checksums are made right,
/// and an activity without its end gets one: the stop of the timer, the last lap, the session and
/// the activity, computed from its laps and records. What was done is told. The damaged file is
/// never touched: the sound one is written beside it as NAME.repaired.fit.
#[derive(Args)]
#[command(after_help = exit::HELP)]
pub(crate) struct Repair {
    /// Files, folders or globs; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,

    /// File to write instead of NAME.repaired.fit; only for a single FILE
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,

    /// Replace OUT if it exists
    #[arg(long, requires = "output")]
    force: bool,

    /// Tell what would be done, and write nothing
    #[arg(long)]
    dry_run: bool,

    /// Print JSON Lines, one object a file
    #[arg(long)]
    json: bool,
}

/// How a file turned out.
enum Outcome {
    /// Nothing was to be done.
    Sound,
    /// It was repaired, or would be.
    Repaired(Repaired, Delivery),
}

/// Where the sound file is.
enum Delivery {
    Written(PathBuf),
    /// It was there before.
    Already(PathBuf),
    /// It is not to be written.
    Would,
}

/// Why a file could not be repaired.
struct Failure {
    code: u8,
    error: Error,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            code: exit::code_of(&error),
            error,
        }
    }
}

pub(crate) fn run(args: &Repair) -> u8 {
    let (inputs, errors) = find_inputs(&args.files, &["fit".to_owned()]);
    let mut codes: Vec<u8> = errors.iter().map(|_| exit::FAILED).collect();
    for failure in &errors {
        failed(&failure.input, &failure.error, args.json);
    }
    if let Some(code) = refusal(args, &inputs) {
        return code;
    }
    if inputs.is_empty() && errors.is_empty() {
        eprintln!("nothing to repair: there are no .fit files");
    }
    for input in &inputs {
        let name = input.name();
        codes.push(match repair(input, args) {
            Ok(outcome) => {
                tell(&name, &outcome, args.json);
                exit::DONE
            }
            Err(Failure { code, error }) => {
                failed(&name, &error, args.json);
                code
            }
        });
    }
    exit::of_all(&codes)
}

/// What is wrong with the command line, as far as the inputs show it.
fn refusal(args: &Repair, inputs: &[InputPath]) -> Option<u8> {
    let refuse = |message: &str, help: &str| {
        eprintln!("error: {message}\nhelp: {help}");
        Some(exit::USAGE)
    };
    match &args.output {
        Some(_) if inputs.len() > 1 => refuse(
            "several files can't be repaired into one",
            "leave `--output` away: each is written beside its original",
        ),
        Some(output) if inputs.iter().any(|input| is_same(input, output)) => refuse(
            &format!(
                "`{}` is the damaged file itself, which is never touched",
                words::path(output)
            ),
            "choose another name",
        ),
        None if inputs.contains(&InputPath::Standard) => refuse(
            "standard input has no name of its own",
            "say where to write with `--output OUT`",
        ),
        _ => None,
    }
}

fn repair(input: &InputPath, args: &Repair) -> Result<Outcome, Failure> {
    let damaged = read(input)?;
    let repaired = match fit::repair(&damaged) {
        Ok(None) => return Ok(Outcome::Sound),
        Ok(Some(repaired)) => repaired,
        Err(error) => return Err(unrepairable(&error, &damaged)),
    };
    // A file that isn't better than the damaged one must not look as if it were.
    if !fit::inspect(&repaired.file).is_valid() {
        let error = Error::skip("what was made of it isn't sound either")
            .with_help("please report it with the file; nothing was written");
        return Err(error.into());
    }
    let delivery = if args.dry_run {
        Delivery::Would
    } else if let Some(output) = &args.output {
        write_as(&repaired.file, output, args.force)?;
        Delivery::Written(output.clone())
    } else {
        let (folder, name) = beside(input);
        match write_beside(&repaired.file, &folder, &name)? {
            Written::New(path) => Delivery::Written(path),
            Written::Already(path) => Delivery::Already(path),
        }
    };
    Ok(Outcome::Repaired(repaired, delivery))
}

const OTHER_COPY: &str = "look for another copy on the device, which may still have the whole file";

/// Nothing of the file can be kept, or it is no FIT file.
fn unrepairable(error: &Unrepairable, bytes: &[u8]) -> Failure {
    let (code, help) = match error {
        Unrepairable::NoFit if bytes.is_empty() => (exit::PARTIAL, Some(OTHER_COPY)),
        Unrepairable::NoFit => (
            exit::PARTIAL,
            help_for_other(bytes).or(Some("`repair` is for FIT files")),
        ),
        Unrepairable::Nothing => (exit::PARTIAL, Some(OTHER_COPY)),
        Unrepairable::Protocol { .. } => (exit::PARTIAL, None),
        _ => (exit::FAILED, None),
    };
    let error = if bytes.is_empty() {
        Error::skip("the file is empty")
    } else {
        Error::skip(error.to_string())
    };
    let error = match help {
        Some(help) => error.with_help(help),
        None => error,
    };
    Failure { code, error }
}

/// Folder and name of the sound file: `NAME.repaired.fit` beside the damaged one.
fn beside(input: &InputPath) -> (PathBuf, String) {
    let path = match input {
        InputPath::File(path) => path.as_path(),
        InputPath::Standard => Path::new("standard input"),
    };
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
    for ending in [".gz", ".fit"] {
        let text = name.to_string_lossy();
        let stem = text
            .len()
            .checked_sub(ending.len())
            .and_then(|at| text.split_at_checked(at));
        if let Some((stem, end)) = stem.filter(|(stem, _)| !stem.is_empty())
            && end.eq_ignore_ascii_case(ending)
        {
            name = stem.into();
        }
    }
    (folder, format!("{}.repaired.fit", name.to_string_lossy()))
}

/// Tells how a file turned out.
fn tell(name: &str, outcome: &Outcome, json: bool) {
    if json {
        result_line(&as_json(name, outcome).to_string());
        return;
    }
    let name = words::clean(name);
    let Outcome::Repaired(repaired, delivery) = outcome else {
        result_line(&format!("{name}: sound, nothing to repair"));
        return;
    };
    result_line(&match delivery {
        Delivery::Written(path) => format!("{name}: repaired → {}", words::path(path)),
        Delivery::Already(path) => format!("{name}: already repaired, {}", words::path(path)),
        Delivery::Would => format!("{name}: can be repaired"),
    });
    for step in &repaired.steps {
        result_line(&format!("  {}", steps::text(step)));
    }
    let count = |number| {
        words::count(
            usize::try_from(number).unwrap_or(usize::MAX),
            "message",
            "messages",
        )
    };
    #[expect(clippy::cast_precision_loss, reason = "counts of records are small")]
    let records = words::thousands(repaired.records as f64);
    result_line(&format!(
        "  kept {}, {records} of them records",
        count(repaired.messages)
    ));
}

fn as_json(name: &str, outcome: &Outcome) -> Value {
    let Outcome::Repaired(repaired, delivery) = outcome else {
        return json!({ "v": 1, "type": "repair", "file": name, "status": "sound" });
    };
    let (status, output) = match delivery {
        Delivery::Written(path) => ("repaired", Some(path)),
        Delivery::Already(path) => ("already", Some(path)),
        Delivery::Would => ("would", None),
    };
    json!({
        "v": 1,
        "type": "repair",
        "file": name,
        "status": status,
        "output": output,
        "messages": repaired.messages,
        "records": repaired.records,
        "steps": repaired.steps.iter().map(steps::json).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sound_file_is_named_after_the_damaged_one() {
        let name = |path: &str| {
            let (folder, name) = beside(&InputPath::File(path.into()));
            folder.join(name).display().to_string()
        };
        assert_eq!(name("rides/a.fit"), "rides/a.repaired.fit");
        assert_eq!(name("a.FIT"), "a.repaired.fit");
        assert_eq!(name("/x/a.fit.gz"), "/x/a.repaired.fit");
        assert_eq!(name("a.fit.part"), "a.fit.part.repaired.fit");
        assert_eq!(name(".fit"), ".fit.repaired.fit");
        assert_eq!(name("ä.fit"), "ä.repaired.fit");
    }
}
