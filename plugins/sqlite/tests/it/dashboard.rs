//! The dashboard in `docs/grafana` asks what the database can answer.

use pipeline_plugin::{Batch, Field, Item, Kind, Timestamp};
use serde_json::Value;

use crate::support::{ask, header, write};

const DASHBOARD: &str = include_str!("../../../../docs/grafana/power-station-sqlite.json");

/// What Grafana puts in for its variables.
fn filled(sql: &str, from: i64, to: i64) -> String {
    sql.replace("${device}", "POWER-2F1C")
        .replace("${rollup}", "minute")
        .replace("$__from", &(from * 1000).to_string())
        .replace("$__to", &(to * 1000).to_string())
}

#[test]
fn every_panel_of_the_dashboard_has_an_answer() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let sql = |panel: &Value| {
        panel["targets"][0]["rawQueryText"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    // Every field that it asks for, one hour apart for two days.
    let mut names: Vec<String> = panels
        .iter()
        .flat_map(|panel| {
            let sql = sql(panel);
            let names = sql.split('\'').skip(1).step_by(2).map(str::to_owned);
            names.collect::<Vec<_>>()
        })
        .filter(|name| !name.contains('$'))
        .collect();
    names.sort();
    names.dedup();
    assert!(names.len() > 10, "{names:?}");
    let start = 1_795_219_200;
    let fields: Vec<_> = names.iter().map(|name| Field::new(name, "W")).collect();
    let mut batch = Batch::new(&fields);
    for hour in 0..48_u32 {
        let time = Timestamp::from_seconds(start + i64::from(hour) * 3600);
        batch.push(time, &vec![f64::from(hour); names.len()]);
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("power.sqlite3");
    let header = header(Kind::Log, "POWER-2F1C");
    write(&file, "{}", &header, &[Item::Samples(batch)]);
    for panel in panels {
        let sql = filled(&sql(panel), start, start + 2 * 86_400);
        let answer = ask(&file, &sql);
        assert!(!answer.is_empty(), "{}: {sql}", panel["title"]);
        for line in answer.lines() {
            let seconds: i64 = line.split('|').next().unwrap().parse().unwrap();
            assert!((start..start + 2 * 86_400).contains(&seconds), "{line}");
        }
        if panel["title"].as_str().unwrap().contains("by the day") {
            // Up to 23 on the first day, and 24 more on the second.
            let days = format!("{start}|23\n{}|24\n", start + 86_400);
            assert_eq!(answer, days);
        }
    }
    let variables = dashboard["templating"]["list"].as_array().unwrap();
    let device = variables.iter().find(|v| v["name"] == "device").unwrap();
    let devices = ask(&file, device["query"]["rawQueryText"].as_str().unwrap());
    assert_eq!(devices, "POWER-2F1C\n");
}
