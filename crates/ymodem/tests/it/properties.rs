//! What holds for any bytes.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use ymodem::{
    Block, BlockSize, Checksum, Event, File, ReceiveOptions, Receiver, SendOptions, Sender,
    Separator,
};

use crate::support::{arc, block, header};

/// CRC-16/XMODEM a bit at a time.
fn xmodem(bytes: &[u8]) -> u16 {
    let mut crc = 0_u16;
    for byte in bytes {
        crc ^= u16::from(*byte) << 8;
        for _ in 0..8 {
            crc = (crc << 1) ^ if crc & 0x8000 == 0 { 0 } else { 0x1021 };
        }
    }
    crc
}

/// Packets that resemble the protocol's, and some that don't.
fn packet() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..40),
        prop::sample::select(vec![0x04_u8, 0x06, 0x15, 0x18, 0x43]).prop_map(|byte| vec![byte]),
        Just(vec![0x18, 0x18]),
        (0..5_u64, any::<u8>(), 1..1025_usize)
            .prop_map(|(number, fill, size)| block(number, &vec![fill; size])),
        (0..3000_usize).prop_map(|size| header("a.fit", size)),
    ]
}

proptest! {
    #[test]
    fn every_crc_is_the_same(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert_eq!(Checksum::Arc.of(&bytes), arc(&bytes));
        prop_assert_eq!(Checksum::Xmodem.of(&bytes), xmodem(&bytes));
    }

    /// One bit, one byte, two neighbouring bytes: a CRC of 16 bits sees them all.
    #[test]
    fn no_small_damage_passes(
        number in any::<u64>(),
        data in prop::collection::vec(any::<u8>(), 0..1025),
        place in any::<prop::sample::Index>(),
        bits in 1..=u16::MAX,
    ) {
        let mut block = block(number, &data);
        let place = place.index(block.len() - 1);
        let [high, low] = bits.to_be_bytes();
        block[place] ^= high;
        block[place + 1] ^= low;
        prop_assert_eq!(Block::decode(&block, Checksum::Arc), None);
    }

    #[test]
    fn no_part_of_a_block_is_a_block(data in prop::collection::vec(any::<u8>(), 0..1025)) {
        let block = block(1, &data);
        for end in 0..block.len() {
            prop_assert_eq!(Block::decode(&block[..end], Checksum::Arc), None);
        }
    }

    #[test]
    fn blocks_survive(
        number in any::<u8>(),
        data in prop::collection::vec(any::<u8>(), 0..2000),
        long in any::<bool>(),
    ) {
        let size = if long { BlockSize::Long } else { BlockSize::Short };
        let bytes = Block::encode(number, &data, size, Checksum::Xmodem);
        prop_assert_eq!(bytes.len(), size.block());
        let block = Block::decode(&bytes, Checksum::Xmodem).unwrap();
        let kept = data.len().min(size.data());
        prop_assert_eq!(block.number, number);
        prop_assert_eq!(&block.data[..kept], &data[..kept]);
        prop_assert!(block.data[kept..].iter().all(|byte| *byte == 0));
    }

    #[test]
    fn names_survive(name in "[^\0]{1,60}", size in any::<u64>(), nul in any::<bool>()) {
        let separator = if nul { Separator::Nul } else { Separator::Space };
        let file = File { name: name.into_bytes(), size };
        if let Some(mut data) = file.encode(separator) {
            data.resize(128, 0);
            prop_assert_eq!(File::decode(&data), Some(file));
        }
    }

    #[test]
    fn block_0_is_any_bytes(data in prop::collection::vec(any::<u8>(), 0..140)) {
        if let Some(file) = File::decode(&data) {
            prop_assert!(!file.name.is_empty() && !file.name.contains(&0));
        }
    }

    /// Any packets at any time: no panic, an end, no byte beyond the size, nothing after the end.
    #[test]
    fn a_receiver_takes_anything(
        packets in prop::collection::vec((packet(), 0..4000_u64), 0..60),
    ) {
        let mut now = Instant::now();
        let mut receiver = Receiver::new(now, ReceiveOptions::default());
        let (mut size, mut received, mut over) = (None, 0, false);
        let mut drain = |receiver: &mut Receiver| {
            while let Some(event) = receiver.poll_event() {
                assert!(!over);
                match event {
                    Event::File(file) => size = Some(file.size),
                    Event::Data(data) => received += data.len() as u64,
                    Event::Done { .. } => {
                        assert_eq!(Some(received), size);
                        over = true;
                    }
                    Event::Failed(_) => over = true,
                }
            }
            assert!(received <= size.unwrap_or(0));
            assert!(std::iter::from_fn(|| receiver.poll_write()).count() <= 100);
            over
        };
        for (packet, wait) in packets {
            now += Duration::from_millis(wait);
            receiver.handle_timeout(now);
            receiver.handle_bytes(now, &packet);
            drain(&mut receiver);
        }
        // Left alone, it ends.
        for _ in 0..100 {
            let Some(at) = receiver.poll_timeout() else { break };
            receiver.handle_timeout(at.max(now));
            drain(&mut receiver);
        }
        prop_assert!(drain(&mut receiver));
    }

    #[test]
    fn a_sender_takes_anything(
        content in prop::collection::vec(any::<u8>(), 0..700),
        packets in prop::collection::vec((packet(), 0..4000_u64), 0..60),
    ) {
        let mut now = Instant::now();
        let mut sender = Sender::new(now, SendOptions::default(), "a", content).unwrap();
        for (packet, wait) in packets {
            now += Duration::from_millis(wait);
            sender.handle_timeout(now);
            for byte in packet {
                sender.handle_bytes(now, &[byte]);
                while sender.poll_write().is_some() {}
            }
        }
        while let Some(at) = sender.poll_timeout() {
            sender.handle_timeout(at.max(now));
        }
        let end = std::iter::from_fn(|| sender.poll_event()).last();
        prop_assert!(matches!(end, Some(ymodem::Sent::Done | ymodem::Sent::Failed(_))));
    }
}
