use gatt::{Energy, Error, RowerData};
use serde_json::{Value, json};

use crate::support::{hex, vectors};

/// A decoded value in the words of the vectors: only the fields that are there.
fn told(value: &[u8], data: &RowerData) -> Value {
    let Energy {
        total,
        per_hour,
        per_minute,
    } = data.energy.unwrap_or_default();
    let trailing: Vec<String> = value[value.len() - data.trailing..]
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    let mut told = json!({
        "flags": u16::from_le_bytes([value[0], value[1]]),
        "more_data": data.more_data,
        "stroke_rate": data.stroke_rate,
        "stroke_count": data.stroke_count,
        "avg_stroke_rate": data.average_stroke_rate,
        "distance": data.total_distance,
        "pace": data.instantaneous_pace,
        "avg_pace": data.average_pace,
        "power": data.instantaneous_power,
        "avg_power": data.average_power,
        "resistance": data.resistance_level,
        "hr": data.heart_rate,
        "met": data.metabolic_equivalent,
        "elapsed": data.elapsed_time,
        "remaining": data.remaining_time,
        "trailing": trailing.join(" "),
    });
    let fields = told.as_object_mut().unwrap();
    fields.retain(|_, field| !field.is_null());
    if data.energy.is_some() {
        fields.insert("energy_kcal".into(), json!(total));
        fields.insert("energy_per_hour".into(), json!(per_hour));
        fields.insert("energy_per_min".into(), json!(per_minute));
    }
    told
}

#[test]
fn every_vector() {
    for case in vectors("ftms_rower_data") {
        let value = hex(case["hex"].as_str().unwrap());
        let data = RowerData::decode(&value).unwrap();
        assert_eq!(told(&value, &data), case["decoded"], "{}", case["name"]);
    }
}

/// What an ESP Rowing Monitor sends: 14 bytes, the resistance level is its drag factor.
#[test]
fn esp_rowing_monitor() {
    let [first, second] = vectors("ftms_esprm").try_into().unwrap();
    let data = RowerData::decode(&hex(first["hex"].as_str().unwrap())).unwrap();
    assert_eq!(data.stroke_rate, Some(24.0));
    assert_eq!(data.stroke_count, Some(4));
    assert_eq!(data.total_distance, Some(4));
    assert_eq!(data.instantaneous_pace, Some(5000));
    assert_eq!(data.speed(), Some(0.1));
    assert_eq!(data.instantaneous_power, Some(100));
    assert_eq!(data.resistance_level, Some(110));
    let data = RowerData::decode(&hex(second["hex"].as_str().unwrap())).unwrap();
    assert_eq!(data.total_distance, Some(3010));
}

#[test]
fn pace_of_a_machine_that_stands_still_is_no_speed() {
    for pace in [0, u16::MAX] {
        let data = RowerData {
            instantaneous_pace: Some(pace),
            ..RowerData::default()
        };
        assert_eq!(data.speed(), Some(0.0));
    }
    assert_eq!(RowerData::default().speed(), None);
}

#[test]
fn heart_rate_zero_is_no_belt() {
    let of = |heart_rate| RowerData {
        heart_rate,
        ..RowerData::default()
    };
    assert_eq!(of(Some(0)).bpm(), None);
    assert_eq!(of(Some(255)).bpm(), None);
    assert_eq!(of(Some(74)).bpm(), Some(74));
}

/// Every truncation either says which field is missing, or is the one-byte resistance level.
#[test]
fn short_values_name_the_missing_field() {
    let value = hex(
        "FE 1F 31 2C 01 2E 70 11 01 7D 00 7F 00 FD FF B4 00 75 00 59 01 D4 03 10 98 71 08 07 58 02",
    );
    let expected = [
        (0, "flags"),
        (2, "stroke rate"),
        (3, "stroke count"),
        (5, "average stroke rate"),
        (6, "total distance"),
        (9, "instantaneous pace"),
        (11, "average pace"),
        (13, "instantaneous power"),
        (15, "average power"),
        (17, "resistance level"),
        (19, "total energy"),
        (21, "energy per hour"),
        (23, "energy per minute"),
        (24, "heart rate"),
        (25, "metabolic equivalent"),
        (26, "elapsed time"),
        (28, "remaining time"),
    ];
    for length in 0..value.len() - 1 {
        let (_, field) = expected.iter().rfind(|(from, _)| *from <= length).unwrap();
        assert_eq!(
            RowerData::decode(&value[..length]),
            Err(Error::Short {
                characteristic: "Rower Data",
                field,
                length
            })
        );
    }
    // One byte short: the resistance level is taken for one byte.
    assert!(RowerData::decode(&value[..value.len() - 1]).is_ok());
}
