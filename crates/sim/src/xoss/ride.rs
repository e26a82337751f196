//! Rides, as the FIT files that a device would write.

use super::wire::{BlockCrc, crc16};

/// Seconds from 1970 to FIT's epoch.
const EPOCH: u32 = 631_065_600;
/// The fields of a record: number, size and base type of each.
const RECORD: [[u8; 3]; 6] = [
    [253, 4, 0x86],
    [0, 4, 0x85],
    [1, 4, 0x85],
    [5, 4, 0x86],
    [6, 2, 0x84],
    [3, 1, 0x02],
];

/// A ride that begins so many seconds after 1970 and lasts so long, one record a second.
///
/// The same ride has always the same bytes. About 20 bytes a second and 150 around them.
pub fn ride(start: u32, seconds: u32) -> Vec<u8> {
    let start = start.saturating_sub(EPOCH);
    let mut data = Vec::new();
    // file_id: an activity of a maker who isn't one.
    define(&mut data, 0, &[[0, 1, 0], [1, 2, 0x84], [4, 4, 0x86]]);
    data.extend([0, 4, 255, 0]);
    data.extend(start.to_le_bytes());
    define(&mut data, 20, &RECORD);
    let mut distance = 0_u32;
    for second in 0..seconds {
        let speed = 6_000 + 1_500 * (second / 60 % 3) + second % 60;
        distance += speed / 10;
        let pulse = 120 + second / 30 % 40;
        data.push(0);
        data.extend((start + second).to_le_bytes());
        data.extend((571_000_000 + i64_to_i32(second, 70)).to_le_bytes());
        data.extend((110_000_000 + i64_to_i32(second, 45)).to_le_bytes());
        data.extend(distance.to_le_bytes());
        data.extend(low16(speed));
        data.push(pulse.to_le_bytes()[0]);
    }
    end(&mut data, start, seconds, distance);
    with_frame(&data)
}

/// Bytes of which the last is 0: the CRC of one file in 256 ends so.
pub fn ride_that_ends_in_zero(seconds: u32) -> Vec<u8> {
    let rides = (1_720_000_000..).map(|start| ride(start, seconds));
    let mut rides = rides.filter(|ride| ride.last() == Some(&0));
    rides.next().unwrap_or_default()
}

/// Lap, session and activity.
fn end(data: &mut Vec<u8>, start: u32, seconds: u32, distance: u32) {
    let end = (start + seconds).to_le_bytes();
    let time = seconds.saturating_mul(1000).to_le_bytes();
    let totals = [
        [253, 4, 0x86],
        [2, 4, 0x86],
        [7, 4, 0x86],
        [8, 4, 0x86],
        [9, 4, 0x86],
    ];
    for message in [19, 18] {
        let sport = [[5, 1, 0x00]];
        let sport = if message == 18 { &sport[..] } else { &[] };
        define(data, message, &[&totals, sport].concat());
        data.push(0);
        for value in [end, start.to_le_bytes(), time, time, distance.to_le_bytes()] {
            data.extend(value);
        }
        // Cycling.
        data.extend(sport.iter().map(|_| 2));
    }
    define(data, 34, &[[253, 4, 0x86], [0, 4, 0x86], [1, 2, 0x84]]);
    data.push(0);
    data.extend(end);
    data.extend(time);
    data.extend([1, 0]);
}

/// A definition of local type 0.
fn define(data: &mut Vec<u8>, message: u16, fields: &[[u8; 3]]) {
    data.extend([0x40, 0, 0]);
    data.extend(message.to_le_bytes());
    data.push(fields.len().to_le_bytes()[0]);
    data.extend(fields.concat());
}

fn with_frame(data: &[u8]) -> Vec<u8> {
    let size = u32::try_from(data.len()).unwrap_or(u32::MAX);
    let mut file = vec![14, 0x10, 0x64, 0];
    file.extend(size.to_le_bytes());
    file.extend(b".FIT");
    file.extend(crc16(BlockCrc::Arc, &file).to_le_bytes());
    file.extend(data);
    file.extend(crc16(BlockCrc::Arc, &file).to_le_bytes());
    file
}

fn i64_to_i32(second: u32, step: i64) -> i32 {
    i32::try_from(i64::from(second) * step).unwrap_or(i32::MAX)
}

fn low16(value: u32) -> [u8; 2] {
    let [first, second, ..] = value.to_le_bytes();
    [first, second]
}
