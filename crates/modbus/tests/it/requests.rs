use modbus::{Bank, Error, Request, WriteShape, checksum};

use crate::support::{bytes, vectors};

#[test]
fn the_checksum_is_the_catalogues() {
    assert_eq!(checksum(b"123456789"), 0x4B37);
    assert_eq!(vectors()["crc_check_123456789"], "0x4b37");
}

/// `read_input_11_0_80` says it all.
#[test]
fn reads_are_those_of_the_vectors() {
    let vectors = vectors();
    let requests = vectors["requests"].as_object().unwrap();
    assert_eq!(requests.len(), 12);
    for (name, hex) in requests {
        let mut words = name.split('_').skip(1);
        let bank = match words.next().unwrap() {
            "input" => Bank::Input,
            _ => Bank::Holding,
        };
        let address = u8::from_str_radix(words.next().unwrap(), 16).unwrap();
        let start = words.next().unwrap().parse().unwrap();
        let count = words.next().unwrap().parse().unwrap();
        let request = Request::read(address, bank, start, count).unwrap();
        assert_eq!(request.bytes(), bytes(hex.as_str().unwrap()), "{name}");
    }
}

#[test]
fn writes_are_those_of_the_vectors() {
    let vectors = vectors();
    let writes = vectors["writes"].as_object().unwrap();
    assert_eq!(writes.len(), 31);
    for (name, hex) in writes {
        let expected = bytes(hex.as_str().unwrap());
        let (shape, register, value) = match expected[..] {
            [_, _, r0, r1, v0, v1, _, _] => (WriteShape::Single, [r0, r1], [v0, v1]),
            [_, _, r, 0, 1, v0, v1, _, _] => (WriteShape::Counted, [0, r], [v0, v1]),
            _ => panic!("{name}"),
        };
        let [register, value] = [register, value].map(u16::from_be_bytes);
        let request = Request::write(0x11, shape, register, value).unwrap();
        assert_eq!(request.bytes(), expected, "{name}");
    }
}

/// The frames of the project's first guide have checksums that no unit accepts.
#[test]
fn the_first_guides_frames_are_never_made() {
    let vectors = vectors();
    let wrong = &vectors["seed_wrong"];
    let read = Request::read(0x11, Bank::Holding, 0, 80).unwrap();
    assert_ne!(read.bytes(), bytes(wrong["read"].as_str().unwrap()));
    let on = Request::write(0x11, WriteShape::Single, 24, 1).unwrap();
    assert_ne!(on.bytes(), bytes(wrong["usb_on"].as_str().unwrap()));
}

/// An owner reports that 0 in register 68 put the unit out of action for good.
#[test]
fn the_write_that_destroys_a_unit_can_not_be_made() {
    for shape in [WriteShape::Single, WriteShape::Counted] {
        for address in 0..=u8::MAX {
            let refused = Request::write(address, shape, 68, 0);
            let (register, value) = (68, 0);
            assert_eq!(refused, Err(Error::Destroys { register, value }));
        }
    }
}

/// No write of any shape is, taken for one of the other shape, the one that destroys a unit.
#[test]
fn no_write_is_that_one_in_the_other_shape() {
    let is_it = |bytes: &[u8]| {
        let single = bytes.get(1..6) == Some(&[6, 0, 68, 0, 0]);
        let counted = bytes.get(1..3) == Some(&[6, 68]) && bytes.get(5..7) == Some(&[0, 0]);
        (single && bytes.len() == 8) || (counted && bytes.len() == 9)
    };
    for shape in [WriteShape::Single, WriteShape::Counted] {
        for register in 0..=u16::MAX {
            for value in [0, 1, 5, 68, 0x4400, u16::MAX] {
                if let Ok(request) = Request::write(0x11, shape, register, value) {
                    assert!(!is_it(request.bytes()), "{register} {value}");
                }
            }
        }
    }
}

#[test]
fn requests_past_the_end_are_refused() {
    for (start, count) in [(0, 0), (0, 201), (200, 57), (u16::MAX, 2)] {
        assert_eq!(
            Request::read(0x11, Bank::Input, start, count),
            Err(Error::Range { start, count })
        );
    }
    assert!(Request::write(0x11, WriteShape::Single, 256, 0).is_err());
}
