//! Files that go to a device.

use std::time::Duration;

use sim::xoss::{
    Device, Direction, Fault, Link, LinkFault, LinkFaultKind, Manners, Profile, Simulation,
};
use xoss::{Document, Error, Job, Options, Outcome, Refusal, Settings, StartError, SystemFile};

use crate::host::{Host, milliseconds};

fn link() -> Link {
    Link::long_mtu(milliseconds(15.0))
}

/// Settings with something in them, larger than a short block.
fn settings() -> Vec<u8> {
    let filling = "x".repeat(3000);
    format!(r#"{{"version":"2.0.0","settings":{{"unit":1}},"filling":"{filling}"}}"#).into_bytes()
}

#[test]
fn settings_go_to_every_model() {
    for profile in Profile::ALL {
        for accepts_first in [false, true] {
            for content in [
                settings(),
                b"{}".to_vec(),
                vec![b' '; 128 - 2],
                vec![b' '; 1024 - 2],
            ] {
                let content = if content[0] == b' ' {
                    [&b"{"[..], &content, b"}"].concat()
                } else {
                    content
                };
                let manners = Manners {
                    accepts_first,
                    ..Manners::default()
                };
                let device = Device::new(profile).with_manners(manners);
                let mut host = Host::new(device, link());
                let job = Job::Send(SystemFile::Settings, content.clone());
                let outcome = host.run(job).unwrap();
                assert_eq!(outcome, Outcome::Sent(SystemFile::Settings));
                let device = host.simulation.device();
                assert_eq!(device.file("settings.json"), Some(&*content));
                assert!(device.is_idle());
                assert_eq!(host.restarts.len(), 0);
            }
        }
    }
}

/// Read, changed, sent back, read again: one value differs, everything else is as the device had
/// it.
#[test]
fn one_setting_is_changed_and_the_rest_keeps_its_spelling() {
    let mut host = Host::new(Device::new(Profile::NAV), link());
    let Ok(Outcome::Fetched { content, .. }) = host.run(Job::Fetch(SystemFile::Settings)) else {
        panic!();
    };
    let mut document = Document::parse(&content).unwrap();
    let before = document.as_str().to_owned();
    let mut settings = Settings::read(&document);
    assert_eq!(settings.auto_pause, Some(true), "0 is on");
    settings.auto_pause = Some(false);
    settings.write(&mut document).unwrap();
    document.touch(1_760_000_000);
    let expected = before
        .replace(r#""auto_pause":0"#, r#""auto_pause":1"#)
        .replace("1748360381", "1760000000");
    assert_eq!(document.as_str(), expected);
    let job = Job::Send(SystemFile::Settings, document.into_bytes());
    assert_eq!(host.run(job).unwrap(), Outcome::Sent(SystemFile::Settings));
    assert_eq!(
        host.simulation.device().file("settings.json"),
        Some(expected.as_bytes())
    );
}

#[test]
fn a_device_without_room_says_so() {
    for room in [0, 1000] {
        let device = Device::new(Profile::NAV).with_room(room);
        let mut host = Host::new(device, link());
        let job = Job::Send(SystemFile::Gnss, vec![0xB5; 5000]);
        let outcome = host.run(job).unwrap();
        assert_eq!(outcome, Outcome::Refused(Refusal::OutOfMemory));
        assert!(host.simulation.device().file("offline.gnss").is_none());
        assert!(host.run(Job::List).is_ok(), "it goes on");
    }
}

#[test]
fn a_device_that_can_t_read_a_file_says_so() {
    let device = Device::new(Profile::NAV).with_fault(Fault::NotParsed);
    let mut host = Host::new(device, link());
    let before = host
        .simulation
        .device()
        .file("settings.json")
        .unwrap()
        .to_vec();
    let job = Job::Send(SystemFile::Settings, settings());
    let Ok(Outcome::Refused(Refusal::NotParsed(name))) = host.run(job) else {
        panic!();
    };
    assert_eq!(name.as_bytes(), b"settings.json");
    assert_eq!(
        host.simulation.device().file("settings.json"),
        Some(&*before)
    );
}

/// What the device makes itself isn't sent to it, nor what it couldn't read.
#[test]
fn some_files_are_not_sent() {
    let mut host = Host::new(Device::new(Profile::NAV), link());
    for (file, content) in [
        (SystemFile::Workouts, &b"{}"[..]),
        (SystemFile::FileList, b"a.fit 1"),
        (SystemFile::Settings, b""),
        (SystemFile::Settings, b"[1]"),
        (SystemFile::Settings, b"{\"unit\":"),
        (SystemFile::UserProfile, b"\xFF\xFE"),
        (SystemFile::Gnss, b""),
    ] {
        let job = Job::Send(file, content.to_vec());
        let now = host.now();
        let Err(StartError::NotSendable(_)) = host.session.start(now, job) else {
            panic!("{file:?}");
        };
    }
    assert_eq!(host.session.poll_write(), None);
}

/// A single spoiled packet costs at most a second attempt; what the device keeps is the old file
/// or the new one, and the outcome says which.
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
    ];
    let content = &settings()[..];
    let (mut cases, mut sent) = (0, 0);
    for profile in [Profile::G_GEN1, Profile::G_GEN2, Profile::M2_EXTRA_IDLE] {
        let packets = if profile.mtu == 23 { 100 } else { 22 };
        for direction in [Direction::FromDevice, Direction::ToDevice] {
            for packet in (0..packets).step_by(if profile.mtu == 23 { 3 } else { 1 }) {
                for kind in kinds.clone() {
                    let fault = LinkFault {
                        direction,
                        packet,
                        kind,
                    };
                    let simulation = Simulation::new(Device::new(profile), link());
                    let simulation = simulation.with_fault(fault.clone());
                    let mut host = Host::with_options(simulation, &Options::default());
                    let before = host
                        .simulation
                        .device()
                        .file("settings.json")
                        .map(<[u8]>::to_vec);
                    let outcome = host.run(Job::Send(SystemFile::Settings, content.to_vec()));
                    let after = host.simulation.device().file("settings.json");
                    cases += 1;
                    match outcome {
                        Ok(Outcome::Sent(_)) => {
                            sent += 1;
                            assert_eq!(after, Some(content), "{}: {fault:?}", profile.name);
                        }
                        // The device has it, but its word got lost.
                        Err(Error::NotConfirmed) => {}
                        Err(error) => {
                            eprintln!("{}: {fault:?}: {error}", profile.name);
                            assert!(after == before.as_deref() || after == Some(content));
                        }
                        Ok(other) => panic!("{}: {fault:?}: {other:?}", profile.name),
                    }
                }
            }
        }
    }
    eprintln!("{cases} faults: {sent} files sent");
    assert!(sent * 100 >= cases * 98, "{sent} of {cases}");
}
