//! Pipelines that run programs.

use crate::support::Place;

/// The example of the page for authors.
const SMOOTH: &str = include_str!("smooth.py");

fn place() -> Option<Place> {
    let place = Place::new();
    let python = std::process::Command::new("python3")
        .arg("--version")
        .output();
    if python.is_err() {
        return None;
    }
    place.write("smooth.py", SMOOTH);
    place.write(
        "smooth.yaml",
        "source:\n  tcx: { path: \"*.tcx\" }\ntransforms:\n  \
         - exec: { command: [python3, smooth.py], directory: . }\n\
         sinks:\n  - fit: { folder: out }\n",
    );
    Some(place)
}

#[test]
fn a_pipeline_runs_programs_only_when_that_is_allowed() {
    let Some(place) = place() else { return };
    assert_eq!(place.told(&["check", "smooth.yaml"]).0, 0);
    let (code, text) = place.told(&["run", "smooth.yaml"]);
    assert_eq!((code, place.delivered()), (8, 0), "{text}");
    assert_eq!(
        text,
        "error: the pipeline `smooth.yaml` runs programs, and you have not allowed that\n\
         help: look at its stages `exec`; then add `--allow-exec`, or trust it as it is: \
         pipeline plugin trust smooth.yaml\n"
    );
    let (code, text) = place.told(&["run", "smooth.yaml", "--allow-exec", "--quiet"]);
    assert_eq!((code, place.delivered()), (0, 2), "{text}");
}

#[test]
fn a_pipeline_that_is_trusted_as_it_is_may_run_programs() {
    let Some(place) = place() else { return };
    let (code, text) = place.told(&["plugin", "trust", "smooth.yaml"]);
    assert_eq!(code, 0, "{text}");
    let (code, text) = place.told(&["run", "smooth.yaml", "--quiet"]);
    assert_eq!((code, place.delivered()), (0, 2), "{text}");
    let other = std::fs::read_to_string(place.path().join("smooth.yaml")).unwrap();
    place.write("smooth.yaml", &other.replace("smooth.py", "other.py"));
    assert_eq!(place.told(&["run", "smooth.yaml"]).0, 8);
}

#[test]
fn a_program_that_fails_costs_its_streams() {
    let Some(place) = place() else { return };
    place.write("smooth.py", "import sys\nsys.exit('out of strokes')\n");
    let (code, text) = place.told(&["run", "smooth.yaml", "--allow-exec", "--quiet"]);
    assert_eq!((code, place.delivered()), (8, 0), "{text}");
    let expected = "the program `python3` ended with exit status: 1: out of strokes";
    assert!(text.contains(expected), "{text}");
}
