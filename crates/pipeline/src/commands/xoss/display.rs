//! `pipeline xoss display`.

use std::time::Duration;

use clap::{Args, Subcommand};
use pipeline_plugin::{Result, SourceCx, UtcOffset};
use plugin_xoss::display::{Changes, Display as Shown, DisplayInfo, DisplayWanted};
use xoss::remote::{RemoteMode, RemoteTypes};

use crate::commands::device::talk;
use crate::output::result_line;
use crate::{exit, words};

/// Look after glasses or a display with the Bluetooth Remote Service
///
/// From the vendor's document, not yet proven on hardware.
#[derive(Args)]
pub(super) struct Display {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Tell what a display says of itself
    Info(Info),
    Set(Set),
}

/// Which display.
#[derive(Args)]
struct Which {
    /// Display to use: a name, in which `*` stands for anything, or an address; `sim:NAME` is a
    /// simulated one [default: the first that is seen]
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,

    /// How long to look for it
    #[arg(long, alias = "patience", value_name = "TIME", value_parser = crate::commands::run::time, default_value = "30s")]
    wait: Duration,
}

#[derive(Args)]
struct Info {
    #[command(flatten)]
    which: Which,
}

/// Change how a display behaves
#[derive(Args)]
struct Set {
    /// What it is to be: glasses, camera, display or e-bike
    #[arg(long = "type", value_name = "TYPE", value_parser = types)]
    types: Option<RemoteTypes>,

    /// What it is to do: off, on or custom
    #[arg(long, value_name = "MODE", value_parser = mode)]
    mode: Option<RemoteMode>,

    /// Brightness, in percent
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    brightness: Option<u8>,

    /// How long until it sleeps, at most 100min; 0s is never
    #[arg(long, value_name = "TIME", value_parser = sleep)]
    sleep: Option<u16>,

    /// Whether it shows the phone's notifications: on or off
    #[arg(long, value_name = "ON|OFF", value_parser = on)]
    notifications: Option<bool>,

    /// Set its clock, with the local time at this offset from UTC, such as +02:00
    #[arg(long, value_name = "OFFSET", allow_hyphen_values = true)]
    clock: Option<UtcOffset>,

    #[command(flatten)]
    which: Which,
}

/// The types by their names.
const TYPES: [(&str, RemoteTypes); 4] = [
    ("glasses", RemoteTypes::GLASSES),
    ("camera", RemoteTypes::CAMERA),
    ("display", RemoteTypes::DISPLAY),
    ("e-bike", RemoteTypes::EBIKE),
];

/// The modes by their names.
const MODES: [(&str, RemoteMode); 3] = [
    ("off", RemoteMode::Off),
    ("on", RemoteMode::On),
    ("custom", RemoteMode::Custom),
];

fn choice<T: Copy>(text: &str, choices: &[(&str, T)]) -> Result<T, String> {
    let found = choices.iter().find(|(name, _)| *name == text);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let all: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        format!("write one of {}", all.join(", "))
    })
}

fn types(text: &str) -> Result<RemoteTypes, String> {
    choice(text, &TYPES)
}

fn mode(text: &str) -> Result<RemoteMode, String> {
    choice(text, &MODES)
}

fn on(text: &str) -> Result<bool, String> {
    choice(text, &[("on", true), ("off", false)])
}

/// Seconds; the document allows 6,000.
fn sleep(text: &str) -> Result<u16, String> {
    let seconds = crate::commands::run::time(text)?.as_secs();
    let seconds = u16::try_from(seconds).ok().filter(|it| *it <= 6000);
    seconds.ok_or_else(|| "write at most 100min".to_owned())
}

pub(super) fn run(args: &Display) -> Result<(), u8> {
    match &args.command {
        Command::Info(args) => info(args),
        Command::Set(args) => set(args),
    }
}

fn with_display<T>(
    which: &Which,
    work: impl AsyncFnOnce(&mut Shown, &SourceCx) -> Result<T>,
) -> Result<T, u8> {
    talk(which.device.as_deref(), async |cx| {
        let ble = cx.ble()?;
        let wanted = DisplayWanted {
            device: None,
            wait: which.wait,
        };
        let seen = wanted.find(ble).await?;
        let mut display = Shown::connect(ble, &seen).await?;
        let result = work(&mut display, cx).await;
        display.disconnect().await;
        result
    })
}

fn info(args: &Info) -> Result<(), u8> {
    let info = with_display(&args.which, async |display, _| display.info().await)?;
    result_line(&as_text(&info));
    Ok(())
}

fn as_text(info: &DisplayInfo) -> String {
    let mut lines = vec![words::clean(&info.title)];
    let mut line = |name: &str, facts: Vec<String>| {
        if !facts.is_empty() {
            lines.push(format!("  {name:<13} {}", facts.join(" · ")));
        }
    };
    let own = &info.info;
    let mut facts: Vec<String> = own.manufacturer.iter().cloned().collect();
    facts.extend(own.model.clone());
    facts.extend(own.serial.iter().map(|it| format!("serial {it}")));
    facts.extend(own.firmware.iter().map(|it| format!("firmware {it}")));
    line("made by", facts);
    line(
        "battery",
        own.battery.iter().map(|it| format!("{it} %")).collect(),
    );
    let types = TYPES
        .iter()
        .filter(|(_, bit)| info.feature.types.contains(*bit));
    line(
        "can be",
        types.map(|(name, _)| (*name).to_owned()).collect(),
    );
    let modes = MODES
        .iter()
        .filter(|(_, mode)| info.feature.has_mode(*mode));
    line("modes", modes.map(|(name, _)| (*name).to_owned()).collect());
    if let Some(status) = &info.status {
        let named = |mode: RemoteMode| MODES.iter().find(|(_, it)| *it == mode);
        let mode = status.mode.map(|mode| match named(mode) {
            Some((name, _)) => (*name).to_owned(),
            None => format!("mode {}", mode.number()),
        });
        line("mode", mode.into_iter().collect());
        let case = status.glasses.iter();
        line(
            "case",
            case.map(|it| format!("{} %", it.case_charge)).collect(),
        );
    }
    line(
        "brightness",
        info.brightness.iter().map(|it| format!("{it} %")).collect(),
    );
    line(
        "sleeps after",
        info.sleep_time.iter().map(|it| format!("{it} s")).collect(),
    );
    let on = |on: &bool| if *on { "on" } else { "off" }.to_owned();
    line("notifications", info.notifications.iter().map(on).collect());
    lines.join("\n")
}

fn set(args: &Set) -> Result<(), u8> {
    let mut changes = Changes {
        types: args.types,
        mode: args.mode,
        brightness: args.brightness,
        sleep_time: args.sleep,
        notifications: args.notifications,
        time: None,
    };
    if changes == Changes::default() && args.clock.is_none() {
        eprintln!("error: nothing is to be changed");
        eprintln!("help: say what, such as `--brightness 80` or `--mode on`");
        return Err(exit::USAGE);
    }
    let title = with_display(&args.which, async |display, cx| {
        if let Some(offset) = args.clock {
            let utc = cx.now().micros() / 1_000_000;
            let local = utc + i64::from(offset.0);
            changes.time = u32::try_from(utc).ok().zip(u32::try_from(local).ok());
        }
        display.set(&changes).await?;
        Ok(display.title().to_owned())
    })?;
    result_line(&format!("{}: done", words::clean(&title)));
    Ok(())
}
