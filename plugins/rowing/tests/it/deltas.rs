//! The times between impulses, as a log of their own.

use esprm::Logging;
use pipeline_plugin::{Field, Kind};

use crate::support::{problems, record, record_for};

const ON: &str = r#"{"heart-rate":"off","delta-times":true}"#;

#[test]
fn they_come_as_a_log_after_the_activity() {
    let recorded = record("esprm?strokes=60", ON);
    assert!(recorded.result.is_ok());
    let [activity, log] = &recorded.streams[..] else {
        panic!("{:?}", recorded.said);
    };
    assert_eq!(
        (activity.header.kind, log.header.kind),
        (Kind::Activity, Kind::Log)
    );
    assert_eq!(log.header.name, "ESP Rowing Monitor (CPS), delta times");
    let deltas = log.values(&Field::new("delta_time", "s"));
    // One force an impulse.
    assert!(deltas.len() > 60 * 20, "{}", deltas.len());
    assert!(deltas.iter().all(|delta| (0.001..1.0).contains(delta)));
    assert!(log.end() <= activity.end() + 1.0);
}

/// Whatever ends the run, the monitor is as it was.
#[test]
fn the_setting_is_restored() {
    for seconds in [None, Some(40)] {
        let recorded = record_for("esprm?strokes=60", ON, seconds);
        assert!(recorded.streams.len() == 2, "{:?}", recorded.said);
        let settings = recorded.settings.unwrap().settings;
        assert_eq!(settings.delta_times, Logging::Off);
    }
}

#[test]
fn they_need_a_large_mtu() {
    let recorded = record("esprm?strokes=30&mtu=99", ON);
    assert_eq!(recorded.streams.len(), 1);
    assert!(
        recorded.heard("they need an MTU of 100 or more"),
        "{:?}",
        recorded.said
    );
    let recorded = record("ftms?strokes=30", ON);
    assert!(recorded.heard("is no ESP Rowing Monitor"));
}

#[test]
fn a_pipeline_must_have_room_for_a_log() {
    assert!(problems(r#"{"delta-times":true}"#).is_empty());
}
