//! `pipeline` moves recordings of exercise and power from where they arise to where they are
//! wanted.
//!
//! This crate is the binary: arguments, words on the terminal, exit codes, and the list of
//! bundled plugins. It is the only one that prints; what is done is the engine's business.

/// Tells people something on standard error, as the macro of the standard library; but nobody who
/// has gone away (`2>&1 | head`) and no full disk behind it ends a run in the middle.
macro_rules! eprintln {
    ($($words:tt)*) => {
        $crate::output::tell(format_args!("{}\n", format_args!($($words)*)))
    };
}

/// As `eprintln`, without an end of the line.
macro_rules! eprint {
    ($($words:tt)*) => { $crate::output::tell(format_args!($($words)*)) };
}

/// As that of the standard library, which panics when nobody reads any more (`2>&1 | head`): that is no
/// reason to end what is being recorded.
macro_rules! eprintln {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($words)*);
    }};
}

mod app;
mod bluetooth;
mod cli;
mod commands;
mod conversations;
mod exit;
mod journals;
mod libraries;
mod output;
mod plugins;
mod recordings;
mod render;
mod replay;
mod signals;
mod view;
mod words;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(tell_of_panic));
    ExitCode::from(cli::dispatch(cli::Cli::parse()))
}

/// A panic on a thread of the engine is caught there and becomes the error of one input; only
/// where nobody catches it, it is told here.
fn tell_of_panic(panic: &std::panic::PanicHookInfo<'_>) {
    if std::thread::current().name() == Some("main") {
        eprintln!("error: pipeline itself is broken: {panic}");
        eprintln!("help: please report it with the command and the input");
    }
}
