//! Compares our FIT codec with those of crates.io: how fast they are, and whether they agree.
//!
//! usage: fit-peers \[--rounds N\] \[FILE...\]
//!        fit-peers --check FILE...
//!
//! All contestants of a job do it in turns, round after round, in one thread; what is shown is the
//! median of the processor time. Figures of different runs aren't comparable, ratios are.

mod check;
mod decode;
mod encode;
mod input;
mod probe;
mod rounds;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

fn main() -> Result<ExitCode> {
    let mut arguments = std::env::args().skip(1).peekable();
    match arguments.peek().map(String::as_str) {
        Some("--check") => {
            let files: Vec<PathBuf> = arguments.skip(1).map(PathBuf::from).collect();
            return Ok(ExitCode::from(u8::from(!check::all(&files)?)));
        }
        Some("--probe") => {
            let peer = arguments.nth(1).context("--probe PEER FILE")?;
            let file = arguments.next().context("--probe PEER FILE")?;
            probe::here(&peer, file.as_ref())?;
            return Ok(ExitCode::SUCCESS);
        }
        _ => {}
    }
    let mut rounds = 11;
    let mut files = Vec::new();
    while let Some(argument) = arguments.next() {
        if argument == "--rounds" {
            rounds = arguments.next().context("--rounds N")?.parse()?;
        } else if argument.starts_with("--") {
            bail!("unknown option `{argument}`");
        } else {
            files.push(PathBuf::from(argument));
        }
    }
    let inputs = input::all(&files)?;
    decode::compare(&inputs, rounds)?;
    encode::compare(rounds)?;
    Ok(ExitCode::SUCCESS)
}
