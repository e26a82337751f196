//! `pipeline convert`.

mod format;
mod plan;

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::Args;
use pipeline_engine::{ConvertTo, Failure, InputPath, Report, open_input};
use pipeline_plugin::Error;

use crate::app::App;
use crate::output::{Json, Mode, Output, Text, Volume};
use crate::{exit, signals, words};

/// Convert one file to another format, without a pipeline file
///
/// The formats are those of the file endings; `pipeline list` shows what reads and what writes.
/// A file with several activities gives OUT-1, OUT-2 and so on. What is converted this way is
/// not remembered.
#[derive(Args)]
#[command(after_help = exit::HELP)]
pub(crate) struct Convert {
    /// File to read; `-` is standard input
    input: String,

    /// File to write; `-` is standard output
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

    /// Offset of local time from UTC, such as +02:00 [default: the file's own]
    #[arg(long, value_name = "OFFSET", allow_hyphen_values = true)]
    timezone: Option<String>,

    /// Keep what stands before the fault of a broken file
    #[arg(long)]
    salvage: bool,

    /// Replace OUT if it exists
    #[arg(long)]
    force: bool,

    /// Tell what happens as JSON Lines
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Convert, app: &App) -> u8 {
    let piped = args.output == Path::new("-");
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
    let target = std::path::absolute(&args.output).unwrap_or(args.output.clone());
    let to = ConvertTo::File {
        path: &target,
        force: args.force,
    };
    if !piped && !args.force && target.exists() {
        eprintln!("error: `{}` exists", words::path(&args.output));
        eprintln!("help: choose another name, or replace it with `--force`");
        return exit::FAILED;
    }
    let result = if piped {
        to_standard_output(args, app, &mut *output)
    } else {
        convert(args, app, target.parent(), to, &mut *output)
    };
    result.unwrap_or_else(|code| code)
}

/// Converts to standard output, by way of a folder of its own.
fn to_standard_output(args: &Convert, app: &App, output: &mut dyn Output) -> Result<u8, u8> {
    let folder = match tempfile::tempdir() {
        Ok(folder) => folder,
        Err(error) => {
            output.error(&Error::io("make a temporary folder", error));
            return Err(exit::RESOURCE);
        }
    };
    let mut stdout = io::stdout().lock();
    let to = ConvertTo::Writer(&mut stdout);
    convert(args, app, Some(&folder.path().join("out")), to, output)
}

fn convert(
    args: &Convert,
    app: &App,
    folder: Option<&Path>,
    to: ConvertTo<'_>,
    output: &mut dyn Output,
) -> Result<u8, u8> {
    let input = match args.input.as_str() {
        "-" => InputPath::Standard,
        path => InputPath::File(path.into()),
    };
    let sink = format::sink(&app.registry, args.to.as_deref(), &args.output)?;
    let result = open_input(&input).map(|mut opened| {
        let reader = format::reader(&app.registry, args.from.as_deref(), &mut opened)?;
        if matches!(to, ConvertTo::Writer(_)) && sink.name == "fit" && io::stdout().is_terminal() {
            eprintln!("error: FIT is not for a terminal");
            eprintln!("help: name a file, or send it on: `pipeline convert … - --to fit | …`");
            return Err(exit::USAGE);
        }
        let plan = plan::plan(args, app, [reader, sink], folder)?;
        let cancel = signals::cancel();
        let report = &mut |report| output.report(report);
        Ok(pipeline_engine::convert(&plan, opened, to, &cancel, report))
    });
    let error = match result {
        Ok(Ok(Ok(totals))) => {
            if args.json {
                output.summary(&totals);
            }
            return Ok(totals.exit_code());
        }
        Ok(Err(code)) => return Err(code),
        Ok(Ok(Err(error))) | Err(error) => error,
    };
    let error = match error.help() {
        // A pipeline has an option for what is a flag here.
        Some(help) if help.contains("salvage: true") => {
            error.with_help("`--salvage` keeps what stands before the fault")
        }
        _ => error,
    };
    let code = exit::code_of(&error);
    output.report(Report::Failed(Failure {
        input: args.input.clone(),
        error,
        known: false,
    }));
    Ok(code)
}
