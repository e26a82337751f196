//! One fault at a time: the file comes whole all the same, or the error says what happened.

use std::time::Duration;

use sim::xoss::{
    Device, Direction, Fault, Link, LinkFault, LinkFaultKind, Manners, Profile, Simulation, ride,
};
use xoss::{Error, Job, Options, Outcome, Refusal};

use crate::host::{Host, milliseconds, ride_name};

const RIDE: &str = "20240715062336.fit";
/// So many that there are a dozen short blocks, or two long ones of which the second is not full.
const SECONDS: u32 = 70;

fn content() -> Vec<u8> {
    ride(1_721_024_616, SECONDS)
}

fn device(profile: Profile) -> Device {
    Device::new(profile).with_file(RIDE, content())
}

fn link() -> Link {
    Link::long_mtu(milliseconds(15.0))
}

/// Downloads from a device with these faults; the restarts that it took.
fn comes(profile: Profile, manners: Manners, faults: &[Fault]) -> usize {
    let device = device(profile).with_manners(manners);
    let device = faults.iter().cloned().fold(device, Device::with_fault);
    let mut host = Host::new(device, link());
    let received = host.download(RIDE);
    let received = received.unwrap_or_else(|error| {
        panic!("{}: {faults:?}: {error}, {:?}", profile.name, host.restarts)
    });
    assert!(
        received == content(),
        "{}: {faults:?}: other bytes",
        profile.name
    );
    assert!(
        host.simulation.device().is_idle(),
        "{}: {faults:?}",
        profile.name
    );
    host.restarts.len()
}

/// Faults in a block, which it survives without beginning again.
fn in_block(block: u64) -> Vec<Fault> {
    vec![
        Fault::LoseBlock(block),
        Fault::RepeatBlock(block),
        Fault::DamageBlock {
            block,
            byte: 0,
            bits: 0x40,
        },
        Fault::DamageBlock {
            block,
            byte: 1,
            bits: 0x01,
        },
        Fault::DamageBlock {
            block,
            byte: 2,
            bits: 0x80,
        },
        Fault::DamageBlock {
            block,
            byte: 77,
            bits: 0xFF,
        },
        Fault::DamageBlock {
            block,
            byte: 132,
            bits: 0x01,
        },
        Fault::LosePacket { block, packet: 0 },
        Fault::LosePacket { block, packet: 1 },
        Fault::LosePacket { block, packet: 6 },
        Fault::RepeatPacket { block, packet: 0 },
        Fault::RepeatPacket { block, packet: 2 },
        Fault::RepeatPacket { block, packet: 6 },
        Fault::SplitBlock { block, size: 1 },
        Fault::SplitBlock { block, size: 7 },
        Fault::SplitBlock { block, size: 19 },
    ]
}

#[test]
fn every_fault_in_a_block_is_survived() {
    let manners = Manners::default();
    for profile in Profile::ALL {
        for block in [0, 1, 2] {
            for fault in in_block(block) {
                let faults = [fault];
                let restarts = comes(profile, manners, &faults);
                assert_eq!(restarts, 0, "{}: {faults:?}", profile.name);
            }
        }
    }
}

/// Twice, thrice, up to five times for the same block.
#[test]
fn a_block_is_asked_for_five_times() {
    for profile in [Profile::G_GEN1, Profile::M2] {
        for times in 1..=5 {
            let damage = Fault::DamageBlock {
                block: 1,
                byte: 9,
                bits: 4,
            };
            let restarts = comes(profile, Manners::default(), &vec![damage; times]);
            assert_eq!(restarts, 0);
        }
        let damage = Fault::DamageBlock {
            block: 1,
            byte: 9,
            bits: 4,
        };
        let restarts = comes(profile, Manners::default(), &vec![damage; 6]);
        assert_eq!(restarts, 1, "then the file is begun again");
    }
}

/// What can't be asked for again: the file is begun again.
#[test]
fn a_transfer_that_breaks_is_begun_again() {
    for profile in Profile::ALL {
        for fault in [
            Fault::WrongNumber(1),
            Fault::WrongNumber(2),
            Fault::SkipBlock(1),
            Fault::Cancel(0),
            Fault::Cancel(2),
            Fault::EndBefore(1),
            Fault::EndBefore(2),
            Fault::Name("20250101000000.fit"),
            Fault::Name("../../../../home/a.fit"),
            Fault::Name(""),
            Fault::Size(10),
        ] {
            let deterministic = fault == Fault::Name("");
            if deterministic {
                // A first block without a name is an error at once.
                let mut host = Host::new(device(profile).with_fault(fault), link());
                let Err(Error::Transfer(ymodem::Error::Header(_))) = host.download(RIDE) else {
                    panic!();
                };
                continue;
            }
            let faults = [fault];
            assert_eq!(comes(profile, Manners::default(), &faults), 1, "{faults:?}");
        }
        // Once too often.
        let device = device(profile)
            .with_fault(Fault::Cancel(1))
            .with_fault(Fault::Cancel(1));
        let mut host = Host::new(device, link());
        let Err(Error::Transfer(ymodem::Error::Cancelled)) = host.download(RIDE) else {
            panic!();
        };
        assert_eq!(
            host.download(RIDE).unwrap(),
            content(),
            "the next run gets it"
        );
    }
}

/// More bytes announced than there are: never a file with something else at its end.
#[test]
fn a_size_that_is_too_large_is_no_file() {
    for profile in Profile::ALL {
        let size = content().len() as u64 + 3000;
        assert_eq!(comes(profile, Manners::default(), &[Fault::Size(size)]), 1);
    }
}

#[test]
fn odd_ends_are_survived() {
    for profile in Profile::ALL {
        for fault in [
            Fault::LateEnd(Duration::from_secs(1)),
            Fault::LateEnd(Duration::from_millis(4500)),
            Fault::LateEnd(Duration::from_secs(9)),
            Fault::NoEnd,
            Fault::OneEnd,
        ] {
            let faults = [fault];
            assert_eq!(comes(profile, Manners::default(), &faults), 0, "{faults:?}");
        }
    }
}

/// A device that doesn't give up but sends again when nobody answers.
#[test]
fn impatient_devices_are_survived() {
    let manners = Manners {
        repeat_after: Some(Duration::from_millis(700)),
        ..Manners::default()
    };
    for profile in Profile::ALL {
        for block in [0, 1, 2] {
            for fault in in_block(block) {
                comes(profile, manners, &[fault]);
            }
        }
        comes(profile, manners, &[Fault::LateEnd(Duration::from_secs(2))]);
    }
}

#[test]
fn lost_and_damaged_replies_are_survived() {
    for profile in Profile::ALL {
        for fault in [Fault::Deaf, Fault::Mute, Fault::GarbleReply] {
            // At the first command, which asks whether it is idle, and at the second.
            comes(profile, Manners::default(), std::slice::from_ref(&fault));
            let mut host = Host::new(device(profile), link());
            host.run(Job::Wake).unwrap();
            host.simulation.device_mut().add_fault(fault.clone());
            assert_eq!(
                host.download(RIDE).unwrap(),
                content(),
                "{}: {fault:?}",
                profile.name
            );
            assert!(host.restarts.len() <= 1);
        }
        assert_eq!(comes(profile, Manners::default(), &[Fault::Busy]), 1);
    }
}

#[test]
fn a_device_that_stays_busy_says_so() {
    let device = device(Profile::NAV)
        .with_fault(Fault::Busy)
        .with_fault(Fault::Busy);
    let mut host = Host::new(device, link());
    let outcome = host.run(Job::Download(ride_name(RIDE))).unwrap();
    assert_eq!(outcome, Outcome::Refused(Refusal::Busy));
}

/// Every packet of a transfer lost, repeated, damaged, split or late, in each direction, one at a
/// time, over links of both sizes.
#[test]
fn every_packet_may_be_spoiled() {
    let kinds = [
        LinkFaultKind::Lose,
        LinkFaultKind::Repeat,
        LinkFaultKind::Damage {
            byte: 3,
            bits: 0x10,
        },
        LinkFaultKind::Damage {
            byte: 0,
            bits: 0x02,
        },
        LinkFaultKind::Split(1),
        LinkFaultKind::Delay(Duration::from_millis(600)),
        LinkFaultKind::Delay(Duration::from_secs(4)),
        LinkFaultKind::Delay(Duration::from_secs(20)),
    ];
    let (mut cases, mut whole, mut at_once) = (0, 0, 0);
    for profile in [Profile::G_GEN1, Profile::M2, Profile::M2_EXTRA_IDLE] {
        let packets = if profile.mtu == 23 { 65 } else { 20 };
        for direction in [Direction::FromDevice, Direction::ToDevice] {
            for packet in 0..packets {
                for kind in kinds.clone() {
                    let fault = LinkFault {
                        direction,
                        packet,
                        kind,
                    };
                    let simulation = Simulation::new(device(profile), link());
                    let simulation = simulation.with_fault(fault.clone());
                    let mut host = Host::with_options(simulation, &Options::default());
                    cases += 1;
                    let late =
                        matches!(fault.kind, LinkFaultKind::Delay(time) if time.as_secs() > 10);
                    match host.download(RIDE) {
                        Ok(received) => {
                            assert!(received == content(), "{}: {fault:?}", profile.name);
                            whole += 1;
                            at_once += u32::from(host.restarts.is_empty());
                        }
                        // Longer than anybody waits.
                        Err(Error::DeviceBusy) if late => cases -= 1,
                        Err(error) => eprintln!("{}: {fault:?}: {error}", profile.name),
                    }
                }
            }
        }
    }
    eprintln!("{cases} faults: {whole} files whole, {at_once} without beginning again");
    assert_eq!(whole, cases, "a single fault costs no file");
}
