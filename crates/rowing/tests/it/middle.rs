//! The link is made in the middle of a row: a monitor wakes with the first pull at its handle, and who
//! rows goes on.

use std::time::Duration;

use rowing::Event;
use sim::{BaseService, Faults, Monitor, Outage, Session, row};

use crate::support::record;

/// The row begins where its metres begin: what comes with the first stroke was not done in the time of a
/// drive.
#[test]
fn the_first_metres_have_their_time() {
    let row = row::steady();
    let last = row.last().unwrap().distance / 100.0;
    for service in [
        BaseService::CyclingPower,
        BaseService::CyclingSpeedAndCadence,
    ] {
        for second in (20..1500).step_by(61) {
            let outage = Outage {
                start: Duration::ZERO,
                end: Duration::from_secs(second),
            };
            let faults = Faults {
                outages: vec![outage],
                ..Faults::default()
            };
            let recorded = record(Session::new(
                Monitor::new(row.clone(), service),
                247,
                faults,
            ));
            let start = recorded.events.iter().find_map(|event| match event {
                Event::Started { time } => Some(recorded.seconds(*time)),
                _ => None,
            });
            // What was counted before the first measurement does not count; its event is where the
            // rest begins.
            let before = last - recorded.totals.distance;
            let event = row
                .iter()
                .find(|event| (event.distance / 100.0 - before).abs() < 0.011);
            let begun = event.unwrap().time.as_secs_f64();
            let late = start.unwrap() - begun;
            assert!(late.abs() < 0.1, "{service:?} at {second} s: {late} s");
            let first = recorded.strokes().next().unwrap();
            assert!((2.0..6.0).contains(&first.sample.speed), "{first:?}");
        }
    }
}
