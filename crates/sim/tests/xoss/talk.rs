//! What is said to devices that behave, and to devices that are busy, full or silent.

use std::time::Duration;

use sim::xoss::{Device, Fault, Link, Manners, Profile, Simulation, ride, ride_that_ends_in_zero};
use xoss::{
    Delivered, Download, Error, Integrity, Job, Listing, Options, Outcome, Profile as Model,
    Refusal, RideState, Storage, SystemFile,
};

use crate::host::{Host, milliseconds, ride_name};

const RIDE: &str = "20240715062336.fit";
const OTHER: &str = "20240716171500.fit";

fn device(profile: Profile) -> Device {
    Device::new(profile)
        .with_file(RIDE, ride(1_721_024_616, 200))
        .with_file(OTHER, ride(1_721_150_100, 20))
}

fn link() -> Link {
    Link::long_mtu(milliseconds(15.0))
}

fn hosts() -> impl Iterator<Item = (Profile, Host)> {
    Profile::ALL
        .into_iter()
        .map(|profile| (profile, Host::new(device(profile), link())))
}

#[test]
fn every_model_lists_and_gives_its_rides() {
    for (profile, mut host) in hosts() {
        let Ok(Outcome::Listed(listing)) = host.run(Job::List) else {
            panic!("{}", profile.name);
        };
        assert_eq!(listing.refused, []);
        assert_eq!(listing.rides.len(), 2);
        let file = if profile.json {
            SystemFile::Workouts
        } else {
            SystemFile::FileList
        };
        assert_eq!(listing.file, Some(file));
        let state = if profile.json {
            RideState::NotSynced
        } else {
            RideState::NotSaid
        };
        for ride in &listing.rides {
            assert_eq!(ride.state, state);
            let content = host.download(ride.name.as_str()).unwrap();
            assert_eq!(Some(content.len() as u64), ride.size);
            let device = host.simulation.device();
            assert_eq!(Some(&*content), device.file(ride.name.as_str()));
        }
        assert_eq!(
            host.restarts.len(),
            0,
            "{}: {:?}",
            profile.name,
            host.restarts
        );
    }
}

#[test]
fn a_simulated_ride_is_sound_fit() {
    for seconds in [0, 1, 3600] {
        let report = fit::inspect(&ride(1_721_024_616, seconds));
        assert!(report.is_valid(), "{report}");
        assert_eq!(
            report.count(fit::profile::RECORD.number),
            u64::from(seconds)
        );
    }
}

/// The device is asked whether it is idle once; each transfer ends with the word that it is again.
/// Both forms of that word are understood, and one that comes twice.
#[test]
fn idleness_is_asked_for_once() {
    for (profile, mut host) in hosts() {
        host.run(Job::List).unwrap();
        host.download(RIDE).unwrap();
        host.download(OTHER).unwrap();
        let asked = host.commands.iter().filter(|command| command[0] == 0xFF);
        assert_eq!(asked.count(), 1, "{}: {:x?}", profile.name, host.commands);
    }
}

/// Which list a device has is found out once.
#[test]
fn the_right_list_is_remembered() {
    for (profile, mut host) in hosts() {
        host.run(Job::List).unwrap();
        let before = host.commands.len();
        host.run(Job::List).unwrap();
        assert_eq!(host.commands.len(), before + 1, "{}", profile.name);
    }
}

#[test]
fn a_device_without_rides_has_an_empty_list() {
    for profile in Profile::ALL {
        let mut host = Host::new(Device::new(profile), link());
        let Ok(Outcome::Listed(listing)) = host.run(Job::List) else {
            panic!("{}", profile.name);
        };
        assert_eq!(listing.rides, []);
        if !profile.json {
            assert_eq!(listing, Listing::default(), "it has no list at all");
        }
    }
}

/// The document's own example, of a G+ of the first generation.
#[test]
fn rides_take_room() {
    let device = Device::new(Profile::G_GEN1).with_room(556 * 1024);
    let mut host = Host::new(device, link());
    let mut free = |size: Option<usize>| {
        let device = host.simulation.device_mut();
        match size {
            Some(size) => device.put("20240720080811.fit", vec![0; size]),
            None => device.remove_rides(),
        }
        host.run(Job::Storage).unwrap()
    };
    let storage = |free| Outcome::Storage(Storage { free, total: 8104 });
    assert_eq!(free(None), storage(556));
    assert_eq!(free(Some(100 * 1024)), storage(456));
    assert_eq!(free(Some(100 * 1024 + 1)), storage(455));
    assert_eq!(free(None), storage(556));
    assert_eq!(free(Some(600 * 1024)), storage(0));
}

#[test]
fn storage_clock_and_satellites() {
    for (profile, mut host) in hosts() {
        let Outcome::Storage(storage) = host.run(Job::Storage).unwrap() else {
            panic!("{}", profile.name);
        };
        assert_eq!(storage.total, 8104);
        assert!((8000..8104).contains(&storage.free), "{storage:?}");
        let clock = host.run(Job::SetClock(1_720_000_000)).unwrap();
        let confirmed = profile.answers_clock;
        assert_eq!(clock, Outcome::ClockSet { confirmed }, "{}", profile.name);
        assert_eq!(host.simulation.device().clock(), Some(1_720_000_000));
        let Ok(Outcome::Gnss(status)) = host.run(Job::Gnss) else {
            panic!("{}", profile.name);
        };
        assert_eq!(status.is_some(), profile.gnss);
        assert_eq!(status.and_then(|status| status.expires), None);
    }
}

/// One FIT file in 256 ends in a zero; clients that cut at zeros lose it.
#[test]
fn a_ride_that_ends_in_zero_comes_whole() {
    for profile in Profile::ALL {
        let ride = ride_that_ends_in_zero(30);
        assert_eq!(ride.last(), Some(&0));
        let device = Device::new(profile).with_file(RIDE, ride.clone());
        let mut host = Host::new(device, link());
        let Ok(Outcome::Downloaded(Download {
            content, integrity, ..
        })) = host.run(Job::Download(ride_name(RIDE)))
        else {
            panic!("{}", profile.name);
        };
        assert_eq!(content, ride);
        assert_eq!(integrity, Integrity::Sound);
    }
}

#[test]
fn zeros_only_and_nothing_at_all() {
    for content in [vec![0; 5000], vec![], vec![0], vec![4; 1024]] {
        for profile in Profile::ALL {
            let device = Device::new(profile).with_file(RIDE, content.clone());
            assert_eq!(Host::new(device, link()).download(RIDE).unwrap(), content);
        }
    }
}

/// A file that is broken on the device is handed over: somebody may be able to repair it.
#[test]
fn a_ride_that_is_broken_on_the_device_says_so() {
    let mut broken = ride(1_721_024_616, 20);
    broken[60] ^= 1;
    let device = Device::new(Profile::NAV).with_file(RIDE, broken.clone());
    let Ok(Outcome::Downloaded(download)) =
        Host::new(device, link()).run(Job::Download(ride_name(RIDE)))
    else {
        panic!();
    };
    assert_eq!(download.content, broken);
    assert_eq!(
        download.integrity,
        Integrity::Broken(xoss::FitProblem::Checksum)
    );
}

#[test]
fn both_forms_of_block_0_and_both_sizes_of_block() {
    for profile in Profile::ALL {
        let manners = Manners {
            nul_in_block_0: true,
            short_end: true,
            ..Manners::default()
        };
        let mut host = Host::new(device(profile).with_manners(manners), link());
        assert_eq!(host.download(RIDE).unwrap(), ride(1_721_024_616, 200));
    }
}

/// No device is known that does; its blocks can't be told from damaged ones.
#[test]
fn a_device_with_the_standards_crc_is_refused() {
    let manners = Manners {
        crc: sim::xoss::BlockCrc::Xmodem,
        ..Manners::default()
    };
    let mut host = Host::new(device(Profile::NAV).with_manners(manners), link());
    let Err(Error::Transfer(ymodem::Error::Retries { block: 0, .. } | ymodem::Error::NotBegun(_))) =
        host.download(RIDE)
    else {
        panic!("{:?}", host.restarts);
    };
}

/// Somebody else's transfer was broken off: the device may say so or say nothing.
#[test]
fn a_device_in_the_middle_of_a_transfer_is_made_idle() {
    for answers_busy in [false, true] {
        for profile in Profile::ALL {
            let manners = Manners {
                answers_busy,
                patience: Duration::from_secs(3600),
                ..Manners::default()
            };
            let device = device(profile)
                .with_manners(manners)
                .left_in_a_transfer(OTHER);
            let mut host = Host::new(device, link());
            assert_eq!(host.download(RIDE).unwrap(), ride(1_721_024_616, 200));
            let opcodes: Vec<_> = host.commands.iter().map(|command| command[0]).collect();
            let freed = if answers_busy { 0x1F } else { 0x04 };
            assert_eq!(opcodes, [0xFF, freed, 0x05]);
        }
    }
}

#[test]
fn a_silent_device_is_given_up() {
    let manners = Manners {
        silent: true,
        ..Manners::default()
    };
    let mut host = Host::new(device(Profile::NAV).with_manners(manners), link());
    let Err(Error::DeviceBusy) = host.run(Job::List) else {
        panic!();
    };
    let opcodes: Vec<_> = host.commands.iter().map(|command| command[0]).collect();
    assert_eq!(opcodes, [0xFF, 0x04, 0xFF, 0x04], "twice, with patience");
    assert_eq!(host.simulation.now(), Duration::from_secs(12));
}

#[test]
fn a_ride_that_is_being_recorded_is_left_alone() {
    let device = device(Profile::NAV).recording(OTHER);
    let mut host = Host::new(device, link());
    let Ok(Outcome::Listed(listing)) = host.run(Job::List) else {
        panic!();
    };
    assert!(listing.rides[0].state.is_complete());
    assert_eq!(listing.rides[1].state, RideState::Recording);
    assert!(!listing.rides[1].state.is_complete());
    let Ok(Outcome::Refused(Refusal::FileBusy(file))) = host.run(Job::Download(ride_name(OTHER)))
    else {
        panic!();
    };
    assert_eq!(file.as_bytes(), OTHER.as_bytes());
    let delete = Job::Delete(Delivered::stated(ride_name(OTHER)));
    let Ok(Outcome::Refused(Refusal::FileBusy(_))) = host.run(delete) else {
        panic!();
    };
    assert!(host.simulation.device().file(OTHER).is_some());
    assert_eq!(host.download(RIDE).unwrap(), ride(1_721_024_616, 200));
}

#[test]
fn a_ride_that_is_not_there() {
    let mut host = Host::new(Device::new(Profile::M2), link());
    let job = Job::Download(ride_name(RIDE));
    let Ok(Outcome::Refused(Refusal::NoSuchFile(name))) = host.run(job) else {
        panic!();
    };
    assert_eq!(name.as_bytes(), RIDE.as_bytes());
    let delete = Job::Delete(Delivered::stated(ride_name(RIDE)));
    let Ok(Outcome::Refused(Refusal::NoSuchFile(_))) = host.run(delete) else {
        panic!();
    };
}

#[test]
fn only_a_delivered_ride_is_deleted_and_only_that() {
    for (profile, mut host) in hosts() {
        host.run(Job::List).unwrap();
        host.download(RIDE).unwrap();
        assert!(
            host.simulation.device().file(RIDE).is_some(),
            "a download deletes nothing"
        );
        let delete = Job::Delete(Delivered::stated(ride_name(RIDE)));
        let outcome = host.run(delete).unwrap();
        assert_eq!(
            outcome,
            Outcome::Deleted(ride_name(RIDE)),
            "{}",
            profile.name
        );
        assert!(host.simulation.device().file(RIDE).is_none());
        assert!(host.simulation.device().file(OTHER).is_some());
        assert!(!host.simulation.device().was_erased());
    }
}

/// The device deleted the ride, but its reply got lost: the second time it isn't there.
#[test]
fn a_deletion_whose_reply_was_lost_has_happened() {
    let mut host = Host::new(device(Profile::NAV), link());
    host.run(Job::Wake).unwrap();
    host.simulation.device_mut().add_fault(Fault::Mute);
    let delete = Job::Delete(Delivered::stated(ride_name(RIDE)));
    assert_eq!(host.run(delete).unwrap(), Outcome::Deleted(ride_name(RIDE)));
    assert_eq!(host.restarts.len(), 1);
}

#[test]
fn a_file_larger_than_all_the_storage_is_refused() {
    let device = device(Profile::M2).with_fault(Fault::Size(9000 * 1024));
    let mut host = Host::new(device, link());
    host.run(Job::Storage).unwrap();
    let Err(Error::Transfer(ymodem::Error::TooLarge { limit, .. })) = host.download(RIDE) else {
        panic!();
    };
    assert_eq!(limit, 8104 * 1024);
    // Trying again would not make it smaller.
    assert_eq!(host.restarts.len(), 0);
    assert_eq!(
        host.download(OTHER).unwrap(),
        ride(1_721_150_100, 20),
        "the next one comes"
    );
}

#[test]
fn the_job_can_be_stopped() {
    for profile in Profile::ALL {
        let mut host = Host::new(device(profile), link());
        host.run(Job::List).unwrap();
        let now = host.now();
        host.session
            .start(now, Job::Download(ride_name(RIDE)))
            .unwrap();
        while host.progress.len() < 3 {
            host.step();
        }
        let now = host.now();
        host.session.stop(now);
        let Err(Error::Stopped) = host.finish() else {
            panic!("{}", profile.name);
        };
        assert!(host.simulation.device().is_idle());
        assert_eq!(host.download(OTHER).unwrap(), ride(1_721_150_100, 20));
    }
}

/// A profile says what is known of a model, so that less has to be found out.
#[test]
fn a_profile_spares_questions() {
    for (profile, model) in [
        (Profile::G_GEN1, Model::G_GEN1),
        (Profile::G_GEN2, Model::G_GEN2),
        (Profile::NAV, Model::NAV),
        (Profile::M1, Model::M1),
        (Profile::M2, Model::M2),
        (Profile::M2_EXTRA_IDLE, Model::M2),
    ] {
        let options = Options {
            profile: model,
            ..Options::default()
        };
        let mut host = Host::with_options(Simulation::new(device(profile), link()), &options);
        host.run(Job::List).unwrap();
        assert_eq!(
            host.commands.len(),
            2,
            "{}: {:x?}",
            profile.name,
            host.commands
        );
        let settings = host.run(Job::Fetch(model.settings)).unwrap();
        let Outcome::Fetched { content, .. } = settings else {
            panic!("{settings:?}");
        };
        let document = xoss::Document::parse(&content).unwrap();
        let header = document.header();
        if profile.json {
            let device_model = header.device_model.unwrap();
            let found = Model::for_device_model(&device_model).unwrap();
            assert_eq!(found.name, model.name);
        } else {
            assert_eq!(header.version.as_deref(), Some("V1"));
        }
        let advertised = Model::for_name(profile.name).unwrap();
        assert!([model.name, "auto"].contains(&advertised.name));
    }
}
