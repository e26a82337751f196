//! Runs of every kind, one after another: each row is there once.

use std::collections::BTreeMap;
use std::fs;

use pipeline_plugin::{Batch, Field, Timestamp};
use proptest::prelude::*;

use crate::support::{files, is_compressed, log_batches};

/// A run: rows at these minutes of three days, with columns by bits; and how many bytes a crash
/// takes from the end of the last file.
type Run = (Vec<(u16, u8)>, Option<u8>);

fn batches(run: &[(u16, u8)]) -> Vec<Batch> {
    let start = Timestamp::parse("2026-11-20T00:00:00Z").unwrap();
    let mut rows = run.to_vec();
    rows.sort_unstable();
    rows.dedup_by_key(|row| row.0);
    let batch = |(minute, columns): &(u16, u8)| {
        let mut batch = Batch::of_times(vec![start + f64::from(*minute) * 60.0]);
        for column in 0..3 {
            if columns & (1 << column) != 0 || column == 0 {
                let field = Field::new(&format!("c{column}"), "V");
                batch.add(field, vec![f64::from(*minute) + f64::from(column) / 4.0]);
            }
        }
        batch
    };
    rows.iter().map(batch).collect()
}

/// Every row of the files: its time, and its values by title.
fn rows(folder: &std::path::Path) -> BTreeMap<String, Vec<BTreeMap<String, f64>>> {
    let mut rows: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (name, text) in files(folder) {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let titles = reader.headers().unwrap().clone();
        let mut last = String::new();
        for record in reader.records() {
            let record = record.unwrap();
            assert!(last.as_str() <= &record[0], "{name} is out of order");
            record[0].clone_into(&mut last);
            assert!(name.contains(&last[..10]), "{last} in {name}");
            let values = titles.iter().zip(&record).skip(1);
            let values = values.filter_map(|(t, v)| Some((t.to_owned(), v.parse().ok()?)));
            rows.entry(last.clone()).or_default().push(values.collect());
        }
    }
    rows
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn every_row_is_there_once(runs in proptest::collection::vec(
        (proptest::collection::vec((0..4000_u16, 0..8_u8), 1..20), proptest::option::of(0..60_u8)),
        1..6,
    )) {
        let folder = tempfile::tempdir().unwrap();
        let mut expected: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
        let runs: Vec<Run> = runs;
        for (run, crash) in &runs {
            let batches = batches(run);
            let said = log_batches(folder.path(), "{}", &batches);
            prop_assert!(said.contains("done"), "{said}");
            for batch in &batches {
                let values = batch.columns().iter();
                let values = values.map(|c| (format!("{} (V)", c.field.name()), c.values[0]));
                expected.entry(batch.time()[0].to_string()).or_insert_with(|| values.collect());
            }
            let mut plain = files(folder.path()).into_iter().filter(|f| !is_compressed(&f.0));
            if let (Some(cut), Some((name, text))) = (crash, plain.next_back()) {
                // A crash: the rows that it takes come again with the next run.
                let left = text.len().saturating_sub(usize::from(*cut));
                fs::write(folder.path().join(name), &text.as_bytes()[..left]).unwrap();
                let said = log_batches(folder.path(), "{}", &batches);
                prop_assert!(said.contains("done"), "{said}");
            }
        }
        // The crash may have taken rows of earlier runs.
        for (run, _) in &runs {
            log_batches(folder.path(), "{}", &batches(run));
        }
        let found = rows(folder.path());
        prop_assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        for (time, values) in found {
            prop_assert_eq!(values.len(), 1, "{} is there more than once", time);
        }
    }
}
