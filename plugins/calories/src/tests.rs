//! Cases are short texts: a line of samples is `seconds=watts,bpm` a sample, with `-` for what
//! is not measured; others are `stop SECONDS`, `start SECONDS`, `lap START END [KCAL]`, `empty`
//! and `meta KCAL`.

#![expect(
    clippy::needless_pass_by_value,
    clippy::needless_raw_string_hashes,
    reason = "expect-test is written so"
)]

mod cases;
mod file;
mod properties;
mod settings;
mod vectors;

use std::fmt::Write as _;

use pipeline_plugin::testing::{self, Warnings};
use pipeline_plugin::{Batch, Event, Header, Item, Lap, Meta, Summary, Timestamp, field};

use crate::Calories;

/// 2026-01-01, so that ages make sense.
const START: Timestamp = Timestamp::from_seconds(1_767_225_600);

fn seconds(text: &str) -> Timestamp {
    START + text.parse::<f64>().unwrap()
}

fn items(text: &str) -> Vec<Item> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(item).collect()
}

fn item(line: &str) -> Item {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        ["stop", time] => Item::Event(Event::TimerStop {
            time: seconds(time),
        }),
        ["start", time] => Item::Event(Event::TimerStart {
            time: seconds(time),
        }),
        ["lap", start, end, kcal @ ..] => {
            let kcal = kcal.first().map_or(f64::NAN, |kcal| kcal.parse().unwrap());
            lap(seconds(start), seconds(end), kcal)
        }
        ["meta", kcal] => Item::Event(Event::Meta(Meta {
            calories: kcal.parse().ok(),
            ..Meta::default()
        })),
        ["empty"] => Item::Samples(Batch::default()),
        words => Item::Samples(batch(words)),
    }
}

fn lap(start: Timestamp, end: Timestamp, calories: f64) -> Item {
    let json = r#"{"start":"1970-01-01T00:00:00Z","end":"1970-01-01T00:00:00Z","trigger":"manual","totals":{}}"#;
    let mut lap: Lap = serde_json::from_str(json).unwrap();
    (lap.start, lap.end, lap.totals.calories) = (start, end, calories);
    lap.totals.timer_time = end - start;
    Item::Lap(Box::new(lap))
}

fn batch(words: &[&str]) -> Batch {
    let mut batch = Batch::new(&[field::POWER, field::HEART_RATE]);
    for word in words {
        let (time, values) = word.split_once('=').unwrap_or((word, ""));
        let values = values.split(',').filter(|value| !value.is_empty());
        let values: Vec<f64> = values.map(|v| v.parse().unwrap_or(f64::NAN)).collect();
        batch.push(seconds(time), &values);
    }
    batch
}

/// What came of a stream.
struct Ran {
    items: Vec<Item>,
    summary: Summary,
    warnings: Vec<String>,
}

impl Ran {
    fn laps(&self) -> Vec<&Lap> {
        let mut laps = Vec::new();
        for item in &self.items {
            if let Item::Lap(lap) = item {
                laps.push(lap.as_ref());
            }
        }
        laps
    }
}

/// Runs the transform as the host does, and listens to its warnings.
fn run(settings: &str, items: Vec<Item>) -> Ran {
    let calories: Calories = testing::settings(settings).unwrap();
    let header = Header {
        start: START,
        ..Header::default()
    };
    let warnings = Warnings::default();
    let ran = testing::run_transform_in(&warnings.context(), &calories, header, items);
    let (_, items, summary) = ran.unwrap();
    Ran {
        items,
        summary,
        warnings: warnings.messages(),
    }
}

/// What came of a stream, for people: `samples 0 1`, `lap 0..2: 3 kcal`.
fn show(ran: &Ran) -> String {
    let kcal = |value: f64| match value {
        value if value.is_nan() => "unknown".to_owned(),
        value => format!("{} kcal", (value * 1e6).round() / 1e6),
    };
    let mut text = String::new();
    for item in &ran.items {
        match item {
            Item::Samples(batch) => {
                text += "samples";
                for time in batch.time() {
                    write!(text, " {}", *time - START).unwrap();
                }
            }
            Item::Lap(lap) => {
                let (start, end) = (lap.start - START, lap.end - START);
                write!(text, "lap {start}..{end}: {}", kcal(lap.totals.calories)).unwrap();
            }
            Item::Event(Event::TimerStop { time }) => {
                write!(text, "stop {}", *time - START).unwrap();
            }
            Item::Event(Event::TimerStart { time }) => {
                write!(text, "start {}", *time - START).unwrap();
            }
            other => text += &serde_json::to_string(other).unwrap(),
        }
        text += "\n";
    }
    let method = ran.summary.calories_method.as_deref().unwrap_or("nothing");
    let total = kcal(ran.summary.totals.calories);
    writeln!(text, "total: {total} by {method}").unwrap();
    for warning in &ran.warnings {
        writeln!(text, "warning: {warning}").unwrap();
    }
    text
}
