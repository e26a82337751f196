//! CRC-16/ARC, the checksum of FIT headers and files.
//!
//! Reflected polynomial 0xA001, initial value 0, no final xor; `"123456789"` gives 0xBB3D. Sixteen
//! bytes a step with tables that the compiler computes.
//!
//! The CRC of something followed by its own CRC is 0, so after a header with its true CRC the state
//! is 0 again: a writer can start the CRC of the file at the data.

const STEP: usize = 16;

/// `TABLES[k][b]` is the CRC of byte `b` followed by `k` zero bytes.
static TABLES: [[u16; 256]; STEP] = tables();

#[expect(clippy::cast_possible_truncation, reason = "the index is below 256")]
#[expect(clippy::indexing_slicing, reason = "computed at compile time")]
const fn tables() -> [[u16; 256]; STEP] {
    let mut tables = [[0_u16; 256]; STEP];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u16;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xA001
            } else {
                crc >> 1
            };
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut row = 1;
    while row < STEP {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[row - 1][byte];
            tables[row][byte] = (before >> 8) ^ tables[0][(before & 0xFF) as usize];
            byte += 1;
        }
        row += 1;
    }
    tables
}

/// A CRC that grows with the bytes fed to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Crc(u16);

impl Crc {
    /// The CRC of nothing: 0.
    pub const fn new() -> Self {
        Self(0)
    }

    /// The CRC of what was fed so far.
    pub const fn value(self) -> u16 {
        self.0
    }

    /// Feeds `bytes`.
    pub fn update(&mut self, bytes: &[u8]) {
        let (blocks, rest) = bytes.as_chunks::<STEP>();
        let mut crc = self.0;
        for block in blocks {
            crc = step(crc, block);
        }
        for &byte in rest {
            let [first, ..] = &TABLES;
            crc = (crc >> 8) ^ at(first, crc.to_le_bytes()[0] ^ byte);
        }
        self.0 = crc;
    }
}

/// The CRC of `bytes`.
///
/// ```
/// assert_eq!(fit::crc::checksum(b"123456789"), 0xBB3D);
/// ```
pub fn checksum(bytes: &[u8]) -> u16 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.value()
}

#[inline]
#[expect(clippy::indexing_slicing, reason = "a byte is below 256")]
fn at(table: &[u16; 256], byte: u8) -> u16 {
    table[usize::from(byte)]
}

#[inline]
fn step(crc: u16, block: &[u8; STEP]) -> u16 {
    let [low, high] = crc.to_le_bytes();
    let [first, second, rest @ ..] = block;
    let [tables @ .., table_14, table_15] = &TABLES;
    let rest = rest.iter().zip(tables.iter().rev());
    let rest = rest.fold(0, |crc, (byte, table)| crc ^ at(table, *byte));
    // Only these two depend on the step before: they stay out of the long chain.
    rest ^ at(table_15, first ^ low) ^ at(table_14, second ^ high)
}
