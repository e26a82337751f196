//! A rower that begins to count anew: the row goes on.

use std::time::Duration;

use rowing::Event;
use sim::{Faults, Monitor, Outage, Random, Session, row};

use crate::services::{MTUS, SERVICES};
use crate::support::record;

/// At any moment a monitor loses its power: what was counted stays, and nothing is counted twice.
#[test]
fn a_monitor_that_restarts() {
    let row = row::steady();
    let last = row.last().unwrap();
    let mut random = Random::new(5);
    for round in 0..36 {
        let time = Duration::from_secs_f64(random.between(30.0, 1500.0));
        let monitor = Monitor::new(row.clone(), SERVICES[round % 3]).restarting_at(time);
        let recorded = record(Session::new(monitor, MTUS[round % 4], Faults::default()));
        let totals = recorded.totals;
        assert_eq!((totals.segments, totals.gaps), (1, 1), "{time:?}");
        // The first thing that is heard after it counts as where it begins: a stroke at most.
        assert!(
            (last.strokes - 1..=last.strokes).contains(&totals.strokes),
            "{totals:?}"
        );
        let short = last.distance / 100.0 - totals.distance;
        assert!((-1.0..=20.0).contains(&short), "{short}");
        for event in &recorded.events {
            if let Event::Stroke(stroke) = event {
                let shown = stroke.sample.speed;
                assert!(shown.is_nan() || shown < 7.0, "{stroke:?}");
            }
        }
    }
}

/// It restarts while the link is lost anyway, and counts for minutes before it is heard.
#[test]
fn a_restart_that_nobody_saw() {
    let row = row::steady();
    let outage = Outage {
        start: Duration::from_secs(900),
        end: Duration::from_secs(1000),
    };
    let faults = Faults {
        outages: vec![outage],
        ..Faults::default()
    };
    let monitor = Monitor::new(row.clone(), SERVICES[0]).restarting_at(Duration::from_secs(960));
    let recorded = record(Session::new(monitor, 247, faults));
    let at = |time| row.partition_point(|event| event.time <= time);
    let missed = row[at(outage.end) - 1].strokes - row[at(outage.start) - 1].strokes;
    // It is heard within a second, in which there may be a stroke.
    let rowed = 635 - missed;
    assert!((rowed - 1..=rowed).contains(&recorded.totals.strokes));
    assert_eq!((recorded.totals.segments, recorded.totals.gaps), (1, 1));
    assert_eq!(
        recorded.count(|event| matches!(event, Event::Started { .. })),
        1
    );
}
