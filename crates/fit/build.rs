//! Turns the tables in `profile/` into constants: a module of fields per message, a module of
//! values per enumeration. A mistake in a table stops the build with file and line.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

struct Enumeration {
    base: String,
    values: Vec<(u32, String)>,
}

struct Field {
    number: u8,
    name: String,
    base: String,
    array: bool,
    kind: Option<String>,
    scale: f64,
    offset: f64,
    unit: String,
    parts: Vec<Part>,
    subfields: Vec<(Vec<Condition>, Field)>,
}

struct Part {
    field: u8,
    bits: u8,
    scale: f64,
    offset: f64,
    sum: bool,
}

/// A field and the values of it that fulfil the condition.
type Condition = (u8, Vec<u32>);

struct Message {
    number: u16,
    name: String,
    fields: Vec<Field>,
}

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=profile");
    println!("cargo::rerun-if-changed=build.rs");
    let mut types = Vec::new();
    read("profile/types.txt", |line| type_line(&mut types, line))?;
    let types: BTreeMap<String, Enumeration> = types.into_iter().collect();
    let mut messages: Vec<Message> = Vec::new();
    read("profile/messages.txt", |line| {
        message_line(&mut messages, &types, line)
    })?;
    messages.sort_by_key(|message| message.number);
    let mut code = String::new();
    write_types(&mut code, &types)?;
    for message in &mut messages {
        message.fields.sort_by_key(|field| field.number);
        if message
            .fields
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if a.number == b.number))
        {
            return Err(format!("{}: a field number twice", message.name).into());
        }
        write_message(&mut code, message)?;
    }
    write_index(&mut code, &messages)?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("profile.rs"), code)?;
    Ok(())
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

/// The `BaseType` variant of a base type's name.
fn variant(base: &str) -> Result<&'static str> {
    Ok(match base {
        "enum" => "Enum",
        "sint8" => "Sint8",
        "uint8" => "Uint8",
        "sint16" => "Sint16",
        "uint16" => "Uint16",
        "sint32" => "Sint32",
        "uint32" => "Uint32",
        "string" => "String",
        "float32" => "Float32",
        "float64" => "Float64",
        "uint8z" => "Uint8z",
        "uint16z" => "Uint16z",
        "uint32z" => "Uint32z",
        "byte" => "Byte",
        "sint64" => "Sint64",
        "uint64" => "Uint64",
        "uint64z" => "Uint64z",
        _ => return Err(format!("unknown base type `{base}`").into()),
    })
}

/// The Rust type of an enumeration's values.
fn integer(base: &str) -> Result<&'static str> {
    Ok(match base {
        "enum" | "uint8" | "uint8z" => "u8",
        "uint16" | "uint16z" => "u16",
        "uint32" | "uint32z" => "u32",
        _ => return Err(format!("`{base}` can't be the base of an enumeration").into()),
    })
}

/// A name as a Rust constant.
fn constant(name: &str) -> String {
    let upper = name.to_uppercase();
    if upper.starts_with(|first: char| first.is_ascii_digit()) {
        format!("N{upper}")
    } else {
        upper
    }
}

/// A name as a Rust module.
fn module(name: &str) -> String {
    let keyword = matches!(
        name,
        "bool" | "type" | "mod" | "move" | "loop" | "switch" | "static"
    );
    if keyword {
        format!("{name}_")
    } else {
        name.to_owned()
    }
}

fn write_types(code: &mut String, types: &BTreeMap<String, Enumeration>) -> Result<()> {
    writeln!(
        code,
        "/// Enumerations: one constant of names and one module of values each."
    )?;
    writeln!(code, "pub mod types {{")?;
    for (name, Enumeration { base, values }) in types {
        let (number, upper) = (integer(base)?, constant(name));
        writeln!(code, "/// `{name}`, a {base}.")?;
        writeln!(
            code,
            "pub const {upper}: super::Enumeration = super::Enumeration {{ name: \"{name}\","
        )?;
        writeln!(
            code,
            "base: super::BaseType::{}, numbers: &[",
            variant(base)?
        )?;
        let mut sorted: Vec<_> = values.iter().collect();
        sorted.sort();
        for (value, _) in &sorted {
            writeln!(code, "{},", literal(*value))?;
        }
        let names: String = sorted.iter().map(|(_, name)| name.as_str()).collect();
        writeln!(code, "], names: \"{names}\", ends: &[")?;
        let mut end = 0;
        for (_, name) in &sorted {
            end += name.len();
            writeln!(code, "{},", literal(u16::try_from(end)?.into()))?;
        }
        writeln!(code, "] }};")?;
        if !sorted.is_empty() {
            writeln!(code, "/// Values of `{name}`.")?;
            writeln!(code, "pub mod {} {{", module(name))?;
            for (value, name) in &sorted {
                writeln!(code, "/// `{name}`.")?;
                writeln!(
                    code,
                    "pub const {}: {number} = {};",
                    constant(name),
                    literal(*value)
                )?;
            }
            writeln!(code, "}}")?;
        }
    }
    writeln!(code, "}}")?;
    Ok(())
}

fn write_message(code: &mut String, message: &Message) -> Result<()> {
    let (name, module, upper) = (
        &message.name,
        module(&message.name),
        constant(&message.name),
    );
    writeln!(code, "/// `{name}`, message {}.", message.number)?;
    writeln!(code, "pub const {upper}: Message = Message {{")?;
    writeln!(
        code,
        "number: {}, name: \"{name}\", fields: &[",
        message.number
    )?;
    for field in &message.fields {
        writeln!(code, "{module}::{},", constant(&field.name))?;
    }
    writeln!(code, "] }};")?;
    writeln!(code, "/// Fields of `{name}`.")?;
    writeln!(code, "pub mod {module} {{")?;
    for field in &message.fields {
        write_field(code, field)?;
    }
    writeln!(code, "}}")?;
    Ok(())
}

fn write_field(code: &mut String, field: &Field) -> Result<()> {
    let Field {
        number,
        name,
        base,
        unit,
        ..
    } = field;
    let mut facts = base.clone();
    if field.array {
        facts.push_str(" array");
    }
    if field.scale.to_bits() != 1_f64.to_bits() {
        write!(facts, ", scale {}", field.scale)?;
    }
    if field.offset != 0.0 {
        write!(facts, ", offset {}", field.offset)?;
    }
    if !unit.is_empty() {
        write!(facts, ", in `{unit}`")?;
    }
    writeln!(code, "/// `{name}`, field {number}: {facts}.")?;
    writeln!(code, "pub const {}: super::Field =", constant(name))?;
    write_value(code, field)?;
    writeln!(code, ";")?;
    Ok(())
}

/// The field as an expression.
fn write_value(code: &mut String, field: &Field) -> Result<()> {
    let Field {
        number,
        name,
        base,
        unit,
        ..
    } = field;
    let array = field.array || base == "string";
    writeln!(
        code,
        "super::Field {{ number: {number}, name: \"{name}\", base: super::BaseType::{},",
        variant(base)?
    )?;
    writeln!(
        code,
        "array: {array}, kind: {}, scale: {}, offset: {}, unit: \"{unit}\", components: &[",
        field.kind.as_deref().unwrap_or("super::Kind::Plain"),
        float(field.scale),
        float(field.offset)
    )?;
    let mut start = 0;
    for part in &field.parts {
        writeln!(
            code,
            "super::Component {{ field: {}, start: {start}, bits: {}, scale: {}, offset: {}, accumulate: {} }},",
            part.field,
            part.bits,
            float(part.scale),
            float(part.offset),
            part.sum
        )?;
        start += u16::from(part.bits);
    }
    writeln!(code, "], subfields: &[")?;
    for (conditions, field) in &field.subfields {
        writeln!(code, "super::SubField {{ conditions: &[")?;
        for (field, values) in conditions {
            let values: Vec<_> = values.iter().copied().map(literal).collect();
            writeln!(code, "({field}, &[{}]),", values.join(", "))?;
        }
        writeln!(code, "], field: ")?;
        write_value(code, field)?;
        writeln!(code, "}},")?;
    }
    write!(code, "] }}")?;
    Ok(())
}

fn write_index(code: &mut String, messages: &[Message]) -> Result<()> {
    writeln!(code, "/// Every message of the table, by ascending number.")?;
    writeln!(code, "pub static MESSAGES: &[Message] = &[")?;
    for message in messages {
        writeln!(code, "{},", constant(&message.name))?;
    }
    writeln!(code, "];")?;
    Ok(())
}

/// A number with underscores between its thousands.
fn literal(value: u32) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

/// The same for a number with a fraction.
fn float(value: f64) -> String {
    let text = value.abs().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, "0"));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), literal);
    let sign = if value < 0.0 { "-" } else { "" };
    let mut text = format!("{sign}{whole}.");
    for (index, digit) in fraction.chars().enumerate() {
        if index > 0 && index.is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}
