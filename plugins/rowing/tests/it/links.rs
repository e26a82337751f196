//! The link is lost and made again.

use pipeline_plugin::field;

use crate::support::record;

/// Every outage is a gap of one activity, and nothing is lost or made up.
#[test]
fn five_hundred_random_outages() {
    let mut count = 0;
    let mut seed = 0;
    while count < 500 {
        seed += 1;
        let service = ["cps", "csc", "ftms"][seed % 3];
        let mtu = [23, 185, 247, 512][seed % 4];
        let row = ["steady", "interval"][seed % 2];
        let longest = [1, 10, 60, 600][seed % 4];
        let devices = format!(
            "esprm?service={service}&mtu={mtu}&row={row}&outages=50&outage={longest}&seed={seed}"
        );
        let recorded = record(&devices, r#"{"heart-rate":"off"}"#);
        let stream = recorded.only();
        count += stream.gaps();
        let strokes = stream.last(&field::TOTAL_CYCLES);
        let all = if row == "steady" { 635.0 } else { 595.0 };
        // What came before the first measurement does not count, nor what came after the last.
        assert!(strokes <= all, "{devices}: {strokes}");
        let lost = recorded
            .said
            .iter()
            .filter(|said| said.contains("out of reach"));
        let lost = lost.count();
        assert!(
            stream.gaps() <= lost && lost <= stream.gaps() + 1,
            "{devices}"
        );
        if lost == stream.gaps() {
            assert!((strokes - all).abs() < 0.5, "{devices}: {strokes}");
        }
        // Nobody rows faster than this.
        let batches: Vec<_> = stream.batches().collect();
        for pair in batches.windows(2) {
            let value = |index: usize, field| pair[index].column(field).unwrap()[0];
            let seconds = pair[1].time()[0] - pair[0].time()[0];
            let metres = value(1, &field::DISTANCE) - value(0, &field::DISTANCE);
            assert!(
                metres <= 6.0 * seconds + 2.0,
                "{devices}: {metres} m in {seconds} s"
            );
        }
    }
}

#[test]
fn loss_and_disorder() {
    for seed in 0..12 {
        let service = ["cps", "csc", "ftms"][seed % 3];
        let devices = format!(
            "esprm?service={service}&loss=0.1&duplication=0.1&delay=0.2&seed={seed}&mtu=100"
        );
        let recorded = record(&devices, r#"{"heart-rate":"off"}"#);
        let row = recorded.only();
        assert!(
            (row.last(&field::TOTAL_CYCLES) - 635.0).abs() < 1.5,
            "{devices}"
        );
        assert!(
            (row.last(&field::DISTANCE) - 5466.38).abs() < 10.0,
            "{devices}"
        );
        // The curves that came whole are those of the monitor.
        assert!(row.curves() > 100, "{devices}: {}", row.curves());
    }
}

/// A rower that stays away ends the row, and what there was is kept.
#[test]
fn away_for_good() {
    let devices = "esprm?outages=1&outage=86400&seed=2";
    let recorded = record(devices, r#"{"heart-rate":"off","lost":"2 min"}"#);
    let row = &recorded.streams[0];
    assert!(row.finished && recorded.result.is_ok());
    assert!(row.seconds() < 300.0);
    assert!(row.curves() > 5);
    assert!(recorded.heard("out of reach"));
}

#[test]
fn the_one_that_is_named() {
    let options = |name: &str| format!(r#"{{"heart-rate":"off","device":"{name}"}}"#);
    let recorded = record("esprm+ftms?strokes=30", &options("esp rowing*"));
    assert_eq!(recorded.only().header.name, "ESP Rowing Monitor (CPS)");
    // A belt is no rower, whoever says so.
    let recorded = record("belt", &options("HRM*"));
    let error = recorded.result.unwrap_err();
    assert_eq!(error.to_string(), "`HRM 4F2A` is no rower that can be read");
}
