//! `pipeline rowing`: ESP Rowing Monitors.

mod ota;
mod settings;

use std::io::{self, BufRead, IsTerminal};
use std::time::Duration;

use clap::{Args, Subcommand};
use pipeline_engine::visit;
use pipeline_plugin::{Cancel, Context, Error, ErrorKind, Level, Result, Said, SourceCx};

use crate::output::error_text;
use crate::{bluetooth, exit, signals, words};

/// Look at the settings of an ESP Rowing Monitor, change them, update its firmware
#[derive(Args)]
pub(crate) struct Rowing {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    #[command(subcommand)]
    Settings(settings::Settings),
    Ota(ota::Ota),
}

/// Which monitor, and how long to look for it.
#[derive(Args)]
struct Which {
    /// Name of the monitor, in which `*` stands for anything, or its address; `sim:esprm` is a
    /// simulated one [default: the first in range]
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,

    /// How long to look for it, such as 30s
    #[arg(long, alias = "wait", value_name = "TIME", value_parser = super::run::time, default_value = "60s")]
    patience: Duration,
}

/// Whether to ask before something is changed.
#[derive(Args)]
struct Consent {
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,

    /// Do it without asking
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
}

pub(crate) fn run(args: &Rowing) -> u8 {
    match &args.command {
        Command::Settings(args) => settings::run(args),
        Command::Ota(args) => ota::run(args),
    }
}

impl Which {
    /// Lends the work a monitor's surroundings. What fails is told, and the exit code comes back.
    fn visit(&self, work: impl AsyncFnOnce(&SourceCx, Duration) -> Result<u8>) -> u8 {
        let cancel = Cancel::default();
        let live = match bluetooth::live(self.device.as_deref(), &cancel) {
            Ok(live) => live,
            Err(code) => return code,
        };
        signals::attach(&cancel);
        let context = Context::telling("rowing", cancel, |told| {
            if let Said::Log(Level::Error | Level::Warn, text) = told.said {
                eprintln!("warning: {}", words::clean(&text));
            }
        });
        match visit(&live, context, async |cx| work(cx, self.patience).await) {
            Ok(code) => code,
            Err(error) => {
                tell(&error);
                match error.kind() {
                    ErrorKind::Cancelled => exit::FAILED,
                    _ => exit::code_of(&error),
                }
            }
        }
    }
}

impl Consent {
    /// Whether the person agrees; asks where somebody can answer. Where nobody can, the command line
    /// lacks the answer: that is told, and its exit code comes back.
    fn given(&self, question: &str) -> Result<std::result::Result<bool, u8>> {
        if self.yes {
            return Ok(Ok(true));
        }
        let stdin = io::stdin();
        if !stdin.is_terminal() {
            let message = "nobody can be asked whether to do this";
            tell(&Error::skip(message).with_help("say so with `--yes`"));
            return Ok(Err(exit::USAGE));
        }
        eprint!("{question} [y/N] ");
        let mut answer = String::new();
        let read = stdin.lock().read_line(&mut answer);
        read.map_err(|error| Error::io("read the answer", error))?;
        let answer = answer.trim().to_lowercase();
        Ok(Ok(matches!(answer.as_str(), "y" | "yes")))
    }
}

fn tell(error: &Error) {
    eprintln!("{}", error_text("", error));
}
