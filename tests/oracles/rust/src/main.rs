//! Reads FIT files with one of two Rust decoders; run by `judge.py`.
//!
//! usage: oracles fitparser|rustyfit FILE...
//!
//! Prints the same lines of JSON as `decode.py`.

use std::collections::BTreeMap;
use std::collections::HashSet;
use std::error::Error;

use fitparser::de::{DecodeOption, from_bytes_with_options};
use serde_json::{Value, json};

/// 1989-12-31 in Unix time.
const EPOCH: i64 = 631_065_600;

/// The fields of a message that are compared.
type Table = BTreeMap<u16, Vec<Field>>;

/// A field of `fields.json`; a scale of 0 marks a time.
struct Field {
    number: u8,
    name: String,
    scale: f64,
}

/// What a decoder saw in a file.
#[derive(Default)]
struct Seen {
    first: Option<u16>,
    last: Option<u16>,
    counts: BTreeMap<u16, u64>,
    rows: BTreeMap<u16, Vec<Value>>,
}

impl Seen {
    /// Takes a message; `steps_of` gives a field's value in whole steps of the file.
    fn message(
        &mut self,
        table: &Table,
        number: u16,
        steps_of: impl Fn(&Field) -> Result<Option<i64>, Box<dyn Error>>,
    ) -> Result<(), Box<dyn Error>> {
        self.first.get_or_insert(number);
        self.last = Some(number);
        *self.counts.entry(number).or_default() += 1;
        if let Some(fields) = table.get(&number) {
            let row: Result<Vec<_>, _> = fields.iter().map(steps_of).collect();
            self.rows.entry(number).or_default().push(json!(row?));
        }
        Ok(())
    }
}

fn with_fitparser(bytes: &[u8], table: &Table, seen: &mut Seen) -> Result<(), Box<dyn Error>> {
    let options = HashSet::from([
        DecodeOption::KeepCompositeFields,
        DecodeOption::UseGenericSubFieldName,
    ]);
    for record in from_bytes_with_options(bytes, &options)? {
        let number = u16::try_from(record.kind().as_i64())?;
        seen.message(table, number, |wanted| {
            // A developer field may have the same number; the name tells it apart.
            let field = record
                .fields()
                .iter()
                .find(|field| field.number() == wanted.number && field.name() == wanted.name);
            let Some(field) = field else {
                return Ok(None);
            };
            Ok(match field.value() {
                fitparser::Value::Invalid => None,
                fitparser::Value::Timestamp(time) => Some(time.timestamp() - EPOCH),
                value => {
                    let value: f64 = value.clone().try_into()?;
                    Some((value * wanted.scale.max(1.0)).round() as i64)
                }
            })
        })?;
    }
    Ok(())
}

fn with_rustyfit(bytes: &[u8], table: &Table, seen: &mut Seen) -> Result<(), Box<dyn Error>> {
    let mut rest = bytes;
    let mut decoder = rustyfit::Decoder::new();
    while let Some(file) = decoder
        .decode(&mut rest)
        .map_err(|error| error.to_string())?
    {
        for message in &file.messages {
            seen.message(table, message.num.0, |wanted| {
                use rustyfit::proto::Value as Of;
                let field = message
                    .fields
                    .iter()
                    .find(|field| field.num == wanted.number);
                let Some(field) = field else {
                    return Ok(None);
                };
                // This decoder keeps what the file has: steps, and the pattern for "missing".
                Ok(match field.value {
                    Of::Invalid => None,
                    Of::Int8(value) => Some(i64::from(value)).filter(|_| value != i8::MAX),
                    Of::Uint8(value) => Some(i64::from(value)).filter(|_| value != u8::MAX),
                    Of::Int16(value) => Some(i64::from(value)).filter(|_| value != i16::MAX),
                    Of::Uint16(value) => Some(i64::from(value)).filter(|_| value != u16::MAX),
                    Of::Int32(value) => Some(i64::from(value)).filter(|_| value != i32::MAX),
                    Of::Uint32(value) => Some(i64::from(value)).filter(|_| value != u32::MAX),
                    ref other => return Err(format!("{} is {other:?}", wanted.name).into()),
                })
            })?;
        }
    }
    Ok(())
}

fn read_table() -> Result<Table, Box<dyn Error>> {
    let text: Value = serde_json::from_str(include_str!("../../fields.json"))?;
    let mut table = Table::new();
    for (number, message) in text["messages"].as_object().ok_or("no messages")? {
        let mut fields = Vec::new();
        for field in message["fields"].as_array().ok_or("no fields")? {
            fields.push(Field {
                number: u8::try_from(field[0].as_u64().ok_or("no number")?)?,
                name: field[1].as_str().ok_or("no name")?.to_owned(),
                scale: field[2].as_f64().ok_or("no scale")?,
            });
        }
        table.insert(number.parse()?, fields);
    }
    Ok(table)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let decoder = arguments.next().ok_or("which decoder?")?;
    let table = read_table()?;
    for file in arguments {
        let mut seen = Seen::default();
        seen.rows
            .extend(table.keys().map(|number| (*number, Vec::new())));
        let bytes = std::fs::read(&file)?;
        let outcome = match decoder.as_str() {
            "fitparser" => with_fitparser(&bytes, &table, &mut seen),
            "rustyfit" => with_rustyfit(&bytes, &table, &mut seen),
            other => return Err(format!("unknown decoder `{other}`").into()),
        };
        let errors: Vec<String> = outcome.err().iter().map(ToString::to_string).collect();
        let Seen {
            first,
            last,
            counts,
            rows,
        } = seen;
        println!(
            "{}",
            json!({ "file": file, "errors": errors, "first": first, "last": last, "counts": counts, "rows": rows })
        );
    }
    Ok(())
}
