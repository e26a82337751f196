//! Tables of the formulas and a row of 10 km, as another implementation computed them (`tests/data`).

use pipeline_plugin::{Batch, Item, Sex, field};
use serde::Deserialize;

use super::{START, lap, run};
use crate::rate::{PerSecond, Rate};

#[derive(Deserialize)]
struct Row {
    heart_rate: Vec<f64>,
    power: Vec<f64>,
}

#[derive(Deserialize)]
struct Expected {
    c2_calories: Vec<Concept2>,
    keytel_kcal_per_min: Vec<Keytel>,
    kcal_c2: f64,
    kcal_c2_90kg: f64,
    kcal_keytel_vo2_m33_78_45: f64,
    kcal_keytel_m33_78: f64,
}

#[derive(Deserialize)]
struct Concept2 {
    watts: f64,
    kcal_per_h: f64,
    at_60kg: f64,
    at_90kg: f64,
}

#[derive(Deserialize)]
struct Keytel {
    sex: char,
    hr: f64,
    weight: f64,
    age: f64,
    vo2: Option<f64>,
    kcal_per_min: f64,
}

fn expected() -> Expected {
    serde_json::from_str(include_str!("../../tests/data/vectors.json")).unwrap()
}

/// One sample a second, and a lap every 100 s and at the end.
fn ten_kilometres() -> Vec<Item> {
    let row: Row =
        serde_json::from_str(include_str!("../../tests/data/coxswain_10k.json")).unwrap();
    let mut items = Vec::new();
    let (mut time, mut reached) = (START, START);
    for (power, heart_rate) in row.power.iter().zip(&row.heart_rate) {
        if time - reached >= 100.0 {
            // A lap ends a little before the sample.
            let end = time + -0.3;
            items.push(lap(reached, end, f64::NAN));
            reached = end;
        }
        let mut batch = Batch::new(&[field::POWER, field::HEART_RATE]);
        batch.push(time, &[*power, *heart_rate]);
        items.push(Item::Samples(batch));
        time = time + 1.0;
    }
    items.push(lap(reached, time + -1.0, f64::NAN));
    items
}

fn kcal(rate: PerSecond) -> f64 {
    match rate {
        PerSecond::Known(rate) => rate,
        other => panic!("{other:?}"),
    }
}

#[test]
fn ten_kilometres_have_the_published_calories() {
    let expected = expected();
    let athlete = r#""weight": "78 kg", "sex": "male", "birth-year": 1993, "vo2max": 45"#;
    let cases = [
        (r#""formula": "concept2""#, expected.kcal_c2),
        (
            r#""formula": "concept2-weight", "weight": "90 kg""#,
            expected.kcal_c2_90kg,
        ),
        (
            &format!(r#""formula": "keytel", {athlete}"#),
            expected.kcal_keytel_m33_78,
        ),
        (
            &format!(r#""formula": "keytel-vo2max", {athlete}"#),
            expected.kcal_keytel_vo2_m33_78_45,
        ),
    ];
    for (settings, kcal) in cases {
        let ran = run(&format!("{{{settings}}}"), ten_kilometres());
        let total = ran.summary.totals.calories;
        assert!((total - kcal).abs() < 1e-8, "{settings}: {total}");
        let laps = ran.laps().into_iter().map(|lap| lap.totals.calories);
        assert!((laps.sum::<f64>() - kcal).abs() < 1e-8, "{settings}");
        assert!(ran.warnings.is_empty(), "{:?}", ran.warnings);
    }
}

#[test]
fn concept2_gives_the_published_rates() {
    for case in expected().c2_calories {
        let rates = [
            (Rate::CONCEPT2, case.kcal_per_h),
            (Rate::concept2_weight(60.0), case.at_60kg),
            (Rate::concept2_weight(90.0), case.at_90kg),
        ];
        for (rate, expected) in rates {
            let found = kcal(rate.at(case.watts)) * 3600.0;
            assert!((found - expected).abs() < 1e-9, "{} W: {found}", case.watts);
        }
    }
}

#[test]
fn keytel_gives_the_published_rates() {
    for case in expected().keytel_kcal_per_min {
        let sex = if case.sex == 'm' {
            Sex::Male
        } else {
            Sex::Female
        };
        let rate = match case.vo2 {
            Some(vo2) => Rate::keytel_vo2max(sex, case.weight, case.age, vo2),
            None => Rate::keytel(sex, case.weight, case.age),
        };
        let found = kcal(rate.at(case.hr)) * 60.0;
        assert!((found - case.kcal_per_min).abs() < 1e-9, "{found}");
    }
}
