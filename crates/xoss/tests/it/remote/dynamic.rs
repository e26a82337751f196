//! Dynamic data, in both readings of their lengths.

use xoss::remote::{Encoding, Field, Key, Maneuver, Packet, Route, RouteState};

use super::{LARGE, both_ways, encoding, measured, route};

fn dynamic_fields() -> Vec<Field> {
    measured(&[
        (Key::SPORT, 3.0),
        (Key::WORKOUT_STATE, 0.0),
        (Key::MOVING_TIME, 3600.0),
        (Key::DISTANCE, 30_000.0),
        (Key::SPEED, 10.0),
        (Key::HEART_RATE, 143.0),
    ])
}

#[test]
fn dynamic_workout_data_in_both_readings() {
    let packet = Packet::DynamicWorkout(dynamic_fields());
    let value = encoding("dynamic workout TLV, length = value only (default)");
    both_ways(&packet, &value, &LARGE);
    let with_key = encoding("dynamic workout TLV, length = key+value (alternative reading)");
    let other = Encoding {
        length_counts_key: true,
        ..LARGE
    };
    both_ways(&packet, &with_key, &other);
    // The reading is found out.
    assert_eq!(Packet::decode(&with_key, &LARGE).unwrap(), packet);
    assert_eq!(Packet::decode(&value, &other).unwrap(), packet);
}

/// 24 and 25 are printed for a position, which the table has at 25 and 26; 24 is a power there.
#[test]
fn positions_under_either_number() {
    let latitude = 31_230_416_i32.to_le_bytes();
    let longitude = (-121_473_701_i32).to_le_bytes();
    let item =
        |key: u8, value: &[u8]| [&[u8::try_from(value.len()).unwrap(), key][..], value].concat();
    let position = measured(&[(Key::LATITUDE, 31.230_416), (Key::LONGITUDE, -121.473_701)]);
    let power = Field::new(Key::NORMALIZED_POWER, 200.0);
    let read = |items: &[Vec<u8>]| {
        let bytes = [&[3][..], &items.concat()].concat();
        match Packet::decode(&bytes, &LARGE).unwrap() {
            Packet::DynamicWorkout(fields) => fields,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        read(&[item(0x25, &latitude), item(0x26, &longitude)]),
        position
    );
    assert_eq!(
        read(&[item(0x24, &latitude), item(0x25, &longitude)]),
        position
    );
    assert_eq!(read(&[item(0x25, &latitude)]), position[..1]);
    assert_eq!(read(&[item(0x24, &[200])]), [power]);
    let all = [
        item(0x24, &[200]),
        item(0x25, &latitude),
        item(0x26, &longitude),
    ];
    assert_eq!(read(&all), [&[power][..], &position].concat());
}

/// Widths that the second table prints: 1 byte of calories and power, 2 of pace.
#[test]
fn dynamic_values_of_other_widths() {
    let bytes = [3, 1, 3, 99, 1, 29, 250, 2, 12, 0x2C, 0x01, 1, 16, 95];
    let fields = measured(&[
        (Key(3), 99.0),
        (Key::POWER, 250.0),
        (Key(12), 300.0),
        (Key::GRADE, 5.0),
    ]);
    assert_eq!(
        Packet::decode(&bytes, &LARGE).unwrap(),
        Packet::DynamicWorkout(fields)
    );
    let pace = Packet::DynamicWorkout(measured(&[(Key(12), 300.0)]));
    assert_eq!(pace.encode(&LARGE).unwrap(), [3, 2, 12, 0x2C, 0x01]);
}

#[test]
fn many_dynamic_values_take_many_packets() {
    let fields: Vec<_> = Key::all().map(|key| Field::new(key, 1.0)).collect();
    let small = Encoding::default();
    let packets = Packet::dynamic(&fields, &small);
    let mut read = Vec::new();
    for packet in &packets {
        let bytes = packet.encode(&small).unwrap();
        assert!(bytes.len() <= 20);
        let Packet::DynamicWorkout(fields) = Packet::decode(&bytes, &small).unwrap() else {
            panic!();
        };
        read.extend(fields);
    }
    assert_eq!(read, fields);
    assert!(packets.len() > 5);
    assert_eq!(
        Packet::dynamic(&[Field::new(Key::SPEED, f64::NAN)], &small),
        []
    );
}

#[test]
fn dynamic_navigation() {
    let some = Route {
        state: Some(RouteState::Navigating),
        next_distance: Some(300),
        destination_distance: Some(32_000),
        maneuver: Some(Maneuver::Right),
        street: Some("XX路".to_owned()),
        ..Route::default()
    };
    let bytes = encoding("dynamic navi TLV (value-length reading)");
    both_ways(&Packet::DynamicRoute(some), &bytes, &LARGE);
    let all = Packet::DynamicRoute(route());
    for length_counts_key in [false, true] {
        let encoding = Encoding {
            length_counts_key,
            ..LARGE
        };
        let bytes = all.encode(&encoding).unwrap();
        assert_eq!(Packet::decode(&bytes, &LARGE).unwrap(), all);
    }
}
