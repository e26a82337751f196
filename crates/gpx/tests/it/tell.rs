//! Events, repairs and errors as text; the only place that knows the API.

use std::fmt::Write as _;
use std::io::Read;

use gpx::{Cleaned, Cleaner, Event, Limits, Measured, Metadata, Options, Reader, Repairs, Track};

/// 2024-01-01T00:00:00Z, from which times are counted.
pub(crate) const ZERO: i64 = 1_704_067_200_000_000;

/// What the reader makes of `input`: events, then repairs, then the error, a line each.
pub(crate) fn read(input: impl Read, options: Options) -> String {
    let mut reader = Reader::new(input, options);
    let mut out = String::new();
    let error = loop {
        match reader.next() {
            Ok(Some(event)) => out += &event_line(&event, reader.extras()),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    finish(out, reader.repairs(), error)
}

/// What the cleaner makes of `input`.
pub(crate) fn cleaned(input: impl Read, options: Options) -> String {
    let mut cleaner = Cleaner::new(Reader::new(input, options));
    let mut out = String::new();
    let error = loop {
        match cleaner.next() {
            Ok(Some(piece)) => out += &cleaned_line(&piece, cleaner.extras()),
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

/// Checks what the reader makes of a file, told without the parts around its points.
pub(crate) fn check_points(file: impl AsRef<[u8]>, expect: &str) {
    let told = read(file.as_ref(), Options::default());
    let around = ["metadata", "track", "segment", "track-end"];
    let inner = told
        .lines()
        .filter(|line| !around.contains(&line.split(' ').next().unwrap()));
    same(&inner.collect::<Vec<_>>().join("\n"), expect);
}

/// Checks how strict mode ends a file.
pub(crate) fn check_strict(file: impl AsRef<[u8]>, expect: &str) {
    let options = Options {
        strict: true,
        ..Options::default()
    };
    same(read(file.as_ref(), options).lines().last().unwrap(), expect);
}

/// Checks how a file ends under other limits.
pub(crate) fn check_limits(input: impl Read, limits: Limits, expect: &str) {
    let options = Options {
        limits,
        ..Options::default()
    };
    same(read(input, options).lines().last().unwrap(), expect);
}

/// Checks what the cleaner makes of a file, but for the metadata.
pub(crate) fn check_cleaned(file: impl AsRef<[u8]>, expect: &str) {
    let told = cleaned(file.as_ref(), Options::default());
    let told = told.split_once('\n').map_or("", |(_, rest)| rest);
    same(told, expect);
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

fn finish(mut out: String, repairs: &Repairs, error: Option<gpx::Error>) -> String {
    for repair in repairs {
        let _ = writeln!(out, "repair {repair}");
    }
    if let Some(error) = error {
        let _ = writeln!(out, "error {error}");
    }
    out
}

pub(crate) fn event_line(event: &Event, names: &[String]) -> String {
    match event {
        Event::Metadata(metadata) => metadata_line(metadata),
        Event::Track(track) => format!("track{}\n", facts(track)),
        Event::Segment => "segment\n".to_owned(),
        Event::Point(point) => {
            let time = point.time.map_or(String::new(), |time| {
                let zone = time
                    .utc_offset
                    .map_or(String::new(), |offset| format!(" zone={offset}"));
                format!(" {}{zone}", seconds(time.micros))
            });
            format!("point{time}{}\n", measured(&point.measured, names))
        }
        Event::TrackEnd(track) => format!("track-end{}\n", facts(track)),
    }
}

fn cleaned_line(piece: &Cleaned, names: &[String]) -> String {
    match piece {
        Cleaned::Metadata(metadata) => metadata_line(metadata),
        Cleaned::Track(track) => format!(
            "track {}{}\n",
            seconds(track.start.micros),
            facts(&track.track)
        ),
        Cleaned::Point(point) => format!(
            "point {}{}\n",
            seconds(point.time.micros),
            measured(&point.measured, names)
        ),
        Cleaned::Pause(pause) => {
            format!("pause {}..{}\n", seconds(pause.start), seconds(pause.end))
        }
        Cleaned::End(track) => format!("end{}\n", facts(track)),
    }
}

fn metadata_line(metadata: &Metadata) -> String {
    let mut out = format!("metadata {}", metadata.version);
    out += &texts(&[
        ("creator", &metadata.creator),
        ("name", &metadata.name),
        ("desc", &metadata.description),
        ("author", &metadata.author),
        ("keywords", &metadata.keywords),
    ]);
    if let Some(time) = metadata.time {
        let _ = write!(out, " time={}", seconds(time.micros));
    }
    out + "\n"
}

fn facts(track: &Track) -> String {
    texts(&[
        ("name", &track.name),
        ("cmt", &track.comment),
        ("desc", &track.description),
        ("src", &track.source),
        ("type", &track.kind),
    ])
}

fn texts(texts: &[(&str, &String)]) -> String {
    let mut out = String::new();
    for (name, text) in texts.iter().filter(|(_, text)| !text.is_empty()) {
        let _ = write!(out, " {name}={text}");
    }
    out
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn seconds(micros: i64) -> f64 {
    (micros - ZERO) as f64 / 1e6
}

fn measured(point: &Measured, names: &[String]) -> String {
    let mut out = String::new();
    let fields = [
        ("lat", point.latitude),
        ("lon", point.longitude),
        ("ele", point.elevation),
        ("d", point.distance),
        ("v", point.speed),
        ("course", point.course),
        ("hr", point.heart_rate),
        ("cad", point.cadence),
        ("w", point.power),
        ("temp", point.temperature),
        ("wtemp", point.water_temperature),
        ("depth", point.depth),
    ];
    let extras = names
        .iter()
        .map(String::as_str)
        .zip(point.extras.iter().copied());
    for (name, value) in fields.into_iter().chain(extras) {
        if !value.is_nan() {
            let _ = write!(out, " {name}={}", (value * 1e6).round() / 1e6);
        }
    }
    out
}
