//! Any text as a pipeline file, with flags in its first comments: no panic, and either a plan or what
//! is wrong with it, which can be shown in a terminal.

use std::path::PathBuf;
use std::sync::LazyLock;

use pipeline_engine::{Diagnostic, Document, Environment, Overrides, Registry, plan, skeleton};

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    Registry::new([
        plugin_csv::reader(),
        plugin_fit::reader(),
        plugin_tcx::reader(),
        plugin_rowing::plugin(),
        plugin_laps::plugin(),
        plugin_hr_zones::plugin(),
        plugin_calories::plugin(),
        plugin_csv::sink(),
        plugin_fit::plugin(),
        plugin_tcx::sink(),
    ])
});

pub(crate) fn fuzz(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let environment = Environment::fixed(&[("HOME", "/home/rower"), ("WEIGHT", "78")]);
    let overrides = overrides(text);
    let folder = PathBuf::from("/nowhere");
    match Document::parse("fuzz.yaml", text.to_owned(), folder, &environment) {
        Ok(document) => match plan(&document, &REGISTRY, &overrides, &environment) {
            Ok(plan) => {
                assert!(!plan.sources.is_empty() || overrides.inputs);
                plan.warnings.iter().for_each(shown);
            }
            Err(problems) => {
                assert!(!problems.is_empty(), "no plan, and nothing is wrong");
                problems.iter().for_each(shown);
            }
        },
        Err(problem) => shown(&problem),
    }
    match skeleton(text, &REGISTRY) {
        Ok(file) => {
            let parsed = Document::parse("new.yaml", file, PathBuf::new(), &environment);
            assert!(parsed.is_ok(), "{parsed:?}");
        }
        Err(problems) => problems.iter().for_each(shown),
    }
}

/// What the lines say in which the text begins, such as `# set laps.every=1km`.
fn overrides(text: &str) -> Overrides {
    let mut overrides = Overrides::default();
    for line in text.lines().map_while(|line| line.strip_prefix("# ")) {
        match line.split_once(' ') {
            Some(("set", setting)) => {
                let _ = overrides.set(setting);
            }
            Some(("out", out)) => overrides.out(out),
            Some(("--weight", weight)) => overrides.set_by("--weight", "athlete.weight", weight),
            _ => overrides.inputs |= line == "inputs",
        }
    }
    overrides
}

fn shown(problem: &Diagnostic) {
    let text = problem.to_string();
    assert!(!problem.message.is_empty());
    assert!(
        !text.contains(|c: char| c.is_control() && c != '\n'),
        "{text:?}"
    );
}
