//! `pipeline completions` and `pipeline man`.

use std::io;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::exit;

/// Print completions for a shell
#[derive(Args)]
pub(crate) struct Completions {
    /// Shell to complete in
    shell: Shell,
}

pub(crate) fn completions(args: &Completions) -> u8 {
    clap_complete::generate(
        args.shell,
        &mut Cli::command(),
        "pipeline",
        &mut io::stdout(),
    );
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
    match clap_mangen::Man::new(page).render(&mut io::stdout()) {
        Ok(()) => exit::DONE,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit::DONE,
        Err(error) => {
            eprintln!("error: cannot print the page: {error}");
            exit::FAILED
        }
    }
}
