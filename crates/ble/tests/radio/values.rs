//! What devices send and what is written to them.

use std::thread::sleep;
use std::time::Duration;

use pipeline_plugin::ErrorKind;
use pipeline_plugin::ble::{LinkEvent, Write};

use super::probe::{CLOSED, COUNTS, ORDERS, VALUES};
use super::stage::{order, play_with, probe, value};

#[test]
fn identical_values_all_arrive() {
    let name = "values::identical_values_all_arrive";
    play_with(name, probe(23), async |room| {
        let mut link = room.connect().await;
        order(&mut link, "I300").await;
        order(&mut link, "end").await;
        for _ in 0..300 {
            assert_eq!(value(&mut link).await, "same");
        }
        assert_eq!(value(&mut link).await, "end");
    });
}

#[test]
fn numbered_values_arrive_in_order() {
    let name = "values::numbered_values_arrive_in_order";
    play_with(name, probe(247), async |room| {
        let mut link = room.connect().await;
        order(&mut link, "N2000").await;
        for number in 0..2000_u32 {
            let event = link.next(Duration::from_secs(20)).await.unwrap();
            let Some(LinkEvent::Value { value, .. }) = event else {
                panic!("{number}: {event:?}")
            };
            assert_eq!(value, number.to_le_bytes());
        }
    });
}

#[test]
fn what_is_read_is_no_notification() {
    let name = "values::what_is_read_is_no_notification";
    play_with(name, probe(185), async |room| {
        let mut link = room.connect().await;
        for _ in 0..20 {
            assert_eq!(link.read(COUNTS).await.unwrap(), b"1/0");
            assert_eq!(link.read(VALUES).await.unwrap(), b"read");
        }
        // One that looks like what was read, long after, is one.
        sleep(Duration::from_millis(400));
        order(&mut link, "read").await;
        order(&mut link, "end").await;
        assert_eq!(value(&mut link).await, "read");
        assert_eq!(value(&mut link).await, "end");
        link.unsubscribe(VALUES).await.unwrap();
        order(&mut link, "more").await;
        assert_eq!(link.next(Duration::from_millis(300)).await.unwrap(), None);
    });
}

#[test]
fn both_ways_of_writing_reach_the_device() {
    let name = "values::both_ways_of_writing_reach_the_device";
    play_with(name, probe(23), async |room| {
        let mut link = room.connect().await;
        assert_eq!((link.mtu(), link.payload()), (23, 20));
        for _ in 0..50 {
            link.write(ORDERS, Write::Quickly, b"quick").await.unwrap();
            assert_eq!(value(&mut link).await, "quick");
        }
        order(&mut link, "W").await;
        assert_eq!(value(&mut link).await, "1/50");
        let long = link.write(ORDERS, Write::Quickly, &[b'x'; 21]).await;
        let error = long.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Skip);
        let text = "`PROBE\u{fffd}[31m` takes up to 20 bytes at once, not 21";
        assert_eq!(error.to_string(), text);
    });
}

#[test]
fn a_refusal_is_no_lost_link() {
    let name = "values::a_refusal_is_no_lost_link";
    play_with(name, probe(23), async |room| {
        let mut link = room.connect().await;
        let error = link.read(CLOSED).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Skip);
        let text = "`PROBE\u{fffd}[31m` refused to be read: Read not permitted";
        assert_eq!(error.with_causes(), text);
        assert_eq!(link.read_if_there(CLOSED).await.unwrap(), None);
        order(&mut link, "still there").await;
        assert_eq!(value(&mut link).await, "still there");
    });
}

#[test]
fn what_nobody_takes_is_bounded_and_counted() {
    let name = "values::what_nobody_takes_is_bounded_and_counted";
    play_with(name, probe(23), async |room| {
        let mut link = room.connect().await;
        for _ in 0..40 {
            order(&mut link, "N500").await;
            // All of them have come before this answer.
            assert_eq!(link.read(COUNTS).await.unwrap(), b"1/0");
        }
        let (mut taken, mut missing) = (0_u64, 0_u64);
        while taken + missing < 20_000 {
            match link.next(Duration::from_secs(20)).await {
                Ok(Some(LinkEvent::Value { .. })) => taken += 1,
                Ok(other) => panic!("{other:?} after {taken} and {missing}"),
                Err(error) => {
                    let text = error.to_string();
                    let (count, text) = text.split_once(' ').unwrap();
                    let expected = "values of `PROBE\u{fffd}[31m` came faster than they could be \
                                    used and are lost";
                    assert_eq!(text, expected);
                    missing += count.parse::<u64>().unwrap();
                }
            }
        }
        assert!(taken >= 16_384 && missing > 0, "{taken} and {missing}");
        order(&mut link, "on").await;
        assert_eq!(value(&mut link).await, "on");
    });
}
