//! What the reader makes of files.

use expect_test::expect;
use pipeline_plugin::{Plugin, Role};

use crate::support::{check, check_told, file, read};

#[test]
fn lines_become_items() {
    check(
        "{}",
        r#"{"open":{"start":@0,"sport":"rowing/indoor","device":{"name":"WaterRower"}}}
           {"columns":{"distance":"m","grit":"kGrit"}}
           {"curve":{"time":@0,"field":"handle_force","interval":0.1,"values":[1,null]}}
           {"sample":{"time":@0,"distance":0.0}}
           {"sample":{"time":@1.25,"grit":7,"distance":4.16}}
           {"lap":{"start":@0,"end":@1.25,"trigger":"manual","totals":{"distance":4.16}}}
           {"event":{"timer_stop":{"time":@1.25}}}
           {"event":{"timer_start":{"time":@5}}}
           {"samples":{"time":[@6,@7],"power":[null,150],"other":[1,2],"units":{"other":"V"}}}
           {"event":{"meta":{"notes":"fine"}}}
           {"finish":{}}"#,
        expect![[r#"
            open {"kind":"activity","start":"2026-03-02T09:00:00Z","sport":"rowing/indoor_rowing","device":{"name":"WaterRower"}}
            {"curve":{"time":"2026-03-02T09:00:00Z","field":"handle_force","interval":0.1,"values":[1.0,null]}}
            {"samples":{"time":["2026-03-02T09:00:00Z","2026-03-02T09:00:01.250Z"],"distance":[0.0,4.16],"grit":[null,7.0],"units":{"grit":"kGrit"}}}
            {"lap":{"start":"2026-03-02T09:00:00Z","end":"2026-03-02T09:00:01.250Z","trigger":"manual","intensity":"active","totals":{"distance":4.16}}}
            {"event":{"timer_stop":{"time":"2026-03-02T09:00:01.250Z"}}}
            {"event":{"timer_start":{"time":"2026-03-02T09:00:05Z"}}}
            {"samples":{"time":["2026-03-02T09:00:06Z","2026-03-02T09:00:07Z"],"power":[null,150.0],"other":[1.0,2.0],"units":{"other":"V"}}}
            {"event":{"meta":{"notes":"fine"}}}
            finish
        "#]],
    );
}

#[test]
fn spaces_and_orders_do_not_matter() {
    check(
        "{}",
        "\u{feff}{ \"open\" : { \"start\" : @0 } }\r
         { \"sample\" : { \"speed\" : 4 , \"time\" : @0 , \"power\":1.5e2} }\r

         {\"samples\":{\"units\":{\"b\":\"V\"},\"b\":[1],\"time\":[@1]}}
         {\"samples\":{\"time\":[]}}
         {\"sample\":{\"time\":@2,\"speed\":NaN}}
         {\"finish\" : {}}",
        expect![[r#"
            open {"kind":"activity","start":"2026-03-02T09:00:00Z","sport":"generic"}
            {"samples":{"time":["2026-03-02T09:00:00Z"],"speed":[4.0],"power":[150.0]}}
            {"samples":{"time":["2026-03-02T09:00:01Z"],"b":[1.0],"units":{"b":"V"}}}
            {"samples":{"time":["2026-03-02T09:00:02Z"],"speed":[null],"power":[null]}}
            finish
        "#]],
    );
}

#[test]
fn a_file_may_hold_several_streams() {
    check(
        r#"{"sport":"cycling"}"#,
        r#"{"open":{"start":@0,"sport":"rowing"}}
           {"columns":{"grit":"kGrit"}}
           {"sample":{"time":@0,"grit":1}}
           {"finish":{}}
           {"open":{"kind":"log","start":@100}}
           {"sample":{"time":@100,"grit":1}}
           {"finish":{}}
           {"open":{"kind":"file"}}
           {"bytes":[0,255]}
           {"finish":{}}"#,
        expect![[r#"
            open {"kind":"activity","start":"2026-03-02T09:00:00Z","sport":"cycling"}
            {"samples":{"time":["2026-03-02T09:00:00Z"],"grit":[1.0],"units":{"grit":"kGrit"}}}
            finish
            open {"kind":"log","start":"2026-03-02T09:01:40Z","sport":"cycling"}
            {"samples":{"time":["2026-03-02T09:01:40Z"],"grit":[1.0]}}
            finish
            open {"kind":"file","start":"1970-01-01T00:00:00Z","sport":"cycling"}
            {"bytes":[0,255]}
            finish
        "#]],
    );
}

/// The summary itself does not travel, but its calories do: as what the file says.
#[test]
fn computed_calories_are_kept() {
    check(
        "{}",
        r#"{"open":{"start":@0}}
           {"sample":{"time":@0,"power":150}}
           {"event":{"meta":{"calories":87}}}
           {"finish":{"totals":{"calories":30.5},"calories_method":"concept2"}}
           {"open":{"start":@0}}
           {"sample":{"time":@0,"power":150}}
           {"event":{"meta":{"calories":87}}}
           {"finish":{"totals":{"calories":87},"calories_method":"file"}}"#,
        expect![[r#"
            open {"kind":"activity","start":"2026-03-02T09:00:00Z","sport":"generic"}
            {"samples":{"time":["2026-03-02T09:00:00Z"],"power":[150.0]}}
            {"event":{"meta":{"calories":87.0}}}
            {"event":{"meta":{"calories":30.5}}}
            finish
            open {"kind":"activity","start":"2026-03-02T09:00:00Z","sport":"generic"}
            {"samples":{"time":["2026-03-02T09:00:00Z"],"power":[150.0]}}
            {"event":{"meta":{"calories":87.0}}}
            finish
        "#]],
    );
}

#[test]
fn samples_out_of_order_are_sorted_within_a_window() {
    check(
        "{}",
        r#"{"open":{"start":@0}}
           {"sample":{"time":@3,"power":4}}
           {"sample":{"time":@1,"power":2}}
           {"samples":{"time":[@7,@5,@6],"power":[8,6,7]}}
           {"sample":{"time":@8,"power":9}}
           {"sample":{"time":@4,"power":5}}
           {"finish":{}}"#,
        expect![[r#"
            open {"kind":"activity","start":"2026-03-02T09:00:00Z","sport":"generic"}
            {"samples":{"time":["2026-03-02T09:00:01Z","2026-03-02T09:00:03Z"],"power":[2.0,4.0]}}
            {"samples":{"time":["2026-03-02T09:00:04Z","2026-03-02T09:00:05Z","2026-03-02T09:00:06Z","2026-03-02T09:00:07Z","2026-03-02T09:00:08Z"],"power":[5.0,6.0,7.0,8.0,9.0]}}
            finish
            warn line 3: samples out of order, sorted (4 times)
        "#]],
    );
    let rows: Vec<_> = (1..400)
        .map(|second| format!(r#"{{"sample":{{"time":@{second},"power":1}}}}"#))
        .collect();
    let text = format!(
        "{{\"open\":{{\"start\":@0}}}}\n{}\n{{\"sample\":{{\"time\":@0}}}}\n{{\"finish\":{{}}}}",
        rows.join("\n")
    );
    check_told(
        "{}",
        &text,
        expect![[r#"
        warn line 401: sample more than 64 samples late, left out
    "#]],
    );
}

#[test]
fn what_we_do_not_know_is_told_and_left_out() {
    let text = r#"{"open":{"start":@0,"weather":"fine","device":{"colour":"red"}}}
        {"note":"hello"}
        {"note":"again"}
        {"sample":{"time":@0,"power":150}}
        {"lap":{"start":@0,"end":@0,"trigger":"manual","totals":{"smiles":3}}}
        {"finish":{"smiles":3}}"#;
    check_told(
        "{}",
        text,
        expect![[r#"
            warn line 1: unknown key, left out: `open.weather`
            warn line 1: unknown key, left out: `open.device.colour`
            warn line 2: unknown kind of line, left out: `note` (2 times)
            warn line 5: unknown key, left out: `lap.totals.smiles`
            warn line 6: unknown key, left out: `finish.smiles`
        "#]],
    );
    check_told(
        r#"{"strict":true}"#,
        text,
        expect![[r#"
            Skip: refused by strict mode: unknown key, left out: `open.weather` (line 1)
            help: take `strict: true` away to have it left out
        "#]],
    );
}

/// Goldens of this repository, which `pipeline test` writes with the same text forms.
#[test]
fn golden_items_are_read() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/golden/coxswain-to-fit"
    );
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "jsonl") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let collected = read(r#"{"strict":true}"#, text.as_bytes());
        let told = collected.told();
        assert!(told.ends_with("finish\n"), "{told}");
        let lines = pipeline_plugin::testing::lines(&collected.streams[0].1);
        for line in lines
            .lines()
            .filter(|line| line.starts_with("{\"samples\""))
        {
            assert!(text.contains(line), "{line}");
        }
        files += 1;
    }
    assert!(files >= 3, "{files}");
}

#[test]
fn the_plugin_knows_its_files() {
    let Plugin { role, name, .. } = plugin_jsonl::reader();
    let Role::Reader {
        extensions, sniff, ..
    } = role
    else {
        panic!("a reader");
    };
    assert_eq!(name, "jsonl");
    assert_eq!(extensions, ["jsonl", "ndjson"]);
    assert!(sniff(file(r#"{"open":{"start":@0}}"#).as_bytes()));
    assert!(sniff(b"\xef\xbb\xbf { \"open\" : {"));
    for other in [
        "",
        "{",
        "{}",
        "[1]",
        "{\"type\":\"start\"}",
        "time,power\n",
        "<gpx/>",
    ] {
        assert!(!sniff(other.as_bytes()), "{other}");
    }
}
