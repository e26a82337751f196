//! The link is lost and made again.

use pipeline_plugin::field;

use crate::support::{Stream, record, record_for};

/// Every outage is a gap of one activity, and nothing is lost or made up.
#[test]
fn five_hundred_random_outages() {
    let off = r#"{"heart-rate":"off"}"#;
    let whole = ["steady", "interval"].map(|row| record(&format!("esprm?row={row}"), off));
    let (mut gaps, mut rows, mut to_the_end) = (0, 0, 0);
    while gaps < 500 {
        rows += 1;
        let service = ["cps", "csc", "ftms"][rows % 3];
        let mtu = [23, 185, 247, 512][rows % 4];
        let row = ["steady", "interval"][rows % 2];
        let longest = [1, 10, 60, 600][rows / 2 % 4];
        let devices = format!(
            "esprm?service={service}&mtu={mtu}&row={row}&outages=50&outage={longest}&seed={rows}"
        );
        let recorded = record(&devices, off);
        let (stream, whole) = (recorded.only(), whole[rows % 2].only());
        gaps += stream.gaps();
        let lost = recorded
            .said
            .iter()
            .filter(|said| said.contains("out of reach"));
        assert!(stream.gaps() <= lost.count(), "{devices}");
        let strokes = |stream: &Stream| stream.last(&field::TOTAL_CYCLES);
        let distance = |stream: &Stream| stream.last(&field::DISTANCE);
        assert!(strokes(stream) <= strokes(whole), "{devices}");
        // Heard at the end, it has everything.
        if stream.end() >= whole.end() - 0.5 {
            to_the_end += 1;
            let apart = strokes(whole) - strokes(stream);
            assert!(
                apart.abs() < 0.1,
                "{devices}: {apart} {} {}",
                stream.end(),
                whole.end()
            );
            let apart = distance(whole) - distance(stream);
            // Not the last metres of gliding, perhaps.
            assert!((-1.0..20.0).contains(&apart), "{devices}: {apart} m");
        }
        // Nobody rows faster than this.
        let batches: Vec<_> = stream.batches().collect();
        for pair in batches.windows(2) {
            let value = |index: usize| pair[index].column(&field::DISTANCE).unwrap()[0];
            let seconds = pair[1].time()[0] - pair[0].time()[0];
            let metres = value(1) - value(0);
            assert!(
                metres <= 6.0 * seconds + 2.0,
                "{devices}: {metres} m in {seconds} s"
            );
        }
    }
    assert!(to_the_end > rows / 2, "{to_the_end} of {rows}");
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
    assert!(row.finished.is_some() && recorded.result.is_ok());
    assert!(row.seconds() < 300.0);
    assert!(row.curves() > 5);
    assert!(recorded.heard("out of reach"));
}

#[test]
fn the_one_that_is_named() {
    let options = |name: &str| format!(r#"{{"heart-rate":"off","device":"{name}"}}"#);
    let devices = "ftms+esprm?strokes=30";
    let recorded = record_for(devices, &options("esp rowing*"), Some(60));
    assert_eq!(recorded.only().header.name, "ESP Rowing Monitor (CPS)");
    // A belt is no rower, whoever says so.
    let recorded = record("belt", &options("HRM*"));
    let error = recorded.result.unwrap_err();
    assert_eq!(error.to_string(), "`HRM 4F2A` is no rower that can be read");
}
