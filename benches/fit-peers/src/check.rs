//! Whether our values are those of fitparser.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use fit::{BaseType, Decoder, Event, Message, MessageField, Problem, ProblemKind};
use fitparser::de::{DecodeOption, from_bytes_with_options};
use fitparser::{FitDataField, FitDataRecord, Value};

/// What was compared in a file.
#[derive(Default)]
struct Tally {
    messages: u64,
    values: u64,
    /// Fields with a value that fitparser knows by another name, or not at all, and how often.
    only_ours: BTreeMap<String, u64>,
    /// Each kind of difference with an example and how often it occurs.
    differences: BTreeMap<String, (String, u64)>,
}

/// Compares every value of every message that both know; says whether there are no differences but
/// those that are explained.
pub(crate) fn all(files: &[PathBuf]) -> Result<bool> {
    let mut agree = true;
    for file in files {
        let bytes = fs::read(file)?;
        let options = HashSet::from([
            DecodeOption::KeepCompositeFields,
            DecodeOption::UseGenericSubFieldName,
        ]);
        let name = file.display();
        if fit::Scanner::new(&bytes).any(|event| is_newer(&event)) {
            println!("{name}: of a protocol that we don't read");
            continue;
        }
        let theirs = match from_bytes_with_options(&bytes, &options) {
            Ok(theirs) => theirs,
            Err(error) => {
                println!("{name}: fitparser can't read it: {error}");
                continue;
            }
        };
        let tally = compare(&bytes, &theirs)?;
        println!(
            "{name}: {} messages, {} values",
            tally.messages, tally.values
        );
        for (field, count) in &tally.only_ours {
            println!("  {field}: {count} times, not compared");
        }
        for (kind, (example, count)) in &tally.differences {
            println!("  {kind}: {count} times; {example}");
        }
        agree &= tally.differences.is_empty();
    }
    Ok(agree)
}

fn is_newer(event: &Result<Event<'_>, Problem>) -> bool {
    matches!(event, Err(problem) if matches!(problem.kind, ProblemKind::Protocol { .. }))
}

fn compare(bytes: &[u8], theirs: &[FitDataRecord]) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut theirs = theirs.iter();
    let mut decoder = Decoder::tolerant(bytes);
    while let Some(message) = decoder.next_message()? {
        let Some(record) = theirs.next() else {
            tally.differ("messages that only we see", || {
                format!("{}", message.number())
            });
            continue;
        };
        tally.messages += 1;
        if record.kind().as_i64() != i64::from(message.number()) {
            tally.differ("another message", || format!("{:?}", record.kind()));
            return Ok(tally);
        }
        tally.message(&message, record);
    }
    for record in theirs {
        tally.differ("messages that only fitparser sees", || {
            format!("{:?}", record.kind())
        });
    }
    Ok(tally)
}

impl Tally {
    fn differ(&mut self, kind: &str, example: impl FnOnce() -> String) {
        if let Some((_, count)) = self.differences.get_mut(kind) {
            *count += 1;
        } else {
            self.differences.insert(kind.to_owned(), (example(), 1));
        }
    }

    fn message(&mut self, message: &Message<'_>, record: &FitDataRecord) {
        for field in message.fields() {
            // Developer fields have numbers of their own: names tell all apart.
            let (number, name) = (field.field_number(), field.name().map(str::to_owned));
            let name = name.unwrap_or_else(|| format!("unknown_field_{number}"));
            let same = |other: &&FitDataField| other.number() == number && other.name() == name;
            // Sub-fields have another scale for the same number.
            let field = message.resolved(field);
            let Some(other) = record.fields().iter().find(same) else {
                if field.value() != fit::Value::Missing {
                    let message = message.name().unwrap_or("?");
                    *self
                        .only_ours
                        .entry(format!("{message}.{name}"))
                        .or_default() += 1;
                }
                continue;
            };
            self.values += 1;
            if !agrees(&field, other.value()) {
                let name = field.name().unwrap_or("?");
                let kind = format!("{}.{name}", message.name().unwrap_or("?"));
                self.differ(&kind, || {
                    format!(
                        "ours {:?}, theirs {:?}, byte {}",
                        field.value(),
                        other.value(),
                        message.offset()
                    )
                });
            }
        }
    }
}

fn agrees(field: &MessageField<'_>, theirs: &Value) -> bool {
    match theirs {
        Value::Array(values) if field.base() == BaseType::Byte => {
            let bytes = field.bytes().iter().map(|byte| Value::Byte(*byte));
            bytes.eq(values.iter().cloned())
        }
        Value::Invalid => field.numbers().all(|number| number.is_none()) && field.text().is_none(),
        // The name of a value, or its number if that has none.
        Value::String(text) if field.base() != BaseType::String => {
            let number = || field.number().map(|number| number.to_string());
            field.label().map(str::to_owned).or_else(number).as_deref() == Some(text)
        }
        Value::String(text) => field.text().unwrap_or_default() == text.as_str(),
        Value::Timestamp(time) => {
            let seconds = field.number().unwrap_or(f64::NAN);
            #[expect(clippy::cast_precision_loss, reason = "a date")]
            let theirs = (time.timestamp() - fit::time::EPOCH) as f64;
            same(seconds, theirs)
        }
        Value::Array(values) => {
            let ours: Vec<f64> = field.numbers().map(|it| it.unwrap_or(f64::NAN)).collect();
            let theirs: Vec<f64> = values.iter().map(number).collect();
            ours.len() == theirs.len() && ours.iter().zip(&theirs).all(|(a, b)| same(*a, *b))
        }
        value => same(field.number().unwrap_or(f64::NAN), number(value)),
    }
}

fn number(value: &Value) -> f64 {
    value.clone().try_into().unwrap_or(f64::NAN)
}

fn same(one: f64, other: f64) -> bool {
    one.is_nan() && other.is_nan() || (one - other).abs() <= 1e-9 * one.abs().max(1.0)
}
