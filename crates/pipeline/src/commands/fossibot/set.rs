//! `pipeline fossibot set`.

use clap::Args;
use fossibot::{Consent, Profile, Written};
use pipeline_plugin::Result;
use plugin_fossibot::{Station, outcome};
use serde_json::json;

use super::{EVERY, Which, tell};
use crate::output::result_line;
use crate::{bluetooth, exit};

/// Switch outputs and change settings, and read back whether the station has done it
///
/// `pipeline fossibot info` lists the settings and what they take. What is not known to be harmless is
/// refused, whatever a profile says.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Set {
    /// Settings, such as `usb=on`, `ac=off` or `charge-limit=80`
    #[arg(required = true, value_name = "NAME=VALUE", value_parser = setting)]
    settings: Vec<(String, String)>,

    #[command(flatten)]
    which: Which,

    /// Print the frames and send nothing
    #[arg(long)]
    dry_run: bool,

    /// Allow `power=off`: only the station's own button switches it on again
    #[arg(long)]
    shut_down: bool,

    /// Allow settings that nobody has reported to work
    #[arg(long)]
    experimental: bool,

    /// Print JSON Lines
    #[arg(long)]
    json: bool,
}

/// `usb=on` as name and value.
fn setting(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=');
    let pair = pair.filter(|(name, value)| !name.is_empty() && !value.is_empty());
    let (name, value) = pair.ok_or("write a name and a value, such as `usb=on`")?;
    Ok((name.to_owned(), value.to_owned()))
}

pub(super) fn run(args: &Set) -> u8 {
    let consent = Consent {
        shut_down: args.shut_down,
        experimental: args.experimental,
    };
    if let Err(code) = check(args, consent) {
        return code;
    }
    if args.dry_run {
        return exit::DONE;
    }
    args.which.visit(None, EVERY, async |cx, options| {
        let mut station = Station::reach(cx, options).await?;
        // Only now it is known which profile is its own.
        if let Err(error) = station.check(&args.settings, consent) {
            station.leave().await;
            tell(&error);
            return Ok(exit::USAGE);
        }
        let mut code = exit::DONE;
        let done = |profile: &Profile, written: &Written| {
            if !print(profile, written, args.json) {
                code = exit::FAILED;
            }
        };
        station.set(&args.settings, consent, done).await?;
        station.leave().await;
        Ok(code)
    })
}

/// Whether the settings are right as far as can be said without the station; shows the frames if
/// that is all that is wanted.
fn check(args: &Set, consent: Consent) -> Result<(), u8> {
    let live = bluetooth::live(
        args.which.device.as_deref(),
        &pipeline_plugin::Cancel::default(),
    )?;
    let options = args.which.options(&live, EVERY);
    let (profile, commands) =
        Station::commands(&options, &args.settings, consent).map_err(|error| {
            tell(&error);
            exit::USAGE
        })?;
    if !args.dry_run {
        return Ok(());
    }
    for command in commands {
        let request = command
            .write()
            .request(profile.address())
            .map_err(|error| {
                eprintln!("error: {error}");
                exit::USAGE
            })?;
        let bytes = request.bytes().iter();
        let bytes: Vec<String> = bytes.map(|byte| format!("{byte:02X}")).collect();
        result_line(&format!("{command}: {}", bytes.join(" ")));
    }
    Ok(())
}

/// Whether the setting was made.
fn print(profile: &Profile, written: &Written, as_json: bool) -> bool {
    let command = &written.command;
    let result = outcome(profile, written);
    if as_json {
        let text = match &result {
            Ok(text) => (*text).to_owned(),
            Err(error) => error.to_string(),
        };
        let line = json!({
            "v": 1, "type": "setting", "name": command.name(), "value": command.shown(),
            "done": result.is_ok(), "result": text,
        });
        result_line(&line.to_string());
    } else {
        match &result {
            Ok(text) => result_line(&format!("{command}: {text}")),
            Err(error) => tell(error),
        }
    }
    result.is_ok()
}
