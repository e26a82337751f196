//! The link is lost and made again, at any time and for any while: it stays one row.

use std::time::Duration;

use rowing::{Event, Gap};
use sim::{BaseService, DataEvent, Faults, Monitor, Outage, Random, Session, row};

use crate::services::{MTUS, SERVICES};
use crate::support::{Recorded, record};

/// From a second to ten minutes, short ones as often as long ones.
fn outages(random: &mut Random, end: Duration) -> Vec<Outage> {
    let mut outages = Vec::new();
    let mut time = random.between(0.0, 300.0);
    while time < end.as_secs_f64() {
        let length = 600_f64.powf(random.unit());
        outages.push(Outage {
            start: Duration::from_secs_f64(time),
            end: Duration::from_secs_f64(time + length),
        });
        time += length + random.between(5.0, 400.0);
    }
    outages
}

/// What the engine knew at a time.
fn known(row: &[DataEvent], seconds: f64) -> &DataEvent {
    let after = row.partition_point(|event| event.time.as_secs_f64() <= seconds + 1e-6);
    &row[after - 1]
}

fn gaps(recorded: &Recorded) -> Vec<&Gap> {
    let gaps = recorded.events.iter().filter_map(|event| match event {
        Event::Gap(gap) => Some(gap),
        _ => None,
    });
    gaps.collect()
}

fn check(row: &[DataEvent], service: BaseService, outages: &[Outage], recorded: &Recorded) {
    let metres = if service == BaseService::FitnessMachine {
        0.51
    } else {
        0.0051
    };

    // Every outage that anything was heard after is a gap, and nothing else is.
    let start = recorded.events.iter().find_map(|event| match event {
        Event::Started { time } => Some(recorded.seconds(*time)),
        _ => None,
    });
    let start = start.unwrap();
    let heard_after = |outage: &&Outage| {
        outage.end.as_secs_f64() > start && outage.end < row.last().unwrap().time
    };
    let expected: Vec<&Outage> = outages.iter().filter(heard_after).collect();
    let gaps = gaps(recorded);
    assert_eq!(gaps.len(), expected.len(), "{expected:?} {gaps:?}");
    for (gap, outage) in gaps.iter().zip(&expected) {
        let (from, to) = (recorded.seconds(gap.start), recorded.seconds(gap.end));
        let (lost, found) = (outage.start.as_secs_f64(), outage.end.as_secs_f64());
        // A measurement is repeated every second.
        assert!(from <= lost && lost - from < 1.01 && found <= to && to - found < 1.01);
        let (before, after) = (known(row, from), known(row, to));
        assert_eq!(gap.strokes, after.strokes - before.strokes);
        let rowed = (after.distance - before.distance) / 100.0;
        assert!((gap.distance - rowed).abs() <= 2.0 * metres);
    }

    // Every stroke is one that was rowed, with its own time and its own forces.
    for stroke in recorded.strokes() {
        assert_eq!(stroke.count, 1);
        let event = known(row, recorded.seconds(stroke.sample.time));
        assert_eq!(event.strokes, stroke.sample.strokes);
        let late = recorded.seconds(stroke.sample.time) - event.time.as_secs_f64();
        assert!(late.abs() < 1e-6, "{late}");
        // The first after a gap has none: nobody knows whether there was another before it.
        let first = gaps.iter().any(|gap| {
            let number = known(row, recorded.seconds(gap.end)).strokes + 1;
            number == stroke.sample.strokes
        });
        assert!(stroke.forces == event.forces || first && stroke.forces.is_empty());
    }

    // Distance and time go on as the rower's do.
    for (sample, next) in recorded.samples().zip(recorded.samples().skip(1)) {
        let event = known(row, recorded.seconds(next.time));
        assert!(next.strokes <= event.strokes);
        let seconds = next.time.duration_since(sample.time).as_secs_f64();
        let rowed = next.distance - sample.distance;
        let at = recorded.seconds(sample.time);
        assert!(
            rowed <= 6.0 * seconds + 2.0 * metres,
            "{rowed} m in {seconds} s at {at} {outages:?} {sample:?} {next:?}"
        );
    }
    let end = recorded
        .samples()
        .last()
        .map_or(0.0, |sample| recorded.seconds(sample.time));
    let unheard = outages
        .last()
        .filter(|outage| outage.end > row.last().unwrap().time);
    let last = match unheard {
        Some(outage) => known(row, outage.start.as_secs_f64() - 1e-5),
        None => row.last().unwrap(),
    };
    assert_eq!(recorded.totals.strokes, last.strokes);
    assert!((recorded.totals.distance - last.distance / 100.0).abs() <= metres);
    assert!(end <= last.time.as_secs_f64() + 1e-6);
}

#[test]
fn five_hundred_random_outages() {
    let rows = [row::steady(), row::interval()];
    let mut random = Random::new(20_261_121);
    let mut count = 0;
    let mut round = 0;
    while count < 500 {
        let row = &rows[round % 2];
        let service = SERVICES[round % 3];
        let mtu = MTUS[round % 4];
        let outages = outages(&mut random, row.last().unwrap().time);
        count += outages.len();
        round += 1;
        let faults = Faults {
            outages: outages.clone(),
            ..Faults::default()
        };
        let monitor = Monitor::new(row.clone(), service);
        let recorded = record(Session::new(monitor, mtu, faults));
        check(row, service, &outages, &recorded);
    }
}

/// The link is lost while nobody rows and found again while somebody does, and the reverse.
#[test]
fn outages_around_a_pause() {
    let row = row::steady();
    // A stop from 312.5 s to 313.8 s; the next from 340.6 s to 344.5 s; the last from 1,561.4 s.
    for (start, end, pauses) in [
        (310.0, 330.0, 2),
        (343.0, 400.0, 3),
        (300.0, 312.9, 3),
        (300.0, 345.0, 1),
        (1540.0, 1563.0, 3),
        (1562.0, 1564.9, 3),
    ] {
        let outage = Outage {
            start: Duration::from_secs_f64(start),
            end: Duration::from_secs_f64(end),
        };
        let faults = Faults {
            outages: vec![outage],
            ..Faults::default()
        };
        let monitor = Monitor::new(row.clone(), BaseService::CyclingPower);
        let recorded = record(Session::new(monitor, 247, faults));
        check(&row, BaseService::CyclingPower, &[outage], &recorded);
        let told = recorded.count(|event| matches!(event, Event::Paused { .. }));
        assert_eq!(told, pauses, "{start} {end}");
    }
}

/// Ten minutes in which nobody rowed are a pause, not rowing.
#[test]
fn a_rest_during_an_outage_is_a_pause() {
    let strokes = |count| sim::row::Piece::Strokes {
        count,
        rate: 24.0,
        power: 180.0,
    };
    let row = sim::row::made(3, &[strokes(50), sim::row::Piece::Rest(600.0), strokes(50)]);
    let rest = row[50].time;
    let outage = Outage {
        start: rest + Duration::from_secs(3),
        end: rest + Duration::from_secs(590),
    };
    let faults = Faults {
        outages: vec![outage],
        ..Faults::default()
    };
    let monitor = Monitor::new(row.clone(), BaseService::CyclingPower);
    let recorded = record(Session::new(monitor, 247, faults));
    check(&row, BaseService::CyclingPower, &[outage], &recorded);
    let active = recorded.totals.active.as_secs_f64();
    assert!((250.0..280.0).contains(&active), "{active}");
}
