//! Any trouble in any order: exact rides or an error, and nothing else anywhere.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use sim::xoss::{
    Computer, Device, Direction, Fault, Link, LinkFault, LinkFaultKind, Profile, ride,
};

use crate::bench::{Bench, PLAIN, RIDES};

fn fault() -> impl Strategy<Value = Fault> {
    let block = 0..12_u64;
    prop_oneof![
        block.clone().prop_map(Fault::LoseBlock),
        block.clone().prop_map(Fault::RepeatBlock),
        block.clone().prop_map(Fault::SkipBlock),
        block.clone().prop_map(Fault::Cancel),
        block.clone().prop_map(Fault::EndBefore),
        block.clone().prop_map(Fault::WrongNumber),
        (block.clone(), any::<usize>(), 1..=255_u8)
            .prop_map(|(block, byte, bits)| Fault::DamageBlock { block, byte, bits }),
        (block.clone(), 0..60_usize)
            .prop_map(|(block, packet)| Fault::LosePacket { block, packet }),
        (block, 1..40_usize).prop_map(|(block, size)| Fault::SplitBlock { block, size }),
        Just(Fault::NoEnd),
        Just(Fault::OneEnd),
        Just(Fault::LateEnd(Duration::from_secs(4))),
        Just(Fault::Deaf),
        Just(Fault::Mute),
        Just(Fault::GarbleReply),
        Just(Fault::Busy),
        Just(Fault::Size(99)),
        Just(Fault::Name("../a.fit")),
    ]
}

fn link_fault() -> impl Strategy<Value = LinkFault> {
    let kind = prop_oneof![
        Just(LinkFaultKind::Lose),
        Just(LinkFaultKind::Repeat),
        (any::<usize>(), 1..=255_u8).prop_map(|(byte, bits)| LinkFaultKind::Damage { byte, bits }),
        (1..200_usize).prop_map(LinkFaultKind::Split),
        (1..4_000_u64).prop_map(|it| LinkFaultKind::Delay(Duration::from_millis(it))),
    ];
    let direction = prop_oneof![Just(Direction::FromDevice), Just(Direction::ToDevice)];
    (direction, 0..120_usize, kind).prop_map(|(direction, packet, kind)| LinkFault {
        direction,
        packet,
        kind,
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        rng_seed: RngSeed::Fixed(20_240_715),
        ..ProptestConfig::default()
    })]

    #[test]
    fn exact_rides_or_an_error(
        profile in prop::sample::select(Profile::ALL.to_vec()),
        faults in prop::collection::vec(fault(), 0..5),
        link_faults in prop::collection::vec(link_fault(), 0..4),
        cut in prop::option::of(0..9_000_usize),
    ) {
        let device = Device::new(profile)
            .with_file(RIDES[0], ride(1_721_024_616, 60))
            .with_file(RIDES[1], ride(1_721_149_502, 130));
        let device = faults.iter().cloned().fold(device, Device::with_fault);
        let link = Link::long_mtu(Duration::from_millis(15));
        let computer = Computer::new(device, link);
        let computer = link_faults.iter().cloned().fold(computer, Computer::with_link_fault);
        let computer = cut.into_iter().fold(computer, Computer::cut_after);
        let mut bench = Bench::new(computer);
        let whole = bench.rides(&RIDES[..2]);
        // As often as it takes: every fault happens once.
        for _ in 0..12 {
            let (totals, lines) = bench.run(PLAIN);
            let here = bench.hashes("outbox/upload");
            prop_assert!(here.iter().all(|hash| whole.contains(hash)), "{:?}", lines);
            prop_assert!([0, 3, 6].contains(&totals.exit_code()), "{:?}", lines);
            let others = bench.files().into_iter().find(|it| !it.starts_with("outbox/upload/"));
            prop_assert_eq!(others, None);
            prop_assert!(totals.exit_code() != 0 || here == whole, "{:?}", lines);
            if here == whole {
                return Ok(());
            }
        }
        prop_assert!(false, "the rides never came: {:?}", faults);
    }
}
