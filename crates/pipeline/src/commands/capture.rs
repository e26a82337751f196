//! `pipeline capture`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ble::{Head, Journal, Kept, SECRETS, VERSION};
use clap::Args;
use pipeline_engine::visit;
use pipeline_plugin::ble::{Ble, Characteristic, Connection, LinkEvent, Sighting};
use pipeline_plugin::{
    Cancel, Clock, Context, Error, ErrorKind, Level, Result, Said, SourceCx, Timestamp,
};

use super::devices::Kind;
use crate::output::{error_text, result_line};
use crate::{bluetooth, conversations, exit, journals, signals, words};

/// Record what a device tells, for bug reports
///
/// Connects to the device, reads everything in it that may be read, and writes down what it sends by
/// itself. Nothing is written to the device. Addresses, serial numbers and names are made
/// unrecognisable. The recording can be played with `--device replay:FILE`.
///
/// A file that ends in `.yaml` is written as a conversation: who the device is, and step by step what
/// was said, for people to read and to change. `--convert` makes one of a recording, such as one of
/// `pipeline run --record`, in which the source writes to the device too.
#[derive(Args)]
#[command(after_help = exit::HELP)]
pub(crate) struct Capture {
    /// Name of the device, in which `*` stands for anything, or its address; `sim:NAME` is a
    /// simulated one
    #[arg(
        required_unless_present = "convert",
        default_value = "",
        hide_default_value = true
    )]
    device: String,

    /// Connect to nothing: make a conversation of this recording, or a recording of this
    /// conversation
    #[arg(long, value_name = "FILE", conflicts_with_all = ["device", "most", "patience"])]
    convert: Option<PathBuf>,

    /// File to write [default: the time, in the current folder]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// How long to listen, such as 30s or 10min
    #[arg(long = "for", value_name = "TIME", value_parser = super::run::time, default_value = "60s")]
    most: Duration,

    /// How long to look for the device
    #[arg(long, alias = "wait", value_name = "TIME", value_parser = super::run::time, default_value = "60s")]
    patience: Duration,
}

/// What was recorded.
#[derive(Debug, Default)]
struct Tally {
    title: String,
    kind: Option<Kind>,
    read: usize,
    refused: usize,
    subscribed: usize,
    values: usize,
    /// The device ended the connection.
    lost: bool,
}

pub(crate) fn run(args: &Capture) -> u8 {
    let done = match &args.convert {
        Some(from) => convert(from, args.output.as_deref()),
        None => record(args),
    };
    done.unwrap_or_else(|failed| match failed {
        Failed::Told(code) => code,
        Failed::Error(error) => {
            eprintln!("{}", error_text("", &error));
            exit::code_of(&error)
        }
    })
}

enum Failed {
    Told(u8),
    Error(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Makes one of a recording and a conversation of the other.
fn convert(from: &Path, to: Option<&Path>) -> std::result::Result<u8, Failed> {
    let made = conversations::convert(from, to).map_err(|error| {
        eprintln!("{}", error_text(&words::path(from), &error));
        Failed::Told(exit::code_of(&error))
    })?;
    if let Some(damage) = &made.damage {
        eprintln!("warning: {}: {}", words::path(from), words::clean(damage));
    }
    result_line(&format!(
        "{}: {} → {}",
        words::path(from),
        words::count(made.steps, "step", "steps"),
        words::path(&made.path)
    ));
    eprintln!("{UNRECOGNISABLE}");
    Ok(exit::DONE)
}

/// What is said about everything that is written.
const UNRECOGNISABLE: &str =
    "addresses, serial numbers and names in it are unrecognisable; look through it all the same";

fn record(args: &Capture) -> std::result::Result<u8, Failed> {
    let cancel = Cancel::default();
    let mut live = bluetooth::live(Some(&args.device), &cancel).map_err(Failed::Told)?;
    let (Some(clock), Some(central)) = (live.clock.clone(), live.central.take()) else {
        return Err(Error::resource("there is no Bluetooth here").into());
    };
    signals::attach(&cancel);
    let start = clock.now();
    let name = || PathBuf::from(format!("{}.capture", start.for_file_name()));
    let asked = args.output.clone().unwrap_or_else(name);
    let is_told = conversations::is_called_so(&asked);
    // A conversation is made in the end of what was written down packet by packet.
    let path = if is_told {
        beside(&asked)
    } else {
        asked.clone()
    };
    if is_told && asked.exists() {
        // Says so, and makes nothing.
        Kept::at(&asked)?;
    }
    let journal = begin(&path, start, &clock, &cancel)?;
    live.central = Some(journal.over(central));
    let context = Context::telling("capture", cancel, |told| {
        if let Said::Log(Level::Error | Level::Warn, text) = told.said {
            eprintln!("warning: {}", words::clean(&text));
        }
    });
    let mut tally = Tally::default();
    let result = visit(&live, context, async |cx| {
        listen(args, cx, &mut tally).await
    });
    journal.end();
    if tally.title.is_empty() {
        // Nothing is in it.
        let _ = std::fs::remove_file(&path);
    }
    match result {
        Err(error) if error.kind() == ErrorKind::Cancelled && tally.title.is_empty() => {
            eprintln!("nothing was recorded");
        }
        Err(error) if error.kind() != ErrorKind::Cancelled => return Err(error.into()),
        _ if is_told => {
            conversations::convert(&path, Some(&asked))?;
            let _ = std::fs::remove_file(&path);
            tell(&tally, &asked);
        }
        _ => tell(&tally, &path),
    }
    Ok(exit::DONE)
}

/// What a conversation is made of, while it is recorded: beside the file that was asked for.
fn beside(asked: &Path) -> PathBuf {
    let mut name = asked.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.capture", std::process::id()));
    asked.with_file_name(name)
}

fn begin(
    path: &Path,
    start: Timestamp,
    clock: &Arc<dyn Clock>,
    cancel: &Cancel,
) -> Result<Arc<Journal>> {
    let head = Head {
        capture: VERSION,
        start,
        program: journals::program(),
        source: None,
        device: None,
        pipeline: None,
    };
    let broken = Box::new(|_: &Path, error: &Error| eprintln!("{}", error_text("", error)));
    let kept = Kept::at(path)?;
    let mark = kept.mark()?;
    let journal = Journal::begin(vec![kept], &head, Arc::clone(clock), cancel.clone(), broken)?;
    let journal = Arc::new(journal.redacted());
    journals::remove_unless_heard(vec![mark], &journal);
    Ok(journal)
}

/// Finds the device and listens to it.
async fn listen(args: &Capture, cx: &SourceCx, tally: &mut Tally) -> Result<()> {
    let ble = cx.ble()?;
    let device = find(args, ble, cx).await?;
    let mut connection = ble.connect(&device).await?;
    device.title().clone_into(&mut tally.title);
    tally.kind = Some(Kind::of(&device));
    let until = cx.now() + args.most.as_secs_f64();
    ask(&mut connection, tally).await?;
    loop {
        let left = Duration::try_from_secs_f64(until - cx.now()).unwrap_or_default();
        if left.is_zero() {
            break;
        }
        match connection.next(left).await? {
            Some(LinkEvent::Value { .. }) => tally.values += 1,
            Some(LinkEvent::Lost { .. }) => {
                tally.lost = true;
                break;
            }
            None => {}
        }
    }
    // That it is over for the device too is all the same to the recording.
    let _ = connection.disconnect().await;
    Ok(())
}

/// The device that was asked for; of simulated ones, the first.
async fn find(args: &Capture, ble: &Ble, cx: &SourceCx) -> Result<Sighting> {
    let until = cx.now() + args.patience.as_secs_f64();
    let mut scan = ble.scan().await?;
    loop {
        let left = Duration::try_from_secs_f64(until - cx.now()).unwrap_or_default();
        match scan.next(left).await? {
            Some(seen) if ble.wanted().is_none_or(|wanted| wanted.matches(&seen)) => {
                return Ok(seen);
            }
            _ if left.is_zero() => {
                let text = format!("no device `{}` is in range", args.device);
                return Err(Error::new(ErrorKind::Device, text)
                    .with_help("wake it, and look that nothing else is connected to it"));
            }
            _ => {}
        }
    }
}

/// Reads everything that may be read, and asks for everything that the device sends by itself.
async fn ask(connection: &mut Connection, tally: &mut Tally) -> Result<()> {
    let all: Vec<Characteristic> = connection.characteristics().collect();
    let readable =
        |one: &&Characteristic| one.can(Characteristic::READ) && !SECRETS.contains(&one.uuid);
    for one in all.iter().filter(readable) {
        match connection.read_if_there(one.uuid).await? {
            Some(_) => tally.read += 1,
            None => tally.refused += 1,
        }
    }
    let sends = Characteristic::NOTIFY | Characteristic::INDICATE;
    for one in all.iter().filter(|one| one.can(sends)) {
        match connection.subscribe(one.uuid).await {
            Ok(()) => tally.subscribed += 1,
            Err(error) if error.kind() == ErrorKind::Device => return Err(error),
            Err(_) => tally.refused += 1,
        }
    }
    Ok(())
}

fn tell(tally: &Tally, path: &Path) {
    if tally.lost {
        eprintln!("warning: the device has ended the connection");
    }
    if tally.refused > 0 {
        let refused = words::count(tally.refused, "characteristic", "characteristics");
        eprintln!("warning: the device refused {refused}");
    }
    result_line(&format!(
        "{}: {} read, {} subscribed to, {} → {}",
        words::clean(&tally.title),
        words::count(tally.read, "value", "values"),
        tally.subscribed,
        words::count(tally.values, "packet", "packets"),
        words::path(path)
    ));
    eprintln!("{UNRECOGNISABLE}");
    if let Some(more) = tally.kind.and_then(asked_only) {
        eprintln!("help: {more}");
    }
}

/// What to do about a device that says little by itself: it answers what a run asks.
fn asked_only(kind: Kind) -> Option<String> {
    let (what, run) = match kind {
        Kind::Computer => (
            "a cycle computer",
            "run @xoss-sync --again --dry-run --record ride.capture",
        ),
        Kind::Station => (
            "a power station",
            "run @fossibot-log --for 1min --dry-run --record station.capture",
        ),
        _ => return None,
    };
    let file = run.rsplit(' ').next().unwrap_or_default();
    let told = file.replace(".capture", ".yaml");
    let rides = if kind == Kind::Computer {
        "; what was ridden is in it"
    } else {
        ""
    };
    Some(format!(
        "{what} says little until it is asked; for a report record a run, `pipeline {run}`, and \
         make it unrecognisable: `pipeline capture --convert {file} -o {told}`{rides}"
    ))
}
