//! What the sink has written, the reader gives back.

use pipeline_plugin::{Batch, Field, Header, Item, Lap, Timestamp, Totals, Trigger, field};
use proptest::prelude::*;

use crate::support::{read, write};

/// Rows with a value for each column, and whether a lap ends behind the row.
type Rows = Vec<(i64, Vec<f64>, bool)>;

fn fields() -> Vec<Field> {
    vec![
        field::DISTANCE,
        field::HEART_RATE,
        field::POSITION_LAT,
        field::TOTAL_CYCLES,
        Field::new("grit", "kGrit"),
        Field::new("left (raw)", ""),
        Field::new("calm, \"odd\"", "a;b"),
    ]
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        3 => Just(f64::NAN),
        3 => (0_i32..100_000).prop_map(|n| f64::from(n) / 100.0),
        2 => (0_i32..300).prop_map(f64::from),
        1 => any::<f64>().prop_filter("finite", |value| value.is_finite()),
    ]
}

fn rows() -> impl Strategy<Value = Rows> {
    let row = (
        0_i64..3_000_000,
        prop::collection::vec(value(), 7),
        prop::bool::weighted(0.1),
    );
    prop::collection::vec(row, 1..500).prop_map(|rows| {
        let mut time = 1_772_442_000_000_000;
        let row = |(step, values, ends): (i64, Vec<f64>, bool)| {
            time += step;
            (time, values, ends)
        };
        rows.into_iter().map(row).collect()
    })
}

/// The rows as items; columns come as they get values, `cut` rows at a time.
fn items(rows: &Rows, cut: usize) -> Vec<Item> {
    let fields = fields();
    let mut items = Vec::new();
    let mut seen = vec![false; fields.len()];
    let mut start = Timestamp::from_micros(rows[0].0);
    for rows in rows
        .chunk_by(|(.., ends), _| !ends)
        .flat_map(|lap| lap.chunks(cut))
    {
        let mut batch = Batch::of_times(
            rows.iter()
                .map(|row| Timestamp::from_micros(row.0))
                .collect(),
        );
        for (index, field) in fields.iter().enumerate() {
            let values: Vec<f64> = rows.iter().map(|row| row.1[index]).collect();
            seen[index] |= values.iter().any(|value| !value.is_nan());
            if seen[index] {
                batch.add(field.clone(), values);
            }
        }
        items.push(Item::Samples(batch));
        if let Some((end, _, true)) = rows.last() {
            let end = Timestamp::from_micros(*end);
            let (trigger, totals) = (Trigger::Manual, Totals::default());
            items.push(Item::Lap(Box::new(Lap {
                start,
                end,
                trigger,
                intensity: pipeline_plugin::Intensity::Active,
                totals,
                time_in_hr_zone: None,
            })));
            start = end;
        }
    }
    items
}

/// Every row with the columns that have a value in it, and every lap with its bounds.
fn told(items: &[Item]) -> Vec<String> {
    let mut lines = Vec::new();
    for item in items {
        match item {
            Item::Samples(batch) => {
                for (row, time) in batch.time().iter().enumerate() {
                    let mut cells: Vec<_> = batch
                        .columns()
                        .iter()
                        .filter(|column| !column.values[row].is_nan())
                        .map(|column| {
                            let (unit, value) = (column.field.unit(), column.values[row]);
                            if unit == "deg" && value.abs() <= 180.0 {
                                // To a millimetre.
                                return format!("{} {unit}={value:.8}", column.field);
                            }
                            format!("{} {unit}={:x}", column.field, value.to_bits())
                        })
                        .collect();
                    cells.sort();
                    lines.push(format!("{time} {}", cells.join(" ")));
                }
            }
            Item::Lap(lap) => lines.push(format!("lap {} {}", lap.start, lap.end)),
            _ => {}
        }
    }
    lines
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn the_reader_gives_back_what_the_sink_was_given(
        mut rows in rows(),
        cut in 1_usize..300,
        form in prop::sample::select(vec!["comma", "semicolon", "tab"]),
        time in prop::sample::select(vec!["iso", "plain", "unix"]),
    ) {
        // The reader ends a lap with the stream, if there are any.
        let laps = rows.iter().any(|row| row.2);
        if let Some(last) = rows.last_mut() {
            last.2 = laps;
        }
        let items = items(&rows, cut);
        let header = Header { start: Timestamp::from_micros(rows[0].0), ..Header::default() };
        let settings = format!(r#"{{"separator":"{form}","time":"{time}"}}"#);
        let (file, warnings) = write(&settings, &header, &items).unwrap();
        prop_assert_eq!(warnings, "");
        let back = read("{}", file.as_bytes());
        prop_assert_eq!(told(&back.streams[0].1), told(&items), "{}", file);
        let plain = back.told().contains("time without zone");
        prop_assert_eq!(plain, time == "plain");
    }
}
