//! `pipeline plugin trust`.

use std::path::PathBuf;

use clap::Args;
use pipeline_engine::{Image, Library, Loader, Trusts, has_ending};
use pipeline_plugin::Error;

use crate::app::App;
use crate::libraries::told;
use crate::output::result_line;
use crate::{exit, words};

/// Trust a library with plugins, or a pipeline that runs programs, as it is now
///
/// Its SHA-256 is noted with the names and versions of its plugins; once its bytes change, it is
/// refused until you trust it again. A plugin, and a program, may do whatever you may do: trust
/// only what you know.
#[derive(Args)]
pub(crate) struct Trust {
    /// Library to trust, or a pipeline file (`.yaml`)
    file: PathBuf,
}

pub(crate) fn run(args: &Trust, app: &App) -> u8 {
    if has_ending(&args.file, &["yaml".to_owned(), "yml".to_owned()]) {
        return pipeline(args, app).unwrap_or_else(|code| code);
    }
    match app.state(None) {
        Err(code) => code,
        Ok(state) => match trust(args, &state) {
            Err(error) => told(&error),
            Ok((sha256, library)) => {
                for plugin in &library.plugins {
                    let (name, version, role) = (&plugin.name, &plugin.version, plugin.role.name());
                    result_line(&format!("{name} {version} · {role} · sha256 {sha256}"));
                }
                eprintln!("trusted: {}", words::path(&library.path));
                exit::DONE
            }
        },
    }
}

fn pipeline(args: &Trust, app: &App) -> Result<u8, u8> {
    let document = app.document(&args.file.display().to_string())?;
    let mut trusts = Trusts::open(&app.state(None)?).map_err(|error| told(&error))?;
    let sha256 = trusts
        .trust_pipeline(&document)
        .map_err(|error| told(&error))?;
    let name = words::path(&args.file);
    result_line(&format!("{name} · pipeline · sha256 {sha256}"));
    Ok(exit::DONE)
}

fn trust(args: &Trust, state: &std::path::Path) -> Result<(String, Library), Error> {
    let image = Image::read(&args.file)?;
    let sha256 = image.sha256();
    let library = Loader::default().load(image)?;
    let mut trusts = Trusts::open(state)?;
    trusts.trust(sha256.clone(), &library.path, &library.plugins)?;
    Ok((sha256, library))
}
