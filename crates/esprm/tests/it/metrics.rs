use std::time::Duration;

use esprm::{DeltaTimes, Error, ExtendedMetrics};
use serde_json::json;

use crate::support::{hex, vectors};

#[test]
fn every_vector() {
    let cases = vectors("extended_metrics");
    for case in cases.as_array().unwrap() {
        let metrics = ExtendedMetrics::decode(&hex(case["hex"].as_str().unwrap())).unwrap();
        let told = json!({
            "avg_stroke_power_w": metrics.average_power,
            "drive_s": metrics.drive_time,
            "recovery_s": metrics.recovery_time,
            "drag_factor": metrics.drag_factor,
        });
        assert_eq!(told, case["decoded"], "{}", case["name"]);
    }
}

/// The web client reads the power without a sign.
#[test]
fn power_may_be_negative() {
    let metrics = ExtendedMetrics::decode(&hex("FE FF 00 30 00 40 6E 00")).unwrap();
    assert_eq!(metrics.average_power, -2);
}

/// The firmware's documentation says that the characteristic may be extended.
#[test]
fn longer_values_are_read_and_shorter_ones_refused() {
    let value = hex("2D 01 00 30 00 40 6E 00 01 02");
    assert_eq!(
        ExtendedMetrics::decode(&value),
        ExtendedMetrics::decode(&value[..8])
    );
    let error = ExtendedMetrics::decode(&value[..6]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Extended Metrics has 6 bytes, at least 7 are needed"
    );
}

#[test]
fn delta_times() {
    let vectors = vectors("delta_times");
    let value = hex(vectors["hex"].as_str().unwrap());
    let times: Vec<_> = DeltaTimes::decode(&value).unwrap().collect();
    let expected = vectors["values_us"].as_array().unwrap().iter();
    let expected: Vec<_> = expected
        .map(|time| Duration::from_micros(time.as_u64().unwrap()))
        .collect();
    assert_eq!(times, expected);
    assert_eq!(DeltaTimes::decode(&[]).unwrap().count(), 0);
    assert_eq!(
        DeltaTimes::decode(&value[..7]).unwrap_err(),
        Error::Uneven {
            characteristic: "Delta Times",
            length: 7
        }
    );
}

#[test]
fn delta_times_of_a_notification() {
    let vectors = vectors("delta_times");
    for (mtu, most) in vectors["max_per_notification"].as_object().unwrap() {
        let mtu = mtu.parse().unwrap();
        let most = usize::try_from(most.as_u64().unwrap()).unwrap();
        assert_eq!(DeltaTimes::per_notification(mtu), Some(most));
    }
    assert_eq!(DeltaTimes::per_notification(99), None);
}
