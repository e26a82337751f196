//! Activities: whole, once, or not at all.

use expect_test::expect;
use pipeline_plugin::{Kind, testing};

use crate::support::{ask, dump, header, open, rows, write};

fn items() -> Vec<pipeline_plugin::Item> {
    let mut items = rows(&[
        "2026-03-02T09:00:00Z distance=0 heart_rate=120",
        "2026-03-02T09:00:01Z distance=4.16 heart_rate=nan power=150",
        "2026-03-02T09:00:01Z distance=4.2",
    ]);
    items.extend(testing::items(
        r#"{"lap":{"start":"2026-03-02T09:00:00Z","end":"2026-03-02T09:00:01Z","trigger":"distance","totals":{"distance":4.16,"avg_power":150}}}
        {"curve":{"time":"2026-03-02T09:01:00Z","field":"handle_force","interval":null,"values":[1.0]}}"#,
    ));
    items.extend(rows(&["2026-03-02T09:01:00Z distance=250"]));
    items
}

#[test]
fn an_activity_is_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.sqlite3");
    let header = header(Kind::Activity, "S4");
    let said = write(&file, "{}", &header, &items());
    assert_eq!(said, "warn 1 curve left out: there is no table for them\n");
    expect![[r#"
        stream
        1|activity 0606060606060606060606060606060606060606060606060606060606060606|activity|S4|S4|-|generic|generic|0|1772442060000000|4
        field
        1|distance|m|distance|Distance since the start of the stream; never decreases.
        2|heart_rate|bpm|heart_rate|Heart rate.
        3|power|W|power|Mechanical power.
        sample
        1|1772442000000000|0|0|120|-
        1|1772442001000000|0|4.16|-|150
        1|1772442001000000|1|4.2|-|-
        1|1772442060000000|0|250|-|-
        minute
        1|1|1772442000000000|3|8.36|0|4.2|4.2|2.7866666666666666
        1|1|1772442060000000|1|250|250|250|250|250
        1|2|1772442000000000|1|120|120|120|120|120
        1|3|1772442000000000|1|150|150|150|150|150
        hour
        1|1|1772442000000000|4|258.36|0|250|250|64.59
        1|2|1772442000000000|1|120|120|120|120|120
        1|3|1772442000000000|1|150|150|150|150|150
        lap
        1|1|1772442000000000|1772442001000000|distance|active|-|4.16|-|-|-|-|-|-|150|-
    "#]].assert_eq(&dump(&file));
    let before = dump(&file);
    write(&file, "{}", &header, &items());
    assert_eq!(dump(&file), before);
    // Another one is another one.
    write(&file, "{}", &header, &items()[..3]);
    assert_eq!(ask(&file, "SELECT count(*) FROM stream"), "2\n");
}

#[test]
fn what_is_given_up_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.sqlite3");
    let (sink, _) = open(&file, "{}", &header(Kind::Activity, "S4"));
    let mut sink = sink.unwrap();
    for item in items() {
        sink.write(&item).unwrap();
    }
    drop(sink);
    assert_eq!(ask(&file, "SELECT count(*) FROM stream"), "0\n");
    assert_eq!(ask(&file, "SELECT count(*) FROM sample"), "0\n");
}

/// Workers write at the same time; nobody loses anything.
#[test]
fn many_activities_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.sqlite3");
    std::thread::scope(|scope| {
        for worker in 0..8 {
            let file = &file;
            scope.spawn(move || {
                for round in 0..5 {
                    let length = 1 + worker * 5 + round;
                    let items = rows(&["2026-03-02T09:00:00Z power=1"].repeat(length));
                    let header = header(Kind::Activity, "S4");
                    assert_eq!(write(file, "{}", &header, &items), "");
                }
            });
        }
    });
    assert_eq!(
        ask(&file, "SELECT count(*), sum(samples) FROM stream"),
        "40|820\n"
    );
    assert_eq!(ask(&file, "SELECT count(*) FROM sample"), "820\n");
    assert_eq!(ask(&file, "PRAGMA integrity_check"), "ok\n");
}
