//! The link is lost: nothing partial is handed over, and the next connection gets the same file.

use sha2::{Digest, Sha256};
use sim::xoss::{Device, Link, Profile, Simulation, ride};
use xoss::{Error, Job, Options, Outcome};

use crate::host::{Host, milliseconds, ride_name};

const RIDE: &str = "20240715062336.fit";

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// What a client keeps that is killed with the link: only files that were handed over.
#[derive(Default)]
struct Shelf(Vec<Vec<u8>>);

impl Shelf {
    /// One connection, until the ride is here or the link is lost.
    fn sync(&mut self, device: Device, cut: Option<usize>) -> (Device, Result<(), Error>) {
        let mut simulation = Simulation::new(device, Link::long_mtu(milliseconds(7.5)));
        if let Some(cut) = cut {
            simulation = simulation.cut_after(cut);
        }
        let mut host = Host::with_options(simulation, &Options::default());
        let result = host.run(Job::List).and_then(|listed| {
            let Outcome::Listed(listing) = listed else {
                panic!("{listed:?}");
            };
            assert_eq!(listing.rides.len(), 1);
            let Outcome::Downloaded(download) = host.run(Job::Download(ride_name(RIDE)))? else {
                panic!();
            };
            self.0.push(download.content);
            Ok(())
        });
        (host.simulation.into_device(), result)
    }
}

/// Bytes from the device in a whole sync: the last cut that has an effect.
fn bytes(profile: Profile, content: &[u8]) -> usize {
    let whole = |cut: &usize| {
        let device = Device::new(profile).with_file(RIDE, content);
        Shelf::default().sync(device, Some(*cut)).1.is_ok()
    };
    (0..content.len() * 10).step_by(64).find(whole).unwrap()
}

fn cut_everywhere(profile: Profile, content: &[u8], step: usize) {
    let expected = sha256(content);
    let all = bytes(profile, content);
    assert!(all > content.len());
    let mut lost = 0;
    for cut in (0..=all).step_by(step) {
        let mut shelf = Shelf::default();
        let device = Device::new(profile).with_file(RIDE, content);
        let (device, result) = shelf.sync(device, Some(cut));
        match result {
            Ok(()) => assert!(cut + 64 >= all, "{cut} of {all}"),
            Err(Error::LinkLost) => {
                lost += 1;
                assert!(shelf.0.is_empty(), "a part was handed over");
                let (_, again) = shelf.sync(device, None);
                again.unwrap();
            }
            Err(error) => panic!("{cut}: {error}"),
        }
        assert_eq!(shelf.0.len(), 1);
        assert_eq!(sha256(&shelf.0[0]), expected, "cut after {cut} bytes");
    }
    assert!(lost > all / step / 2);
}

/// After every byte: also at every border of blocks and within each, and within every reply.
#[test]
fn a_link_lost_after_any_byte_costs_nothing() {
    let content = ride(1_721_024_616, 25);
    cut_everywhere(Profile::G_GEN1, &content, 1);
    let content = ride(1_721_024_616, 120);
    cut_everywhere(Profile::M2, &content, 11);
    cut_everywhere(Profile::NAV, &content, 29);
}

/// A longer ride, at the borders of blocks: the byte before, at and behind each.
#[test]
fn a_link_lost_at_any_border_of_blocks_costs_nothing() {
    let content = ride(1_721_024_616, 400);
    let expected = sha256(&content);
    for (profile, block) in [(Profile::G_GEN1, 133), (Profile::G_GEN2, 1029)] {
        let blocks = content.len().div_ceil(block - 5) + 1;
        // Replies and the list come before the first block.
        for number in 0..=blocks {
            for offset in [0, 1, block / 2, block - 1] {
                let device = Device::new(profile).with_file(RIDE, &*content);
                let mut shelf = Shelf::default();
                let (device, _) = shelf.sync(device, Some(number * block + offset));
                if shelf.0.is_empty() {
                    shelf.sync(device, None).1.unwrap();
                }
                assert_eq!(sha256(&shelf.0[0]), expected);
            }
        }
    }
}

/// Again and again, each time a little later: every run begins at the first byte, and the one that
/// is long enough has it all.
#[test]
fn a_link_that_is_lost_every_time_but_the_last() {
    let content = ride(1_721_024_616, 100);
    let mut device = Device::new(Profile::G_GEN1).with_file(RIDE, &*content);
    let mut shelf = Shelf::default();
    for cut in (0..).step_by(97) {
        let (after, result) = shelf.sync(device, Some(cut));
        device = after;
        if result.is_ok() {
            break;
        }
        assert!(shelf.0.is_empty());
    }
    assert_eq!(shelf.0, [content]);
}
