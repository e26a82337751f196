//! What the firmware makes of its numbers, byte by byte.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the firmware casts, and its casts wrap"
)]

use crate::DataEvent;

/// The firmware reduces its times modulo `USHRT_MAX`.
const TIME_MODULUS: u64 = 65_535;

/// What was counted since another event.
pub(super) fn since(event: &DataEvent, start: &DataEvent) -> DataEvent {
    DataEvent {
        distance: event.distance - start.distance,
        strokes: event.strokes - start.strokes,
        wheel_time: event.wheel_time - start.wheel_time,
        stroke_time: event.stroke_time.saturating_sub(start.stroke_time),
        ..event.clone()
    }
}

pub(super) fn cycling_power(event: &DataEvent) -> Vec<u8> {
    let mut bytes = vec![0x30, 0x00];
    bytes.extend((round(event.power) as i16).to_le_bytes());
    bytes.extend((round(event.distance) as u32).to_le_bytes());
    bytes.extend(time(event.wheel_time, 2048.0));
    bytes.extend((event.strokes as u16).to_le_bytes());
    bytes.extend(time(event.stroke_time, 1024.0));
    bytes
}

pub(super) fn csc(event: &DataEvent) -> Vec<u8> {
    let mut bytes = vec![0x03];
    bytes.extend((round(event.distance) as u32).to_le_bytes());
    bytes.extend(time(event.wheel_time, 1024.0));
    bytes.extend((event.strokes as u16).to_le_bytes());
    bytes.extend(time(event.stroke_time, 1024.0));
    bytes
}

pub(super) fn rower_data(event: &DataEvent, before: &DataEvent) -> Vec<u8> {
    let new = event.strokes.saturating_sub(before.strokes);
    let rate = 60e6 * new as f64 / event.stroke_time.saturating_sub(before.stroke_time) as f64;
    let speed = 1e4 * (event.distance - before.distance)
        / event.wheel_time.saturating_sub(before.wheel_time) as f64;
    let pace = 500.0 / speed;
    let mut bytes = vec![0xAC, 0x00];
    bytes.push((2 * finite(round(rate))).min(255) as u8);
    bytes.extend((event.strokes as u16).to_le_bytes());
    bytes.extend_from_slice(&(round(event.distance / 100.0) as u32).to_le_bytes()[..3]);
    bytes.extend((finite(round(pace)) as u16).to_le_bytes());
    bytes.extend((round(event.power) as i16).to_le_bytes());
    bytes.extend((round(event.drag_factor * 1e6) as u16).to_le_bytes());
    bytes
}

pub(super) fn metrics(event: &DataEvent) -> Vec<u8> {
    let ticks = |micros: u64| (round(micros as f64 / 1e6 * 4096.0) as u16).to_le_bytes();
    let mut bytes = (round(event.power) as i16).to_le_bytes().to_vec();
    bytes.extend(ticks(event.drive));
    bytes.extend(ticks(event.recovery));
    bytes.extend((round(event.drag_factor * 1e6) as u16).to_le_bytes());
    bytes
}

/// The frames of a force list: as many values in each as the link carries, at most 126.
pub(super) fn forces(forces: &[f32], mtu: usize) -> Vec<Vec<u8>> {
    let per_frame = ((mtu.min(512) - 5) / 4).max(1);
    let total = forces.len().div_ceil(per_frame);
    let frames = forces.chunks(per_frame).zip(1_u8..);
    frames
        .map(|(values, index)| {
            let values = values.iter().flat_map(|force| force.to_le_bytes());
            [total as u8, index].into_iter().chain(values).collect()
        })
        .collect()
}

/// The times between the impulses of a drive, evenly spread, where the link carries some.
pub(super) fn delta_times(event: &DataEvent, mtu: usize) -> Vec<Vec<u8>> {
    if mtu < 100 {
        return Vec::new();
    }
    let impulses = event.forces.len();
    let each = (event.drive / impulses.max(1) as u64) as u32;
    let all = vec![each.to_le_bytes(); impulses];
    let values = all.chunks((mtu.min(512) - 3) / 4);
    values
        .map(<[[u8; 4]]>::as_flattened)
        .map(<[u8]>::to_vec)
        .collect()
}

fn time(micros: u64, frequency: f64) -> [u8; 2] {
    let ticks = round(micros as f64 / 1e6 * frequency) as u64;
    ((ticks % TIME_MODULUS) as u16).to_le_bytes()
}

fn round(value: f64) -> i64 {
    value.round() as i64
}

/// Nothing over nothing, and something over nothing, are sent as 0.
fn finite(rounded: i64) -> i64 {
    if rounded == i64::MAX { 0 } else { rounded }
}
