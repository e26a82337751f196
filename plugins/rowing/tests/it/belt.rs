//! A heart-rate belt beside the rower.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use pipeline_plugin::ble::{Central, Link, Scan, Sighting};
use pipeline_plugin::{Clock, Error, SourceFuture, field};

use crate::support::{START, record, record_for, record_through};

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
