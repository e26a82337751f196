//! A run for machines: one JSON object a line on standard output. Within version 1, members
//! are only ever added.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pipeline_engine::{DeliveryStatus, Report, StreamReport, Totals};
use pipeline_plugin::{Error, Progress, Said, Told};
use serde_json::{Value, json};

use super::{Output, Volume, result_line};
use crate::journals::Keeping;

/// How often the progress of one thing is told; its start and its end always are.
const PACE: Duration = Duration::from_secs(1);

/// Renders a run as JSON Lines.
pub(crate) struct Json {
    volume: Volume,
    /// Whether what devices say is in a journal.
    keeping: Arc<Keeping>,
    /// By input and stage: what was told last, and when.
    told: HashMap<(String, String), (String, Instant)>,
}

impl Json {
    pub(crate) fn new(volume: Volume) -> Self {
        Self::of_live(volume, Arc::default())
    }

    /// For a run that keeps what devices say.
    pub(crate) fn of_live(volume: Volume, keeping: Arc<Keeping>) -> Self {
        let told = HashMap::new();
        Self {
            volume,
            keeping,
            told,
        }
    }

    fn told(&mut self, input: &str, told: &Told) {
        match &told.said {
            Said::Log(level, message) if self.volume.has(*level) => line(&json!({
                "v": 1, "type": "log", "level": level, "input": input, "stage": told.stage,
                "message": message,
            })),
            Said::Progress(progress) if self.is_due(input, &told.stage, progress) => {
                line(&json!({
                    "v": 1, "type": "progress", "input": input, "stage": told.stage,
                    "what": progress.what, "done": progress.done, "total": progress.total,
                    "unit": progress.unit,
                }));
            }
            _ => {}
        }
    }

    fn is_due(&mut self, input: &str, stage: &str, progress: &Progress) -> bool {
        let now = Instant::now();
        let place = (input.to_owned(), stage.to_owned());
        let is_due = match self.told.get(&place) {
            Some((what, at)) => {
                *what != progress.what || progress.is_complete() || now - *at >= PACE
            }
            None => true,
        };
        if is_due {
            self.told.insert(place, (progress.what.clone(), now));
        }
        is_due
    }
}

fn line(value: &Value) {
    result_line(&value.to_string());
}

fn error(error: &Error) -> Value {
    helped(error, error.help())
}

fn helped(error: &Error, help: Option<&str>) -> Value {
    json!({ "message": error.with_causes(), "help": help })
}

fn finite(number: f64) -> Option<f64> {
    number.is_finite().then_some(number)
}

fn stream(stream: &StreamReport, keeping: &Keeping) {
    let (header, summary) = (&stream.header, &stream.summary);
    let totals = &summary.totals;
    let deliveries: Vec<_> = stream
        .deliveries
        .iter()
        .map(|delivery| match &delivery.status {
            DeliveryStatus::Delivered(path) => {
                json!({ "sink": delivery.sink, "status": "delivered", "path": path })
            }
            DeliveryStatus::Already(path) => {
                json!({ "sink": delivery.sink, "status": "already", "path": path })
            }
            DeliveryStatus::Would(path) => {
                json!({ "sink": delivery.sink, "status": "would", "path": path })
            }
            DeliveryStatus::Failed(cause) => {
                let error = helped(cause, keeping.help(cause));
                json!({ "sink": delivery.sink, "status": "failed", "error": error })
            }
        })
        .collect();
    line(&json!({
        "v": 1,
        "type": "stream",
        "input": stream.input,
        "content": summary.content_key,
        "start": summary.start,
        "end": summary.end,
        "sport": header.sport,
        "samples": summary.samples,
        "laps": summary.laps,
        "distance": finite(totals.distance),
        "timer_time": finite(totals.timer_time),
        "cycles": finite(summary.cycles()),
        "calories": finite(totals.calories),
        "calories_method": summary.calories_method,
        "time_in_hr_zone": summary.time_in_hr_zone,
        "deliveries": deliveries,
        "ms": u64::try_from(stream.took.as_millis()).unwrap_or(u64::MAX),
    }));
}

impl Output for Json {
    fn report(&mut self, report: Report) {
        match report {
            Report::Inputs(count) => line(&json!({ "v": 1, "type": "start", "inputs": count })),
            Report::Stream(report) => stream(&report, &self.keeping),
            Report::Known(input) => {
                line(&json!({ "v": 1, "type": "input", "input": input, "status": "already" }));
            }
            Report::Failed(failure) => line(&json!({
                "v": 1, "type": "input", "input": failure.input, "status": "quarantined",
                "known": failure.known, "error": error(&failure.error),
            })),
            Report::Warning { input, warning } => line(&json!({
                "v": 1, "type": "warning", "input": input, "stage": warning.stage,
                "message": warning.message,
            })),
            Report::Told { input, told } => self.told(&input, &told),
            Report::InputDone => {}
        }
    }

    fn summary(&mut self, totals: &Totals) {
        line(&json!({
            "v": 1, "type": "summary", "delivered": totals.delivered, "already": totals.already,
            "quarantined": totals.quarantined, "undelivered": totals.undelivered, "partly": totals.partly, "left": totals.left,
            "exit_code": totals.exit_code(),
        }));
    }

    fn error(&mut self, cause: &Error) {
        line(&json!({ "v": 1, "type": "exit_error", "error": error(cause) }));
    }
}
