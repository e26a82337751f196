//! The small JSON of the slim edition against `serde_json`.

use pipeline_plugin::abi::Json;
use proptest::prelude::*;
use serde_json::{Value, json};

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(|value| json!(value)),
        any::<f64>()
            .prop_filter("finite", |value| value.is_finite())
            .prop_map(|n| json!(n)),
        any::<String>().prop_map(|text| json!(text)),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(|list| json!(list)),
            prop::collection::btree_map(any::<String>(), inner, 0..6).prop_map(|map| json!(map)),
        ]
    })
}

/// The same value as `serde_json` has it.
fn of(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => json!(value),
        Json::Number(number) => json!(number),
        Json::String(text) => json!(text),
        Json::Array(elements) => elements.iter().map(of).collect(),
        Json::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), of(value)))
                .collect(),
        ),
    }
}

proptest! {
    #[test]
    fn what_serde_writes_is_read_and_written_back(value in values()) {
        for text in [value.to_string(), format!("{value:#}")] {
            let read = Json::parse(&text).unwrap();
            prop_assert_eq!(&of(&read), &value);
            let back: Value = serde_json::from_str(&read.to_string()).unwrap();
            prop_assert_eq!(back.as_f64().is_some(), value.as_f64().is_some());
            prop_assert_eq!(Json::parse(&back.to_string()).unwrap(), read);
        }
    }

    /// What is cut or changed is refused or is JSON, and never a panic.
    #[test]
    fn damaged_text_does_no_harm(value in values(), cut in any::<prop::sample::Index>(), byte in any::<char>()) {
        let text = value.to_string();
        let at = cut.index(text.len() + 1);
        let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        let (start, end) = text.split_at(at);
        let _ = Json::parse(start);
        let changed = format!("{start}{byte}{end}");
        if Json::parse(&changed).is_ok() {
            prop_assert!(serde_json::from_str::<Value>(&changed).is_ok() || is_lenient(&changed));
        }
    }
}

/// Numbers such as `01`, `1.` and control characters in texts, which `serde_json` refuses.
fn is_lenient(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit() || c.is_control() || c == '\\')
}

#[test]
fn deep_nesting_is_refused() {
    assert!(Json::parse(&"[".repeat(1_000_000)).is_err());
    assert!(Json::parse(&format!("{}1{}", "[".repeat(60), "]".repeat(60))).is_ok());
}

#[test]
fn errors_say_where() {
    assert_eq!(
        Json::parse("{\"a\" 1}"),
        Err("no JSON: `:` expected at byte 5".to_owned())
    );
    assert_eq!(
        Json::parse("[1,]"),
        Err("no JSON: a value expected at byte 3".to_owned())
    );
    assert_eq!(
        Json::parse("1 2"),
        Err("no JSON: the end expected at byte 2".to_owned())
    );
    assert_eq!(
        Json::parse(""),
        Err("no JSON: a value expected at byte 0".to_owned())
    );
}

#[test]
fn escapes_are_read() {
    let text = r#""a\n\"\\\/\u00e9\ud83d\udea3""#;
    assert_eq!(Json::parse(text), Ok(Json::from("a\n\"\\/é🚣")));
    assert!(Json::parse(r#""\ud83d""#).is_err());
    assert!(Json::parse(r#""\u12""#).is_err());
    assert!(Json::parse("1e999").is_err());
}
