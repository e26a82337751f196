//! `pipeline fossibot info`.

use clap::Args;
use plugin_fossibot::{Snapshot, Station};
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

fn print(station: &Station<'_>, snapshot: &Snapshot) {
    let title = words::clean(station.title());
    let (profile, mtu) = (station.profile().name(), station.mtu());
    result_line(&format!("{title} · profile {profile} · MTU {mtu}"));
    let names = snapshot.readings.iter().map(|shown| shown.name.len());
    let width = names.max().unwrap_or_default();
    for shown in &snapshot.readings {
        let name = shown.name.replace('_', " ");
        let value = words::reading(shown.value);
        let line = format!("  {name:width$}  {value} {}", shown.unit);
        result_line(line.trim_end());
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
