use modbus::{Assembler, Event, Options, WriteShape, checksum};
use proptest::prelude::*;

use crate::support::{frames, play};

/// A frame as another implementation would make it.
fn frame() -> impl Strategy<Value = Vec<u8>> {
    let registers = (
        3_u8..=4,
        0_u16..56,
        prop::collection::vec(any::<u16>(), 1..=200),
    )
        .prop_map(|(function, start, values)| {
            let count = u16::try_from(values.len()).unwrap();
            let mut bytes = vec![0x11, function];
            bytes.extend(start.to_be_bytes());
            bytes.extend(count.to_be_bytes());
            bytes.extend(values.iter().flat_map(|value| value.to_be_bytes()));
            bytes
        });
    let echo = (any::<u16>(), any::<u16>()).prop_map(|(register, value)| {
        let [r0, r1] = register.to_be_bytes();
        let [v0, v1] = value.to_be_bytes();
        vec![0x11, 6, r0, r1, v0, v1]
    });
    prop_oneof![3 => registers, 1 => echo].prop_map(|mut bytes| {
        bytes.extend(checksum(&bytes).to_be_bytes());
        bytes
    })
}

/// A stream of frames, with text between them at times.
fn stream() -> impl Strategy<Value = (Vec<Vec<u8>>, Vec<u8>)> {
    prop::collection::vec((any::<bool>(), frame()), 1..6).prop_map(|parts| {
        let mut stream = Vec::new();
        for (text, frame) in &parts {
            if *text {
                stream.extend(b"AT+GMR\r\n");
            }
            stream.extend(frame);
        }
        (parts.into_iter().map(|(_, frame)| frame).collect(), stream)
    })
}

fn cut(mut stream: &[u8], lengths: &[usize]) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    let mut lengths = lengths.iter().cycle();
    while !stream.is_empty() {
        let length = lengths.next().map_or(stream.len(), |length| *length);
        let (piece, rest) = stream.split_at(length.min(stream.len()));
        pieces.push(piece.to_vec());
        stream = rest;
    }
    pieces
}

proptest! {
    /// Any split of a valid stream gives all its frames.
    #[test]
    fn any_split_gives_the_same_frames(
        (sent, stream) in stream(),
        lengths in prop::collection::vec(1_usize..60, 1..20),
    ) {
        let (whole, _) = play(Options::default(), [&stream]);
        let (pieces, assembler) = play(Options::default(), cut(&stream, &lengths));
        prop_assert_eq!(&whole, &pieces);
        prop_assert_eq!(frames(&pieces).len(), sent.len());
        prop_assert_eq!(assembler.counts().skipped, 0);
        prop_assert!(!assembler.is_waiting());
    }

    /// So does any split of what is no valid stream, in every configuration.
    #[test]
    fn any_split_of_anything_gives_the_same(
        (_, stream) in stream(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut_off in any::<prop::sample::Index>(),
        lengths in prop::collection::vec(1_usize..60, 1..20),
        either_order: bool,
        counted: bool,
    ) {
        let mut stream = stream;
        for (index, byte) in changes {
            let index = index.index(stream.len());
            stream[index] = byte;
        }
        stream.drain(..cut_off.index(stream.len()).min(20));
        let shape = if counted { WriteShape::Counted } else { WriteShape::Single };
        let options = Options { address: 0x11, shape, either_order };
        let (whole, mut one) = play(options, [&stream]);
        let (pieces, mut many) = play(options, cut(&stream, &lengths));
        prop_assert_eq!(whole, pieces);
        prop_assert_eq!(one.counts(), many.counts());
        for assembler in [&mut one, &mut many] {
            assembler.give_up();
            prop_assert!(!assembler.is_waiting());
        }
        prop_assert_eq!(one.poll_event(), many.poll_event());
        prop_assert_eq!(one.counts(), many.counts());
    }

    /// Noise is no frame, and does not keep a frame behind it from being found once the
    /// caller has waited long enough.
    #[test]
    fn a_frame_behind_noise_is_found(
        noise in prop::collection::vec(any::<u8>(), 0..300),
        sent in frame(),
    ) {
        let mut assembler = Assembler::default();
        assembler.handle_bytes(&noise);
        assembler.handle_bytes(&sent);
        assembler.give_up();
        let events: Vec<Event> = std::iter::from_fn(|| assembler.poll_event()).collect();
        let mut alone = Assembler::default();
        alone.handle_bytes(&sent);
        prop_assert_eq!(events.last().cloned(), alone.poll_event());
    }
}
