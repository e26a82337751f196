//! How long a recorder takes for a whole row: 26 minutes, 635 strokes.

use std::time::{Duration, Instant};

use divan::Bencher;
use divan::counter::ItemsCount;
use rowing::{Device, Recorder};
use sim::{BaseService, Faults, Happening, Monitor, Peripheral, Session, row};

fn main() {
    divan::main();
}

/// Notifications at that MTU: at 23, a force curve takes nine or more.
#[divan::bench(args = [23, 247])]
fn whole_row(bencher: Bencher<'_, '_>, mtu: usize) {
    let monitor = Monitor::new(row::steady(), BaseService::CyclingPower);
    let services = monitor.services();
    let names: Vec<_> = services.iter().map(|service| service.name).collect();
    let all = services.iter().flat_map(|service| &service.characteristics);
    let characteristics: Vec<_> = all.map(|found| found.name).collect();
    let device = Device::of(&names, &characteristics).expect("it is a rower");
    let happenings: Vec<(Duration, Happening)> =
        Session::new(monitor, mtu, Faults::default()).collect();
    let start = Instant::now();
    bencher
        .counter(ItemsCount::new(happenings.len()))
        .bench_local(|| {
            let mut recorder = Recorder::default();
            let mut events = 0_u64;
            for (time, happening) in &happenings {
                let now = start + *time;
                match happening {
                    Happening::Connected => recorder.handle_connected(now, device.clone()),
                    Happening::Disconnected => recorder.handle_disconnected(now),
                    Happening::Value {
                        characteristic,
                        value,
                    } => recorder.handle_value(now, *characteristic, value),
                }
                while recorder.poll_event().is_some() {
                    events += 1;
                }
            }
            events
        });
}
