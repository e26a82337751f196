//! `pipeline merge`.

use std::path::{Path, PathBuf};

use clap::Args;
use fit::profile::{self, types};
use fit::{LeftOut, LegReport, Merged, Sports, Unmergeable};
use pipeline_engine::{InputPath, find_inputs, is_stream, write_as};
use pipeline_plugin::Error;
use serde_json::{Value, json};

use super::fit_files::{failed, help_for_other, is_same, read, timestamp, utc};
use crate::output::result_line;
use crate::{exit, words};

/// Merge FIT activities into one
///
/// For a ride whose recorder was switched off at lunch: the records follow each other in time,
/// distance and strokes go on, laps are kept and numbered anew, and the time in between is a pause.
/// There is one session with the sums, means and extremes of all. As with `convert`, the last
/// name is that of the file to write.
#[derive(Args)]
#[command(after_help = exit::HELP, override_usage = "pipeline merge [OPTIONS] <FILE>... <OUT>")]
pub(crate) struct Merge {
    /// Files, folders or globs, in any order
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,

    /// File to write
    #[arg(required = true, value_name = "OUT")]
    output: PathBuf,

    /// Merge different sports as well: the session gets the one that takes most of the time, laps
    /// keep theirs
    #[arg(long)]
    any_sport: bool,

    /// Replace OUT if it exists
    #[arg(long)]
    force: bool,

    /// Tell what was merged as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Merge) -> u8 {
    if let Some(code) = refusal(args) {
        return code;
    }
    let (inputs, errors) = find_inputs(&args.files, &["fit".to_owned()]);
    if let Some(failure) = errors.first() {
        failed(&failure.input, &failure.error, args.json);
        return exit::FAILED;
    }
    if inputs.iter().any(|input| is_same(input, &args.output)) {
        let output = words::path(&args.output);
        eprintln!("error: `{output}` is one of the files to merge, which are never touched");
        eprintln!("help: the last name is that of the file to write: choose another one");
        return exit::USAGE;
    }
    match merge(&inputs, args) {
        Ok(merged) => {
            tell(&merged, &inputs, args);
            exit::DONE
        }
        Err((name, error)) => {
            failed(&name, &error, args.json);
            exit::code_of(&error)
        }
    }
}

/// What is wrong with the output's name.
fn refusal(args: &Merge) -> Option<u8> {
    let output = words::path(&args.output);
    if !pipeline_engine::has_ending(&args.output, &["fit".to_owned()]) {
        eprintln!("error: `{output}` has no ending of a format that can be written");
        eprintln!("help: the last name is that of the file to write: give it the ending .fit");
        return Some(exit::USAGE);
    }
    if !args.force && args.output.exists() && !is_stream(&args.output) {
        eprintln!("error: `{output}` exists");
        eprintln!(
            "help: the last name is that of the file to write: choose another one, or replace it with `--force`"
        );
        return Some(exit::FAILED);
    }
    None
}

/// Merges the inputs and writes the output. An error comes with the name of the input it is about.
fn merge(inputs: &[InputPath], args: &Merge) -> Result<Merged, (String, Error)> {
    let mut files = Vec::new();
    for input in inputs {
        let bytes = read(input).map_err(|error| (input.name(), error))?;
        if bytes.is_empty() {
            return Err((input.name(), Error::skip("the file is empty")));
        }
        files.push(bytes);
    }
    let bytes: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    let sports = if args.any_sport {
        Sports::Any
    } else {
        Sports::Same
    };
    let merged = fit::merge(&bytes, sports).map_err(|error| {
        let about = inputs
            .iter()
            .zip(&bytes)
            .nth(file_of(&error))
            .filter(|_| concerns_one(&error));
        let name = about.map_or_else(String::new, |(input, _)| input.name());
        (
            name,
            explained(&error, inputs, about.map(|(_, bytes)| *bytes)),
        )
    })?;
    if !fit::inspect(&merged.file).is_valid() {
        let error = Error::skip("the result isn't sound")
            .with_help("please report it with the files; nothing was written");
        return Err((String::new(), error));
    }
    write_as(&merged.file, &args.output, args.force).map_err(|error| (String::new(), error))?;
    Ok(merged)
}

/// Which file an error is about, if it is about one.
fn file_of(error: &Unmergeable) -> usize {
    match error {
        Unmergeable::NoFit { file }
        | Unmergeable::Damaged { file }
        | Unmergeable::Other { file, .. }
        | Unmergeable::NoDate { file } => *file,
        _ => 0,
    }
}

fn concerns_one(error: &Unmergeable) -> bool {
    use Unmergeable::{Damaged, NoDate, NoFit, Other};
    matches!(
        error,
        NoFit { .. } | Damaged { .. } | Other { .. } | NoDate { .. }
    )
}

/// An error with the names and times that people know, and what to do about it.
fn explained(error: &Unmergeable, inputs: &[InputPath], bytes: Option<&[u8]>) -> Error {
    let name = |file: usize| {
        let name = inputs.get(file).map(InputPath::name).unwrap_or_default();
        format!("`{}`", words::clean(&name))
    };
    match error {
        Unmergeable::NoFit { .. } => {
            let help = bytes.and_then(help_for_other);
            Error::skip(error.to_string()).with_help(help.unwrap_or("`merge` is for FIT files"))
        }
        Unmergeable::Damaged { file } => {
            let name = name(*file);
            let help = format!(
                "repair it first: `pipeline repair {}`",
                name.trim_matches('`')
            );
            Error::skip(error.to_string()).with_help(help)
        }
        Unmergeable::TooFew { found } => Error::skip(format!(
            "there is nothing to merge: {}",
            words::count(*found, "activity", "activities")
        ))
        .with_help("name the files to merge, and behind them the file to write"),
        Unmergeable::Overlap {
            files: [first, second],
            end,
            start,
        } => Error::skip(format!(
            "{} starts at {}, before {} ends at {}",
            name(*second),
            utc(*start),
            name(*first),
            utc(*end)
        ))
        .with_help("recordings of the same time can't follow each other: leave one of them out"),
        Unmergeable::DifferentSports {
            files: [first, second],
            sports: [one, other],
        } => Error::skip(format!(
            "{} is {}, {} is {}",
            name(*first),
            sport(*one),
            name(*second),
            sport(*other)
        ))
        .with_help("merge them all the same with `--any-sport`"),
        Unmergeable::NoDate { .. } => Error::skip(error.to_string())
            .with_help("without a date nobody knows which activity comes first: leave it out"),
        error => Error::skip(error.to_string()),
    }
}

fn sport(number: u8) -> String {
    types::SPORT
        .name_of(number.into())
        .map_or_else(|| format!("sport {number}"), |name| name.replace('_', " "))
}

/// Tells what was merged.
fn tell(merged: &Merged, inputs: &[InputPath], args: &Merge) {
    let name = |leg: &LegReport| {
        inputs
            .get(leg.file)
            .map(InputPath::name)
            .unwrap_or_default()
    };
    if args.json {
        result_line(&as_json(merged, &name, &args.output).to_string());
        return;
    }
    let all = sum(&merged.legs);
    let activities = words::count(merged.legs.len(), "activity", "activities");
    result_line(&format!(
        "{}: {}, out of {activities}",
        words::path(&args.output),
        summary(&all)
    ));
    let mut end = None;
    for leg in &merged.legs {
        if let Some(end) = end {
            let pause = words::duration(f64::from(leg.start.saturating_sub(end)));
            result_line(&format!("  pause of {pause}"));
        }
        result_line(&format!(
            "  {}  {}: {}",
            utc(leg.start),
            words::clean(&name(leg)),
            summary(leg)
        ));
        end = Some(leg.end);
    }
    let left_out: Vec<_> = merged
        .left_out
        .iter()
        .map(|it| format!("`{}`", left_out(*it)))
        .collect();
    if !left_out.is_empty() {
        result_line(&format!(
            "  left out, because they differ: {}",
            left_out.join(", ")
        ));
    }
}

fn sum(legs: &[LegReport]) -> LegReport {
    let mut legs = legs.iter();
    let first = legs.next().copied().unwrap_or(LegReport {
        file: 0,
        start: 0,
        end: 0,
        timer_time: 0.0,
        distance: None,
        laps: 0,
    });
    legs.fold(first, |sum, leg| LegReport {
        timer_time: sum.timer_time + leg.timer_time,
        distance: sum
            .distance
            .into_iter()
            .chain(leg.distance)
            .reduce(|a, b| a + b),
        laps: sum.laps + leg.laps,
        ..sum
    })
}

/// `2,000 m · 8:12.3 · 4 laps`.
fn summary(leg: &LegReport) -> String {
    let distance = leg
        .distance
        .map(|metres| format!("{} m", words::thousands(metres)));
    let time = words::duration(leg.timer_time);
    let laps = words::count(leg.laps, "lap", "laps");
    let facts: Vec<_> = distance.into_iter().chain([time, laps]).collect();
    facts.join(" · ")
}

/// `user_profile`, `session.total_training_effect`.
fn left_out(what: LeftOut) -> String {
    let message = |number: u16| {
        profile::message(number)
            .map_or_else(|| format!("message {number}"), |it| it.name.to_owned())
    };
    match what {
        LeftOut::Messages(number) => message(number),
        LeftOut::Field(number, field) => {
            let known = profile::message(number).and_then(|it| it.field(field));
            let field = known.map_or_else(|| format!("field {field}"), |it| it.name.to_owned());
            format!("{}.{field}", message(number))
        }
    }
}

fn as_json(merged: &Merged, name: &dyn Fn(&LegReport) -> String, output: &Path) -> Value {
    let activities = merged.legs.iter().map(|leg| {
        json!({
            "file": name(leg),
            "start": timestamp(leg.start),
            "end": timestamp(leg.end),
            "timer_time": leg.timer_time,
            "distance": leg.distance,
            "laps": leg.laps,
        })
    });
    json!({
        "v": 1,
        "type": "merge",
        "output": output,
        "activities": activities.collect::<Vec<_>>(),
        "left_out": merged.left_out.iter().map(|it| left_out(*it)).collect::<Vec<_>>(),
    })
}
