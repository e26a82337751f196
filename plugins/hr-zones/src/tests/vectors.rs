//! Bounds of zones, and the time in them in a row of 10 km, as another implementation computed them
//! (`tests/data`).

use pipeline_plugin::{Batch, Item, Timestamp, field};
use serde::Deserialize;

use super::run;

#[derive(Deserialize)]
struct Row {
    heart_rate: Vec<f64>,
}

#[derive(Deserialize)]
struct Expected {
    max190_rest50_lthr170: Bounds,
    zone_seconds_pctmax200: Vec<f64>,
}

#[derive(Deserialize)]
struct Bounds {
    pct_max: Vec<f64>,
    hrr: Vec<f64>,
    lthr_garmin: Vec<f64>,
}

fn expected() -> Expected {
    serde_json::from_str(include_str!("../../tests/data/vectors.json")).unwrap()
}

/// Seconds in each zone of heart rates at one a second, with 200 bpm at most.
fn times(heart_rates: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut batch = Batch::new(&[field::HEART_RATE]);
    for (second, rate) in (0..).zip(heart_rates) {
        batch.push(Timestamp::from_seconds(second), &[rate]);
    }
    let (_, _, summary) = run(r#"{"max": "200 bpm"}"#, vec![Item::Samples(batch)]);
    summary.time_in_hr_zone.unwrap()
}

#[test]
fn bounds_are_the_published_ones() {
    let expected = expected().max190_rest50_lthr170;
    let cases = [
        (r#"{"max": "190 bpm"}"#, expected.pct_max),
        (
            r#"{"method": "hrr", "max": "190 bpm", "resting": "50 bpm"}"#,
            expected.hrr,
        ),
        (
            r#"{"method": "lthr", "threshold": "170 bpm"}"#,
            expected.lthr_garmin,
        ),
    ];
    for (settings, bounds) in cases {
        let (header, _, _) = run(settings, Vec::new());
        assert_eq!(header.zones.unwrap().bounds, bounds, "{settings}");
    }
}

/// The six numbers are the seconds below 100 bpm, from 100, 120, 140 and 160 bpm on, and from
/// 180 bpm on: zones 0 to 5 with 200 bpm at most. (The prose of `rowing.md` C3 lets a heart rate
/// stand for the time after it, which would move one second; the published numbers do not.)
#[test]
fn ten_kilometres_have_the_published_times() {
    let row: Row =
        serde_json::from_str(include_str!("../../tests/data/coxswain_10k.json")).unwrap();
    let published = expected().zone_seconds_pctmax200;
    assert_eq!(times(row.heart_rate.into_iter()), published);
}
