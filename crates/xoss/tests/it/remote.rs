//! The Bluetooth Remote Service: the document's examples and what is right of them.

use xoss::remote::{
    Battery, Camera, CameraControl, Channel, Combine, EBike, Encoding, Feature, Field, Glasses,
    Guidance, Key, MachineStatus, Maneuver, Packet, RawRequest, RemoteCharacteristic, RemoteError,
    RemoteMode, RemoteTypes, Request, Response, ResponseValue, ResultCode, Route, RouteState,
    SERVICE, Sport, WorkoutState, is_advertised,
};

use crate::support::{hex, vector, vectors};

/// Room for everything.
const LARGE: Encoding = Encoding {
    payload: 244,
    length_counts_key: false,
    combine_3_is_202: false,
    vam_scale: 1.0,
};

fn both_ways(packet: &Packet, bytes: &[u8], encoding: &Encoding) {
    assert_eq!(packet.encode(encoding).unwrap(), bytes, "{packet:?}");
    assert_eq!(&Packet::decode(bytes, encoding).unwrap(), packet);
}

fn encoding(name: &str) -> Vec<u8> {
    vector(&vectors(), "encodings", name)
}

/// The right bytes of one of the document's examples.
fn example(label: &str) -> Vec<u8> {
    let vectors = vectors();
    let examples = vectors["seed_examples"].as_array().unwrap();
    let found = examples
        .iter()
        .find(|it| it["label"].as_str().unwrap().starts_with(label));
    hex(found.unwrap()["correct"].as_str().unwrap())
}

fn workout(fields: &[(Key, f64)]) -> Vec<Field> {
    fields
        .iter()
        .map(|(key, value)| Field::new(*key, *value))
        .collect()
}

fn combine_1() -> Vec<Field> {
    workout(&[
        (Key::SPORT, 3.0),
        (Key::WORKOUT_STATE, 0.0),
        (Key::MOVING_TIME, 3600.0),
        (Key::DISTANCE, 30_000.0),
        (Key::SPEED, 12.0),
        (Key::ELEVATION, 765.0),
        (Key::HEART_RATE, 143.0),
    ])
}

#[test]
fn the_documents_examples() {
    let speed = Packet::Workout(Field::new(Key::SPEED, 10.0));
    both_ways(&speed, &example("single: speed"), &LARGE);
    both_ways(
        &Packet::Combine(Combine::One, combine_1()),
        &example("combine1"),
        &LARGE,
    );
    let destination = |seconds| {
        Packet::Guidance(Guidance {
            distance: Some(32_000),
            time: Some(seconds),
            position_known: true,
            to_destination: true,
            ..Guidance::default()
        })
    };
    both_ways(
        &destination(3600),
        &example("navi 1: to destination"),
        &LARGE,
    );
    both_ways(
        &destination(6000),
        &example("navi 1 with the prose's"),
        &LARGE,
    );
    let step = Packet::Guidance(Guidance {
        distance: Some(300),
        maneuver: Some(Maneuver::Right),
        position_known: true,
        ..Guidance::default()
    });
    both_ways(&step, &example("navi 2"), &LARGE);
    let street = |position_known| {
        Packet::Guidance(Guidance {
            street: Some("ABC".to_owned()),
            position_known,
            ..Guidance::default()
        })
    };
    both_ways(&street(true), &example("navi 3"), &LARGE);
    // As it is printed: nobody knows where we are.
    both_ways(&street(false), b"\x01\x80ABC", &LARGE);
}

/// The first navigation example announces a maneuver and has none.
#[test]
fn the_documents_wrong_flags_are_wrong() {
    let bytes = hex("01 3d 00 7d 00 00 10 0e 00 00");
    assert!(matches!(
        Packet::decode(&bytes, &LARGE),
        Err(RemoteError::Short { .. })
    ));
}

#[test]
fn combinations() {
    let two = workout(&[
        (Key::SPORT, 3.0),
        (Key::ELEVATION, 765.0),
        (Key::GRADE, 5.0),
        (Key::ELEVATION_GAIN, 123.45),
        (Key::VAM, 900.0),
    ]);
    let name = "combine2 cycling, 765 m, +5 %, gain 123.45 m, VAM 900";
    both_ways(&Packet::Combine(Combine::Two, two), &encoding(name), &LARGE);
    let three = workout(&[
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
    let low = workout(&[(Key::ELEVATION, 255.0), (Key::MOVING_TIME, 65_535.0)]);
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

fn dynamic_fields() -> Vec<Field> {
    workout(&[
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
    let position = workout(&[(Key::LATITUDE, 31.230_416), (Key::LONGITUDE, -121.473_701)]);
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
    let fields = workout(&[
        (Key(3), 99.0),
        (Key::POWER, 250.0),
        (Key(12), 300.0),
        (Key::GRADE, 5.0),
    ]);
    assert_eq!(
        Packet::decode(&bytes, &LARGE).unwrap(),
        Packet::DynamicWorkout(fields)
    );
    let pace = Packet::DynamicWorkout(workout(&[(Key(12), 300.0)]));
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

fn route() -> Route {
    Route {
        state: Some(RouteState::Navigating),
        next_distance: Some(300),
        next_time: Some(40),
        destination_distance: Some(32_000),
        destination_time: Some(3600),
        slope_climb: Some(120),
        slope_distance: Some(1500),
        slope_time: Some(600),
        slope_class: Some(2),
        maneuver: Some(Maneuver::Right),
        street: Some("XX路".to_owned()),
    }
}

#[test]
fn large_navigation() {
    let name = "navi large packet: on route; next 300 m/40 s; dest 32 km/3600 s; slope 120 m up, 1500 m, 600 s, grade 2; right; 'XX路'";
    both_ways(&Packet::Route(route()), &encoding(name), &LARGE);
    // An MTU of 37 has room for no name, one of 41 for four bytes: the last character is left out.
    for (payload, name) in [(34, ""), (38, "XX"), (39, "XX路"), (98, "XX路")] {
        let encoding = Encoding { payload, ..LARGE };
        let bytes = Packet::Route(route()).encode(&encoding).unwrap();
        assert!(bytes.len() <= payload);
        let Packet::Route(read) = Packet::decode(&bytes, &LARGE).unwrap() else {
            panic!();
        };
        assert_eq!(read.street.as_deref(), Some(name));
    }
    let small = Encoding::default();
    let error = Packet::Route(route()).encode(&small).unwrap_err();
    assert_eq!(
        error,
        RemoteError::Long {
            length: 34,
            payload: 20
        }
    );
    let long = Route {
        street: Some("路".repeat(40)),
        ..route()
    };
    let bytes = Packet::Route(long).encode(&LARGE).unwrap();
    assert_eq!(bytes.len(), 34 + 63, "64 bytes, but whole characters");
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

/// All flags of a small packet mean a large one.
#[test]
fn a_small_packet_with_everything_can_t_be_said() {
    let all = Guidance {
        distance: Some(1),
        climb: Some(2),
        time: Some(3),
        maneuver: Some(Maneuver::Straight),
        street: Some("A".to_owned()),
        position_known: true,
        to_destination: true,
        reached: true,
    };
    let packet = Packet::Guidance(all.clone());
    assert_eq!(packet.encode(&LARGE), Err(RemoteError::AllFlags));
    let fits = Packet::Guidance(Guidance {
        reached: false,
        ..all
    });
    let bytes = fits.encode(&LARGE).unwrap();
    assert_eq!(Packet::decode(&bytes, &LARGE).unwrap(), fits);
    let long = Packet::Guidance(Guidance {
        street: Some("Straße nach Süden".to_owned()),
        ..Guidance::default()
    });
    let bytes = long.encode(&Encoding::default()).unwrap();
    let (head, name) = bytes.split_at(2);
    assert_eq!(head, [0x01, 0x80]);
    assert_eq!(name, "Straße nach Süde".as_bytes(), "18 bytes");
}

#[test]
fn overlays_and_notifications() {
    let overlay = Packet::Overlay {
        key: Key::SPEED,
        style: 1,
    };
    both_ways(&overlay, &encoding("overlay: speed key 8, style 1"), &LARGE);
    let hi = Packet::Notification {
        channel: Channel::WeChat,
        text: "hi".to_owned(),
    };
    let name = "notification: WeChat 'hi' (layout guessed: type, UTF-8 text)";
    both_ways(&hi, &encoding(name), &LARGE);
    let long = Packet::Notification {
        channel: Channel::Phone,
        text: "路".repeat(100),
    };
    assert_eq!(long.encode(&Encoding::default()).unwrap().len(), 2 + 18);
    assert_eq!(Packet::decode(&[9, 1], &LARGE), Err(RemoteError::Key(9)));
    assert!(Packet::decode(&[], &LARGE).is_err());
    assert_eq!(
        Packet::decode(b"\x05\x00\xFF", &LARGE),
        Err(RemoteError::Text("a notification"))
    );
}

#[test]
fn requests() {
    let cases = [
        ("control point: request control", Request::RequestControl),
        (
            "control point: brightness 80 %",
            Request::Brightness(Some(80)),
        ),
        ("control point: query brightness", Request::Brightness(None)),
        (
            "control point: sleep time 600 s",
            Request::SleepTime(Some(600)),
        ),
        ("control point: query sleep time", Request::SleepTime(None)),
        ("control point: ANCS on", Request::Notifications(Some(true))),
        ("control point: query ANCS", Request::Notifications(None)),
        (
            "control point: set time GMT 1720000000, local +8 h",
            Request::SetTime {
                utc: 1_720_000_000,
                local: 1_720_028_800,
            },
        ),
    ];
    for (name, request) in cases {
        assert_eq!(request.encode(), encoding(name), "{name}");
        assert_eq!(Request::decode(&encoding(name)).unwrap(), request);
    }
    for request in [
        Request::Reset,
        Request::SetType(RemoteTypes::DISPLAY),
        Request::SetMode(RemoteMode::On),
        Request::DebugWorkout(vec![0, 8, 1, 0]),
        Request::DebugNavigation(vec![1, 0]),
        Request::Raw(RawRequest::new(0xE0, vec![1, 2]).unwrap()),
    ] {
        assert_eq!(Request::decode(&request.encode()).unwrap(), request);
    }
    assert_eq!(
        Request::Brightness(Some(250)).encode(),
        [6, 100],
        "255 would be a question"
    );
    // One byte of type or mode is read as well.
    assert_eq!(
        Request::decode(&[3, 1]).unwrap(),
        Request::SetMode(RemoteMode::On)
    );
}

/// The firmware update has no constructor, and no raw request makes one.
#[test]
fn the_firmware_update_can_t_be_requested() {
    for opcode in 0..=255 {
        let named = [0, 1, 2, 3, 6, 0x0A, 0x0B, 0x12, 0x20, 0x80, 0xDA, 0xDF].contains(&opcode);
        assert_eq!(
            RawRequest::new(opcode, vec![]).is_err(),
            named,
            "{opcode:02x}"
        );
    }
    assert_eq!(Request::decode(&[0xDF]), Err(RemoteError::Opcode(0xDF)));
}

#[test]
fn responses() {
    let done = |request, value| Response {
        request,
        result: ResultCode::Done,
        value,
    };
    for (name, response) in [
        (
            "control point: response ok to request control",
            done(0, ResponseValue::None),
        ),
        (
            "control point: response ok to set time",
            done(0xDA, ResponseValue::None),
        ),
        (
            "control point: brightness response 80 %",
            done(6, ResponseValue::Brightness(80)),
        ),
    ] {
        assert_eq!(response.encode(), encoding(name), "{name}");
        assert_eq!(Response::decode(&encoding(name)).unwrap(), response);
    }
    for response in [
        done(0x12, ResponseValue::SleepTime(600)),
        done(0x20, ResponseValue::Notifications(true)),
        done(0x20, ResponseValue::Other(vec![7])),
        Response {
            request: 2,
            result: ResultCode::NotPermitted,
            value: ResponseValue::None,
        },
        Response {
            request: 2,
            result: ResultCode::Other(77),
            value: ResponseValue::None,
        },
    ] {
        assert_eq!(Response::decode(&response.encode()).unwrap(), response);
    }
    assert!(Response::decode(&[0x81, 0, 1]).is_err());
    assert!(Response::decode(&[0x80, 0]).is_err());
}

#[test]
fn features() {
    let feature = Feature {
        types: RemoteTypes::GLASSES,
        modes: 3,
        reserved: vec![],
    };
    let bytes = encoding("feature: glasses, modes OFF+ON");
    assert_eq!(feature.encode(), bytes);
    assert_eq!(Feature::decode(&bytes).unwrap(), feature);
    assert!(feature.types.contains(RemoteTypes::GLASSES));
    assert!(!feature.types.contains(RemoteTypes::CAMERA));
    assert!(feature.has_mode(RemoteMode::On) && !feature.has_mode(RemoteMode::Custom));
    assert!(!feature.has_mode(RemoteMode::Other(63)));
    // What stands behind is kept.
    let longer = [&bytes[..], &[9, 9]].concat();
    assert_eq!(Feature::decode(&longer).unwrap().encode(), longer);
    assert!(Feature::decode(&bytes[..3]).is_err());
}

#[test]
fn machine_status() {
    let bytes = encoding(
        "machine status: type+mode+ebike (bits 0,1,5): ebike type, mode ON, 87 %, good, 250 W",
    );
    let status = MachineStatus {
        types: Some(RemoteTypes::EBIKE),
        mode: Some(RemoteMode::On),
        ebike: Some(EBike {
            charge: Some(87),
            battery: Battery::Good,
            power: Some(250),
        }),
        ..MachineStatus::default()
    };
    assert_eq!(status.encode(), bytes);
    assert_eq!(MachineStatus::decode(&bytes).unwrap(), status);
    // With one byte of mode, as the text says.
    let mut short = bytes.clone();
    short.remove(4);
    assert_eq!(MachineStatus::decode(&short).unwrap(), status);
    short.pop();
    assert!(MachineStatus::decode(&short).is_err());
    let all = MachineStatus {
        glasses: Some(Glasses {
            case_charge: 50,
            case_state: 1,
        }),
        camera: Some(Camera {
            lens: 14,
            shutter: 500,
            log: true,
            ..Camera::default()
        }),
        ebike: Some(EBike {
            charge: None,
            battery: Battery::Other(9),
            power: None,
        }),
        rest: vec![1, 2, 3],
        ..status
    };
    assert_eq!(MachineStatus::decode(&all.encode()).unwrap(), all);
    // How long a display's part is, nobody knows: it and what follows is kept.
    let display = [&[0x30][..], &[1, 2, 3, 4, 5]].concat();
    let read = MachineStatus::decode(&display).unwrap();
    assert!(read.display && read.ebike.is_none());
    assert_eq!(read.rest, [1, 2, 3, 4, 5]);
}

#[test]
fn cameras() {
    assert_eq!(CameraControl::TakePhoto.encode(), [0]);
    assert_eq!(CameraControl::StartVideo.encode(), [1]);
    assert_eq!(CameraControl::StopVideo.encode(), [2]);
    let configure = CameraControl::Configure(Camera {
        lens: 14,
        ..Camera::default()
    });
    assert_eq!(configure.encode(), [3, 14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn names_of_characteristics() {
    assert_eq!(SERVICE.to_string(), "adb401c0-b1c6-11ed-afa1-0242ac120002");
    let printed = [
        (
            RemoteCharacteristic::Feature,
            "adb40001-b1c6-11ed-afa1-0242ac120001",
        ),
        (
            RemoteCharacteristic::MachineStatus,
            "adb40002-b1c6-11ed-afa1-0242ac120002",
        ),
        (
            RemoteCharacteristic::ControlPoint,
            "adb40003-b1c6-11ed-afa1-0242ac120003",
        ),
        (
            RemoteCharacteristic::DataPipeline,
            "adb40004-b1c6-11ed-afa1-0242ac120004",
        ),
    ];
    for (characteristic, name) in printed {
        assert_eq!(characteristic.uuid().to_string(), name);
        assert_eq!(
            RemoteCharacteristic::from_uuid(characteristic.uuid()),
            Some(characteristic)
        );
    }
    let odd = uuid::Uuid::from_u128(0xADB4_0003_B1C6_11ED_AFA1_0242_AC12_0002);
    assert_eq!(
        RemoteCharacteristic::from_uuid(odd),
        Some(RemoteCharacteristic::ControlPoint)
    );
    assert_eq!(RemoteCharacteristic::from_uuid(SERVICE), None);
    assert!(is_advertised(SERVICE));
    assert!(is_advertised(uuid::Uuid::from_u128(
        0x0000_01C0_0000_1000_8000_0080_5F9B_34FB
    )));
    assert!(!is_advertised(xoss::gatt::SERVICE));
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
