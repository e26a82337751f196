//! A report stays small, whatever is in the file.

use fit::{ProblemKind, Severity};

use crate::support::file_of;

/// 255 fields with unknown base types, 40 times over, and then an error.
#[test]
fn problems_are_counted_rather_than_listed() {
    let mut definition = vec![0x40, 0, 0, 0x34, 0x12, 255];
    (0..255).for_each(|number| definition.extend([number, 1, 0x1F]));
    let mut records = definition.repeat(40);
    records.push(0x05);
    let report = fit::inspect(&file_of(&records));
    let warnings = report
        .problems
        .iter()
        .filter(|it| it.severity() == Severity::Warning);
    assert_eq!(warnings.count(), 100);
    let local = ProblemKind::UndefinedLocal { local: 5 };
    assert!(
        report.problems.iter().any(|it| it.kind == local),
        "errors have their own room"
    );
    // All of the fields, the error, and the lack of messages.
    assert_eq!(report.problems.total(), 40 * 255 + 2);
    let (first, count) = report.problems.counted().next().unwrap();
    assert_eq!((first.offset, count), (14, 40));
    assert!(report.to_string().contains("(40 times)"));
    assert!(report.to_string().contains("more problems"));
}

#[test]
fn segments_are_counted_rather_than_listed() {
    let file = file_of(&[]).repeat(5000);
    let report = fit::inspect(&file);
    assert_eq!(
        (report.segments.len(), report.omitted_segments),
        (1000, 4000)
    );
    assert_eq!(report.problems.total(), 5000);
    assert!(report.to_string().len() < 200_000);
}
