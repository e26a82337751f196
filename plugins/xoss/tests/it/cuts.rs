//! The link is lost at any byte, the program with it; the next run has the rides whole.

use sim::xoss::{Computer, Device, Link, Profile, ride};

use crate::bench::{Bench, PLAIN, RIDES, sha256};

/// Runs with a link that is lost after so many bytes each time it is made, and then without.
fn cut(profile: Profile, content: &[u8], bytes: usize) {
    let device = Device::new(profile).with_file(RIDES[0], content);
    let computer = Computer::new(device, Link::immediate(profile.mtu));
    // The first connection and all that the source makes anew.
    let computer = (0..4).fold(computer, |computer, _| computer.cut_after(bytes));
    let mut bench = Bench::new(computer);
    let (totals, lines) = bench.run(PLAIN);
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
        let all = content.len().div_ceil(block - 5) + 2;
        for number in 0..=all {
            for offset in [0, block / 2, block - 1] {
                cut(profile, &content, number * block + offset);
            }
        }
    }
}

#[test]
fn at_every_reply() {
    let content = ride(1_721_024_616, 3);
    for bytes in (0..200).step_by(3) {
        cut(Profile::M2, &content, bytes);
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
