use console::measure_text_width;
use pipeline_plugin::{Field, Kind, Lap, Timestamp, field};

use super::digits::{self, Number};
use super::force;
use super::glance::Glance;
use crate::words;

/// Laps that have room on the screen.
const LAPS: usize = 8;

/// Without a sample for so many seconds, the screen says so.
const QUIET: f64 = 10.0;

/// How large a terminal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
}

impl Size {
    /// The columns that are written to: into the last one not, after which some terminals begin a
    /// new line.
    fn width(self) -> usize {
        self.columns.saturating_sub(1).max(20)
    }

    /// The lines that are written: what was said last stays in sight above them.
    fn height(self) -> usize {
        self.rows.saturating_sub(1).max(4)
    }
}

/// What the screen shows: lines that fit on it.
pub(crate) fn lines(glance: &Glance, now: Timestamp, size: Size, note: &str) -> Vec<String> {
    let width = size.width();
    let mut lines = vec![title(glance, note, width)];
    let quiet = quiet(glance, now);
    if glance.kind == Kind::Log {
        let readings = readings(glance);
        lines.extend(readings.iter().flat_map(|parts| flow(parts, width)));
    } else {
        let height = size.height() - 1 - usize::from(quiet.is_some());
        lines.extend(activity(glance, now, width, height));
    }
    lines.extend(quiet);
    lines.truncate(size.height());
    lines
}

/// The name of the device and, if there is room, what is noted beside it.
fn title(glance: &Glance, note: &str, width: usize) -> String {
    let title = words::clean(&glance.title);
    let title = console::truncate_str(&title, width, "…").into_owned();
    let left = width.saturating_sub(measure_text_width(&title));
    if note.is_empty() || left < note.chars().count() + 3 {
        return title;
    }
    format!("{title} · {note}")
}

/// What there is to see of an activity in `height` lines: where there is room, in large.
fn activity(glance: &Glance, now: Timestamp, width: usize, height: usize) -> Vec<String> {
    let active = glance.active(now);
    let large = if height >= 14 {
        digits::lines(&numbers(glance), width)
    } else {
        Vec::new()
    };
    let mut lines = if large.is_empty() {
        flow(&status(glance, active), width)
    } else {
        let below = flow(&summary(glance, active), width);
        large.into_iter().chain(below).collect()
    };
    let curve_height = if height >= 20 { 4 } else { 1 };
    let curve = glance.curve.as_ref();
    let curve = curve.map(|curve| force::lines(glance, curve, width, curve_height));
    let curve = curve.unwrap_or_default();
    let left = height.saturating_sub(lines.len() + curve.len());
    lines.extend(table(&glance.laps, width, left));
    lines.extend(curve);
    lines
}

/// What can be shown in large, the most important first.
fn numbers(glance: &Glance) -> Vec<Number> {
    let (speed, cadence) = (glance.value(&field::SPEED), glance.value(&field::CADENCE));
    let mut numbers = Vec::new();
    let mut number = |value: f64, text: String, unit, room| {
        if value.is_finite() {
            numbers.push(Number { text, unit, room });
        }
    };
    if glance.is_row {
        number(speed, words::split(speed), "/500 m", 6);
        number(cadence, format!("{cadence:.0}"), "spm", 2);
    } else {
        number(speed, format!("{:.1}", speed * 3.6), "km/h", 4);
        number(cadence, format!("{cadence:.0}"), "rpm", 3);
    }
    for (field, unit) in [(&field::POWER, "W"), (&field::HEART_RATE, "bpm")] {
        let value = glance.value(field);
        number(value, format!("{value:.0}"), unit, 3);
    }
    numbers
}

/// `12:34.0`, `2,741 m`, `average 2:17.5 /500 m`, `152 bpm, zone 3`: what goes with large numbers.
fn summary(glance: &Glance, active: f64) -> Vec<String> {
    let mut parts = vec![words::duration(active)];
    let distance = glance.value(&field::DISTANCE);
    if distance.is_finite() {
        parts.push(format!("{} m", words::thousands(distance)));
        if active > 0.0 && distance > 0.0 {
            parts.push(format!("average {}", pace(glance, distance / active)));
        }
    }
    parts.extend(heart_rate(glance));
    parts.extend(glance.is_paused().then(|| "paused".to_owned()));
    parts
}

fn pace(glance: &Glance, speed: f64) -> String {
    if glance.is_row {
        format!("{} /500 m", words::split(speed))
    } else {
        format!("{:.1} km/h", speed * 3.6)
    }
}

fn heart_rate(glance: &Glance) -> Option<String> {
    let rate = glance.value(&field::HEART_RATE);
    let zone = glance.zone().map(|zone| format!(", zone {zone}"));
    rate.is_finite()
        .then(|| format!("{rate:.0} bpm{}", zone.unwrap_or_default()))
}

/// `12:34.0`, `2,741 m`, `2:04.6 /500 m`, `24 spm`, `203 W`, `152 bpm, zone 3`.
pub(super) fn status(glance: &Glance, active: f64) -> Vec<String> {
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
    part(speed, pace(glance, speed));
    let cadence = value(&field::CADENCE);
    let unit = if glance.is_row { "spm" } else { "rpm" };
    part(cadence, format!("{cadence:.0} {unit}"));
    let power = value(&field::POWER);
    part(power, format!("{power:.0} W"));
    parts.extend(heart_rate(glance));
    parts.extend(glance.is_paused().then(|| "paused".to_owned()));
    parts
}

/// The parts beside each other, in as many lines as they need.
fn flow(parts: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if measure_text_width(line) + 3 + measure_text_width(part) <= width => {
                line.push_str(" · ");
                line.push_str(part);
            }
            _ => {
                let line = format!("  {part}");
                lines.push(console::truncate_str(&line, width, "…").into_owned());
            }
        }
    }
    lines
}

/// A column of the table of laps: its title, how wide it is, and what stands in it.
type Column = (&'static str, usize, fn(usize, &Lap) -> String);

/// The columns of the table of laps.
const COLUMNS: [Column; 7] = [
    ("lap", 3, |index, _| (index + 1).to_string()),
    ("time", 9, |_, lap| words::duration(lap.totals.timer_time)),
    ("distance", 10, |_, lap| {
        let distance = lap.totals.distance;
        known(distance, &format!("{} m", words::thousands(distance)))
    }),
    ("/500 m", 8, |_, lap| words::split(lap.totals.avg_speed())),
    ("spm", 5, |_, lap| {
        let cadence = lap.totals.avg_cadence;
        known(cadence, &format!("{cadence:.1}"))
    }),
    ("W", 5, |_, lap| {
        let power = lap.totals.avg_power;
        known(power, &format!("{power:.0}"))
    }),
    ("bpm", 5, |_, lap| {
        let rate = lap.totals.avg_heart_rate;
        known(rate, &format!("{rate:.0}"))
    }),
];

/// Which columns are left out first where there is no room for all.
const LEFT_OUT: [&str; 4] = ["distance", "W", "bpm", "spm"];

/// The last laps, the newest first, in so many lines.
fn table(laps: &[Lap], width: usize, height: usize) -> Vec<String> {
    if laps.is_empty() || height < 2 {
        return Vec::new();
    }
    let mut columns: Vec<&Column> = COLUMNS.iter().collect();
    for left_out in LEFT_OUT {
        let wide: usize = columns.iter().map(|(_, width, _)| width + 1).sum();
        if wide < width {
            break;
        }
        columns.retain(|(title, ..)| *title != left_out);
    }
    let wide: usize = columns.iter().map(|(_, width, _)| width + 1).sum();
    if wide >= width {
        return Vec::new();
    }
    let line = |cell: &dyn Fn(&Column) -> String| {
        let cells = columns.iter().map(|column| {
            let (text, width) = (cell(column), column.1);
            format!(" {text:>width$}")
        });
        format!(" {}", cells.collect::<String>())
    };
    let head = line(&|column| column.0.to_owned());
    let rows = laps.iter().enumerate().rev().take(LAPS.min(height - 1));
    let rows = rows.map(|(index, lap)| line(&|column| column.2(index, lap)));
    std::iter::once(head).chain(rows).collect()
}

fn known(value: f64, text: &str) -> String {
    if value.is_finite() {
        text.to_owned()
    } else {
        words::UNKNOWN.to_string()
    }
}

/// Every field of a log with its unit; of a power station what it does.
pub(super) fn readings(glance: &Glance) -> Vec<Vec<String>> {
    if let Some(parts) = super::power::parts(glance) {
        return parts.to_vec();
    }
    let texts = glance.values().iter().map(|(field, value)| {
        let name = field.name().replace('_', " ");
        format!("{name} {} {}", words::reading(*value), field.unit())
            .trim_end()
            .to_owned()
    });
    vec![texts.collect()]
}

/// When nothing comes any more.
fn quiet(glance: &Glance, now: Timestamp) -> Option<String> {
    let quiet = now.seconds_since(glance.last()?);
    let expected = if glance.kind == Kind::Log { 6.0 } else { 1.0 };
    (quiet > QUIET * expected && !glance.is_paused())
        .then(|| format!("  nothing for {}", words::duration(quiet)))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use pipeline_plugin::{Header, testing};

    use super::super::told::Told;
    use super::*;

    const SMALL: Size = Size {
        columns: 80,
        rows: 12,
    };

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
        let lines = lines(&glance, at("2026-03-02T09:03:00Z"), SMALL, "");
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
        let lines = lines(&glance, at("2026-03-02T09:00:08Z"), SMALL, "");
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
        let lines = lines(&glance, at("2026-03-02T09:03:00Z"), SMALL, "");
        expect![[r"
            POWER-0084
              state of charge 81.25 % · dc input power 118 W
              nothing for 3:00.0"]]
        .assert_eq(&lines.join("\n"));
        let told = Told::default().lines(&glance);
        expect!["state of charge 81.25 % · dc input power 118 W"].assert_eq(&told.join("\n"));
    }

    #[test]
    fn a_row_in_large() {
        let header = r#"{"sport":"rowing/indoor","device":{"name":"KayakFirst (CPS)"}}"#;
        let glance = glance(header, ROW);
        let size = Size {
            columns: 100,
            rows: 24,
        };
        let lines = lines(
            &glance,
            at("2026-03-02T09:03:00Z"),
            size,
            "kept in the journal",
        );
        expect![[r"
            KayakFirst (CPS) · kept in the journal
                                         /500 m              spm                       W
              ██████    ██████ ██  ██    ██████    ██████ ██  ██    ██████ ██████ ██████
                  ██ ██ ██  ██ ██  ██        ██        ██ ██  ██        ██ ██  ██     ██
              ██████    ██  ██ ██████        ██    ██████ ██████    ██████ ██  ██ ██████
              ██     ██ ██  ██     ██        ██    ██         ██    ██     ██  ██     ██
              ██████    ██████     ██ ██     ██    ██████     ██    ██████ ██████ ██████
              2:05.0 · 500 m · average 2:05.0 /500 m · 152 bpm · paused
              lap      time   distance   /500 m   spm     W   bpm
                1    2:04.6      500 m   2:04.6  24.1   205   141
                                 ▁▂▃▄▅▆▇███████▇▇▇▇▆▄▃▂▁
                            ▂▃▅▆█████████████████████████▆▅▄▃▁
                      ▁▂▃▅▆████████████████████████████████████▇▅▄▃▂
              ▂▃▄▅▆▆▇████████████████████████████████████████████████▇▇▆▅▄▄▃▂▁
              force 412 N, drive 0.83 s, recovery 1.61 s"]]
        .assert_eq(&lines.join("\n"));
    }

    #[test]
    fn it_fits_on_every_screen() {
        let header = r#"{"sport":"rowing/indoor","device":{"name":"A rower with a name that is longer than some screens are wide"},"zones":{"method":"custom","bounds":[95,114,133,152,171,190],"max":null,"resting":null,"threshold":null}}"#;
        let laps = ROW.lines().filter(|line| line.starts_with("{\"lap"));
        let lap = laps.collect::<String>();
        let glance = glance(header, &format!("{ROW}{}", format!("{lap}\n").repeat(30)));
        for columns in (21..220).step_by(3) {
            for rows in (5..70).step_by(2) {
                let size = Size { columns, rows };
                let now = at("2026-03-02T09:03:00Z");
                let lines = lines(&glance, now, size, "kept in the journal");
                assert!(lines.len() < rows, "{size:?}: {lines:?}");
                let wide = lines.iter().map(|line| measure_text_width(line)).max();
                assert!(wide < Some(columns), "{size:?}: {lines:?}");
            }
        }
    }
}
