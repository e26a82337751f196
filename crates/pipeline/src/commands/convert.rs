//! `pipeline convert`.

mod format;
mod plan;
mod several;

use std::fs::File;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::Args;
use pipeline_engine::{ConvertTo, Failure, InputPath, Report, Totals, is_stream, open_input};
use pipeline_plugin::{Cancel, Error, Plugin};

use super::fit_files::is_same;
use crate::app::App;
use crate::output::{Json, Mode, Output, Text, Volume, error_text};
use crate::{exit, signals, words};

/// Convert files to another format, without a pipeline file
///
/// The formats are those of the file endings; `pipeline list` shows what reads and what writes.
/// Where OUTPUT is a folder, each input becomes a file of its own name there, in the format that
/// `--to` names. A file with several activities gives OUTPUT-1, OUTPUT-2 and so on. What is
/// converted this way is not remembered.
#[derive(Args)]
#[command(
    after_help = exit::HELP,
    override_usage = "pipeline convert [OPTIONS] <INPUT>... <OUTPUT>"
)]
pub(crate) struct Convert {
    /// Files, folders or globs to read; `-` is standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<String>,

    /// File to write, or a folder; `-` is standard output, and a pipe is written into
    #[arg(required = true)]
    output: PathBuf,

    /// Format of the input, such as csv [default: by the ending, else by the content]
    #[arg(long, value_name = "FORMAT")]
    from: Option<String>,

    /// Format of the output, such as csv [default: by the ending]
    #[arg(long, value_name = "FORMAT")]
    to: Option<String>,

    /// Columns of a CSV file, such as time,distance,power [default: all]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    columns: Vec<String>,

    /// Start a new lap every distance or time, such as 500m or 5min [default: the file's]
    #[arg(long, value_name = "EVERY", allow_negative_numbers = true)]
    laps: Option<String>,

    /// Highest heart rate, such as 185: adds heart-rate zones
    #[arg(long, value_name = "BPM", allow_negative_numbers = true)]
    max_hr: Option<String>,

    /// Resting heart rate: zones by heart-rate reserve
    #[arg(
        long,
        value_name = "BPM",
        requires = "max_hr",
        allow_negative_numbers = true
    )]
    resting_hr: Option<String>,

    /// Body weight, such as 78kg: calories for that weight
    #[arg(long, value_name = "MASS", allow_negative_numbers = true)]
    weight: Option<String>,

    /// Sex, for the calorie formula `keytel`
    #[arg(long, value_name = "female|male")]
    sex: Option<String>,

    /// Year of birth, for the calorie formula `keytel`
    #[arg(long, value_name = "YEAR")]
    birth_year: Option<String>,

    /// Formula for calories [default: concept2-weight with --weight, else the file's calories]
    #[arg(long, value_name = "FORMULA")]
    calories: Option<String>,

    /// Sport, such as rowing/indoor [default: the file's own]
    #[arg(long)]
    sport: Option<String>,

    /// Local time, also of CSV files that don't tell theirs: a place such as Europe/Berlin, or an
    /// offset from UTC such as +02:00 [default: the file's own]
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    timezone: Option<String>,

    /// When it began, for CSV files whose times are counted from the start, such as
    /// 2026-03-02T09:00:00+01:00
    #[arg(long, value_name = "TIME")]
    start: Option<String>,

    /// Keep what stands before the fault of a broken file
    #[arg(long)]
    salvage: bool,

    /// Replace what exists
    #[arg(long)]
    force: bool,

    /// Tell what happens as JSON Lines
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Convert, app: &App) -> u8 {
    let piped = args.writes_to_standard_output();
    let mode = Mode {
        tapped: piped,
        ..Mode::default()
    };
    let mut output: Box<dyn Output> = match (args.json, piped) {
        (true, false) => Box::new(Json::new(Volume::Normal)),
        (true, true) => {
            eprintln!("error: `--json` and the output `-` both want standard output");
            return exit::USAGE;
        }
        _ => Box::new(Text::new(Volume::Normal, mode)),
    };
    let result = match args.only_input() {
        Some(input) if piped => {
            let mut stdout = io::stdout().lock();
            let to = ConvertTo::Writer {
                writer: &mut stdout,
                name: "standard output",
            };
            to_stream(args, app, &input, to, &mut *output)
        }
        Some(input) if is_stream(&args.output) => into_pipe(args, app, &input, &mut *output),
        Some(input) => to_file(args, app, &input, &mut *output),
        None => several::convert(args, app, &mut *output),
    };
    result.unwrap_or_else(|code| code)
}

impl Convert {
    fn writes_to_standard_output(&self) -> bool {
        [Path::new("-"), Path::new("/dev/stdout")].contains(&&*self.output)
    }

    /// The one input whose result is to be called OUTPUT; none if OUTPUT is a folder, or has to be
    /// one because there may be several.
    fn only_input(&self) -> Option<InputPath> {
        let [input] = &self.inputs[..] else {
            return None;
        };
        if self.output.is_dir() || ends_as_folder(&self.output) {
            return None;
        }
        if input == "-" {
            return Some(InputPath::Standard);
        }
        let path = Path::new(input);
        let is_glob = input.contains(['*', '?', '[']) && !path.exists();
        (!is_glob && !path.is_dir()).then(|| InputPath::File(path.to_owned()))
    }
}

/// Whether a path is written as that of a folder: `out/`.
fn ends_as_folder(path: &Path) -> bool {
    path.to_string_lossy().ends_with(std::path::is_separator)
}

/// Converts one input to a file of that name.
fn to_file(
    args: &Convert,
    app: &App,
    input: &InputPath,
    output: &mut dyn Output,
) -> Result<u8, u8> {
    if is_same(input, &args.output) {
        let name = words::path(&args.output);
        eprintln!("error: `{name}` is the input itself, which is never touched");
        eprintln!("help: choose another name");
        return Err(exit::USAGE);
    }
    if !args.force && args.output.exists() {
        eprintln!("error: `{}` exists", words::path(&args.output));
        eprintln!("help: choose another name, or replace it with `--force`");
        return Err(exit::FAILED);
    }
    let target = std::path::absolute(&args.output).unwrap_or(args.output.clone());
    let to = ConvertTo::File {
        path: &target,
        force: args.force,
    };
    let sink = format::sink(&app.registry, args.to.as_deref(), &args.output)?;
    let job = Job {
        args,
        app,
        sink,
        folder: target.parent(),
        cancel: &signals::cancel(),
        goes_on: false,
    };
    job.alone(input, to, output)
}

/// Converts into a named pipe or a device.
fn into_pipe(
    args: &Convert,
    app: &App,
    input: &InputPath,
    output: &mut dyn Output,
) -> Result<u8, u8> {
    let name = words::path(&args.output);
    match File::options().write(true).open(&args.output) {
        Ok(mut pipe) => {
            let to = ConvertTo::Writer {
                writer: &mut pipe,
                name: &name,
            };
            to_stream(args, app, input, to, output)
        }
        Err(error) => {
            output.error(&Error::io(format!("write to `{name}`"), error));
            Err(exit::FAILED)
        }
    }
}

/// Converts to standard output or into a pipe, by way of a folder of its own.
fn to_stream(
    args: &Convert,
    app: &App,
    input: &InputPath,
    to: ConvertTo<'_>,
    output: &mut dyn Output,
) -> Result<u8, u8> {
    let folder = match tempfile::tempdir() {
        Ok(folder) => folder,
        Err(error) => {
            output.error(&Error::io("make a temporary folder", error));
            return Err(exit::RESOURCE);
        }
    };
    let sink = format::sink(&app.registry, args.to.as_deref(), &args.output)?;
    let job = Job {
        args,
        app,
        sink,
        folder: Some(&folder.path().join("out")),
        cancel: &signals::cancel(),
        goes_on: false,
    };
    job.alone(input, to, output)
}

/// What is the same for all inputs.
struct Job<'a> {
    args: &'a Convert,
    app: &'a App,
    sink: &'a Plugin,
    /// Where the results are made.
    folder: Option<&'a Path>,
    cancel: &'a Cancel,
    /// Whether an input of no known format does not stop the others.
    goes_on: bool,
}

impl Job<'_> {
    /// Converts the only input.
    fn alone(
        &self,
        input: &InputPath,
        to: ConvertTo<'_>,
        output: &mut dyn Output,
    ) -> Result<u8, u8> {
        match self.convert(input, to, output)? {
            Ok(totals) => {
                if self.args.json {
                    output.summary(&totals);
                }
                Ok(totals.exit_code())
            }
            Err(error) => {
                let code = exit::code_of(&error);
                output.report(failed(input, error));
                Ok(code)
            }
        }
    }

    /// Converts one input. What is wrong with the command line has been printed when the code
    /// comes back.
    fn convert(
        &self,
        input: &InputPath,
        to: ConvertTo<'_>,
        output: &mut dyn Output,
    ) -> Result<Result<Totals, Error>, u8> {
        let mut opened = match open_input(input) {
            Ok(opened) => opened,
            Err(error) => return Ok(Err(error)),
        };
        let registry = &self.app.registry;
        let reader = match format::reader(registry, self.args.from.as_deref(), &mut opened) {
            Ok(reader) => reader,
            // It is this input's fault.
            Err(error) if self.goes_on && self.args.from.is_none() => return Ok(Err(error)),
            Err(error) => {
                eprintln!("{}", error_text("", &error));
                return Err(exit::USAGE);
            }
        };
        let is_piped = self.args.writes_to_standard_output();
        if is_piped && self.sink.name == "fit" && io::stdout().is_terminal() {
            eprintln!("error: FIT is not for a terminal");
            eprintln!("help: name a file, or send it on: `pipeline convert … - --to fit | …`");
            return Err(exit::USAGE);
        }
        let plan = plan::plan(self.args, self.app, [reader, self.sink], self.folder)?;
        let report = &mut |report| {
            output.report(match report {
                Report::Failed(failure) => Report::Failed(Failure {
                    error: plan::error_for_flags(failure.error),
                    ..failure
                }),
                report => report,
            });
        };
        let result = pipeline_engine::convert(&plan, opened, to, self.cancel, report);
        Ok(result.map_err(plan::error_for_flags))
    }
}

fn failed(input: &InputPath, error: Error) -> Report {
    let input = match input {
        InputPath::Standard => "-".to_owned(),
        InputPath::File(_) => input.name(),
    };
    Report::Failed(Failure {
        input,
        error,
        known: false,
    })
}
