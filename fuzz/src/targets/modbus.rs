//! Any bytes for the assembler, in any pieces: the same frames as at once, no panic, and nothing
//! that stays when the caller gives up.
//!
//! The first byte chooses the options and the second how long pieces are.

use modbus::{Assembler, Event, Options, WriteShape};

pub(crate) fn fuzz(input: &[u8]) {
    let Some((&[choice, length], stream)) = input.split_first_chunk() else {
        return;
    };
    let options = Options {
        address: if choice & 1 == 0 { 0x11 } else { choice },
        shape: if choice & 2 == 0 {
            WriteShape::Single
        } else {
            WriteShape::Counted
        },
        either_order: choice & 4 != 0,
    };
    let mut whole = Assembler::new(options);
    whole.handle_bytes(stream);
    let mut pieces = Assembler::new(options);
    let mut events: Vec<Event> = Vec::new();
    for piece in stream.chunks(usize::from(length).max(1)) {
        pieces.handle_bytes(piece);
        events.extend(std::iter::from_fn(|| pieces.poll_event()));
    }
    whole.give_up();
    pieces.give_up();
    events.extend(std::iter::from_fn(|| pieces.poll_event()));
    let at_once: Vec<Event> = std::iter::from_fn(|| whole.poll_event()).collect();
    assert_eq!(at_once, events);
    assert_eq!(whole.counts(), pieces.counts());
    assert!(!whole.is_waiting());
    // Every byte is part of a frame, of a line of text, or skipped.
    assert!(pieces.counts().skipped <= stream.len() as u64);
}
