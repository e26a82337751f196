//! `pipeline completions` and `pipeline man`.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::exit;
use crate::output::results;

/// Print completions for a shell
#[derive(Args)]
pub(crate) struct Completions {
    /// Shell to complete in
    shell: Shell,
}

pub(crate) fn completions(args: &Completions) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "pipeline", &mut script);
    results(&String::from_utf8_lossy(&script));
    exit::DONE
}

/// Print the manual page of pipeline or of one of its commands
#[derive(Args)]
pub(crate) struct Man {
    /// Command to describe
    command: Option<String>,
}

pub(crate) fn man(args: &Man) -> u8 {
    let mut root = Cli::command();
    root.build();
    let mut page = root.clone();
    if let Some(name) = &args.command {
        let Some(command) = root.find_subcommand(name) else {
            eprintln!("error: there is no command `{}`", crate::words::clean(name));
            return exit::USAGE;
        };
        page = command.clone().name(format!("pipeline-{name}"));
    }
    let mut text = Vec::new();
    if let Err(error) = clap_mangen::Man::new(page).render(&mut text) {
        eprintln!("error: cannot make the page: {error}");
        return exit::FAILED;
    }
    results(&String::from_utf8_lossy(&text));
    exit::DONE
}
