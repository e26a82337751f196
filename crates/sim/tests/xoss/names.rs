//! Names that no device should have, in lists and in block 0.

use sim::xoss::{Device, Fault, Link, Profile};
use xoss::{Error, Job, Listing, Outcome, RideName};

use crate::host::{Host, milliseconds};

const RIDE: &str = "20240715062336.fit";

/// The 22 of them; the last one is a ride's own name in other letters.
fn hostile() -> Vec<Vec<u8>> {
    let long = |stem: usize| [&vec![b'a'; stem][..], b".fit"].concat();
    let mut names: Vec<Vec<u8>> = [
        &b"../a.fit"[..],
        b"..\\a.fit",
        b"/etc/x.fit",
        b"C:\\x.fit",
        b"a/../../b.fit",
        b".fit",
        b"..fit",
        b"a.fit\0.sh",
        b"a\n.fit",
        b"-rf.fit",
        b"~x.fit",
        b"CON.fit",
        b"nul.FIT",
        b"a.fit.",
        b"a.fit ",
        b"a\xE2\x80\xAEtif.fit",
        b"%2e%2e%2f.fit",
        b"\xC0\xAF\xC0\xAE.fit",
        b"\xEF\xBD\x81.fit",
    ]
    .map(<[u8]>::to_vec)
    .to_vec();
    names.push(long(65));
    names.push(long(300));
    names.push(b"20240715062336.FIT".to_vec());
    names
}

fn listing(device: Device) -> Listing {
    let mut host = Host::new(device, Link::immediate(247));
    match host.run(Job::List) {
        Ok(Outcome::Listed(listing)) => listing,
        other => panic!("{other:?}"),
    }
}

#[test]
fn hostile_names_in_lists_are_refused_one_by_one() {
    let names = hostile();
    assert_eq!(names.len(), 22);
    for profile in [Profile::NAV, Profile::M2] {
        for name in &names {
            let device = Device::new(profile)
                .with_file(RIDE, vec![1; 100])
                .with_listed(name.clone());
            let listing = listing(device);
            let rides: Vec<_> = listing
                .rides
                .iter()
                .map(|ride| ride.name.as_str())
                .collect();
            assert_eq!(rides, [RIDE], "{}", name.escape_ascii());
            assert!(!listing.refused.is_empty(), "{}", name.escape_ascii());
            for refused in &listing.refused {
                let text = refused.to_string();
                assert!(text.is_ascii() || text.contains('…'), "{text}");
                assert!(!text.contains(char::is_control), "{text:?}");
                assert!(text.len() < 500);
            }
        }
    }
}

#[test]
fn hostile_names_together_don_t_hide_the_good_one() {
    for profile in [Profile::NAV, Profile::M2] {
        let device = Device::new(profile).with_file(RIDE, vec![1; 100]);
        let device = hostile().into_iter().fold(device, Device::with_listed);
        let listing = listing(device);
        assert_eq!(listing.rides.len(), 1);
        // A NUL or a line's end cuts a name in two in a text file.
        assert!(listing.refused.len() >= 22, "{}", listing.refused.len());
    }
}

#[test]
fn a_hundred_thousand_entries() {
    let device = Device::new(Profile::M2);
    let names = (0..100_000)
        .map(|number: u32| format!("{:014}.fit", 20_240_000_000_000 + u64::from(number)));
    let device = names.fold(device, |device, name| device.with_listed(name.into_bytes()));
    let listing = listing(device);
    assert_eq!(listing.rides.len(), 100_000);
    assert_eq!(listing.refused, []);
    let device = Device::new(Profile::NAV);
    let names = (0..100_000).map(|number: u32| format!("../{number}.fit"));
    let device = names.fold(device, |device, name| device.with_listed(name.into_bytes()));
    let listing = self::listing(device);
    assert_eq!(listing.rides, []);
    assert_eq!(listing.refused.len(), 100_000);
}

/// The name in block 0 has to be the one that was asked for; it is never used for anything else.
#[test]
fn hostile_names_in_block_0_are_refused() {
    for name in [
        "../a.fit",
        "/etc/passwd",
        "20240715062336.FIT",
        "a\0b",
        "20240715062336.fit ",
    ] {
        let device = Device::new(Profile::M2).with_file(RIDE, vec![1; 3000]);
        let device = device
            .with_fault(Fault::Name(name))
            .with_fault(Fault::Name(name));
        let mut host = Host::new(device, Link::long_mtu(milliseconds(15.0)));
        match host.download(RIDE) {
            Err(Error::WrongFile { expected, found }) => {
                assert_eq!(expected.as_str(), RIDE);
                assert_ne!(found.as_bytes(), RIDE.as_bytes());
            }
            Err(Error::Transfer(ymodem::Error::Header(_))) => {}
            other => panic!("{name:?}: {other:?}"),
        }
    }
}

#[test]
fn names_that_devices_have() {
    for name in [
        "20240715062336.fit",
        "0.fit",
        "A-b_9.FIT",
        "com10.fit",
        "nulls.fit",
    ] {
        let parsed: RideName = name.parse().unwrap();
        assert_eq!(parsed.as_str(), name);
    }
}
