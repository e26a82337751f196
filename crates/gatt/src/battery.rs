use crate::Error;
use crate::bytes::Bytes;

/// Decodes a Battery Level (0x2A19): the charge in percent, 0 to 100.
///
/// # Errors
///
/// When the value is empty, or one of the reserved ones above 100.
pub fn battery_level(value: &[u8]) -> Result<u8, Error> {
    match Bytes::new("Battery Level", value).u8("level")? {
        level @ 0..=100 => Ok(level),
        level => Err(Error::BatteryLevel(level)),
    }
}
