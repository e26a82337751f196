//! Real files, bent: what a disk, a radio or an enemy makes of them. The mutation driver
//! (`examples/mutants.rs`) shares it with the tests.

use fit::{Header, crc};

/// Makes one mutant after the other; the same seed makes the same ones.
pub(crate) struct Mutants<'f> {
    files: &'f [Vec<u8>],
    state: u64,
}

/// Larger files are cut for most mutants, so that there can be many of them.
const USUAL: usize = 16 * 1024;

/// Bytes that mean something somewhere in a file.
const TELLING: [u8; 12] = [
    0x00, 0xFF, 0x7F, 0x80, 0x40, 0x60, 0x0E, 0x0C, 0x1A, 0x01, 0xFE, 0x2E,
];

impl<'f> Mutants<'f> {
    /// Mutants of these files, of which there is at least one.
    pub(crate) fn new(files: &'f [Vec<u8>], seed: u64) -> Self {
        // An odd number keeps xorshift from staying at zero.
        let state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        Self { files, state }
    }

    fn random(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.random()).unwrap_or_default() % end.max(1)
    }

    fn byte(&mut self) -> u8 {
        match self.below(3) {
            0 => TELLING[self.below(TELLING.len())],
            _ => self.random().to_le_bytes()[0],
        }
    }

    fn source(&mut self) -> &'f [u8] {
        let file = &self.files[self.below(self.files.len())];
        let most = match self.below(16) {
            0 => file.len(),
            _ => file.len().min(USUAL),
        };
        &file[..most]
    }

    /// The next mutant.
    pub(crate) fn next(&mut self) -> Vec<u8> {
        let mut file = self.source().to_vec();
        for _ in 0..=self.below(6) {
            self.bend(&mut file);
        }
        match self.below(4) {
            // Most bent files have a wrong CRC and size: some must get behind those.
            0 => right_crcs(&mut file, true),
            1 => right_crcs(&mut file, false),
            _ => {}
        }
        file
    }

    fn bend(&mut self, file: &mut Vec<u8>) {
        let (at, length) = (self.below(file.len()), file.len());
        let (some, few) = (self.below(300), self.below(8));
        match self.below(12) {
            0..=3 => {
                for place in file.iter_mut().skip(at).take(1 + few) {
                    *place = self.byte();
                }
            }
            4 => {
                if let Some(place) = file.get_mut(at) {
                    *place ^= 1 << self.below(8);
                }
            }
            5 => file.truncate(at),
            6 => {
                file.drain(at..length.min(at + some));
            }
            7 => {
                let new: Vec<u8> = (0..some).map(|_| self.byte()).collect();
                file.splice(at..at, new);
            }
            8 => {
                let again = file[at..length.min(at + some)].to_vec();
                file.splice(at..at, again);
            }
            9 => {
                let other = self.source();
                let from = self.below(other.len());
                let piece = &other[from..other.len().min(from + some)];
                file.splice(at..at, piece.iter().copied());
            }
            10 => self.bend_header(file),
            _ => {
                let padding = TELLING[self.below(TELLING.len())];
                file.extend(std::iter::repeat_n(padding, some));
                if few == 0 {
                    file.extend_from_slice(self.source());
                }
            }
        }
    }

    fn bend_header(&mut self, file: &mut [u8]) {
        let at = self.below(14);
        let byte = self.byte();
        if let Some(place) = file.get_mut(at) {
            *place = byte;
        }
    }
}

/// Gives the file the CRCs that it should have, and the size.
fn right_crcs(file: &mut [u8], size: bool) {
    let data = file.len().saturating_sub(16);
    let (Some(head), true) = (file.first_chunk_mut::<14>(), data > 0) else {
        return;
    };
    if size {
        let size = u32::try_from(data).unwrap_or(u32::MAX);
        let header = Header::new(head[1], u16::from_le_bytes([head[2], head[3]]), size);
        head.copy_from_slice(&header.to_bytes());
    } else {
        let header = crc::checksum(&head[..12]);
        head[12..].copy_from_slice(&header.to_le_bytes());
    }
    let end = file.len() - 2;
    let right = crc::checksum(&file[..end]);
    file[end..].copy_from_slice(&right.to_le_bytes());
}
