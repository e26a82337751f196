//! What a person wants to change in a device's file, without changing anything else.

use serde_json::{Map, Value};

use crate::document::{Document, DocumentError};
use crate::{SystemFile, panels};

/// What a file says of itself; that is the device's business.
const HEAD: [&str; 5] = ["version", "device_model", "sn", "updated_at", "update_at"];

/// What a device may lack and still take, by its keys.
const OPTIONAL: [&[&str]; 7] = [
    &["settings", "time_zone"],
    &["settings", "gps_model"],
    &["settings", "sport_model"],
    &["settings", "logo_light"],
    &["settings", "lap"],
    &["user_profile", "time_zone"],
    &["user"],
];

/// Takes over the values of `wanted` that differ from the device's, in the device's file: its
/// header, its further keys, its spelling and their order stay. Whether anything differs.
///
/// # Errors
///
/// [`DocumentError::OtherDevice`] when the file was made for another model,
/// [`DocumentError::Missing`] when the device has no such setting.
pub fn update(device: &mut Document, wanted: &Document) -> Result<bool, DocumentError> {
    let model = |document: &Document| document.header().device_model;
    if let (Some(expected), Some(found)) = (model(device), model(wanted))
        && expected != found
    {
        return Err(DocumentError::OtherDevice { expected, found });
    }
    let values: Option<Map<String, Value>> = wanted.get(&[])?;
    let mut changed = false;
    for (key, value) in values.unwrap_or_default() {
        if !HEAD.contains(&&*key) {
            changed |= take(device, &mut vec![key], &value)?;
        }
    }
    Ok(changed)
}

/// Takes over one value, and what is in it.
fn take(
    device: &mut Document,
    path: &mut Vec<String>,
    value: &Value,
) -> Result<bool, DocumentError> {
    let keys: Vec<&str> = path.iter().map(String::as_str).collect();
    let before: Option<Value> = device.get(&keys)?;
    match (&before, value) {
        (Some(Value::Object(_)), Value::Object(values)) => {
            let mut changed = false;
            for (key, value) in values {
                path.push(key.clone());
                changed |= take(device, path, value)?;
                path.pop();
            }
            Ok(changed)
        }
        (Some(before), value) if before == value => Ok(false),
        (None, _) if !OPTIONAL.contains(&&*keys) => Err(DocumentError::Missing(keys.join("."))),
        _ => device.set(&keys, value).map(|()| true),
    }
}

/// Looks whether a device could start with such a file: ranges of what is known, pages that fit
/// their layout. What isn't known isn't looked at.
///
/// # Errors
///
/// What is wrong first.
pub fn validate(file: SystemFile, document: &Document) -> Result<(), DocumentError> {
    match file {
        SystemFile::Settings | SystemFile::OldSettings => validate_settings(document),
        SystemFile::UserProfile => ranges(document, "user_profile", &PROFILE),
        SystemFile::Panels | SystemFile::OldPanels => validate_panels(document),
        _ => Ok(()),
    }
}

/// A key, its least and largest value, and both in words.
type Range = (&'static str, i64, i64, &'static str);

const SETTINGS: [Range; 7] = [
    ("unit", 0, 1, "0 (metric) or 1 (imperial)"),
    ("temperature_unit", 0, 1, "0 (Celsius) or 1 (Fahrenheit)"),
    ("time_formatter", 0, 1, "0 (24 hours) or 1 (12 hours)"),
    ("backlight", 0, 2, "0 (auto), 1 (on) or 2 (off)"),
    ("auto_pause", 0, 1, "0 (on) or 1 (off)"),
    ("overwrite", 0, 1, "0 (on) or 1 (off)"),
    ("keytone", 0, 1, "true or false"),
];

const PROFILE: [Range; 9] = [
    ("MAXHR", 30, 255, "30 to 255 beats a minute"),
    ("LTHR", 30, 255, "30 to 255 beats a minute"),
    ("ALAHR", 0, 255, "0 to 255 beats a minute"),
    ("ALASPEED", 0, 255, "0 to 255"),
    ("FTP", 0, 2_500, "0 to 2500 W"),
    ("weight", 10_000, 400_000, "10000 to 400000 g"),
    ("height", 0, 300, "0 to 300"),
    ("gender", 0, 2, "0 to 2"),
    (
        "time_zone",
        -43_200,
        50_400,
        "-43200 to 50400 s east of UTC",
    ),
];

const LANGUAGES: [&str; 12] = [
    "en", "it", "ko", "ja", "de", "es", "fr", "zh-cn", "zh-hk", "zh-tw", "pt-pt", "pt-br",
];

fn ranges(document: &Document, object: &str, ranges: &[Range]) -> Result<(), DocumentError> {
    for &(key, least, most, expected) in ranges {
        range(document, &[object, key], least, most, expected)?;
    }
    Ok(())
}

fn range(
    document: &Document,
    path: &[&str],
    least: i64,
    most: i64,
    expected: &'static str,
) -> Result<(), DocumentError> {
    let fits = match document.get(path)? {
        None => true,
        Some(Value::Bool(_)) => (least, most) == (0, 1),
        Some(value) => value
            .as_i64()
            .is_some_and(|value| (least..=most).contains(&value)),
    };
    if fits {
        Ok(())
    } else {
        Err(wrong(path, expected))
    }
}

fn wrong(path: &[&str], expected: &'static str) -> DocumentError {
    DocumentError::Range {
        path: path.join("."),
        expected,
    }
}

fn validate_settings(document: &Document) -> Result<(), DocumentError> {
    ranges(document, "settings", &SETTINGS)?;
    let path = ["settings", "language_i18n"];
    let language: Option<String> = document.get(&path)?;
    if language.is_some_and(|language| !LANGUAGES.contains(&&*language)) {
        let all = "one of en, it, ko, ja, de, es, fr, zh-cn, zh-hk, zh-tw, pt-pt, pt-br";
        return Err(wrong(&path, all));
    }
    let mode = ["settings", "lap", "mode"];
    let value = ["settings", "lap", "value"];
    range(
        document,
        &mode,
        0,
        3,
        "0 (manual), 1 (place), 2 (distance) or 3 (time)",
    )?;
    match document.get::<i64>(&mode)? {
        Some(2) => range(document, &value, 1, 100_000, "1 to 100000 m"),
        Some(3) => range(document, &value, 10, 86_400, "10 to 86400 s"),
        _ => Ok(()),
    }
}

fn validate_panels(document: &Document) -> Result<(), DocumentError> {
    let pages = panels::pages(document)?;
    // What can be set is sound.
    panels::set_pages(&mut document.clone(), &pages)?;
    let counts: Option<Vec<Counted>> = document.get(&["pages"])?;
    let counted = counts.unwrap_or_default();
    if counted.iter().any(|page| page.count != page.items.len()) {
        return Err(wrong(&["pages", "count"], "the number of the page's items"));
    }
    let count: Option<usize> = document.get(&["pages_count"])?;
    if count != Some(pages.len()) {
        return Err(wrong(&["pages_count"], "the number of pages"));
    }
    let mut indices: Vec<_> = pages.iter().map(|page| page.index).collect();
    indices.sort_unstable();
    indices.dedup();
    if indices.len() < pages.len() {
        return Err(wrong(&["pages", "index"], "different for each page"));
    }
    Ok(())
}

/// What a page says of its own length.
#[derive(serde::Deserialize)]
struct Counted {
    count: usize,
    items: Vec<u32>,
}
