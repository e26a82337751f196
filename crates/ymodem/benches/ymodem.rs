//! How fast the receiver takes blocks that are already there: far above any radio, so that the link
//! is the limit and never we.

use std::hint::black_box;
use std::time::Instant;

use divan::counter::BytesCount;
use divan::{AllocProfiler, Bencher};
use ymodem::{Block, BlockSize, Checksum, Event, ReceiveOptions, Receiver};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

const SIZE: usize = 1 << 20;

/// The blocks of a file of 1 MiB, cut into packets.
fn packets(size: BlockSize, payload: usize) -> Vec<Vec<u8>> {
    let content: Vec<u8> = (0..SIZE)
        .map(|i| ((i * 31) >> 3).to_le_bytes()[0])
        .collect();
    let header = Block::encode(0, b"a.fit 1048576", BlockSize::Short, Checksum::Arc);
    let blocks = content.chunks(size.data()).zip(1_usize..);
    let blocks = blocks
        .map(|(data, number)| Block::encode(number.to_le_bytes()[0], data, size, Checksum::Arc));
    let blocks = std::iter::once(header).chain(blocks);
    let packets = blocks.flat_map(|block| {
        let packets: Vec<_> = block.chunks(payload).map(<[u8]>::to_vec).collect();
        packets
    });
    packets.collect()
}

/// Everything is acknowledged and handed on.
fn receive(packets: &[Vec<u8>]) -> usize {
    let now = Instant::now();
    let mut receiver = Receiver::new(now, ReceiveOptions::default());
    let mut bytes = 0;
    for packet in packets {
        receiver.handle_bytes(now, packet);
        while let Some(write) = receiver.poll_write() {
            black_box(write);
        }
        while let Some(event) = receiver.poll_event() {
            if let Event::Data(data) = event {
                bytes += data.len();
            }
        }
    }
    assert_eq!(bytes, SIZE);
    bytes
}

#[divan::bench]
fn short_blocks_20_byte_packets(bencher: Bencher<'_, '_>) {
    let packets = packets(BlockSize::Short, 20);
    bencher
        .counter(BytesCount::new(SIZE))
        .bench_local(|| receive(&packets));
}

#[divan::bench]
fn long_blocks_244_byte_packets(bencher: Bencher<'_, '_>) {
    let packets = packets(BlockSize::Long, 244);
    bencher
        .counter(BytesCount::new(SIZE))
        .bench_local(|| receive(&packets));
}

#[divan::bench(args = [Checksum::Arc, Checksum::Xmodem])]
fn crc(bencher: Bencher<'_, '_>, checksum: Checksum) {
    let bytes: Vec<u8> = (0..SIZE).map(|i| i.to_le_bytes()[0]).collect();
    bencher
        .counter(BytesCount::new(SIZE))
        .bench_local(|| checksum.of(black_box(&bytes)));
}
