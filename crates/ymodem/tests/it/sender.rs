//! What the sender does, one case each.

use std::time::{Duration, Instant};

use ymodem::{BlockSize, Error, SendOptions, Sender, Sent};

use crate::support::{ACK, CAN, EOT, NAK, NOTHING, block, header};

struct Bench {
    sender: Sender,
    now: Instant,
}

impl Bench {
    fn new(options: SendOptions, content: &[u8]) -> Self {
        let now = Instant::now();
        let sender = Sender::new(now, options, "settings.json", content.to_vec()).unwrap();
        Self { sender, now }
    }

    /// One whose receiver is ready for data.
    fn named(content: &[u8]) -> Self {
        let mut bench = Self::new(SendOptions::default(), content);
        assert_eq!(bench.feed(b"C"), header("settings.json", content.len()));
        assert_eq!(bench.feed(&[ACK]), NOTHING);
        bench
    }

    fn feed(&mut self, packet: &[u8]) -> Vec<u8> {
        self.sender.handle_bytes(self.now, packet);
        self.drain().concat()
    }

    fn drain(&mut self) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| self.sender.poll_write()).collect()
    }

    fn pass(&mut self, milliseconds: u64) -> Vec<Vec<u8>> {
        let until = self.now + Duration::from_millis(milliseconds);
        let mut written = Vec::new();
        while let Some(at) = self.sender.poll_timeout().filter(|at| *at <= until) {
            self.now = at;
            self.sender.handle_timeout(at);
            written.extend(self.drain());
        }
        self.now = until;
        written
    }

    fn end(&mut self) -> Option<Sent> {
        std::iter::from_fn(|| self.sender.poll_event()).last()
    }
}

#[test]
fn nothing_is_written_before_the_receiver_is_ready() {
    let mut bench = Bench::new(SendOptions::default(), b"{}");
    assert_eq!(bench.pass(4_999), [NOTHING; 0]);
    assert_eq!(bench.feed(&[ACK, NAK]), NOTHING);
    bench.pass(1);
    assert_eq!(bench.end(), Some(Sent::Failed(Error::NotBegun(0))));
}

/// Seen in quick succession, in one packet or in two; the order is no matter.
#[test]
fn acknowledgement_and_readiness_come_in_any_order() {
    for packets in [&[&[ACK, b'C'][..]][..], &[&[ACK], b"C"], &[b"C", &[ACK]]] {
        let mut bench = Bench::new(SendOptions::default(), b"{}");
        bench.feed(b"C");
        let written: Vec<_> = packets.iter().map(|packet| bench.feed(packet)).collect();
        assert_eq!(written.concat(), block(1, b"{}"));
    }
}

#[test]
fn a_file_of_whole_blocks_and_an_empty_one() {
    let mut bench = Bench::named(&[7; 256]);
    assert_eq!(bench.feed(b"C"), block(1, &[7; 128]));
    assert_eq!(bench.feed(&[ACK]), block(2, &[7; 128]));
    assert_eq!(bench.feed(&[ACK]), [EOT]);
    let mut bench = Bench::named(b"");
    assert_eq!(bench.feed(b"C"), [EOT]);
    assert_eq!(bench.feed(&[NAK]), NOTHING);
    assert_eq!(bench.pass(100), [[EOT]]);
    assert_eq!(bench.feed(&[ACK]), NOTHING);
    assert_eq!(bench.end(), Some(Sent::Done));
}

#[test]
fn a_receiver_that_accepts_the_first_end() {
    let mut bench = Bench::named(b"");
    assert_eq!(bench.feed(b"C"), [EOT]);
    assert_eq!(bench.feed(&[ACK]), NOTHING);
    assert_eq!(bench.end(), Some(Sent::Done));
}

#[test]
fn a_refused_block_is_sent_again_5_times() {
    let mut bench = Bench::named(b"{}");
    let first = bench.feed(b"C");
    for _ in 0..5 {
        assert_eq!(bench.feed(&[NAK]), first);
    }
    assert_eq!(bench.feed(&[NAK]), NOTHING);
    assert_eq!(
        bench.end(),
        Some(Sent::Failed(Error::Retries { block: 1, tries: 5 }))
    );
}

/// Not every receiver recognises a repeated block: without an answer nothing is sent again.
#[test]
fn silence_ends_the_transfer_after_5_s() {
    let mut bench = Bench::named(b"{}");
    bench.feed(b"C");
    assert_eq!(bench.pass(5_000), [NOTHING; 0]);
    assert_eq!(
        bench.end(),
        Some(Sent::Failed(Error::NoAnswer { block: 1 }))
    );
    assert_eq!(bench.sender.poll_timeout(), None);
}

#[test]
fn cancelled_by_the_receiver() {
    let mut bench = Bench::named(b"{}");
    bench.feed(b"C");
    bench.feed(&[CAN]);
    assert_eq!(bench.end(), None);
    bench.feed(&[CAN]);
    assert_eq!(bench.end(), Some(Sent::Failed(Error::Cancelled)));
}

/// Pieces of 20 bytes 10 ms apart, for a receiver that can't keep up.
#[test]
fn pauses_between_chunks() {
    let options = SendOptions {
        chunk_pause: Duration::from_millis(10),
        ..SendOptions::default()
    };
    let mut bench = Bench::new(options, b"{}");
    assert_eq!(bench.feed(b"C").len(), 20);
    // An answer that comes now can't be one to this block.
    assert_eq!(bench.feed(&[ACK, b'C', NAK]), NOTHING);
    assert_eq!(bench.pass(59).len(), 5);
    let last = bench.pass(1);
    assert_eq!(last.iter().map(Vec::len).collect::<Vec<_>>(), [13]);
    assert_eq!(bench.feed(&[ACK, b'C']).len(), 20);
}

#[test]
fn long_blocks_are_filled_up_and_the_number_wraps() {
    let content: Vec<u8> = (0..300_000_u32).map(|i| (i / 7).to_le_bytes()[0]).collect();
    let options = SendOptions {
        block: BlockSize::Long,
        chunk: 244,
        ..SendOptions::default()
    };
    let mut bench = Bench::new(options, &content);
    bench.feed(b"C");
    let mut write = bench.feed(&[ACK, b'C']);
    for (data, number) in content.chunks(1024).zip(1..) {
        let mut padded = data.to_vec();
        padded.resize(1024, 0);
        assert_eq!(write, block(number, &padded));
        write = bench.feed(&[ACK]);
    }
    assert_eq!(write, [EOT]);
}

#[test]
fn a_name_that_does_not_fit_is_refused() {
    for name in ["", "a\0b", &"x".repeat(127)] {
        let sender = Sender::new(Instant::now(), SendOptions::default(), name, Vec::new());
        let Err(Error::Name(_)) = sender else {
            panic!("{name:?}");
        };
    }
    let name = "x".repeat(125);
    assert!(Sender::new(Instant::now(), SendOptions::default(), &name, Vec::new()).is_ok());
}
