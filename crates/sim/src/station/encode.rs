//! The registers and frames of a power station, made anew: nothing is shared with what decodes them.

use super::day::State;
use super::{Model, StationFaults};

/// The registers that can be set.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    common: [u16; 80],
    newer: [u16; 100],
}

impl Default for Settings {
    fn default() -> Self {
        let mut common = [0; 80];
        let known = [
            (13, 3),
            (14, 1100),
            (17, 20),
            (20, 15),
            (24, 1),
            (25, 1),
            (26, 1),
            (47, 0x26),
            (48, 0x18),
            (49, 0x1B),
            (50, 0x1D),
            (56, 1),
            (59, 5),
            (60, 480),
            (61, 960),
            (62, 300),
            (66, 100),
            (67, 900),
            (68, 30),
        ];
        for (register, value) in known {
            common[register] = value;
        }
        let mut newer = [0; 100];
        for (register, value) in [(2, 1), (3, 1), (4, 1), (25, 300), (26, 100), (27, 900)] {
            newer[register] = value;
        }
        Self { common, newer }
    }
}

impl Settings {
    pub(super) fn registers(&self, model: Model) -> &[u16] {
        match model {
            Model::Common => &self.common,
            Model::Newer => &self.newer,
        }
    }

    pub(super) fn set(&mut self, model: Model, register: u16, value: u16) {
        let place = match model {
            Model::Common => self.common.get_mut(usize::from(register)),
            Model::Newer => self.newer.get_mut(usize::from(register)),
        };
        if let Some(place) = place {
            *place = value;
        }
        // The switches are the same ones.
        if model == Model::Newer && (1..=4).contains(&register) {
            let other = [27, 25, 24, 26][usize::from(register) - 1];
            self.common[other] = value;
        }
    }

    /// AC, USB and DC.
    pub(super) fn outputs(&self) -> [bool; 3] {
        [26, 24, 25].map(|register: usize| self.common[register] == 1)
    }

    pub(super) fn switch_outputs_off(&mut self) {
        for register in [24, 25, 26] {
            self.common[register] = 0;
        }
    }

    pub(super) fn charge_limit(&self) -> f64 {
        f64::from(self.common[67]) / 1000.0
    }

    pub(super) fn discharge_limit(&self) -> f64 {
        f64::from(self.common[66]) / 1000.0
    }

    /// The charger's full power, in watts.
    pub(super) fn charger_power(&self) -> f64 {
        let level = 100.0 + 200.0 * f64::from(self.common[13]);
        if self.common[57] == 1 {
            level / 2.0
        } else {
            level
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "casts of floats saturate, as registers do"
)]
fn raw(value: f64, per_unit: f64) -> u16 {
    (value * per_unit).round() as u16
}

/// The status.
pub(super) fn input_registers(model: Model, state: &State, settings: &Settings) -> Vec<u16> {
    match model {
        Model::Common => common(state, settings),
        Model::Newer => newer(state, settings),
    }
}

fn common(state: &State, settings: &Settings) -> Vec<u16> {
    let mut r = vec![0; 80];
    let [ac, usb, dc] = settings.outputs();
    let light = settings.common[27] != 0;
    r[2] = settings.common[13];
    r[3] = raw(state.charging - state.solar * 0.95, 1.0);
    r[4] = raw(state.solar, 1.0);
    r[6] = raw(state.mains_in() + state.solar, 1.0);
    r[9] = raw(state.car, 10.0);
    r[15] = if light { 10 } else { 0 };
    // Floats when it is off.
    r[18] = if ac { 2301 } else { 31 };
    r[19] = 500;
    r[20] = raw(state.ac, 1.0);
    r[21] = if state.mains {
        raw(state.mains_volts, 10.0)
    } else {
        7
    };
    r[22] = if state.mains { 4998 } else { 0 };
    r[25] = settings.common[27];
    r[30] = raw(state.usb_a, 10.0);
    r[34] = raw(state.usb_c, 10.0);
    r[39] = raw(state.output(), 1.0);
    let bits = [
        (1, state.mains),
        (2, ac),
        (3, state.mains),
        (4, state.mains && state.charger > 0.0),
        (7, usb || dc),
        (9, usb),
        (10, dc),
        (11, ac),
        (12, light),
    ];
    r[41] = bits.iter().map(|(bit, on)| u16::from(*on) << bit).sum();
    r[42] = if usb { 0x03D8 } else { 0 } | if dc { 0xE000 } else { 0 };
    r[47] = 0x3000;
    r[48] = if state.mains { 0x8000 } else { 0x4000 };
    r[52] = 180;
    r[54] = 392;
    r[56] = raw(state.charge, 1000.0);
    r[57] = settings.common[63];
    r[58] = raw(state.minutes_to_full(settings.charge_limit()), 1.0);
    r[59] = raw(state.minutes_to_empty(), 1.0);
    r[62] = 255;
    r[63] = 65535;
    r
}

fn newer(state: &State, settings: &Settings) -> Vec<u16> {
    let mut r = vec![0; 100];
    let [ac, usb, dc] = settings.outputs();
    r[2] = raw(state.charging - state.solar * 0.95, 1.0);
    r[3] = raw(state.solar, 1.0);
    r[8] = if state.mains {
        raw(state.mains_volts, 10.0)
    } else {
        12
    };
    r[9] = if state.mains { 4998 } else { 0 };
    r[10] = if ac { 2301 } else { 31 };
    r[11] = 500;
    r[12] = raw(state.ac, 1.0);
    r[31] = raw(state.charge, 100.0);
    r[36] = 0x3000;
    r[38] = 0x3000;
    r[39] = 0x4000;
    let charging = if state.charger > 0.0 { 0x40 } else { 0 };
    let mains = if state.mains { 0x28 } else { 0 };
    let solar = if state.solar > 0.0 { 0x0300 } else { 0 };
    r[53] = mains | charging | solar;
    r[71] = raw(state.minutes_to_full(0.9), 1.0);
    r[72] = raw(state.minutes_to_empty(), 1.0);
    r[75] = u16::from(dc) << 2 | u16::from(usb) << 3 | u16::from(ac) << 4;
    r[78] = raw(state.usb_a + state.usb_c + state.car, 1.0);
    r
}

/// The reply with registers.
pub(super) fn frame(faults: &StationFaults, function: u8, start: u16, values: &[u16]) -> Vec<u8> {
    let mut bytes = vec![0x11, function];
    #[expect(clippy::cast_possible_truncation, reason = "there are at most 100")]
    let count = values.len() as u16;
    if faults.rtu {
        bytes.push((count * 2).to_be_bytes()[1]);
    } else {
        bytes.extend(start.to_be_bytes());
        bytes.extend(count.to_be_bytes());
    }
    bytes.extend(values.iter().flat_map(|value| value.to_be_bytes()));
    sealed(faults, bytes)
}

/// Behind bytes their checksum, bit by bit as the textbook has it.
pub(super) fn sealed(faults: &StationFaults, mut bytes: Vec<u8>) -> Vec<u8> {
    let mut sum = 0xFFFF_u16;
    for byte in &bytes {
        sum ^= u16::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 {
                sum >> 1 ^ 0xA001
            } else {
                sum >> 1
            };
        }
    }
    bytes.extend(if faults.low_byte_first {
        sum.to_le_bytes()
    } else {
        sum.to_be_bytes()
    });
    bytes
}
