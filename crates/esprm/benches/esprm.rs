//! How long one notification takes.

use std::time::Instant;

use divan::{AllocProfiler, Bencher, black_box};
use esprm::{ExtendedMetrics, HandleForces, Settings};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

#[divan::bench]
fn extended_metrics(bencher: Bencher<'_, '_>) {
    let value = b"\x7E\x00\x36\x0D\xCE\x19\x75\x00";
    bencher.bench(|| ExtendedMetrics::decode(black_box(value)));
}

#[divan::bench]
fn settings(bencher: Bencher<'_, '_>) {
    let value = b"\xC1\x1F\xBA\xA0\x3D\x62\x03\xDC\x05\x07\x07\xF7\x06\x4B\x00\xFA\x00\x01";
    bencher.bench(|| Settings::decode(black_box(value)));
}

/// The forces of a drive of 42 impulses, in the frames of that MTU.
#[divan::bench(args = [23, 185, 247])]
fn handle_forces(bencher: Bencher<'_, '_>, mtu: usize) {
    let per_frame = (mtu - 5) / 4;
    let total = u8::try_from(42_usize.div_ceil(per_frame)).expect("it is small");
    let frames: Vec<Vec<u8>> = (1..=total)
        .map(|index| {
            let before = usize::from(index - 1) * per_frame;
            let values = vec![0x42; 4 * per_frame.min(42 - before)];
            [vec![total, index], values].concat()
        })
        .collect();
    let now = Instant::now();
    bencher
        .with_inputs(HandleForces::default)
        .bench_local_values(|mut forces| {
            for frame in &frames {
                forces.handle_frame(now, black_box(frame));
            }
            forces.poll_event()
        });
}
