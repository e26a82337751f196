//! What holds for whatever arrives.

use std::time::{Duration, Instant};

use esprm::assigned::characteristic as own;
use gatt::Uuid;
use gatt::assigned::characteristic as adopted;
use proptest::prelude::*;
use rowing::{BaseService, Device, Recorder};

use crate::support::finish;

const NAMES: [Uuid; 7] = [
    adopted::CYCLING_POWER_MEASUREMENT,
    adopted::CSC_MEASUREMENT,
    adopted::ROWER_DATA,
    adopted::HEART_RATE_MEASUREMENT,
    own::EXTENDED_METRICS,
    own::HANDLE_FORCES,
    own::SETTINGS,
];

/// Something that happens.
#[derive(Clone, Debug)]
enum Act {
    Wait(u64),
    Connect(usize),
    Disconnect,
    Value(usize, Vec<u8>),
    /// A sound measurement: strokes, counts of distance, time.
    Count(u16, u32, u16),
    Metrics(i16, u16, u16),
    Forces(u8, u8, Vec<f32>),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0_u64..3000).prop_map(Act::Wait),
        1 => (0_u64..1_000_000).prop_map(Act::Wait),
        1 => (0_usize..3).prop_map(Act::Connect),
        1 => Just(Act::Disconnect),
        2 => (0..NAMES.len(), prop::collection::vec(any::<u8>(), 0..30))
            .prop_map(|(name, value)| Act::Value(name, value)),
        6 => (0_u16..40, 0_u32..4000, any::<u16>())
            .prop_map(|(strokes, counts, time)| Act::Count(strokes, counts, time)),
        1 => (any::<u16>(), any::<u32>(), any::<u16>())
            .prop_map(|(strokes, counts, time)| Act::Count(strokes, counts, time)),
        4 => (-5_i16..300, 0_u16..12_000, 0_u16..12_000)
            .prop_map(|(power, drive, recovery)| Act::Metrics(power, drive, recovery)),
        4 => (0_u8..4, 0_u8..4, prop::collection::vec(any::<f32>(), 0..4))
            .prop_map(|(total, index, forces)| Act::Forces(total, index, forces)),
    ]
}

fn device(base: usize) -> Device {
    let services = [esprm::assigned::service::SETTINGS];
    let measurement = NAMES[base];
    let others = [own::EXTENDED_METRICS, own::HANDLE_FORCES];
    let all: Vec<Uuid> = std::iter::once(measurement).chain(others).collect();
    Device::of(&services, &all).unwrap()
}

fn measurement(base: BaseService, strokes: u16, counts: u32, time: u16) -> Vec<u8> {
    let time = time.to_le_bytes();
    let strokes = strokes.to_le_bytes();
    let counts = counts.to_le_bytes();
    match base {
        BaseService::CyclingPower => {
            [&[0x30, 0, 100, 0][..], &counts, &time, &strokes, &time].concat()
        }
        BaseService::CyclingSpeedAndCadence => [&[3][..], &counts, &time, &strokes, &time].concat(),
        BaseService::FitnessMachine => [&[0x0C, 0, 48][..], &strokes, &counts[..3], &time].concat(),
    }
}

fn play(acts: Vec<Act>) {
    let start = Instant::now();
    let mut now = start;
    let mut recorder = Recorder::default();
    let mut base = BaseService::CyclingPower;
    for act in acts {
        match act {
            Act::Wait(milliseconds) => {
                now += Duration::from_millis(milliseconds);
                recorder.handle_timeout(now);
            }
            Act::Connect(which) => {
                let device = device(which);
                base = device.base();
                recorder.handle_connected(now, device);
            }
            Act::Disconnect => recorder.handle_disconnected(now),
            Act::Value(name, value) => recorder.handle_value(now, NAMES[name], &value),
            Act::Count(strokes, counts, time) => {
                let value = measurement(base, strokes, counts, time);
                recorder.handle_value(now, base.measurement(), &value);
            }
            Act::Metrics(power, drive, recovery) => {
                let words = [power.cast_unsigned(), drive, recovery, 117];
                let value: Vec<u8> = words.into_iter().flat_map(u16::to_le_bytes).collect();
                recorder.handle_value(now, own::EXTENDED_METRICS, &value);
            }
            Act::Forces(total, index, forces) => {
                let forces = forces.iter().flat_map(|force| force.to_le_bytes());
                let value: Vec<u8> = [total, index].into_iter().chain(forces).collect();
                recorder.handle_value(now, own::HANDLE_FORCES, &value);
            }
        }
        assert!(
            recorder.poll_timeout().is_none_or(|at| at > now),
            "something is overdue"
        );
    }
    // The rest of what must hold is looked at there.
    finish(recorder, start, now);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// No panic; times and totals never decrease; strokes add up; pauses end before they begin anew.
    #[test]
    fn whatever_arrives(acts in prop::collection::vec(act(), 0..80)) {
        play(acts);
    }
}
