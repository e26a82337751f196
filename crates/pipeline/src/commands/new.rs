//! `pipeline new`.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use pipeline_engine::skeleton;

use crate::app::App;
use crate::output::{not_made, result_line};
use crate::{exit, render, words};

/// Write a pipeline file to begin with, every option in it as a comment
#[derive(Args)]
pub(crate) struct New {
    /// What it consists of: SOURCE/TRANSFORMS/SINK with commas between several, such as
    /// `tcx/laps,hr-zones,calories/garmin`
    expression: String,

    /// File to write; an existing one is never overwritten [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &New, app: &App) -> u8 {
    let text = match skeleton(&args.expression, &app.registry) {
        Ok(text) => text,
        Err(diagnostics) => {
            render::diagnostics(&diagnostics);
            return exit::USAGE;
        }
    };
    let Some(path) = &args.out else {
        result_line(text.trim_end());
        return exit::DONE;
    };
    let shown = words::path(path);
    match write_new(path, &text) {
        Ok(()) => {
            result_line(&shown);
            eprintln!("fill in what is yours, then: pipeline check {shown}");
            exit::DONE
        }
        Err(error) => not_made(&shown, &error),
    }
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::options().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
