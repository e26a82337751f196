//! A heart-rate belt beside the rower.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use pipeline_plugin::ble::{Central, Link, LinkEvent, Scan, Service, Sighting, Uuid, WriteKind};
use pipeline_plugin::{Clock, Device, Error, ErrorKind, Event, Item, Sensor, SourceFuture, field};

use crate::support::{START, Stream, record, record_for, record_through};

#[test]
fn it_comes_with_the_strokes() {
    let recorded = record_for("esprm+belt?strokes=100", "{}", Some(300));
    let row = recorded.only();
    let rates = row.values(&field::HEART_RATE);
    assert!(rates.len() > 90, "{}", rates.len());
    assert!(rates.iter().all(|rate| (80.0..170.0).contains(rate)));
    assert!(recorded.heard("heart rate from `HRM 4F2A`"));
}

#[test]
fn it_may_come_and_go_without_stopping_the_row() {
    // Worn for three minutes of the row only, and out of reach now and then.
    let devices = "esprm+belt?worn=180&outages=6&outage=30&seed=5";
    let recorded = record(devices, "{}");
    let row = recorded.only();
    let strokes = row.last(&field::TOTAL_CYCLES);
    assert!(
        (strokes - 635.0).abs() < 0.5,
        "{strokes} {:?}",
        recorded.said
    );
    let rates = row.values(&field::HEART_RATE).len();
    assert!((10..120).contains(&rates), "{rates}");
}

/// What is told of sensors in a row.
fn sensors(row: &Stream) -> Vec<Sensor> {
    let told = row.items.iter().filter_map(|item| match item {
        Item::Event(Event::Meta(meta)) => Some(meta.sensors.clone()),
        _ => None,
    });
    told.flatten().collect()
}

#[test]
fn it_says_what_it_is_once() {
    // Also where it is lost and found again.
    for devices in [
        "esprm+belt?strokes=100",
        "esprm+belt?outages=6&outage=30&seed=5",
    ] {
        let recorded = record(devices, "{}");
        let row = recorded.only();
        let told = sensors(row);
        let [belt] = told.as_slice() else {
            panic!("{told:?}");
        };
        assert_eq!(belt.kind, pipeline_plugin::SensorKind::HeartRate);
        assert_eq!(
            belt.device,
            Device {
                manufacturer: Some(123),
                name: "Polar Electro Oy H10".to_owned(),
                serial: Some(0xA1B2_4F2A),
                version: "5.0.0".to_owned(),
                link: Some(pipeline_plugin::Link::BluetoothLowEnergy),
            }
        );
        assert_eq!(belt.battery, Some(64));
    }
    let alone = record_for("esprm?strokes=60", "{}", Some(200));
    assert!(sensors(alone.only()).is_empty());
}

/// An adapter over which a belt breaks the link off when it is asked what it is.
#[derive(Debug)]
struct Shy(Arc<dyn Central>);

struct ShyLink(Box<dyn Link>);

impl Central for Shy {
    fn scan(&self) -> SourceFuture<'_, Box<dyn Scan>> {
        self.0.scan()
    }

    fn connect<'a>(
        &'a self,
        device: &'a Sighting,
        limit: Duration,
    ) -> SourceFuture<'a, Box<dyn Link>> {
        Box::pin(async move {
            let link = self.0.connect(device, limit).await?;
            let is_belt = device.title().starts_with("HRM");
            let shy = |link| Box::new(ShyLink(link)) as Box<dyn Link>;
            Ok(if is_belt { shy(link) } else { link })
        })
    }
}

impl Link for ShyLink {
    fn services(&self) -> &[Service] {
        self.0.services()
    }

    fn mtu(&self) -> usize {
        self.0.mtu()
    }

    fn read(&mut self, _: Uuid) -> SourceFuture<'_, Vec<u8>> {
        let error = Error::new(ErrorKind::Device, "the link is lost");
        Box::pin(std::future::ready(Err(error)))
    }

    fn write<'a>(
        &'a mut self,
        characteristic: Uuid,
        kind: WriteKind,
        value: &'a [u8],
    ) -> SourceFuture<'a, ()> {
        self.0.write(characteristic, kind, value)
    }

    fn subscribe(&mut self, characteristic: Uuid) -> SourceFuture<'_, ()> {
        self.0.subscribe(characteristic)
    }

    fn unsubscribe(&mut self, characteristic: Uuid) -> SourceFuture<'_, ()> {
        self.0.unsubscribe(characteristic)
    }

    fn next(&mut self, limit: Duration) -> SourceFuture<'_, Option<LinkEvent>> {
        self.0.next(limit)
    }

    fn disconnect(&mut self) -> SourceFuture<'_, ()> {
        self.0.disconnect()
    }
}

#[test]
fn one_that_does_not_like_to_be_asked_tells_its_heart_rate() {
    let devices = "esprm+belt?strokes=100";
    let recorded = record_through(devices, "{}", Some(300), |inner, _| Arc::new(Shy(inner)));
    let row = recorded.only();
    assert!(row.values(&field::HEART_RATE).len() > 80);
    let told = sensors(row);
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].device.name.as_str(), told[0].battery),
        ("HRM 4F2A", None)
    );
}

#[test]
fn off_or_another() {
    for choice in ["off", "Polar*"] {
        let options = format!(r#"{{"heart-rate":"{choice}"}}"#);
        let recorded = record_for("esprm+belt?strokes=60", &options, Some(200));
        assert!(recorded.only().values(&field::HEART_RATE).is_empty());
        assert!(!recorded.heard("heart rate from"));
    }
    let recorded = record_for(
        "esprm+belt?strokes=60",
        r#"{"heart-rate":"hrm*"}"#,
        Some(200),
    );
    assert!(recorded.only().values(&field::HEART_RATE).len() > 50);
}

/// An adapter of which only the first search works until a time.
#[derive(Debug)]
struct Restarting {
    inner: Arc<dyn Central>,
    clock: Arc<dyn Clock>,
    searches: AtomicU32,
}

/// When it works again, in seconds.
const BACK: f64 = 45.0;

impl Central for Restarting {
    fn scan(&self) -> SourceFuture<'_, Box<dyn Scan>> {
        let first = self.searches.fetch_add(1, Ordering::Relaxed) == 0;
        if first || self.clock.now() - START > BACK {
            return self.inner.scan();
        }
        let error = Error::resource("bluetoothd is not running");
        Box::pin(std::future::ready(Err(error)))
    }

    fn connect<'a>(
        &'a self,
        device: &'a Sighting,
        limit: Duration,
    ) -> SourceFuture<'a, Box<dyn Link>> {
        self.inner.connect(device, limit)
    }
}

/// A Bluetooth service that is started anew while the belt is looked for took the heart rate for
/// the rest of the row (seen with bluetoothd).
#[test]
fn a_service_that_is_gone_for_a_while_takes_no_belt_for_good() {
    let devices = "esprm+belt?strokes=100";
    let recorded = record_through(devices, "{}", Some(300), |inner, clock| {
        Arc::new(Restarting {
            inner,
            clock,
            searches: AtomicU32::new(0),
        })
    });
    let told = |text: &str| {
        recorded
            .said
            .iter()
            .filter(|said| said.contains(text))
            .count()
    };
    assert_eq!(told("no heart rate: bluetoothd is not running"), 1);
    assert_eq!(told("heart rate from `HRM 4F2A`"), 1);
    let rates = recorded.only().values(&field::HEART_RATE).len();
    assert!((50..90).contains(&rates), "{rates}");
}
