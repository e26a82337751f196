//! The source is as fast as the link: whatever it does between blocks takes no time.

use std::time::Duration;

use sim::xoss::{Computer, Device, Link, Profile, ride};

use crate::bench::{Bench, PLAIN, RIDES};

/// Bytes a second that the bound of stop and wait allows: a block's events and one for the answer.
fn bound(link: &Link, block: usize, payload: usize) -> f64 {
    let whole = block + 5;
    let fragments = (0..whole)
        .step_by(payload)
        .map(|at| payload.min(whole - at));
    let packets: usize = fragments.map(|part| (part + 7).div_ceil(link.packet)).sum();
    let events = packets.div_ceil(link.per_event()) + 1;
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let (block, events) = (block as f64, events as f64);
    block / (events * link.interval.as_secs_f64())
}

/// Seconds of a whole run with a ride of so many bytes.
fn seconds(profile: Profile, link: Link, length: u32) -> (f64, f64) {
    let content = ride(1_721_024_616, length);
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let size = content.len() as f64;
    let device = Device::new(profile).with_file(RIDES[0], content);
    let mut bench = Bench::new(Computer::new(device, link));
    let (totals, lines) = bench.run(PLAIN);
    assert_eq!(totals.delivered, 1, "{lines:?}");
    (bench.took, size)
}

/// Two rides of different length: their difference is free of finding, connecting and listing.
#[test]
fn at_least_95_percent_of_what_the_link_can_carry() {
    for interval in [7.5, 15.0, 30.0].map(|it| Duration::from_secs_f64(it / 1000.0)) {
        for (profile, link, block, payload) in [
            (Profile::G_GEN1, Link::old(interval), 128, 20),
            (Profile::M2, Link::extended(interval), 1024, 182),
            (Profile::NAV, Link::long_mtu(interval), 1024, 206),
        ] {
            let (short, few) = seconds(profile, link, 100);
            let (long, many) = seconds(profile, link, 5_000);
            let rate = (many - few) / (long - short);
            let bound = bound(&link, block, payload);
            let share = rate / bound;
            println!("{} {interval:?}: {rate:.0} of {bound:.0} B/s", profile.name);
            assert!(share >= 0.95, "{}: {share} at {interval:?}", profile.name);
            assert!(share <= 1.05, "{}: {share} at {interval:?}", profile.name);
        }
    }
}

/// What was sniffed of a G+ of the first generation at 7.5 ms: 52.5 ms a block, whatever a client
/// does. Others need 120 s and more for a ride of this length.
#[test]
fn a_long_ride_from_the_slowest_computer() {
    let link = Link::sniffed_g_gen1(Duration::from_micros(7_500));
    let (seconds, size) = seconds(Profile::G_GEN1, link, 11_778);
    println!("{size} bytes in {seconds:.1} s");
    assert!((235_000.0..236_500.0).contains(&size), "{size}");
    assert!(seconds <= 105.0, "{seconds}");
}
