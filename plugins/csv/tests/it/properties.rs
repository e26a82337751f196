//! Any bytes: no panic, no endless loop, and the rules of streams are kept.

use pipeline_plugin::testing::Collected;
use pipeline_plugin::{Item, Timestamp};
use proptest::prelude::*;

use crate::support::read;

const FILE: &str = "\u{feff}time;speed (km/h);\"note\";lap;Pace (min/km);grit\r\n\
    2026-03-02T09:00:00Z;14,4;\"a \"\"b\"\"\";1;4:10;\r\n\
    2026-03-02T09:00:02,5Z;14.4;c;1;4:10;7\r\n\
    2026-03-02T09:00:01Z;NaN;\"d\ne\";2;-;8\r\n\
    1772442003;14,4;;2;;9\r\n";

fn check(collected: &Collected) {
    let mut last = Timestamp::from_micros(i64::MIN);
    for item in collected.items() {
        match item {
            Item::Samples(batch) => {
                assert!(!batch.is_empty(), "an empty batch");
                for time in batch.time() {
                    assert!(*time >= last, "time goes back");
                    last = *time;
                }
            }
            Item::Lap(lap) => {
                assert!(lap.start <= lap.end, "a lap ends before it starts");
                assert_eq!(lap.end, last, "a lap follows its last sample");
            }
            _ => panic!("{item:?}"),
        }
    }
    let is_empty = collected.items().next().is_none();
    assert_eq!(is_empty, collected.streams.is_empty());
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        check(&read("{}", bytes.as_slice()));
    }

    #[test]
    fn titles_and_any_rows(rows in "[0-9a:.,;T\\-\"\n\r]{0,400}") {
        check(&read(r#"{"start":"2026-03-02T09:00:00Z","salvage":true}"#, format!("time,elapsed,lap,hr\n{rows}").as_bytes()));
    }

    #[test]
    fn a_file_cut_anywhere(end in 0..=FILE.len(), salvage: bool) {
        let settings = format!(r#"{{"salvage":{salvage}}}"#);
        check(&read(&settings, &FILE.as_bytes()[..end]));
    }

    #[test]
    fn a_file_with_other_bytes_in_it(changes in prop::collection::vec((0..FILE.len(), any::<u8>()), 1..6)) {
        let mut file = FILE.as_bytes().to_vec();
        for (at, byte) in changes {
            file[at] = byte;
        }
        check(&read("{}", file.as_slice()));
    }
}
