//! Bytes, put together the slow and obvious way: nothing here is shared with the client that the
//! device is for.

use std::fmt::Write;

pub(crate) const SOH: u8 = 1;
pub(crate) const STX: u8 = 2;
pub(crate) const EOT: u8 = 4;
pub(crate) const ACK: u8 = 6;
pub(crate) const NAK: u8 = 0x15;
pub(crate) const CAN: u8 = 0x18;

/// Which CRC a device puts on its blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockCrc {
    /// CRC-16/ARC, what all known devices do.
    Arc,
    /// CRC-16/XMODEM, what none does: a client has to refuse it.
    Xmodem,
}

/// A CRC bit by bit.
pub(crate) fn crc16(kind: BlockCrc, bytes: &[u8]) -> u16 {
    let mut crc = 0_u16;
    for byte in bytes {
        match kind {
            BlockCrc::Arc => {
                crc ^= u16::from(*byte);
                for _ in 0..8 {
                    let carry = crc & 1 == 1;
                    crc >>= 1;
                    if carry {
                        crc ^= 0xA001;
                    }
                }
            }
            BlockCrc::Xmodem => {
                crc ^= u16::from(*byte) << 8;
                for _ in 0..8 {
                    let carry = crc & 0x8000 != 0;
                    crc <<= 1;
                    if carry {
                        crc ^= 0x1021;
                    }
                }
            }
        }
    }
    crc
}

/// A command or a reply: opcode, content or 00, xor of both.
pub(crate) fn frame(opcode: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![opcode];
    if content.is_empty() {
        bytes.push(0);
    }
    bytes.extend(content);
    bytes.push(xor(&bytes));
    bytes
}

pub(crate) fn xor(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}

/// A block of 128 or 1,024 bytes of data.
pub(crate) fn block(number: u64, data: &[u8], size: usize, crc: BlockCrc) -> Vec<u8> {
    let number = number.to_le_bytes()[0];
    let mut bytes = vec![if size == 128 { SOH } else { STX }, number, 255 - number];
    let mut padded = data.to_vec();
    padded.resize(size, 0);
    bytes.extend(&padded);
    bytes.extend(crc16(crc, &padded).to_be_bytes());
    bytes
}

/// A string of JSON.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\0'..='\x1f' | '\u{202e}' => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
