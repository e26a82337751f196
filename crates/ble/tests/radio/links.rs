//! Finding, connecting, losing and returning.

use std::time::{Duration, Instant};

use pipeline_plugin::ErrorKind;
use pipeline_plugin::ble::{Central, Selector};
use sim_bluez::Setup;

use super::probe::{COUNTS, ORDERS, SERVICE, VALUES};
use super::stage::{
    ADDRESS, Room, Stage, loss, mark, order, play, play_with, probe, probe_with, value,
    wait_outside,
};

#[test]
fn a_name_comes_later_than_the_device() {
    let name = "links::a_name_comes_later_than_the_device";
    let mut device = probe(185);
    device.late_name = Duration::from_secs(1);
    play_with(name, device, async |room| {
        let mut search = room.ble.scan().await.unwrap();
        let first = search.next(Duration::from_secs(20)).await.unwrap().unwrap();
        assert_eq!((first.id.as_str(), &first.name), (ADDRESS, &None));
        assert_eq!(first.services, [SERVICE]);
        assert!(first.rssi.is_some());
        let named = loop {
            let seen = search.next(Duration::from_secs(20)).await.unwrap().unwrap();
            if seen.name.is_some() {
                break seen;
            }
        };
        assert_eq!(named.name.as_deref(), Some("PROBE\u{fffd}[31m"));
        // A second search beside the first, which BlueZ would refuse.
        let by_name = room.ble.find(&Selector::with_name("probe*")).await;
        assert_eq!(by_name.unwrap().id, ADDRESS);
    });
}

#[test]
fn a_connection_knows_its_services_and_ends_with_its_user() {
    let name = "links::a_connection_knows_its_services_and_ends_with_its_user";
    play_with(name, probe(185), async |room| {
        let link = room.connect().await;
        assert_eq!((link.mtu(), link.payload()), (185, 182));
        assert!(link.has_service(SERVICE));
        assert_eq!(link.characteristics().count(), 4);
        let probe = room.find().await;
        let twice = room.ble.connect(&probe).await.unwrap_err();
        assert!(twice.to_string().contains("already in use"), "{twice}");
        // Dropped, then ended in words, then with the whole radio.
        drop(link);
        let mut link = room.connect().await;
        assert_eq!(link.read(COUNTS).await.unwrap(), b"2/1");
        link.disconnect().await.unwrap();
        let mut link = room.connect().await;
        assert_eq!(link.read(COUNTS).await.unwrap(), b"3/2");
        drop((link, room));
        let mut link = Room::new().connect().await;
        assert_eq!(link.read(COUNTS).await.unwrap(), b"4/3");
    });
}

#[test]
fn a_link_that_the_device_drops_comes_back() {
    let name = "links::a_link_that_the_device_drops_comes_back";
    play_with(name, probe(185), async |room| {
        let probe = room.find().await;
        for round in 0..5 {
            let mut link = room.ble.connect(&probe).await.unwrap();
            link.subscribe(VALUES).await.unwrap();
            order(&mut link, "last words").await;
            order(&mut link, "Q").await;
            // What came before the loss is told before it.
            assert_eq!(value(&mut link).await, "last words", "{round}");
            let took = loss(&mut link).await;
            assert!(took < Duration::from_secs(5), "{took:?}");
            // And nothing comes after it.
            loss(&mut link).await;
            let read = link.read(COUNTS).await.unwrap_err();
            assert_eq!(read.kind(), ErrorKind::Device);
        }
    });
}

#[test]
fn a_device_out_of_range_comes_back() {
    let name = "links::a_device_out_of_range_comes_back";
    let outside = |stage: &mut Stage| {
        stage.at("linked", |stage| stage.reach(false));
        stage.at("missed", |stage| stage.reach(true));
    };
    play(name, Setup::new(vec![probe(185)]), outside, async |room| {
        let probe = room.find().await;
        let mut link = room.ble.connect(&probe).await.unwrap();
        wait_outside("linked");
        loss(&mut link).await;
        drop(link);
        let started = Instant::now();
        let limit = Duration::from_secs(1);
        let error = room.radio.connect(&probe, limit).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Device);
        let text = "`PROBE\u{fffd}[31m` did not answer within 1 s";
        assert_eq!(error.to_string(), text);
        assert!(error.help().is_some());
        assert!(started.elapsed() < Duration::from_secs(10));
        wait_outside("missed");
        let mut link = room.ble.connect(&probe).await.unwrap();
        link.subscribe(VALUES).await.unwrap();
        order(&mut link, "back").await;
        assert_eq!(value(&mut link).await, "back");
    });
}

#[test]
fn aborted_connections_are_tried_again() {
    let name = "links::aborted_connections_are_tried_again";
    let mut device = probe(185);
    device.aborts = 3;
    play_with(name, device, async |room| {
        let mut link = room.connect().await;
        order(&mut link, "there").await;
        assert_eq!(value(&mut link).await, "there");
    });
}

#[test]
fn a_connection_that_nobody_waits_for_is_called_off() {
    let name = "links::a_connection_that_nobody_waits_for_is_called_off";
    let outside = |stage: &mut Stage| {
        stage.at("found", |stage| stage.reach(false));
        stage.at("asked", |stage| stage.until_connecting(true));
        stage.at("dropped", |stage| {
            stage.until_connecting(false);
            stage.reach(true);
        });
    };
    play(name, Setup::new(vec![probe(185)]), outside, async |room| {
        let probe = room.find().await;
        wait_outside("found");
        let mut attempt = Box::pin(room.ble.connect(&probe));
        // Looked at once, and then given up.
        std::future::poll_fn(|cx| {
            assert!(attempt.as_mut().poll(cx).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
        wait_outside("asked");
        drop(attempt);
        wait_outside("dropped");
        let mut link = room.ble.connect(&probe).await.unwrap();
        assert_eq!(link.read(COUNTS).await.unwrap(), b"1/0");
    });
}

#[test]
fn a_device_that_never_was_here_is_searched_for() {
    let name = "links::a_device_that_never_was_here_is_searched_for";
    let device = probe_with(185, vec![[0, 4]]);
    play_with(name, device, async |room| {
        let stranger = pipeline_plugin::ble::Sighting {
            id: "C0:FF:EE:00:00:99".to_owned(),
            ..Default::default()
        };
        let limit = Duration::from_secs(1);
        let error = room.radio.connect(&stranger, limit).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Device);
        // One that is remembered from another run, and comes only now.
        let probe = pipeline_plugin::ble::Sighting {
            id: ADDRESS.to_owned(),
            ..Default::default()
        };
        let mut link = room.ble.connect(&probe).await.unwrap();
        link.write(ORDERS, pipeline_plugin::ble::Write::Quickly, b"x")
            .await
            .unwrap();
    });
}

#[test]
fn switching_off_loses_the_link_and_on_again_brings_it_back() {
    let name = "links::switching_off_loses_the_link_and_on_again_brings_it_back";
    let outside = |stage: &mut Stage| {
        stage.wait_for("connected");
        stage.bluez.as_ref().unwrap().power(false);
        stage.at("refused", |stage| {
            stage.bluez.as_ref().unwrap().power(true);
        });
    };
    play(name, Setup::new(vec![probe(185)]), outside, async |room| {
        let mut link = room.connect().await;
        mark("connected");
        let took = loss(&mut link).await;
        assert!(took < Duration::from_secs(6), "{took:?}");
        let error = room.ble.scan().await.unwrap_err();
        assert_eq!(error.to_string(), "Bluetooth is switched off");
        assert_eq!(error.kind(), ErrorKind::Resource);
        wait_outside("refused");
        let mut link = room.connect().await;
        order(&mut link, "on").await;
        assert_eq!(value(&mut link).await, "on");
    });
}

#[test]
fn a_device_that_is_only_remembered_is_not_in_range() {
    let name = "links::a_device_that_is_only_remembered_is_not_in_range";
    let outside = |stage: &mut Stage| {
        stage.at("found", |stage| stage.reach(false));
    };
    play(name, Setup::new(vec![probe(185)]), outside, async |room| {
        room.find().await;
        wait_outside("found");
        let mut search = room.ble.scan().await.unwrap();
        let seen = search.next(Duration::from_secs(2)).await.unwrap();
        assert_eq!(seen, None);
    });
}
