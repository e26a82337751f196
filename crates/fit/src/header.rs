//! The header of a segment.

use crate::crc::checksum;

/// The header of a segment: who wrote it and how many bytes of records follow.
///
/// | offset | size | field |
/// |---|---|---|
/// | 0 | 1 | size of the header: 14, in old files 12 |
/// | 1 | 1 | protocol version, major in the high nibble |
/// | 2 | 2 | profile version |
/// | 4 | 4 | bytes of records, without header and CRC |
/// | 8 | 4 | `.FIT` |
/// | 12 | 2 | CRC of bytes 0 to 11, or 0 for "not given"; only if the size is at least 14 |
///
/// Numbers are little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Bytes of the header: the offset of the first record from the segment's start.
    pub size: u8,
    /// Protocol version: 0x10 is 1.0, 0x20 is 2.0.
    pub protocol: u8,
    /// Profile version: 2140 is 21.40, and from 21.100 on 21158 is 21.158.
    pub profile: u16,
    /// Bytes of records, as the header says.
    pub data_size: u32,
    /// The header's own CRC; `None` if there is no room for it, 0 if it isn't given.
    pub crc: Option<u16>,
}

impl Header {
    /// Bytes of the header that this crate writes.
    pub const SIZE: u8 = 14;
    /// What every header has at offset 8.
    pub const SIGNATURE: [u8; 4] = *b".FIT";
    /// The shortest header there is.
    pub const MIN_SIZE: u8 = 12;

    /// A header of 14 bytes with its true CRC.
    pub fn new(protocol: u8, profile: u16, data_size: u32) -> Self {
        let mut header = Self {
            size: Self::SIZE,
            protocol,
            profile,
            data_size,
            crc: None,
        };
        header.crc = Some(checksum(&header.start()));
        header
    }

    /// The bytes of the header: 12 of them if it has no CRC, else 14.
    ///
    /// ```
    /// let header = fit::Header::new(0x20, 2140, 102_752);
    /// assert_eq!(header.crc, Some(0x0BBF));
    /// assert_eq!(&header.to_bytes()[8..], b".FIT\xBF\x0B");
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.start().to_vec();
        bytes.extend(self.crc.iter().flat_map(|crc| crc.to_le_bytes()));
        bytes
    }

    /// The major version of the protocol.
    pub const fn protocol_major(&self) -> u8 {
        self.protocol >> 4
    }

    /// The CRC that the header should have.
    pub fn right_crc(&self) -> u16 {
        checksum(&self.start())
    }

    fn start(&self) -> [u8; 12] {
        let [p0, p1] = self.profile.to_le_bytes();
        let [d0, d1, d2, d3] = self.data_size.to_le_bytes();
        let [s0, s1, s2, s3] = Self::SIGNATURE;
        [
            self.size,
            self.protocol,
            p0,
            p1,
            d0,
            d1,
            d2,
            d3,
            s0,
            s1,
            s2,
            s3,
        ]
    }
}
