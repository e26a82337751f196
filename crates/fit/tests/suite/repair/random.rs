//! Files that were damaged at random, and files that were made to waste time.

use std::time::Instant;

use fit::Header;

use crate::made_activity::made_activity;
use crate::support::{GOLDEN, golden};

/// Numbers that look random, the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.roll(256)).unwrap()
    }
}

/// Damages a file once, in one of many ways.
fn damage(file: &mut Vec<u8>, dice: &mut Dice) {
    let at = dice.roll(file.len());
    let size = dice.roll(200).min(file.len() - at);
    let block = at..at + size;
    match dice.roll(9) {
        0 => file.truncate(at),
        1 => file[at] ^= 1 << dice.roll(8),
        2 => file[block].fill(0),
        3 => file[block].fill(0xFF),
        4 => drop(file.drain(block)),
        5 => file[block].iter_mut().for_each(|byte| *byte = dice.byte()),
        6 => {
            let at = dice.roll(file.len().min(16));
            file[at] = dice.byte();
        }
        7 => {
            let junk: Vec<u8> = (0..size).map(|_| dice.byte()).collect();
            drop(file.splice(at..at, junk));
        }
        _ => {
            let copy = file[block].to_vec();
            let to = dice.roll(file.len());
            drop(file.splice(to..to, copy));
        }
    }
}

/// Whatever happens to a file, the result is sound, and repairing it again changes nothing.
#[test]
fn mutants_become_sound_or_are_refused() {
    let mut files: Vec<_> = GOLDEN.iter().map(|name| golden(name)).collect();
    files.retain(|file| file.len() < 10_000);
    files.push(made_activity());
    files.push(
        [
            golden("golden-row-3s-min"),
            golden("golden-row-zero-length"),
        ]
        .concat(),
    );
    let mut dice = Dice(1);
    let mut refused = 0;
    for round in 0..1500 {
        let mut file = files[round % files.len()].clone();
        for _ in 0..=dice.roll(4) {
            if !file.is_empty() {
                damage(&mut file, &mut dice);
            }
        }
        match fit::repair(&file) {
            Ok(None) => assert!(fit::inspect(&file).is_valid(), "{round}"),
            Ok(Some(fixed)) => {
                let report = fit::inspect(&fixed.file);
                assert!(report.is_valid(), "{round}: {report}");
                let again = fit::repair(&fixed.file);
                assert!(matches!(again, Ok(None)), "{round}: {again:?}");
            }
            Err(_) => refused += 1,
        }
    }
    assert!(refused < 300, "{refused} of 1500 refused");
}

/// Files that look like headers, definitions or messages everywhere: the time grows with the size and
/// nothing else.
#[test]
fn hostile_files_take_no_time() {
    const LARGE: usize = 5_000_000;
    const SIZE: usize = 2_000_000;
    let times = |piece: &[u8], size| {
        let bytes = piece.iter().copied().cycle();
        bytes.take(size).collect::<Vec<u8>>()
    };
    let repeat = |piece: &[u8]| times(piece, SIZE);
    let mut dice = Dice(2);
    let noise: Vec<u8> = (0..LARGE).map(|_| dice.byte()).collect();
    let golden = golden("golden-row-1000m-dev");
    let header = |size| Header::new(0x20, 2140, size).to_bytes();
    // A definition of a record, and messages of one byte.
    let tiny = b"\x40\x00\x00\x14\x00\x00\x00\x00\x00\x00\x0F";
    let definitions = b"\x40\x00\x00\x14\x00\x02\xFD\x04\x86\x03\x01\x02";
    let behind = |head: &[u8], tail: &[u8]| [head, tail].concat();
    let files = [
        ("noise", noise.clone()),
        (".FIT", times(b".FIT", LARGE)),
        ("headers", times(&header(0), LARGE)),
        ("headers with sizes", repeat(&header(1_000_000))),
        ("definitions", behind(&header(0), &repeat(definitions))),
        ("tiny messages", behind(&header(0), &repeat(tiny))),
        ("zeros", behind(&golden, &repeat(&[0]))),
        (
            "noise behind a file",
            behind(&golden[..golden.len() - 100], &noise),
        ),
        ("half files", repeat(&golden[..golden.len() / 2])),
        (
            "files without end",
            behind(&header(0), &repeat(&golden[14..golden.len() - 2])),
        ),
    ];
    for (name, file) in files {
        let start = Instant::now();
        let result = fit::repair(&file);
        let took = start.elapsed();
        if let Ok(Some(fixed)) = result {
            assert!(fixed.steps.len() <= 1001, "{name}");
            assert!(fixed.file.len() < 4 * file.len(), "{name}");
        }
        println!("{name}: {took:?}");
        // Tests aren't optimised: a second here is some hundredths in the product.
        assert!(took.as_secs() < 60, "{name} took {took:?}");
    }
}
