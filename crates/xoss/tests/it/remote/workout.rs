//! Values one by one and in combinations.

use xoss::remote::{Combine, Encoding, Field, Key, Packet, RemoteError, Sport, WorkoutState};

use super::{LARGE, both_ways, combine_1, encoding, measured};

#[test]
fn combinations() {
    let two = measured(&[
        (Key::SPORT, 3.0),
        (Key::ELEVATION, 765.0),
        (Key::GRADE, 5.0),
        (Key::ELEVATION_GAIN, 123.45),
        (Key::VAM, 900.0),
    ]);
    let name = "combine2 cycling, 765 m, +5 %, gain 123.45 m, VAM 900";
    both_ways(&Packet::Combine(Combine::Two, two), &encoding(name), &LARGE);
    let three = measured(&[
        (Key::SPORT, 3.0),
        (Key::HEART_RATE, 143.0),
        (Key::CADENCE, 90.0),
        (Key::POWER, 250.0),
        (Key::AVG_HEART_RATE, 140.0),
        (Key::AVG_CADENCE, 88.0),
        (Key::AVG_POWER, 230.0),
    ]);
    let three = Packet::Combine(Combine::Three, three);
    let printed = "combine3 (key 203 as printed) cycling, HR 143, cad 90, 250 W, avg 140/88/230";
    both_ways(&three, &encoding(printed), &LARGE);
    let meant = Encoding {
        combine_3_is_202: true,
        ..LARGE
    };
    both_ways(
        &three,
        &encoding("combine3 (key 202, probable intent)"),
        &meant,
    );
    // Either is read, whichever is written.
    assert_eq!(Packet::decode(&encoding(printed), &meant).unwrap(), three);
    let vam = Encoding {
        vam_scale: 100.0,
        ..LARGE
    };
    let bytes = Packet::Workout(Field::new(Key::VAM, 600.0))
        .encode(&vam)
        .unwrap();
    assert_eq!(bytes, [0, 20, 0x60, 0xEA]);
}

/// All ones of a field's width, and nothing less: 255 m is an elevation.
#[test]
fn what_is_not_measured_in_a_combination() {
    let mut fields = combine_1();
    fields[5].value = f64::NAN;
    fields[6].value = f64::NAN;
    let bytes = encoding("combine1 with HR and elevation absent");
    both_ways(
        &Packet::Combine(Combine::One, fields.clone()),
        &bytes,
        &LARGE,
    );
    // Values are found wherever they stand; what is missing was not measured.
    fields.reverse();
    fields.retain(|field| !field.value.is_nan());
    fields.push(Sport::Generic.field());
    let other = Packet::Combine(Combine::One, fields)
        .encode(&LARGE)
        .unwrap();
    assert_eq!(other, bytes);
    let low = measured(&[(Key::ELEVATION, 255.0), (Key::MOVING_TIME, 65_535.0)]);
    let bytes = Packet::Combine(Combine::One, low).encode(&LARGE).unwrap();
    let Packet::Combine(_, fields) = Packet::decode(&bytes, &LARGE).unwrap() else {
        panic!();
    };
    let value = |key| fields.iter().find(|field| field.key == key).unwrap().value;
    assert_eq!(value(Key::ELEVATION).to_bits(), 255_f64.to_bits());
    assert_eq!(value(Key::MOVING_TIME).to_bits(), 65_535_f64.to_bits());
    assert!(value(Key::SPEED).is_nan());
}

#[test]
fn single_values() {
    let single = |key, value| Packet::Workout(Field::new(key, value));
    let grade = "grade -3.5 % (key 16, UINT16, (g+90)*100)";
    both_ways(&single(Key::GRADE, -3.5), &encoding(grade), &LARGE);
    let latitude = "lat 31.230416 (key 37, INT32 x1e6)";
    both_ways(
        &single(Key::LATITUDE, 31.230_416),
        &encoding(latitude),
        &LARGE,
    );
    let longitude = "lon -121.473701 (key 38, INT32 x1e6)";
    both_ways(
        &single(Key::LONGITUDE, -121.473_701),
        &encoding(longitude),
        &LARGE,
    );
    let error = single(Key::SPEED, f64::NAN).encode(&LARGE).unwrap_err();
    assert_eq!(error, RemoteError::NotMeasured("speed"));
    assert_eq!(
        single(Key(40), 1.0).encode(&LARGE),
        Err(RemoteError::Key(40))
    );
}

/// Elevation below the sea is 0, not 65,526; normalized power ends at 254 W in its one byte.
#[test]
fn values_are_held_within_their_range() {
    let encode = |key, value| {
        Packet::Workout(Field::new(key, value))
            .encode(&LARGE)
            .unwrap()
    };
    assert_eq!(encode(Key::ELEVATION, -10.0), [0, 15, 0, 0]);
    assert_eq!(encode(Key::ELEVATION, 1e9), [0, 15, 0xFE, 0xFF]);
    assert_eq!(encode(Key::NORMALIZED_POWER, 300.0), [0, 36, 254]);
    assert_eq!(encode(Key::GRADE, -100.0), [0, 16, 0, 0]);
    assert_eq!(encode(Key::LATITUDE, 1e9)[2..], i32::MAX.to_le_bytes());
    assert_eq!(encode(Key::SPEED, f64::NEG_INFINITY), [0, 8, 0, 0]);
    // Wider ones are read: 300 W in two bytes.
    let wide = Packet::decode(&[0, 36, 0x2C, 0x01], &LARGE).unwrap();
    assert_eq!(
        wide,
        Packet::Workout(Field::new(Key::NORMALIZED_POWER, 300.0))
    );
}

#[test]
fn the_table_has_every_number_once() {
    for (key, number) in Key::all().zip(0..) {
        let info = key.info().unwrap();
        assert_eq!(key, Key(number));
        assert_eq!(info.key, key);
        assert_eq!(Key::named(info.name), Some(key));
        assert!([1, 2, 4].contains(&info.width) && [1, 2, 4].contains(&info.dynamic));
    }
    assert_eq!(Key::all().count(), 40);
    assert_eq!(Key(40).info(), None);
    assert_eq!(
        WorkoutState::Ended.field(),
        Field::new(Key::WORKOUT_STATE, 2.0)
    );
    assert_eq!(Sport::Cycling.field(), Field::new(Key::SPORT, 3.0));
}
