//! Dynamic data: length, key, value, again and again.
//!
//! The document doesn't say whether the length counts the key. Values alone are counted here unless
//! told otherwise; a decoder takes the reading whose lengths fit.

use super::bytes::{Bytes, cut};
use super::key::{Field, Key};
use super::navigation::{Maneuver, NAME, Route, RouteState};
use super::{Encoding, RemoteError};

const STATE: u8 = 0;
/// The first of seven numbers of four bytes.
const NUMBERS: u8 = 1;
const SLOPE_CLASS: u8 = 8;
const MANEUVER: u8 = 9;
const STREET: u8 = 10;

/// What the document prints for the keys of positions, besides the numbers of the table: off by one.
const PRINTED_LATITUDE: u8 = 0x24;

type Item<'a> = (u8, &'a [u8]);

/// Keys and values in the better reading.
///
/// `fit` says how well a value's length fits its key: 2 exactly, 1 possibly, 0 not.
fn items<'a>(
    what: &'static str,
    data: &'a [u8],
    fit: impl Fn(u8, usize) -> u32,
) -> Result<Vec<Item<'a>>, RemoteError> {
    let readings = [false, true].into_iter().filter_map(|with_key| {
        let items = read(data, with_key)?;
        let fits: Vec<_> = items
            .iter()
            .map(|(key, value)| fit(*key, value.len()))
            .collect();
        (!fits.contains(&0)).then(|| (fits.iter().sum::<u32>(), items))
    });
    // The first of equals.
    let best = readings.reduce(|best, other| if other.0 > best.0 { other } else { best });
    best.map(|(_, items)| items)
        .ok_or(RemoteError::Lengths(what))
}

/// Takes data apart to their last byte.
fn read(mut data: &[u8], with_key: bool) -> Option<Vec<Item<'_>>> {
    let mut items = Vec::new();
    while let Some((&[length, key], rest)) = data.split_first_chunk() {
        let length = length.checked_sub(with_key.into())?;
        let (value, rest) = rest.split_at_checked(length.into())?;
        items.push((key, value));
        data = rest;
    }
    data.is_empty().then_some(items)
}

fn write(data: &mut Vec<u8>, key: u8, value: &[u8], encoding: &Encoding) {
    let length = value.len() + usize::from(encoding.length_counts_key);
    data.extend(u8::try_from(length));
    data.push(key);
    data.extend(value);
}

/// Reads workout data. Reserved keys are left out.
pub(super) fn decode_workout(data: &[u8], encoding: &Encoding) -> Result<Vec<Field>, RemoteError> {
    let fit = |key: u8, length: usize| match Key(key).info() {
        Some(info) if length == info.width || length == info.dynamic => 2,
        Some(_) => u32::from(matches!(length, 1 | 2 | 4)),
        None => 1,
    };
    let items = items("dynamic workout data", data, fit)?;
    let long = |key: Key| {
        items
            .iter()
            .any(|(it, value)| *it == key.0 && value.len() == 4)
    };
    // Without a longitude by the table, 36 and 37 are a position by the printed numbers.
    let printed = long(Key(PRINTED_LATITUDE)) && !long(Key::LONGITUDE);
    let mut fields = Vec::new();
    for (key, value) in &items {
        let key = match (*key, value.len()) {
            (PRINTED_LATITUDE, 4) if printed => Key::LATITUDE,
            (key, 4) if printed && Key(key) == Key::LATITUDE => Key::LONGITUDE,
            (key, _) => Key(key),
        };
        if key.info().is_some() {
            fields.push(Field::decode(key, value, encoding.vam_scale)?);
        }
    }
    Ok(fields)
}

/// Writes workout data; what wasn't measured is left out. Values have the widths of the table, pace
/// that of the dynamic table, because one byte can't hold it.
pub(super) fn encode_workout(
    fields: &[Field],
    encoding: &Encoding,
) -> Result<Vec<u8>, RemoteError> {
    let mut data = Vec::new();
    for field in fields.iter().filter(|field| !field.value.is_nan()) {
        let info = field.key.info().ok_or(RemoteError::Key(field.key.0))?;
        let width = info.width.max(info.dynamic);
        let value = field.encode(width, encoding.vam_scale)?;
        write(&mut data, field.key.0, &value, encoding);
    }
    Ok(data)
}

/// Reads navigation data. Reserved keys are left out.
pub(super) fn decode_route(data: &[u8]) -> Result<Route, RemoteError> {
    const WHAT: &str = "dynamic navigation data";
    let fit = |key: u8, length: usize| match key {
        STATE | SLOPE_CLASS | MANEUVER => 2 * u32::from(length == 1),
        NUMBERS..SLOPE_CLASS => 2 * u32::from(length == 4),
        STREET => u32::from(length <= NAME),
        _ => 1,
    };
    let mut route = Route::default();
    for (key, value) in items(WHAT, data, fit)? {
        let mut bytes = Bytes::new(WHAT, value);
        match key {
            STATE => route.state = Some(RouteState::from_number(bytes.u8()?)),
            SLOPE_CLASS => route.slope_class = Some(bytes.u8()?),
            MANEUVER => route.maneuver = Some(Maneuver::from_number(bytes.u8()?)),
            STREET => route.street = Some(Bytes::text(WHAT, value)?),
            _ => {
                let index = usize::from(key).wrapping_sub(NUMBERS.into());
                if let Some(number) = route.numbers_mut().into_iter().nth(index) {
                    *number = Some(bytes.u32()?);
                }
            }
        }
    }
    Ok(route)
}

/// Writes the values that there are.
pub(super) fn encode_route(route: &Route, encoding: &Encoding) -> Vec<u8> {
    let mut data = Vec::new();
    let mut put = |key, value: &[u8]| write(&mut data, key, value, encoding);
    if let Some(state) = route.state {
        put(STATE, &[state.number()]);
    }
    for (number, key) in route.numbers().into_iter().zip(NUMBERS..) {
        if let Some(number) = number {
            put(key, &number.to_le_bytes());
        }
    }
    if let Some(class) = route.slope_class {
        put(SLOPE_CLASS, &[class]);
    }
    if let Some(maneuver) = route.maneuver {
        put(MANEUVER, &[maneuver.number()]);
    }
    if let Some(street) = &route.street {
        put(STREET, cut(street, NAME).as_bytes());
    }
    data
}
