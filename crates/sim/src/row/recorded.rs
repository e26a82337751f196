use std::io::{BufRead, BufReader};
use std::time::Duration;

use flate2::read::GzDecoder;
use serde::Deserialize;

use super::DataEvent;

/// A line of the recordings.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    t: f64,
    #[serde(rename = "distance_cm")]
    distance: f64,
    rev_time: u64,
    stroke_time: u64,
    stroke_count: u64,
    #[serde(rename = "drive_us")]
    drive: u64,
    #[serde(rename = "recovery_us")]
    recovery: u64,
    power: f64,
    drag: f64,
    forces: Vec<f32>,
}

/// A real steady row: 635 strokes, 5,466.38 m in 26 minutes, three short stops.
pub fn steady() -> Vec<DataEvent> {
    read(include_bytes!("../../data/steady.jsonl.gz"))
}

/// Real intervals: 595 strokes, 5,248.57 m in 25 minutes, with partial force curves.
pub fn interval() -> Vec<DataEvent> {
    read(include_bytes!("../../data/interval.jsonl.gz"))
}

fn read(compressed: &[u8]) -> Vec<DataEvent> {
    let lines = BufReader::new(GzDecoder::new(compressed)).lines();
    // The recordings are part of this crate, and a test reads them to their ends.
    let lines: Vec<Line> = lines
        .map_while(Result::ok)
        .filter_map(|line| serde_json::from_str(&line).ok())
        .collect();
    let start = lines.first().map_or(0.0, |line| line.t);
    let event = |line: Line| DataEvent {
        time: Duration::from_secs_f64(line.t - start),
        distance: line.distance,
        wheel_time: line.rev_time,
        stroke_time: line.stroke_time,
        strokes: line.stroke_count,
        drive: line.drive,
        recovery: line.recovery,
        power: line.power,
        drag_factor: line.drag,
        forces: line.forces,
    };
    lines.into_iter().map(event).collect()
}
