//! The Bluetooth Remote Service: the document's examples and what is right of them.

mod device;
mod dynamic;
mod navigation;
mod workout;

use xoss::remote::{
    Channel, Combine, Encoding, Field, Guidance, Key, Maneuver, Packet, RemoteError, Route,
    RouteState,
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

fn measured(fields: &[(Key, f64)]) -> Vec<Field> {
    fields
        .iter()
        .map(|(key, value)| Field::new(*key, *value))
        .collect()
}

fn combine_1() -> Vec<Field> {
    measured(&[
        (Key::SPORT, 3.0),
        (Key::WORKOUT_STATE, 0.0),
        (Key::MOVING_TIME, 3600.0),
        (Key::DISTANCE, 30_000.0),
        (Key::SPEED, 12.0),
        (Key::ELEVATION, 765.0),
        (Key::HEART_RATE, 143.0),
    ])
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
