use crc::{CRC_16_ARC, CRC_16_XMODEM, Crc, Table};

static ARC: Crc<u16, Table<16>> = Crc::<u16, Table<16>>::new(&CRC_16_ARC);
static XMODEM: Crc<u16, Table<16>> = Crc::<u16, Table<16>>::new(&CRC_16_XMODEM);

/// Which CRC a block carries; both ends have to agree, the blocks don't tell.
///
/// A block of zeros has the CRC 0 under both, so it can't be used to find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// CRC-16/ARC, the one of FIT files: what XOSS and CYCPLUS computers use (seen on G+ Gen 1,
    /// NAV and M2), although the name YMODEM promises the other.
    Arc,
    /// CRC-16/XMODEM, the standard's.
    Xmodem,
}

impl Checksum {
    /// The CRC of `bytes`; on the wire its high byte comes first.
    ///
    /// ```
    /// use ymodem::Checksum;
    ///
    /// assert_eq!(Checksum::Arc.of(b"123456789"), 0xBB3D);
    /// assert_eq!(Checksum::Xmodem.of(b"123456789"), 0x31C3);
    /// ```
    pub fn of(self, bytes: &[u8]) -> u16 {
        match self {
            Self::Arc => ARC.checksum(bytes),
            Self::Xmodem => XMODEM.checksum(bytes),
        }
    }
}
