//! Any notifications at any time for a session: no panic, an end, and no command that isn't one of
//! the harmless ones.
//!
//! The first byte chooses the job. Each notification is a byte that says its kind, its length and the
//! time before it, and its bytes; replies get their right checksum and blocks their CRC.

use std::time::{Duration, Instant};

use xoss::{Characteristic, Delivered, Event, Job, Options, Session, SystemFile};
use ymodem::{Block, BlockSize, Checksum};

const RIDE: &str = "20240715062336.fit";
const SAYABLE: [u8; 9] = [0x04, 0x05, 0x07, 0x09, 0x0D, 0x1F, 0x54, 0x77, 0xFF];

pub(crate) fn fuzz(input: &[u8]) {
    let Some((&choice, mut rest)) = input.split_first() else {
        return;
    };
    let mut now = Instant::now();
    let mut session = Session::new(Options::default());
    session.start(now, job(choice)).expect("nothing runs");
    while let Some((&kind, tail)) = rest.split_first() {
        now += Duration::from_millis(u64::from(kind >> 6) * 1_600);
        let (bytes, tail) = tail.split_at(tail.len().min((kind & 31).into()));
        rest = tail;
        let (from, bytes) = if kind & 32 == 0 {
            let xor = bytes.iter().fold(0, |xor, byte| xor ^ byte);
            (Characteristic::Command, [bytes, &[xor]].concat())
        } else {
            (Characteristic::FromDevice, transfer(bytes))
        };
        session.handle_timeout(now);
        session.handle_notification(now, from, &bytes);
        if drain(&mut session) {
            session.start(now, job(kind)).expect("nothing runs");
        }
    }
    for _ in 0..200 {
        let Some(at) = session.poll_timeout() else {
            return;
        };
        now = now.max(at);
        session.handle_timeout(now);
        drain(&mut session);
    }
    panic!("a session that waits for ever");
}

fn job(choice: u8) -> Job {
    let ride = RIDE.parse().expect("a name");
    match choice % 10 {
        0 => Job::Wake,
        1 => Job::Storage,
        2 => Job::List,
        3 | 4 => Job::Download(ride),
        5 => Job::Fetch(SystemFile::Settings),
        6 => Job::Send(SystemFile::Settings, b"{\"a\": 1}".to_vec()),
        7 => Job::Delete(Delivered::stated(ride)),
        8 => Job::SetClock(1_720_000_000),
        _ => Job::Gnss,
    }
}

/// Two bytes make a block: its number, and what it is filled with or how large the file is.
fn transfer(bytes: &[u8]) -> Vec<u8> {
    match bytes {
        &[0, size] => {
            let name = format!("{RIDE} {size}");
            Block::encode(0, name.as_bytes(), BlockSize::Short, Checksum::Arc)
        }
        &[number, fill] => Block::encode(number, &[fill; 128], BlockSize::Short, Checksum::Arc),
        other => other.to_vec(),
    }
}

/// Whether the job is over.
fn drain(session: &mut Session) -> bool {
    while let Some(write) = session.poll_write() {
        assert!(write.bytes.len() <= 20);
        let first = write.bytes.first().expect("no empty packets");
        assert!(write.characteristic == Characteristic::ToDevice || SAYABLE.contains(first));
    }
    let mut over = false;
    while let Some(event) = session.poll_event() {
        assert!(!over, "something after the end");
        over = matches!(event, Event::Finished(_));
    }
    over
}
