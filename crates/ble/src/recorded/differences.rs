//! Where a source writes otherwise than it did when it was recorded.

use pipeline_plugin::ble::Uuid;

use crate::journal::{Entry, Hex, Id, Op};

/// How many are told: those behind them follow from the first.
const TOLD: usize = 5;

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Differences(Vec<String>);

impl Differences {
    /// The source writes something else than what comes next in the recording.
    pub(super) fn other(
        &mut self,
        now: i64,
        (_, to, value): (Op, Uuid, &[u8]),
        next: Option<&Entry>,
    ) -> String {
        let written = format!("`{}` to {}", Hex(value.to_vec()), Id(to));
        let text = match next.and_then(write_of) {
            Some((_, next)) => {
                format!("the source writes {written} where the recording has {next}")
            }
            None => format!(
                "the source writes {written} at {} s, where the recording has no write any more",
                seconds(now)
            ),
        };
        self.add(text.clone());
        text
    }

    /// The source writes what comes later in the recording.
    pub(super) fn early(&mut self, entry: &Entry, before: &Entry) {
        if let (Some((_, written)), Some((_, next))) = (write_of(entry), write_of(before)) {
            self.add(format!(
                "the source writes {written} where the recording has {next} first"
            ));
        }
    }

    /// The source doesn't do what is in the recording, and won't any more.
    pub(super) fn missing(&mut self, entry: &Entry) {
        if let Some((t, next)) = write_of(entry) {
            let at = seconds(t);
            self.add(format!(
                "the recording has {next} written at {at} s, which the source does not write"
            ));
        }
    }

    /// What to tell of them.
    pub(super) fn told(&self) -> Vec<String> {
        self.0.clone()
    }

    fn add(&mut self, text: String) {
        if self.0.len() < TOLD {
            self.0.push(text);
        }
    }
}

/// Whether something was written.
pub(super) fn is_write(entry: &Entry) -> bool {
    write_of(entry).is_some()
}

/// When what was written where.
fn write_of(entry: &Entry) -> Option<(i64, String)> {
    match entry {
        Entry::Done {
            t,
            op: Op::Write | Op::WriteQuickly,
            of,
            hex,
            ..
        } => Some((*t, format!("`{hex}` to {of}"))),
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a year has 3e13 microseconds")]
fn seconds(t: i64) -> f64 {
    t as f64 / 1e6
}
