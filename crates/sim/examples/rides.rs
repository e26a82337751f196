//! The rides on a simulated cycle computer, as files: the truth for those who fetch them.
//!
//! usage: rides NAME FOLDER
#![expect(clippy::print_stderr, reason = "it is a program")]

use std::path::Path;
use std::process::ExitCode;

use sim::xoss::Computer;

/// The names of the rides of [`Computer::named`].
const RIDES: [&str; 3] = [
    "20240715062336.fit",
    "20240716170502.fit",
    "20240720080811.fit",
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, folder] = &arguments[..] else {
        eprintln!("usage: rides NAME FOLDER");
        return ExitCode::from(2);
    };
    let Some(computer) = Computer::named(name) else {
        eprintln!(
            "error: there is no `{name}`; there are {:?}",
            Computer::NAMES
        );
        return ExitCode::from(2);
    };
    for ride in RIDES {
        let content = computer.device().file(ride).unwrap_or_default();
        if let Err(error) = std::fs::write(Path::new(folder).join(ride), content) {
            eprintln!("error: {folder}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
