//! `pipeline convert`.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use pipeline_engine::{Document, Failure, InputPath, Overrides, Report};
use pipeline_plugin::Role;

use crate::app::App;
use crate::output::{Json, Mode, Output, Text, Volume};
use crate::{exit, signals};

/// Convert one file to another format, without a pipeline file
///
/// The formats are those of the file endings. A file with several activities gives OUT-1,
/// OUT-2 and so on. What is converted this way is not remembered.
#[derive(Args)]
#[command(after_help = exit::HELP)]
pub(crate) struct Convert {
    /// File to read; `-` is standard input (TCX)
    input: String,

    /// File to write
    output: PathBuf,

    /// Start a new lap every distance or time, such as 500m or 5min [default: the file's laps]
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
    let mut output: Box<dyn Output> = if args.json {
        Box::new(Json)
    } else {
        Box::new(Text::new(Volume::Normal, Mode::default()))
    };
    if !args.force && args.output.exists() {
        eprintln!("error: `{}` exists", crate::words::path(&args.output));
        eprintln!("help: choose another name, or replace it with `--force`");
        return exit::FAILED;
    }
    match plan(args, app) {
        Err(code) => code,
        Ok(plan) => {
            let cancel = signals::cancel();
            let input = match args.input.as_str() {
                "-" => InputPath::Standard,
                path => InputPath::File(path.into()),
            };
            let target = std::path::absolute(&args.output).unwrap_or(args.output.clone());
            let result = pipeline_engine::convert(
                &plan,
                &input,
                &target,
                args.force,
                &cancel,
                &mut |report| output.report(report),
            );
            match result {
                Ok(totals) => {
                    if args.json {
                        output.summary(&totals);
                    }
                    totals.exit_code()
                }
                Err(error) => {
                    let code = exit::code_of(&error);
                    let input = args.input.clone();
                    output.report(Report::Failed(Failure {
                        input,
                        error,
                        known: false,
                    }));
                    code
                }
            }
        }
    }
}

fn plan(args: &Convert, app: &App) -> Result<pipeline_engine::Plan, u8> {
    let reader = reader(&args.input, app)?;
    let sink = sink(&args.output, app)?;
    let calories = match (&args.calories, &args.weight) {
        (Some(formula), _) => Some(formula.as_str()),
        (None, Some(_)) => Some("concept2-weight"),
        (None, None) => None,
    };
    let mut text = format!("name: convert\nsource: {reader}\ntransforms:\n  - laps\n");
    if args.max_hr.is_some() {
        text.push_str("  - hr-zones\n");
    }
    if calories.is_some() {
        text.push_str("  - calories\n");
    }
    let _ = writeln!(text, "sinks: [{sink}]");
    let mut overrides = Overrides {
        inputs: true,
        ..Overrides::default()
    };
    let beats = |rate: &String| {
        if rate.bytes().all(|byte| byte.is_ascii_digit()) {
            format!("{rate} bpm")
        } else {
            rate.clone()
        }
    };
    let settings = [
        (
            "--laps",
            "laps.every",
            Some(args.laps.clone().unwrap_or_else(|| "file".to_owned())),
        ),
        (
            "--max-hr",
            "athlete.max-hr",
            args.max_hr.as_ref().map(beats),
        ),
        (
            "--resting-hr",
            "athlete.resting-hr",
            args.resting_hr.as_ref().map(beats),
        ),
        ("--weight", "athlete.weight", args.weight.clone()),
        ("--sex", "athlete.sex", args.sex.clone()),
        (
            "--birth-year",
            "athlete.birth-year",
            args.birth_year.clone(),
        ),
        (
            "--calories",
            "calories.formula",
            calories.map(str::to_owned),
        ),
        (
            "--timezone",
            &format!("{sink}.timezone"),
            args.timezone.clone(),
        ),
        ("--sport", &format!("{reader}.sport"), args.sport.clone()),
    ];
    for (flag, path, value) in settings {
        if let Some(value) = value {
            overrides.set_by(flag, path, &value);
        }
    }
    if args.salvage {
        overrides.set_by("--salvage", &format!("{reader}.salvage"), "true");
    }
    if args.resting_hr.is_some() {
        overrides.set_by("--resting-hr", "hr-zones.method", "hrr");
    }
    let folder = std::path::absolute(&args.output).ok();
    let folder = folder
        .as_deref()
        .and_then(Path::parent)
        .unwrap_or(Path::new("."));
    overrides.out(&folder.display().to_string());
    let here = std::env::current_dir().unwrap_or_default();
    let document = Document::parse("convert", text, here, &app.environment).map_err(|problem| {
        crate::render::diagnostics(&[problem]);
        exit::INVALID
    })?;
    // What is wrong stands on the command line.
    app.plan(&document, &overrides).map_err(|_| exit::USAGE)
}

/// The reader for a file, by its ending.
fn reader(input: &str, app: &App) -> Result<String, u8> {
    let mut known = Vec::new();
    for plugin in app.registry.iter() {
        let extensions = plugin.role.reads();
        if (input == "-" && !extensions.is_empty())
            || pipeline_engine::has_ending(Path::new(input), extensions)
        {
            return Ok(plugin.name.clone());
        }
        known.extend(extensions.iter().map(|ending| format!(".{ending}")));
    }
    let packed: Vec<_> = known.iter().map(|ending| format!("{ending}.gz")).collect();
    known.extend(packed);
    Err(unknown_ending(input, "read", &known))
}

/// The sink for a file, by its ending.
fn sink(output: &Path, app: &App) -> Result<String, u8> {
    let mut known = Vec::new();
    for plugin in app.registry.iter() {
        if let Role::Sink { extension, .. } = &plugin.role
            && !extension.is_empty()
        {
            if pipeline_engine::has_ending(output, std::slice::from_ref(extension)) {
                return Ok(plugin.name.clone());
            }
            known.push(format!(".{extension}"));
        }
    }
    known.dedup();
    Err(unknown_ending(
        &output.display().to_string(),
        "written",
        &known,
    ))
}

fn unknown_ending(name: &str, what: &str, known: &[String]) -> u8 {
    let name = crate::words::clean(name);
    eprintln!("error: `{name}` has no ending of a format that can be {what}");
    eprintln!("help: endings that can be {what}: {}", known.join(", "));
    exit::USAGE
}
