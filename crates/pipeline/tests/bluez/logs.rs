//! `fossibot-log`: what is in the table is what really happened in the station.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pipeline_plugin::Timestamp;
use sim::Station;

use super::stage::{Stage, device};

/// A row of the table: when, charge, watts in and out.
fn rows(text: &str) -> Vec<(Timestamp, [f64; 3])> {
    let mut lines = text.lines();
    let titles: Vec<&str> = lines.next().unwrap().split(',').collect();
    let place = |title| titles.iter().position(|has| *has == title).unwrap();
    let columns = [
        "state_of_charge (%)",
        "total_input_power (W)",
        "total_output_power (W)",
    ]
    .map(place);
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let time = Timestamp::parse(cells[0]).unwrap();
        (time, columns.map(|column| cells[column].parse().unwrap()))
    };
    lines.map(row).collect()
}

fn logged(mtu: usize, outages: &[[u64; 2]], least: usize) {
    let station = Arc::new(Mutex::new(Station::new(5, 0.64)));
    let devices = vec![device(1, mtu, outages, station.clone())];
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let start = Timestamp::from_micros(i64::try_from(now.as_micros()).unwrap());
    let Some(stage) = Stage::new(devices) else {
        return;
    };
    let said = stage.run("run @fossibot-log --for 20s --out out --set fossibot.every=1s");
    assert_eq!(said.code, Some(0), "{said:?}");
    let files = stage.results("out");
    // Two where midnight fell into it.
    assert!((1..=2).contains(&files.len()), "{files:?}");
    let tables = files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap());
    let rows: Vec<_> = tables.flat_map(|table| rows(&table)).collect();
    assert!(rows.len() >= least, "{} rows: {said:?}", rows.len());
    for (time, [charge, input, output]) in rows {
        // A status may be from any moment of the second before.
        let seconds = time.seconds_since(start);
        let is_so = (0..=20).any(|back| {
            let at = Duration::try_from_secs_f64(seconds - f64::from(back) * 0.1);
            let truth = station.lock().unwrap().truth(at.unwrap_or_default());
            (truth[3] * 100.0 - charge).abs() < 1.0
                && (truth[0] - input).abs() < 2.0
                && (truth[1] - output).abs() < 2.0
        });
        let truth = station
            .lock()
            .unwrap()
            .truth(Duration::from_secs_f64(seconds));
        assert!(
            is_so,
            "{seconds} s: {charge} %, {input} W, {output} W; really {truth:?}"
        );
    }
}

#[test]
fn a_power_station_is_logged() {
    std::thread::scope(|scope| {
        // In nine pieces an answer, and in one.
        scope.spawn(|| logged(23, &[], 8));
        scope.spawn(|| logged(517, &[], 8));
        scope.spawn(|| logged(517, &[[6, 9]], 4));
    });
}
