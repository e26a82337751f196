//! A row of 10 km and its laps, as another implementation computed them (`tests/data`).

use pipeline_plugin::{Batch, Item, Timestamp, Trigger, field};
use serde::Deserialize;

use super::{laps, run};

#[derive(Deserialize)]
struct Row {
    distance: Vec<f64>,
    heart_rate: Vec<f64>,
    power: Vec<f64>,
}

#[derive(Deserialize)]
struct Expected {
    crossings_s: Vec<f64>,
    laps: Vec<(f64, f64)>,
    work_j: f64,
}

fn ten_kilometres() -> Vec<Item> {
    let row: Row =
        serde_json::from_str(include_str!("../../tests/data/coxswain_10k.json")).unwrap();
    let fields = [field::DISTANCE, field::HEART_RATE, field::POWER];
    let values = row.distance.iter().zip(&row.heart_rate).zip(&row.power);
    let mut items = Vec::new();
    let mut batch = Batch::new(&fields);
    for (second, ((distance, heart_rate), power)) in (0..).zip(values) {
        batch.push(
            Timestamp::from_seconds(second),
            &[*distance, *heart_rate, *power],
        );
        if batch.len() == Batch::ROWS {
            items.push(Item::Samples(std::mem::replace(
                &mut batch,
                Batch::new(&fields),
            )));
        }
    }
    items.push(Item::Samples(batch));
    items
}

#[test]
fn ten_kilometres_have_the_published_laps() {
    let expected: Expected =
        serde_json::from_str(include_str!("../../tests/data/vectors.json")).unwrap();
    let sent = run("{}", ten_kilometres());
    let laps = laps(&sent);
    assert_eq!(laps.len(), expected.laps.len());
    for (lap, (seconds, metres)) in laps.iter().zip(&expected.laps) {
        assert!((lap.totals.timer_time - seconds).abs() < 1e-4, "{lap:?}");
        assert!((lap.totals.distance - metres).abs() < 1e-9, "{lap:?}");
    }
    for (lap, seconds) in laps.iter().zip(&expected.crossings_s) {
        assert!((lap.end - Timestamp::default() - seconds).abs() < 1e-4);
        assert_eq!(lap.trigger, Trigger::Distance);
    }
    let sum = |value: fn(&pipeline_plugin::Lap) -> f64| laps.iter().map(value).sum::<f64>();
    assert!((sum(|lap| lap.totals.timer_time) - 2294.0).abs() < 1e-6);
    assert!((sum(|lap| lap.totals.distance) - 9999.0).abs() < 1e-6);
    assert!((sum(|lap| lap.totals.work) - expected.work_j).abs() < 1e-3);
}

#[test]
fn ten_kilometres_by_time_are_eight_laps() {
    let sent = run(r#"{"every": "5 min"}"#, ten_kilometres());
    let laps = laps(&sent);
    assert_eq!(laps.len(), 8);
    for lap in &laps[..7] {
        assert_eq!(lap.trigger, Trigger::Time);
        assert!((lap.end - lap.start - 300.0).abs() < 1e-9);
    }
    assert!((laps[7].totals.timer_time - 194.0).abs() < 1e-9);
}
