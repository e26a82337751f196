//! Glasses and displays: commands, and the sink. The glasses read bytes on their own.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ble::Simulated;
use pipeline_plugin::ble::Ble;
use pipeline_plugin::{
    Batch, Cancel, Context, Delivered, Event, Header, Item, Result, Role, Sport, Summary,
    Timestamp, VirtualClock, block_on, field,
};
use plugin_xoss::display::{Changes, Display, DisplayWanted, plugin};
use sim::{Air, Faults, Glasses, Peripheral};
use xoss::remote::RemoteMode;

use crate::bench::NOON;

type Shared = Arc<Mutex<Glasses>>;

fn room(glasses: &Shared) -> Arc<Simulated> {
    let peripheral: Box<dyn Peripheral + Send> = Box::new(Arc::clone(glasses));
    let air = Air::new(peripheral, 247, Faults::default());
    let clock = Arc::new(VirtualClock::new(Timestamp::from_seconds(NOON)));
    Arc::new(Simulated::of(vec![air], clock, Cancel::default()))
}

fn with<T>(
    glasses: Glasses,
    work: impl AsyncFnOnce(&mut Display) -> Result<T>,
) -> (Result<T>, Shared) {
    let glasses = Arc::new(Mutex::new(glasses));
    let ble = Ble::new(room(&glasses), None, Cancel::default());
    let result = block_on(async {
        let wanted = DisplayWanted {
            device: None,
            wait: Duration::from_secs(5),
        };
        let seen = wanted.find(&ble).await?;
        let mut display = Display::connect(&ble, &seen).await?;
        let result = work(&mut display).await;
        display.disconnect().await;
        result
    });
    (result, glasses)
}

#[test]
fn glasses_do_what_they_are_told() {
    let changes = Changes {
        types: None,
        mode: Some(RemoteMode::On),
        brightness: Some(80),
        sleep_time: Some(900),
        notifications: Some(true),
        time: Some((1_720_000_000, 1_720_028_800)),
    };
    let (result, glasses) = with(Glasses::worn(), async |display| {
        display.set(&changes).await?;
        display.info().await
    });
    let info = result.unwrap();
    assert_eq!(info.brightness, Some(80));
    assert_eq!(info.sleep_time, Some(900));
    assert_eq!(info.notifications, Some(true));
    assert_eq!(info.status.unwrap().mode, Some(RemoteMode::On));
    let glasses = glasses.lock().unwrap();
    assert_eq!((glasses.mode(), glasses.brightness()), (1, 80));
    assert_eq!(glasses.sleep_time(), 900);
    assert_eq!(glasses.clock(), Some((1_720_000_000, 1_720_028_800)));
    assert!(!glasses.is_updating());
}

#[test]
fn what_a_display_can_t_do_is_told() {
    let changes = Changes {
        brightness: Some(80),
        ..Changes::default()
    };
    let (result, _) = with(Glasses::display(), async |display| {
        display.set(&changes).await
    });
    let text = result.unwrap_err().to_string();
    let expected = "`XOSS DISPLAY 02`: the brightness: the device does not know the command";
    assert_eq!(text, expected);
}

/// A ride of some seconds, with a pause.
fn ride(form: &str, glasses: Glasses) -> (Delivered, Shared) {
    let glasses = Arc::new(Mutex::new(glasses));
    let cx = Context::detached().with_ble(room(&glasses));
    let Role::Sink { prepare, .. } = plugin().role else {
        panic!("no sink");
    };
    let settings = serde_json::json!({ "form": form });
    let sink = prepare(settings).unwrap();
    let start = Timestamp::from_seconds(1_721_024_616);
    let header = Header {
        start,
        sport: "cycling".parse::<Sport>().unwrap(),
        ..Header::default()
    };
    let mut stream = sink.open(&header, &cx).unwrap();
    // Not before the glasses are on: nobody keeps a row waiting for them.
    let until = Instant::now() + Duration::from_secs(60);
    while glasses.lock().unwrap().mode() == 0 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(1));
    }
    for second in 0..30 {
        let mut batch = Batch::new(&[
            field::DISTANCE,
            field::SPEED,
            field::HEART_RATE,
            field::POWER,
            field::CADENCE,
            field::ALTITUDE,
        ]);
        let time = f64::from(second);
        batch.push(
            start + time,
            &[7.25 * time, 7.25, 120.0 + time, 251.0, 90.0, -3.0],
        );
        stream.write(&Item::Samples(batch)).unwrap();
    }
    let time = start + 29.0;
    stream
        .write(&Item::Event(Event::TimerStop { time }))
        .unwrap();
    let time = start + 40.0;
    stream
        .write(&Item::Event(Event::TimerStart { time }))
        .unwrap();
    (stream.finish(&Summary::default()).unwrap(), glasses)
}

#[test]
fn a_ride_is_shown() {
    for mtu in [23, 185] {
        let (delivered, glasses) = ride("dynamic", Glasses::worn().with_largest_mtu(mtu));
        assert!(matches!(delivered, Delivered::Done(name) if name == "XOSS GLASSES 01"));
        let glasses = glasses.lock().unwrap();
        let shown = |key: u8| glasses.screen().get(&key).copied();
        assert_eq!(shown(0), Some(3), "cycling");
        assert_eq!(shown(2), Some(2), "ended");
        assert_eq!(shown(4), Some(29), "moving time");
        assert_eq!(
            (shown(5), shown(6)),
            (Some(40), Some(11)),
            "time and pauses"
        );
        assert_eq!(shown(7), Some(21_025), "distance");
        assert_eq!(shown(8), Some(7_250), "speed");
        assert_eq!(shown(15), Some(0), "there is nothing below the sea");
        assert_eq!((shown(21), shown(26)), (Some(149), Some(90)));
        let fits = |packet: &Vec<u8>| packet.len() + 3 <= mtu;
        assert!(glasses.packets().iter().all(fits));
    }
}

#[test]
fn a_ride_is_shown_in_combinations() {
    let (_, glasses) = ride("combined", Glasses::display().with_largest_mtu(23));
    let glasses = glasses.lock().unwrap();
    let shown = |key: u8| glasses.screen().get(&key).copied();
    assert_eq!((shown(7), shown(8)), (Some(21_025), Some(7_250)));
    assert_eq!((shown(21), shown(29)), (Some(149), Some(251)));
    assert_eq!((shown(2), shown(4)), (Some(2), Some(29)));
}

/// Nobody waits for glasses that aren't there.
#[test]
fn without_glasses_the_ride_goes_on() {
    let began = Instant::now();
    let nobody = Arc::new(Simulated::of(
        Vec::new(),
        Arc::new(VirtualClock::new(Timestamp::from_seconds(NOON))),
        Cancel::default(),
    ));
    let cx = Context::detached().with_ble(nobody);
    let Role::Sink { prepare, .. } = plugin().role else {
        panic!("no sink");
    };
    let sink = prepare(serde_json::json!({})).unwrap();
    let stream = sink.open(&Header::default(), &cx).unwrap();
    let delivered = stream.finish(&Summary::default()).unwrap();
    assert!(matches!(delivered, Delivered::Done(name) if name == "no display"));
    assert!(began.elapsed() < Duration::from_secs(5));
    // A file has no Bluetooth at all.
    let stream = sink.open(&Header::default(), &Context::detached()).unwrap();
    let delivered = stream.finish(&Summary::default()).unwrap();
    assert!(matches!(delivered, Delivered::Done(name) if name == "no display"));
}
