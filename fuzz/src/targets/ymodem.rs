//! Any packets at any time for both sides of a transfer: no panic, an end, never more bytes than
//! were announced.
//!
//! Each packet is a byte that says its kind and the time before it, a byte for its length or number,
//! and, where it is raw, its bytes. Blocks get their right CRC: nobody guesses it.

use std::time::{Duration, Instant};

use ymodem::{
    Block, BlockSize, Checksum, Event, File, ReceiveOptions, Receiver, SendOptions, Sender,
};

const WAITS: [u64; 4] = [0, 20, 1_000, 3_000];

pub(crate) fn fuzz(input: &[u8]) {
    let _ = File::decode(input);
    let _ = Block::decode(input, Checksum::Xmodem);
    let mut now = Instant::now();
    let mut receiver = Receiver::new(now, ReceiveOptions::default());
    let content = input.get(..300).unwrap_or(input).to_vec();
    let mut sender = Sender::new(now, SendOptions::default(), "a.fit", content).expect("it fits");
    let mut received = Received::default();
    let mut rest = input;
    while let Some((&[kind, number], tail)) = rest.split_first_chunk() {
        now += Duration::from_millis(WAITS[usize::from(kind >> 6)]);
        let packet = match kind & 3 {
            0 | 1 => {
                let (packet, tail) = tail.split_at(tail.len().min(number.into()));
                rest = tail;
                packet.to_vec()
            }
            2 => {
                rest = tail;
                let size = if kind & 4 == 0 {
                    BlockSize::Short
                } else {
                    BlockSize::Long
                };
                Block::encode(number, &[kind; 1024], size, Checksum::Arc)
            }
            _ => {
                rest = tail;
                let name = format!("a.fit {}", u32::from(number) * 9);
                Block::encode(0, name.as_bytes(), BlockSize::Short, Checksum::Arc)
            }
        };
        receiver.handle_timeout(now);
        receiver.handle_bytes(now, &packet);
        if kind & 8 != 0 {
            receiver.handle_hangup(now);
        }
        received.drain(&mut receiver);
        sender.handle_timeout(now);
        sender.handle_bytes(now, &packet);
        while sender.poll_write().is_some() {}
    }
    for _ in 0..100 {
        let Some(at) = receiver.poll_timeout() else {
            break;
        };
        now = now.max(at);
        receiver.handle_timeout(now);
        received.drain(&mut receiver);
    }
    assert!(received.over, "a receiver that waits for ever");
    while let Some(at) = sender.poll_timeout() {
        sender.handle_timeout(at.max(now));
        while sender.poll_write().is_some() {}
    }
    assert!(std::iter::from_fn(|| sender.poll_event()).count() > 0);
}

#[derive(Default)]
struct Received {
    size: u64,
    bytes: u64,
    over: bool,
}

impl Received {
    fn drain(&mut self, receiver: &mut Receiver) {
        while receiver.poll_write().is_some() {}
        while let Some(event) = receiver.poll_event() {
            assert!(!self.over, "something after the end");
            match event {
                Event::File(file) => self.size = file.size,
                Event::Data(data) => self.bytes += data.len() as u64,
                Event::Done { .. } => {
                    assert_eq!(self.bytes, self.size);
                    self.over = true;
                }
                Event::Failed(_) => self.over = true,
            }
            assert!(self.bytes <= self.size);
        }
    }
}
