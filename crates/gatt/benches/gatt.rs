//! How long one notification takes, and that none allocates.

use divan::{AllocProfiler, Bencher, black_box};
use gatt::{CscMeasurement, CyclingPowerMeasurement, HeartRateMeasurement, RowerData};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// The 14 bytes of an ESP Rowing Monitor.
#[divan::bench]
fn rower_data(bencher: Bencher<'_, '_>) {
    let value = b"\xAC\x00\x30\x83\x00\xC2\x0B\x00\x78\x00\xCB\x00\x75\x00";
    bencher.bench(|| RowerData::decode(black_box(value)));
}

/// Every field that the standard has.
#[divan::bench]
fn rower_data_full(bencher: Bencher<'_, '_>) {
    let value = b"\xFE\x1F\x31\x2C\x01\x2E\x70\x11\x01\x7D\x00\x7F\x00\xFD\xFF\xB4\x00\x75\x00\x59\x01\xD4\x03\x10\x98\x71\x08\x07\x58\x02";
    bencher.bench(|| RowerData::decode(black_box(value)));
}

#[divan::bench]
fn cycling_power(bencher: Bencher<'_, '_>) {
    let value = b"\x30\x00\x64\x00\x90\x01\x00\x00\x01\x40\x04\x00\x00\xA0";
    bencher.bench(|| CyclingPowerMeasurement::decode(black_box(value)));
}

#[divan::bench]
fn csc(bencher: Bencher<'_, '_>) {
    let value = b"\x03\x90\x01\x00\x00\x00\xA0\x04\x00\x00\xA0";
    bencher.bench(|| CscMeasurement::decode(black_box(value)));
}

#[divan::bench]
fn heart_rate(bencher: Bencher<'_, '_>) {
    let value = b"\x16\x73\x10\x02\x0D\x02";
    bencher.bench(|| {
        HeartRateMeasurement::decode(black_box(value))
            .map(|heart| heart.rr_intervals().sum::<f64>())
    });
}
