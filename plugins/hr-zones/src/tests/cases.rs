use std::sync::{Arc, Mutex};

use expect_test::{Expect, expect};
use pipeline_plugin::{Cancel, Context, Header, Item, Summary, TransformPlugin, testing};

use super::{items, run, show};

/// Zone 1 is 100 to 120 bpm, zone 2 up to 140 bpm and above.
const CUSTOM: &str = r#"{"method": "custom", "bounds": ["100 bpm", "120 bpm", "140 bpm"]}"#;

fn check(text: &str, expect: Expect) {
    let (_, items, summary) = run(CUSTOM, items(text));
    expect.assert_eq(&show(&items, &summary));
}

#[test]
fn a_heart_rate_stands_for_the_time_before_it() {
    check(
        "0=90 1=100 3=119.9 6=120 10=139",
        expect![[r#"
            samples 0 1 3 6 10
            total: [0.0, 3.0, 7.0]
        "#]],
    );
}

#[test]
fn above_all_is_the_top_zone() {
    check(
        "0=140 1=200 3=300 6",
        expect![[r#"
            samples 0 1 3 6
            total: [0.0, 0.0, 3.0]
        "#]],
    );
}

#[test]
fn a_lap_divides_the_time_between_two_samples() {
    check(
        "0=90
         5=110
         lap 0 6.5
         empty
         10=130
         lap 6.5 10",
        expect![[r#"
            samples 0
            samples 5
            lap 0..6.5: [0.0, 5.0, 1.5]
            samples
            samples 10
            lap 6.5..10: [0.0, 0.0, 3.5]
            total: [0.0, 5.0, 5.0]
        "#]],
    );
    check(
        "0=90 5=110
         lap 0 5
         lap 5 7
         lap 7 7
         stop 9
         start 19
         20=130
         lap 7 20",
        expect![[r#"
            samples 0 5
            lap 0..5: [0.0, 5.0, 0.0]
            lap 5..7: [0.0, 0.0, 2.0]
            lap 7..7: [0.0, 0.0, 0.0]
            stop 9
            start 19
            samples 20
            lap 7..20: [0.0, 0.0, 3.0]
            total: [0.0, 5.0, 5.0]
        "#]],
    );
}

#[test]
fn gaps_and_pauses_do_not_count() {
    check(
        "0=110 10=110 20.5=130
         stop 22
         start 82
         83=130
         lap 0 90
         100=110
         lap 90 100",
        expect![[r#"
            samples 0 10 20.5
            stop 22
            start 82
            samples 83
            lap 0..90: [0.0, 10.0, 2.5]
            samples 100
            lap 90..100: [0.0, 0.0, 0.0]
            total: [0.0, 10.0, 2.5]
        "#]],
    );
}

#[test]
fn without_heart_rate_nothing_counts() {
    check(
        "0=110 1=- 2=0 3=110 4=130",
        expect![[r#"
            samples 0 1 2 3 4
            total: [0.0, 1.0, 1.0]
        "#]],
    );
    check(
        "0 1\nlap 0 1\n2=130 3=130\nlap 1 3",
        expect![[r#"
            samples 0 1
            lap 0..1: [0.0, 0.0, 0.0]
            samples 2 3
            lap 1..3: [0.0, 0.0, 2.0]
            total: [0.0, 0.0, 2.0]
        "#]],
    );
    check(
        "0 1\nlap 0 1",
        expect![[r#"
        samples 0 1
        lap 0..1: no heart rate
        total: no heart rate
    "#]],
    );
}

#[test]
fn time_before_the_first_sample_does_not_count() {
    check(
        "5=110 6=110\nlap 0 6",
        expect![[r#"
        samples 5 6
        lap 0..6: [0.0, 1.0, 0.0]
        total: [0.0, 1.0, 0.0]
    "#]],
    );
}

/// A belt that slips for some seconds says nothing about the athlete.
#[test]
fn a_heart_that_beats_faster_than_its_highest_rate_is_told_of() {
    let warnings = |line: &str| -> Vec<String> {
        let zones: crate::Zones = testing::settings(r#"{"max":"185 bpm"}"#).unwrap();
        let warnings = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&warnings);
        let cx = Context::new("hr-zones", Cancel::default(), move |warning| {
            heard.lock().unwrap().push(warning.message);
        });
        let mut timing = zones.open(&mut Header::default(), &cx).unwrap();
        let mut out: Vec<Item> = Vec::new();
        for item in items(line) {
            timing.process(item, &mut out).unwrap();
        }
        timing.finish(&mut Summary::default(), &mut out).unwrap();
        warnings.lock().unwrap().clone()
    };
    assert_eq!(warnings("0=180 5=199 9=199 10=180"), [""; 0]);
    // So much is told only to who asks for more.
    assert_eq!(warnings("0=180 5=190 10=192 15=188 20=185"), [""; 0]);
    assert_eq!(
        warnings("0=180 5=190 10=197 15=188 20=185"),
        [
            "the heart rate reaches 197 bpm, more than the highest of 185: the zones are too low, set a higher `max` or `max-hr`"
        ]
    );
}
