use crate::Checksum;

/// Begins a block of 128 bytes.
pub(crate) const SOH: u8 = 0x01;
/// Begins a block of 1,024 bytes.
pub(crate) const STX: u8 = 0x02;
/// The sender has no more blocks.
pub(crate) const EOT: u8 = 0x04;
/// The receiver has what was sent.
pub(crate) const ACK: u8 = 0x06;
/// The receiver wants it again.
pub(crate) const NAK: u8 = 0x15;
/// Twice in a row: the other side gives up.
pub(crate) const CAN: u8 = 0x18;
/// The receiver is ready and wants blocks with a CRC.
pub(crate) const READY: u8 = b'C';

/// Bytes before the data of a block.
const HEADER: usize = 3;
/// Bytes after the data of a block.
const TRAILER: usize = 2;

/// How many bytes of data a block has; its first byte tells, and one file may mix both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockSize {
    /// 128 bytes, begins with SOH (0x01).
    Short,
    /// 1,024 bytes, begins with STX (0x02).
    Long,
}

impl BlockSize {
    /// Bytes of data.
    pub const fn data(self) -> usize {
        match self {
            Self::Short => 128,
            Self::Long => 1024,
        }
    }

    /// Bytes of the whole block: three before the data, two after.
    pub const fn block(self) -> usize {
        HEADER + self.data() + TRAILER
    }

    const fn start(self) -> u8 {
        match self {
            Self::Short => SOH,
            Self::Long => STX,
        }
    }

    pub(crate) const fn of_start(start: u8) -> Option<Self> {
        match start {
            SOH => Some(Self::Short),
            STX => Some(Self::Long),
            _ => None,
        }
    }
}

/// A block that arrived whole and with its right CRC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block<'a> {
    /// Its number: 0 for the block that names the file, then 1, 2, …, 255, 0, ….
    pub number: u8,
    /// 128 or 1,024 bytes.
    pub data: &'a [u8],
    /// The CRC of the data.
    pub checksum: u16,
}

impl<'a> Block<'a> {
    /// Takes a block apart; `None` when it isn't one: wrong length for its first byte, the second
    /// and third byte don't complement each other, or another CRC.
    pub fn decode(bytes: &'a [u8], checksum: Checksum) -> Option<Self> {
        let (&[start, number, complement], rest) = bytes.split_first_chunk::<HEADER>()?;
        let (data, &trailer) = rest.split_last_chunk::<TRAILER>()?;
        let whole = BlockSize::of_start(start)?.data() == data.len();
        let expected = u16::from_be_bytes(trailer);
        (whole && number ^ complement == 0xFF && checksum.of(data) == expected).then_some(Self {
            number,
            data,
            checksum: expected,
        })
    }

    /// Puts a block together, filled up with NUL; data beyond the block's size are left out.
    pub fn encode(number: u8, data: &[u8], size: BlockSize, checksum: Checksum) -> Vec<u8> {
        let mut block = Vec::with_capacity(size.block());
        block.extend([size.start(), number, !number]);
        block.extend(data.iter().take(size.data()));
        block.resize(HEADER + size.data(), 0);
        let crc = checksum.of(block.get(HEADER..).unwrap_or_default());
        block.extend(crc.to_be_bytes());
        block
    }
}
