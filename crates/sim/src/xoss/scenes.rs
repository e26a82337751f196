//! Computers in trouble, by name: for those who want to see what a client says.

use super::{Computer, Direction, Fault, LinkFault, LinkFaultKind, Manners, ride};
use std::time::Duration;

/// Puts a computer into a scene.
pub type Stage = fn(Computer) -> Computer;

/// A ride of [`Computer::named`], the first that a client fetches.
const FIRST: &str = "20240715062336.fit";

/// Every scene. The faults happen in the first transfers, that is in the list's or the first ride's.
pub const SCENES: &[(&str, Stage)] = &[
    ("lost-block", |it| faulty(it, &[Fault::LoseBlock(2)])),
    ("repeated-block", |it| faulty(it, &[Fault::RepeatBlock(2)])),
    ("damaged-block", |it| {
        let (block, byte, bits) = (3, 57, 0x10);
        faulty(it, &[Fault::DamageBlock { block, byte, bits }])
    }),
    ("split-block", |it| {
        faulty(it, &[Fault::SplitBlock { block: 2, size: 1 }])
    }),
    ("late-end", |it| {
        faulty(it, &[Fault::LateEnd(Duration::from_secs(4))])
    }),
    ("no-end", |it| faulty(it, &[Fault::NoEnd])),
    ("cancelled", |it| faulty(it, &[Fault::Cancel(3)])),
    ("wrong-name", |it| {
        faulty(it, &[Fault::Name("../a.fit"), Fault::Name("/etc/a.fit")])
    }),
    ("busy", |it| faulty(it, &[Fault::Busy])),
    ("deaf", |it| faulty(it, &[Fault::Deaf])),
    ("silent", |it| {
        with_manners(it, |manners| manners.silent = true)
    }),
    ("damaged-ride", |mut it| {
        let mut broken = ride(1_721_024_616, 1_800);
        broken[500] ^= 1;
        it.device_mut().put(FIRST, broken);
        it
    }),
    ("recording", |mut it| {
        it.device_mut().record("20240720080811.fit");
        it
    }),
    ("hostile-names", |mut it| {
        for name in ["../../etc/a.fit", "CON.fit", "a\u{1b}[31m.fit", "-rf.fit"] {
            it.device_mut().list(name);
        }
        it
    }),
    ("no-rides", |mut it| {
        it.device_mut().remove_rides();
        it
    }),
    // Short enough to be read packet by packet.
    ("short-ride", |mut it| {
        it.device_mut().remove_rides();
        it.device_mut()
            .put("20240720080811.fit", ride(1_721_462_891, 5));
        it
    }),
    ("full", |mut it| {
        it.device_mut().set_room(0);
        it
    }),
    ("no-information", Computer::without_information),
    ("unpaired", Computer::unpaired),
    ("link-lost-once", |it| it.cut_after(20_000)),
    ("link-lost-often", |it| {
        (0..10).fold(it, |it, _| it.cut_after(3_000))
    }),
    ("lossy-stack", |it| {
        [40, 90, 400].into_iter().fold(it, |it, packet| {
            it.with_link_fault(LinkFault {
                direction: Direction::FromDevice,
                packet,
                kind: LinkFaultKind::Lose,
            })
        })
    }),
];

fn faulty(mut computer: Computer, faults: &[Fault]) -> Computer {
    for fault in faults {
        computer.device_mut().add_fault(fault.clone());
    }
    computer
}

fn with_manners(mut computer: Computer, change: fn(&mut Manners)) -> Computer {
    let mut manners = Manners::default();
    change(&mut manners);
    computer.device_mut().set_manners(manners);
    computer
}
