//! `pipeline devices`.

mod kind;
mod shown;

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use pipeline_engine::{LiveOptions, event_loop};
use pipeline_plugin::ble::{Ble, Sighting};
use pipeline_plugin::{Cancel, Error, ErrorKind, Result};

pub(crate) use self::kind::Kind;
use self::shown::Device;
use crate::output::{error_text, result_line};
use crate::{bluetooth, exit, signals, words};

/// Show the Bluetooth devices in range, and the command that uses each
///
/// Those that a pipeline can use come first, the nearest of them on top. A device that is connected
/// to a phone or another computer mostly can't be seen.
#[derive(Args)]
#[command(after_help = exit::HELP)]
pub(crate) struct Devices {
    /// How long to look, such as 30s or 2min
    #[arg(long = "for", value_name = "TIME", default_value = "10s",
          value_parser = super::run::time)]
    most: Duration,

    /// Simulated devices instead of those around the computer: `sim:esprm+belt`; or only those
    /// with this name, in which `*` stands for anything, or address
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,

    /// Also list devices that no pipeline can use
    #[arg(long)]
    all: bool,

    /// Print JSON Lines, one a device
    #[arg(long)]
    json: bool,
}

/// How often what is shown is drawn again.
const REDRAW: Duration = Duration::from_millis(250);

pub(crate) fn run(args: &Devices) -> u8 {
    let cancel = Cancel::default();
    let live = match bluetooth::live(args.device.as_deref(), &cancel) {
        Ok(live) => live,
        Err(code) => return code,
    };
    signals::attach_quietly(&cancel);
    let found = event_loop().and_then(|runtime| runtime.block_on(look(args, live, &cancel)));
    match found {
        Ok(devices) => tell(args, &devices),
        Err(error) => {
            eprintln!("{}", error_text("", &error));
            exit::code_of(&error)
        }
    }
}

/// Looks for as long as was asked for, or until Ctrl-C.
async fn look(args: &Devices, live: LiveOptions, cancel: &Cancel) -> Result<Vec<Device>> {
    let (Some(central), Some(clock)) = (live.central, live.clock) else {
        return Err(Error::resource("there is no Bluetooth here"));
    };
    let ble = Ble::new(central, None, cancel.clone());
    let simulated = args.device.as_deref().filter(|name| is_simulated(name));
    let bar = bar(args.json);
    let mut found: BTreeMap<String, Sighting> = BTreeMap::new();
    let mut search = ble.scan().await?;
    let end = clock.now() + args.most.as_secs_f64();
    loop {
        let left = Duration::try_from_secs_f64(end.seconds_since(clock.now()));
        let left = left.unwrap_or_default();
        if left.is_zero() {
            break;
        }
        match search.next(left.min(REDRAW)).await {
            Ok(Some(seen)) if live.device.as_ref().is_none_or(|name| name.matches(&seen)) => {
                found.insert(seen.id.clone(), seen);
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Cancelled => break,
            Err(error) => return Err(error),
        }
        if !bar.is_hidden() {
            let seconds = left.as_secs();
            let title = format!("looking for {seconds} s more, Ctrl-C ends it");
            let devices = devices(&found, simulated);
            bar.set_message(format!("{title}\n{}", shown::text(&devices, args.all)));
        }
    }
    bar.finish_and_clear();
    Ok(devices(&found, simulated))
}

fn is_simulated(name: &str) -> bool {
    name.starts_with("sim:")
}

/// What is drawn again and again, on terminals only.
fn bar(quiet: bool) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{msg}") {
        bar.set_style(style);
    }
    bar
}

/// The devices, the most useful and nearest first.
fn devices(found: &BTreeMap<String, Sighting>, simulated: Option<&str>) -> Vec<Device> {
    let seen = found.values().cloned();
    let mut devices: Vec<_> = seen.map(|seen| Device::new(seen, simulated)).collect();
    devices.sort_by_key(Device::rank);
    devices
}

fn tell(args: &Devices, devices: &[Device]) -> u8 {
    if args.json {
        for device in devices {
            result_line(&device.json().to_string());
        }
    } else if !devices.is_empty() {
        crate::output::results(&shown::text(devices, args.all));
    }
    if !devices.is_empty() {
        return exit::DONE;
    }
    let time = words::took(args.most);
    match args.device.as_deref().filter(|name| !is_simulated(name)) {
        Some(name) => eprintln!("error: `{}` was not seen in {time}", words::clean(name)),
        None => eprintln!("error: no device was seen in {time}"),
    }
    eprintln!(
        "help: switch the device on, bring it near, and end its connection with a phone; \
         `pipeline doctor` looks whether Bluetooth itself works"
    );
    exit::DEVICE
}
