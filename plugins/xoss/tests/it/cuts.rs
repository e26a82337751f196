//! The link is lost at any byte, the program with it; the next run has the rides whole. Nobody waits
//! longer than the pause before a connection is made anew.

use sim::xoss::{Computer, Device, Link, Profile, ride};

use crate::bench::{Bench, PLAIN, RIDES, sha256};

/// Connections of a run: the first, and all that the source makes anew.
const CONNECTIONS: u32 = 4;

/// Before a connection is made anew, in seconds.
const PAUSE: f64 = 2.0;

/// Virtual seconds that a run takes on a link that is never lost.
fn undisturbed(profile: Profile, content: &[u8]) -> f64 {
    let device = Device::new(profile).with_file(RIDES[0], content);
    let mut bench = Bench::new(Computer::new(device, Link::immediate(profile.mtu)));
    assert_eq!(bench.run(PLAIN).0.delivered, 1);
    bench.took
}

/// Runs with a link that is lost after so many bytes each time it is made, and then without.
fn cut(profile: Profile, content: &[u8], bytes: usize, undisturbed: f64) {
    let device = Device::new(profile).with_file(RIDES[0], content);
    let computer = Computer::new(device, Link::immediate(profile.mtu));
    let computer = (0..CONNECTIONS).fold(computer, |computer, _| computer.cut_after(bytes));
    let mut bench = Bench::new(computer);
    let (totals, lines) = bench.run(PLAIN);
    let most = f64::from(CONNECTIONS) * (undisturbed + PAUSE);
    assert!(bench.took <= most, "{bytes}: {} s", bench.took);
    let expected = vec![sha256(content)];
    let hashes = bench.hashes("outbox/upload");
    if totals.delivered == 0 {
        assert_eq!(totals.exit_code(), 6, "{bytes}: {lines:?}");
        assert_eq!(bench.files(), [""; 0], "{bytes}");
        let (totals, lines) = bench.run(PLAIN);
        assert_eq!(totals.delivered, 1, "{bytes}: {lines:?}");
    } else {
        assert_eq!(hashes, expected, "{bytes}");
    }
    assert_eq!(bench.hashes("outbox/upload"), expected, "{bytes}");
    assert_eq!(bench.files().len(), 1);
}

#[test]
fn at_borders_of_blocks_and_inside() {
    let content = ride(1_721_024_616, 120);
    for (profile, block) in [(Profile::G_GEN1, 133), (Profile::NAV, 1029)] {
        let undisturbed = undisturbed(profile, &content);
        let all = content.len().div_ceil(block - 5) + 2;
        for number in 0..=all {
            for offset in [0, block / 2, block - 1] {
                cut(profile, &content, number * block + offset, undisturbed);
            }
        }
    }
}

#[test]
fn at_every_reply() {
    let content = ride(1_721_024_616, 3);
    let undisturbed = undisturbed(Profile::M2, &content);
    for bytes in (0..200).step_by(3) {
        cut(Profile::M2, &content, bytes, undisturbed);
    }
}

/// A ride that has arrived is deleted although the link is lost while that is asked for, over the next
/// link of the same run.
#[test]
fn what_is_delivered_is_deleted_over_the_next_link() {
    let text = "source: { xoss: { delete-after-delivery: true } }\n\
         sinks: [ garmin: { folder: outbox/upload } ]\n";
    let content = ride(1_721_024_616, 3);
    for bytes in (0..2400).step_by(7) {
        let device = Device::new(Profile::M2).with_file(RIDES[0], &*content);
        let computer = Computer::new(device, Link::immediate(Profile::M2.mtu));
        let mut bench = Bench::new(computer.cut_after(bytes));
        let (totals, lines) = bench.run(text);
        assert_eq!(totals.exit_code(), 0, "{bytes}: {lines:?}");
        assert_eq!(bench.hashes("outbox/upload"), [sha256(&content)], "{bytes}");
        let computer = bench.computer.lock().unwrap();
        assert!(
            computer.device().file(RIDES[0]).is_none(),
            "{bytes}: {lines:?}"
        );
    }
}
