//! `rowing-to-fit`: what the rower has counted is what is in the file.

use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;
use sim::row::{self, Piece};
use sim::{BaseService, Belt, DataEvent, Monitor};

use super::stage::{Stage, device, said};

/// Seconds to connect in, on a busy machine.
const REST: f64 = 10.0;

/// Time to connect, and then a short row.
fn short_row(strokes: u32) -> Vec<DataEvent> {
    let (rate, power) = (40.0, 180.0);
    let strokes = Piece::Strokes {
        count: strokes,
        rate,
        power,
    };
    row::made(7, &[Piece::Rest(REST), strokes])
}

/// Whether the totals are those of the row.
fn assert_is(session: &Value, row: &[DataEvent]) {
    let end = row.last().unwrap();
    let metres = session["distance"].as_f64().unwrap();
    let expected = end.distance / 100.0;
    assert!(
        (metres - expected).abs() < 0.5,
        "{metres} m, not {expected}"
    );
    let power = session["avg_power"].as_f64().unwrap();
    assert!((power - 180.0).abs() < 20.0, "{power} W");
}

const RUN: &str = "run @rowing-to-fit --once --out out --set rowing.idle=10s";

fn recorded(service: BaseService, mtu: usize, outages: &[[u64; 2]]) {
    let row = short_row(10);
    let monitor = device(1, mtu, outages, Monitor::new(row.clone(), service));
    let belt = device(2, 23, &[], Belt::made(3, 600));
    let Some(stage) = Stage::new(vec![monitor, belt]) else {
        return;
    };
    let said = stage.run(RUN);
    assert_eq!(said.code, Some(0), "{said:?}");
    let session = stage.session("out");
    assert_is(&session, &row);
    assert!(session["avg_heart_rate"].as_f64().is_some(), "{session}");
}

/// All at once: they mostly wait.
#[test]
fn rows_are_recorded() {
    let packets = [
        (BaseService::CyclingPower, 23),
        (BaseService::FitnessMachine, 247),
    ];
    std::thread::scope(|scope| {
        for (service, mtu) in packets {
            scope.spawn(move || recorded(service, mtu, &[]));
        }
        // What was rowed without a link is credited.
        scope.spawn(|| recorded(BaseService::CyclingPower, 247, &[[15, 19]]));
        scope.spawn(the_service_dies);
    });
}

/// What was rowed until then is kept, and is an activity when the service does not come back.
fn the_service_dies() {
    let row = short_row(40);
    let monitor = Monitor::new(row.clone(), BaseService::CyclingPower);
    let Some(mut stage) = Stage::new(vec![device(1, 247, &[], monitor)]) else {
        return;
    };
    let running = stage.begin(&format!("{RUN} --set rowing.lost=12s"));
    sleep(Duration::from_secs(26));
    stage.bluez = None;
    let said = said(&running.wait_with_output().unwrap());
    assert_eq!(said.code, Some(0), "{said:?}");
    let session = stage.session("out");
    // All strokes but the one that was under way.
    let rowed = row
        .iter()
        .filter(|event| event.time < Duration::from_secs(25));
    let strokes = rowed.map(|event| event.strokes).max().unwrap();
    let recorded = session["cycles"].as_f64().unwrap();
    assert!(
        f64::from(u32::try_from(strokes).unwrap()) - recorded < 2.5,
        "{recorded} of {strokes}: {said:?}"
    );
}
