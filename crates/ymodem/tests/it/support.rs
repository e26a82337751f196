//! Blocks made without the crate, and a receiver whose clock is turned by hand.

use std::time::{Duration, Instant};

use ymodem::{Event, ReceiveOptions, Receiver};

pub(crate) const ACK: u8 = 0x06;
pub(crate) const NAK: u8 = 0x15;
pub(crate) const EOT: u8 = 0x04;
pub(crate) const CAN: u8 = 0x18;
pub(crate) const NOTHING: [u8; 0] = [];

/// CRC-16/ARC a bit at a time.
pub(crate) fn arc(bytes: &[u8]) -> u16 {
    let mut crc = 0_u16;
    for byte in bytes {
        crc ^= u16::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ if crc & 1 == 1 { 0xA001 } else { 0 };
        }
    }
    crc
}

/// A block with any number, data of at most 128 or 1,024 bytes.
pub(crate) fn block(number: u64, data: &[u8]) -> Vec<u8> {
    let number = number.to_le_bytes()[0];
    let (start, size) = if data.len() <= 128 {
        (1, 128)
    } else {
        (2, 1024)
    };
    let mut padded = data.to_vec();
    padded.resize(size, 0);
    let crc = arc(&padded);
    [&[start, number, !number][..], &padded, &crc.to_be_bytes()].concat()
}

/// Block 0 as the computers send it.
pub(crate) fn header(name: &str, size: usize) -> Vec<u8> {
    block(0, format!("{name} {size}").as_bytes())
}

pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b' ').collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

/// A receiver in virtual time that keeps what it wrote and collected.
pub(crate) struct Bench {
    pub(crate) receiver: Receiver,
    pub(crate) now: Instant,
    pub(crate) file: Option<(String, u64)>,
    pub(crate) content: Vec<u8>,
    /// How it ended.
    pub(crate) end: Option<Event>,
}

impl Bench {
    pub(crate) fn new(options: ReceiveOptions) -> Self {
        let now = Instant::now();
        Self {
            receiver: Receiver::new(now, options),
            now,
            file: None,
            content: Vec::new(),
            end: None,
        }
    }

    /// One that has had block 0.
    pub(crate) fn named(size: usize) -> Self {
        let mut bench = Self::new(ReceiveOptions::default());
        assert_eq!(bench.drain(), b"C");
        assert_eq!(bench.feed(&header("ride.fit", size)), [ACK, b'C']);
        bench
    }

    /// Hands in a packet; what is written at once.
    pub(crate) fn feed(&mut self, packet: &[u8]) -> Vec<u8> {
        self.receiver.handle_bytes(self.now, packet);
        self.drain()
    }

    /// Lets time pass; what is written meanwhile.
    pub(crate) fn pass(&mut self, time: Duration) -> Vec<u8> {
        let until = self.now + time;
        let mut written = Vec::new();
        while let Some(at) = self.receiver.poll_timeout().filter(|at| *at <= until) {
            self.now = at;
            self.receiver.handle_timeout(at);
            written.extend(self.drain());
        }
        self.now = until;
        written
    }

    pub(crate) fn pass_ms(&mut self, milliseconds: u64) -> Vec<u8> {
        self.pass(Duration::from_millis(milliseconds))
    }

    /// The whole leave-taking.
    pub(crate) fn close(&mut self) {
        assert_eq!(self.feed(&[EOT]), NOTHING);
        assert_eq!(self.pass_ms(100), [NAK]);
        assert_eq!(self.feed(&[EOT]), NOTHING);
        assert_eq!(self.pass_ms(100), [ACK]);
        assert_eq!(self.end, Some(Event::Done { closed: true }));
    }

    pub(crate) fn drain(&mut self) -> Vec<u8> {
        while let Some(event) = self.receiver.poll_event() {
            assert!(self.end.is_none(), "{event:?} after the end");
            match event {
                Event::File(file) => {
                    assert!(self.file.is_none(), "named twice");
                    self.file = Some((String::from_utf8(file.name).unwrap(), file.size));
                }
                Event::Data(data) => self.content.extend(data),
                end => self.end = Some(end),
            }
        }
        std::iter::from_fn(|| self.receiver.poll_write()).collect()
    }
}
