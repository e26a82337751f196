//! The pipeline that a conversion is: a text with the stages, and the flags as its settings.

use std::path::Path;

use pipeline_engine::{Document, Overrides, Plan};
use pipeline_plugin::Plugin;

use super::Convert;
use crate::app::App;
use crate::{exit, render};

/// The ids of the two ends, which may be of one format.
const INPUT: &str = "input";
const OUTPUT: &str = "output";

/// What to do: the flags as options of stages.
pub(super) fn plan(
    args: &Convert,
    app: &App,
    [reader, sink]: [&Plugin; 2],
    folder: Option<&Path>,
) -> Result<Plan, u8> {
    let calories = match (&args.calories, &args.weight) {
        (Some(formula), _) => Some(formula.clone()),
        (None, Some(_)) => Some("concept2-weight".to_owned()),
        (None, None) => None,
    };
    // The laps of a FIT file have to add up, so they are summed up anew.
    let laps = match &args.laps {
        None if sink.name == "fit" => Some("file".to_owned()),
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
    athlete(args, &mut overrides);
    overrides.out(&folder.unwrap_or(Path::new(".")).display().to_string());
    let here = std::env::current_dir().unwrap_or_default();
    let document = Document::parse("convert", text, here, &app.environment).map_err(|problem| {
        render::diagnostics(&[problem]);
        exit::INVALID
    })?;
    // What is wrong stands on the command line.
    app.plan(&document, &overrides).map_err(|_| exit::USAGE)
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
        (
            "--timezone",
            &format!("{OUTPUT}.timezone"),
            args.timezone.clone(),
        ),
        ("--columns", &format!("{OUTPUT}.columns"), columns),
        ("--sport", &format!("{INPUT}.sport"), args.sport.clone()),
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
