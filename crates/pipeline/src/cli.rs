//! The command line: every command in one place.

use clap::{Parser, Subcommand};

use crate::app::App;
use crate::libraries::Libraries;
use crate::{commands, exit, output};

/// Move recordings of exercise and power from where they arise to where they are wanted
///
/// A pipeline is a YAML file with a source, transforms and sinks, each provided by a plugin.
/// `pipeline new` writes one to begin with, `pipeline list` shows the plugins and the pipelines that
/// come with the program. A single file needs none: `pipeline convert row.tcx row.fit`.
#[derive(Parser)]
#[command(name = "pipeline", version, after_help = exit::HELP, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,

    #[command(flatten)]
    libraries: Libraries,
}

#[derive(Subcommand)]
enum Command {
    Run(commands::run::Run),
    Convert(commands::convert::Convert),
    Inspect(commands::inspect::Inspect),
    Repair(commands::repair::Repair),
    Merge(commands::merge::Merge),
    Devices(commands::devices::Devices),
    Rowing(commands::rowing::Rowing),
    Xoss(commands::xoss::Xoss),
    Fossibot(commands::fossibot::Fossibot),
    Capture(commands::capture::Capture),
    Recover(commands::recover::Recover),
    Doctor(commands::doctor::Doctor),
    New(commands::new::New),
    Check(commands::check::Check),
    Test(commands::test::Test),
    Graph(commands::graph::Graph),
    List(commands::list::List),
    Describe(commands::describe::Describe),
    Schema(commands::schema::Schema),
    Plugin(commands::plugin::Plugin),
    Completions(commands::completions::Completions),
    Man(commands::completions::Man),
}

/// Runs the command; returns the exit code.
pub(crate) fn dispatch(cli: Cli) -> u8 {
    let code = match App::with(&cli.libraries) {
        Ok(app) => run(cli.command, &app),
        Err(code) => code,
    };
    if code == exit::DONE && output::is_lost() {
        exit::FAILED
    } else {
        code
    }
}

fn run(command: Command, app: &App) -> u8 {
    match command {
        Command::Run(args) => commands::run::run(args, app),
        Command::Convert(args) => commands::convert::run(&args, app),
        Command::Check(args) => commands::check::run(&args, app),
        Command::Test(args) => commands::test::run(&args, app),
        Command::New(args) => commands::new::run(&args, app),
        Command::List(args) => commands::list::run(&args, app),
        Command::Describe(args) => commands::describe::run(&args, app),
        Command::Schema(args) => commands::schema::run(&args, app),
        Command::Graph(args) => commands::graph::run(&args, app),
        Command::Inspect(args) => commands::inspect::run(&args),
        Command::Capture(args) => commands::capture::run(&args),
        Command::Recover(args) => commands::recover::run(args, app),
        Command::Repair(args) => commands::repair::run(&args),
        Command::Plugin(args) => commands::plugin::run(args, app),
        Command::Merge(args) => commands::merge::run(&args),
        Command::Xoss(args) => commands::xoss::run(&args),
        Command::Devices(args) => commands::devices::run(&args),
        Command::Doctor(args) => commands::doctor::run(&args, app),
        Command::Rowing(args) => commands::rowing::run(&args),
        Command::Fossibot(args) => commands::fossibot::run(&args),
        Command::Completions(args) => commands::completions::completions(&args),
        Command::Man(args) => commands::completions::man(&args),
    }
}
