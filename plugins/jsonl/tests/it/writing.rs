//! What files look like.

use expect_test::expect;
use pipeline_plugin::{Batch, Field, Header, Item, Kind, SinkPlugin, Summary, testing};
use plugin_jsonl::WriteJsonl;

use crate::support::{START, check_write, header, items, read, write};

const STREAM: &str = r#"
    {"curve":{"time":@0,"field":"handle_force","interval":0.1,"values":[1.5,2.0]}}
    {"samples":{"time":[@0,@1.25],"distance":[0,4.16],"grit":[null,7],"units":{"grit":"kGrit"}}}
    {"lap":{"start":@0,"end":@1.25,"trigger":"manual","totals":{"distance":4.16}}}
    {"event":{"timer_stop":{"time":@1.25}}}
    {"event":{"timer_start":{"time":@5}}}
    {"samples":{"time":[@6],"distance":[5],"grit":[8],"units":{"grit":"kGrit"}}}
    {"samples":{"time":[@7],"distance":[6]}}
    {"event":{"meta":{"notes":"fine"}}}"#;

#[test]
fn a_line_for_everything() {
    check_write(
        "{}",
        STREAM,
        expect![[r#"
        {"open":{"kind":"activity","name":"","start":"2026-03-02T09:00:00Z","sport":"generic","device":{"manufacturer":null,"name":"","serial":null,"version":""},"utc_offset":null,"athlete":{"name":null,"sex":null,"birth-year":null,"height":null,"weight":null,"max-hr":null,"resting-hr":null,"threshold-hr":null,"vo2max":null},"zones":null}}
        {"curve":{"time":"2026-03-02T09:00:00Z","field":"handle_force","interval":0.1,"values":[1.5,2.0]}}
        {"columns":{"distance":"m","grit":"kGrit"}}
        {"sample":{"time":"2026-03-02T09:00:00Z","distance":0.0}}
        {"sample":{"time":"2026-03-02T09:00:01.250Z","distance":4.16,"grit":7.0}}
        {"lap":{"start":"2026-03-02T09:00:00Z","end":"2026-03-02T09:00:01.250Z","trigger":"manual","intensity":"active","totals":{"timer_time":null,"distance":4.16,"cycles":null,"calories":null,"work":null,"max_speed":null,"avg_heart_rate":null,"max_heart_rate":null,"min_heart_rate":null,"avg_cadence":null,"max_cadence":null,"avg_power":null,"max_power":null}}}
        {"event":{"timer_stop":{"time":"2026-03-02T09:00:01.250Z"}}}
        {"event":{"timer_start":{"time":"2026-03-02T09:00:05Z"}}}
        {"sample":{"time":"2026-03-02T09:00:06Z","distance":5.0,"grit":8.0}}
        {"columns":{"distance":"m"}}
        {"sample":{"time":"2026-03-02T09:00:07Z","distance":6.0}}
        {"event":{"meta":{"notes":"fine"}}}
        {"finish":{"start":"2026-03-02T09:00:00Z","end":"2026-03-02T09:00:07Z","samples":4,"laps":1,"totals":{"timer_time":3.25,"distance":6.0,"cycles":null,"calories":null,"work":null,"max_speed":null,"avg_heart_rate":null,"max_heart_rate":null,"min_heart_rate":null,"avg_cadence":null,"max_cadence":null,"avg_power":null,"max_power":null},"time_in_hr_zone":null,"calories_method":null,"meta":{"notes":"fine"},"content_key":"0000000000000000000000000000000000000000000000000000000000000000"}}
    "#]],
    );
}

#[test]
fn samples_by_the_batch() {
    check_write(
        r#"{"batches":true}"#,
        STREAM,
        expect![[r#"
        {"open":{"kind":"activity","name":"","start":"2026-03-02T09:00:00Z","sport":"generic","device":{"manufacturer":null,"name":"","serial":null,"version":""},"utc_offset":null,"athlete":{"name":null,"sex":null,"birth-year":null,"height":null,"weight":null,"max-hr":null,"resting-hr":null,"threshold-hr":null,"vo2max":null},"zones":null}}
        {"curve":{"time":"2026-03-02T09:00:00Z","field":"handle_force","interval":0.1,"values":[1.5,2.0]}}
        {"samples":{"time":["2026-03-02T09:00:00Z","2026-03-02T09:00:01.250Z"],"distance":[0.0,4.16],"grit":[null,7.0],"units":{"grit":"kGrit"}}}
        {"lap":{"start":"2026-03-02T09:00:00Z","end":"2026-03-02T09:00:01.250Z","trigger":"manual","intensity":"active","totals":{"timer_time":null,"distance":4.16,"cycles":null,"calories":null,"work":null,"max_speed":null,"avg_heart_rate":null,"max_heart_rate":null,"min_heart_rate":null,"avg_cadence":null,"max_cadence":null,"avg_power":null,"max_power":null}}}
        {"event":{"timer_stop":{"time":"2026-03-02T09:00:01.250Z"}}}
        {"event":{"timer_start":{"time":"2026-03-02T09:00:05Z"}}}
        {"samples":{"time":["2026-03-02T09:00:06Z"],"distance":[5.0],"grit":[8.0],"units":{"grit":"kGrit"}}}
        {"samples":{"time":["2026-03-02T09:00:07Z"],"distance":[6.0]}}
        {"event":{"meta":{"notes":"fine"}}}
        {"finish":{"start":"2026-03-02T09:00:00Z","end":"2026-03-02T09:00:07Z","samples":4,"laps":1,"totals":{"timer_time":3.25,"distance":6.0,"cycles":null,"calories":null,"work":null,"max_speed":null,"avg_heart_rate":null,"max_heart_rate":null,"min_heart_rate":null,"avg_cadence":null,"max_cadence":null,"avg_power":null,"max_power":null},"time_in_hr_zone":null,"calories_method":null,"meta":{"notes":"fine"},"content_key":"0000000000000000000000000000000000000000000000000000000000000000"}}
    "#]],
    );
}

#[test]
fn logs_and_files_are_written_too() {
    let of = |kind, text: &str| {
        let header = Header { kind, ..header() };
        let (file, _) = write("{}", &header, &items(text)).unwrap();
        let lines = file.lines().filter(|line| !line.starts_with("{\"finish\""));
        lines.fold(String::new(), |text, line| text + line + "\n")
    };
    let log = r#"{"samples":{"time":[@0],"state_of_charge":[80]}}"#;
    expect![[r#"
        {"open":{"kind":"log","name":"","start":"2026-03-02T09:00:00Z","sport":"generic","device":{"manufacturer":null,"name":"","serial":null,"version":""},"utc_offset":null,"athlete":{"name":null,"sex":null,"birth-year":null,"height":null,"weight":null,"max-hr":null,"resting-hr":null,"threshold-hr":null,"vo2max":null},"zones":null}}
        {"columns":{"state_of_charge":"%"}}
        {"sample":{"time":"2026-03-02T09:00:00Z","state_of_charge":80.0}}
    "#]].assert_eq(&of(Kind::Log, log));
    expect![[r#"
        {"open":{"kind":"file","name":"","start":"2026-03-02T09:00:00Z","sport":"generic","device":{"manufacturer":null,"name":"","serial":null,"version":""},"utc_offset":null,"athlete":{"name":null,"sex":null,"birth-year":null,"height":null,"weight":null,"max-hr":null,"resting-hr":null,"threshold-hr":null,"vo2max":null},"zones":null}}
        {"bytes":[0,255]}
    "#]].assert_eq(&of(Kind::File, r#"{"bytes":[0,255]}"#));
}

/// Names that no batch can have keep their lines readable all the same.
#[test]
fn names_are_escaped() {
    let (file, _) = write(
        "{}",
        &header(),
        &items(r#"{"samples":{"time":[@0],"a\"b\\":[1],"\u00e4 \n":[2],"units":{"a\"b\\":"\""}}}"#),
    )
    .unwrap();
    let lines: Vec<_> = file.lines().skip(1).take(2).collect();
    expect![[r#"
        {"columns":{"a\"b\\":"\"","ä \n":""}}
        {"sample":{"time":"2026-03-02T09:00:00Z","a\"b\\":1.0,"ä \n":2.0}}"#]]
    .assert_eq(&lines.join("\n"));
}

/// No batch should have such columns; if one does, its lines can still be read.
#[test]
fn columns_are_not_taken_for_times_and_units() {
    let mut batch = Batch::of_times(vec![START]);
    for name in ["time", "units"] {
        batch.add(Field::new(name, "V"), vec![1.0]);
    }
    for settings in ["{}", r#"{"batches":true}"#] {
        let items = [Item::Samples(batch.clone())];
        let (file, _) = write(settings, &header(), &items).unwrap();
        let back = read(r#"{"strict":true}"#, file.as_bytes());
        let Some(Item::Samples(batch)) = back.items().next() else {
            panic!("{}", back.told());
        };
        let columns = batch.columns().iter();
        let columns: Vec<_> = columns.map(|c| (c.field.name(), c.field.unit())).collect();
        assert_eq!(columns, [("time_", "V"), ("units_", "V")]);
    }
}

#[test]
fn a_file_is_named_and_its_folder_told() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let out_text = serde_json::to_string(&out).unwrap();
    let sink: WriteJsonl = testing::settings(&format!(
        r#"{{"folder":{out_text},"name":"{{date}}_{{input}}"}}"#
    ))
    .unwrap();
    let header = Header {
        name: "rows/first.tcx".to_owned(),
        ..Header::default()
    };
    let summary = Summary {
        start: START,
        ..Summary::default()
    };
    let name = sink.file_name(&header, &summary);
    assert_eq!(name.as_deref(), Some("2026-03-02_first.jsonl"));
    assert_eq!(sink.folder().as_deref(), Some(&*out));
    assert_eq!(sink.destination(), format!("jsonl:{}", out.display()));
}
