//! A week with a thousand losses, from the link to the rows.

use pipeline_plugin::StateStore;

use crate::support::{bench, source};

#[test]
fn a_week_of_losses_is_logged() {
    // Outages follow each other at 30 to 300 s at least: 1,000 of them take two days of the seven.
    let device = "fossibot?outages=1000&outage=30&off=260000&off-for=90000&other-bank=0.001";
    let bench = bench(device, "2026-11-16T00:00:00Z", StateStore::default());
    let source = source("{}");
    let run = bench.run(&source, 7 * 86_400, |_| ());
    run.result.as_ref().unwrap();
    let connected = run
        .said
        .iter()
        .filter(|(_, text)| text.starts_with("connected"));
    assert!(connected.count() > 1000);
    // Days without the one on which it is off, each in a stream of its own.
    assert!(
        (6..=7).contains(&run.kept.streams.len()),
        "{}",
        run.kept.streams.len()
    );
    let rows: usize = run
        .kept
        .streams
        .iter()
        .map(|stream| stream.rows.len())
        .sum();
    assert!(rows > 90_000, "{rows}");
    for name in ["energy_in", "energy_out", "energy_charged"] {
        let column = run.column(name);
        assert!(column.is_sorted(), "{name}");
        assert!(*column.last().unwrap() > 3000.0, "{name}");
    }
}
