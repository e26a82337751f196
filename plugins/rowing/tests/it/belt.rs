//! A heart-rate belt beside the rower.

use pipeline_plugin::field;

use crate::support::{record, record_for};

#[test]
fn it_comes_with_the_strokes() {
    let recorded = record_for("esprm+belt?strokes=100", "{}", Some(300));
    let row = recorded.only();
    let rates = row.values(&field::HEART_RATE);
    assert!(rates.len() > 90, "{}", rates.len());
    assert!(rates.iter().all(|rate| (80.0..170.0).contains(rate)));
    assert!(recorded.heard("heart rate from `HRM 4F2A`"));
}

#[test]
fn it_may_come_and_go_without_stopping_the_row() {
    // Worn for three minutes of the row only, and out of reach now and then.
    let devices = "esprm+belt?worn=180&outages=6&outage=30&seed=5";
    let recorded = record(devices, "{}");
    let row = recorded.only();
    let strokes = row.last(&field::TOTAL_CYCLES);
    assert!(
        (strokes - 635.0).abs() < 0.5,
        "{strokes} {:?}",
        recorded.said
    );
    let rates = row.values(&field::HEART_RATE).len();
    assert!((10..120).contains(&rates), "{rates}");
}

#[test]
fn off_or_another() {
    for choice in ["off", "Polar*"] {
        let options = format!(r#"{{"heart-rate":"{choice}"}}"#);
        let recorded = record_for("esprm+belt?strokes=60", &options, Some(200));
        assert!(recorded.only().values(&field::HEART_RATE).is_empty());
        assert!(!recorded.heard("heart rate from"));
    }
    let recorded = record_for(
        "esprm+belt?strokes=60",
        r#"{"heart-rate":"hrm*"}"#,
        Some(200),
    );
    assert!(recorded.only().values(&field::HEART_RATE).len() > 50);
}
