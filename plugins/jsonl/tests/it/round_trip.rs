//! What the sink has written, the reader gives back.

use pipeline_plugin::{
    Batch, Curve, DeveloperField, Event, Field, Header, Intensity, Item, Kind, Lap, Meta,
    Timestamp, Totals, Trigger, field, testing,
};
use proptest::prelude::*;

use crate::support::{START, read, write};

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        3 => Just(f64::NAN),
        3 => (0_i32..100_000).prop_map(|n| f64::from(n) / 100.0),
        2 => (0_i32..300).prop_map(f64::from),
        1 => any::<f64>().prop_filter("finite", |value| value.is_finite()),
    ]
}

fn fields() -> Vec<Field> {
    vec![
        field::DISTANCE,
        field::HEART_RATE,
        field::POSITION_LAT,
        Field::new("grit", "kGrit"),
        Field::new("calm, \"odd\"", "\\"),
        Field::new("bare", ""),
    ]
}

/// An item, and how much later it is than the one before.
fn item() -> impl Strategy<Value = (i64, Item)> {
    let rows = prop::collection::vec((0_i64..2_000_000, prop::collection::vec(value(), 6)), 1..40);
    let columns = prop::sample::subsequence(vec![0, 1, 2, 3, 4, 5], 0..=6).prop_shuffle();
    let samples = (rows, columns).prop_map(|(rows, columns)| {
        let fields = fields();
        let columns: Vec<Field> = columns
            .iter()
            .map(|index: &usize| fields[*index].clone())
            .collect();
        let mut batch = Batch::new(&columns);
        let mut time = 0;
        for (step, values) in rows {
            time += step;
            batch.push(Timestamp::from_micros(time), &values);
        }
        Item::Samples(batch)
    });
    let at = Timestamp::from_micros(0);
    let others = prop_oneof![
        (value(), value()).prop_map(move |(distance, calories)| Item::Lap(Box::new(Lap {
            start: START,
            end: at,
            trigger: Trigger::Distance,
            intensity: Intensity::Rest,
            totals: Totals {
                distance,
                calories,
                ..Totals::default()
            },
            time_in_hr_zone: Some(vec![1.5, 0.0]),
        }))),
        Just(Item::Event(Event::TimerStop { time: at })),
        Just(Item::Event(Event::TimerStart { time: at })),
        "[a-z\"\\\\ä\n]{0,8}".prop_map(|notes| Item::Event(Event::Meta(Meta {
            notes: Some(notes),
            total_cycles: Some(94.0),
            ..Meta::default()
        }))),
        prop::collection::vec(value(), 0..20).prop_map(move |values| Item::Curve(Curve {
            time: at,
            field: "handle_force".to_owned(),
            interval: None,
            values,
        })),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(Item::Bytes),
    ];
    (0_i64..5_000_000, prop_oneof![2 => samples, 1 => others])
}

/// Gives times that go on to items that begin at 0.
fn placed(items: Vec<(i64, Item)>) -> Vec<Item> {
    let mut now = START.micros();
    let place = |(step, item): (i64, Item)| {
        now += step;
        let time = Timestamp::from_micros(now);
        match item {
            Item::Samples(batch) => {
                let times = batch.time().iter();
                let times = times
                    .map(|time| Timestamp::from_micros(now + time.micros()))
                    .collect();
                let mut moved = Batch::of_times(times);
                for column in batch.columns() {
                    moved.add(column.field.clone(), column.values.clone());
                }
                now = moved.time().last().map_or(now, |time| time.micros());
                Item::Samples(moved)
            }
            Item::Lap(lap) => Item::Lap(Box::new(Lap { end: time, ..*lap })),
            Item::Event(Event::TimerStop { .. }) => Item::Event(Event::TimerStop { time }),
            Item::Event(Event::TimerStart { .. }) => Item::Event(Event::TimerStart { time }),
            Item::Curve(curve) => Item::Curve(Curve { time, ..curve }),
            item => item,
        }
    };
    items.into_iter().map(place).collect()
}

/// The text of items, samples one by one: how they are cut into batches does not matter.
fn told(items: &[Item]) -> Vec<String> {
    let mut told = Vec::new();
    for item in items {
        if let Item::Samples(batch) = item {
            for (row, time) in batch.time().iter().enumerate() {
                let mut one = Batch::of_times(vec![*time]);
                for column in batch.columns() {
                    one.add(column.field.clone(), vec![column.values[row]]);
                }
                told.push(testing::lines(&[Item::Samples(one)]));
            }
        } else {
            told.push(testing::lines(std::slice::from_ref(item)));
        }
    }
    told
}

fn header() -> Header {
    let text = r#"{"kind":"activity","name":"ä.tcx","sport":"rowing/indoor",
        "device":{"manufacturer":118,"name":"WaterRower","serial":7,"version":"1"},
        "utc_offset":3600,"athlete":{"name":"Kim","sex":"female","birth-year":1984,"weight":"70 kg"},
        "zones":{"method":"custom","bounds":[90,120.5],"max":185,"resting":null,"threshold":null}}"#;
    Header {
        start: START,
        developer_fields: vec![DeveloperField {
            column: "grit".to_owned(),
            name: "Grit".to_owned(),
            units: "kGrit".to_owned(),
            base_type: "float32".to_owned(),
            number: 3,
            application: "00".repeat(16),
            native: Some(7),
        }],
        ..serde_json::from_str(text).unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn the_reader_gives_back_what_the_sink_was_given(
        items in prop::collection::vec(item(), 0..30),
        batches: bool,
        log: bool,
    ) {
        let items = placed(items);
        let kind = if log { Kind::Log } else { Kind::Activity };
        let header = Header { kind, ..header() };
        let (file, _) = write(&format!(r#"{{"batches":{batches}}}"#), &header, &items).unwrap();
        let back = read(r#"{"strict":true}"#, file.as_bytes());
        prop_assert!(back.told().ends_with("finish\n"), "{}", back.told());
        prop_assert_eq!(told(&back.streams[0].1), told(&items), "{}", file);
        let headers = back.headers().map(|header| serde_json::to_string(header).unwrap());
        prop_assert_eq!(headers.collect::<Vec<_>>(), [serde_json::to_string(&header).unwrap()]);
    }

    /// Batches have the text form that the whole project knows.
    #[test]
    fn batches_are_written_as_everywhere(items in prop::collection::vec(item(), 0..10)) {
        let items = placed(items);
        let (file, _) = write(r#"{"batches":true}"#, &header(), &items).unwrap();
        let lines: Vec<_> = file.lines().collect();
        let inner = lines[1..lines.len() - 1].iter().map(|line| format!("{line}\n"));
        prop_assert_eq!(inner.collect::<String>(), testing::lines(&items));
    }
}
