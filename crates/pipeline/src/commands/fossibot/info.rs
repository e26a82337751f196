//! `pipeline fossibot info`.

use clap::Args;
use plugin_fossibot::{Shown, Snapshot, Station};
use serde_json::{Map, Value, json};

use super::{EVERY, Which};
use crate::output::result_line;
use crate::{exit, words};

/// Print all that a station says: its state, its settings and what they take
#[derive(Args)]
pub(super) struct Info {
    #[command(flatten)]
    which: Which,

    /// Print a line of JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Info) -> u8 {
    args.which.visit(None, EVERY, async |cx, options| {
        let mut station = Station::reach(cx, options).await?;
        let snapshot = station.read().await?;
        if args.json {
            result_line(&as_json(&station, &snapshot).to_string());
        } else {
            print(&station, &snapshot);
        }
        station.leave().await;
        match &snapshot.wrong {
            Some(wrong) => {
                eprintln!("error: {}", words::clean(&wrong.to_string()));
                eprintln!("help: choose another one with `--profile`");
                Ok(exit::FAILED)
            }
            None => Ok(exit::DONE),
        }
    })
}

fn as_json(station: &Station<'_>, snapshot: &Snapshot) -> Value {
    let readings = snapshot.readings.iter();
    let readings: Map<String, Value> = readings
        .map(|shown| (shown.name.clone(), json!(shown.value)))
        .collect();
    let settings = snapshot.settings.iter();
    let settings: Map<String, Value> = settings
        .map(|(name, value, _)| (name.clone(), json!(value)))
        .collect();
    let facts = snapshot.facts.iter();
    let facts: Map<String, Value> = facts
        .map(|fact| (fact.name.clone(), json!(fact.value)))
        .collect();
    json!({
        "v": 1,
        "type": "station",
        "name": station.title(),
        "profile": station.profile().name(),
        "mtu": station.mtu(),
        "readings": readings,
        "settings": settings,
        "facts": facts,
    })
}

/// The readings in words. What can be set stands among the settings, and faults that there are not
/// in one line.
fn readings(snapshot: &Snapshot) -> Vec<(String, String)> {
    let is_setting = |name: &str| {
        let mut settings = snapshot.settings.iter();
        let own = name.trim_end_matches("_mode").replace('_', "-");
        settings.any(|(setting, ..)| *setting == own)
    };
    let is_fault = |shown: &&Shown| shown.name.starts_with("fault_");
    let faults = snapshot.readings.iter().filter(is_fault);
    let is_sound = faults.clone().all(|fault| fault.value == 0.0);
    let kept = snapshot
        .readings
        .iter()
        .filter(|shown| !(is_setting(&shown.name) || is_sound && shown.name.starts_with("fault_")));
    let mut lines: Vec<_> = kept
        .map(|shown| (shown.name.replace('_', " "), value(shown)))
        .collect();
    if is_sound && faults.count() > 0 {
        lines.push(("faults".to_owned(), "none".to_owned()));
    }
    lines
}

/// A value as people read it.
fn value(shown: &Shown) -> String {
    if shown.is_yes_or_no {
        let (yes, no) = if shown.name.ends_with("_switch") {
            ("on", "off")
        } else {
            ("yes", "no")
        };
        return if shown.value > 0.0 { yes } else { no }.to_owned();
    }
    if shown.unit == "s" && shown.value >= 60.0 {
        return words::hours(shown.value);
    }
    format!("{} {}", words::reading(shown.value), shown.unit)
        .trim_end()
        .to_owned()
}

fn print(station: &Station<'_>, snapshot: &Snapshot) {
    let title = words::clean(station.title());
    let (profile, mtu) = (station.profile().name(), station.mtu());
    result_line(&format!("{title} · profile {profile} · MTU {mtu}"));
    let shown: Vec<(String, String)> = readings(snapshot);
    let settings = snapshot.settings.iter().map(|(name, ..)| name.len());
    let facts = snapshot.facts.iter().map(|fact| fact.name.len());
    let names = shown.iter().map(|(name, _)| name.len());
    let width = names.chain(settings).chain(facts).max().unwrap_or_default();
    for (name, value) in shown {
        result_line(&format!("  {name:width$}  {value}"));
    }
    if !snapshot.settings.is_empty() {
        result_line("Settings, and what they take");
    }
    for (name, value, choices) in &snapshot.settings {
        result_line(&format!("  {name:width$}  {value:8}  {choices}"));
    }
    if !snapshot.facts.is_empty() {
        result_line("About it");
    }
    for fact in &snapshot.facts {
        let value = words::reading(fact.value);
        result_line(format!("  {:width$}  {value} {}", fact.name, fact.unit).trim_end());
    }
}
