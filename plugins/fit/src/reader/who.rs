//! What recorded an activity, who did it, and the zones in force.

use std::borrow::Cow;

use fit::Message;
use fit::profile::types::{device_index, hr_zone_calc, source_type};
use fit::profile::{
    self, Field, activity, device_info, file_id, hr_zone, time_in_zone, user_profile, zones_target,
};
use pipeline_plugin::units::Quantity;
use pipeline_plugin::{
    Athlete, Device, HrZones, Link, Sensor, SensorKind, Sex, Timestamp, ZoneMethod,
};

use super::facts::{Numbers, times};
use crate::encoding::Creator;
use crate::sensors::{kind_of, link_of};

/// What the messages beside records, laps and sessions say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Who {
    file: Recorder,
    /// What made the file, as it says itself.
    creator: Recorder,
    /// The device that a file of ours names as the recorder.
    named: Option<Recorder>,
    /// What measured for the recorder, by its number in the file.
    sensors: Vec<(u8, Sensor)>,
    athlete: Athlete,
    age: Option<u16>,
    target: Target,
    /// Upper bounds of zones, by their number.
    bounds: Vec<f64>,
    /// The zones that times refer to; those of the session come first.
    zones: Option<(bool, HrZones)>,
    /// Offset of local time from UTC, in seconds.
    pub(crate) utc_offset: Option<i32>,
}

/// A device as a message names it.
#[derive(Clone, Debug, Default)]
struct Recorder {
    manufacturer: Option<u16>,
    serial: Option<u32>,
    name: String,
    version: Option<f64>,
    link: Option<Link>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Target {
    max: Option<f64>,
    threshold: Option<f64>,
    method: Option<ZoneMethod>,
}

/// The most zones that a file may have.
const ZONES: usize = 32;

/// The most sensors that a file may have.
const SENSORS: usize = 32;

/// Steps of offsets from UTC, in seconds; no country has others.
const QUARTER: i64 = 900;

/// The furthest that local time is from UTC, in seconds.
const FURTHEST: i64 = 14 * 3600;

/// How long the two times of an `activity` message may be apart, in seconds.
const SLACK: i64 = 60;

impl Recorder {
    fn of(message: Message<'_>, fields: &[Field; 4]) -> Self {
        let [manufacturer, serial, product, name] = fields;
        let said = Numbers(message);
        let product = message
            .field(product.number)
            .map(|field| message.resolved(field));
        let label = product
            .and_then(|product| product.label())
            .unwrap_or_default();
        let name = message.text_of(name.number);
        Self {
            manufacturer: said.integer(*manufacturer),
            serial: said.integer(*serial),
            name: name.map_or(label.to_owned(), Cow::into_owned),
            version: None,
            link: None,
        }
    }

    /// Takes what the other knows and this one doesn't.
    fn complete(mut self, other: &Self) -> Self {
        self.manufacturer = self.manufacturer.or(other.manufacturer);
        self.serial = self.serial.or(other.serial);
        self.version = self.version.or(other.version);
        self.link = self.link.or(other.link);
        if self.name.is_empty() {
            self.name.clone_from(&other.name);
        }
        self
    }

    fn device(self) -> Device {
        Device {
            manufacturer: self.manufacturer,
            name: self.name,
            serial: self.serial,
            version: self
                .version
                .map_or(String::new(), |version| format!("{version:.2}")),
            link: self.link,
        }
    }

    /// Whether it is this program.
    fn is_ours(&self) -> bool {
        let ours = Creator::default();
        self.manufacturer == Some(ours.manufacturer)
            && self.serial == Some(ours.serial)
            && self.name == ours.name
    }
}

impl Who {
    /// Takes what a message says, if it is one of those.
    pub(crate) fn take(&mut self, message: Message<'_>) {
        match message.number() {
            number if number == profile::FILE_ID.number => {
                let fields = [
                    file_id::MANUFACTURER,
                    file_id::SERIAL_NUMBER,
                    file_id::PRODUCT,
                    file_id::PRODUCT_NAME,
                ];
                self.file = Recorder::of(message, &fields);
            }
            number if number == profile::DEVICE_INFO.number => self.device(message),
            number if number == profile::USER_PROFILE.number => self.user(message),
            number if number == profile::ZONES_TARGET.number => self.target(message),
            number if number == profile::HR_ZONE.number => self.zone(message),
            number if number == profile::TIME_IN_ZONE.number => self.timed_zones(message),
            number if number == profile::ACTIVITY.number => self.activity(message),
            _ => {}
        }
    }

    fn device(&mut self, message: Message<'_>) {
        let fields = [
            device_info::MANUFACTURER,
            device_info::SERIAL_NUMBER,
            device_info::PRODUCT,
            device_info::PRODUCT_NAME,
        ];
        let said = Numbers(message);
        let mut device = Recorder::of(message, &fields);
        device.version = message.number_of(device_info::SOFTWARE_VERSION.number);
        let source = said.integer::<u8>(device_info::SOURCE_TYPE);
        device.link = source.and_then(link_of);
        let device_type = said.integer::<u8>(device_info::DEVICE_TYPE);
        let kind = device_type.zip(device.link);
        let kind = kind.and_then(|(number, link)| kind_of(number, link));
        match said.integer::<u8>(device_info::DEVICE_INDEX) {
            Some(device_index::CREATOR) => self.creator = self.creator.clone().complete(&device),
            // Sensors say which sort of device they are, and which product: the recorder that this
            // program names doesn't.
            Some(1)
                if (source == Some(source_type::LOCAL) || device.link.is_some())
                    && device_type.is_none()
                    && (message.number_of(device_info::PRODUCT.number).is_none()
                        || self.file_is_ours()) =>
            {
                self.named.get_or_insert(device);
            }
            Some(index) => {
                let battery = said.integer::<u8>(device_info::BATTERY_LEVEL);
                if let Some(kind) = kind {
                    self.sensor(index, kind, device, battery);
                }
            }
            None => {}
        }
    }

    /// Takes what is said of a sensor; many files say it at the start and at the end, and less at
    /// the end.
    fn sensor(&mut self, index: u8, kind: SensorKind, device: Recorder, battery: Option<u8>) {
        let sensor = Sensor {
            kind,
            device: device.device(),
            battery,
        };
        let place = self.sensors.iter().position(|(known, _)| *known == index);
        let Some((_, known)) = place.and_then(|place| self.sensors.get_mut(place)) else {
            if self.sensors.len() < SENSORS {
                self.sensors.push((index, sensor));
            }
            return;
        };
        let battery = sensor.battery.or(known.battery);
        if !sensor.device.name.is_empty() {
            *known = sensor;
        }
        known.battery = battery;
    }

    /// What measured for the recorder.
    pub(crate) fn sensors(&self) -> Vec<Sensor> {
        let sensors = self.sensors.iter();
        sensors.map(|(_, sensor)| sensor.clone()).collect()
    }

    fn file_is_ours(&self) -> bool {
        self.file.clone().complete(&self.creator).is_ours()
    }

    fn user(&mut self, message: Message<'_>) {
        use user_profile as field;
        let said = Numbers(message);
        let number = |field: Field| {
            message
                .number_of(field.number)
                .filter(|number| *number > 0.0)
        };
        self.athlete = Athlete {
            name: message
                .text_of(field::FRIENDLY_NAME.number)
                .map(Cow::into_owned),
            sex: match said.label(field::GENDER) {
                Some("female") => Some(Sex::Female),
                Some("male") => Some(Sex::Male),
                _ => None,
            },
            height: number(field::HEIGHT).map(Quantity::new),
            weight: number(field::WEIGHT).map(Quantity::new),
            max_hr: number(field::DEFAULT_MAX_HEART_RATE).map(Quantity::new),
            resting_hr: number(field::RESTING_HEART_RATE).map(Quantity::new),
            ..Athlete::default()
        };
        self.age = said.integer(field::AGE);
    }

    fn target(&mut self, message: Message<'_>) {
        let number = |field: Field| {
            message
                .number_of(field.number)
                .filter(|number| *number > 0.0)
        };
        self.target = Target {
            max: number(zones_target::MAX_HEART_RATE),
            threshold: number(zones_target::THRESHOLD_HEART_RATE),
            method: method(message, zones_target::HR_CALC_TYPE),
        };
    }

    fn zone(&mut self, message: Message<'_>) {
        let index = Numbers(message)
            .integer::<u8>(hr_zone::MESSAGE_INDEX)
            .map(usize::from);
        let bound = message.number_of(hr_zone::HIGH_BPM.number);
        let index = index.unwrap_or(self.bounds.len());
        if let (Some(bound), 0..ZONES) = (bound, index) {
            self.bounds
                .resize(self.bounds.len().max(index + 1), f64::NAN);
            if let Some(place) = self.bounds.get_mut(index) {
                *place = bound;
            }
        }
    }

    fn timed_zones(&mut self, message: Message<'_>) {
        use time_in_zone as field;
        let reference = Numbers(message).integer::<u16>(field::REFERENCE_MESG);
        let of_session = reference == Some(profile::SESSION.number);
        if matches!(self.zones, Some((known, _)) if known || !of_session) {
            return;
        }
        let Some(bounds) = times(&message, field::HR_ZONE_HIGH_BOUNDARY).and_then(rising) else {
            return;
        };
        let number = |field: Field| {
            message
                .number_of(field.number)
                .filter(|number| *number > 0.0)
        };
        let zones = HrZones {
            method: method(message, field::HR_CALC_TYPE).unwrap_or(ZoneMethod::Custom),
            bounds,
            max: number(field::MAX_HEART_RATE),
            resting: number(field::RESTING_HEART_RATE),
            threshold: number(field::THRESHOLD_HEART_RATE),
        };
        self.zones = Some((of_session, zones));
    }

    fn activity(&mut self, message: Message<'_>) {
        let local = Numbers(message).integer::<i64>(activity::LOCAL_TIMESTAMP);
        let utc = message
            .timestamp()
            .filter(|seconds| *seconds >= fit::time::FIRST_DATE);
        if let (Some(local), Some(utc)) = (local, utc) {
            let apart = local - i64::from(utc);
            let rounded = (apart + QUARTER / 2).div_euclid(QUARTER) * QUARTER;
            let is_offset = (apart - rounded).abs() <= SLACK && rounded.abs() <= FURTHEST;
            self.utc_offset = i32::try_from(rounded).ok().filter(|_| is_offset);
        }
    }

    /// What recorded the activity. A file that this program made names it beside itself, or knows
    /// none.
    pub(crate) fn recorder(&self) -> Device {
        if let Some(named) = &self.named {
            return named.clone().device();
        }
        let file = self.file.clone().complete(&self.creator);
        if file.is_ours() {
            return Device::default();
        }
        file.device()
    }

    /// Who did it, at that time.
    pub(crate) fn athlete(&self, start: Timestamp) -> Athlete {
        let year = u16::try_from(start.year()).ok();
        let mut athlete = self.athlete.clone();
        athlete.birth_year = year
            .zip(self.age)
            .and_then(|(year, age)| year.checked_sub(age));
        athlete.max_hr = athlete.max_hr.or(self.target.max.map(Quantity::new));
        athlete.threshold_hr = self.target.threshold.map(Quantity::new);
        athlete
    }

    /// The heart-rate zones in force.
    pub(crate) fn hr_zones(&self) -> Option<HrZones> {
        if let Some((_, zones)) = &self.zones {
            return Some(HrZones {
                max: zones.max.or(self.target.max),
                threshold: zones.threshold.or(self.target.threshold),
                ..zones.clone()
            });
        }
        Some(HrZones {
            method: self.target.method.unwrap_or(ZoneMethod::Custom),
            bounds: rising(self.bounds.clone())?,
            max: self.target.max,
            resting: self.athlete.resting_hr.map(Quantity::value),
            threshold: self.target.threshold,
        })
    }
}

/// The bounds, if they are such: two or more, rising.
fn rising(bounds: Vec<f64>) -> Option<Vec<f64>> {
    let rise = bounds
        .windows(2)
        .all(|pair| matches!(pair, [low, high] if low < high));
    (bounds.len() > 1 && bounds.len() <= ZONES && rise).then_some(bounds)
}

fn method(message: Message<'_>, field: Field) -> Option<ZoneMethod> {
    match Numbers(message).integer::<u8>(field)? {
        hr_zone_calc::CUSTOM => Some(ZoneMethod::Custom),
        hr_zone_calc::PERCENT_MAX_HR => Some(ZoneMethod::PercentMaxHr),
        hr_zone_calc::PERCENT_HRR => Some(ZoneMethod::PercentHrr),
        hr_zone_calc::PERCENT_LTHR => Some(ZoneMethod::PercentLthr),
        _ => None,
    }
}
