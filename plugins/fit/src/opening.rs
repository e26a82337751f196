//! The messages before the first record: what made the file, and who did what.

use std::io::{Seek, Write};

use fit::profile::types::{device_index, event, file, gender, manufacturer, source_type};
use fit::profile::{
    self, Enumeration, device_info, file_creator, file_id, hr_zone, sport, types, user_profile,
    zones_target,
};
use fit::{Encoder, Shape, ShapeBuilder, Value, text_size, time};
use pipeline_plugin::units::Quantity;
use pipeline_plugin::{Athlete, Device, Header, HrZones, Result, Sensor, Sex, Timestamp};

use crate::activity::cannot;
use crate::encoding::Creator;
use crate::sensors::{device_type, source_of};

/// The version of this program as FIT has it, in hundredths: 123 for 1.2.3.
fn software_version() -> f64 {
    let parts = env!("CARGO_PKG_VERSION")
        .split('.')
        .map(|part| part.parse().unwrap_or(0.0));
    parts
        .zip([100.0, 10.0, 1.0])
        .map(|(part, weight): (f64, f64)| part.min(9.0) * weight)
        .sum()
}

/// FIT's number for a name of the profile, 0 ("generic", "custom") for an unknown one.
pub(crate) fn number_of(names: &Enumeration, name: &str) -> f64 {
    names.value_of(name).map_or(0.0, f64::from)
}

/// A time as FIT's whole seconds.
pub(crate) fn seconds(at: Timestamp) -> f64 {
    time::from_unix_seconds(at.rounded_seconds())
}

/// A number, or "not measured".
fn optional(value: Option<f64>) -> Value<'static> {
    value.map_or(Value::Missing, Value::Number)
}

/// Writes everything that precedes the records, but for developer fields.
pub(crate) fn write<W: Write + Seek>(
    encoder: &mut Encoder<W>,
    header: &Header,
    creator: &Creator,
) -> Result<()> {
    let (athlete, zones) = (&header.athlete, header.zones.as_ref());
    file_messages(encoder, header, creator)?;
    devices(encoder, header, creator)?;
    if *athlete != Athlete::default() || zones.is_some_and(|zones| zones.max.is_some()) {
        user(encoder, header)?;
    }
    match zones {
        Some(zones) => hr_zones(encoder, zones)?,
        None => threshold(encoder, athlete)?,
    }
    let name = header.sport.for_people();
    let shape = Shape::of(profile::SPORT)
        .fields(&[sport::SPORT, sport::SUB_SPORT])
        .text(sport::NAME, text_size(&name))
        .build()
        .map_err(cannot)?;
    let values = [
        number_of(&types::SPORT, header.sport.sport()).into(),
        number_of(&types::SUB_SPORT, header.sport.sub_sport()).into(),
        name.as_str().into(),
    ];
    encoder.write_values(&shape, &values).map_err(cannot)
}

fn file_messages<W: Write + Seek>(
    encoder: &mut Encoder<W>,
    header: &Header,
    creator: &Creator,
) -> Result<()> {
    let shape = Shape::of(profile::FILE_ID)
        .fields(&[
            file_id::TYPE,
            file_id::MANUFACTURER,
            file_id::PRODUCT,
            file_id::SERIAL_NUMBER,
            file_id::TIME_CREATED,
        ])
        .build()
        .map_err(cannot)?;
    let values = [
        f64::from(file::ACTIVITY),
        creator.manufacturer.into(),
        creator.product.into(),
        creator.serial.into(),
        seconds(header.start),
    ];
    encoder.write(&shape, &values).map_err(cannot)?;
    let shape = Shape::of(profile::FILE_CREATOR)
        .field(file_creator::SOFTWARE_VERSION)
        .build()
        .map_err(cannot)?;
    encoder.write(&shape, &[software_version()]).map_err(cannot)
}

fn devices<W: Write + Seek>(
    encoder: &mut Encoder<W>,
    header: &Header,
    creator: &Creator,
) -> Result<()> {
    let values = [
        seconds(header.start).into(),
        f64::from(device_index::CREATOR).into(),
        f64::from(creator.manufacturer).into(),
        f64::from(creator.product).into(),
        f64::from(creator.serial).into(),
        (software_version() / 100.0).into(),
        f64::from(source_type::LOCAL).into(),
        creator.name.as_str().into(),
    ];
    let shape = device_shape(&creator.name).build().map_err(cannot)?;
    encoder.write_values(&shape, &values).map_err(cannot)?;
    let device = &header.device;
    if device.name.is_empty() && device.manufacturer.is_none() {
        return Ok(());
    }
    recorder(encoder, device, header.start)
}

/// Writes what recorded the activity.
pub(crate) fn recorder<W: Write + Seek>(
    encoder: &mut Encoder<W>,
    device: &Device,
    at: Timestamp,
) -> Result<()> {
    let source = device.link.map_or(source_type::LOCAL, source_of);
    let values = described(device, at, 1, Some(source));
    let shape = device_shape(&device.name).build().map_err(cannot)?;
    encoder.write_values(&shape, &values).map_err(cannot)
}

/// Writes what has measured for the recorder, numbered behind it.
pub(crate) fn sensors<W: Write + Seek>(
    encoder: &mut Encoder<W>,
    sensors: &[Sensor],
    at: Timestamp,
) -> Result<()> {
    for (index, sensor) in (2..).zip(sensors) {
        let device = &sensor.device;
        let shape = device_shape(&device.name)
            .fields(&[device_info::DEVICE_TYPE, device_info::BATTERY_LEVEL])
            .build()
            .map_err(cannot)?;
        let number = device.link.and_then(|link| device_type(sensor.kind, link));
        let mut values = described(device, at, index, device.link.map(source_of)).to_vec();
        values.push(optional(number.map(f64::from)));
        values.push(optional(sensor.battery.map(f64::from)));
        encoder.write_values(&shape, &values).map_err(cannot)?;
    }
    Ok(())
}

/// The values of a device, as [`device_shape`] has them.
fn described(device: &Device, at: Timestamp, index: u8, source: Option<u8>) -> [Value<'_>; 8] {
    // Garmin's products have names in the profile.
    let product = match device.manufacturer {
        Some(manufacturer::GARMIN) => types::GARMIN_PRODUCT.value_of(&device.name),
        _ => None,
    };
    [
        seconds(at).into(),
        f64::from(index).into(),
        optional(device.manufacturer.map(f64::from)),
        optional(product.map(f64::from)),
        optional(device.serial.map(f64::from)),
        optional(version(&device.version)),
        optional(source.map(f64::from)),
        device.name.as_str().into(),
    ]
}

/// A version as FIT has it, in hundredths up to 655.34: what follows the second number of one has
/// no place in it. Some makers number theirs by the date.
fn version(text: &str) -> Option<f64> {
    let mut dots = text.match_indices('.').map(|(at, _)| at);
    let end = dots.nth(1).unwrap_or(text.len());
    let version = text.get(..end).and_then(|text| text.parse().ok());
    version.filter(|version| (0.0..655.35).contains(version))
}

/// The shape of a device with that name.
fn device_shape(name: &str) -> ShapeBuilder {
    Shape::of(profile::DEVICE_INFO)
        .fields(&[
            device_info::TIMESTAMP,
            device_info::DEVICE_INDEX,
            device_info::MANUFACTURER,
            device_info::PRODUCT,
            device_info::SERIAL_NUMBER,
            device_info::SOFTWARE_VERSION,
            device_info::SOURCE_TYPE,
        ])
        .text(device_info::PRODUCT_NAME, text_size(name))
}

fn user<W: Write + Seek>(encoder: &mut Encoder<W>, header: &Header) -> Result<()> {
    let athlete = &header.athlete;
    let name = athlete.name.as_deref().unwrap_or_default();
    let mut shape = Shape::of(profile::USER_PROFILE).fields(&[
        user_profile::GENDER,
        user_profile::AGE,
        user_profile::HEIGHT,
        user_profile::WEIGHT,
        user_profile::RESTING_HEART_RATE,
        user_profile::DEFAULT_MAX_HEART_RATE,
    ]);
    let zones = header.zones.as_ref();
    let sex = athlete.sex.map(|sex| {
        f64::from(match sex {
            Sex::Female => gender::FEMALE,
            Sex::Male => gender::MALE,
        })
    });
    let resting = athlete.resting_hr.map(Quantity::value);
    let max = athlete.max_hr.map(Quantity::value);
    let mut values = vec![
        optional(sex),
        optional(athlete.age(header.start).map(f64::from)),
        optional(athlete.height.map(Quantity::value)),
        optional(athlete.weight.map(Quantity::value)),
        optional(zones.and_then(|zones| zones.resting).or(resting)),
        optional(zones.and_then(|zones| zones.max).or(max)),
    ];
    if !name.is_empty() {
        shape = shape.text(user_profile::FRIENDLY_NAME, text_size(name));
        values.push(name.into());
    }
    encoder
        .write_values(&shape.build().map_err(cannot)?, &values)
        .map_err(cannot)
}

fn hr_zones<W: Write + Seek>(encoder: &mut Encoder<W>, zones: &HrZones) -> Result<()> {
    let shape = Shape::of(profile::ZONES_TARGET)
        .fields(&[
            zones_target::MAX_HEART_RATE,
            zones_target::THRESHOLD_HEART_RATE,
            zones_target::HR_CALC_TYPE,
        ])
        .build()
        .map_err(cannot)?;
    let values = [
        zones.max.unwrap_or(f64::NAN),
        zones.threshold.unwrap_or(f64::NAN),
        number_of(&types::HR_ZONE_CALC, method_name(zones)),
    ];
    encoder.write(&shape, &values).map_err(cannot)?;
    let shape = Shape::of(profile::HR_ZONE)
        .fields(&[hr_zone::MESSAGE_INDEX, hr_zone::HIGH_BPM])
        .build()
        .map_err(cannot)?;
    for (index, bound) in (0_u32..).zip(&zones.bounds) {
        encoder
            .write(&shape, &[index.into(), *bound])
            .map_err(cannot)?;
    }
    Ok(())
}

/// Writes the heart rate at the threshold where no zones are known.
fn threshold<W: Write + Seek>(encoder: &mut Encoder<W>, athlete: &Athlete) -> Result<()> {
    let Some(threshold) = athlete.threshold_hr else {
        return Ok(());
    };
    let shape = Shape::of(profile::ZONES_TARGET)
        .fields(&[
            zones_target::MAX_HEART_RATE,
            zones_target::THRESHOLD_HEART_RATE,
        ])
        .build()
        .map_err(cannot)?;
    let max = athlete.max_hr.map_or(f64::NAN, Quantity::value);
    encoder
        .write(&shape, &[max, threshold.value()])
        .map_err(cannot)
}

/// The profile's name for how the zones were computed.
pub(crate) fn method_name(zones: &HrZones) -> &'static str {
    use pipeline_plugin::ZoneMethod::{Custom, PercentHrr, PercentLthr, PercentMaxHr};
    match zones.method {
        Custom => "custom",
        PercentMaxHr => "percent_max_hr",
        PercentHrr => "percent_hrr",
        PercentLthr => "percent_lthr",
    }
}

/// The shape of timer events.
pub(crate) fn timer_shape() -> Result<Shape> {
    Shape::of(profile::EVENT)
        .fields(&[
            profile::event::TIMESTAMP,
            profile::event::EVENT,
            profile::event::EVENT_TYPE,
            profile::event::EVENT_GROUP,
        ])
        .build()
        .map_err(cannot)
}

/// The values of a timer event of that type.
pub(crate) fn timer_values(at: Timestamp, event_type: u8) -> [f64; 4] {
    [
        seconds(at),
        f64::from(event::TIMER),
        f64::from(event_type),
        0.0,
    ]
}

/// The shape of the event of a link that was lost.
pub(crate) fn gap_shape() -> Result<Shape> {
    Shape::of(profile::EVENT)
        .fields(&[
            profile::event::TIMESTAMP,
            profile::event::EVENT,
            profile::event::EVENT_TYPE,
            profile::event::DATA,
        ])
        .build()
        .map_err(cannot)
}

/// The values of the event of a link that was lost then.
pub(crate) fn gap_values(at: Timestamp) -> [f64; 4] {
    [
        seconds(at),
        f64::from(event::COMM_TIMEOUT),
        f64::from(types::event_type::MARKER),
        f64::from(types::comm_timeout_type::CONNECTION_LOST),
    ]
}
