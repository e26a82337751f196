//! `pipeline rowing settings`.

use clap::{Args, Subcommand};
use pipeline_engine::nearest;
use pipeline_plugin::{Error, Result};
use plugin_rowing::{Known, Monitor, Setting};
use serde_json::json;

use super::{Consent, Which};
use crate::output::result_line;
use crate::{exit, words};

/// Print settings of an ESP Rowing Monitor, or change them
#[derive(Subcommand)]
pub(super) enum Settings {
    Get(Get),
    Set(Set),
}

/// Print the settings, with what they mean
#[derive(Args)]
pub(super) struct Get {
    /// Names of the settings [default: all]
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    #[command(flatten)]
    which: Which,

    /// Print JSON Lines
    #[arg(long)]
    json: bool,
}

/// Change settings, and read back whether the monitor has taken them
///
/// `pipeline rowing settings get` lists them. All are looked at before the first is sent.
#[derive(Args)]
pub(super) struct Set {
    /// Settings, such as `stop-threshold=10s` or `bluetooth-service=ftms`
    #[arg(required = true, value_name = "NAME=VALUE", value_parser = pair)]
    settings: Vec<(String, String)>,

    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    consent: Consent,

    /// Restart the monitor after it, so that the settings take effect
    #[arg(long)]
    restart: bool,
}

/// `log-level=info` as name and value.
fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=');
    let pair = pair.filter(|(name, value)| !name.is_empty() && !value.is_empty());
    let (name, value) = pair.ok_or("write a name and a value, such as `stop-threshold=10s`")?;
    Ok((name.to_owned(), value.to_owned()))
}

pub(super) fn run(args: &Settings) -> u8 {
    match args {
        Settings::Get(args) => get(args),
        Settings::Set(args) => set(args),
    }
}

/// The setting of a name, or what is wrong with it.
fn find(name: &str) -> Result<&'static Setting> {
    Setting::find(name).ok_or_else(|| {
        let names = Setting::ALL.iter().map(|setting| setting.name);
        let help = match nearest(name, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`pipeline rowing settings get` lists them".to_owned(),
        };
        Error::skip(format!("there is no setting `{}`", words::clean(name))).with_help(help)
    })
}

fn get(args: &Get) -> u8 {
    let names = args.names.iter().map(|name| find(name));
    let wanted: Vec<&Setting> = match names.collect::<Result<Vec<_>>>() {
        Ok(names) if names.is_empty() => Setting::ALL.iter().collect(),
        Ok(names) => names,
        Err(error) => {
            super::tell(&error);
            return exit::USAGE;
        }
    };
    args.which.visit(async |cx, patience| {
        let mut monitor = Monitor::reach(cx, patience).await?;
        let known = monitor.settings().await?;
        monitor.leave().await;
        for setting in wanted {
            print(setting, &known, args.json);
        }
        Ok(exit::DONE)
    })
}

fn print(setting: &Setting, known: &Known, as_json: bool) {
    let value = setting.show(known);
    if as_json {
        let name = setting.name;
        let line = json!({"v": 1, "type": "setting", "name": name, "value": value});
        result_line(&line.to_string());
        return;
    }
    let value = value.unwrap_or_else(|| "-".to_owned());
    result_line(&format!(
        "{:<24} {value:<9} {}",
        setting.name, setting.about
    ));
}

fn set(args: &Set) -> u8 {
    let wanted = args.settings.iter();
    let wanted = wanted.map(|(name, value)| Ok((find(name)?, value)));
    let wanted = match wanted.collect::<Result<Vec<_>>>() {
        Ok(wanted) => wanted,
        Err(error) => {
            super::tell(&error);
            return exit::USAGE;
        }
    };
    args.which.visit(async |cx, patience| {
        let mut monitor = Monitor::reach(cx, patience).await?;
        let result = change(args, &wanted, &mut monitor).await;
        monitor.leave().await;
        result
    })
}

async fn change(
    args: &Set,
    wanted: &[(&Setting, &String)],
    monitor: &mut Monitor<'_>,
) -> Result<u8> {
    let before = monitor.settings().await?;
    let mut after = before;
    for (setting, value) in wanted {
        let name = setting.name;
        if let Err(problem) = setting.set(&mut after, value) {
            super::tell(&Error::skip(format!("`{name}`: {problem}")));
            let is_there = setting.show(&before).is_some();
            return Ok(if is_there { exit::USAGE } else { exit::FAILED });
        }
    }
    let requests = match before.requests(&after) {
        Ok(requests) => requests,
        Err(error) => {
            super::tell(&Error::skip("the monitor can't take that").with_source(error));
            return Ok(exit::USAGE);
        }
    };
    let title = words::clean(monitor.title());
    if requests.is_empty() {
        eprintln!("`{title}` has these settings already");
        return Ok(exit::DONE);
    }
    differences(&before, &after);
    if args.consent.dry_run {
        eprintln!("dry run: nothing was changed");
        return Ok(exit::DONE);
    }
    match args.consent.given(&format!("Change `{title}`?"))? {
        Ok(true) => {}
        Ok(false) => {
            eprintln!("nothing was changed");
            return Ok(exit::DONE);
        }
        Err(code) => return Ok(code),
    }
    for request in &requests {
        monitor.ask(*request).await?;
    }
    if requests.iter().any(esprm::Request::restarts) {
        eprintln!("`{title}` restarts, with another service and name");
        return Ok(exit::DONE);
    }
    check(&monitor.settings().await?, &requests)?;
    finish(args, monitor, before.needs_restart(&after)).await
}

/// Whether the monitor says what it was told.
fn check(now: &Known, requests: &[esprm::Request]) -> Result<()> {
    if requests.iter().all(|request| now.holds(request)) {
        return Ok(());
    }
    let message = "the monitor has not taken all of it";
    Err(Error::skip(message).with_help("see what it has with `pipeline rowing settings get`"))
}

async fn finish(args: &Set, monitor: &mut Monitor<'_>, needs_restart: bool) -> Result<u8> {
    let title = words::clean(monitor.title());
    if args.restart {
        monitor.ask(esprm::Request::RestartDevice).await?;
        eprintln!("`{title}` has taken it and restarts");
    } else if needs_restart {
        eprintln!("`{title}` has taken it; it takes effect when the monitor has restarted");
        eprintln!("help: add `--restart`, or switch it off and on");
    } else {
        eprintln!("`{title}` has taken it");
    }
    Ok(exit::DONE)
}

/// What changes, a line a setting.
fn differences(before: &Known, after: &Known) {
    for setting in Setting::ALL {
        let (old, new) = (setting.show(before), setting.show(after));
        if old != new {
            let [old, new] = [old, new].map(|value| value.unwrap_or_else(|| "-".to_owned()));
            result_line(&format!("{}: {old} → {new}", setting.name));
        }
    }
}
