//! `pipeline plugin check`: what every plugin must be able to bear.

mod kit;
mod odd;

use std::path::PathBuf;

use clap::Args;
use pipeline_engine::{Image, Loader, timely};

use crate::libraries::told;
use crate::output::result_line;
use crate::{exit, words};

/// Check whether a library is a sound plugin
///
/// Loads it, whether it is trusted or not, and tries each of its plugins: settings, a hundred
/// instances, odd items, empty and meaningless inputs, stopping. Nothing is delivered.
#[derive(Args)]
pub(crate) struct Check {
    /// Library to check
    library: PathBuf,
}

pub(crate) fn run(args: &Check) -> u8 {
    let loaded = Image::read(&args.library).and_then(|image| Loader::default().load(image));
    let library = match loaded {
        Ok(library) => library,
        Err(error) => return told(&error),
    };
    result_line(&format!(
        "{}: version 1 of the interface",
        words::path(&library.path)
    ));
    let mut failed = 0;
    for plugin in library.plugins {
        result_line(&format!(
            "{} {} · {}",
            plugin.name,
            plugin.version,
            plugin.role.name()
        ));
        match timely(move || kit::examine(&plugin)) {
            Err(error) => {
                failed += 1;
                told(&error);
            }
            Ok(findings) => {
                for finding in findings {
                    let mark = if finding.is_sound { "ok    " } else { "failed" };
                    failed += usize::from(!finding.is_sound);
                    result_line(&format!("  {mark} {}", words::clean(&finding.text)));
                }
            }
        }
    }
    if failed == 0 {
        return exit::DONE;
    }
    eprintln!("error: {} failed", words::count(failed, "check", "checks"));
    exit::PLUGIN
}
