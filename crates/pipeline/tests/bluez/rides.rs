//! `xoss-sync`: what is on the computer is what is in the folder, byte by byte.

use sim::xoss::{self, Computer, Link, Profile, ride};

use super::stage::{Stage, device};

/// Rides of some minutes, with the names that the computer gives them.
fn rides() -> [(&'static str, Vec<u8>); 3] {
    [
        ("20240715062336.fit", ride(1_721_024_616, 150)),
        ("20240716170502.fit", ride(1_721_149_502, 240)),
        ("20240720080811.fit", ride(1_721_462_891, 90)),
    ]
}

fn computer(profile: Profile) -> Computer {
    let device = rides()
        .into_iter()
        .fold(xoss::Device::new(profile), |device, (name, ride)| {
            device.with_file(name, ride)
        });
    Computer::new(device, Link::immediate(profile.mtu))
}

/// Whether the folder has these rides and nothing else.
fn assert_all_are_there(stage: &Stage, words: &str) {
    let read = |path: &std::path::PathBuf| std::fs::read(path).unwrap();
    let results: Vec<Vec<u8>> = stage.results("out").iter().map(read).collect();
    // Names begin with the time of the ride.
    let expected = rides().map(|(_, ride)| ride);
    assert_eq!(results.len(), expected.len(), "{words}");
    assert!(results == expected, "other bytes than the computer's");
}

fn synchronise(profile: Profile, mtu: usize) {
    let device = device(1, mtu, &[], computer(profile));
    let Some(stage) = Stage::new(vec![device]) else {
        return;
    };
    let said = stage.run("run @xoss-sync --out out");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_all_are_there(&stage, &said.words);
    // Nothing is fetched twice.
    let again = stage.run("run @xoss-sync --out out");
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_all_are_there(&stage, &again.words);
}

#[test]
fn rides_come_over_the_smallest_packets() {
    synchronise(Profile::G_GEN1, 23);
}

#[test]
fn rides_come_over_large_packets() {
    synchronise(Profile::NAV, 247);
}

#[test]
fn a_lost_link_costs_nothing_but_time() {
    let computer = computer(Profile::NAV).cut_after(4_000).cut_after(7_000);
    let Some(stage) = Stage::new(vec![device(1, 247, &[], computer)]) else {
        return;
    };
    let said = stage.run("run @xoss-sync --out out");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_all_are_there(&stage, &said.words);
}
