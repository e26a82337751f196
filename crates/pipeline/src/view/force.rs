//! The force curve of the last drive.

use std::fmt::Write;

use pipeline_plugin::{Curve, field};

use super::glance::Glance;

/// The bars of one line, from nothing to a full one.
const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// As wide as it gets: wider, it says no more.
const WIDEST: usize = 64;

/// The curve in `height` lines with what is to be said of it, none of them longer than `width`.
pub(super) fn lines(glance: &Glance, curve: &Curve, width: usize, height: usize) -> Vec<String> {
    let peak = curve.values.iter().copied().fold(0.0, f64::max);
    let about = about(glance, peak);
    if height < 2 {
        let head = "  force ";
        let most = (width.saturating_sub(head.len())).min(WIDEST);
        // What is said of it is left out piece by piece, before the curve gets too short to see.
        let room = most.saturating_sub(16);
        let about = fitting(&about, room);
        let columns = most.saturating_sub(about.chars().count() + 1);
        let columns = columns.min(curve.values.len().max(1));
        let bars = bars(&curve.values, peak, columns, 1).concat();
        return vec![format!("{head}{bars} {about}").trim_end().to_owned()];
    }
    // Strokes can be compared when all are drawn by the strongest.
    let top = glance.strongest.max(peak);
    let columns = width.saturating_sub(2).min(WIDEST);
    let mut lines = bars(&curve.values, top, columns, height);
    for line in &mut lines {
        line.insert_str(0, "  ");
        line.truncate(line.trim_end().len());
    }
    lines.push(format!(
        "  force {}",
        fitting(&about, width.saturating_sub(8))
    ));
    lines
}

/// `412 N`, `drive 0.83 s`, `recovery 1.61 s`, as far as they are known.
fn about(glance: &Glance, peak: f64) -> Vec<String> {
    let mut parts = vec![format!("{peak:.0} N")];
    for (name, field) in [
        ("drive", &field::DRIVE_TIME),
        ("recovery", &field::RECOVERY_TIME),
    ] {
        let seconds = glance.value(field);
        if seconds.is_finite() {
            parts.push(format!("{name} {seconds:.2} s"));
        }
    }
    parts
}

/// As many of the parts as fit, from the first.
fn fitting(parts: &[String], width: usize) -> String {
    let mut text = String::new();
    for part in parts {
        let comma = if text.is_empty() { "" } else { ", " };
        if text.chars().count() + comma.len() + part.chars().count() > width {
            break;
        }
        let _ = write!(text, "{comma}{part}");
    }
    text
}

/// The values as bars of at most `height` lines, the highest line first.
fn bars(values: &[f64], top: f64, columns: usize, height: usize) -> Vec<String> {
    let eighths = whole(height) * 8.0;
    let heights: Vec<f64> = (0..columns)
        .map(|column| value_at(values, column, columns) / top * eighths)
        .collect();
    (0..height)
        .rev()
        .map(|row| {
            let below = whole(row) * 8.0;
            let least = usize::from(row == 0);
            let bar = |height: &f64| bar(height - below, least);
            heights.iter().map(bar).collect()
        })
        .collect()
}

/// The bar that is so many eighths high, or a little higher.
fn bar(eighths: f64, least: usize) -> char {
    let reached = (0..BARS.len() - 1).take_while(|index| whole(*index) < eighths);
    BARS[reached.count().max(least)]
}

/// The value at a column when they are spread over all of them.
fn value_at(values: &[f64], column: usize, columns: usize) -> f64 {
    let last = whole(values.len().saturating_sub(1));
    let place = if columns > 1 {
        whole(column) / whole(columns - 1) * last
    } else {
        last / 2.0
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "places are between nothing and the number of values"
    )]
    let before = place.floor() as usize;
    let part = place - place.floor();
    let value = |index: usize| values.get(index).copied().unwrap_or_default();
    if part > 0.0 {
        value(before) * (1.0 - part) + value(before + 1) * part
    } else {
        value(before)
    }
}

fn whole(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
