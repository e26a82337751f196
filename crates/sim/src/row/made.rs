use std::time::Duration;

use super::DataEvent;
use crate::Random;

/// A part of a row that is made up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Piece {
    /// So many strokes at that rate (1/min) and power (W).
    Strokes {
        /// How many.
        count: u32,
        /// How many a minute.
        rate: f64,
        /// With how much power.
        power: f64,
    },
    /// The handle rests for so many seconds.
    Rest(f64),
}

/// Without a drive for so many microseconds the engine takes the row for stopped.
const STOP_THRESHOLD: u64 = 7_000_000;
/// Without a stroke for so many microseconds there is a data event all the same.
const UPDATE_INTERVAL: u64 = 4_000_000;
/// Power in watts at 1 m/s.
const MAGIC: f64 = 2.8;
const DRAG_FACTOR: f64 = 117e-6;

/// Makes a row up, as an engine with default settings would tell it.
///
/// The numbers are plausible and fit together; nothing was measured.
pub fn made(seed: u64, pieces: &[Piece]) -> Vec<DataEvent> {
    let mut engine = Engine {
        random: Random::new(seed),
        wall: 0,
        state: DataEvent::default(),
        stroke: (0.0, 0),
        since_stop: None,
        events: vec![DataEvent::default()],
    };
    for piece in pieces {
        match *piece {
            Piece::Strokes { count, rate, power } => {
                (0..count).for_each(|_| engine.stroke(rate, power));
            }
            Piece::Rest(seconds) => engine.rest(micros(seconds)),
        }
    }
    engine.rest(STOP_THRESHOLD + UPDATE_INTERVAL);
    engine.events
}

struct Engine {
    random: Random,
    /// Microseconds since it was switched on.
    wall: u64,
    state: DataEvent,
    /// Power of the stroke before, and the recovery that has gone by since, in microseconds.
    stroke: (f64, u64),
    /// The engine's clock when it stopped.
    since_stop: Option<u64>,
    events: Vec<DataEvent>,
}

impl Engine {
    fn stroke(&mut self, rate: f64, power: f64) {
        let period = 60.0 / rate * self.random.between(0.95, 1.05);
        let drive = micros(period * self.random.between(0.32, 0.4));
        let power = power * self.random.between(0.9, 1.1);
        let first = self.state.strokes == 0;
        if self.stroke.1 == 0 && !first {
            self.rest(micros(period) - drive);
        }
        let recovery = self.stroke.1;
        self.pass(drive, power);
        self.state.strokes += 1;
        self.state.stroke_time = self.state.wheel_time;
        self.state.drive = drive;
        self.state.recovery = if first { 0 } else { recovery };
        let stopped = self.since_stop.take().is_some();
        self.state.power = if stopped { 0.0 } else { self.stroke.0 };
        self.state.drag_factor = if first { 0.0 } else { DRAG_FACTOR };
        self.state.forces = self.forces(drive, power);
        self.stroke = (power, 0);
        self.emit();
    }

    /// A recovery, or more.
    fn rest(&mut self, time: u64) {
        let end = self.wall + time;
        while self.wall < end {
            let last = self.events.last().map_or(0, |event| {
                u64::try_from(event.time.as_micros()).unwrap_or(u64::MAX)
            });
            let step = (end - self.wall).min(last + UPDATE_INTERVAL - self.wall);
            self.recover(step);
            if self.wall == last + UPDATE_INTERVAL {
                self.emit();
            }
        }
    }

    fn recover(&mut self, time: u64) {
        let running = if self.since_stop.is_some() || self.state.strokes == 0 {
            0
        } else {
            time.min(STOP_THRESHOLD - self.stroke.1)
        };
        self.pass(running, self.stroke.0 * 0.8);
        self.wall += time - running;
        self.stroke.1 += running;
        if self.stroke.1 >= STOP_THRESHOLD && self.since_stop.is_none() {
            self.since_stop = Some(self.state.wheel_time);
            self.state.drive = 0;
            self.state.recovery = self.stroke.1;
            self.state.power = 0.0;
            self.state.forces.clear();
        }
    }

    /// Lets the flywheel run.
    fn pass(&mut self, time: u64, power: f64) {
        let seconds = Duration::from_micros(time).as_secs_f64();
        // The engine needs a recovery before it knows how far the boat goes.
        if self.state.strokes > 0 {
            self.state.distance += 100.0 * (power / MAGIC).cbrt() * seconds;
        }
        self.state.wheel_time += time;
        self.wall += time;
    }

    /// A steep rise and a long fall, an impulse every 25 ms or so.
    fn forces(&mut self, drive: u64, power: f64) -> Vec<f32> {
        let count = (drive / 25_000).clamp(2, 200);
        let peak = 1.4 * power.max(1.0);
        let place = |index: u64| {
            let index = u32::try_from(index).unwrap_or_default();
            f64::from(index) / f64::from(u32::try_from(count).unwrap_or(1))
        };
        let force = |index| {
            let place: f64 = place(index);
            let noise = self.random.between(-3.0, 3.0);
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a monitor has single precision"
            )]
            let force = (peak * (std::f64::consts::PI * place.powf(0.7)).sin() + noise) as f32;
            force
        };
        (0..count).map(force).collect()
    }

    fn emit(&mut self) {
        self.state.time = Duration::from_micros(self.wall);
        self.events.push(self.state.clone());
    }
}

fn micros(seconds: f64) -> u64 {
    u64::try_from(Duration::from_secs_f64(seconds.max(0.0)).as_micros()).unwrap_or(u64::MAX)
}
