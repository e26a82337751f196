//! `pipeline xoss get`, `put` and `rm`.

use std::fs;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use pipeline_engine::{Written, write_as, write_beside};
use pipeline_plugin::{Error, Result};
use plugin_xoss::{Put as WasPut, file_named};
use xoss::{FileName, Integrity, RideName, SystemFile};

use super::{Which, tell, with_computer};
use crate::output::{error_text, result_line};
use crate::{exit, words};

/// Copy files from a computer
///
/// Rides, or its own files: `settings.json`, `user_profile.json`, `panels.json` and so on. Nothing is
/// overwritten, and nothing is remembered: for all new rides run `pipeline run xoss-sync.yaml`.
#[derive(Args)]
pub(super) struct Get {
    /// Names of the files on the computer, such as 20240715062336.fit
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,

    /// Folder to copy to
    #[arg(long, short, value_name = "DIR", default_value = ".")]
    output: PathBuf,

    /// Replace what is there
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    which: Which,
}

/// Send a file to a computer
///
/// The values in FILE that differ are changed in the computer's own file, which keeps its spelling
/// and everything else that is in it; user profile, settings and panels are checked before they are
/// sent. Satellite data (offline.gnss) are checked and sent as they are.
#[derive(Args)]
pub(super) struct Put {
    /// File to send
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// What it is called on the computer [default: the name of FILE]
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,

    #[command(flatten)]
    which: Which,
}

/// Delete rides from a computer, for good
///
/// A pipeline with `delete-after-delivery: true` deletes what has safely arrived; this deletes what
/// you name.
#[derive(Args)]
pub(super) struct Rm {
    /// Names of the rides, such as 20240715062336.fit
    #[arg(required = true, value_name = "RIDE")]
    rides: Vec<String>,

    /// Do not ask
    #[arg(long, short)]
    yes: bool,

    #[command(flatten)]
    which: Which,
}

/// Prints an error that is found before the computer is looked for.
fn wrong(error: &Error, code: u8) -> u8 {
    eprintln!("{}", error_text("", error));
    code
}

pub(super) fn get(args: &Get) -> Result<(), u8> {
    let files: Result<Vec<_>> = args.names.iter().map(|name| file_named(name)).collect();
    let files = files.map_err(|error| wrong(&error, exit::USAGE))?;
    let damaged = with_computer(&args.which, async |computer, cx| {
        let mut damaged = 0;
        for file in &files {
            let mut tell = tell(cx.context(), file.as_str());
            let content = computer.fetch(cx, file, &mut tell).await?;
            let path = keep(args, file, &content)?;
            let mut line = format!("{file}: {} bytes → {}", count(&content), words::path(&path));
            if let (FileName::Ride(_), Integrity::Broken(problem)) =
                (file, Integrity::of_fit(&content))
            {
                damaged += 1;
                line = format!("{line}, damaged on the computer: {problem}");
            }
            result_line(&line);
        }
        Ok(damaged)
    })?;
    if damaged > 0 {
        eprintln!("help: `pipeline repair FILE` mends what can be mended");
        return Err(exit::PARTIAL);
    }
    Ok(())
}

/// `12,173`.
fn count(content: &[u8]) -> String {
    words::count(content.len(), "", "").trim().to_owned()
}

fn keep(args: &Get, file: &FileName, content: &[u8]) -> Result<PathBuf> {
    if args.force {
        let path = args.output.join(file.as_str());
        return write_as(content, &path, true).map(|()| path);
    }
    match write_beside(content, &args.output, file.as_str())? {
        Written::New(path) | Written::Already(path) => Ok(path),
    }
}

pub(super) fn put(args: &Put) -> Result<(), u8> {
    let (file, content) = what_to_put(args).map_err(|error| wrong(&error, exit::FAILED))?;
    let (title, put) = with_computer(&args.which, async |computer, cx| {
        let mut tell = tell(cx.context(), file.as_str());
        let put = computer.put(cx, file, &content, &mut tell).await?;
        Ok((computer.title().to_owned(), put))
    })?;
    let (name, title) = (file.as_str(), words::clean(&title));
    result_line(&match put {
        WasPut::Sent => format!("{name}: sent to {title}, which could read it"),
        WasPut::Same => format!("{name}: nothing to change on {title}"),
    });
    Ok(())
}

/// Which file, and its content.
fn what_to_put(args: &Put) -> Result<(SystemFile, Vec<u8>)> {
    let own = args.file.file_name().and_then(|name| name.to_str());
    let name = args.name.as_deref().or(own).unwrap_or_default();
    let file =
        match file_named(name) {
            Ok(FileName::System(file)) => file,
            Ok(FileName::Ride(_)) => {
                return Err(Error::skip(format!(
                    "`{name}` is a ride; a computer makes these itself"
                )));
            }
            Err(error) => return Err(error.with_help(
                "say with `--as` which of the computer's files it is, such as `--as settings.json`",
            )),
        };
    Ok((file, read(&args.file)?))
}

/// The largest file that is sent, in bytes; satellite data for weeks have less.
const LARGEST: u64 = 4 << 20;

fn read(path: &Path) -> Result<Vec<u8>> {
    let shown = words::path(path);
    let cannot = |error| Error::io(format!("read `{shown}`"), error);
    let size = fs::metadata(path).map_err(cannot)?.len();
    if size > LARGEST {
        return Err(Error::skip(format!(
            "`{shown}` has {size} bytes, more than any file of such a computer"
        )));
    }
    fs::read(path).map_err(cannot)
}

pub(super) fn rm(args: &Rm) -> Result<(), u8> {
    let rides: Result<Vec<RideName>, _> = args.rides.iter().map(|ride| ride.parse()).collect();
    let rides = rides.map_err(|error| {
        let error = Error::skip(error.to_string());
        wrong(
            &error.with_help("`pipeline xoss ls` shows the rides"),
            exit::USAGE,
        )
    })?;
    if !args.yes && !io::stdin().is_terminal() {
        eprintln!("error: nobody is there to be asked whether to delete");
        eprintln!("help: say `--yes` if you are sure: a deleted ride can't be brought back");
        return Err(exit::USAGE);
    }
    let deleted = with_computer(&args.which, async |computer, cx| {
        if !args.yes && !confirmed(&rides, computer.title()) {
            return Ok(false);
        }
        for ride in &rides {
            computer.delete(cx, ride).await?;
            let title = words::clean(computer.title());
            result_line(&format!("{ride}: deleted from {title}"));
        }
        Ok(true)
    })?;
    if !deleted {
        eprintln!("nothing was deleted");
    }
    Ok(())
}

/// Asks at the terminal.
fn confirmed(rides: &[RideName], title: &str) -> bool {
    for ride in rides {
        eprintln!("  {ride}");
    }
    let what = words::count(rides.len(), "ride", "rides");
    eprint!(
        "delete {what} from {} for good? [y/N] ",
        words::clean(title)
    );
    let _ = io::stderr().flush();
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}
