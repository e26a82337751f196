//! Simulated devices, as a source sees them.
#![expect(
    clippy::unwrap_used,
    reason = "a test that fails here is a failed test"
)]

use std::sync::Arc;
use std::time::Duration;

use ble::{Description, DescriptionError, Simulated};
use pipeline_plugin::ble::{Ble, DeviceName, LinkEvent, Selector, Write, uuid16};
use pipeline_plugin::testing::block_on;
use pipeline_plugin::{Cancel, Clock, ErrorKind, Timestamp, VirtualClock};

const HEART_RATE: u16 = 0x180D;
const HEART_RATE_MEASUREMENT: u16 = 0x2A37;
const CYCLING_POWER: u16 = 0x1818;

struct Room {
    clock: VirtualClock,
    ble: Ble,
    cancel: Cancel,
}

fn room(description: &str) -> Room {
    let clock = VirtualClock::new(Timestamp::from_seconds(1_700_000_000));
    let cancel = Cancel::default();
    let description = Description::parse(description).unwrap();
    let central = Simulated::new(&description, Arc::new(clock.clone()), cancel.clone()).unwrap();
    let ble = Ble::new(Arc::new(central), None, cancel.clone());
    Room { clock, ble, cancel }
}

fn problem(description: &str) -> DescriptionError {
    let clock = Arc::new(VirtualClock::new(Timestamp::default()));
    let parsed = Description::parse(description);
    let made = parsed.and_then(|parsed| Simulated::new(&parsed, clock, Cancel::default()));
    made.unwrap_err()
}

#[test]
fn a_belt_tells_the_heart_rate_once_a_second() {
    let room = room("esprm+belt?worn=60");
    block_on(async {
        let wanted = Selector::with_service(uuid16(HEART_RATE));
        let belt = room.ble.find(&wanted).await.unwrap();
        assert_eq!(belt.name.as_deref(), Some("HRM 4F2A"));
        let mut link = room.ble.connect(&belt).await.unwrap();
        assert!(link.has_service(uuid16(HEART_RATE)));
        link.subscribe(uuid16(HEART_RATE_MEASUREMENT))
            .await
            .unwrap();
        let mut times = Vec::new();
        while let Some(event) = link.next(Duration::from_secs(5)).await.unwrap() {
            let LinkEvent::Value { time, value, .. } = event else {
                panic!("{event:?}");
            };
            assert!(value[1] > 60, "{value:?}");
            times.push(time);
        }
        let steps = times.windows(2).map(|pair| pair[1].seconds_since(pair[0]));
        assert!(steps.into_iter().all(|step| (step - 1.0).abs() < 1e-6));
        assert!(times.len() > 55, "{}", times.len());
    });
}

#[test]
fn an_asked_for_device_is_taken_and_no_other() {
    let room = room("esprm+belt");
    let wanted = Some(DeviceName::new("hrm*"));
    let central = Simulated::new(
        &Description::parse("esprm+belt").unwrap(),
        Arc::new(room.clock.clone()),
        room.cancel.clone(),
    );
    let ble = Ble::new(Arc::new(central.unwrap()), wanted, room.cancel.clone());
    block_on(async {
        let rower = Selector::with_service(uuid16(CYCLING_POWER));
        let found = ble.find(&rower).await.unwrap();
        assert_eq!(found.title(), "HRM 4F2A");
        let other = ble.find_other(&rower).await.unwrap();
        assert_ne!(other.title(), "HRM 4F2A");
    });
}

#[test]
fn a_link_is_lost_and_comes_again() {
    let room = room("belt?outages=3&outage=20&worn=2000");
    block_on(async {
        let wanted = Selector::with_name("HRM*");
        for _ in 0..4 {
            let belt = room.ble.find(&wanted).await.unwrap();
            let Ok(mut link) = room.ble.connect(&belt).await else {
                continue;
            };
            link.subscribe(uuid16(HEART_RATE_MEASUREMENT))
                .await
                .unwrap();
            let mut count = 0;
            loop {
                match link.next(Duration::from_secs(10)).await.unwrap() {
                    Some(LinkEvent::Value { .. }) => count += 1,
                    Some(LinkEvent::Lost { .. }) => break,
                    None => return,
                }
            }
            assert!(count >= 20, "{count}");
            let error = link.read(uuid16(0x2A19)).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Device, "{error}");
        }
        panic!("the belt was worn for long enough");
    });
}

#[test]
fn the_run_is_asked_to_stop_when_nothing_is_left() {
    let room = room("belt?worn=30");
    block_on(async {
        let belt = room.ble.find(&Selector::with_name("HRM*")).await.unwrap();
        let mut link = room.ble.connect(&belt).await.unwrap();
        link.subscribe(uuid16(HEART_RATE_MEASUREMENT))
            .await
            .unwrap();
        let start = room.clock.now();
        let error = loop {
            if let Err(error) = link.next(Duration::from_secs(60)).await {
                break error;
            }
        };
        assert_eq!(error.kind(), ErrorKind::Cancelled);
        let minutes = room.clock.now().seconds_since(start) / 60.0;
        assert!((10.0..30.0).contains(&minutes), "{minutes}");
    });
}

#[test]
fn a_device_that_is_not_there_does_not_answer() {
    let room = room("belt");
    block_on(async {
        let mut belt = room.ble.find(&Selector::with_name("HRM*")).await.unwrap();
        belt.id = "AA:AA:AA:AA:AA:AA".to_owned();
        let error = room.ble.connect(&belt).await.unwrap_err();
        assert_eq!(error.to_string(), "`HRM 4F2A` does not answer");
    });
}

#[test]
fn what_can_not_be_written_is_said() {
    let room = room("belt");
    block_on(async {
        let belt = room.ble.find(&Selector::with_name("HRM*")).await.unwrap();
        let mut link = room.ble.connect(&belt).await.unwrap();
        let to = uuid16(HEART_RATE_MEASUREMENT);
        let error = link.write(to, Write::Quickly, &[1]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Skip);
        assert!(error.to_string().contains("can't be written"), "{error}");
    });
}

#[test]
fn descriptions_are_checked() {
    for (description, expected) in [
        ("espmr", "there is no simulated device `espmr`"),
        ("belt?wron=3", "simulated devices have no option `wron`"),
        (
            "belt?mtu",
            "`` can't be the value of `mtu`: write `mtu=VALUE`",
        ),
        (
            "belt?mtu=5",
            "`5` can't be the value of `mtu`: write a whole number from 23 to 517",
        ),
        (
            "esprm?service=csp",
            "`csp` can't be the value of `service`: write one of cps, csc, ftms",
        ),
    ] {
        assert_eq!(problem(description).to_string(), expected);
    }
}
