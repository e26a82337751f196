//! What is in the way, and what is said about it.

use std::time::Duration;

use ble::Trouble;
use pipeline_plugin::ErrorKind;
use sim_bluez::Setup;

use super::stage::{
    Room, Stage, loss, mark, order, play, play_closed, play_without_bluez, play_without_bus, probe,
    value, wait_outside,
};

/// What a search says, and what an examination finds.
async fn trouble(room: &Room) -> (String, Trouble) {
    let error = room.ble.scan().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Resource);
    assert!(error.help().is_some());
    let found = room.radio.examine().await.unwrap();
    (error.to_string(), found.unwrap_err())
}

#[test]
fn there_is_no_bus() {
    play_without_bus("troubles::there_is_no_bus", async |room| {
        let (text, found) = trouble(&room).await;
        assert_eq!(text, "the system's message bus, D-Bus, can't be reached");
        assert!(matches!(found, Trouble::NoBus(_)), "{found:?}");
    });
}

#[test]
fn the_service_does_not_run() {
    let name = "troubles::the_service_does_not_run";
    play_without_bluez(name, async |room| {
        let (text, found) = trouble(&room).await;
        assert_eq!(text, "the Bluetooth service, bluetoothd, is not running");
        assert_eq!(found, Trouble::NoService);
    });
}

#[test]
fn the_bus_lets_nobody_in() {
    let name = "troubles::the_bus_lets_nobody_in";
    play_closed(name, async |room| {
        let (text, found) = trouble(&room).await;
        assert_eq!(text, "you may not use Bluetooth");
        assert!(matches!(found, Trouble::Denied(_)), "{found:?}");
    });
}

#[test]
fn there_is_no_adapter() {
    let setup = Setup {
        adapter: false,
        ..Setup::new(Vec::new())
    };
    let name = "troubles::there_is_no_adapter";
    play(
        name,
        setup,
        |_| (),
        async |room| {
            let (text, found) = trouble(&room).await;
            assert_eq!(text, "this computer has no Bluetooth adapter");
            assert_eq!(found, Trouble::NoAdapter);
        },
    );
}

#[test]
fn it_is_switched_off_and_stays_so() {
    let setup = Setup {
        powered: false,
        ..Setup::new(vec![probe(23)])
    };
    let name = "troubles::it_is_switched_off_and_stays_so";
    play(
        name,
        setup,
        |_| (),
        async |room| {
            for _ in 0..2 {
                let (text, found) = trouble(&room).await;
                assert_eq!(text, "Bluetooth is switched off");
                assert_eq!(found, Trouble::Off);
            }
        },
    );
}

#[test]
fn an_adapter_is_found() {
    let name = "troubles::an_adapter_is_found";
    play(
        name,
        Setup::new(Vec::new()),
        |_| (),
        async |room| {
            let adapter = room.radio.examine().await.unwrap().unwrap();
            assert_eq!(adapter.address.as_deref(), Some("F0:F1:F2:F3:F4:F5"));
            assert!(adapter.name.starts_with("hci0"), "{adapter:?}");
        },
    );
}

#[test]
fn the_adapter_is_taken_out_during_a_search() {
    let name = "troubles::the_adapter_is_taken_out_during_a_search";
    let outside = |stage: &mut Stage| {
        stage.wait_for("searching");
        stage.bluez.as_ref().unwrap().unplug();
    };
    play(name, Setup::new(Vec::new()), outside, async |room| {
        let mut search = room.ble.scan().await.unwrap();
        mark("searching");
        let error = search.next(Duration::from_secs(30)).await.unwrap_err();
        let text = "this computer has no Bluetooth adapter";
        assert_eq!(error.to_string(), text);
    });
}

#[test]
fn the_service_dies_and_is_started_again() {
    let name = "troubles::the_service_dies_and_is_started_again";
    let outside = |stage: &mut Stage| {
        stage.wait_for("connected");
        stage.bluez = None;
        stage.at("refused", |stage| {
            stage.restart(Setup::new(vec![probe(185)]));
        });
    };
    play(name, Setup::new(vec![probe(185)]), outside, async |room| {
        let mut link = room.connect().await;
        order(&mut link, "before").await;
        mark("connected");
        assert_eq!(value(&mut link).await, "before");
        let took = loss(&mut link).await;
        assert!(took < Duration::from_secs(10), "{took:?}");
        let error = room.ble.scan().await.unwrap_err();
        let text = "the Bluetooth service, bluetoothd, is not running";
        assert_eq!(error.to_string(), text);
        wait_outside("refused");
        let mut link = room.connect().await;
        order(&mut link, "after").await;
        assert_eq!(value(&mut link).await, "after");
    });
}

#[test]
fn the_bus_dies() {
    let name = "troubles::the_bus_dies";
    let outside = |stage: &mut Stage| {
        stage.wait_for("connected");
        stage.bus.as_mut().unwrap().stop();
    };
    play(name, Setup::new(vec![probe(185)]), outside, async |room| {
        let mut link = room.connect().await;
        mark("connected");
        let took = loss(&mut link).await;
        assert!(took < Duration::from_secs(15), "{took:?}");
        let error = room.ble.scan().await.unwrap_err();
        let text = "the system's message bus, D-Bus, can't be reached";
        assert_eq!(error.to_string(), text);
    });
}
