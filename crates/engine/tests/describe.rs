//! Help pages, option tables, schemas and new pipelines of the test plugins.

mod plugins;

use std::path::PathBuf;

use expect_test::expect_file;
use pipeline_engine::{
    Diagnostic, Document, Environment, Overrides, describe, file_schema, plan, skeleton,
};

#[test]
fn option_tables() {
    let registry = plugins::registry();
    let tables: Vec<String> = registry
        .iter()
        .map(|plugin| format!("{}\n\n{}", plugin.name, describe(plugin).markdown()))
        .collect();
    expect_file!["describe/options.md"].assert_eq(&tables.join("\n"));
}

#[test]
fn the_schema_of_pipeline_files() {
    let schema = serde_json::to_string_pretty(&file_schema(&plugins::registry())).unwrap();
    expect_file!["describe/schema.json"].assert_eq(&(schema + "\n"));
}

#[test]
fn new_pipelines() {
    let made = skeleton("tcx/laps,hr-zones,calories/garmin", &plugins::registry()).unwrap();
    expect_file!["describe/new.yaml"].assert_eq(&made);
}

#[test]
fn new_pipelines_pass_the_check() {
    for expression in [
        "tcx/laps,calories/garmin",
        "tcx,rower//garmin,log",
        "rower/log",
    ] {
        let made = skeleton(expression, &plugins::registry()).unwrap();
        assert_eq!(problems(&made), "", "{made}");
    }
    let made = skeleton("tcx/hr-zones/garmin", &plugins::registry()).unwrap();
    assert!(problems(&made).starts_with("error: `hr-zones` needs the highest heart rate"));
}

/// Every default and every example is a value that the option takes.
#[test]
fn new_pipelines_pass_the_check_with_all_options() {
    let made = skeleton("tcx/laps,hr-zones,calories/garmin", &plugins::registry()).unwrap();
    let is_option = |line: &str| {
        let name = line
            .trim_start()
            .strip_prefix("# ")
            .and_then(|line| line.split_once(": "));
        name.is_some_and(|(name, _)| !name.contains([' ', '`']))
    };
    let uncommented: String = made
        .lines()
        .map(|line| if is_option(line) { line.replacen("# ", "", 1) } else { line.to_owned() } + "\n")
        .collect();
    assert!(uncommented.contains("\n  weight: 78 kg"));
    // One bound makes no zone, as the plugin of the test says.
    let complete = uncommented.replace("bounds: []", "bounds: [100 bpm, 120 bpm]");
    assert_eq!(problems(&complete), "", "{complete}");
}

fn problems(text: &str) -> String {
    let environment = Environment::fixed(&[("HOME", "/home/rower")]);
    let document = Document::parse(
        "new.yaml",
        text.to_owned(),
        PathBuf::from("/x"),
        &environment,
    );
    let planned = plan(
        &document.expect("YAML"),
        &plugins::registry(),
        &Overrides::default(),
        &environment,
    );
    planned
        .err()
        .unwrap_or_default()
        .iter()
        .map(Diagnostic::to_string)
        .collect()
}

#[test]
fn wrong_expressions() {
    let refused: Vec<String> = ["tcx", "a/b/c/d", "txc/lap, garmin/"]
        .iter()
        .filter_map(|expression| skeleton(expression, &plugins::registry()).err())
        .flatten()
        .map(|problem| problem.to_string())
        .collect();
    expect_file!["describe/refused.txt"].assert_eq(&refused.concat());
}
