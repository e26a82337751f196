//! Every file in `check/` is planned with the plugins below; what comes out (the plan, or the
//! diagnostics) stands in the file of the same name with `.expected`.
//!
//! `UPDATE_EXPECT=1 cargo test -p pipeline-engine` writes those anew. A first line
//! `# flags: --set laps.every=1km` gives command-line flags; `# inputs` says that inputs are
//! given there.

mod plugins;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use pipeline_engine::{
    Diagnostic, Document, Environment, Overrides, Plan, PlannedStage, SourceKind, StageKind, plan,
};

#[test]
fn every_file_gives_what_stands_beside_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    files.sort();
    assert!(files.len() > 20, "{} files", files.len());
    for file in files {
        let name = Path::new("tests/check").join(file.file_name().unwrap());
        expect_file![file.with_extension("expected")].assert_eq(&check(&name));
    }
}

#[test]
fn a_huge_file_is_refused() {
    let text = "#".repeat(300 << 10);
    let environment = Environment::fixed(&[]);
    let refused = Document::parse("huge.yaml", text, PathBuf::new(), &environment).unwrap_err();
    assert!(
        refused
            .to_string()
            .starts_with("error: `huge.yaml` is longer than 256 KiB\n")
    );
}

#[test]
fn a_hostile_file_is_refused_quickly() {
    let environment = Environment::fixed(&[]);
    let start = std::time::Instant::now();
    for text in [
        "[".repeat(200_000),
        "{a: ".repeat(50_000),
        "- ".repeat(100_000),
    ] {
        Document::parse("deep.yaml", text, PathBuf::new(), &environment).unwrap_err();
    }
    let keys = (0..20_000).map(|n| format!("k{n}:\n"));
    let keys = keys.collect::<Vec<_>>().concat();
    let document = Document::parse("wide.yaml", keys, PathBuf::new(), &environment).unwrap();
    let registry = plugins::registry();
    let problems = plan(&document, &registry, &Overrides::default(), &environment).unwrap_err();
    assert!(problems.len() > 20_000);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn what_can_not_be_read_is_named() {
    let environment = Environment::fixed(&[]);
    let missing = Document::read(Path::new("none.yaml"), &environment).unwrap_err();
    assert!(
        missing
            .to_string()
            .starts_with("error: cannot read `none.yaml`: No such file")
    );
    let folder = tempfile::tempdir().unwrap();
    let latin = folder.path().join("latin.yaml");
    std::fs::write(&latin, b"name: caf\xe9\n").unwrap();
    let latin = Document::read(&latin, &environment).unwrap_err();
    assert!(latin.to_string().contains("is no text in UTF-8"), "{latin}");
}

fn check(file: &Path) -> String {
    let environment = Environment::fixed(&[("HOME", "/home/rower"), ("WEIGHT", "78")]);
    let text = std::fs::read_to_string(file).expect("a test file");
    let (overrides, refused) = overrides(&text);
    let result = Document::read(file, &environment)
        .map_err(|problem| vec![problem])
        .and_then(|document| plan(&document, &plugins::registry(), &overrides, &environment));
    let shown = match result {
        Ok(plan) => describe(&plan),
        Err(problems) => problems.iter().map(Diagnostic::to_string).collect(),
    };
    let here = std::env::current_dir().expect("a current folder");
    refused + &shown.replace(&here.display().to_string(), "$HERE")
}

fn overrides(text: &str) -> (Overrides, String) {
    let mut overrides = Overrides::default();
    let mut refused = String::new();
    let text = text.trim_start_matches('\u{feff}');
    for line in text.lines().take_while(|line| line.starts_with('#')) {
        match line
            .split_once(' ')
            .map(|(_, rest)| rest.split_once(' ').unwrap_or((rest, "")))
        {
            Some(("inputs", _)) => overrides.inputs = true,
            Some(("set", setting)) => {
                if let Err(error) = overrides.set(setting) {
                    let _ = writeln!(refused, "{error}");
                }
            }
            Some(("out", out)) => overrides.out(out),
            Some(("--weight", weight)) => {
                overrides.set_by("--weight", "athlete.weight", weight);
            }
            _ => {}
        }
    }
    (overrides, refused)
}

fn describe(plan: &Plan) -> String {
    let mut text = format!("{}\n", plan.name);
    if let Some(weight) = plan.athlete.weight {
        let _ = writeln!(text, "athlete: {weight}");
    }
    for source in &plan.sources {
        match &source.kind {
            SourceKind::Reader { paths, .. } => {
                let _ = writeln!(text, "source {}: {}", source.id, paths.join(", "));
            }
            SourceKind::Source(_) => drop(writeln!(text, "source {}", source.id)),
        }
    }
    for stage in &plan.stages {
        describe_stage(stage, 1, &mut text);
    }
    for warning in &plan.warnings {
        let _ = write!(text, "{warning}");
    }
    text
}

fn describe_stage(stage: &PlannedStage, level: usize, text: &mut String) {
    let kind = match &stage.kind {
        StageKind::Transform(_) => "transform".to_owned(),
        StageKind::Sink(sink) => format!("sink to {}", sink.destination()),
    };
    let indent = "  ".repeat(level);
    let _ = writeln!(text, "{indent}{} ({}): {kind}", stage.id, stage.plugin);
    for next in &stage.next {
        describe_stage(next, level + 1, text);
    }
}
