//! What holds for every input.

use std::time::{Duration, Instant};

use gatt::assigned::characteristic;
use gatt::{
    CscFeatures, CscMeasurement, CyclingPowerFeatures, CyclingPowerMeasurement, DeviceInformation,
    EventClock, FitnessMachineAdvertisement, FitnessMachineFeatures, HeartRateMeasurement, Reply,
    RowerData, RowerRecord, battery_level,
};
use proptest::prelude::*;

use crate::support::{hex, vectors};

/// Every decoder sees the bytes; none may panic.
fn decode_as_everything(value: &[u8]) {
    if let Ok(data) = RowerData::decode(value) {
        let mut record = RowerRecord::default();
        let _ = record.handle_part(Instant::now(), &data);
        assert!(
            data.speed()
                .is_none_or(|speed| (0.0..=500.0).contains(&speed))
        );
        assert!(data.trailing <= value.len());
    }
    let _ = CyclingPowerMeasurement::decode(value);
    let _ = CscMeasurement::decode(value);
    if let Ok(heart) = HeartRateMeasurement::decode(value) {
        assert!(heart.rr_intervals().count() <= value.len() / 2);
    }
    let _ = battery_level(value);
    let _ = FitnessMachineFeatures::decode(value);
    let _ = CyclingPowerFeatures::decode(value);
    let _ = CscFeatures::decode(value);
    let _ = FitnessMachineAdvertisement::decode(value);
    let _ = Reply::decode(value);
    DeviceInformation::default().take(characteristic::MODEL_NUMBER, value);
}

fn all_vectors() -> Vec<Vec<u8>> {
    let parts = ["ftms_rower_data", "cps_generic", "csc_esprm", "hr"];
    let cases = parts.into_iter().flat_map(vectors);
    cases
        .map(|case| hex(case["hex"].as_str().unwrap()))
        .collect()
}

#[test]
fn truncations_never_panic() {
    for value in all_vectors() {
        for length in 0..=value.len() {
            decode_as_everything(&value[..length]);
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_never_panic(value in prop::collection::vec(any::<u8>(), 0..64)) {
        decode_as_everything(&value);
    }

    #[test]
    fn mutations_never_panic(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut value = which.get(&all_vectors()).clone();
        for (place, byte) in edits {
            let place = place.index(value.len());
            value[place] = byte;
        }
        decode_as_everything(&value);
    }

    /// A value decodes if and only if it has all bytes that its flags promise, give or take the
    /// one-byte resistance level.
    #[test]
    fn the_flags_tell_the_length(flags in 0_u16..1 << 13, length in 0_usize..40) {
        let sizes = [3, 1, 3, 2, 2, 2, 2, 2, 5, 1, 1, 2, 2];
        let present = |bit: usize| (flags >> bit & 1 == 1) != (bit == 0);
        let promised: usize = 2 + (0..13).filter(|bit| present(*bit)).map(|bit| sizes[bit]).sum::<usize>();
        let mut value = flags.to_le_bytes().to_vec();
        value.resize(length.max(2), 7);
        let needed = if present(7) && value.len() == promised - 1 { promised - 1 } else { promised };
        let decoded = RowerData::decode(&value);
        prop_assert_eq!(decoded.is_ok(), value.len() >= needed);
        if let Ok(data) = decoded {
            prop_assert_eq!(data.trailing, value.len() - needed);
        }
    }

    /// Any ticks forward, across the wrap, on both clocks.
    #[test]
    fn event_clocks_measure_across_the_wrap(from in 0_u32..65_535, ticks in 0_u32..65_535) {
        for clock in [EventClock::CSC, EventClock::CSC.modulo_65535()] {
            let to = u16::try_from((from + ticks) % clock.modulus).unwrap();
            let from = u16::try_from(from).unwrap();
            prop_assert_eq!(clock.seconds(from, to), f64::from(ticks) / 1024.0);
        }
    }

    /// Whatever parts come, the record is complete at a closing part or at its time-out.
    #[test]
    fn records_end(parts in prop::collection::vec((any::<bool>(), 0_u64..3000), 1..30)) {
        let mut now = Instant::now();
        let mut record = RowerRecord::default();
        for (more_data, pause) in parts {
            now += Duration::from_millis(pause);
            if let Some(at) = record.poll_timeout() {
                prop_assert_eq!(record.handle_timeout(now).is_some(), now >= at);
            }
            let part = RowerData { more_data, ..RowerData::default() };
            prop_assert_eq!(record.handle_part(now, &part).is_some(), !more_data);
            prop_assert_eq!(record.poll_timeout().is_some(), more_data);
        }
    }
}
