//! Any bytes from a monitor at any time: no panic, curves of finite forces, requests that decode to
//! what was asked, updates that end once.

use std::time::{Duration, Instant};

use esprm::{
    Controller, DeltaTimes, ExtendedMetrics, ForceEvent, HandleForces, LogLevel, Properties,
    Request, Settings, StrokeDetectionSettings, Update, UpdateEvent,
};

/// Input is a run of values, each after what it is, the time before it and its length.
fn values(mut bytes: &[u8]) -> impl Iterator<Item = (u8, u64, &[u8])> {
    std::iter::from_fn(move || {
        let (&[what, time, length], rest) = bytes.split_first_chunk()?;
        let (value, rest) = rest.split_at(rest.len().min(length.into()));
        bytes = rest;
        Some((what, 10 * u64::from(time), value))
    })
}

pub(crate) fn fuzz(bytes: &[u8]) {
    let mut now = Instant::now();
    let mut forces = HandleForces::default();
    let mut controller = Controller::new(Properties::default());
    let mut update = Update::new(now, vec![0xE9; 700], Properties::default(), 20).unwrap();
    let mut ends = 0;
    for (what, time, value) in values(bytes) {
        now += Duration::from_millis(time);
        match what % 6 {
            0 => forces.handle_frame(now, value),
            1 => {
                if let Ok(metrics) = ExtendedMetrics::decode(value) {
                    assert!((0.0..16.0).contains(&metrics.drive_time));
                }
            }
            2 => {
                if let Ok(settings) = Settings::decode(value)
                    && let Ok(bytes) = Request::SetMachineSettings(settings.machine).encode()
                {
                    assert_eq!(bytes.get(1..), value.get(1..9));
                }
                if let Ok(settings) = StrokeDetectionSettings::decode(value) {
                    assert!(
                        Request::SetStrokeDetectionSettings(settings)
                            .encode()
                            .is_ok()
                    );
                }
            }
            3 => {
                let _ = controller.request(now, Request::SetLogLevel(LogLevel::Info));
                controller.handle_indication(now, value);
            }
            4 => {
                let _ = DeltaTimes::decode(value).map(Iterator::count);
            }
            _ => {
                update.handle_notification(now, value);
                while let Some(write) = update.poll_write(now) {
                    assert!(write.value.len() <= 20);
                }
            }
        }
        update.handle_timeout(now);
        while let Some(event) = forces.poll_event() {
            if let ForceEvent::Curve(forces) = event {
                assert!(!forces.is_empty() && forces.iter().all(|force| force.is_finite()));
            }
        }
        while controller.poll_event().is_some() || controller.poll_write().is_some() {}
        while let Some(event) = update.poll_event() {
            ends += u32::from(!matches!(event, UpdateEvent::Progress { .. }));
        }
    }
    assert!(ends <= 1);
}
