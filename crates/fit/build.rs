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
    scale: u32,
    offset: u32,
    into: Option<u8>,
    unit: String,
}

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
    message.fields.push(field(types, line)?);
    Ok(())
}

fn field(types: &BTreeMap<String, Enumeration>, line: &str) -> Result<Field> {
    let (line, unit) = line.split_once(" unit=").unwrap_or((line, ""));
    let mut words = line.split_whitespace();
    let (Some(number), Some(name), Some(base)) = (words.next(), words.next(), words.next()) else {
        return Err("expected `NUMBER NAME BASE ...`".into());
    };
    let (base, array) = base
        .strip_suffix("[]")
        .map_or((base, false), |base| (base, true));
    variant(base)?;
    let mut field = Field {
        number: number.parse()?,
        name: name.to_owned(),
        base: base.to_owned(),
        array,
        kind: None,
        scale: 1,
        offset: 0,
        into: None,
        unit: unit.to_owned(),
    };
    for word in words {
        match word.split_once('=').ok_or("expected `key=value`")? {
            ("as", value) => field.kind = Some(kind(value, types)?),
            ("scale", value) => field.scale = value.parse()?,
            ("offset", value) => field.offset = value.parse()?,
            ("into", value) => field.into = Some(value.parse()?),
            (key, _) => return Err(format!("unknown key `{key}`").into()),
        }
    }
    Ok(field)
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
            "base: super::BaseType::{}, values: &[",
            variant(base)?
        )?;
        let mut sorted: Vec<_> = values.iter().collect();
        sorted.sort();
        for (value, name) in &sorted {
            writeln!(code, "({}, \"{name}\"),", literal(*value))?;
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
    if field.scale != 1 {
        write!(facts, ", scale {}", field.scale)?;
    }
    if field.offset != 0 {
        write!(facts, ", offset {}", field.offset)?;
    }
    if !unit.is_empty() {
        write!(facts, ", in {unit}")?;
    }
    let array = field.array || base == "string";
    writeln!(code, "/// `{name}`, field {number}: {facts}.")?;
    writeln!(
        code,
        "pub const {}: super::Field = super::Field {{",
        constant(name)
    )?;
    writeln!(
        code,
        "number: {number}, name: \"{name}\", base: super::BaseType::{},",
        variant(base)?
    )?;
    writeln!(
        code,
        "array: {array}, kind: {},",
        field.kind.as_deref().unwrap_or("super::Kind::Plain")
    )?;
    writeln!(
        code,
        "scale: {}.0, offset: {}.0,",
        literal(field.scale),
        literal(field.offset)
    )?;
    writeln!(code, "into: {:?}, unit: \"{unit}\" }};", field.into)?;
    Ok(())
}

fn write_index(code: &mut String, messages: &[Message]) -> Result<()> {
    writeln!(code, "/// Every message of the table, by ascending number.")?;
    writeln!(code, "pub const MESSAGES: &[Message] = &[")?;
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
