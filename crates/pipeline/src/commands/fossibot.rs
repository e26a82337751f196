//! `pipeline fossibot`: power stations.

mod dump;
mod info;
mod set;
mod watch;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use pipeline_engine::{LiveOptions, visit};
use pipeline_plugin::{Cancel, Context, Error, ErrorKind, Level, Result, Said, SourceCx};
use plugin_fossibot::StationOptions;

use crate::{bluetooth, exit, signals, words};

/// Look at a Fossibot, Aferiy or another power station of the BrightEMS app, and change its
/// settings
#[derive(Args)]
pub(crate) struct Fossibot {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Info(info::Info),
    Watch(watch::Watch),
    Dump(dump::Dump),
    Set(set::Set),
}

/// Which station, and how it is read.
#[derive(Args)]
struct Which {
    /// Name of the station, in which `*` stands for anything, or its address; `sim:fossibot` is a
    /// simulated one [default: the first in range]
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,

    /// What its registers mean: `sydpower`, `sydpower-v1`, or a profile of your own
    #[arg(long, value_name = "NAME", default_value = "auto")]
    profile: String,

    /// File with a profile of your own; may be given several times
    #[arg(long, value_name = "FILE")]
    profile_file: Vec<PathBuf>,

    /// How long to look for it, such as 30s
    #[arg(long, alias = "wait", value_name = "TIME", value_parser = super::run::time, default_value = "60s")]
    patience: Duration,
}

impl Which {
    fn options(&self, live: &LiveOptions, every: Duration) -> StationOptions {
        StationOptions {
            device: live.device.clone(),
            profile: self.profile.clone(),
            profiles: self.profile_file.clone(),
            patience: self.patience,
            every,
        }
    }

    /// Lends the work a station's surroundings; its options come with it. What fails is told, and
    /// the exit code comes back.
    fn visit(
        &self,
        most: Option<Duration>,
        every: Duration,
        work: impl AsyncFnOnce(&SourceCx, &StationOptions) -> Result<u8>,
    ) -> u8 {
        let cancel = Cancel::default();
        let mut live = match bluetooth::live(self.device.as_deref(), &cancel) {
            Ok(live) => live,
            Err(code) => return code,
        };
        live.most = most;
        signals::attach(&cancel);
        let options = self.options(&live, every);
        let context = Context::telling("fossibot", cancel, |told| {
            if let Said::Log(Level::Error | Level::Warn, text) = told.said {
                eprintln!("warning: {}", words::clean(&text));
            }
        });
        match visit(&live, context, async |cx| work(cx, &options).await) {
            Ok(code) => code,
            Err(error) if error.kind() == ErrorKind::Cancelled => exit::DONE,
            Err(error) => {
                tell(&error);
                exit::code_of(&error)
            }
        }
    }
}

/// How often to ask when a person looks.
const EVERY: Duration = Duration::from_secs(2);

pub(crate) fn run(args: &Fossibot) -> u8 {
    match &args.command {
        Command::Info(args) => info::run(args),
        Command::Watch(args) => watch::run(args),
        Command::Dump(args) => dump::run(args),
        Command::Set(args) => set::run(args),
    }
}

fn tell(error: &Error) {
    eprintln!("error: {}", words::clean(&error.with_causes()));
    if let Some(help) = error.help() {
        eprintln!("help: {help}");
    }
}
