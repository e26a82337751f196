//! What goes on in a house around a power station: sun, loads, mains, a battery.

use std::time::Duration;

use super::encode::Settings;
use crate::Random;

/// The battery's energy in watt-hours.
const CAPACITY: f64 = 2048.0;
/// It is ten in the morning when the simulation begins.
const START: f64 = 10.0 * 3600.0;
const DAY: f64 = 24.0 * 3600.0;

/// What flows in and out of the battery is added up in steps of so many seconds.
const STEP: u64 = 5;

/// Goes through the days step by step.
#[derive(Debug)]
pub(super) struct Day {
    seed: u64,
    /// The second up to which it has gone, a multiple of the step.
    second: u64,
    charge: f64,
    /// The mains charge it until it is full.
    charging: bool,
    /// The charger's power, which rises and falls slowly.
    power: f64,
}

/// How things are at one moment; powers in watts.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    /// From 0 to 1.
    pub(super) charge: f64,
    pub(super) mains: bool,
    pub(super) mains_volts: f64,
    /// From the mains into the battery.
    pub(super) charger: f64,
    pub(super) solar: f64,
    /// The loads on alternating current.
    pub(super) ac: f64,
    pub(super) usb_a: f64,
    pub(super) usb_c: f64,
    pub(super) car: f64,
    /// Into the battery from all sources.
    pub(super) charging: f64,
}

impl State {
    pub(super) fn output(&self) -> f64 {
        self.ac + self.usb_a + self.usb_c + self.car
    }

    /// With mains the loads on alternating current are passed through.
    pub(super) fn mains_in(&self) -> f64 {
        if self.mains {
            self.charger + self.ac
        } else {
            0.0
        }
    }

    /// Out of the battery, or into it when negative.
    fn drain(&self) -> f64 {
        let through = if self.mains { 0.0 } else { self.ac / 0.9 };
        through + self.usb_a + self.usb_c + self.car - self.charging
    }

    pub(super) fn minutes_to_full(&self, limit: f64) -> f64 {
        let power = -self.drain();
        if power < 5.0 {
            return 0.0;
        }
        ((limit - self.charge).max(0.0) * CAPACITY / power * 60.0).min(5999.0)
    }

    pub(super) fn minutes_to_empty(&self) -> f64 {
        let power = self.drain();
        if self.charging > 0.0 && power <= 0.0 {
            return 0.0;
        }
        // Without a load it is a number that means nothing.
        (self.charge * CAPACITY / power.max(0.5) * 60.0).min(44_017.0)
    }
}

impl Day {
    pub(super) fn new(seed: u64, charge: f64) -> Self {
        Self {
            seed,
            second: 0,
            charge: charge.clamp(0.0, 1.0),
            charging: false,
            power: 0.0,
        }
    }

    /// A number from 0 to 1 that belongs to a stretch of time and to a purpose.
    fn chance(&self, purpose: u64, stretch: u64) -> f64 {
        Random::new(self.seed ^ purpose.wrapping_mul(0x9E37_79B9) ^ stretch << 20).unit()
    }

    /// The same, without jumps from one stretch to the next.
    fn drift(&self, purpose: u64, time: f64, every: f64) -> f64 {
        let place = time / every;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "times are positive and short"
        )]
        let stretch = place as u64;
        let (from, to) = (
            self.chance(purpose, stretch),
            self.chance(purpose, stretch + 1),
        );
        from + (to - from) * place.fract()
    }

    /// How things are at a time; what has passed since the last one has happened.
    pub(super) fn at(&mut self, now: Duration, settings: &Settings) -> State {
        let second = now.as_secs();
        #[expect(clippy::cast_precision_loss, reason = "it is 5")]
        let hours = STEP as f64 / 3600.0;
        while self.second + STEP <= second {
            self.second += STEP;
            let state = self.look(self.second, settings);
            self.charge = (self.charge - state.drain() * hours / CAPACITY).clamp(0.0, 1.0);
            self.charger_moves(settings);
        }
        self.look(second, settings)
    }

    /// The charger comes on when the battery is low, in the night too, and goes off when it is full.
    fn charger_moves(&mut self, settings: &Settings) {
        let limit = settings.charge_limit();
        if self.charge < 0.3_f64.min(limit) {
            self.charging = true;
        } else if self.charge >= limit {
            self.charging = false;
        }
        let full = settings.charger_power();
        // It takes less towards the end.
        let taper = ((limit - self.charge) / 0.08).clamp(0.15, 1.0);
        let aim = if self.charging { full * taper } else { 0.0 };
        self.power += (aim - self.power).clamp(-300.0, 125.0);
    }

    #[expect(clippy::cast_precision_loss, reason = "seconds of a simulation")]
    fn look(&self, second: u64, settings: &Settings) -> State {
        let time = second as f64 + START;
        let hour = time % DAY / 3600.0;
        // Mains are there but for an hour at noon on every third day.
        let day = (time / DAY).floor();
        let cut = day % 3.0 > 1.5 && (12.0..13.0).contains(&hour);
        let mains = self.charging && !cut;
        let sun = (std::f64::consts::PI * (hour - 7.0) / 11.0).sin().max(0.0);
        let sun = if (7.0..18.0).contains(&hour) {
            sun
        } else {
            0.0
        };
        let clouds = 0.35 + 0.65 * self.drift(1, time, 420.0);
        // A full battery takes no more than the loads do, little by little.
        let room = ((settings.charge_limit() - self.charge) / 0.02).clamp(0.0, 1.0);
        let solar = 380.0 * sun * clouds * room;
        let [ac, usb_a, usb_c, car] = self.loads(time, hour, settings);
        let charger = if mains { self.power } else { 0.0 };
        State {
            charge: self.charge,
            mains,
            mains_volts: 229.0 + 5.0 * self.drift(2, time, 40.0),
            charger,
            solar,
            ac,
            usb_a,
            usb_c,
            car,
            charging: charger + solar * 0.95,
        }
    }

    fn loads(&self, time: f64, hour: f64, settings: &Settings) -> [f64; 4] {
        let noise = self.drift(3, time, 3.0);
        let fridge = if time % 2700.0 < 900.0 { 78.0 } else { 4.0 };
        let evening = if (18.0..23.0).contains(&hour) {
            65.0
        } else {
            0.0
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "times are positive and short"
        )]
        let stretch = (time / 180.0) as u64;
        let cooks = (7.0..20.0).contains(&hour) && self.chance(4, stretch) < 0.02;
        let kettle = if cooks { 1450.0 } else { 0.0 };
        let ac = 42.0 + 6.0 * noise + fridge + evening + kettle;
        let laptop = if (8.0..22.0).contains(&hour) {
            38.0 + 25.0 * self.drift(5, time, 30.0)
        } else {
            0.0
        };
        let phone = 4.0 + 6.0 * self.drift(6, time, 900.0);
        let cooler = if time % 1500.0 < 600.0 { 41.0 } else { 0.0 };
        let [ac_on, usb_on, dc_on] = settings.outputs();
        let on = |on: bool, power: f64| if on { power } else { 0.0 };
        [
            on(ac_on, ac),
            on(usb_on, phone),
            on(usb_on, laptop),
            on(dc_on, cooler),
        ]
    }
}
