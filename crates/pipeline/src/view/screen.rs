use std::fmt::Write;

use pipeline_plugin::{Curve, Field, Kind, Lap, Timestamp, field};

use super::glance::Glance;
use crate::words;

/// Laps that have room on the screen.
const LAPS: usize = 8;

/// Without a sample for so many seconds, the screen says so.
const QUIET: f64 = 10.0;

/// What the screen shows.
pub(crate) fn lines(glance: &Glance, now: Timestamp) -> Vec<String> {
    let mut lines = vec![words::clean(&glance.title)];
    if glance.kind == Kind::Log {
        lines.extend(readings(glance));
    } else {
        lines.push(format!("  {}", status(glance, glance.active(now))));
        lines.extend(table(&glance.laps));
        lines.extend(glance.curve.as_ref().map(|curve| force(glance, curve)));
    }
    lines.extend(quiet(glance, now));
    lines
}

/// `12:34.0 · 2,741 m · 2:04.6 /500 m · 24 spm · 203 W · 152 bpm, zone 3`.
fn status(glance: &Glance, active: f64) -> String {
    let mut parts = vec![words::duration(active)];
    let mut part = |value: f64, text: String| {
        if value.is_finite() {
            parts.push(text);
        }
    };
    let value = |field: &Field| glance.value(field);
    let distance = value(&field::DISTANCE);
    part(distance, format!("{} m", words::thousands(distance)));
    let speed = value(&field::SPEED);
    part(
        speed,
        if glance.is_row {
            format!("{} /500 m", words::split(speed))
        } else {
            format!("{:.1} km/h", speed * 3.6)
        },
    );
    let cadence = value(&field::CADENCE);
    let unit = if glance.is_row { "spm" } else { "rpm" };
    part(cadence, format!("{cadence:.0} {unit}"));
    let power = value(&field::POWER);
    part(power, format!("{power:.0} W"));
    let heart_rate = value(&field::HEART_RATE);
    let zone = glance.zone().map(|zone| format!(", zone {zone}"));
    part(
        heart_rate,
        format!("{heart_rate:.0} bpm{}", zone.unwrap_or_default()),
    );
    if glance.is_paused() {
        parts.push("paused".to_owned());
    }
    parts.join(" · ")
}

/// The last laps, the newest first.
fn table(laps: &[Lap]) -> Vec<String> {
    if laps.is_empty() {
        return Vec::new();
    }
    let head = format!(
        "  {:>3} {:>9} {:>10} {:>8} {:>5} {:>5} {:>5}",
        "lap", "time", "distance", "/500 m", "spm", "W", "bpm"
    );
    let rows = laps.iter().enumerate().rev().take(LAPS);
    let rows = rows.map(|(index, lap)| {
        let totals = &lap.totals;
        format!(
            "  {:>3} {:>9} {:>10} {:>8} {:>5} {:>5} {:>5}",
            index + 1,
            words::duration(totals.timer_time),
            known(
                totals.distance,
                &format!("{} m", words::thousands(totals.distance))
            ),
            words::split(totals.avg_speed()),
            known(totals.avg_cadence, &format!("{:.1}", totals.avg_cadence)),
            known(totals.avg_power, &format!("{:.0}", totals.avg_power)),
            known(
                totals.avg_heart_rate,
                &format!("{:.0}", totals.avg_heart_rate)
            ),
        )
    });
    std::iter::once(head).chain(rows).collect()
}

fn known(value: f64, text: &str) -> String {
    let text = if value.is_finite() { text } else { "–" };
    text.to_owned()
}

/// The force curve of the last drive as a row of bars.
fn force(glance: &Glance, curve: &Curve) -> String {
    let peak = curve.values.iter().copied().fold(0.0, f64::max);
    let bars: String = curve.values.iter().map(|value| bar(value / peak)).collect();
    let mut text = format!("  force {bars} {peak:.0} N");
    for (name, field) in [
        ("drive", &field::DRIVE_TIME),
        ("recovery", &field::RECOVERY_TIME),
    ] {
        let seconds = glance.value(field);
        if seconds.is_finite() {
            let _ = write!(text, ", {name} {seconds:.2} s");
        }
    }
    text
}

/// A bar of that height, from 0 to 1.
fn bar(height: f64) -> char {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let above = |index: &usize| {
        let index = u32::try_from(*index).unwrap_or_default();
        f64::from(index) / 8.0 < height
    };
    let index = (1..BARS.len()).take_while(above).count();
    BARS[index]
}

/// Every field of a log with its unit, some to a line; of a power station what it does.
fn readings(glance: &Glance) -> Vec<String> {
    if let Some(lines) = super::power::lines(glance) {
        return lines.into_iter().map(|line| format!("  {line}")).collect();
    }
    let texts: Vec<String> = glance
        .values()
        .iter()
        .map(|(field, value)| {
            let name = field.name().replace('_', " ");
            format!("{name} {} {}", words::reading(*value), field.unit())
                .trim_end()
                .to_owned()
        })
        .collect();
    let lines = texts.chunks(4);
    lines
        .map(|some| format!("  {}", some.join(" · ")))
        .collect()
}

/// When nothing comes any more.
fn quiet(glance: &Glance, now: Timestamp) -> Option<String> {
    let quiet = now.seconds_since(glance.last()?);
    let expected = if glance.kind == Kind::Log { 6.0 } else { 1.0 };
    (quiet > QUIET * expected && !glance.is_paused())
        .then(|| format!("  nothing for {}", words::duration(quiet)))
}

/// What was told in plain lines.
#[derive(Default)]
pub(crate) struct Told {
    laps: usize,
    last: Option<Timestamp>,
}

/// A plain line comes for each lap, and after so many seconds without one.
const SILENCE: f64 = 300.0;

/// The same for logs, which have no laps.
const LOG_SILENCE: f64 = 60.0;

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
            lines.push(if is_log {
                let readings: Vec<_> = readings(glance);
                readings.join(" ·").trim_start().replace("  ", " ")
            } else {
                status(glance, glance.active(now))
            });
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

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use pipeline_plugin::{Header, testing};

    use super::*;

    const ROW: &str = r#"
{"curve":{"time":"2026-03-02T09:00:10Z","field":"handle_force","interval":null,"values":[20,120,300,412,390,250,100,10]}}
{"samples":{"time":["2026-03-02T09:00:00Z","2026-03-02T09:00:10Z","2026-03-02T09:02:04.6Z"],"distance":[0,40,500],"speed":[4,4,4.01],"cadence":[22,24,24],"power":[180,200,203],"heart_rate":[90,120,152],"drive_time":[0.8,0.8,0.83],"recovery_time":[1.6,1.6,1.61]}}
{"lap":{"start":"2026-03-02T09:00:00Z","end":"2026-03-02T09:02:04.6Z","trigger":"distance","totals":{"timer_time":124.6,"distance":500,"avg_cadence":24.1,"avg_power":205,"avg_heart_rate":141}}}
{"event":{"timer_stop":{"time":"2026-03-02T09:02:05Z"}}}
"#;

    fn glance(header: &str, items: &str) -> Glance {
        let header: Header = serde_json::from_str(header).unwrap();
        let mut glance = Glance::new(&header);
        for item in testing::items(items) {
            glance.take(&item);
        }
        glance
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn a_row() {
        let header = r#"{"sport":"rowing/indoor","device":{"name":"KayakFirst (CPS)"},"zones":{"method":"custom","bounds":[95,114,133,152,171,190],"max":null,"resting":null,"threshold":null}}"#;
        let glance = glance(header, ROW);
        let lines = lines(&glance, at("2026-03-02T09:03:00Z"));
        expect![[r"
            KayakFirst (CPS)
              2:05.0 · 500 m · 2:04.7 /500 m · 24 spm · 203 W · 152 bpm, zone 4 · paused
              lap      time   distance   /500 m   spm     W   bpm
                1    2:04.6      500 m   2:04.6  24.1   205   141
              force ▁▃▆██▅▂▁ 412 N, drive 0.83 s, recovery 1.61 s"]]
        .assert_eq(&lines.join("\n"));
        let told = Told::default().lines(&glance);
        expect!["lap 1: 2:04.6 · 500 m · 2:04.6 /500 m · 24.1 spm · 205 W · 141 bpm"]
            .assert_eq(&told.join("\n"));
    }

    #[test]
    fn a_power_station() {
        let items = r#"
{"samples":{"time":["2026-03-02T09:00:00Z"],"state_of_charge":[81.2],"time_to_full":[7200],"total_input_power":[905],"total_output_power":[145],"charge_power":[642],"ac_switch":[1],"usb_switch":[1],"energy_in":[5000],"energy_out":[4000],"energy_charged":[100.5],"link_quality":[100],"units":{"total_input_power":"W"}}}
{"samples":{"time":["2026-03-02T09:00:05Z"],"state_of_charge":[81.3],"time_to_full":[7140],"total_input_power":[1905],"total_output_power":[145],"charge_power":[642],"ac_switch":[1],"usb_switch":[0],"energy_in":[5012.34],"energy_out":[4000.2],"energy_charged":[101.5],"link_quality":[98.3],"units":{"total_input_power":"W"}}}
"#;
        let glance = glance(r#"{"kind":"log","name":"POWER-0084"}"#, items);
        let lines = lines(&glance, at("2026-03-02T09:00:08Z"));
        expect![[r"
            POWER-0084
              81.3 % · full in 1 h 59 min · in 1,905 W · out 145 W · into the battery 642 W
              today in 12.3 Wh · out 0.2 Wh · charged 1 Wh · on: AC · link 98 %"]]
        .assert_eq(&lines.join("\n"));
    }

    #[test]
    fn a_log() {
        let items = r#"{"samples":{"time":["2026-03-02T09:00:00Z"],"state_of_charge":[81.25],"dc_input_power":[118],"units":{"dc_input_power":"W"}}}"#;
        let glance = glance(r#"{"kind":"log","name":"POWER-0084"}"#, items);
        let lines = lines(&glance, at("2026-03-02T09:03:00Z"));
        expect![[r"
            POWER-0084
              state of charge 81.25 % · dc input power 118 W
              nothing for 3:00.0"]]
        .assert_eq(&lines.join("\n"));
        let told = Told::default().lines(&glance);
        expect!["state of charge 81.25 % · dc input power 118 W"].assert_eq(&told.join("\n"));
    }
}
