//! Trouble costs the time that it takes, and a few seconds: no one waits for nothing.

use std::time::Duration;

use sim::xoss::{Device, Direction, Link, LinkFault, LinkFaultKind, Profile, Simulation, ride};
use xoss::{Error, Job, Options, Outcome};

use crate::host::{Host, milliseconds, ride_name};

const RIDE: &str = "20240715062336.fit";

/// What a connection came to.
struct Sync {
    result: Result<(), Error>,
    /// In virtual seconds.
    took: f64,
    restarts: usize,
}

/// The list, and the one ride.
fn sync(change: impl FnOnce(Simulation) -> Simulation) -> Sync {
    let content = ride(1_721_024_616, 60);
    let device = Device::new(Profile::G_GEN1).with_file(RIDE, &*content);
    let simulation = Simulation::new(device, Link::old(milliseconds(15.0)));
    let mut host = Host::with_options(change(simulation), &Options::default());
    let result = host.run(Job::List).and_then(|_| {
        let download = host.run(Job::Download(ride_name(RIDE)))?;
        assert!(matches!(download, Outcome::Downloaded(it) if it.content == content));
        Ok(())
    });
    Sync {
        result,
        took: host.simulation.now().as_secs_f64(),
        restarts: host.restarts.len(),
    }
}

/// Every packet of that sync, in either direction.
fn packets() -> impl Iterator<Item = (Direction, usize)> {
    let from = (0..110).map(|packet| (Direction::FromDevice, packet));
    from.chain((0..30).map(|packet| (Direction::ToDevice, packet)))
}

fn with(direction: Direction, packet: usize, kind: LinkFaultKind) -> Sync {
    sync(|simulation| {
        simulation.with_fault(LinkFault {
            direction,
            packet,
            kind,
        })
    })
}

#[test]
fn a_lost_link_is_noticed_at_once() {
    let whole = sync(|simulation| simulation);
    whole.result.unwrap();
    let mut lost = 0;
    for bytes in 0..3_000 {
        let cut = sync(|simulation| simulation.cut_after(bytes));
        // Nothing is waited for: it takes what it took to come so far.
        assert!(cut.took <= whole.took, "{bytes}: {}", cut.took);
        lost += u32::from(cut.result.is_err());
    }
    assert!((1_500..3_000).contains(&lost), "{lost}");
}

#[test]
fn a_packet_costs_seconds_wherever_it_is_lost() {
    let whole = sync(|simulation| simulation).took;
    let kinds = [
        LinkFaultKind::Lose,
        LinkFaultKind::Repeat,
        LinkFaultKind::Damage {
            byte: 3,
            bits: 0x41,
        },
    ];
    for kind in kinds {
        let mut patient = Vec::new();
        for (direction, packet) in packets() {
            let spoilt = with(direction, packet, kind.clone());
            let cost = spoilt.took - whole;
            let what = format!("{kind:?} {direction:?} {packet}: {cost} s");
            spoilt.result.expect(&what);
            assert!(cost <= 10.1, "{what}");
            if cost > 5.9 {
                patient.push(what);
            }
        }
        // Once all of a file is here, the word that the computer is idle is waited for: twice.
        assert!(patient.len() <= 2, "{patient:?}");
    }
}

/// A busy computer, or a radio that is disturbed: nothing arrives for a while, and then everything.
/// A device waits for five seconds before it gives up a file.
#[test]
fn a_pause_costs_little_more_than_itself() {
    let whole = sync(|simulation| simulation).took;
    for (pause, more, restarts) in [
        (0.5, 0.3, 0),
        (1.5, 0.3, 0),
        (3.5, 0.3, 0),
        (4.5, 0.3, 0),
        (5.5, whole + 2.5, 1),
        (9.0, whole + 2.5, 1),
    ] {
        for (direction, packet) in packets() {
            let kind = LinkFaultKind::Delay(Duration::from_secs_f64(pause));
            let paused = with(direction, packet, kind);
            let cost = paused.took - whole;
            let what = format!("{pause} s {direction:?} {packet}: {cost} s");
            paused.result.expect(&what);
            assert!(cost <= pause + more, "{what}");
            assert!(paused.restarts <= restarts, "{what}: {}", paused.restarts);
        }
    }
}

/// From some packet on nothing arrives any more, and the link is not lost either.
#[test]
fn a_computer_that_falls_silent_is_given_up() {
    let whole = sync(|simulation| simulation).took;
    let for_ever = LinkFaultKind::Delay(Duration::from_secs(3_600));
    let mut given_up = 0;
    for (direction, packet) in packets() {
        let silent = with(direction, packet, for_ever.clone());
        let cost = silent.took - whole;
        assert!(cost <= 40.5, "{direction:?} {packet}: {cost} s");
        given_up += u32::from(silent.result.is_err());
    }
    // But for the last packets: then all of the ride is here.
    assert!((125..140).contains(&given_up), "{given_up}");
}
