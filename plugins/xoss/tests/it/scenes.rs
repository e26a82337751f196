//! Computers in trouble.

use sim::xoss::{Computer, SCENES};

use crate::bench::{Bench, PLAIN, RIDES};

/// Scenes in which nothing is lost in the end.
const HARMLESS: [&str; 14] = [
    "lost-block",
    "repeated-block",
    "damaged-block",
    "split-block",
    "late-end",
    "no-end",
    "cancelled",
    "busy",
    "deaf",
    "full",
    "no-information",
    "link-lost-once",
    "lossy-stack",
    "hostile-names",
];

fn scene(computer: &str, scene: &str) -> Bench {
    let stage = SCENES.iter().find(|(name, _)| *name == scene).unwrap().1;
    Bench::new(stage(Computer::named(computer).unwrap()))
}

#[test]
fn harmless_trouble_costs_time_only() {
    for computer in ["xoss-g-plus", "xoss-nav", "cycplus-m2"] {
        for name in HARMLESS {
            let mut bench = scene(computer, name);
            let (totals, lines) = bench.run(PLAIN);
            assert_eq!(
                (totals.delivered, totals.exit_code()),
                (3, 0),
                "{computer} {name}: {lines:?}"
            );
            assert_eq!(
                bench.hashes("outbox/upload"),
                bench.rides(&RIDES),
                "{computer} {name}"
            );
            // Nothing anywhere else.
            let files = bench.files();
            assert_eq!(files.len(), 3, "{files:?}");
        }
    }
}

#[test]
fn hostile_names_are_told() {
    let mut bench = scene("xoss-nav", "hostile-names");
    let (_, lines) = bench.run(PLAIN);
    let warnings: Vec<_> = lines.iter().filter(|it| it.contains("left out")).collect();
    assert_eq!(warnings.len(), 4);
    assert!(lines.iter().all(|line| !line.contains('\u{1b}')));
}

/// A list of a hundred thousand bad names is told in a few lines.
#[test]
fn a_hundred_thousand_hostile_names() {
    let mut bench = Bench::named("xoss-nav");
    {
        let mut computer = bench.computer.lock().unwrap();
        for number in 0..100_000 {
            computer.device_mut().list(&format!("../{number}.fit"));
        }
    }
    let (totals, lines) = bench.run(PLAIN);
    assert_eq!((totals.delivered, totals.exit_code()), (3, 0));
    let last = "warning: left out: 99980 more entries of the list";
    assert!(lines.iter().any(|line| line == last), "{lines:?}");
    assert_eq!(lines.len(), 24);
    assert_eq!(bench.files().len(), 3);
}

#[test]
fn a_damaged_ride_is_set_aside_and_the_others_come() {
    for computer in ["xoss-g-plus", "xoss-nav"] {
        let mut bench = scene(computer, "damaged-ride");
        let (totals, lines) = bench.run(PLAIN);
        assert_eq!(
            (totals.delivered, totals.quarantined, totals.exit_code()),
            (2, 1, 3)
        );
        let told = lines
            .iter()
            .find(|line| line.starts_with(RIDES[0]))
            .unwrap();
        assert!(told.contains("the FIT checksum is wrong"), "{told}");
        assert!(told.contains("damaged/20240715062336.fit"), "{told}");
        assert_eq!(bench.hashes("outbox/damaged"), bench.rides(&RIDES[..1]));
        assert_eq!(bench.hashes("outbox/upload"), bench.rides(&RIDES[1..]));
        // It isn't fetched again, but still told.
        let transfers = bench.transfers();
        let (totals, lines) = bench.run(PLAIN);
        assert_eq!(bench.transfers() - transfers, 1);
        assert_eq!((totals.already, totals.exit_code()), (2, 3));
        assert!(lines.iter().any(|line| line.ends_with("(known)")));
        assert_eq!(bench.hashes("outbox/damaged").len(), 1);
    }
}

#[test]
fn a_damaged_ride_is_never_deleted() {
    let mut bench = scene("xoss-nav", "damaged-ride");
    let (totals, _) = bench.run(
        "source: { xoss: { delete-after-delivery: true } }\nsinks: [ garmin: { folder: out } ]\n",
    );
    assert_eq!(totals.delivered, 2);
    let computer = bench.computer.lock().unwrap();
    assert!(computer.device().file(RIDES[0]).is_some());
    assert!(computer.device().file(RIDES[1]).is_none());
}

#[test]
fn the_ride_that_goes_on_is_left_for_later() {
    for computer in ["xoss-g-plus", "xoss-nav"] {
        let mut bench = scene(computer, "recording");
        let (totals, lines) = bench.run(PLAIN);
        assert_eq!((totals.delivered, totals.exit_code()), (2, 0), "{lines:?}");
        assert_eq!(bench.hashes("outbox/upload"), bench.rides(&RIDES[..2]));
        bench.computer.lock().unwrap().device_mut().record("");
        let (totals, _) = bench.run(PLAIN);
        assert_eq!((totals.delivered, totals.already), (1, 2));
    }
}

#[test]
fn a_computer_without_rides_is_no_error() {
    for computer in ["xoss-g-plus", "xoss-nav"] {
        let mut bench = scene(computer, "no-rides");
        let (totals, lines) = bench.run(PLAIN);
        assert_eq!((totals.delivered, totals.exit_code()), (0, 0), "{lines:?}");
    }
}

#[test]
fn what_can_t_be_helped_says_what_to_do() {
    for (name, code, text) in [
        ("silent", 6, "does not become idle"),
        (
            "link-lost-often",
            6,
            "the connection to the device was lost",
        ),
        ("unpaired", 7, "refuses to talk: it is not paired"),
        ("wrong-name", 3, "instead of `workouts.json`"),
    ] {
        let mut bench = scene("xoss-nav", name);
        let (totals, lines) = bench.run(PLAIN);
        assert_eq!(totals.exit_code(), code, "{name}: {lines:?}");
        // A word is said with each connection, and that is made anew three times.
        assert!(bench.took <= 60.0, "{name}: {} s", bench.took);
        assert!(lines.iter().any(|it| it.contains(text)), "{lines:?}");
        assert_eq!(bench.files(), [""; 0], "{name}");
    }
}

/// The file that the list names is given with another size.
#[test]
fn a_ride_that_isn_t_as_long_as_the_list_says_is_tried_again() {
    use sim::xoss::{Device, Link, Profile, ride};
    let device = Device::new(Profile::M2).with_file(RIDES[0], ride(1_721_024_616, 100));
    let mut bench = Bench::new(Computer::new(device, Link::immediate(247)));
    {
        // In the list it stands a second time, with 1,000 bytes: only the first entry counts.
        let mut computer = bench.computer.lock().unwrap();
        computer.device_mut().list("20240801000000.fit");
    }
    let (totals, lines) = bench.run(PLAIN);
    assert_eq!((totals.delivered, totals.quarantined), (1, 1), "{lines:?}");
    assert_eq!(totals.exit_code(), 3);
}
