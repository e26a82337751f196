//! The conversation byte by byte; with devices that misbehave it is tested in `sim`.

use std::time::{Duration, Instant};

use serde_json::Value;
use xoss::{
    Characteristic, Delivered, Error, Event, Job, Options, Outcome, Profile, Remedy, RideName,
    Session, StartError, SystemFile, Timers, Write,
};

use crate::support::{hex, vectors};

fn ride() -> RideName {
    "20240715062336.fit".parse().unwrap()
}

fn end(session: &mut Session) -> Option<Result<Outcome, Error>> {
    std::iter::from_fn(|| session.poll_event()).find_map(|event| match event {
        Event::Finished(result) => Some(result),
        _ => None,
    })
}

/// Plays a trace: the session has to write exactly what it says, in its order.
fn play(trace: &Value, expected: &[u8]) {
    let mut now = Instant::now();
    let mut session = Session::new(Options::default());
    session.start(now, Job::Download(ride())).unwrap();
    for step in trace.as_array().unwrap() {
        let characteristic = match step["char"].as_str().unwrap() {
            "0004" => Characteristic::Command,
            "0002" => Characteristic::ToDevice,
            _ => Characteristic::FromDevice,
        };
        let bytes = hex(step["hex"].as_str().unwrap());
        if step["dir"] == "->" {
            let write = session.poll_write().unwrap_or_else(|| {
                // The pause around the end of the transfer.
                let at = session.poll_timeout().unwrap();
                assert_eq!(at - now, Duration::from_millis(100));
                now = at;
                session.handle_timeout(now);
                session.poll_write().unwrap()
            });
            assert_eq!(
                write,
                Write {
                    characteristic,
                    bytes
                }
            );
        } else {
            assert_eq!(session.poll_write(), None);
            session.handle_notification(now, characteristic, &bytes);
        }
    }
    let Some(Ok(Outcome::Downloaded(download))) = end(&mut session) else {
        panic!();
    };
    assert_eq!(download.content, expected);
    assert_eq!((session.poll_write(), session.poll_timeout()), (None, None));
}

#[test]
fn whole_downloads() {
    let vectors = vectors();
    let ramp: Vec<u8> = (0..300_u32).map(|i| i.to_le_bytes()[0]).collect();
    play(&vectors["download_ramp300_short"], &ramp);
    let pattern: Vec<u8> = (0..1500_u32)
        .map(|i| (7 * i + 3).to_le_bytes()[0])
        .collect();
    play(&vectors["download_pat1500_long"], &pattern);
}

#[test]
fn one_job_at_a_time() {
    let now = Instant::now();
    let mut session = Session::new(Options::default());
    session.start(now, Job::List).unwrap();
    assert_eq!(session.start(now, Job::Storage), Err(StartError::Running));
    session.handle_disconnected();
    let Some(Err(Error::LinkLost)) = end(&mut session) else {
        panic!();
    };
    assert_eq!(
        session.poll_write(),
        None,
        "nothing is written to a lost link"
    );
    session.start(now, Job::Storage).unwrap();
}

#[test]
fn nothing_happens_without_a_job() {
    let now = Instant::now();
    let mut session = Session::new(Options::default());
    session.stop(now);
    session.handle_timeout(now);
    session.handle_disconnected();
    for bytes in [&[4, 0, 4][..], &[4], &[6, 0, 6], b"C", &[1, 2, 3]] {
        session.handle_notification(now, Characteristic::Command, bytes);
        session.handle_notification(now, Characteristic::FromDevice, bytes);
        session.handle_notification(now, Characteristic::ToDevice, bytes);
    }
    assert_eq!(session.poll_write(), None);
    assert!(session.poll_event().is_none());
    assert_eq!(session.poll_timeout(), None);
}

/// The wish for block 0 may overtake the word that the file is wanted (seen on G+ Gen 1).
#[test]
fn a_device_that_is_ready_before_it_says_so() {
    let now = Instant::now();
    let mut session = Session::new(Options::default());
    let content = b"{\"a\":1}".to_vec();
    session
        .start(now, Job::Send(SystemFile::Settings, content))
        .unwrap();
    session.poll_write().unwrap();
    session.handle_notification(now, Characteristic::Command, &[4]);
    assert_eq!(session.poll_write().unwrap().bytes[0], 0x07);
    session.handle_notification(now, Characteristic::FromDevice, b"C");
    assert_eq!(session.poll_write(), None, "it may still refuse");
    let accepted = hex("08 73 65 74 74 69 6e 67 73 2e 6a 73 6f 6e 3b");
    session.handle_notification(now, Characteristic::Command, &accepted);
    let block: Vec<u8> = std::iter::from_fn(|| session.poll_write())
        .flat_map(|write| {
            assert_eq!(write.characteristic, Characteristic::ToDevice);
            assert!(write.bytes.len() <= 20);
            write.bytes
        })
        .collect();
    assert_eq!(block.len(), 133);
    assert!(block[3..].starts_with(b"settings.json 7\0"));
}

/// The word that all is well may overtake the last acknowledgement: it is another characteristic.
#[test]
fn a_device_that_is_content_before_the_end() {
    let now = Instant::now();
    let mut session = Session::new(Options {
        profile: Profile::NAV,
        ..Options::default()
    });
    session
        .start(now, Job::Send(SystemFile::Settings, b"{}".to_vec()))
        .unwrap();
    let mut say = |characteristic, bytes: &[u8]| {
        session.handle_notification(now, characteristic, bytes);
        while session.poll_write().is_some() {}
        end(&mut session)
    };
    let accepted = hex("08 73 65 74 74 69 6e 67 73 2e 6a 73 6f 6e 3b");
    assert!(say(Characteristic::Command, &[4]).is_none());
    assert!(say(Characteristic::Command, &accepted).is_none());
    for answer in [&b"C"[..], &[6], b"C", &[6], &[0x15]] {
        assert!(say(Characteristic::FromDevice, answer).is_none());
    }
    assert!(say(Characteristic::Command, &[4, 0, 4]).is_none());
    let Some(Ok(Outcome::Sent(SystemFile::Settings))) = say(Characteristic::FromDevice, &[6])
    else {
        panic!();
    };
}

/// A leftover of the transfer before is no end of this one.
#[test]
fn an_idle_that_comes_too_early_does_not_end_a_download() {
    let vectors = vectors();
    let trace = vectors["download_ramp300_short"].as_array().unwrap();
    let mut now = Instant::now();
    let mut session = Session::new(Options::default());
    session.start(now, Job::Download(ride())).unwrap();
    for step in trace {
        while session.poll_write().is_some() {}
        if step["dir"] == "<-" {
            let bytes = hex(step["hex"].as_str().unwrap());
            let from = if step["char"] == "0004" {
                Characteristic::Command
            } else {
                Characteristic::FromDevice
            };
            session.handle_notification(now, from, &bytes);
            if bytes[0] == 1 {
                session.handle_notification(now, Characteristic::Command, &[4]);
            }
        }
        if let Some(at) = session
            .poll_timeout()
            .filter(|at| *at - now <= Duration::from_millis(100))
        {
            now = at;
            session.handle_timeout(now);
        }
    }
    let Some(Ok(Outcome::Downloaded(download))) = end(&mut session) else {
        panic!();
    };
    assert_eq!(download.content.len(), 300);
}

/// Every wait has its time, from the options.
#[test]
fn the_timers_are_parameters() {
    let timers = Timers {
        idle: Duration::from_secs(15),
        clock: Duration::from_millis(7),
        ..Timers::default()
    };
    let mut now = Instant::now();
    let mut session = Session::new(Options {
        timers,
        ..Options::default()
    });
    session.start(now, Job::SetClock(1)).unwrap();
    assert_eq!(session.poll_timeout(), Some(now + Duration::from_secs(15)));
    session.handle_timeout(now + Duration::from_secs(14));
    session.poll_write();
    assert_eq!(session.poll_write(), None, "too early");
    now += Duration::from_secs(15);
    session.handle_timeout(now);
    assert_eq!(session.poll_write().unwrap().bytes, [4, 0, 4]);
    session.handle_notification(now, Characteristic::Command, &[4, 0, 4]);
    assert_eq!(session.poll_timeout(), Some(now + Duration::from_millis(7)));
    session.handle_timeout(now + Duration::from_millis(7));
    let Some(Ok(Outcome::ClockSet { confirmed: false })) = end(&mut session) else {
        panic!();
    };
}

#[test]
fn a_deletion_names_the_ride_it_was_told() {
    let now = Instant::now();
    let mut session = Session::new(Options::default());
    session
        .start(now, Job::Delete(Delivered::stated(ride())))
        .unwrap();
    session.poll_write().unwrap();
    session.handle_notification(now, Characteristic::Command, &[4, 0, 4]);
    let write = session.poll_write().unwrap();
    assert_eq!(write.bytes[0], 0x0D);
    assert_eq!(&write.bytes[1..19], b"20240715062336.fit");
    // Another file is deleted: that's none of ours.
    let mut other = hex("0e 32 30 32 34 30 37 31 35 30 36 32 33 33 37 2e 66 69 74");
    other.push(other.iter().fold(0, |xor, byte| xor ^ byte));
    session.handle_notification(now, Characteristic::Command, &other);
    assert!(end(&mut session).is_none());
}

#[test]
fn errors_say_what_can_be_done() {
    assert_eq!(Error::LinkLost.remedy(), Remedy::Retry);
    assert_eq!(Error::DeviceBusy.remedy(), Remedy::Retry);
    assert_eq!(Error::NotConfirmed.remedy(), Remedy::Skip);
    assert_eq!(Error::Stopped.remedy(), Remedy::Stop);
    let large = ymodem::Error::TooLarge { size: 9, limit: 8 };
    assert_eq!(Error::from(large).remedy(), Remedy::Skip);
    let broken = Error::from(ymodem::Error::Cancelled);
    assert_eq!(broken.remedy(), Remedy::Retry);
    assert_eq!(broken.to_string(), "the transfer of the file broke");
    let source = std::error::Error::source(&broken).unwrap();
    assert_eq!(source.to_string(), "the other side cancelled the transfer");
}
