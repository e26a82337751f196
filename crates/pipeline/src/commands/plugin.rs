//! `pipeline plugin`.

mod check;
mod list;
mod new;
mod template;
mod trust;

use clap::{Args, Subcommand};
use pipeline_plugin::c_header;

use crate::app::App;
use crate::exit;
use crate::output::results;

/// Make, check and trust plugins of your own
///
/// A plugin is a dynamic library in any language that speaks C. It is found by `--plugin FILE`, in
/// the folders of `PIPELINE_PLUGIN_PATH`, or in ~/.local/share/pipeline/plugins.
#[derive(Args)]
pub(crate) struct Plugin {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    New(new::New),
    Check(check::Check),
    List(list::List),
    Trust(trust::Trust),
    /// Print the header for plugins in C
    Header,
}

pub(crate) fn run(args: Plugin, app: &App) -> u8 {
    match args.command {
        Command::New(args) => new::run(&args),
        Command::Check(args) => check::run(&args),
        Command::List(args) => list::run(&args, app),
        Command::Trust(args) => trust::run(&args, app),
        Command::Header => {
            results(&c_header());
            exit::DONE
        }
    }
}
