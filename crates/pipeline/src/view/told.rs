//! What is told of a stream where there is no screen to draw on.

use pipeline_plugin::{Kind, Lap, Timestamp};

use super::glance::Glance;
use super::screen;
use crate::words;

/// What was told in plain lines.
#[derive(Default)]
pub(crate) struct Told {
    laps: usize,
    last: Option<Timestamp>,
}

/// A plain line comes for each lap, and after so many seconds without one.
const SILENCE: f64 = 300.0;

/// The same for logs, which have no laps and go on for weeks.
const LOG_SILENCE: f64 = 600.0;

impl Told {
    /// The lines that are new.
    pub(crate) fn lines(&mut self, glance: &Glance) -> Vec<String> {
        let Some(now) = glance.last() else {
            return Vec::new();
        };
        let mut lines: Vec<String> = (self.laps..glance.laps.len())
            .map(|index| lap(index, &glance.laps[index]))
            .collect();
        self.laps = glance.laps.len();
        let is_log = glance.kind == Kind::Log;
        let silence = if is_log { LOG_SILENCE } else { SILENCE };
        let due = match self.last {
            Some(last) => now.seconds_since(last) >= silence,
            // The first values of a log tell that it works.
            None => is_log,
        };
        if lines.is_empty() && due {
            let parts = if is_log {
                screen::readings(glance).concat()
            } else {
                screen::status(glance, glance.active(now))
            };
            lines.push(parts.join(" · "));
        }
        if !lines.is_empty() || self.last.is_none() {
            self.last = Some(now);
        }
        lines
    }
}

/// `lap 5: 2:03.8 · 500 m · 2:03.8 /500 m · 24.1 spm · 205 W · 141 bpm`.
fn lap(index: usize, lap: &Lap) -> String {
    let totals = &lap.totals;
    let mut parts = vec![words::duration(totals.timer_time)];
    let mut part = |value: f64, text: String| {
        if value.is_finite() {
            parts.push(text);
        }
    };
    let distance = totals.distance;
    part(distance, format!("{} m", words::thousands(distance)));
    let speed = totals.avg_speed();
    part(speed, format!("{} /500 m", words::split(speed)));
    part(totals.avg_cadence, format!("{:.1} spm", totals.avg_cadence));
    part(totals.avg_power, format!("{:.0} W", totals.avg_power));
    let rate = totals.avg_heart_rate;
    part(rate, format!("{rate:.0} bpm"));
    format!("lap {}: {}", index + 1, parts.join(" · "))
}
