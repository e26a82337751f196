use std::time::{Duration, Instant};

use esprm::assigned::characteristic;
use esprm::{ImageError, Properties, Update, UpdateEvent, UpdateFailure};
use sim::{BaseService, Faults, Happening, Monitor, Session};

use crate::support::{hex, vectors};

const BOTH: Properties = Properties {
    write: true,
    write_without_response: true,
};

fn image(size: usize) -> Vec<u8> {
    (0..size)
        .map(|place| {
            if place == 0 {
                0xE9
            } else {
                u8::try_from(place % 251).unwrap()
            }
        })
        .collect()
}

fn begin(image: Vec<u8>) -> Update {
    Update::new(Instant::now(), image, BOTH, 244).unwrap()
}

fn events(update: &mut Update) -> Vec<UpdateEvent> {
    std::iter::from_fn(|| update.poll_event()).collect()
}

/// Sends an image to a simulated monitor: the events, and what the monitor then has.
fn send(image: Vec<u8>, mtu: usize) -> (Vec<UpdateEvent>, Option<Vec<u8>>) {
    let start = Instant::now();
    let monitor = Monitor::new(sim::row::steady(), BaseService::CyclingPower);
    let mut session = Session::new(monitor, mtu, Faults::default());
    session.next();
    let mut update = Update::new(start, image, BOTH, mtu - 3).unwrap();
    let mut told = Vec::new();
    let mut now = start;
    loop {
        while let Some(write) = update.poll_write(now) {
            let kind = sim::WriteKind::WithoutResponse;
            session
                .write(write.characteristic, kind, &write.value)
                .unwrap();
        }
        told.extend(events(&mut update));
        if !matches!(told.last(), None | Some(UpdateEvent::Progress { .. })) {
            return (told, session.peripheral().installed().map(<[u8]>::to_vec));
        }
        let (time, happening) = session.next().unwrap();
        now = start + time;
        if let Happening::Value {
            characteristic: characteristic::OTA_TX,
            value,
        } = happening
        {
            update.handle_notification(now, &value);
        }
    }
}

#[test]
fn an_image_arrives_whole() {
    for mtu in [23, 185, 247, 512] {
        let buffer = (mtu - 4) * 40;
        // Also with an image that fills the buffer exactly, where the last answer is to a package.
        for size in [
            1,
            2,
            mtu - 4,
            buffer - 1,
            buffer,
            buffer + 1,
            2 * buffer,
            30_000,
        ] {
            let image = image(size);
            let (told, installed) = send(image.clone(), mtu);
            assert_eq!(told.last(), Some(&UpdateEvent::Done), "{size} at {mtu}");
            assert_eq!(installed, Some(image), "{size} at {mtu}");
            let whole = UpdateEvent::Progress {
                sent: size,
                total: size,
            };
            assert_eq!(told[told.len() - 2], whole);
            assert_eq!(told.iter().filter(|event| **event == whole).count(), 1);
        }
    }
}

#[test]
fn an_image_that_has_no_room() {
    let (told, installed) = send(image(2_000_000), 247);
    let expected = UpdateEvent::Failed(UpdateFailure::IncorrectFirmwareSize);
    assert_eq!(told, [expected]);
    assert_eq!(installed, None);
}

#[test]
fn bytes_of_the_vectors() {
    let vectors = vectors("ota");
    let bytes = |index: usize| hex(vectors[index]["hex"].as_str().unwrap());
    let now = Instant::now();
    let mut update = begin(image(750_000));
    let write = update.poll_write(now).unwrap();
    assert_eq!(write.characteristic, characteristic::OTA_RX);
    assert_eq!(write.value, bytes(0));
    assert_eq!(update.poll_write(now), None);

    update.handle_notification(now, &bytes(1));
    let packages: Vec<_> = std::iter::from_fn(|| update.poll_write(now)).collect();
    // 10,000 bytes, in packages of 243: the link carries no more.
    assert_eq!(packages.len(), 42);
    assert_eq!(packages[0].value.len(), 244);
    assert_eq!(
        packages
            .iter()
            .map(|write| write.value.len() - 1)
            .sum::<usize>(),
        10_000
    );

    // The checksum was made by another implementation.
    let mut update = begin(vec![0xE9]);
    update.poll_write(now);
    update.handle_notification(now, &bytes(2));
    assert_eq!(update.poll_write(now).unwrap().value, [1, 0xE9]);
    let end = update.poll_write(now).unwrap().value;
    assert_eq!(
        end,
        hex("02 34 06 87 76 94 69 1D DD 1D FB 0A CA 54 68 14 07")
    );
    assert_eq!(end.len(), bytes(3).len());
}

/// The web client goes on at once when the image ends with the buffer, and may take the answer to
/// the last package for the answer to the end.
#[test]
fn the_answer_to_the_last_package_is_not_the_end() {
    let now = Instant::now();
    let mut update = begin(image(100));
    update.poll_write(now);
    update.handle_notification(now, &hex("00 32 00 00 00 64 00 00 00"));
    let written = std::iter::from_fn(|| update.poll_write(now)).count();
    assert_eq!(written, 2, "two packages, and no end yet");
    update.handle_notification(now, &[0]);
    assert_eq!(update.poll_write(now).unwrap().value[0], 2);
    assert!(!events(&mut update).contains(&UpdateEvent::Done));
    update.handle_notification(now, &[0]);
    assert_eq!(events(&mut update), [UpdateEvent::Done]);
}

#[test]
fn every_refusal_ends_it_and_the_monitor_is_told() {
    let now = Instant::now();
    let cases = [
        (1, UpdateFailure::NotOk),
        (2, UpdateFailure::IncorrectFormat),
        (3, UpdateFailure::IncorrectFirmwareSize),
        (4, UpdateFailure::ChecksumError),
        (5, UpdateFailure::InternalStorageError),
        (9, UpdateFailure::Unknown(9)),
    ];
    for (code, failure) in cases {
        let mut update = begin(image(1000));
        update.poll_write(now);
        update.handle_notification(now, &hex("00 32 00 00 00 64 00 00 00"));
        update.poll_write(now);
        update.handle_notification(now, &[code]);
        assert_eq!(events(&mut update), [UpdateEvent::Failed(failure)]);
        assert_eq!(update.poll_write(now).unwrap().value, [3], "abort");
        assert_eq!(update.poll_write(now), None);
        update.handle_notification(now, &[0]);
        assert_eq!(update.poll_event(), None, "the answer to that says nothing");
        assert_eq!(update.poll_timeout(), None);
    }
}

#[test]
fn nonsense_ends_it() {
    let now = Instant::now();
    for answer in [
        "",
        "00",
        "00 00 00 00 00 64 00 00 00",
        "00 32 00 00 00 00 00 00 00",
    ] {
        let mut update = begin(image(10));
        update.handle_notification(now, &hex(answer));
        let failed = UpdateEvent::Failed(UpdateFailure::Nonsense);
        assert_eq!(events(&mut update), [failed], "{answer}");
    }
}

#[test]
fn silence_ends_it() {
    let now = Instant::now();
    let mut update = Update::new(now, image(10), BOTH, 20).unwrap();
    let at = now + Duration::from_secs(10);
    assert_eq!(update.poll_timeout(), Some(at));
    update.handle_timeout(at);
    let failed = UpdateEvent::Failed(UpdateFailure::NoAnswer);
    assert_eq!(events(&mut update), [failed]);
}

#[test]
fn a_lost_link_and_a_change_of_mind_end_it() {
    let mut update = begin(image(10));
    update.handle_disconnected();
    update.handle_disconnected();
    let lost = UpdateEvent::Failed(UpdateFailure::LinkLost);
    assert_eq!(events(&mut update), [lost]);
    assert_eq!(update.poll_write(Instant::now()), None);

    let mut update = begin(image(10));
    update.abort();
    let given_up = UpdateEvent::Failed(UpdateFailure::Aborted);
    assert_eq!(events(&mut update), [given_up]);
    assert_eq!(update.poll_write(Instant::now()).unwrap().value, [3]);
}

#[test]
fn what_is_no_image_is_not_sent() {
    let new = |image, max_write| Update::new(Instant::now(), image, BOTH, max_write).map(|_| ());
    assert_eq!(new(vec![], 244), Err(ImageError::NoImage));
    assert_eq!(new(b"<html>".to_vec(), 244), Err(ImageError::NoImage));
    assert_eq!(new(image(10), 16), Err(ImageError::SmallWrites(16)));
}
