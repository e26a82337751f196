//! The tables as Rust: constants of messages, fields and enumerations.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Result;
use super::table::{Enumeration, Field, Message};

/// The whole module.
pub(super) fn profile(
    types: &BTreeMap<String, Enumeration>,
    messages: &[Message],
) -> Result<String> {
    let mut code = String::new();
    write_types(&mut code, types)?;
    for message in messages {
        write_message(&mut code, message)?;
    }
    write_index(&mut code, messages)?;
    Ok(code)
}

/// The `BaseType` variant of a base type's name.
pub(super) fn variant(base: &str) -> Result<&'static str> {
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
pub(super) fn integer(base: &str) -> Result<&'static str> {
    Ok(match base {
        "enum" | "uint8" | "uint8z" => "u8",
        "uint16" | "uint16z" => "u16",
        "uint32" | "uint32z" => "u32",
        _ => return Err(format!("`{base}` can't be the base of an enumeration").into()),
    })
}

/// A name as a Rust constant.
pub(super) fn constant(name: &str) -> String {
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
