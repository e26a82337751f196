//! Repairs any bytes: what comes out is sound, repairing it again changes nothing, and every message
//! that was kept is in the damaged file. Merges what was repaired with an activity behind it.

use std::collections::{HashMap, HashSet};
use std::io::Cursor;

use fit::profile::types::file;
use fit::profile::{self, Field, activity, file_id, lap, record, session};
use fit::{Encoder, Event, Scanner, Shape, Sports};

pub(crate) fn fuzz(damaged: &[u8]) {
    let sound = match fit::repair(damaged) {
        Ok(Some(repaired)) => {
            assert!(!repaired.steps.is_empty());
            assert!(repaired.file.len() < 100 * damaged.len() + 2000);
            kept(damaged, &repaired.file, repaired.messages);
            repaired.file
        }
        Ok(None) => damaged.to_vec(),
        Err(_) => return,
    };
    let report = fit::inspect(&sound);
    assert!(report.is_valid(), "{report}");
    assert!(matches!(fit::repair(&sound), Ok(None)));
    let other = an_activity(&report);
    if let Ok(merged) = fit::merge(&[&sound, &other], Sports::Any) {
        let report = fit::inspect(&merged.file);
        assert!(report.is_valid(), "{report}");
        assert_eq!(report.count(profile::SESSION.number), 1);
        assert_eq!(report.count(profile::ACTIVITY.number), 1);
    }
}

/// Messages of what was repaired stand in the damaged file, but for those that were made.
fn kept(damaged: &[u8], repaired: &[u8], count: u64) {
    let mut found = 0;
    let mut pieces: HashMap<usize, HashSet<&[u8]>> = HashMap::new();
    for event in Scanner::new(repaired) {
        if let Event::Data(data) = event.expect("sound") {
            let size = data.bytes.len();
            let same = pieces.entry(size);
            let same = same.or_insert_with(|| damaged.windows(size).collect());
            found += u64::from(size < 3 || same.contains(data.bytes));
        }
    }
    assert!(found >= count, "{found} of {count} are there");
}

/// An activity of a minute, an hour behind the end of another one.
fn an_activity(before: &fit::Report) -> Vec<u8> {
    let times = before.segments.iter().filter_map(|segment| segment.times);
    let last = times
        .map(|(first, last)| first.max(last))
        .max()
        .unwrap_or(1_100_000_000);
    let start = f64::from(last.clamp(1_000_000_000, 3_000_000_000)) + 3600.0;
    let rows: [(profile::Message, &[(Field, f64)]); 6] = [
        (
            profile::FILE_ID,
            &[(file_id::TYPE, f64::from(file::ACTIVITY))],
        ),
        (
            profile::RECORD,
            &[(record::TIMESTAMP, start), (record::DISTANCE, 0.0)],
        ),
        (
            profile::RECORD,
            &[(record::TIMESTAMP, start + 60.0), (record::DISTANCE, 240.0)],
        ),
        (
            profile::LAP,
            &[(lap::START_TIME, start), (lap::TOTAL_ELAPSED_TIME, 60.0)],
        ),
        (
            profile::SESSION,
            &[
                (session::START_TIME, start),
                (session::TOTAL_ELAPSED_TIME, 60.0),
            ],
        ),
        (profile::ACTIVITY, &[(activity::TIMESTAMP, start + 60.0)]),
    ];
    let mut encoder = Encoder::new(Cursor::new(Vec::new())).expect("memory");
    for (message, fields) in rows {
        let (fields, values): (Vec<_>, Vec<_>) = fields.iter().copied().unzip();
        let shape = Shape::of(message).fields(&fields).build().expect("short");
        encoder.write(&shape, &values).expect("memory");
    }
    encoder.finish().expect("memory").into_inner()
}
