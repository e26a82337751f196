//! Assigned numbers: the services and characteristics of which this crate knows the layout.

use uuid::Uuid;

/// The 128-bit name behind a 16-bit one.
pub const fn uuid16(short: u16) -> Uuid {
    /// The base that the Bluetooth SIG reserves for its own names.
    const BASE: u128 = 0x0000_0000_0000_1000_8000_0080_5f9b_34fb;
    Uuid::from_u128(BASE | (short as u128) << 96)
}

/// Services.
pub mod service {
    use super::{Uuid, uuid16};

    /// Device Information.
    pub const DEVICE_INFORMATION: Uuid = uuid16(0x180A);
    /// Heart Rate: belts.
    pub const HEART_RATE: Uuid = uuid16(0x180D);
    /// Battery.
    pub const BATTERY: Uuid = uuid16(0x180F);
    /// Cycling Speed and Cadence.
    pub const CYCLING_SPEED_AND_CADENCE: Uuid = uuid16(0x1816);
    /// Cycling Power.
    pub const CYCLING_POWER: Uuid = uuid16(0x1818);
    /// Fitness Machine.
    pub const FITNESS_MACHINE: Uuid = uuid16(0x1826);
}

/// Characteristics.
pub mod characteristic {
    use super::{Uuid, uuid16};

    /// Battery Level.
    pub const BATTERY_LEVEL: Uuid = uuid16(0x2A19);
    /// Model Number String.
    pub const MODEL_NUMBER: Uuid = uuid16(0x2A24);
    /// Serial Number String.
    pub const SERIAL_NUMBER: Uuid = uuid16(0x2A25);
    /// Firmware Revision String.
    pub const FIRMWARE_REVISION: Uuid = uuid16(0x2A26);
    /// Hardware Revision String.
    pub const HARDWARE_REVISION: Uuid = uuid16(0x2A27);
    /// Software Revision String.
    pub const SOFTWARE_REVISION: Uuid = uuid16(0x2A28);
    /// Manufacturer Name String.
    pub const MANUFACTURER_NAME: Uuid = uuid16(0x2A29);
    /// Heart Rate Measurement.
    pub const HEART_RATE_MEASUREMENT: Uuid = uuid16(0x2A37);
    /// CSC Measurement.
    pub const CSC_MEASUREMENT: Uuid = uuid16(0x2A5B);
    /// CSC Feature.
    pub const CSC_FEATURE: Uuid = uuid16(0x2A5C);
    /// Cycling Power Measurement.
    pub const CYCLING_POWER_MEASUREMENT: Uuid = uuid16(0x2A63);
    /// Cycling Power Feature.
    pub const CYCLING_POWER_FEATURE: Uuid = uuid16(0x2A65);
    /// Fitness Machine Feature.
    pub const FITNESS_MACHINE_FEATURE: Uuid = uuid16(0x2ACC);
    /// Rower Data.
    pub const ROWER_DATA: Uuid = uuid16(0x2AD1);
    /// Fitness Machine Control Point.
    pub const FITNESS_MACHINE_CONTROL_POINT: Uuid = uuid16(0x2AD9);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_stands_in_the_first_group() {
        assert_eq!(
            characteristic::ROWER_DATA.to_string(),
            "00002ad1-0000-1000-8000-00805f9b34fb"
        );
    }
}
