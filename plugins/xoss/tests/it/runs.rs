//! What a person sees who has a computer.

use std::fs;
use std::time::Duration;

use sim::xoss::{Computer, Device, Link, Profile, ride, ride_that_ends_in_zero};

use crate::bench::{Bench, NOON, PLAIN, RIDES, sha256};

#[test]
fn every_computer_is_emptied_once() {
    for name in Computer::NAMES {
        let mut bench = Bench::named(name);
        let (totals, lines) = bench.run(PLAIN);
        assert_eq!((totals.delivered, totals.exit_code()), (3, 0), "{lines:?}");
        assert_eq!(bench.hashes("outbox/upload"), bench.rides(&RIDES), "{name}");
        let transfers = bench.transfers();
        let (totals, lines) = bench.run(PLAIN);
        assert_eq!(lines, RIDES.map(|ride| format!("{ride}: known")));
        assert_eq!((totals.delivered, totals.already), (0, 3));
        // Only the list, of which a G+ is asked for the right one at once.
        assert_eq!(bench.transfers() - transfers, 1, "{name}");
        // Nothing was deleted, nothing erased.
        assert_eq!(bench.rides(&RIDES).len(), 3);
        assert!(!bench.computer.lock().unwrap().device().was_erased());
    }
}

#[test]
fn a_new_ride_is_the_only_one_that_is_fetched() {
    let mut bench = Bench::named("xoss-nav");
    bench.run(PLAIN);
    let new = ride(1_721_600_000, 700);
    {
        let mut computer = bench.computer.lock().unwrap();
        computer.device_mut().put("20240721221320.fit", &*new);
    }
    let transfers = bench.transfers();
    let (totals, _) = bench.run(PLAIN);
    assert_eq!((totals.delivered, totals.already), (1, 3));
    assert_eq!(bench.transfers() - transfers, 2);
    assert!(bench.hashes("outbox/upload").contains(&sha256(&new)));
}

/// The same name and another size is another ride; the same on another computer too.
#[test]
fn rides_are_told_apart_by_computer_name_and_size() {
    let mut bench = Bench::named("xoss-g-plus");
    bench.run(PLAIN);
    {
        let mut computer = bench.computer.lock().unwrap();
        let other = ride(1_721_024_616, 1_801);
        computer.device_mut().put(RIDES[0], other);
    }
    let (totals, _) = bench.run(PLAIN);
    assert_eq!((totals.delivered, totals.already), (1, 2));
    *bench.computer.lock().unwrap() = Computer::named("xoss-g").unwrap();
    let (totals, _) = bench.run(PLAIN);
    // It is asked for all of them; two are the very same activities as on the other computer.
    assert_eq!((totals.delivered, totals.already), (0, 3), "{totals:?}");
}

#[test]
fn again_fetches_again() {
    let mut bench = Bench::named("cycplus-m2");
    bench.run(PLAIN);
    fs::remove_dir_all(bench.path("outbox/upload")).unwrap();
    let (totals, _) = bench.run(PLAIN);
    assert_eq!((totals.delivered, totals.already), (0, 3));
    bench.again = true;
    let (totals, _) = bench.run(PLAIN);
    assert_eq!(totals.delivered, 3);
    assert_eq!(bench.hashes("outbox/upload"), bench.rides(&RIDES));
}

#[test]
fn a_dry_run_leaves_nothing_behind() {
    let mut bench = Bench::named("xoss-g-plus-2");
    bench.dry_run = true;
    let (totals, _) = bench.run(
        "source: { xoss: { delete-after-delivery: true } }\nsinks: [ garmin: { folder: out } ]\n",
    );
    assert_eq!(totals.delivered, 3);
    assert_eq!(bench.files(), [""; 0]);
    assert_eq!(bench.rides(&RIDES).len(), 3);
    bench.dry_run = false;
    let (totals, _) = bench.run(PLAIN);
    assert_eq!((totals.delivered, totals.already), (3, 0));
}

/// One file in 256 ends so; other clients cut it.
#[test]
fn a_file_that_ends_in_zero_arrives_whole() {
    let content = ride_that_ends_in_zero(40);
    assert_eq!(content.last(), Some(&0));
    for profile in Profile::ALL {
        let device = Device::new(profile).with_file(RIDES[0], &*content);
        let mut bench = Bench::new(Computer::new(device, Link::immediate(profile.mtu)));
        bench.run(PLAIN);
        assert_eq!(bench.hashes("outbox/upload"), [sha256(&content)]);
    }
}

#[test]
fn rides_are_deleted_only_if_that_is_wanted_and_after_delivery() {
    let deleting = "source: { xoss: { delete-after-delivery: true } }\n\
         sinks: [ garmin: { folder: outbox/upload } ]\n";
    let mut bench = Bench::named("xoss-nav");
    let before = bench.rides(&RIDES);
    let (totals, lines) = bench.run(deleting);
    assert_eq!(totals.delivered, 3, "{lines:?}");
    assert_eq!(bench.hashes("outbox/upload"), before);
    for ride in RIDES {
        assert!(bench.computer.lock().unwrap().device().file(ride).is_none());
    }
    let settings = bench.computer.lock().unwrap();
    assert!(settings.device().file("settings.json").is_some());
}

/// A ride that one sink has and the other has not isn't delivered.
#[test]
fn a_ride_that_did_not_reach_every_sink_is_kept_and_tried_again() {
    let two = "source: { xoss: { delete-after-delivery: true } }\n\
         sinks: [ garmin: { folder: outbox/upload }, full: {} ]\n";
    let mut bench = Bench::named("xoss-nav");
    let (totals, _) = bench.run(two);
    assert_eq!((totals.partly, totals.exit_code()), (3, 9));
    assert_eq!(bench.hashes("outbox/upload"), bench.rides(&RIDES));
    let transfers = bench.transfers();
    bench.run(two);
    assert_eq!(bench.transfers() - transfers, 4);
}

#[test]
fn the_clock_is_set_only_if_that_is_wanted() {
    let clock = |settings: &str| {
        let mut bench = Bench::named("xoss-g-plus");
        let text =
            format!("source: {{ xoss: {{ {settings} }} }}\nsinks: [ garmin: {{ folder: out }} ]\n");
        let (totals, _) = bench.run(&text);
        assert_eq!(totals.delivered, 3);
        let computer = bench.computer.lock().unwrap();
        computer.device().clock()
    };
    assert_eq!(clock(""), None);
    let set = clock("set-clock: true").unwrap();
    assert!((NOON..NOON + 60).contains(&i64::from(set)), "{set}");
}

/// The activities in the rides, with what these computers don't write.
#[test]
fn activities_get_laps_and_calories() {
    let mut bench = Bench::named("cycplus-m2");
    let text = "athlete: { weight: 78 kg, sex: male, birth-year: 1984 }\n\
         source: { xoss: { as: activities } }\n\
         transforms: [ laps: { every: 1 km }, calories: { formula: keytel } ]\n\
         sinks: [ garmin: { folder: outbox/upload } ]\n";
    let (totals, lines) = bench.run(text);
    assert_eq!(totals.delivered, 3, "{lines:?}");
    for entry in fs::read_dir(bench.path("outbox/upload")).unwrap() {
        let file = fs::read(entry.unwrap().path()).unwrap();
        assert!(fit::inspect(&file).is_valid());
        assert!(file.len() > 10_000);
    }
    let (totals, _) = bench.run(text);
    assert_eq!((totals.delivered, totals.already), (0, 3));
}

#[test]
fn a_run_that_is_stopped_leaves_the_computer_idle_and_nothing_half() {
    for milliseconds in (500..20_000).step_by(1_700) {
        let mut bench = Bench::named("xoss-g-plus");
        bench.stop_after = Some(Duration::from_millis(milliseconds));
        let (totals, lines) = bench.run(PLAIN);
        assert!(totals.delivered < 3, "{lines:?}");
        let whole = bench.rides(&RIDES);
        let hashes = bench.hashes("outbox/upload");
        assert_eq!(hashes.len(), totals.delivered);
        assert!(hashes.iter().all(|hash| whole.contains(hash)));
        assert!(bench.computer.lock().unwrap().device().is_idle());
        bench.stop_after = None;
        bench.run(PLAIN);
        assert_eq!(bench.hashes("outbox/upload"), whole);
    }
}

#[test]
fn other_devices_are_left_alone() {
    let mut bench = Bench::named("xoss-g-plus");
    let text = "source: { xoss: { device: \"XOSS G-999999\", wait: 5 s } }\n\
         sinks: [ garmin: { folder: out } ]\n";
    let (totals, lines) = bench.run(text);
    assert_eq!(totals.exit_code(), 6);
    let expected = "xoss: `XOSS G-999999` was not seen within 5 s";
    assert_eq!(lines, [expected]);
    assert_eq!(bench.transfers(), 0);
}
