//! FIT files in a short notation.

use std::collections::BTreeMap;
use std::io::Cursor;

use fit::profile::{self, Field, Kind, Message};
use fit::{BaseType, DeveloperField, Encoder, Shape, Value, text_size};
use pipeline_plugin::Timestamp;

use crate::support::START;

/// A FIT file, a line a message: `lap @60 start_time=@0 total_distance=250`. The first time is the
/// message's timestamp; values are numbers, names, times or, with commas between them, arrays.
///
/// `app INDEX HEX` is an application; `field INDEX.NUMBER BASE NAME UNITS [scale=…] [native=…]`
/// describes a developer field, `+` standing for a space, and `INDEX.NUMBER=value` is its value.
/// `segment` begins the next segment of a chained file. `#107:uint16=5` is a field by its number.
pub(crate) fn made(text: &str) -> Vec<u8> {
    text.split("segment").flat_map(segment).collect()
}

/// What precedes nearly every activity.
pub(crate) const ACTIVITY: &str = "file_id type=activity manufacturer=garmin serial_number=7\n";

fn segment(text: &str) -> Vec<u8> {
    let mut writer = Writer {
        encoder: Encoder::new(Cursor::new(Vec::new())).unwrap(),
        fields: BTreeMap::new(),
    };
    let lines = text.lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["app", index, id @ ..] => writer.application(index, id),
            ["field", rest @ ..] => writer.description(rest),
            [name, rest @ ..] => writer.message(name, rest),
            [] => {}
        }
    }
    writer.encoder.finish().unwrap().into_inner()
}

struct Writer {
    encoder: Encoder<Cursor<Vec<u8>>>,
    /// Base type, name, units and scale.
    fields: BTreeMap<(u8, u8), (BaseType, String, String, f64)>,
}

/// A field of a message with its value.
struct Given<'a> {
    field: Field,
    value: Value<'a>,
    count: usize,
}

impl Writer {
    fn application(&mut self, index: &str, id: &[&str]) {
        let index: u8 = index.parse().unwrap();
        let id: Vec<u8> = id
            .concat()
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect();
        let mut shape = Shape::of(profile::DEVELOPER_DATA_ID);
        let mut values = Vec::new();
        if !id.is_empty() {
            shape = shape.array(profile::developer_data_id::APPLICATION_ID, id.len());
            values.push(Value::from(id.as_slice()));
        }
        shape = shape.field(profile::developer_data_id::DEVELOPER_DATA_INDEX);
        values.push(index.into());
        self.encoder
            .write_values(&shape.build().unwrap(), &values)
            .unwrap();
    }

    fn description(&mut self, words: &[&str]) {
        use profile::field_description as field;
        let (key, base, name) = (key(words[0]), base(words[1]), words[2].replace('+', " "));
        let mut units = String::new();
        let (mut scale, mut shift, mut native) = (1.0, None, None);
        for word in &words[3..] {
            match word.split_once('=') {
                Some(("scale", value)) => scale = value.parse().unwrap(),
                Some(("offset", value)) => shift = Some(value.parse::<f64>().unwrap()),
                Some(("native", value)) => native = Some(value.parse::<u8>().unwrap()),
                _ => units = word.replace('+', " "),
            }
        }
        let mut shape = Shape::of(profile::FIELD_DESCRIPTION)
            .fields(&[
                field::DEVELOPER_DATA_INDEX,
                field::FIELD_DEFINITION_NUMBER,
                field::FIT_BASE_TYPE_ID,
            ])
            .text(field::FIELD_NAME, text_size(&name))
            .text(field::UNITS, text_size(&units));
        let mut values: Vec<Value<'_>> = vec![
            key.0.into(),
            key.1.into(),
            base.code().into(),
            name.as_str().into(),
            units.as_str().into(),
        ];
        if scale > 1.0 {
            shape = shape.field(field::SCALE);
            values.push(scale.into());
        }
        if let Some(offset) = shift {
            shape = shape.field(field::OFFSET);
            values.push(offset.into());
        }
        if let Some(native) = native {
            shape = shape
                .field(field::NATIVE_MESG_NUM)
                .field(field::NATIVE_FIELD_NUM);
            values.extend([profile::RECORD.number.into(), native.into()]);
        }
        let shape = shape.build().unwrap();
        self.encoder.write_values(&shape, &values).unwrap();
        self.fields.insert(key, (base, name, units, scale));
    }

    fn message(&mut self, name: &str, words: &[&str]) {
        let message = match name.strip_prefix('#') {
            Some(number) => profile::message(number.parse().unwrap()),
            None => profile::message_named(name),
        };
        let message = message.unwrap_or_else(|| panic!("no message {name}"));
        let mut shape = Shape::of(*message);
        let (mut values, mut developer_values) = (Vec::new(), Vec::new());
        for word in words {
            let (name, text) = match word.split_once('=') {
                Some(pair) => pair,
                None => ("timestamp", *word),
            };
            if name.starts_with(|c: char| c.is_ascii_digit()) {
                let key = key(name);
                let (base, name, units, scale) = &self.fields[&key];
                let value = value(&Field::unnamed(key.1, *base), text);
                let mut field = DeveloperField::new(key.1, *base, name, units)
                    .scaled(*scale)
                    .array(u8::try_from(count(&value)).unwrap());
                field.developer = key.0;
                shape = shape.developer(&field);
                developer_values.push(value);
                continue;
            }
            let given = given(message, name, text);
            shape = shape.array(given.field, given.count);
            values.push(given.value);
        }
        values.append(&mut developer_values);
        self.encoder
            .write_values(&shape.build().unwrap(), &values)
            .unwrap();
    }
}

/// `0.12`: the developer data index and the number.
fn key(text: &str) -> (u8, u8) {
    let (index, number) = text.split_once('.').unwrap();
    (index.parse().unwrap(), number.parse().unwrap())
}

fn base(name: &str) -> BaseType {
    let mut all = BaseType::ALL.into_iter();
    all.find(|base| base.name() == name)
        .unwrap_or_else(|| panic!("no base type {name}"))
}

fn given<'a>(message: &Message, name: &str, text: &'a str) -> Given<'a> {
    let field = match name.strip_prefix('#') {
        Some(unnamed) => {
            let (number, kind) = unnamed.split_once(':').unwrap();
            Field::unnamed(number.parse().unwrap(), base(kind))
        }
        None => *message
            .field_named(name)
            .unwrap_or_else(|| panic!("no field {name} of {}", message.name)),
    };
    let value = value(&field, text);
    let count = count(&value);
    Given {
        field,
        value,
        count,
    }
}

/// Elements of a value, or bytes of a text.
fn count(value: &Value<'_>) -> usize {
    match value {
        Value::Numbers(numbers) => numbers.len(),
        Value::Text(text) => text_size(text),
        _ => 1,
    }
}

fn value<'a>(field: &Field, text: &'a str) -> Value<'a> {
    if field.base == BaseType::String {
        return text.into();
    }
    let mut numbers = text.split(',').map(|text| number(field, text));
    if text.contains(',') {
        return Value::Numbers(numbers.collect());
    }
    numbers.next().unwrap().into()
}

fn number(field: &Field, text: &str) -> f64 {
    if text == "-" {
        return f64::NAN;
    }
    if let Some(seconds) = text.strip_prefix('@') {
        return at(seconds.parse().unwrap());
    }
    match field.kind {
        Kind::Named(names) if text.parse::<f64>().is_err() => names
            .value_of(text)
            .map_or_else(|| panic!("no {} {text}", names.name), f64::from),
        _ => text.parse().unwrap_or_else(|_| panic!("{text}")),
    }
}

/// FIT seconds of a second of the notation.
pub(crate) fn at(second: f64) -> f64 {
    let time: Timestamp = START + second;
    fit::time::from_unix_seconds(time.rounded_seconds())
}
