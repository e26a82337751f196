//! Any bytes as any adopted characteristic: no panic, and numbers within their ranges.

use std::time::{Duration, Instant};

use gatt::assigned::characteristic;
use gatt::{
    CscFeatures, CscMeasurement, CyclingPowerFeatures, CyclingPowerMeasurement, DeviceInformation,
    FitnessMachineAdvertisement, FitnessMachineFeatures, HeartRateMeasurement, Reply, RowerData,
    RowerRecord, battery_level,
};

/// Input is a run of values, each after its length.
fn values(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (&length, rest) = bytes.split_first()?;
        let (value, rest) = rest.split_at(rest.len().min(length.into()));
        bytes = rest;
        Some(value)
    })
}

pub(crate) fn fuzz(bytes: &[u8]) {
    let mut now = Instant::now();
    let mut record = RowerRecord::default();
    for value in values(bytes) {
        now += Duration::from_millis(700);
        let _ = record.handle_timeout(now);
        if let Ok(part) = RowerData::decode(value) {
            assert!(part.trailing < value.len());
            let whole = record.handle_part(now, &part);
            assert_eq!(whole.is_none(), part.more_data);
            assert!(
                part.speed()
                    .is_none_or(|speed| (0.0..=500.0).contains(&speed))
            );
        }
        if let Ok(measurement) = CyclingPowerMeasurement::decode(value) {
            let balance = measurement.pedal_balance;
            assert!(balance.is_none_or(|balance| (0.0..=127.5).contains(&balance.share)));
        }
        let _ = CscMeasurement::decode(value);
        if let Ok(heart) = HeartRateMeasurement::decode(value) {
            assert!(
                heart
                    .rr_intervals()
                    .all(|interval| (0.0..64.0).contains(&interval))
            );
            assert!(heart.bpm().is_none_or(|bpm| (1..=254).contains(&bpm)));
        }
        assert!(
            battery_level(value).is_ok_and(|level| level <= 100) || battery_level(value).is_err()
        );
        let _ = FitnessMachineFeatures::decode(value);
        let _ = CyclingPowerFeatures::decode(value);
        let _ = CscFeatures::decode(value);
        let _ = FitnessMachineAdvertisement::decode(value);
        let _ = Reply::decode(value);
        DeviceInformation::default().take(characteristic::MODEL_NUMBER, value);
    }
}
