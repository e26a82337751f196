//! The tables in `profile/`: their lines, and what these say.

use std::collections::BTreeMap;
use std::fs;

use super::Result;
use super::code::{constant, integer, variant};

/// A type whose values have names.
pub(super) struct Enumeration {
    pub(super) base: String,
    pub(super) values: Vec<(u32, String)>,
}

/// A field, or a sub-field, as its line says.
pub(super) struct Field {
    pub(super) number: u8,
    pub(super) name: String,
    pub(super) base: String,
    pub(super) array: bool,
    pub(super) kind: Option<String>,
    pub(super) scale: f64,
    pub(super) offset: f64,
    pub(super) unit: String,
    pub(super) parts: Vec<Part>,
    pub(super) subfields: Vec<(Vec<Condition>, Field)>,
}

/// Bits of a field that another field gets.
pub(super) struct Part {
    pub(super) field: u8,
    pub(super) bits: u8,
    pub(super) scale: f64,
    pub(super) offset: f64,
    pub(super) sum: bool,
}

/// A field and the values of it that fulfil the condition.
pub(super) type Condition = (u8, Vec<u32>);

/// A message and its fields.
pub(super) struct Message {
    pub(super) number: u16,
    pub(super) name: String,
    pub(super) fields: Vec<Field>,
}

/// The enumerations by their names.
pub(super) fn types() -> Result<BTreeMap<String, Enumeration>> {
    let mut types = Vec::new();
    read("profile/types.txt", |line| type_line(&mut types, line))?;
    Ok(types.into_iter().collect())
}

/// The messages by ascending number, each with its fields by ascending number.
pub(super) fn messages(types: &BTreeMap<String, Enumeration>) -> Result<Vec<Message>> {
    let mut messages: Vec<Message> = Vec::new();
    read("profile/messages.txt", |line| {
        message_line(&mut messages, types, line)
    })?;
    messages.sort_by_key(|message| message.number);
    for message in &mut messages {
        message.fields.sort_by_key(|field| field.number);
        let mut pairs = message.fields.windows(2);
        if pairs.any(|pair| matches!(pair, [a, b] if a.number == b.number)) {
            return Err(format!("{}: a field number twice", message.name).into());
        }
    }
    Ok(messages)
}

/// Feeds each line that is neither empty nor a comment to `each`.
fn read(path: &str, mut each: impl FnMut(&str) -> Result<()>) -> Result<()> {
    let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if !line.is_empty() && !line.starts_with('#') {
            each(line).map_err(|error| format!("{path}:{}: {error}", index + 1))?;
        }
    }
    Ok(())
}

fn type_line(types: &mut Vec<(String, Enumeration)>, line: &str) -> Result<()> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match (words.as_slice(), types.last_mut()) {
        (["type", name, base], _) => {
            integer(base)?;
            let empty = Enumeration {
                base: (*base).to_owned(),
                values: Vec::new(),
            };
            types.push(((*name).to_owned(), empty));
        }
        ([value, name], Some((_, last))) => {
            last.values.push((value.parse()?, (*name).to_owned()));
        }
        _ => return Err("expected `type NAME BASE` or `VALUE NAME`".into()),
    }
    Ok(())
}

fn message_line(
    messages: &mut Vec<Message>,
    types: &BTreeMap<String, Enumeration>,
    line: &str,
) -> Result<()> {
    if let Some(rest) = line.strip_prefix("message ") {
        let (number, name) = rest
            .split_once(' ')
            .ok_or("expected `message NUMBER NAME`")?;
        let name = name.trim().to_owned();
        messages.push(Message {
            number: number.parse()?,
            name,
            fields: Vec::new(),
        });
        return Ok(());
    }
    let message = messages
        .last_mut()
        .ok_or("a field before the first message")?;
    if let Some(rest) = line.strip_prefix("part ") {
        let field = message.fields.last_mut().ok_or("a part of no field")?;
        let parts = match field.subfields.last_mut() {
            Some((_, subfield)) => &mut subfield.parts,
            None => &mut field.parts,
        };
        parts.push(part(rest)?);
    } else if let Some(rest) = line.strip_prefix("when ") {
        let field = message.fields.last_mut().ok_or("a sub-field of no field")?;
        let subfield = subfield(types, field.number, rest)?;
        field.subfields.push(subfield);
    } else {
        let (number, rest) = line.split_once(' ').ok_or("expected `NUMBER NAME ...`")?;
        message.fields.push(field(types, number.parse()?, rest)?);
    }
    Ok(())
}

/// `NAME BASE ...`, what a field and a sub-field have in common.
fn field(types: &BTreeMap<String, Enumeration>, number: u8, line: &str) -> Result<Field> {
    let (line, unit) = line.split_once(" unit=").unwrap_or((line, ""));
    let mut words = line.split_whitespace();
    let (Some(name), Some(base)) = (words.next(), words.next()) else {
        return Err("expected `NAME BASE ...`".into());
    };
    let (base, array) = base
        .strip_suffix("[]")
        .map_or((base, false), |base| (base, true));
    variant(base)?;
    let mut field = Field {
        number,
        name: name.to_owned(),
        base: base.to_owned(),
        array,
        kind: None,
        scale: 1.0,
        offset: 0.0,
        unit: unit.to_owned(),
        parts: Vec::new(),
        subfields: Vec::new(),
    };
    for word in words {
        match word.split_once('=').ok_or("expected `key=value`")? {
            ("as", value) => field.kind = Some(kind(value, types)?),
            ("scale", value) => field.scale = value.parse()?,
            ("offset", value) => field.offset = value.parse()?,
            (key, _) => return Err(format!("unknown key `{key}`").into()),
        }
    }
    Ok(field)
}

/// `FIELD=VALUE,... NAME BASE ...`.
fn subfield(
    types: &BTreeMap<String, Enumeration>,
    number: u8,
    mut line: &str,
) -> Result<(Vec<Condition>, Field)> {
    let mut conditions = Vec::new();
    while let Some((word, rest)) = line.split_once(' ')
        && let Some((field, values)) = word.split_once('=')
    {
        let values: std::result::Result<_, _> = values.split(',').map(str::parse).collect();
        conditions.push((field.parse()?, values?));
        line = rest;
    }
    if conditions.is_empty() {
        return Err("expected `when FIELD=VALUE,... NAME BASE ...`".into());
    }
    Ok((conditions, field(types, number, line)?))
}

/// `FIELD bits=N ...`.
fn part(line: &str) -> Result<Part> {
    let mut words = line.split_whitespace();
    let mut part = Part {
        field: words.next().ok_or("expected `part FIELD ...`")?.parse()?,
        bits: 0,
        scale: 1.0,
        offset: 0.0,
        sum: false,
    };
    for word in words {
        match word.split_once('=') {
            None if word == "sum" => part.sum = true,
            Some(("bits", value)) => part.bits = value.parse()?,
            Some(("scale", value)) => part.scale = value.parse()?,
            Some(("offset", value)) => part.offset = value.parse()?,
            _ => return Err(format!("unknown word `{word}`").into()),
        }
    }
    if !(1..=32).contains(&part.bits) {
        return Err("a part has 1 to 32 bits".into());
    }
    Ok(part)
}

fn kind(name: &str, types: &BTreeMap<String, Enumeration>) -> Result<String> {
    match name {
        "date_time" => Ok("super::Kind::DateTime".to_owned()),
        "local_date_time" => Ok("super::Kind::LocalDateTime".to_owned()),
        _ if types.contains_key(name) => Ok(format!(
            "super::Kind::Named(&super::types::{})",
            constant(name)
        )),
        _ => Err(format!("unknown type `{name}`").into()),
    }
}
