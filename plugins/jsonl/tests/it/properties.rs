//! Any bytes: no panic, no endless loop, and the rules of streams are kept.

use pipeline_plugin::testing::Collected;
use pipeline_plugin::{Item, Timestamp};
use proptest::prelude::*;

use crate::support::{file, read};

const FILE: &str = r#"{"open":{"start":@0,"sport":"rowing","device":{"name":"A"}}}
    {"columns":{"distance":"m","gr\"it":"kGrit"}}
    {"sample":{"time":@0,"distance":0.0,"gr\"it":1e3}}
    {"sample":{"time":@2,"distance":4.16}}
    {"sample":{"time":@1,"speed":null}}
    {"lap":{"start":@0,"end":@2,"trigger":"manual","totals":{"distance":4.16}}}
    {"event":{"timer_stop":{"time":@2}}}
    {"curve":{"time":@0,"field":"handle_force","interval":0.1,"values":[1,null]}}
    {"samples":{"time":[@4,@3],"power":[null,-1.5],"units":{"a":"V"}}}
    {"bytes":[1,2,3]}
    {"finish":{"totals":{"calories":30}}}"#;

fn check(collected: &Collected) {
    let mut last = Timestamp::from_micros(i64::MIN);
    for item in collected.items() {
        if let Item::Samples(batch) = item {
            assert!(!batch.is_empty(), "an empty batch");
            for time in batch.time() {
                assert!(*time >= last, "time goes back");
                last = *time;
            }
        }
    }
}

/// One stream at most, since times begin anew with each.
fn is_one(collected: &Collected) -> bool {
    collected.streams.len() < 2
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        check(&read("{}", bytes.as_slice()));
    }

    #[test]
    fn lines_in_any_order(order in prop::collection::vec(0_usize..11, 0..30), salvage: bool) {
        let whole = file(FILE);
        let lines: Vec<_> = whole.lines().collect();
        let text: Vec<_> = order.iter().map(|line| lines[*line]).collect();
        let settings = format!(r#"{{"salvage":{salvage}}}"#);
        let text = format!("{}\n{}", lines[0], text.join("\n"));
        let collected = read(&settings, text.as_bytes());
        if is_one(&collected) {
            check(&collected);
        }
    }

    #[test]
    fn a_file_cut_anywhere(end in 0_usize..2000, salvage: bool) {
        let file = file(FILE);
        let end = end.min(file.len());
        let settings = format!(r#"{{"salvage":{salvage}}}"#);
        check(&read(&settings, &file.as_bytes()[..end]));
    }

    #[test]
    fn a_file_with_other_bytes_in_it(changes in prop::collection::vec((0_usize..2000, any::<u8>()), 1..6)) {
        let mut file = file(FILE).into_bytes();
        for (at, byte) in changes {
            let at = at % file.len();
            file[at] = byte;
        }
        check(&read("{}", file.as_slice()));
    }
}
