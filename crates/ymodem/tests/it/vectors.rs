//! Blocks and whole transfers computed by another program; `tests/data/README.md` says which.

use std::time::Instant;

use serde_json::Value;
use ymodem::{
    Block, BlockSize, Checksum, File, ReceiveOptions, SendOptions, Sender, Sent, Separator,
};

use crate::support::{ACK, Bench, EOT, NAK, NOTHING, hex};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../data/vectors.json")).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex(value.as_str().unwrap())
}

fn ramp300() -> Vec<u8> {
    (0..300).map(|i: u32| i.to_le_bytes()[0]).collect()
}

fn pattern1500() -> Vec<u8> {
    (0..1500)
        .map(|i: u32| (7 * i + 3).to_le_bytes()[0])
        .collect()
}

#[test]
fn every_block_is_read_and_written_the_same() {
    let vectors = vectors();
    for vector in vectors["blocks"].as_array().unwrap() {
        let label = vector["label"].as_str().unwrap();
        let whole = bytes(&vector["full"]);
        let block = Block::decode(&whole, Checksum::Arc).expect(label);
        assert_eq!(u64::from(block.number), vector["seq"], "{label}");
        assert_eq!(block.data.len() as u64, vector["size"], "{label}");
        let crc = |name: &str| u16::from_str_radix(vector[name].as_str().unwrap(), 16).unwrap();
        assert_eq!(block.checksum, crc("crc_arc"), "{label}");
        assert_eq!(
            Checksum::Xmodem.of(block.data),
            crc("crc_xmodem"),
            "{label}"
        );
        let size = if whole[0] == 1 {
            BlockSize::Short
        } else {
            BlockSize::Long
        };
        assert_eq!(
            Block::encode(block.number, block.data, size, Checksum::Arc),
            whole,
            "{label}"
        );
    }
}

#[test]
fn a_block_with_the_other_crc_is_refused() {
    for vector in vectors()["blocks"].as_array().unwrap() {
        let mut whole = bytes(&vector["full"]);
        let right = vector["crc_arc"].as_str().unwrap();
        let other = vector["crc_xmodem"].as_str().unwrap();
        if right == other {
            // Zeros have the same CRC under both.
            continue;
        }
        let end = whole.len() - 2;
        whole[end..].copy_from_slice(&hex(other));
        assert_eq!(Block::decode(&whole, Checksum::Arc), None);
        assert!(Block::decode(&whole, Checksum::Xmodem).is_some());
    }
}

#[test]
fn block_0_is_read_in_both_dialects() {
    let vectors = vectors();
    let names = [
        ("filelist.txt", 130),
        ("20240715062336.fit", 300),
        ("2015.fit", 300),
    ];
    for (vector, (name, size)) in vectors["blocks"].as_array().unwrap().iter().zip(names) {
        let whole = bytes(&vector["full"]);
        let block = Block::decode(&whole, Checksum::Arc).unwrap();
        let file = File::decode(block.data).unwrap();
        assert_eq!((&*file.name, file.size), (name.as_bytes(), size));
        let separator = if name == "2015.fit" {
            Separator::Nul
        } else {
            Separator::Space
        };
        let data = file.encode(separator).unwrap();
        assert_eq!(
            Block::encode(0, &data, BlockSize::Short, Checksum::Arc),
            whole
        );
    }
}

/// Plays a transfer in which the crate receives: it has to write exactly what the trace says.
fn receive(trace: &Value, expected: &[u8]) {
    let mut bench = Bench::new(ReceiveOptions::default());
    let mut written = bench.drain();
    for step in trace.as_array().unwrap() {
        let packet = bytes(&step["hex"]);
        if step["dir"] == "->" {
            if written.is_empty() {
                // Only the answers to an EOT have their pause.
                written = bench.pass_ms(100);
            }
            assert_eq!(vec![written.remove(0)], packet);
        } else {
            assert!(written.is_empty(), "{written:?} written too much");
            for fragment in packet.chunks(20) {
                assert!(written.is_empty());
                written = bench.feed(fragment);
            }
        }
    }
    assert_eq!(bench.content, expected);
    assert_eq!(
        bench.file,
        Some(("20240715062336.fit".to_owned(), expected.len() as u64))
    );
    assert_eq!(bench.end, Some(ymodem::Event::Done { closed: true }));
}

/// Plays the same transfer from the other side.
fn send(trace: &Value, content: &[u8], block: BlockSize) {
    let mut now = Instant::now();
    let options = SendOptions {
        block,
        chunk: 4096,
        ..SendOptions::default()
    };
    let mut sender = Sender::new(now, options, "20240715062336.fit", content.to_vec()).unwrap();
    for step in trace.as_array().unwrap() {
        let packet = bytes(&step["hex"]);
        if step["dir"] == "->" {
            assert_eq!(sender.poll_write(), None);
            sender.handle_bytes(now, &packet);
        } else {
            let write = sender.poll_write().unwrap_or_else(|| {
                now = sender.poll_timeout().unwrap();
                sender.handle_timeout(now);
                sender.poll_write().unwrap()
            });
            assert_eq!(write, packet);
        }
    }
    let events: Vec<_> = std::iter::from_fn(|| sender.poll_event()).collect();
    let [progress @ .., Sent::Done] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(progress.last(), Some(&Sent::Progress(content.len() as u64)));
    assert_eq!(sender.poll_timeout(), None);
}

#[test]
fn a_transfer_of_short_blocks() {
    let trace = &vectors()["download_ramp300_short"];
    receive(trace, &ramp300());
    send(trace, &ramp300(), BlockSize::Short);
}

#[test]
fn a_transfer_of_long_blocks() {
    let trace = &vectors()["download_pat1500_long"];
    receive(trace, &pattern1500());
    send(trace, &pattern1500(), BlockSize::Long);
}

#[test]
fn fragments_of_20_bytes() {
    let vectors = vectors();
    let mut bench = Bench::named(300);
    let fragments = vectors["fragments_mtu23_ramp300_block1"]
        .as_array()
        .unwrap();
    let (last, first) = fragments.split_last().unwrap();
    for fragment in first {
        assert_eq!(bench.feed(&bytes(fragment)), NOTHING);
    }
    assert_eq!(bench.feed(&bytes(last)), [ACK]);
    assert_eq!(bench.content, ramp300()[..128]);
}

#[test]
fn a_sender_cuts_blocks_as_listed() {
    let vectors = vectors();
    for (label, lengths) in vectors["fragment_lengths"].as_object().unwrap() {
        // "1029B block, payload 206 (ATT_MTU 209)"
        let block = if label.starts_with("133B") {
            BlockSize::Short
        } else {
            BlockSize::Long
        };
        let payload = label.split([' ', ',']).nth(4).unwrap();
        let chunk = payload.parse().unwrap();
        let options = SendOptions {
            block,
            chunk,
            ..SendOptions::default()
        };
        let now = Instant::now();
        let mut sender = Sender::new(now, options, "a.fit", vec![1; 1024]).unwrap();
        sender.handle_bytes(now, b"C");
        while sender.poll_write().is_some() {}
        sender.handle_bytes(now, &[ACK, b'C']);
        let chunks: Vec<_> = std::iter::from_fn(|| sender.poll_write()).collect();
        let found: Vec<_> = chunks.iter().map(|chunk| chunk.len() as u64).collect();
        let expected = lengths
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it.as_u64().unwrap());
        assert_eq!(found, expected.collect::<Vec<_>>(), "{label}");
    }
}

/// Clients that cut at trailing zeros lose a byte of one FIT file in 256.
#[test]
fn a_file_that_ends_in_zero_arrives_whole() {
    let vectors = vectors();
    let vector = &vectors["trailing_zero"];
    let content = bytes(&vector["content"]);
    let mut bench = Bench::named(content.len());
    assert_eq!(bench.feed(&bytes(&vector["block1"])), [ACK]);
    bench.close();
    assert_eq!(bench.content, content);
    assert_eq!(content.last(), Some(&0));
}

/// At an ATT payload of 514 bytes, the third fragment of a long block is one byte of its CRC, here
/// 04: a client that took it for the end crashed.
#[test]
fn a_fragment_that_looks_like_the_end_is_none() {
    let vectors = vectors();
    let k = u32::try_from(vectors["eot_lookalike"]["k"].as_u64().unwrap()).unwrap();
    let mut data = vec![0xA5; 1024];
    data[..4].copy_from_slice(&k.to_le_bytes());
    let block = Block::encode(1, &data, BlockSize::Long, Checksum::Arc);
    assert_eq!(
        block[1027..],
        hex(vectors["eot_lookalike"]["crc"].as_str().unwrap())
    );
    let mut bench = Bench::named(1024);
    let fragments: Vec<_> = block.chunks(514).collect();
    assert_eq!(fragments[2], [EOT]);
    assert_eq!(bench.feed(fragments[0]), NOTHING);
    assert_eq!(bench.feed(fragments[1]), NOTHING);
    assert_eq!(bench.feed(fragments[2]), [ACK]);
    assert_eq!(bench.feed(&[EOT]), NOTHING);
    assert_eq!(bench.pass_ms(100), [NAK]);
    assert_eq!(bench.content, data);
}
