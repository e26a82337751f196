//! What holds for every input.

use std::time::{Duration, Instant};

use esprm::{
    Controller, DeltaTimes, DragFactorSettings, ExtendedMetrics, ForceEvent, HandleForces,
    MachineSettings, Properties, Request, Response, SensorSignalSettings, Settings,
    StrokeDetectionSettings, Update, UpdateEvent,
};
use proptest::prelude::*;

fn decode_as_everything(value: &[u8]) {
    let now = Instant::now();
    let _ = ExtendedMetrics::decode(value);
    if let Ok(times) = DeltaTimes::decode(value) {
        assert_eq!(times.count(), value.len() / 4);
    }
    let _ = Settings::decode(value);
    let _ = StrokeDetectionSettings::decode(value);
    let _ = Response::decode(value);
    let mut forces = HandleForces::default();
    forces.handle_frame(now, value);
    let properties = Properties::default();
    let mut controller = Controller::new(properties);
    controller.handle_indication(now, value);
    let mut update = Update::new(now, vec![0xE9; 100], properties, 20).unwrap();
    update.handle_notification(now, value);
    while update.poll_write(now).is_some() {}
}

/// A burst of a curve, in frames of `per_frame` values.
fn burst(curve: &[f32], per_frame: usize) -> Vec<Vec<u8>> {
    let total = u8::try_from(curve.len().div_ceil(per_frame)).unwrap();
    let frames = curve.chunks(per_frame).zip(1_u8..);
    frames
        .map(|(values, index)| {
            let values = values.iter().flat_map(|force| force.to_le_bytes());
            [total, index].into_iter().chain(values).collect()
        })
        .collect()
}

proptest! {
    #[test]
    fn any_bytes_never_panic(value in prop::collection::vec(any::<u8>(), 0..64)) {
        decode_as_everything(&value);
    }

    /// What is decoded is encoded to the same bytes, where the monitor would take it.
    #[test]
    fn settings_survive(value in prop::array::uniform18(any::<u8>())) {
        let settings = Settings::decode(&value).unwrap();
        let Settings { machine, sensor, drag_factor, .. } = settings;
        let requests = [
            (Request::SetMachineSettings(machine), 1..9),
            (Request::SetSensorSignalSettings(sensor), 9..11),
            (Request::SetDragFactorSettings(drag_factor), 11..18),
        ];
        for (request, place) in requests {
            if let Ok(bytes) = request.encode() {
                prop_assert_eq!(&bytes[1..], &value[place]);
            }
        }
    }

    #[test]
    fn stroke_detection_survives(value in prop::array::uniform11(any::<u8>())) {
        let settings = StrokeDetectionSettings::decode(&value).unwrap();
        let bytes = Request::SetStrokeDetectionSettings(settings).encode().unwrap();
        prop_assert_eq!(bytes[1], value[0] & 0x7F);
        prop_assert_eq!(&bytes[2..], &value[1..]);
    }

    /// Whatever can't be held is refused; what is sent, the monitor holds as it was meant.
    #[test]
    fn settings_are_held_or_refused(magic in -1e3..1e3, radius in -1.0..1.0, fit in -1.0..2.0, impulses: u8) {
        let machine = MachineSettings {
            flywheel_inertia: 0.1,
            magic_constant: magic,
            impulses_per_revolution: impulses,
            sprocket_radius: radius,
        };
        let mut held = [0; 18];
        if let Ok(bytes) = Request::SetMachineSettings(machine).encode() {
            held[1..9].copy_from_slice(&bytes[1..]);
            let held = Settings::decode(&held).unwrap().machine;
            prop_assert!((held.magic_constant - magic).abs() < 0.5 / 35.0 + 1e-9);
            prop_assert!((held.sprocket_radius - radius).abs() < 0.5e-5 + 1e-9);
        } else {
            let fits = (0.0..7.28).contains(&magic) && (0.0..0.655).contains(&radius);
            prop_assert!(!fits || !(1..=12).contains(&impulses));
        }
        let drag = DragFactorSettings { goodness_of_fit: fit, max_recovery: 6, lower: 1, upper: 2, array_length: 1 };
        let taken = Request::SetDragFactorSettings(drag).encode().is_ok();
        prop_assert!(taken || !(0.0..=1.0).contains(&fit));
        let sensor = SensorSignalSettings { debounce_time: impulses, stop_threshold: impulses };
        prop_assert_eq!(Request::SetSensorSignalSettings(sensor).encode().is_ok(), impulses >= 4);
    }

    /// Bursts lose, repeat and swap frames: only curves that were sent come out, each at most once
    /// a burst, in order.
    #[test]
    fn no_curve_that_was_not_sent(
        sizes in prop::collection::vec(1_u16..60, 1..12),
        per_frame in 1_usize..20,
        faults in prop::collection::vec(0_u8..12, 0..400),
        pause in 0_u64..1500,
    ) {
        let mut next = 0.0;
        let curves: Vec<Vec<f32>> = sizes.iter().map(|size| (0..*size).map(|_| { next += 1.0; next }).collect()).collect();
        let mut faults = faults.into_iter().chain(std::iter::repeat(9));
        let mut now = Instant::now();
        let mut forces = HandleForces::default();
        let mut received = Vec::new();
        for curve in &curves {
            // The bursts of two drives are not close; within the second of patience they may be.
            now += Duration::from_millis(600 + pause);
            let mut frames = Vec::new();
            for frame in burst(curve, per_frame) {
                match faults.next().unwrap() {
                    0 => {}
                    1 => frames.extend([frame.clone(), frame]),
                    2 => frames.insert(frames.len().saturating_sub(1), frame),
                    _ => frames.push(frame),
                }
            }
            for frame in frames {
                now += Duration::from_millis(5);
                forces.handle_frame(now, &frame);
            }
            // As the row does once a stroke is over.
            forces.abandon();
            while let Some(event) = forces.poll_event() {
                if let ForceEvent::Curve(values) = event {
                    prop_assert_eq!(&values, curve);
                    received.push(values);
                }
            }
        }
        prop_assert!(received.len() <= curves.len());
        prop_assert_eq!(forces.tally().curves, received.len() as u64);
    }

    /// Any answers at any time: it ends at most once, and is never done before all was sent.
    #[test]
    fn an_update_ends_once(
        answers in prop::collection::vec((prop::collection::vec(0_u8..6, 0..10), 0_u64..3000, 0_usize..50), 0..30),
    ) {
        let mut now = Instant::now();
        let size = 300;
        let mut update = Update::new(now, vec![0xE9; size], Properties::default(), 20).unwrap();
        let (mut ends, mut sent) = (0, 0);
        for (answer, pause, writes) in answers {
            now += Duration::from_millis(pause);
            for _ in 0..writes {
                let Some(write) = update.poll_write(now) else { break };
                if write.value[0] == 1 {
                    sent += write.value.len() - 1;
                }
            }
            update.handle_notification(now, &answer);
            while let Some(event) = update.poll_event() {
                if let UpdateEvent::Done = event {
                    prop_assert_eq!(sent, size);
                }
                ends += u32::from(!matches!(event, UpdateEvent::Progress { .. }));
            }
        }
        prop_assert!(ends <= 1);
    }
}
