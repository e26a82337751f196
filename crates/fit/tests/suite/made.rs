//! One small file per oddity.

use fit::{Decoder, ProblemKind as Kind, Severity, Value, Verdict};

use crate::support::{data, files, made, scan, strict_error};

/// Number of the file, messages, what is wrong, whether a strict scanner refuses it.
fn check(number: &str, messages: usize, problems: &[Kind], refused: bool) {
    let file = made(number);
    assert_eq!(scan(&file), (messages, problems.to_vec()), "{number}");
    assert_eq!(strict_error(&file).is_some(), refused, "{number}");
}

#[test]
fn oddities_are_named_and_survived() {
    let declared = 37;
    check("19", 0, &[], false);
    check("20", 0, &[Kind::UndefinedLocal { local: 3 }], true);
    check(
        "21",
        2,
        &[Kind::BaseTypeUnknown {
            field: 3,
            code: 0x1F,
        }],
        false,
    );
    check("22", 2, &[Kind::FieldEmpty { field: 3 }], false);
    check("23", 4, &[], false);
    let need = 6 + 3 * 255;
    check(
        "28",
        1,
        &[Kind::DefinitionTruncated {
            need,
            have: declared - 28,
        }],
        true,
    );
    let base = fit::BaseType::Uint16;
    check(
        "30",
        2,
        &[Kind::FieldSize {
            field: 6,
            size: 1,
            base,
        }],
        false,
    );
    check("31", 2, &[], false);
    check("32", 2, &[], false);
    check("33", 101, &[], false);
    check("34", 2, &[], false);
    check("35", 2, &[], false);
    check("36", 0, &[Kind::Protocol { major: 3 }], true);
    check("37", 2, &[Kind::TimestampMissing], false);
}

#[test]
fn inspection_says_more() {
    let kinds = |number: &str| {
        let report = fit::inspect(&made(number));
        let kinds: Vec<_> = report.problems.iter().map(|it| it.kind.clone()).collect();
        (report.verdict(), kinds)
    };
    let (verdict, problems) = kinds("19");
    assert_eq!(
        (verdict, problems),
        (Verdict::Unreadable, vec![Kind::NoMessages])
    );
    let (verdict, problems) = kinds("33");
    assert_eq!(verdict, Verdict::Odd);
    let is_reversed = |kind: &Kind| matches!(kind, Kind::TimeReversed { .. });
    assert_eq!(problems.iter().filter(|it| is_reversed(it)).count(), 1);
    let report = fit::inspect(&made("33"));
    let mut counted = report.problems.counted();
    let reversed = counted.find(|(first, _)| is_reversed(&first.kind));
    assert_eq!(reversed.map(|(_, count)| count), Some(99), "each counts");
    let (verdict, problems) = kinds("34");
    assert_eq!(verdict, Verdict::Odd);
    assert!(
        problems.contains(&Kind::Undescribed {
            developer: 0,
            field: 0
        }),
        "{problems:?}"
    );
    let (verdict, problems) = kinds("35");
    assert_eq!(verdict, Verdict::Odd);
    assert!(problems.contains(&Kind::FileIdMissing { found: 20 }));
    assert_eq!(kinds("36").0, Verdict::Unreadable);
    assert_eq!(kinds("28").0, Verdict::Damaged);
}

/// The value of a field in the second message of a file.
fn second(number: &str, field: u8, developer: bool) -> Value<'static> {
    let file = made(number);
    let mut decoder = Decoder::new(&file);
    decoder.next_message().unwrap().unwrap();
    let message = decoder.next_message().unwrap().unwrap();
    let found = if developer {
        message.developer_field(field)
    } else {
        message.field(field)
    };
    found.unwrap().value().into_owned()
}

#[test]
fn odd_fields_keep_their_bytes() {
    assert_eq!(
        second("21", 3, false),
        Value::Number(120.0),
        "a byte is as good as a number"
    );
    assert_eq!(second("22", 3, false), Value::Missing);
    assert_eq!(
        second("30", 6, false),
        Value::Number(0.007),
        "one byte 7, scale 1000"
    );
    assert_eq!(second("31", 8, false), Value::from("ABCD"));
    assert_eq!(second("32", 8, false), Value::from("\u{FFFD}\u{FFFD}A"));
    assert_eq!(
        second("34", 0, true),
        Value::Bytes([55, 0].as_slice().into())
    );
    assert_eq!(
        second("37", 3, false),
        Value::Number(120.0),
        "kept without a time"
    );
}

#[test]
fn problems_say_where_and_what_was_expected() {
    let file = made("20");
    let problem = Decoder::new(&file).next_message().unwrap_err();
    assert_eq!(problem.severity(), Severity::Error);
    let text = "byte 14: expected a definition of local type 3 before its data";
    assert_eq!(problem.to_string(), text);
}

#[test]
fn every_prefix_is_survived() {
    for path in files(&data().join("made")) {
        let file = std::fs::read(path).unwrap();
        for cut in 0..file.len() {
            assert_ne!(fit::inspect(&file[..cut]).verdict(), Verdict::Sound);
        }
    }
}
