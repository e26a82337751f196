//! Cases are short texts: a line of samples is `seconds=bpm` a sample, with `-` for none; others
//! are `stop SECONDS`, `start SECONDS`, `lap START END` and `empty`.

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

use pipeline_plugin::{Batch, Event, Header, Item, Lap, Summary, Timestamp, field, testing};

use crate::Zones;

fn seconds(text: &str) -> Timestamp {
    Timestamp::default() + text.parse::<f64>().unwrap()
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
        ["lap", start, end] => lap(seconds(start), seconds(end)),
        ["empty"] => Item::Samples(Batch::default()),
        words => Item::Samples(batch(words)),
    }
}

fn lap(start: Timestamp, end: Timestamp) -> Item {
    let json = r#"{"start":"1970-01-01T00:00:00Z","end":"1970-01-01T00:00:00Z","trigger":"manual","totals":{}}"#;
    let mut lap: Lap = serde_json::from_str(json).unwrap();
    (lap.start, lap.end) = (start, end);
    Item::Lap(Box::new(lap))
}

fn batch(words: &[&str]) -> Batch {
    let mut batch = Batch::new(&[field::HEART_RATE]);
    for word in words {
        let (time, rate) = word.split_once('=').unwrap_or((word, "-"));
        batch.push(seconds(time), &[rate.parse().unwrap_or(f64::NAN)]);
    }
    batch
}

fn run(settings: &str, items: Vec<Item>) -> (Header, Vec<Item>, Summary) {
    let zones: Zones = testing::settings(settings).unwrap();
    testing::run_transform(&zones, Header::default(), items).unwrap()
}

/// Items for people: `samples 0 1 2`, `lap 0..2: [0.0, 2.0]`.
fn show(items: &[Item], summary: &Summary) -> String {
    let since = |time: Timestamp| time - Timestamp::default();
    let times = |times: &Option<Vec<f64>>| match times {
        Some(times) => format!("{times:?}"),
        None => "no heart rate".to_owned(),
    };
    let mut text = String::new();
    for item in items {
        match item {
            Item::Samples(batch) => {
                text += "samples";
                for time in batch.time() {
                    write!(text, " {}", since(*time)).unwrap();
                }
            }
            Item::Lap(lap) => {
                let (start, end) = (since(lap.start), since(lap.end));
                write!(text, "lap {start}..{end}: {}", times(&lap.time_in_hr_zone)).unwrap();
            }
            Item::Event(Event::TimerStop { time }) => {
                write!(text, "stop {}", since(*time)).unwrap();
            }
            Item::Event(Event::TimerStart { time }) => {
                write!(text, "start {}", since(*time)).unwrap();
            }
            other => text += &serde_json::to_string(other).unwrap(),
        }
        text += "\n";
    }
    writeln!(text, "total: {}", times(&summary.time_in_hr_zone)).unwrap();
    text
}
