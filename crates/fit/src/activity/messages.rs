//! The messages of an activity that aren't measurements.

use crate::message::Message;
use crate::profile::{activity, device_info, event, file_id, sport};

/// What a file is, and who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileId {
    /// The type of the file; names are in [`types::FILE`](crate::profile::types::FILE).
    pub file_type: Option<u8>,
    /// The manufacturer; names are in [`types::MANUFACTURER`](crate::profile::types::MANUFACTURER).
    pub manufacturer: Option<u16>,
    /// The manufacturer's number of the product.
    pub product: Option<u16>,
    /// The serial number of the device.
    pub serial_number: Option<u32>,
    /// When the recording was started, in FIT seconds.
    pub time_created: Option<u32>,
    /// The name of the product.
    pub product_name: Option<String>,
}

/// A device that took part: the one that made the file, or one of its sensors.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceInfo {
    /// When this was so, in FIT seconds.
    pub timestamp: Option<u32>,
    /// Its number in this file; 0 made the file.
    pub device_index: Option<u8>,
    /// What it is, as its source numbers such things.
    pub device_type: Option<u8>,
    /// How it was connected; names are in [`types::SOURCE_TYPE`](crate::profile::types::SOURCE_TYPE).
    pub source_type: Option<u8>,
    /// The manufacturer; names are in [`types::MANUFACTURER`](crate::profile::types::MANUFACTURER).
    pub manufacturer: Option<u16>,
    /// The manufacturer's number of the product.
    pub product: Option<u16>,
    /// The serial number.
    pub serial_number: Option<u32>,
    /// The version of its software.
    pub software_version: f64,
    /// The version of its hardware.
    pub hardware_version: Option<u8>,
    /// Volts.
    pub battery_voltage: f64,
    /// Percent.
    pub battery_level: f64,
    /// How the battery is; names are in
    /// [`types::BATTERY_STATUS`](crate::profile::types::BATTERY_STATUS).
    pub battery_status: Option<u8>,
    /// The name of the product.
    pub product_name: Option<String>,
}

/// The sport.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sport {
    /// The sport; names are in [`types::SPORT`](crate::profile::types::SPORT).
    pub sport: Option<u8>,
    /// The kind of the sport; names are in [`types::SUB_SPORT`](crate::profile::types::SUB_SPORT).
    pub sub_sport: Option<u8>,
    /// The name that the athlete gave it.
    pub name: Option<String>,
}

/// Something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// When, in FIT seconds.
    pub timestamp: Option<u32>,
    /// To what; names are in [`types::EVENT`](crate::profile::types::EVENT). 0 is the timer.
    pub event: Option<u8>,
    /// What; names are in [`types::EVENT_TYPE`](crate::profile::types::EVENT_TYPE).
    pub event_type: Option<u8>,
    /// More about it; what, depends on `event`.
    pub data: Option<u32>,
    /// Events of one group belong together.
    pub event_group: Option<u8>,
}

/// The activity as a whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activity {
    /// When the message was written, in FIT seconds.
    pub timestamp: Option<u32>,
    /// The same time on a clock where the athlete was.
    pub local_timestamp: Option<u32>,
    /// Seconds with the timer running.
    pub timer_time: f64,
    /// How many sessions there are.
    pub sessions: Option<u16>,
    /// What it is; names are in [`types::ACTIVITY`](crate::profile::types::ACTIVITY).
    pub activity_type: Option<u8>,
}

impl FileId {
    pub(super) fn of(message: &Message<'_>) -> Self {
        Self {
            file_type: message.integer_of(file_id::TYPE.number),
            manufacturer: message.integer_of(file_id::MANUFACTURER.number),
            product: message.integer_of(file_id::PRODUCT.number),
            serial_number: message.integer_of(file_id::SERIAL_NUMBER.number),
            time_created: message.integer_of(file_id::TIME_CREATED.number),
            product_name: text(message, file_id::PRODUCT_NAME.number),
        }
    }
}

impl DeviceInfo {
    pub(super) fn of(message: &Message<'_>) -> Self {
        let number = |number: u8| message.number_of(number).unwrap_or(f64::NAN);
        Self {
            timestamp: message.timestamp(),
            device_index: message.integer_of(device_info::DEVICE_INDEX.number),
            device_type: message.integer_of(device_info::DEVICE_TYPE.number),
            source_type: message.integer_of(device_info::SOURCE_TYPE.number),
            manufacturer: message.integer_of(device_info::MANUFACTURER.number),
            product: message.integer_of(device_info::PRODUCT.number),
            serial_number: message.integer_of(device_info::SERIAL_NUMBER.number),
            software_version: number(device_info::SOFTWARE_VERSION.number),
            hardware_version: message.integer_of(device_info::HARDWARE_VERSION.number),
            battery_voltage: number(device_info::BATTERY_VOLTAGE.number),
            battery_level: number(device_info::BATTERY_LEVEL.number),
            battery_status: message.integer_of(device_info::BATTERY_STATUS.number),
            product_name: text(message, device_info::PRODUCT_NAME.number),
        }
    }
}

impl Sport {
    pub(super) fn of(message: &Message<'_>) -> Self {
        Self {
            sport: message.integer_of(sport::SPORT.number),
            sub_sport: message.integer_of(sport::SUB_SPORT.number),
            name: text(message, sport::NAME.number),
        }
    }
}

impl Event {
    pub(super) fn of(message: &Message<'_>) -> Self {
        // Old devices have the low half of the data in a field of its own.
        let half = || message.integer_of::<u16>(event::DATA16.number);
        let data = message.integer_of(event::DATA.number);
        Self {
            timestamp: message.timestamp(),
            event: message.integer_of(event::EVENT.number),
            event_type: message.integer_of(event::EVENT_TYPE.number),
            data: data.or_else(|| half().map(u32::from)),
            event_group: message.integer_of(event::EVENT_GROUP.number),
        }
    }
}

impl Activity {
    pub(super) fn of(message: &Message<'_>) -> Self {
        let timer_time = message.number_of(activity::TOTAL_TIMER_TIME.number);
        Self {
            timestamp: message.timestamp(),
            local_timestamp: message.integer_of(activity::LOCAL_TIMESTAMP.number),
            timer_time: timer_time.unwrap_or(f64::NAN),
            sessions: message.integer_of(activity::NUM_SESSIONS.number),
            activity_type: message.integer_of(activity::TYPE.number),
        }
    }
}

fn text(message: &Message<'_>, field: u8) -> Option<String> {
    message.text_of(field).map(std::borrow::Cow::into_owned)
}
