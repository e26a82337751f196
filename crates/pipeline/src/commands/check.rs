//! `pipeline check`.

use clap::Args;
use pipeline_engine::{Diagnostic, Found, Overrides, Plan, Severity, discover};
use serde_json::{Value, json};

use super::graph;
use crate::app::App;
use crate::output::result_line;
use crate::{exit, plugins, render, words};

/// Check pipeline files without running them
///
/// Everything that is wrong is shown at once, each with its line and what to write instead.
/// No input is read and no device is touched.
#[derive(Args)]
pub(crate) struct Check {
    /// Pipeline files; plain names are also looked for in ./pipelines and in your own pipeline
    /// folder, `@name` is a bundled pipeline
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,

    /// Change a setting before the check: `laps.every=1km`, `athlete.weight=80kg`
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,

    /// Print the results as JSON Lines, one a file
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Check, app: &App) -> u8 {
    let mut overrides = Overrides::default();
    for setting in &args.set {
        if let Err(message) = overrides.set(setting) {
            eprintln!("error: {}", words::clean(&message));
            return exit::USAGE;
        }
    }
    let mut code = exit::DONE;
    for file in &args.files {
        let result = check(file, &overrides, app);
        if args.json {
            result_line(&to_json(file, &result).to_string());
        } else {
            match &result {
                Ok(plan) => {
                    render::diagnostics(&plan.warnings);
                    result_line(&format!(
                        "{}: ok · {}",
                        words::clean(file),
                        graph::line(plan)
                    ));
                }
                Err(diagnostics) => render::diagnostics(diagnostics),
            }
        }
        if result.is_err() {
            code = exit::INVALID;
        }
    }
    code
}

fn check(file: &str, overrides: &Overrides, app: &App) -> Result<Plan, Vec<Diagnostic>> {
    if std::path::Path::new(file).is_dir() {
        let problem = Diagnostic::without_place(format!("`{}` is a folder", words::clean(file)))
            .with_help("name the files in it: `pipeline check FOLDER/*.yaml`");
        return Err(vec![problem]);
    }
    let found = discover(file, plugins::PIPELINES, &app.environment);
    let choice = found.as_ref().ok().and_then(Found::choice);
    if let Some(choice) = choice.filter(|_| !file.starts_with('@')) {
        eprintln!("using {}", words::clean(&choice));
    }
    let document = found.and_then(|found| found.document(&app.environment));
    let document = document.map_err(|diagnostic| vec![diagnostic])?;
    pipeline_engine::plan(&document, &app.registry, overrides, &app.environment)
}

fn to_json(file: &str, result: &Result<Plan, Vec<Diagnostic>>) -> Value {
    let (name, diagnostics) = match result {
        Ok(plan) => (Some(&plan.name), &plan.warnings),
        Err(diagnostics) => (None, diagnostics),
    };
    let diagnostics: Vec<Value> = diagnostics.iter().map(diagnostic_to_json).collect();
    json!({
        "v": 1,
        "type": "check",
        "file": file,
        "ok": result.is_ok(),
        "name": name,
        "diagnostics": diagnostics,
    })
}

fn diagnostic_to_json(diagnostic: &Diagnostic) -> Value {
    let place = diagnostic.span.as_ref().map(|span| {
        let lines = span.source.has_lines;
        json!({
            "file": span.source.name,
            "line": lines.then(|| span.line()),
            "column": lines.then(|| span.column()),
            "start": span.range.start,
            "end": span.range.end,
        })
    });
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    json!({
        "severity": severity,
        "message": diagnostic.message,
        "place": place,
        "help": diagnostic.help,
    })
}
