//! The lap table.

use super::page::Page;
use super::session::{Lap, Session};
use super::table::Table;
use super::totals::{Habit, Totals};
use crate::words;

/// With more laps than these only the first and the last are shown, unless all are wanted.
const MANY: usize = 40;
const FIRST: usize = 20;
const LAST: usize = 5;

/// Adds the laps to a page.
pub(super) fn add(page: &mut Page, laps: &[Lap], session: Option<&Session>, all: bool) {
    let Some(first) = laps.first() else {
        return;
    };
    // Some writers give the sport of the session only.
    let own = first.sport.is_some().then(|| first.habit());
    let habit = own.or(session.map(Session::habit)).unwrap_or_default();
    page.line("");
    let lines = table(laps, habit).lines();
    let (rows, left_out) = (lines.len() - 1, laps.len() - FIRST.min(laps.len()));
    let cut = !all && laps.len() > MANY;
    for (row, line) in lines.iter().enumerate() {
        // The titles are row 0.
        let hidden = cut && row > FIRST && row + LAST <= rows;
        if !hidden {
            page.line(&format!("  {line}"));
        } else if row == FIRST + 1 {
            let more = left_out - LAST;
            page.line(&format!("    … {more} laps more; `--all` shows them"));
        }
    }
}

fn table(laps: &[Lap], habit: Habit) -> Table {
    let mut table = Table::default();
    let whole = |get: fn(&Totals) -> Option<f64>| {
        laps.iter()
            .map(move |lap| get(&lap.totals).map(words::thousands))
    };
    table.numbers("lap", (1..=laps.len()).map(|lap| Some(lap.to_string())));
    let time = |lap: &Lap| lap.totals.time().map(words::duration);
    table.numbers("time", laps.iter().map(time));
    let distance = |lap: &Lap| lap.totals.distance.map(metres);
    table.numbers("distance", laps.iter().map(distance));
    let pace = |lap: &Lap| lap.totals.speed().map(|speed| habit.pace(speed));
    table.numbers(habit.pace_unit(), laps.iter().map(pace));
    table.numbers(habit.rate(), whole(|totals| totals.avg_cadence));
    table.numbers("HR", whole(|totals| totals.avg_heart_rate));
    table.numbers("W", whole(|totals| totals.avg_power));
    table.numbers(habit.cycles(), whole(|totals| totals.cycles));
    table.numbers("kcal", whole(|totals| totals.calories));
    table.text(
        "trigger",
        laps.iter().map(|lap| lap.trigger.as_deref().map(readable)),
    );
    let rest = |lap: &Lap| {
        lap.intensity
            .as_deref()
            .filter(|it| *it != "active")
            .map(readable)
    };
    table.text("intensity", laps.iter().map(rest));
    table
}

/// `1,609.3 m`.
fn metres(metres: f64) -> String {
    let tenths = (metres * 10.0).round() / 10.0;
    let whole = tenths.trunc();
    format!(
        "{}.{:.0} m",
        words::thousands(whole),
        (tenths - whole) * 10.0
    )
}

fn readable(name: &str) -> String {
    name.replace('_', " ")
}
