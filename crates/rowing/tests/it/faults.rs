//! Links that lose, repeat and delay: what comes out is less, but never wrong.

use std::time::Duration;

use rowing::Event;
use sim::{BaseService, DataEvent, Faults, Monitor, Outage, Random, Session, row};

use crate::services::{MTUS, SERVICES, truth};
use crate::support::{Recorded, record};

/// How many curves came out, of how many strokes.
fn check(row: &[DataEvent], service: BaseService, recorded: &Recorded) -> (usize, usize) {
    let truth = truth(row);
    let before = recorded.baseline;
    let missed = before
        .checked_sub(1)
        .map_or(0.0, |last| truth[usize::try_from(last).unwrap()].distance);
    let metres = if service == BaseService::FitnessMachine {
        0.51
    } else {
        0.0051
    };
    let mut curves = 0;
    for stroke in recorded.strokes() {
        let number = usize::try_from(before + stroke.sample.strokes).unwrap();
        let event = truth[number - 1];
        if !stroke.forces.is_empty() {
            let whose = row.iter().position(|event| event.forces == stroke.forces);
            let whose = whose.map(|place| (place, row[place].strokes, row[place].time));
            assert!(
                stroke.forces == event.forces,
                "{number} at {:?} has the curve of {whose:?}",
                event.time
            );
            curves += 1;
        }
        // Late by no more than some repetitions and the longest delay. Early only where metrics that
        // came between strokes were late themselves and those of the stroke were lost.
        let late = recorded.seconds(stroke.sample.time) - event.time.as_secs_f64();
        assert!((-0.15..4.5).contains(&late), "{late}");
        assert!(stroke.sample.distance >= (event.distance - missed) / 100.0 - 2.0 * metres);
        assert!(
            stroke.sample.speed.is_nan() || stroke.sample.speed < 12.0,
            "{stroke:?}"
        );
    }
    let last = row.last().unwrap();
    // The last measurements may be lost.
    let strokes = recorded.totals.strokes + before;
    assert!(strokes <= last.strokes && strokes + 2 >= last.strokes);
    let distance = recorded.totals.distance + missed / 100.0;
    let whole = last.distance / 100.0;
    assert!(distance <= whole + 2.0 * metres, "{distance} of {whole}");
    assert!(distance + 40.0 >= whole, "{distance} of {whole}");
    assert_eq!(recorded.totals.segments, 0, "a delay is no new beginning");
    (curves, truth.len())
}

fn faults(random: &mut Random, worst: f64) -> Faults {
    Faults {
        seed: random.next(),
        loss: random.between(0.0, worst),
        duplication: random.between(0.0, worst),
        delay: random.between(0.0, worst),
        longest_delay: Duration::from_millis(200),
        outages: Vec::new(),
    }
}

/// Rounds of the tests below; more with `ROUNDS` in the environment.
fn rounds(usual: usize) -> usize {
    let more = std::env::var("ROUNDS").ok();
    more.and_then(|more| more.parse().ok()).unwrap_or(usual)
}

fn play(worst: f64, seed: u64, rounds: usize) -> (usize, usize) {
    let rows = [row::steady(), row::interval()];
    let mut random = Random::new(seed);
    let (mut curves, mut strokes) = (0, 0);
    for round in 0..rounds {
        let row = &rows[round % 2];
        let service = SERVICES[round % 3];
        let faults = faults(&mut random, worst);
        let monitor = Monitor::new(row.clone(), service);
        let recorded = record(Session::new(monitor, MTUS[round / 2 % 4], faults));
        let (some, all) = check(row, service, &recorded);
        curves += some;
        strokes += all;
    }
    (curves, strokes)
}

#[test]
fn a_link_with_some_faults() {
    let (curves, strokes) = play(0.05, 1, rounds(24));
    // A curve needs all its frames, its metrics and its measurement.
    assert!(curves * 10 > strokes * 6, "{curves} of {strokes}");
}

#[test]
fn a_link_with_many_faults() {
    let (curves, strokes) = play(0.3, 2, rounds(24));
    assert!(curves > 0 && curves < strokes, "{curves} of {strokes}");
}

/// Fast strokes, each nearly as soon as the measurement before is repeated.
#[test]
fn fast_strokes() {
    let mut random = Random::new(3);
    for round in 0..rounds(12) {
        let rate = random.between(25.0, 150.0);
        let piece = row::Piece::Strokes {
            count: 300,
            rate,
            power: 250.0,
        };
        let row = row::made(random.next(), &[piece, row::Piece::Rest(20.0), piece]);
        let service = SERVICES[round % 3];
        let faults = faults(&mut random, 0.2);
        let monitor = Monitor::new(row.clone(), service);
        let recorded = record(Session::new(monitor, MTUS[round % 4], faults));
        check(&row, service, &recorded);
    }
}

/// Everything at once, outages too.
#[test]
fn faults_and_outages() {
    let mut random = Random::new(4);
    let row = row::steady();
    for round in 0..rounds(12) {
        // Not so early that nothing may have been heard before.
        let start = random.between(10.0, 1000.0);
        let outage = Outage {
            start: Duration::from_secs_f64(start),
            end: Duration::from_secs_f64(start + random.between(1.0, 400.0)),
        };
        let faults = Faults {
            outages: vec![outage],
            ..faults(&mut random, 0.1)
        };
        let service = SERVICES[round % 3];
        let monitor = Monitor::new(row.clone(), service);
        let recorded = record(Session::new(monitor, MTUS[round % 4], faults));
        check(&row, service, &recorded);
        let gaps = recorded.count(|event| matches!(event, Event::Gap(_)));
        // If several measurements in a row are lost, that is a gap too.
        assert!((1..=2).contains(&gaps), "{gaps} {outage:?}");
    }
}
