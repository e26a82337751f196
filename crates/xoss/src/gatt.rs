//! Names of services and characteristics.

use uuid::Uuid;

/// The file service of the computers.
///
/// It is the Nordic UART Service's name, which many unrelated devices use: require
/// [`Characteristic::Command`] too. Older firmware doesn't advertise it, so never scan for it alone;
/// [`Profile::for_name`](crate::Profile::for_name) knows the names.
pub const SERVICE: Uuid = Uuid::from_u128(0x6E40_0001_B5A3_F393_E0A9_E50E_24DC_CA9E);

/// The three characteristics of the file service, by their direction as seen from here.
///
/// Subscribe to [`Command`](Self::Command) and [`FromDevice`](Self::FromDevice) before the first
/// command, and route notifications by characteristic, never by content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Characteristic {
    /// `6E400004`: commands and replies, at most 20 bytes. Write with response if the characteristic
    /// has that property.
    Command,
    /// `6E400003`: notifications of the file transfer.
    FromDevice,
    /// `6E400002`: our side of the file transfer; write without response.
    ToDevice,
}

impl Characteristic {
    /// Its full name.
    pub const fn uuid(self) -> Uuid {
        let short: u128 = match self {
            Self::Command => 0x6E40_0004,
            Self::FromDevice => 0x6E40_0003,
            Self::ToDevice => 0x6E40_0002,
        };
        Uuid::from_u128(short << 96 | 0xB5A3_F393_E0A9_E50E_24DC_CA9E)
    }

    /// The characteristic of that name.
    pub fn from_uuid(uuid: Uuid) -> Option<Self> {
        let all = [Self::Command, Self::FromDevice, Self::ToDevice];
        all.into_iter().find(|it| it.uuid() == uuid)
    }
}

/// The characteristics of Nordic's firmware update, `8EC90003` without and `8EC90004` with a bond: a
/// write makes a computer restart without its firmware. Some computers have them; nothing here does
/// anything with them.
pub const FIRMWARE_UPDATE: [Uuid; 2] = [
    Uuid::from_u128(0x8EC9_0003_F315_4F60_9FB8_8388_30DA_EA50),
    Uuid::from_u128(0x8EC9_0004_F315_4F60_9FB8_8388_30DA_EA50),
];

/// The 128-bit name behind a 16-bit one of the Bluetooth SIG.
pub(crate) const fn uuid16(short: u16) -> Uuid {
    const BASE: u128 = 0x0000_0000_0000_1000_8000_0080_5F9B_34FB;
    Uuid::from_u128(BASE | (short as u128) << 96)
}
