use std::time::Duration;

use uuid::Uuid;

use super::{BaseService, Monitor, RESTART};
use crate::assigned::{fitness_machine, monitor};

/// Settings of the firmware's profile for air rowers.
pub(super) const GENERIC_AIR: [u8; 18] = [
    0xC1, 0x1F, 0xBA, 0xA0, 0x3D, 0x62, 0x03, 0xDC, 0x05, 0x07, 0x07, 0xF7, 0x06, 0x4B, 0x00, 0xFA,
    0x00, 0x01,
];
pub(super) const GENERIC_AIR_STROKES: [u8; 11] = [
    0x98, 0x00, 0x00, 0xBC, 0x02, 0x0A, 0x00, 0x20, 0x03, 0x19, 0x37,
];

const SUCCESS: u8 = 1;
const UNSUPPORTED: u8 = 2;
const INVALID_PARAMETER: u8 = 3;
const FAILED: u8 = 4;
const NOT_PERMITTED: u8 = 5;

impl Monitor {
    /// Every control point runs the same handler.
    pub(super) fn handle_control(&mut self, now: Duration, point: Uuid, value: &[u8]) {
        let (code, parameter) = match value {
            [code, parameter @ ..] => (*code, parameter),
            [] => (0, [].as_slice()),
        };
        let answer = if value.is_empty() {
            vec![0x20, 0, FAILED]
        } else if point == fitness_machine::CONTROL_POINT && code < 17 {
            vec![0x80, code, NOT_PERMITTED]
        } else {
            vec![0x20, code, self.request(now, code, parameter)]
        };
        self.send(now, point, answer);
    }

    fn request(&mut self, now: Duration, code: u8, parameter: &[u8]) -> u8 {
        match (code, parameter) {
            (17, [level @ 0..=6]) => {
                self.settings[0] = self.settings[0] & 0x8F | level << 4;
                self.settings_changed(now)
            }
            (18, [service @ 0..=2]) => {
                self.service = match service {
                    0 => BaseService::CyclingPower,
                    1 => BaseService::CyclingSpeedAndCadence,
                    _ => BaseService::FitnessMachine,
                };
                self.restarts.push_front(now + RESTART);
                SUCCESS
            }
            (19, [on @ 0..=1]) => {
                self.settings[0] = self.settings[0] & !3 | (on + 1);
                self.settings_changed(now)
            }
            // This build has no SD card.
            (20, [0 | 1]) => UNSUPPORTED,
            (21..=24, _) if self.settings[0] & 0x80 == 0 => UNSUPPORTED,
            (21, bytes) if bytes.len() == 8 => match bytes[5] {
                1..=12 => self.set(now, 1, bytes),
                _ => FAILED,
            },
            (22, [debounce, stop]) => {
                if *debounce == 0 || *stop < 4 {
                    return FAILED;
                }
                self.set(now, 9, parameter)
            }
            (23, bytes) if bytes.len() == 7 => match bytes[6] {
                0 => FAILED,
                _ => self.set(now, 11, bytes),
            },
            (24, bytes) if bytes.len() == 11 => {
                self.stroke_settings.copy_from_slice(bytes);
                self.stroke_settings[0] |= 0x80;
                let value = self.stroke_settings.to_vec();
                self.send(now, monitor::STROKE_SETTINGS, value);
                SUCCESS
            }
            (31, []) => {
                self.restarts.push_front(now + RESTART);
                SUCCESS
            }
            (17..=24 | 31, _) => INVALID_PARAMETER,
            _ => UNSUPPORTED,
        }
    }

    fn set(&mut self, now: Duration, offset: usize, bytes: &[u8]) -> u8 {
        self.settings[offset..offset + bytes.len()].copy_from_slice(bytes);
        self.settings_changed(now)
    }

    fn settings_changed(&mut self, now: Duration) -> u8 {
        let value = self.settings.to_vec();
        self.send(now, monitor::SETTINGS, value);
        SUCCESS
    }
}
