//! The pipeline that a conversion is: a text with the stages, and the flags as its settings.

use std::path::Path;

use pipeline_engine::{Diagnostic, Document, Overrides, Plan};
use pipeline_plugin::{Error, Plugin, Remedy};

use super::Convert;
use crate::app::App;
use crate::{exit, render};

/// The ids of the two ends, which may be of one format.
const INPUT: &str = "input";
const OUTPUT: &str = "output";

/// The name of the text, which nobody has written.
const NAME: &str = "convert";

/// Settings of a pipeline that are flags here, and what to do with these.
const FLAGS: [(Remedy, &str); 9] = [
    (
        Remedy::Command("repair"),
        "mend it with `pipeline repair`, or keep what can be read with `--salvage`",
    ),
    (
        Remedy::Option("start"),
        "say when it began with `--start 2026-03-02T09:00:00+01:00`",
    ),
    (
        Remedy::Option("timezone"),
        "write its offset behind it, such as `+01:00`, or add `--timezone`",
    ),
    (
        Remedy::Option("salvage"),
        "`--salvage` keeps what stands before the fault",
    ),
    (Remedy::Athlete("weight"), "add `--weight`"),
    (Remedy::Athlete("sex"), "add `--sex`"),
    (Remedy::Athlete("birth-year"), "add `--birth-year`"),
    (Remedy::Athlete("max-hr"), "add `--max-hr`"),
    (Remedy::Athlete("resting-hr"), "add `--resting-hr`"),
];

/// What to do: the flags as options of stages.
pub(super) fn plan(
    args: &Convert,
    app: &App,
    [reader, sink]: [&Plugin; 2],
    folder: Option<&Path>,
) -> Result<Plan, u8> {
    // That of times that don't tell theirs, which sinks take over; else that of the result.
    let zoned = if has_option(reader, "timezone") {
        INPUT
    } else {
        check_option("--timezone", args.timezone.is_some(), sink, "timezone")?;
        OUTPUT
    };
    check_option("--columns", !args.columns.is_empty(), sink, "columns")?;
    check_option("--sport", args.sport.is_some(), reader, "sport")?;
    check_option("--start", args.start.is_some(), reader, "start")?;
    check_option("--salvage", args.salvage, reader, "salvage")?;
    let calories = match (&args.calories, &args.weight) {
        (Some(formula), _) => Some(formula.clone()),
        (None, Some(_)) => Some("concept2-weight".to_owned()),
        (None, None) => None,
    };
    // Where laps have totals, they have to add up: they are summed up anew, but for those of FIT.
    let has_totals = matches!(sink.name.as_str(), "fit" | "tcx");
    let laps = match &args.laps {
        None if has_totals && reader.name != "fit" => Some("file".to_owned()),
        laps => laps.clone(),
    };
    let transforms = [
        ("laps", laps.is_some()),
        ("hr-zones", args.max_hr.is_some()),
        ("calories", calories.is_some()),
    ];
    let text = text(&reader.name, &transforms, &sink.name);
    let mut overrides = Overrides {
        inputs: true,
        ..Overrides::default()
    };
    stages(args, laps, calories, &mut overrides);
    let (path, zone) = (format!("{zoned}.timezone"), args.timezone.clone());
    set(&mut overrides, [("--timezone", &path, zone)]);
    athlete(args, &mut overrides);
    overrides.out(&folder.unwrap_or(Path::new(".")).display().to_string());
    let here = std::env::current_dir().unwrap_or_default();
    let document = Document::parse(NAME, text, here, &app.environment).map_err(|problem| {
        render::diagnostics(&[problem]);
        exit::INVALID
    })?;
    // What is wrong stands on the command line.
    app.plan_said(&document, &overrides, for_flags)
        .map_err(|_| exit::USAGE)
}

/// What is wrong, for somebody who wrote flags and no pipeline file.
fn for_flags(mut problem: Diagnostic) -> Diagnostic {
    problem.span = problem.span.filter(|span| span.source.name != NAME);
    if !problem.remedies.is_empty() {
        let none = "there is no flag for it: make a pipeline file with `pipeline new`";
        problem.help = Some(by_flag(&problem.remedies).unwrap_or(none).to_owned());
    }
    problem
}

/// The same for what goes wrong with an input.
pub(super) fn error_for_flags(error: Error) -> Error {
    let help = match (by_flag(error.remedies()), error.help()) {
        (Some(help), _) => help.to_owned(),
        (None, Some(help)) if !error.remedies().is_empty() => {
            format!("in a pipeline file, which `pipeline new` begins: {help}")
        }
        _ => return error,
    };
    error.with_help(help)
}

/// What to do, if one of these settings is a flag.
fn by_flag(remedies: &[Remedy]) -> Option<&'static str> {
    let known = |remedy| FLAGS.iter().find(|(setting, _)| setting == remedy);
    remedies.iter().find_map(known).map(|(_, help)| *help)
}

fn has_option(plugin: &Plugin, option: &str) -> bool {
    plugin.schema["properties"].get(option).is_some()
}

/// A flag is for plugins that have its option.
fn check_option(flag: &str, is_given: bool, plugin: &Plugin, option: &str) -> Result<(), u8> {
    if !is_given || has_option(plugin, option) {
        return Ok(());
    }
    let (name, role) = (&plugin.name, plugin.role.name());
    eprintln!("error: `{flag}` means nothing to the {role} `{name}`");
    eprintln!("help: leave it away; `pipeline describe {name}` shows its options");
    Err(exit::USAGE)
}

fn text(reader: &str, transforms: &[(&str, bool)], sink: &str) -> String {
    let transforms = transforms.iter().filter(|(_, wanted)| *wanted);
    let transforms: Vec<&str> = transforms.map(|(name, _)| *name).collect();
    format!(
        "name: convert\n\
         source: {{ {reader}: {{}}, id: {INPUT} }}\n\
         transforms: [{}]\n\
         sinks: [{{ {sink}: {{}}, id: {OUTPUT} }}]\n",
        transforms.join(", ")
    )
}

fn stages(
    args: &Convert,
    laps: Option<String>,
    calories: Option<String>,
    overrides: &mut Overrides,
) {
    let columns = (!args.columns.is_empty()).then(|| format!("[{}]", args.columns.join(", ")));
    let settings = [
        ("--laps", "laps.every", laps),
        ("--calories", "calories.formula", calories),
        (
            "--resting-hr",
            "hr-zones.method",
            args.resting_hr.is_some().then(|| "hrr".to_owned()),
        ),
        ("--columns", &format!("{OUTPUT}.columns"), columns),
        ("--sport", &format!("{INPUT}.sport"), args.sport.clone()),
        ("--start", &format!("{INPUT}.start"), args.start.clone()),
        (
            "--salvage",
            &format!("{INPUT}.salvage"),
            args.salvage.then(|| "true".to_owned()),
        ),
    ];
    set(overrides, settings);
}

fn athlete(args: &Convert, overrides: &mut Overrides) {
    let beats = |rate: &String| {
        if rate.bytes().all(|byte| byte.is_ascii_digit()) {
            format!("{rate} bpm")
        } else {
            rate.clone()
        }
    };
    let settings = [
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
    ];
    set(overrides, settings);
}

fn set<const N: usize>(overrides: &mut Overrides, settings: [(&str, &str, Option<String>); N]) {
    for (flag, path, value) in settings {
        if let Some(value) = value {
            overrides.set_by(flag, path, &value);
        }
    }
}
