//! `pipeline` moves recordings of exercise and power from where they arise to where they are
//! wanted.
//!
//! This crate is the binary: arguments, words on the terminal, exit codes, and the list of
//! bundled plugins. It is the only one that prints; what is done is the engine's business.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the binary is the only crate that prints"
)]

mod app;
mod cli;
mod commands;
mod exit;
mod output;
mod plugins;
mod render;
mod signals;
mod words;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    ExitCode::from(cli::dispatch(cli::Cli::parse()))
}
