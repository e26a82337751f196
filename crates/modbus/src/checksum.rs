use crc::{CRC_16_MODBUS, Crc, Table};

const MODBUS: Crc<u16, Table<16>> = Crc::<u16, Table<16>>::new(&CRC_16_MODBUS);

/// CRC-16/MODBUS of bytes: 0x4B37 for the text `123456789`.
pub fn checksum(bytes: &[u8]) -> u16 {
    MODBUS.checksum(bytes)
}

/// Which byte of the checksum comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChecksumOrder {
    /// The high one, as every unit known sends it.
    #[default]
    HighFirst,
    /// The low one, as Modbus has it.
    LowFirst,
}

impl ChecksumOrder {
    /// The checksum's bytes behind others.
    pub(crate) fn append(self, bytes: &mut Vec<u8>) {
        let sum = checksum(bytes);
        bytes.extend(match self {
            Self::HighFirst => sum.to_be_bytes(),
            Self::LowFirst => sum.to_le_bytes(),
        });
    }

    /// In which order the last two bytes are the checksum of the others, if in one.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        let (content, found) = bytes.split_last_chunk::<2>()?;
        let sum = checksum(content);
        if sum.to_be_bytes() == *found {
            Some(Self::HighFirst)
        } else if sum.to_le_bytes() == *found {
            Some(Self::LowFirst)
        } else {
            None
        }
    }
}
