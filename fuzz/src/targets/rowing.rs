//! Any values at any time, with links that come and go: no panic, times and totals never decrease,
//! pauses end before they begin anew.

use std::time::{Duration, Instant};

use esprm::assigned::{characteristic as own, service};
use gatt::Uuid;
use gatt::assigned::characteristic as adopted;
use rowing::{Device, Event, Recorder};

const NAMES: [Uuid; 7] = [
    adopted::CYCLING_POWER_MEASUREMENT,
    adopted::CSC_MEASUREMENT,
    adopted::ROWER_DATA,
    adopted::HEART_RATE_MEASUREMENT,
    own::EXTENDED_METRICS,
    own::HANDLE_FORCES,
    own::SETTINGS,
];

fn device(choice: u8) -> Device {
    let base = NAMES[usize::from(choice) % 3];
    let all = [base, own::EXTENDED_METRICS, own::HANDLE_FORCES];
    let services = [service::SETTINGS];
    let services = if choice & 4 == 0 { &services[..] } else { &[] };
    Device::of(services, if choice & 8 == 0 { &all } else { &all[..1] }).unwrap()
}

/// Input is a run of acts, each: what, the time before it, and for a value its length.
fn play(mut bytes: &[u8]) -> Recorder {
    let mut now = Instant::now();
    let mut recorder = Recorder::default();
    while let Some((&[what, time], rest)) = bytes.split_first_chunk() {
        bytes = rest;
        now += Duration::from_millis(u64::from(time).pow(2));
        match what {
            0..=15 => recorder.handle_connected(now, device(what)),
            16..=31 => recorder.handle_disconnected(now),
            32..=47 => recorder.handle_timeout(now),
            _ => {
                let Some((&length, rest)) = bytes.split_first() else {
                    break;
                };
                let (value, rest) = rest.split_at(rest.len().min(length.into()));
                bytes = rest;
                recorder.handle_value(now, NAMES[usize::from(what) % NAMES.len()], value);
            }
        }
    }
    recorder.finish(now);
    recorder
}

pub(crate) fn fuzz(bytes: &[u8]) {
    let mut recorder = play(bytes);
    let (mut last, mut strokes, mut distance, mut paused) = (None, 0, 0.0, false);
    while let Some(event) = recorder.poll_event() {
        let sample = match &event {
            Event::Stroke(stroke) => {
                assert!(!paused && stroke.count > 0);
                Some(stroke.sample)
            }
            Event::Sample(sample) => Some(*sample),
            Event::Paused { .. } => {
                assert!(!std::mem::replace(&mut paused, true));
                None
            }
            Event::Resumed { .. } => {
                assert!(std::mem::replace(&mut paused, false));
                None
            }
            _ => None,
        };
        if let Some(sample) = sample {
            assert!(
                last.is_none_or(|last| last <= sample.time),
                "time goes back"
            );
            assert!(sample.strokes >= strokes && sample.distance >= distance);
            (last, strokes, distance) = (Some(sample.time), sample.strokes, sample.distance);
        }
    }
    assert_eq!(recorder.totals().strokes, strokes);
}
