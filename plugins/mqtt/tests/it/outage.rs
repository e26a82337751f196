//! Brokers that come late, go away, or never were.

use expect_test::expect;

use crate::broker::{Broker, free_port};
use crate::support::{Observer, open, row, until};

const STATE: &str = "pipeline/POWER_2F1C/state";

#[test]
fn the_latest_samples_wait_for_the_broker() {
    for broker in Broker::all() {
        let port = broker.port();
        let (broker, mut log) = broker.away(|| {
            let mut log = open(port, r#"{"queue":3}"#, None);
            until("it is told", || log.told().contains("cannot reach"));
            for second in 0..10 {
                log.write(&row(second, &[("power", "W", 1.0)]));
            }
            log
        });
        let observer = Observer::new(port);
        until("the broker is there again", || {
            log.told().contains("is there again")
        });
        log.write(&row(10, &[("power", "W", 2.0)]));
        let (plugin, said) = log.finish();
        let said = said.replace(&port.to_string(), "PORT");
        let mut lines = said.lines();
        let refused = lines.next().unwrap();
        assert!(
            refused.starts_with("warn cannot reach the broker `127.0.0.1:PORT`: "),
            "{said}"
        );
        let again = lines.next().unwrap();
        assert!(again.ends_with(": 7 samples were dropped"), "{said}");
        let rest: Vec<_> = lines.collect();
        expect![[r#"
            warn 7 samples have not reached the broker `127.0.0.1:PORT`
            done 127.0.0.1:PORT/pipeline/POWER_2F1C/state"#]]
        .assert_eq(&rest.join("\n"));
        // The observer may have come after the first of them.
        until("the last one came", || {
            observer
                .of(STATE)
                .last()
                .is_some_and(|state| state.contains("10:00:10Z"))
        });
        assert!(observer.of(STATE).len() <= 4);
        drop((plugin, broker));
    }
}

#[test]
fn a_broker_that_comes_back_gets_everything_again() {
    for broker in Broker::all() {
        let port = broker.port();
        let observer = Observer::new(port);
        let mut log = open(port, "{}", None);
        log.write(&row(0, &[("power", "W", 1.0)]));
        until("a sample came", || !observer.of(STATE).is_empty());
        let (broker, ()) = broker.away(|| {
            until("it is told", || log.told().contains("is lost"));
            log.write(&row(5, &[("power", "W", 2.0)]));
        });
        until("the broker is there again", || {
            log.told().contains("nothing was lost")
        });
        // A broker without a memory: all of this comes from us.
        let observer = Observer::new(port);
        let retained = [
            "homeassistant/device/pipeline_POWER_2F1C/config",
            "pipeline/POWER_2F1C/status",
            "pipeline/status",
        ];
        for topic in retained {
            until(topic, || !observer.of(topic).is_empty());
        }
        let (plugin, said) = log.finish();
        assert!(!said.contains("not reached"), "{said}");
        drop((plugin, broker));
    }
}

/// A network that fails is no end of the program: the last will is taken back.
#[test]
fn a_connection_that_is_cut_is_made_again() {
    let Broker::Own(own) = Broker::all().remove(0) else {
        panic!("the first is our own");
    };
    let broker = Broker::Own(own);
    let port = broker.port();
    let mut log = open(port, "{}", None);
    log.write(&row(0, &[("power", "W", 1.0)]));
    until("it is connected", || {
        let Broker::Own(own) = &broker else { panic!() };
        own.filters().contains(&"pipeline/status".to_owned())
    });
    let Broker::Own(own) = &broker else { panic!() };
    own.cut();
    until("it is there again", || {
        log.told().contains("is there again")
    });
    let observer = Observer::new(port);
    until("it is online", || {
        observer
            .of("pipeline/status")
            .last()
            .is_some_and(|s| s == "online")
    });
    // The will of an old connection, late.
    observer.publish("pipeline/status", "offline", true);
    until("it is online again", || {
        observer.of("pipeline/status").len() >= 3
            && observer
                .of("pipeline/status")
                .last()
                .is_some_and(|s| s == "online")
    });
    log.write(&row(5, &[("power", "W", 1.0)]));
    let (plugin, said) = log.finish();
    assert!(!said.contains("not reached"), "{said}");
    drop(plugin);
}

#[test]
fn a_broker_that_never_was_is_an_error() {
    let port = free_port();
    let mut log = open(port, "{}", None);
    log.write(&row(0, &[("power", "W", 1.0)]));
    let (plugin, said) = log.finish();
    let last = said
        .lines()
        .last()
        .unwrap()
        .replace(&port.to_string(), "PORT");
    assert!(
        last.starts_with("Device: no sample has reached the broker `127.0.0.1:PORT`: "),
        "{said}"
    );
    drop(plugin);
}
