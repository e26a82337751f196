//! What is published when all is well.

use std::process::{Command, Stdio};
use std::time::Duration;

use expect_test::expect;
use serde_json::Value;

use crate::broker::Broker;
use crate::support::{Observer, open, open_with, row, until};

const STATE: &str = "pipeline/POWER_2F1C/state";

#[test]
fn samples_are_published_and_the_device_introduced() {
    for broker in Broker::all() {
        let observer = Observer::new(broker.port());
        let mut log = open(broker.port(), r#"{"expire":"1 min"}"#, None);
        log.write(&row(
            0,
            &[("state_of_charge", "%", 73.4), ("mains", "", f64::NAN)],
        ));
        log.write(&row(5, &[("ac_output_power", "W", 145.0)]));
        log.write(&row(
            10,
            &[("state_of_charge", "%", 73.25), ("mains", "", 1.0)],
        ));
        // Its charge and the mains were measured too long ago.
        log.write(&row(90, &[("ac_output_power", "W", 150.5)]));
        let (plugin, said) = log.finish();
        assert_eq!(said, format!("done 127.0.0.1:{}/{STATE}\n", broker.port()));
        until("four samples came", || observer.of(STATE).len() == 4);
        expect![[r#"
            {"time":"2026-11-21T10:00:00Z","state_of_charge":73.4,"mains":null}
            {"time":"2026-11-21T10:00:05Z","state_of_charge":73.4,"mains":null,"ac_output_power":145.0}
            {"time":"2026-11-21T10:00:10Z","state_of_charge":73.25,"mains":1.0,"ac_output_power":145.0}
            {"time":"2026-11-21T10:01:30Z","state_of_charge":null,"mains":null,"ac_output_power":150.5}"#]].assert_eq(&observer.of(STATE).join("\n"));
        let order: Vec<_> = observer
            .seen()
            .into_iter()
            .map(|seen| seen.topic)
            .take(4)
            .collect();
        expect![[r#"
            [
                "pipeline/status",
                "homeassistant/device/pipeline_POWER_2F1C/config",
                "pipeline/POWER_2F1C/status",
                "pipeline/POWER_2F1C/state",
            ]
        "#]]
        .assert_debug_eq(&order);
        // Whoever comes later knows what is there, but no old sample.
        let later = Observer::new(broker.port());
        let config = "homeassistant/device/pipeline_POWER_2F1C/config";
        until("the retained messages came", || later.seen().len() == 3);
        assert!(
            later
                .seen()
                .iter()
                .all(|seen| seen.retain && seen.topic != STATE)
        );
        let config: Value = serde_json::from_str(&later.of(config)[0]).unwrap();
        let components: Vec<_> = config["cmps"].as_object().unwrap().keys().collect();
        assert_eq!(components, ["state_of_charge", "mains", "ac_output_power"]);
        // The end of a stream is not the end of the device; that of the program is.
        assert_eq!(observer.of("pipeline/status"), ["online"]);
        drop(plugin);
        observer.wait_for("pipeline/status", "offline");
    }
}

#[test]
fn the_introduction_is_what_home_assistant_reads() {
    let broker = Broker::all().remove(0);
    let observer = Observer::new(broker.port());
    for control in [false, true] {
        observer.forget();
        let mut log = open(
            broker.port(),
            &format!(r#"{{"control":{control},"topic":"home/shed"}}"#),
            None,
        );
        log.write(&row(
            0,
            &[
                ("state_of_charge", "%", 73.4),
                ("ac_output_power", "W", 145.0),
                ("ac_switch", "", 1.0),
                ("mains", "", 1.0),
                ("charge_limit", "%", 80.0),
                ("energy_out", "Wh", 1234.5),
                ("fault_ac", "", 0.0),
                ("time", "x\"y", 0.0),
                ("a b", "", 0.0),
                ("a_b", "", 0.0),
            ],
        ));
        let (plugin, _) = log.finish();
        let topic = "homeassistant/device/home_shed_POWER_2F1C/config";
        until("the introduction came", || !observer.of(topic).is_empty());
        let config: Value = serde_json::from_str(&observer.of(topic)[0]).unwrap();
        let version = env!("CARGO_PKG_VERSION");
        let text = serde_json::to_string_pretty(&config)
            .unwrap()
            .replace(version, "VERSION");
        let expected = if control {
            expect_test::expect_file!["../expected/introduction-control.json"]
        } else {
            expect_test::expect_file!["../expected/introduction.json"]
        };
        expected.assert_eq(&(text + "\n"));
        drop(plugin);
    }
}

#[test]
fn home_assistant_starts_and_asks() {
    for broker in Broker::all() {
        let observer = Observer::new(broker.port());
        let mut log = open(broker.port(), "{}", None);
        log.write(&row(0, &[("power", "W", 1.0)]));
        until("a sample came", || !observer.of(STATE).is_empty());
        observer.forget();
        observer.publish("homeassistant/status", "online", false);
        until("everything came again", || observer.seen().len() == 4);
        let topics: Vec<_> = observer.seen().into_iter().map(|seen| seen.topic).collect();
        let config = "homeassistant/device/pipeline_POWER_2F1C/config";
        assert_eq!(topics[1..], [config, "pipeline/POWER_2F1C/status", STATE]);
        drop(log);
    }
}

#[test]
fn without_home_assistant_nobody_is_introduced() {
    let broker = Broker::all().remove(0);
    let observer = Observer::new(broker.port());
    let mut log = open(broker.port(), r#"{"home-assistant":false}"#, None);
    log.write(&row(0, &[("power", "W", 1.0)]));
    let (plugin, _) = log.finish();
    drop(plugin);
    observer.wait_for("pipeline/status", "offline");
    assert!(
        observer
            .seen()
            .iter()
            .all(|seen| seen.topic.starts_with("pipeline/"))
    );
}

/// A log that is cut at midnight does not go offline.
#[test]
fn streams_share_the_connection() {
    for broker in Broker::all() {
        let observer = Observer::new(broker.port());
        let mut log = open(broker.port(), "{}", None);
        log.write(&row(0, &[("power", "W", 1.0)]));
        let (plugin, _) = log.finish();
        let mut log = open_with(plugin, None);
        log.write(&row(5, &[("power", "W", 2.0)]));
        let (plugin, _) = log.finish();
        until("two samples came", || observer.of(STATE).len() == 2);
        assert_eq!(observer.of("pipeline/status"), ["online"]);
        assert_eq!(observer.of("pipeline/POWER_2F1C/status"), ["online"]);
        drop(plugin);
    }
}

/// What comes faster than the broker takes it waits for it.
#[test]
fn a_fast_stream_loses_nothing() {
    for broker in Broker::all() {
        let observer = Observer::new(broker.port());
        let mut log = open(broker.port(), r#"{"queue":5}"#, None);
        for second in 0..700 {
            log.write(&row(second, &[("power", "W", 1.0)]));
        }
        let (plugin, said) = log.finish();
        assert!(said.starts_with("done"), "{said}");
        until("all samples came", || observer.of(STATE).len() == 700);
        let states = observer.of(STATE);
        assert!(states.is_sorted(), "in their order");
        drop(plugin);
    }
}

/// The process that [`a_program_that_is_killed_is_offline`] kills.
#[test]
fn writer_to_be_killed() {
    let Ok(port) = std::env::var("BROKER_PORT") else {
        return;
    };
    let mut log = open(port.parse().unwrap(), "{}", None);
    log.write(&row(0, &[("power", "W", 1.0)]));
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn a_program_that_is_killed_is_offline() {
    for broker in Broker::all() {
        let observer = Observer::new(broker.port());
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "publishing::writer_to_be_killed"])
            .env("BROKER_PORT", broker.port().to_string())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        until("a sample came", || !observer.of(STATE).is_empty());
        assert_eq!(observer.of("pipeline/status"), ["online"]);
        child.kill().unwrap();
        child.wait().unwrap();
        observer.wait_for("pipeline/status", "offline");
    }
}
