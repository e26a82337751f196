//! `pipeline xoss`.

mod display;
mod files;
mod look;

use std::time::Duration;

use clap::{Args, Subcommand};
use pipeline_plugin::{Context, Progress, Result, SourceCx};
use plugin_xoss::{Computer, Model, Wanted};

use crate::exit;

/// Look after a XOSS or CYCPLUS cycle computer
///
/// Rides are fetched by a pipeline: `pipeline run xoss-sync.yaml`. These commands are for everything
/// else. What could erase a computer or change its firmware can't be sent.
#[derive(Args)]
#[command(after_help = exit::HELP)]
pub(crate) struct Xoss {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Info(look::Info),
    Ls(look::Ls),
    Get(files::Get),
    Put(files::Put),
    SetClock(look::SetClock),
    Rm(files::Rm),
    Display(display::Display),
}

/// Which computer.
#[derive(Args)]
struct Which {
    /// Computer to use: a name, in which `*` stands for anything, or an address; `sim:NAME` is a
    /// simulated one [default: the first that is seen]
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,

    /// How long to look for it
    #[arg(long, alias = "patience", value_name = "TIME", value_parser = super::run::time, default_value = "30s")]
    wait: Duration,

    /// Its model: auto, g-gen1, g-gen2, nav, m1 or m2
    #[arg(long, value_name = "MODEL", value_parser = model, default_value = "auto")]
    profile: Model,
}

pub(crate) fn run(args: &Xoss) -> u8 {
    let result = match &args.command {
        Command::Info(args) => look::info(args),
        Command::Ls(args) => look::ls(args),
        Command::Get(args) => files::get(args),
        Command::Put(args) => files::put(args),
        Command::SetClock(args) => look::set_clock(args),
        Command::Rm(args) => files::rm(args),
        Command::Display(args) => display::run(args),
    };
    match result {
        Ok(()) => exit::DONE,
        Err(code) => code,
    }
}

/// A model by the word for settings.
fn model(text: &str) -> Result<Model, String> {
    let value = serde_json::Value::from(text);
    let all = "write one of auto, g-gen1, g-gen2, nav, m1, m2";
    serde_json::from_value(value).map_err(|_| all.to_owned())
}

/// Connects to the computer, and does something with it.
fn with_computer<T>(
    which: &Which,
    work: impl AsyncFnOnce(&mut Computer, &SourceCx) -> Result<T>,
) -> Result<T, u8> {
    super::device::talk(which.device.as_deref(), async |cx| {
        let wanted = Wanted {
            device: None,
            wait: which.wait,
            profile: which.profile.profile(),
        };
        let seen = wanted.find(cx).await?;
        let mut computer = Computer::connect(cx, &seen, &wanted).await?;
        let result = work(&mut computer, cx).await;
        computer.disconnect().await;
        result
    })
}

/// Shows how far a transfer has come.
fn tell<'a>(context: &'a Context, what: &'a str) -> impl FnMut(u64, u64) + Send + 'a {
    move |bytes, size| context.progress(Progress::bytes(what, bytes, Some(size)))
}
