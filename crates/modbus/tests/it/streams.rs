use modbus::{Bank, Body, ChecksumOrder, Event, Layout, Options, Request};

use crate::support::{bytes, frames, play, vector, vectors};

const EITHER: Options = Options {
    address: 0x11,
    shape: modbus::WriteShape::Single,
    either_order: true,
};

/// What a vector's bytes give, with checksums in the right order only.
fn events(group: &str, name: &str) -> (Vec<Event>, modbus::Assembler) {
    play(Options::default(), [vector(group, name)])
}

fn status_request() -> Request {
    Request::read(0x11, Bank::Input, 0, 80).unwrap()
}

/// Every stream of the vectors, with the function codes of its frames.
#[test]
fn streams_give_their_frames() {
    let expected: [(&str, &[u8]); 9] = [
        ("mtu23", &[4]),
        ("mtu160", &[4]),
        ("mtu171_single", &[4]),
        ("stale_write_echo_then_status", &[6, 4]),
        ("unsolicited_status_then_settings_reply", &[4, 3]),
        ("two_frames_one_notification", &[4, 6]),
        ("split_inside_header", &[4]),
        ("partial_then_restart", &[4]),
        ("fragment_starting_with_0x11", &[4]),
    ];
    let vectors = vectors();
    let streams = vectors["streams"].as_object().unwrap();
    assert_eq!(streams.len(), expected.len());
    for (name, functions) in expected {
        let pieces = streams[name].as_array().unwrap();
        let pieces = pieces.iter().map(|piece| bytes(piece.as_str().unwrap()));
        let (events, assembler) = play(Options::default(), pieces);
        let found: Vec<u8> = frames(&events)
            .iter()
            .map(|frame| match &frame.body {
                Body::Registers(registers) => registers.bank.function(),
                _ => 6,
            })
            .collect();
        assert_eq!(found, functions, "{name}");
        assert!(!assembler.is_waiting(), "{name}");
    }
}

#[test]
fn a_flipped_bit_is_no_frame() {
    let (events, mut assembler) = events("negative", "bitflip_in_soc");
    assert_eq!(events, []);
    assembler.give_up();
    assert_eq!(assembler.poll_event(), None);
    assert!(assembler.counts().broken > 0);
    assert_eq!(assembler.counts().skipped, 168);
}

#[test]
fn the_low_byte_first_is_accepted_only_when_asked_for() {
    assert_eq!(events("negative", "crc_low_first").0, []);
    let low = vector("negative", "crc_low_first");
    let (events, assembler) = play(EITHER, [low]);
    let frames = frames(&events);
    assert_eq!(frames.len(), 1);
    assert_eq!(frames[0].checksum, ChecksumOrder::LowFirst);
    assert!(frames[0].answers(&status_request()));
    assert_eq!(assembler.counts().low_first, 1);
    let Body::Registers(registers) = &frames[0].body else {
        panic!()
    };
    assert_eq!(registers.get(56), Some(734));
}

#[test]
fn what_is_cut_stays_incomplete() {
    for name in ["truncated_167", "truncated_20_only", "odd_payload"] {
        let (events, mut assembler) = events("negative", name);
        assert_eq!(events, [], "{name}");
        assert!(assembler.is_waiting(), "{name}");
        assembler.give_up();
        assert_eq!(assembler.poll_event(), None, "{name}");
        assert!(!assembler.is_waiting());
    }
}

#[test]
fn a_header_of_modbus_rtu_is_understood() {
    let (events, _) = events("negative", "standard_modbus_header_165");
    let frames = frames(&events);
    assert_eq!(frames[0].layout, Layout::ByteCount);
    assert!(frames[0].answers(&status_request()));
    let Body::Registers(registers) = &frames[0].body else {
        panic!()
    };
    assert_eq!(registers.start, None);
    assert_eq!(registers.get(56), Some(734));
}

/// The same reply with its number of bytes in two.
#[test]
fn a_header_with_a_long_byte_count_is_understood() {
    let reply = vector("responses", "status_A");
    let mut long = vec![0x11, 0x04, 0x00, 0xA0];
    long.extend(&reply[6..166]);
    long.extend(modbus::checksum(&long).to_be_bytes());
    let (events, _) = play(Options::default(), [long]);
    let frames = frames(&events);
    assert_eq!(frames[0].layout, Layout::LongByteCount);
    assert!(frames[0].answers(&status_request()));
}

#[test]
fn frames_of_the_other_bank_and_of_other_units_answer_nothing() {
    let (events, _) = events("negative", "wrong_bank");
    assert_eq!(frames(&events).len(), 1);
    assert!(!frames(&events)[0].answers(&status_request()));
    let (events, _) = play(
        Options::default(),
        [vector("negative", "wrong_address_0x12")],
    );
    assert_eq!(frames(&events)[0].address, 0x12);
    assert!(!frames(&events)[0].answers(&status_request()));
}

#[test]
fn exceptions_of_either_shape_are_refusals() {
    for (name, code) in [
        ("exception_84_guess", Some(2)),
        ("exception_echo_shape_guess", None),
    ] {
        let (events, _) = events("negative", name);
        let frames = frames(&events);
        assert_eq!(frames[0].body, Body::Exception { function: 4, code });
        assert!(frames[0].answers(&status_request()));
    }
}

#[test]
fn stray_text_is_told_and_the_frame_behind_it_read() {
    let (events, assembler) = events("negative", "at_text_leak_then_frame");
    assert_eq!(events[0], Event::Text(b"AT+CWMODE=1".to_vec()));
    let Event::Frame(frame) = &events[1] else {
        panic!()
    };
    let expected = Body::Written {
        register: 24,
        value: Some(1),
    };
    assert_eq!(frame.body, expected);
    assert_eq!(assembler.counts().skipped, 0);
}

#[test]
fn impossible_counts_are_no_header() {
    for name in ["count_zero", "count_huge"] {
        let (events, assembler) = events("negative", name);
        assert_eq!(events, [], "{name}");
        assert_eq!(assembler.counts().skipped, 8, "{name}");
    }
}

/// A register that is not in the frame is absent, not 0.
#[test]
fn registers_outside_a_frame_are_absent() {
    let (events, _) = events("responses", "status_range_58_2");
    let Body::Registers(registers) = &frames(&events)[0].body else {
        panic!()
    };
    assert_eq!(registers.get(58), Some(47));
    assert_eq!(registers.get(59), Some(0));
    for absent in [0, 57, 60, u16::MAX] {
        assert_eq!(registers.get(absent), None);
    }
}

/// Text that never ends costs no memory and hides no frame.
#[test]
fn endless_text_is_skipped() {
    let echo = vector("responses", "write_echo_usb_on");
    let text = vec![b'x'; 100_000];
    let (events, assembler) = play(Options::default(), [text, echo]);
    assert_eq!(frames(&events).len(), 1);
    assert_eq!(assembler.counts().skipped, 100_000);
}
