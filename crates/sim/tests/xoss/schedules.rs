//! Any faults together, of the device and of the link: exact bytes or an error.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use sim::xoss::{
    Device, Direction, Fault, Link, LinkFault, LinkFaultKind, Manners, Profile, Simulation, ride,
};
use xoss::{Integrity, Job, Options, Outcome};

use crate::host::{Host, milliseconds, ride_name};

const RIDE: &str = "20240715062336.fit";

fn profile() -> impl Strategy<Value = Profile> {
    prop::sample::select(Profile::ALL.to_vec())
}

fn manners() -> impl Strategy<Value = Manners> {
    (any::<[bool; 5]>(), 100..3000_u64).prop_map(|(choices, repeat)| {
        let [
            short_end,
            nul_in_block_0,
            repeats,
            answers_busy,
            accepts_first,
        ] = choices;
        Manners {
            short_end,
            nul_in_block_0,
            repeat_after: repeats.then(|| Duration::from_millis(repeat)),
            answers_busy,
            accepts_first,
            ..Manners::default()
        }
    })
}

fn link() -> impl Strategy<Value = Link> {
    (0..3_u8, 1..9_u32).prop_map(|(kind, interval)| {
        let interval = milliseconds(7.5) * interval;
        match kind {
            0 => Link::old(interval),
            1 => Link::long_mtu(interval),
            _ => Link::extended(interval),
        }
    })
}

fn fault() -> impl Strategy<Value = Fault> {
    let block = || 0..12_u64;
    prop_oneof![
        block().prop_map(Fault::LoseBlock),
        block().prop_map(Fault::RepeatBlock),
        (block(), any::<usize>(), 1..=255_u8).prop_map(|(block, byte, bits)| Fault::DamageBlock {
            block,
            byte,
            bits
        }),
        (block(), any::<usize>()).prop_map(|(block, packet)| Fault::LosePacket { block, packet }),
        (block(), any::<usize>()).prop_map(|(block, packet)| Fault::RepeatPacket { block, packet }),
        (block(), 1..60_usize).prop_map(|(block, size)| Fault::SplitBlock { block, size }),
        block().prop_map(Fault::WrongNumber),
        block().prop_map(Fault::SkipBlock),
        block().prop_map(Fault::Cancel),
        block().prop_map(Fault::EndBefore),
        (0..12_000_u64).prop_map(|time| Fault::LateEnd(Duration::from_millis(time))),
        Just(Fault::NoEnd),
        Just(Fault::OneEnd),
        Just(Fault::Name("../x.fit")),
        Just(Fault::Deaf),
        Just(Fault::Mute),
        Just(Fault::GarbleReply),
        Just(Fault::Busy),
        block().prop_map(Fault::LoseAnswer),
        Just(Fault::NotParsed),
    ]
}

fn link_fault() -> impl Strategy<Value = LinkFault> {
    let kind = prop_oneof![
        Just(LinkFaultKind::Lose),
        Just(LinkFaultKind::Repeat),
        (any::<usize>(), 1..=255_u8).prop_map(|(byte, bits)| LinkFaultKind::Damage { byte, bits }),
        any::<usize>().prop_map(LinkFaultKind::Split),
        (0..8000_u64).prop_map(|time| LinkFaultKind::Delay(Duration::from_millis(time))),
    ];
    (any::<bool>(), 0..150_usize, kind).prop_map(|(to_device, packet, kind)| LinkFault {
        direction: if to_device {
            Direction::ToDevice
        } else {
            Direction::FromDevice
        },
        packet,
        kind,
    })
}

/// Zeros and what looks like the protocol's own bytes are the hard ones.
fn content() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        (0..60_u32).prop_map(|seconds| ride(1_721_024_616, seconds)),
        prop::collection::vec(any::<u8>(), 0..1500),
        (0..1500_usize).prop_map(|size| vec![0; size]),
        prop::collection::vec(
            prop::sample::select(vec![0, 1, 2, 4, 6, 0x15, 0x18]),
            0..1500
        ),
    ]
}

/// A CRC of 16 bits lets one of 65,536 heavily damaged blocks pass: always the same cases, so that
/// the test says the same each time.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(2),
        ..ProptestConfig::with_cases(cases)
    }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn a_download_is_right_or_an_error(
        profile in profile(),
        manners in manners(),
        link in link(),
        content in content(),
        faults in prop::collection::vec(fault(), 0..8),
        link_faults in prop::collection::vec(link_fault(), 0..8),
        cut in prop::option::of(0..3000_usize),
    ) {
        let device = Device::new(profile).with_manners(manners).with_file(RIDE, &*content);
        let device = faults.into_iter().fold(device, Device::with_fault);
        let mut simulation = Simulation::new(device, link);
        if let Some(cut) = cut {
            simulation = simulation.cut_after(cut);
        }
        let simulation = link_faults.into_iter().fold(simulation, Simulation::with_fault);
        let mut host = Host::with_options(simulation, &Options::default());
        let _ = host.run(Job::List);
        if let Ok(Outcome::Downloaded(download)) = host.run(Job::Download(ride_name(RIDE))) {
            prop_assert!(download.content == content, "other bytes");
            prop_assert_eq!(download.integrity, Integrity::of_fit(&content));
        }
        // A second run on a good link gets it, whatever the first has left behind.
        let device = host.simulation.into_device().without_faults();
        let mut host = Host::new(device, link);
        prop_assert_eq!(host.download(RIDE).unwrap(), content);
        prop_assert!(!host.simulation.device().was_erased());
    }

    #[test]
    fn a_file_that_is_sent_is_right_or_an_error(
        profile in profile(),
        manners in manners(),
        link in link(),
        filling in 0..3000_usize,
        faults in prop::collection::vec(fault(), 0..6),
        link_faults in prop::collection::vec(link_fault(), 0..8),
        cut in prop::option::of(0..300_usize),
    ) {
        let content = format!("{{{}}}", " ".repeat(filling)).into_bytes();
        let device = Device::new(profile).with_manners(manners);
        let device = faults.into_iter().fold(device, Device::with_fault);
        let mut simulation = Simulation::new(device, link);
        if let Some(cut) = cut {
            simulation = simulation.cut_after(cut);
        }
        let simulation = link_faults.into_iter().fold(simulation, Simulation::with_fault);
        let mut host = Host::with_options(simulation, &Options::default());
        let file = xoss::SystemFile::Settings;
        if let Ok(Outcome::Sent(_)) = host.run(Job::Send(file, content.clone())) {
            prop_assert_eq!(host.simulation.device().file("settings.json"), Some(&*content));
        }
    }
}
