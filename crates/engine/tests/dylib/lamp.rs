//! A sink that shows something on a device, from a thread of its own.

mod room;

use std::sync::Arc;

use pipeline_engine::LiveOptions;

use crate::MOST;
use crate::place::Place;

const LAMP: &str = "source:\n  ticks:\nsinks:\n  - lamp:\n  - count: { folder: out }\n";

/// A thread of a sink talks to a device while the stream goes on; the end of the stream ends what
/// waits.
#[test]
fn a_thread_of_a_sink_has_bluetooth() {
    let place = Place::new();
    let room = Arc::new(room::Room::default());
    let live = LiveOptions {
        shown_on: Some(Arc::clone(&room) as _),
        ..LiveOptions::default()
    };
    let outcome = place.run_with(LAMP, live);
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    assert_eq!(outcome.said, ["info: 0 ffe1 on"]);
    assert_eq!(outcome.places[0], "lamp");
    assert_eq!(room.told(), ["on", "off", "gone"]);
    assert!(outcome.took < MOST, "{:?}", outcome.took);
}

#[test]
fn without_bluetooth_a_sink_does_without() {
    let outcome = Place::new().run(LAMP);
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    assert_eq!(outcome.places[0], "dark");
}

#[test]
fn a_stream_does_not_wait_for_bluetooth() {
    let outcome = Place::new().run(&LAMP.replace("lamp:", "lamp: { silent: true }"));
    assert_eq!(
        outcome.errors,
        ["the plugin `lamp` called `bluetooth` where it must not"]
    );
    assert_eq!(outcome.totals.exit_code(), 8);
}
