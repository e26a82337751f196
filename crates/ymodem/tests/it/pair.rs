//! Both sides against each other, in virtual time, over a link that loses, repeats and damages.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use ymodem::{
    BlockSize, Checksum, Event, ReceiveOptions, Receiver, SendOptions, Sender, Sent, Separator,
};

/// What happens to a packet.
#[derive(Clone, Debug)]
enum Fault {
    Lose,
    Repeat,
    /// Flips bits of one byte.
    Damage(usize, u8),
    /// Cuts it in two.
    Cut(usize),
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        Just(Fault::Lose),
        Just(Fault::Repeat),
        (any::<usize>(), 1..=255_u8).prop_map(|(place, bits)| Fault::Damage(place, bits)),
        any::<usize>().prop_map(Fault::Cut),
    ]
}

/// Faults by the number of the packet, in both directions together.
fn faults() -> impl Strategy<Value = Vec<(usize, Fault)>> {
    prop::collection::vec((0..200_usize, fault()), 0..12)
}

fn options() -> impl Strategy<Value = (SendOptions, Checksum)> {
    let block = prop_oneof![Just(BlockSize::Short), Just(BlockSize::Long)];
    let separator = prop_oneof![Just(Separator::Space), Just(Separator::Nul)];
    let checksum = prop_oneof![Just(Checksum::Arc), Just(Checksum::Xmodem)];
    (block, separator, checksum, 1..600_usize).prop_map(|(block, separator, checksum, chunk)| {
        let options = SendOptions {
            checksum,
            block,
            separator,
            chunk,
            ..SendOptions::default()
        };
        (options, checksum)
    })
}

/// The packets that arrive instead of this one.
fn spoil(packet: Vec<u8>, fault: Option<&Fault>) -> Vec<Vec<u8>> {
    match fault {
        None => vec![packet],
        Some(Fault::Lose) => vec![],
        Some(Fault::Repeat) => vec![packet.clone(), packet],
        Some(Fault::Damage(place, bits)) => {
            let mut packet = packet;
            let place = place % packet.len();
            packet[place] ^= bits;
            vec![packet]
        }
        Some(Fault::Cut(place)) => {
            let (head, tail) = packet.split_at(place % packet.len());
            vec![head.to_vec(), tail.to_vec()]
        }
    }
}

/// Runs a transfer to its end: the file, if the receiver says that it is whole.
fn transfer(
    content: &[u8],
    (options, checksum): (SendOptions, Checksum),
    faults: &[(usize, Fault)],
) -> Option<Vec<u8>> {
    let mut now = Instant::now();
    let mut sender = Sender::new(now, options, "a.fit", content.to_vec()).unwrap();
    let receive = ReceiveOptions {
        checksum,
        ..ReceiveOptions::default()
    };
    let mut receiver = Receiver::new(now, receive);
    let (mut collected, mut packets) = (Vec::new(), 0..);
    for _ in 0..100_000 {
        let mut fault_of_next = || {
            let number = packets.next()?;
            let (_, fault) = faults.iter().find(|(at, _)| *at == number)?;
            Some(fault)
        };
        let mut quiet = true;
        while let Some(byte) = receiver.poll_write() {
            for packet in spoil(vec![byte], fault_of_next()) {
                sender.handle_bytes(now, &packet);
            }
            quiet = false;
        }
        while let Some(chunk) = sender.poll_write() {
            for packet in spoil(chunk, fault_of_next()) {
                receiver.handle_bytes(now, &packet);
            }
            quiet = false;
        }
        while let Some(event) = receiver.poll_event() {
            match event {
                Event::File(file) => assert_eq!(file.name, b"a.fit"),
                Event::Data(data) => collected.extend(data),
                Event::Done { .. } => return Some(collected),
                Event::Failed(_) => return None,
            }
        }
        while let Some(event) = sender.poll_event() {
            if event == Sent::Done {
                assert_eq!(collected, content, "sent is received");
            }
        }
        if quiet {
            let next = [receiver.poll_timeout(), sender.poll_timeout()];
            let Some(next) = next.into_iter().flatten().min() else {
                panic!("both wait for ever");
            };
            assert!(next > now, "time goes on");
            now = next;
            receiver.handle_timeout(now);
            sender.handle_timeout(now);
        } else {
            now += Duration::from_millis(15);
        }
    }
    panic!("the transfer does not end");
}

/// A CRC of 16 bits lets one of 65,536 heavily damaged blocks pass: always the same cases, so that
/// the test says the same each time.
fn config() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::with_cases(500)
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn without_faults_every_file_arrives(
        content in prop::collection::vec(any::<u8>(), 0..5000),
        options in options(),
    ) {
        prop_assert_eq!(transfer(&content, options, &[]), Some(content));
    }

    /// Exact bytes or none.
    #[test]
    fn with_faults_bytes_are_right_or_missing(
        content in prop::collection::vec(any::<u8>(), 0..3000),
        zeros in 0..300_usize,
        options in options(),
        faults in faults(),
    ) {
        let content = [content, vec![0; zeros]].concat();
        if let Some(received) = transfer(&content, options, &faults) {
            prop_assert_eq!(received, content);
        }
    }
}
