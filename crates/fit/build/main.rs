//! Turns the tables in `profile/` into constants: a module of fields per message, a module of
//! values per enumeration. A mistake in a table stops the build with file and line.
#![expect(
    clippy::print_stdout,
    reason = "that is how a build script talks to Cargo"
)]

mod code;
mod table;

use std::path::PathBuf;
use std::{env, fs};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=profile");
    println!("cargo::rerun-if-changed=build");
    let types = table::types()?;
    let messages = table::messages(&types)?;
    let code = code::profile(&types, &messages)?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("profile.rs"), code)?;
    Ok(())
}
