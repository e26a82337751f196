//! What was done to a file, for people and for machines.

use fit::profile::types;
use fit::{Step, Summary};
use serde_json::{Value, json};

use super::super::fit_files::{timestamp, utc};
use crate::words;

/// A step in a line.
pub(super) fn text(step: &Step) -> String {
    match step {
        Step::Header { offset } => at(*offset, "header made anew"),
        Step::HeaderCrc { offset, .. } => at(*offset, "header CRC corrected"),
        Step::DataSize {
            offset,
            declared,
            found,
        } => {
            let (declared, found) = (thousands(*declared), thousands(*found));
            at(
                *offset,
                &format!("size of the data corrected from {declared} to {found}"),
            )
        }
        Step::FileCrc { offset, .. } => at(
            *offset,
            "CRC corrected: bytes have changed, nobody knows which",
        ),
        Step::CrcMissing { offset } => at(*offset, "CRC added"),
        Step::Cut { offset, bytes } => at(
            *offset,
            &format!("{} of half a message removed", count(*bytes)),
        ),
        Step::Gap { offset, bytes } => at(
            *offset,
            &format!("{} removed that can't be read", count(*bytes)),
        ),
        Step::Padding { offset, bytes } => {
            at(*offset, &format!("{} of padding removed", count(*bytes)))
        }
        Step::Garbage { offset, bytes } => at(
            *offset,
            &format!("{} removed that are no FIT", count(*bytes)),
        ),
        Step::Segment { offset, bytes } => {
            let bytes = count(*bytes);
            at(
                *offset,
                &format!("segment of {bytes} removed: there is nothing in it to keep"),
            )
        }
        Step::FileIdMoved => "`file_id` moved to the start".to_owned(),
        Step::FileIdMade => "`file_id` added".to_owned(),
        Step::TimerStopped { time } => format!("stop of the timer added at {}", utc(*time)),
        Step::Lap(lap) => format!("lap added: {}", summary(lap)),
        Step::Session(session) => {
            let sport = types::SPORT
                .name_of(session.sport.into())
                .unwrap_or("unknown sport");
            format!(
                "session added: {} · {}",
                summary(session),
                sport.replace('_', " ")
            )
        }
        Step::Activity { .. } => "activity added".to_owned(),
        Step::More { count } => format!("… and {} more", words::count(*count, "step", "steps")),
        step => step.to_string(),
    }
}

fn at(offset: usize, what: &str) -> String {
    format!("byte {}: {what}", thousands(offset))
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files are small")]
fn thousands(number: impl TryInto<u64>) -> String {
    words::thousands(number.try_into().unwrap_or(u64::MAX) as f64)
}

fn count(bytes: usize) -> String {
    words::count(bytes, "byte", "bytes")
}

/// `2,000 m · 8:12.3`.
fn summary(summary: &Summary) -> String {
    let time = words::duration(summary.timer_time);
    match summary.distance {
        Some(distance) => format!("{} m · {time}", words::thousands(distance)),
        None => time,
    }
}

/// A step as JSON. Within version 1, members are only ever added.
pub(super) fn json(step: &Step) -> Value {
    match step {
        Step::Header { offset } => json!({ "step": "header", "offset": offset }),
        Step::HeaderCrc {
            offset,
            given,
            right,
        } => {
            json!({ "step": "header_crc", "offset": offset, "given": given, "right": right })
        }
        Step::DataSize {
            offset,
            declared,
            found,
        } => {
            json!({ "step": "data_size", "offset": offset, "given": declared, "right": found })
        }
        Step::FileCrc {
            offset,
            given,
            right,
        } => {
            json!({ "step": "crc", "offset": offset, "given": given, "right": right })
        }
        Step::CrcMissing { offset } => json!({ "step": "crc_missing", "offset": offset }),
        Step::Cut { offset, bytes } => removed("cut", *offset, *bytes),
        Step::Gap { offset, bytes } => removed("gap", *offset, *bytes),
        Step::Padding { offset, bytes } => removed("padding", *offset, *bytes),
        Step::Garbage { offset, bytes } => removed("garbage", *offset, *bytes),
        Step::Segment { offset, bytes } => removed("segment", *offset, *bytes),
        Step::FileIdMoved => json!({ "step": "file_id_moved" }),
        Step::FileIdMade => json!({ "step": "file_id" }),
        Step::TimerStopped { time } => json!({ "step": "timer_stop", "time": timestamp(*time) }),
        Step::Lap(lap) => made("lap", lap),
        Step::Session(session) => made("session", session),
        Step::Activity { timer_time } => json!({ "step": "activity", "timer_time": timer_time }),
        Step::More { count } => json!({ "step": "more", "count": count }),
        step => json!({ "step": "other", "text": step.to_string() }),
    }
}

fn removed(step: &str, offset: usize, bytes: usize) -> Value {
    json!({ "step": step, "offset": offset, "bytes": bytes })
}

fn made(step: &str, summary: &Summary) -> Value {
    json!({
        "step": step,
        "start": timestamp(summary.start),
        "elapsed_time": summary.elapsed_time,
        "timer_time": summary.timer_time,
        "distance": summary.distance,
        "calories": summary.calories,
        "sport": types::SPORT.name_of(summary.sport.into()),
    })
}
