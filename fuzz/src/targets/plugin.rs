//! The texts that cross the plugin interface: never a panic, whatever a plugin sends.

use pipeline_plugin::abi::{Column, Item, Json, Samples};
use pipeline_plugin::export::Incoming;

pub(crate) fn fuzz(data: &[u8]) {
    let mut incoming = Incoming::default();
    let text = String::from_utf8_lossy(data);
    if let Ok(json) = Json::parse(&text) {
        assert_eq!(Json::parse(&json.to_string()).as_ref(), Ok(&json));
    }
    for item in [
        Item::Lap(&text),
        Item::Event(&text),
        Item::Curve(&text),
        Item::Bytes(data),
    ] {
        let _ = incoming.item(&item);
    }
    // Eight bytes a time; the rest of the text is the name of a column.
    let times: Vec<i64> = data
        .chunks_exact(8)
        .take(20)
        .filter_map(|bytes| bytes.try_into().ok().map(i64::from_le_bytes))
        .collect();
    let values = vec![1.0; times.len()];
    let name = text.split(char::is_whitespace).next().unwrap_or_default();
    let columns = vec![
        Column::new("power", "W", &values),
        Column::new(name, name, &values),
    ];
    let _ = incoming.item(&Item::Samples(Samples::new(&times, columns)));
}
