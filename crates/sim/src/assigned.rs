//! The names of services and characteristics, once more: nothing is shared with the decoders.

use uuid::Uuid;

const fn short(name: u16) -> Uuid {
    Uuid::from_u128((name as u128) << 96 | 0x1000_8000_0080_5f9b_34fb)
}

/// Cycling Power, and Cycling Speed and Cadence.
#[expect(missing_docs, reason = "the standard's names")]
pub mod cycling {
    use super::{Uuid, short};
    pub const POWER_SERVICE: Uuid = short(0x1818);
    pub const POWER_MEASUREMENT: Uuid = short(0x2A63);
    pub const POWER_FEATURE: Uuid = short(0x2A65);
    pub const POWER_CONTROL_POINT: Uuid = short(0x2A66);
    pub const CSC_SERVICE: Uuid = short(0x1816);
    pub const CSC_MEASUREMENT: Uuid = short(0x2A5B);
    pub const CSC_FEATURE: Uuid = short(0x2A5C);
    pub const CSC_CONTROL_POINT: Uuid = short(0x2A55);
}

/// Fitness Machine.
#[expect(missing_docs, reason = "the standard's names")]
pub mod fitness_machine {
    use super::{Uuid, short};
    pub const SERVICE: Uuid = short(0x1826);
    pub const ROWER_DATA: Uuid = short(0x2AD1);
    pub const FEATURE: Uuid = short(0x2ACC);
    pub const CONTROL_POINT: Uuid = short(0x2AD9);
}

/// Heart Rate.
#[expect(missing_docs, reason = "the standard's names")]
pub mod heart_rate {
    use super::{Uuid, short};
    pub const SERVICE: Uuid = short(0x180D);
    pub const MEASUREMENT: Uuid = short(0x2A37);
}

/// Battery.
#[expect(missing_docs, reason = "the standard's names")]
pub mod battery {
    use super::{Uuid, short};
    pub const SERVICE: Uuid = short(0x180F);
    pub const LEVEL: Uuid = short(0x2A19);
}

/// Device Information.
#[expect(missing_docs, reason = "the standard's names")]
pub mod device_information {
    use super::{Uuid, short};
    pub const SERVICE: Uuid = short(0x180A);
    pub const MODEL_NUMBER: Uuid = short(0x2A24);
    pub const SERIAL_NUMBER: Uuid = short(0x2A25);
    pub const FIRMWARE_REVISION: Uuid = short(0x2A26);
    pub const HARDWARE_REVISION: Uuid = short(0x2A27);
    pub const SOFTWARE_REVISION: Uuid = short(0x2A28);
    pub const MANUFACTURER_NAME: Uuid = short(0x2A29);
}

/// The own services of an ESP Rowing Monitor.
#[expect(missing_docs, reason = "the firmware's names")]
pub mod monitor {
    use super::Uuid;
    pub const METRICS_SERVICE: Uuid = Uuid::from_u128(0xa72a5762_803b_421d_a759_f0314153da97);
    pub const EXTENDED_METRICS: Uuid = Uuid::from_u128(0x808a0d51_efae_4f0c_b2e0_48bc180d65c3);
    pub const HANDLE_FORCES: Uuid = Uuid::from_u128(0x3d9c2760_cf91_41ee_87e9_fd99d5f129a4);
    pub const DELTA_TIMES: Uuid = Uuid::from_u128(0xae5d11ea_62f6_4789_b809_6fc93fee92b9);
    pub const SETTINGS_SERVICE: Uuid = Uuid::from_u128(0x56892de1_7068_4b5a_acaa_473d97b02206);
    pub const SETTINGS: Uuid = Uuid::from_u128(0x54e15528_73b5_4905_9481_89e5184a3364);
    pub const STROKE_SETTINGS: Uuid = Uuid::from_u128(0x5d9c04cd_dcec_4551_8169_8c81f14d9d9d);
    pub const SETTINGS_CONTROL_POINT: Uuid =
        Uuid::from_u128(0x51ba0a00_8853_477c_bf43_6a09c36aac9f);
    pub const OTA_SERVICE: Uuid = Uuid::from_u128(0xed249319_32c3_4e9f_83d7_7bb5aa5d5d4b);
    pub const OTA_RX: Uuid = Uuid::from_u128(0xfbac1540_698b_40ff_a34e_f39e5b78d1cf);
    pub const OTA_TX: Uuid = Uuid::from_u128(0xb31126a7_a29b_450a_b0c2_c0516f46b699);
}

/// The file service of XOSS and CYCPLUS computers.
#[expect(missing_docs, reason = "by the direction as the device sees it")]
pub mod files {
    use super::Uuid;
    pub const SERVICE: Uuid = Uuid::from_u128(0x6e400001_b5a3_f393_e0a9_e50e24dcca9e);
    pub const TO_DEVICE: Uuid = Uuid::from_u128(0x6e400002_b5a3_f393_e0a9_e50e24dcca9e);
    pub const FROM_DEVICE: Uuid = Uuid::from_u128(0x6e400003_b5a3_f393_e0a9_e50e24dcca9e);
    pub const COMMAND: Uuid = Uuid::from_u128(0x6e400004_b5a3_f393_e0a9_e50e24dcca9e);
}

/// The Bluetooth Remote Service, with the last digits as the vendor's document prints them.
#[expect(missing_docs, reason = "the document's names")]
pub mod remote {
    use super::Uuid;
    pub const SERVICE: Uuid = Uuid::from_u128(0xadb401c0_b1c6_11ed_afa1_0242ac120002);
    pub const FEATURE: Uuid = Uuid::from_u128(0xadb40001_b1c6_11ed_afa1_0242ac120001);
    pub const MACHINE_STATUS: Uuid = Uuid::from_u128(0xadb40002_b1c6_11ed_afa1_0242ac120002);
    pub const CONTROL_POINT: Uuid = Uuid::from_u128(0xadb40003_b1c6_11ed_afa1_0242ac120003);
    pub const DATA_PIPELINE: Uuid = Uuid::from_u128(0xadb40004_b1c6_11ed_afa1_0242ac120004);
}

/// A power station of the Sydpower family.
#[expect(missing_docs, reason = "names of no standard")]
pub mod power_station {
    use super::{Uuid, short};
    pub const SERVICE: Uuid = short(0xA002);
    pub const IDENTITY: Uuid = short(0xC301);
    pub const UNUSED: Uuid = short(0xC303);
    pub const REQUEST: Uuid = short(0xC304);
    pub const REPLY: Uuid = short(0xC305);
}
