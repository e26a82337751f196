//! Commands from the broker to the device.

use std::cell::RefCell;

use expect_test::expect;
use pipeline_plugin::{CommandQueue, Error};
use serde_json::json;

use crate::broker::Broker;
use crate::support::{Observer, open, row, until};

const ACK: &str = "pipeline/POWER_2F1C/ack";

#[test]
fn commands_reach_the_source_and_are_answered() {
    for broker in Broker::all() {
        let observer = Observer::new(broker.port());
        let queue = CommandQueue::default();
        let mut log = open(broker.port(), r#"{"control":true}"#, Some(queue.clone()));
        log.write(&row(0, &[("ac_switch", "", 0.0)]));
        until("a sample came", || {
            !observer.of("pipeline/POWER_2F1C/state").is_empty()
        });
        let ask = |topic: &str, payload: &str| observer.publish(topic, payload, false);
        ask("pipeline/POWER_2F1C/set/ac", "ON");
        ask("pipeline/POWER_2F1C/set/charge-limit", "80");
        ask("pipeline/POWER_2F1C/set/light", "sos");
        // For nobody, and no value.
        ask("pipeline/other/set/ac", "ON");
        ask("pipeline/POWER_2F1C/set/ac", "");
        let asked = RefCell::new(Vec::new());
        until("three commands came", || {
            asked.borrow_mut().extend(queue.take());
            asked.borrow().len() == 3
        });
        let asked = asked.into_inner();
        let names: Vec<_> = asked
            .iter()
            .map(|c| (c.name.clone(), c.value.clone()))
            .collect();
        assert_eq!(
            names,
            [
                ("ac".to_owned(), json!("on")),
                ("charge-limit".to_owned(), json!(80)),
                ("light".to_owned(), json!("sos")),
            ]
        );
        let mut asked = asked.into_iter();
        asked.next().unwrap().answer(Ok(json!({"ac": "on"})));
        asked
            .next()
            .unwrap()
            .answer(Err(Error::skip("it was ignored")));
        drop(asked.next());
        until("all are answered", || observer.of(ACK).len() == 4);
        let mut acks = observer.of(ACK);
        acks.sort();
        expect![[r#"
            {"command":"ac","ok":false,"error":"this is no value"}
            {"command":"ac","ok":true,"result":{"ac":"on"}}
            {"command":"charge-limit","ok":false,"error":"it was ignored"}
            {"command":"light","ok":false,"error":"the source has not answered"}"#]]
        .assert_eq(&acks.join("\n"));
        assert!(queue.take().is_none());
        drop(log);
    }
}

#[test]
fn retained_commands_are_ignored() {
    for broker in Broker::all() {
        let observer = Observer::new(broker.port());
        observer.publish("pipeline/POWER_2F1C/set/ac", "ON", true);
        observer.wait_for("pipeline/POWER_2F1C/set/ac", "ON");
        let queue = CommandQueue::default();
        let mut log = open(broker.port(), r#"{"control":true}"#, Some(queue.clone()));
        log.write(&row(0, &[("ac_switch", "", 0.0)]));
        until("it is told", || log.told().contains("retained command"));
        // One that is not retained comes through.
        observer.publish("pipeline/POWER_2F1C/set/usb", "OFF", false);
        until("a command came", || {
            queue.take().is_some_and(|command| command.name == "usb")
        });
        assert!(queue.take().is_none());
        drop(log);
    }
}

/// Off by default: nothing is even listened to.
#[test]
fn without_control_there_are_no_commands() {
    for broker in Broker::all() {
        let observer = Observer::new(broker.port());
        let queue = CommandQueue::default();
        let mut log = open(broker.port(), "{}", Some(queue.clone()));
        log.write(&row(0, &[("ac_switch", "", 0.0)]));
        until("a sample came", || {
            !observer.of("pipeline/POWER_2F1C/state").is_empty()
        });
        observer.publish("pipeline/POWER_2F1C/set/ac", "ON", false);
        // What comes after it is heard, so it was not.
        observer.forget();
        observer.publish("homeassistant/status", "online", false);
        until("everything came again", || observer.seen().len() >= 4);
        assert!(queue.take().is_none());
        assert!(observer.of(ACK).is_empty());
        if let Broker::Own(own) = &broker {
            assert!(!own.filters().iter().any(|filter| filter.contains("set")));
        }
        drop(log);
    }
}

#[test]
fn a_source_without_commands_says_so() {
    let broker = Broker::all().remove(0);
    let observer = Observer::new(broker.port());
    let mut log = open(broker.port(), r#"{"control":true}"#, None);
    log.write(&row(0, &[("ac_switch", "", 0.0)]));
    until("a sample came", || {
        !observer.of("pipeline/POWER_2F1C/state").is_empty()
    });
    observer.publish("pipeline/POWER_2F1C/set/ac", "ON", false);
    until("it is answered", || !observer.of(ACK).is_empty());
    expect![[
        r#"{"command":"ac","ok":false,"error":"the source of this pipeline takes no commands"}"#
    ]]
    .assert_eq(&observer.of(ACK).join("\n"));
    let (plugin, _) = log.finish();
    // Between two streams there is nobody to ask.
    observer.publish("pipeline/POWER_2F1C/set/ac", "ON", false);
    until("it is answered", || observer.of(ACK).len() == 2);
    assert!(observer.of(ACK)[1].contains("the device is not there"));
    drop(plugin);
}
