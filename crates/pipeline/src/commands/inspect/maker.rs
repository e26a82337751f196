//! Who made a file.

use fit::Message;
use fit::profile::{device_info, file_creator, file_id, types};
use pipeline_plugin::Timestamp;

use super::quoted;
use super::totals::{named, raw, time};

/// Who made a file, as it says itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Maker {
    /// The manufacturer's name, or number where the profile has no name.
    pub(super) manufacturer: Option<String>,
    pub(super) product: Option<u32>,
    pub(super) product_name: Option<String>,
    pub(super) serial_number: Option<u32>,
    /// `3.80`, as `device_info` has it; else the bare number of `file_creator`.
    pub(super) software: Option<String>,
    pub(super) time_created: Option<Timestamp>,
}

impl Maker {
    pub(super) fn take_file_id(&mut self, message: &Message<'_>) {
        self.manufacturer = named(message, file_id::MANUFACTURER);
        self.product = raw(message, file_id::PRODUCT);
        self.product_name = text(message, file_id::PRODUCT_NAME.number);
        self.serial_number = raw(message, file_id::SERIAL_NUMBER);
        self.time_created = time(message, file_id::TIME_CREATED);
    }

    pub(super) fn take_file_creator(&mut self, message: &Message<'_>) {
        let version = raw(message, file_creator::SOFTWARE_VERSION);
        self.software = self.software.take().or(version.map(|it| it.to_string()));
    }

    /// Takes what the creator's `device_info` adds; other devices made measurements, not files.
    pub(super) fn take_device(&mut self, message: &Message<'_>) {
        let index = raw(message, device_info::DEVICE_INDEX);
        if index != Some(types::device_index::CREATOR.into()) {
            return;
        }
        let name = text(message, device_info::PRODUCT_NAME.number);
        self.product_name = self.product_name.take().or(name);
        let version = message.number_of(device_info::SOFTWARE_VERSION.number);
        self.software = version
            .map(|version| format!("{version:.2}"))
            .or(self.software.take());
    }

    /// `garmin`, `product 1551`, `software 3.80`…
    pub(super) fn facts(&self) -> Vec<String> {
        let manufacturer = self
            .manufacturer
            .as_ref()
            .map(|name| numbered("manufacturer", name));
        let product = self.product.map(|number| format!("product {number}"));
        let product = self.product_name.as_deref().map(quoted).or(product);
        let software = self.software.as_ref();
        let serial = self.serial_number;
        let created = self.time_created.map(Timestamp::for_people);
        [
            manufacturer,
            product,
            software.map(|version| format!("software {version}")),
            serial.map(|number| format!("serial {number}")),
            created.map(|time| format!("created {time} UTC")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// A name of the profile for people; a number says what it numbers.
pub(super) fn numbered(what: &str, name: &str) -> String {
    if name.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("{what} {name}")
    } else {
        name.replace('_', " ")
    }
}

fn text(message: &Message<'_>, field: u8) -> Option<String> {
    message.text_of(field).map(std::borrow::Cow::into_owned)
}
