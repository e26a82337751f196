//! Events, repairs and errors as text; the only place that knows the API.

use std::fmt::Write as _;
use std::io::Read;

use tcx::{
    CleanOptions, Cleaned, Cleaner, Event, LapTotals, Limits, Options, Reader, Repairs, TimeOrigin,
    Trackpoint,
};

/// 2024-01-01T00:00:00Z, from which times are counted.
pub(crate) const ZERO: i64 = 1_704_067_200_000_000;

/// What the reader makes of `input`: events, then repairs, then the error, a line each.
pub(crate) fn read(input: impl Read, options: Options) -> String {
    let mut reader = Reader::new(input, options);
    let mut out = String::new();
    let error = loop {
        match reader.next() {
            Ok(Some(event)) => out += &event_line(&event),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    finish(out, reader.repairs(), error)
}

/// What the cleaner makes of `input`.
pub(crate) fn cleaned(input: impl Read, options: Options, clean: CleanOptions) -> String {
    let mut cleaner = Cleaner::new(Reader::new(input, options), clean);
    let mut out = String::new();
    let error = loop {
        match cleaner.next() {
            Ok(Some(piece)) => out += &cleaned_line(&piece),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    finish(out, cleaner.repairs(), error)
}

/// Checks what the reader makes of a file.
pub(crate) fn check(file: impl AsRef<[u8]>, expect: &str) {
    same(&read(file.as_ref(), Options::default()), expect);
}

/// Checks what the reader makes of a file, told without the parts around its trackpoints.
pub(crate) fn check_points(file: impl AsRef<[u8]>, expect: &str) {
    let told = read(file.as_ref(), Options::default());
    let around = ["activity", "lap", "track", "lap-end", "end"];
    let inner = told
        .lines()
        .filter(|line| !around.contains(&line.split(' ').next().unwrap()));
    same(&inner.collect::<Vec<_>>().join("\n"), expect);
}

/// Checks that strict mode refuses a file at its first repair.
pub(crate) fn check_strict(file: impl AsRef<[u8]>, expect: &str) {
    let told = read(
        file.as_ref(),
        Options {
            strict: true,
            ..Options::default()
        },
    );
    same(told.lines().last().unwrap(), expect);
}

/// Checks what the reader makes of a file under other limits.
pub(crate) fn check_limits(input: impl Read, limits: Limits, expect: &str) {
    let told = read(
        input,
        Options {
            limits,
            ..Options::default()
        },
    );
    same(told.lines().last().unwrap(), expect);
}

/// Checks what the cleaner makes of a file.
pub(crate) fn check_cleaned(file: impl AsRef<[u8]>, expect: &str) {
    same(
        &cleaned(file.as_ref(), Options::default(), CleanOptions::default()),
        expect,
    );
}

/// Checks what the cleaner makes of a Coxswain file whose times are to be shifted.
pub(crate) fn check_shifted(file: impl AsRef<[u8]>, expect: &str) {
    let options = CleanOptions {
        coxswain_time_origin: TimeOrigin::Shifted,
    };
    same(&cleaned(file.as_ref(), Options::default(), options), expect);
}

pub(crate) fn same(told: &str, expect: &str) {
    let lines = |text: &str| {
        text.trim()
            .lines()
            .map(str::trim)
            .collect::<Vec<_>>()
            .join("\n")
    };
    let (told, expect) = (lines(told), lines(expect));
    assert!(told == expect, "told:\n{told}\n\nexpected:\n{expect}\n");
}

fn finish(mut out: String, repairs: &Repairs, error: Option<tcx::Error>) -> String {
    for repair in repairs {
        let _ = writeln!(out, "repair {repair}");
    }
    if let Some(error) = error {
        let _ = writeln!(out, "error {error}");
    }
    out
}

pub(crate) fn event_line(event: &Event) -> String {
    match event {
        Event::Activity(activity) => format!("activity {} id={}\n", activity.sport, activity.id),
        Event::Lap(lap) => match lap.start_time {
            Some(time) => format!("lap {}\n", seconds(time.micros)),
            None => "lap\n".to_owned(),
        },
        Event::Track => "track\n".to_owned(),
        Event::Trackpoint(point) => format!("point{}\n", trackpoint(point)),
        Event::LapEnd(totals) => format!("lap-end{}\n", lap_totals(totals)),
        Event::ActivityEnd(end) => format!("end{}\n", activity_end(end)),
        Event::Author(author) => format!("author {} {}\n", author.name, author.part_number),
    }
}

fn cleaned_line(piece: &Cleaned) -> String {
    match piece {
        Cleaned::Activity(activity) => {
            let offset = activity
                .utc_offset
                .map_or(String::new(), |offset| format!(" zone={offset}"));
            format!(
                "activity {} {}{offset}\n",
                activity.sport,
                seconds(activity.start)
            )
        }
        Cleaned::Point(point) => {
            let fields = fields(&[
                ("lat", point.latitude),
                ("lon", point.longitude),
                ("alt", point.altitude),
                ("d", point.distance),
                ("hr", point.heart_rate),
                ("cad", point.cadence),
                ("v", point.speed),
                ("w", point.power),
                ("n", point.strokes),
            ]);
            format!("point {}{fields}\n", seconds(point.time))
        }
        Cleaned::Pause(pause) => {
            format!("pause {}..{}\n", seconds(pause.start), seconds(pause.end))
        }
        Cleaned::Lap(lap) => {
            let totals = lap_totals(&lap.totals);
            format!("lap {}..{}{totals}\n", seconds(lap.start), seconds(lap.end))
        }
        Cleaned::End(end) => format!("end{}\n", activity_end(end)),
        Cleaned::Author(author) => format!("author {} {}\n", author.name, author.part_number),
    }
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn seconds(micros: i64) -> f64 {
    (micros - ZERO) as f64 / 1e6
}

fn trackpoint(point: &Trackpoint) -> String {
    let mut out = String::new();
    if let Some(time) = point.time {
        let _ = write!(out, " {}", seconds(time.micros));
        if let Some(offset) = time.utc_offset {
            let _ = write!(out, " zone={offset}");
        }
    }
    out + &fields(&[
        ("lat", point.latitude),
        ("lon", point.longitude),
        ("alt", point.altitude),
        ("d", point.distance),
        ("hr", point.heart_rate),
        ("cad", point.cadence),
        ("v", point.speed),
        ("w", point.power),
    ])
}

fn lap_totals(lap: &LapTotals) -> String {
    let mut out = fields(&[
        ("time", lap.total_time),
        ("d", lap.distance),
        ("vmax", lap.maximum_speed),
        ("v", lap.average_speed),
        ("kcal", lap.calories),
        ("hr", lap.average_heart_rate),
        ("hrmax", lap.maximum_heart_rate),
        ("cad", lap.average_cadence),
        ("cadmax", lap.maximum_cadence),
        ("steps", lap.steps),
        ("w", lap.average_power),
        ("wmax", lap.maximum_power),
    ]);
    if let Some(intensity) = lap.intensity {
        let _ = write!(out, " {intensity:?}");
    }
    if let Some(trigger) = lap.trigger {
        let _ = write!(out, " {trigger:?}");
    }
    if !lap.notes.is_empty() {
        let _ = write!(out, " notes={}", lap.notes);
    }
    out
}

fn activity_end(end: &tcx::ActivityEnd) -> String {
    let mut out = String::new();
    for (name, text) in [("notes", &end.notes), ("plan", &end.plan)] {
        if !text.is_empty() {
            let _ = write!(out, " {name}={text}");
        }
    }
    if let Some(creator) = &end.creator {
        let _ = write!(out, " creator={}", creator.name);
        for number in [
            creator.unit_id,
            creator.product_id,
            creator.version.major,
            creator.version.minor,
        ] {
            let _ = write!(
                out,
                "/{}",
                number.map_or("-".to_owned(), |number| number.to_string())
            );
        }
    }
    out
}

fn fields(fields: &[(&str, f64)]) -> String {
    let mut out = String::new();
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_nan()) {
        let _ = write!(out, " {name}={}", (value * 1e6).round() / 1e6);
    }
    out
}
