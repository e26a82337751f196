//! Logs in any order and any pieces: each row once, and roll-ups that agree with the samples.

use std::collections::BTreeMap;

use pipeline_plugin::{Batch, Field, Item, Kind, Timestamp};
use proptest::prelude::*;

use crate::support::{ask, header, write};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn rows_are_there_once(runs in proptest::collection::vec(
        proptest::collection::vec((-9000..9000_i64, 0..2_usize, -50.0..50.0_f64), 1..40), 1..5,
    ), size in 1..9_usize) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("power.sqlite3");
        let header = header(Kind::Log, "x");
        let mut expected: BTreeMap<(i64, usize), f64> = BTreeMap::new();
        for mut run in runs {
            run.sort_by_key(|row| row.0);
            run.dedup_by_key(|row| row.0);
            let items: Vec<Item> = run.chunks(size).map(|rows| {
                let mut batch = Batch::new(&[Field::new("f0", "V"), Field::new("f1", "V")]);
                for (time, field, value) in rows {
                    let mut values = [f64::NAN; 2];
                    values[*field] = *value;
                    batch.push(Timestamp::from_seconds(time * 7), &values);
                }
                Item::Samples(batch)
            }).collect();
            for (time, field, value) in &run {
                if !expected.contains_key(&(*time, 1 - field)) {
                    expected.entry((*time, *field)).or_insert(*value);
                }
            }
            write(&file, "{}", &header, &items);
        }
        let count = ask(&file, "SELECT count(*), count(f0) + count(f1) FROM sample");
        prop_assert_eq!(count, format!("{0}|{0}\n", expected.len()));
        for (table, seconds) in [("minute", 60), ("hour", 3600)] {
            let mut sums: BTreeMap<(usize, i64), (i64, f64, f64)> = BTreeMap::new();
            for ((time, field), value) in &expected {
                let start = (time * 7).div_euclid(seconds) * seconds;
                let sums = sums.entry((field + 1, start)).or_insert((0, f64::INFINITY, 0.0));
                *sums = (sums.0 + 1, sums.1.min(*value), *value);
            }
            let text = sums.into_iter().fold(String::new(), |text, ((field, time), sums)| {
                let (count, min, last) = sums;
                format!("{text}{field}|{time}|{count}|{min}|{last}\n")
            });
            let sql = format!(
                "SELECT substr(name, 2) + 1, time / 1000000, count, min, last
                 FROM {table} JOIN field ON field.id = {table}.field ORDER BY 1, 2"
            );
            prop_assert_eq!(ask(&file, &sql), text);
        }
    }
}
