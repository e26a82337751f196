//! What is left of a file that breaks off.

use std::env;
use std::fs;

use fit::ProblemKind;
use fit::profile;
use fit::profile::types::file;

use super::{Message, count, messages};
use crate::made_activity::made_activity;
use crate::support::{GOLDEN, golden, shared};

/// Repairs the first `cut` bytes of a sound file and checks the promise: if they have a `file_id` and a
/// record, the result is sound, and has all whole messages in their order, byte for byte, with what
/// was made only behind them.
fn check(name: &str, file: &[u8], cut: usize) {
    let left = &file[..cut];
    let before = worth_keeping(left);
    let repaired = match fit::repair(left) {
        Ok(Some(repaired)) => repaired,
        Ok(None) => {
            // Where a segment of a chained file ends.
            assert!(fit::inspect(left).is_valid(), "{name} {cut}: isn't sound");
            return;
        }
        Err(error) => {
            let promised = count(left, profile::FILE_ID) > 0 && count(left, profile::RECORD) > 0;
            assert!(!promised, "{name} {cut}: {error}");
            return;
        }
    };
    let report = fit::inspect(&repaired.file);
    assert!(report.is_valid(), "{name} {cut}: {report}");
    let lacking = report.problems.iter().find(|problem| {
        matches!(
            problem.kind,
            ProblemKind::NoMessages
                | ProblemKind::MessageMissing { .. }
                | ProblemKind::MessageRepeated { .. }
                | ProblemKind::Padding { .. }
                | ProblemKind::Trailing { .. }
        )
    });
    assert_eq!(lacking, None, "{name} {cut}: {report}");
    let after = messages(&repaired.file);
    let same = |(a, b): &(&Message<'_>, &Message<'_>)| (a.0, a.1) == (b.0, b.1);
    let kept = before.iter().zip(&after).take_while(same).count();
    assert_eq!(kept, before.len(), "{name} {cut}: {:?}", repaired.steps);
    assert_eq!(repaired.messages, before.len() as u64, "{name} {cut}");
    // The stop of the timer, a lap, a session, an activity.
    assert!(
        after.len() - kept <= 4,
        "{name} {cut}: {:?}",
        repaired.steps
    );
    let again = fit::repair(&repaired.file);
    assert!(matches!(again, Ok(None)), "{name} {cut}: {again:?}");
}

/// The messages of what is left of a file, but for an activity at its end of which no record is left.
fn worth_keeping(left: &[u8]) -> Vec<Message<'_>> {
    let report = fit::inspect(left);
    let last = report.segments.last();
    let vain = last.filter(|last| {
        last.file_type == Some(file::ACTIVITY) && !last.counts.contains_key(&profile::RECORD.number)
    });
    let end = vain.map_or(left.len(), |vain| vain.segment.offset);
    messages(left).into_iter().filter(|it| it.2 < end).collect()
}

/// Checks a file that breaks off anywhere, or, of a larger one, at about `many` places: around its
/// messages, at the end, and in between.
fn check_all(name: &str, file: &[u8], many: usize) {
    if file.len() <= many {
        (1..file.len()).for_each(|cut| check(name, file, cut));
        return;
    }
    let places = messages(file);
    let step = (6 * places.len()).div_ceil(many);
    let around = places
        .iter()
        .step_by(step)
        .flat_map(|it| [it.2 - 1, it.2, it.2 + 1]);
    let between = (1..file.len()).step_by((4 * file.len()).div_ceil(many));
    let end = file.len() - 20..file.len();
    around
        .chain(between)
        .chain(end)
        .for_each(|cut| check(name, file, cut));
}

/// How often a file breaks off; more with `FIT_PREFIXES` in the environment, up to everywhere.
fn many(usual: usize) -> usize {
    env::var("FIT_PREFIXES").map_or(usual, |number| number.parse().unwrap())
}

#[test]
fn of_every_golden_file() {
    for name in GOLDEN {
        let file = golden(name);
        assert!(matches!(fit::repair(&file), Ok(None)), "{name}");
        // The small ones break off everywhere.
        check_all(
            name,
            &file,
            many(if file.len() < 1000 { 1000 } else { 150 }),
        );
    }
}

#[test]
fn of_a_file_with_pauses_laps_and_unknown_messages() {
    let file = made_activity();
    assert!(matches!(fit::repair(&file), Ok(None)));
    check_all("made", &file, usize::MAX);
}

#[test]
fn of_chained_files() {
    let mut file = golden("golden-row-3s-min");
    file.extend(golden("golden-row-zero-length"));
    file.extend(made_activity());
    assert!(matches!(fit::repair(&file), Ok(None)));
    check_all("chained", &file, many(2000));
}

#[test]
fn of_real_files() {
    for path in shared("valid").unwrap_or_default() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let file = fs::read(&path).unwrap();
        assert!(matches!(fit::repair(&file), Ok(None)), "{name}");
        // Large files take longer.
        check_all(
            &name,
            &file,
            many(if file.len() < 100_000 { 80 } else { 16 }),
        );
    }
}
