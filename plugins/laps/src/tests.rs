//! Cases are short texts: a line of samples is `seconds=metres,strokes,watts,kcal` a sample,
//! with `-` for what is not measured; others are `stop SECONDS`, `start SECONDS` and JSON.
#![expect(
    clippy::needless_pass_by_value,
    clippy::needless_raw_string_hashes,
    reason = "expect-test is written so"
)]

mod cases;
mod properties;
mod settings;
mod vectors;

use std::fmt::Write as _;

use pipeline_plugin::{Batch, Event, Header, Item, Lap, Timestamp, field, testing};

use crate::Laps;

fn seconds(text: &str) -> Timestamp {
    Timestamp::default() + text.parse::<f64>().unwrap()
}

/// Reads the items of a case.
fn items(text: &str) -> Vec<Item> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(item).collect()
}

fn item(line: &str) -> Item {
    match line.split_once(' ') {
        Some(("stop", time)) => Item::Event(Event::TimerStop {
            time: seconds(time),
        }),
        Some(("start", time)) => Item::Event(Event::TimerStart {
            time: seconds(time),
        }),
        _ if line.starts_with('{') => serde_json::from_str(line).unwrap(),
        _ => Item::Samples(batch(line)),
    }
}

fn batch(line: &str) -> Batch {
    let columns = [
        field::DISTANCE,
        field::TOTAL_CYCLES,
        field::POWER,
        field::CALORIES,
    ];
    let rows: Vec<(Timestamp, Vec<f64>)> = line.split_whitespace().map(row).collect();
    let width = rows.iter().map(|(_, values)| values.len()).max();
    let mut batch = Batch::new(&columns[..width.unwrap_or(0)]);
    for (time, values) in rows {
        batch.push(time, &values);
    }
    batch
}

fn row(text: &str) -> (Timestamp, Vec<f64>) {
    let (time, values) = text.split_once('=').unwrap_or((text, ""));
    let values = values.split(',').filter(|value| !value.is_empty());
    let values = values.map(|value| value.parse().unwrap_or(f64::NAN));
    (seconds(time), values.collect())
}

/// Items for people: `samples 0 1 2`, `lap 0..2: …`.
fn show(items: &[Item]) -> String {
    let since = |time: Timestamp| time - Timestamp::default();
    let line = |item: &Item| match item {
        Item::Samples(batch) => {
            let times = batch.time().iter().map(|time| format!(" {}", since(*time)));
            format!("samples{}\n", times.collect::<String>())
        }
        Item::Lap(lap) => show_lap(lap),
        Item::Event(Event::TimerStop { time }) => format!("stop {}\n", since(*time)),
        Item::Event(Event::TimerStart { time }) => format!("start {}\n", since(*time)),
        other => serde_json::to_string(other).unwrap() + "\n",
    };
    items.iter().map(line).collect()
}

fn show_lap(lap: &Lap) -> String {
    let Lap { start, end, .. } = lap;
    let trigger = serde_json::to_value(lap.trigger).unwrap();
    let mut text = format!(
        "lap {}..{}, {}: {} s",
        *start - Timestamp::default(),
        *end - Timestamp::default(),
        trigger.as_str().unwrap(),
        lap.totals.timer_time,
    );
    let totals = &lap.totals;
    let known = [
        (totals.distance, "m"),
        (totals.cycles, "strokes"),
        (totals.calories, "kcal"),
        (totals.work, "J"),
        (totals.max_power, "W at most"),
    ];
    for (value, unit) in known {
        if !value.is_nan() {
            write!(text, ", {} {unit}", (value * 1e6).round() / 1e6).unwrap();
        }
    }
    text + "\n"
}

/// What the transform sends.
fn run(settings: &str, items: Vec<Item>) -> Vec<Item> {
    let laps: Laps = testing::settings(settings).unwrap();
    let (_, sent, _) = testing::run_transform(&laps, Header::default(), items).unwrap();
    sent
}

fn laps(items: &[Item]) -> Vec<Lap> {
    let lap = |item: &Item| match item {
        Item::Lap(lap) => Some(Lap::clone(lap)),
        _ => None,
    };
    items.iter().filter_map(lap).collect()
}
