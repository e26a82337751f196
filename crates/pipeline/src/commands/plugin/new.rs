//! `pipeline plugin new`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args, ValueEnum};

use super::template::{Kind, files};
use crate::output::{not_made, result_line};
use crate::{exit, words};

/// Write a project for a plugin, which builds as it is and without a network
///
/// A folder NAME with the source, a unit test, a pipeline that uses the plugin, and all that it
/// needs to be built: the slim edition of the SDK for Rust, or the header for C.
#[derive(Args)]
#[command(group(ArgGroup::new("kind").required(true)))]
#[expect(clippy::struct_excessive_bools, reason = "one of them is given")]
pub(crate) struct New {
    /// Name of the plugin, as pipeline files will spell it
    #[arg(value_parser = name)]
    name: String,

    /// A source: listens to a device or a service
    #[arg(long, group = "kind")]
    source: bool,

    /// A reader: turns files into streams
    #[arg(long, group = "kind")]
    reader: bool,

    /// A transform: changes streams
    #[arg(long, group = "kind")]
    transform: bool,

    /// A sink: writes streams
    #[arg(long, group = "kind")]
    sink: bool,

    /// Language to write it in
    #[arg(long, value_enum, default_value = "rust")]
    lang: Language,

    /// Folder in which to make the folder NAME
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

/// A language with a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// Rust 1.89 or newer.
    Rust,
    /// C99.
    C,
}

fn name(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let starts = text.starts_with(|c: char| c.is_ascii_lowercase());
    if starts && text.chars().all(plain) && text.len() <= 60 && !text.ends_with('-') {
        Ok(text.to_owned())
    } else {
        Err("a name is of a-z, 0-9 and `-`, and starts with a letter".to_owned())
    }
}

pub(crate) fn run(args: &New) -> u8 {
    let kind = match (args.source, args.reader, args.transform) {
        (true, ..) => Kind::Source,
        (_, true, _) => Kind::Reader,
        (.., true) => Kind::Transform,
        _ => Kind::Sink,
    };
    let folder = args.out.join(&args.name);
    let shown = words::path(&folder);
    match write(&folder, kind, args) {
        Ok(()) => {
            result_line(&shown);
            let (make, library) = match args.lang {
                Language::Rust => ("cargo test && cargo build --release", "target/release/"),
                Language::C => ("make test && make", "./"),
            };
            let ident = args.name.replace('-', "_");
            let library = format!("{library}lib{ident}{}", std::env::consts::DLL_SUFFIX);
            let name = &args.name;
            eprintln!("next:  cd {shown}");
            eprintln!("       {make}");
            eprintln!("       pipeline plugin check {library}");
            eprintln!("       pipeline plugin trust {library}");
            eprintln!("       pipeline run {name}.yaml --plugin {library}");
            exit::DONE
        }
        Err(error) => not_made(&shown, &error),
    }
}

fn write(folder: &Path, kind: Kind, args: &New) -> io::Result<()> {
    fs::create_dir(folder)?;
    for (path, text) in files(kind, args.lang, &args.name) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text)?;
    }
    Ok(())
}
