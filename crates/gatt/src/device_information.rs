use uuid::Uuid;

use crate::assigned::characteristic;

/// What a device says of itself in its Device Information service (0x180A).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceInformation {
    /// 0x2A29. The name that its owner gave it, on an ESP Rowing Monitor.
    pub manufacturer_name: Option<String>,
    /// 0x2A24.
    pub model_number: Option<String>,
    /// 0x2A25.
    pub serial_number: Option<String>,
    /// 0x2A26. The date of its build (`YYYYMMDD`), on an ESP Rowing Monitor.
    pub firmware_revision: Option<String>,
    /// 0x2A27.
    pub hardware_revision: Option<String>,
    /// 0x2A28.
    pub software_revision: Option<String>,
}

impl DeviceInformation {
    /// Where a device says it, each in a characteristic of its own.
    pub const CHARACTERISTICS: [Uuid; 6] = [
        characteristic::MANUFACTURER_NAME,
        characteristic::MODEL_NUMBER,
        characteristic::SERIAL_NUMBER,
        characteristic::FIRMWARE_REVISION,
        characteristic::HARDWARE_REVISION,
        characteristic::SOFTWARE_REVISION,
    ];

    /// Takes the value of one of the characteristics; whether it was one of them.
    ///
    /// Texts are UTF-8. What isn't is replaced, and what follows a NUL is dropped: some devices
    /// send their whole buffer. An empty text is none.
    pub fn take(&mut self, characteristic: Uuid, value: &[u8]) -> bool {
        let slot = match characteristic {
            characteristic::MANUFACTURER_NAME => &mut self.manufacturer_name,
            characteristic::MODEL_NUMBER => &mut self.model_number,
            characteristic::SERIAL_NUMBER => &mut self.serial_number,
            characteristic::FIRMWARE_REVISION => &mut self.firmware_revision,
            characteristic::HARDWARE_REVISION => &mut self.hardware_revision,
            characteristic::SOFTWARE_REVISION => &mut self.software_revision,
            _ => return false,
        };
        let text = value.split(|byte| *byte == 0).next().unwrap_or_default();
        let text = String::from_utf8_lossy(text).trim().to_owned();
        *slot = Some(text).filter(|text| !text.is_empty());
        true
    }
}
