//! What a file becomes.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use crate::support::{read, told};

#[expect(clippy::needless_pass_by_value, reason = "`expect!` makes values")]
fn check(settings: &str, file: &str, expect: Expect) {
    expect.assert_eq(&told(settings, file));
}

const RIDE: &str = r#"<?xml version="1.0"?>
<gpx version="1.1" creator="XOSS G+" xmlns:gpxtpx="x">
  <wpt lat="52.1" lon="0.1"><name>home</name></wpt>
  <trk><name>Sunday</name><type>road_biking</type>
    <trkseg>
      <trkpt lat="52.2" lon="0.1"><ele>12.5</ele><time>2024-03-01T06:00:00Z</time>
        <extensions><power>168</power><gpxtpx:TrackPointExtension><gpxtpx:atemp>9</gpxtpx:atemp>
        <gpxtpx:hr>121</gpxtpx:hr><gpxtpx:cad>85</gpxtpx:cad></gpxtpx:TrackPointExtension></extensions>
      </trkpt>
      <trkpt lat="52.2001" lon="0.1"><time>2024-03-01T06:00:02Z</time>
        <extensions><radar>3</radar></extensions></trkpt>
    </trkseg>
    <trkseg>
      <trkpt lat="52.2002" lon="0.1"><time>2024-03-01T06:05:00Z</time></trkpt>
    </trkseg>
  </trk>
  <trk><trkseg><trkpt lat="52.3" lon="0.1"><time>2024-03-02T06:00:00Z</time></trkpt></trkseg></trk>
</gpx>"#;

#[test]
fn tracks_are_streams_and_gaps_between_segments_are_pauses() {
    check(
        "{}",
        RIDE,
        expect![[r#"
        open ride.gpx, cycling/road, 2024-03-01T06:00:00Z, `XOSS G+`
        {"samples":{"time":["2024-03-01T06:00:00Z","2024-03-01T06:00:02Z"],"position_lat":[52.2,52.2001],"position_long":[0.1,0.1],"altitude":[12.5,null],"distance":[0.0,11.127115106264608],"speed":[null,5.563557553132304],"power":[168.0,null],"heart_rate":[121.0,null],"cadence":[85.0,null],"temperature":[9.0,null],"radar":[null,3.0]}}
        {"event":{"timer_stop":{"time":"2024-03-01T06:00:02Z"}}}
        {"event":{"timer_start":{"time":"2024-03-01T06:05:00Z"}}}
        {"samples":{"time":["2024-03-01T06:05:00Z"],"position_lat":[52.2002],"position_long":[0.1],"altitude":[null],"distance":[11.127115106264608],"speed":[null],"power":[null],"heart_rate":[null],"cadence":[null],"temperature":[null],"radar":[null]}}
        {"event":{"meta":{"notes":"Sunday"}}}
        open ride.gpx, generic, 2024-03-02T06:00:00Z, `XOSS G+`
        {"samples":{"time":["2024-03-02T06:00:00Z"],"position_lat":[52.3],"position_long":[0.1],"distance":[0.0]}}
        warn left out 1 waypoint: no recordings
    "#]],
    );
}

#[test]
fn settings_are_stronger_than_the_file() {
    let (collected, _) = read(
        r#"{"sport":"cycling","device":"XOSS NAV"}"#,
        RIDE.as_bytes(),
    );
    for (header, _) in &collected.streams {
        assert_eq!(header.sport.to_string(), "cycling");
        assert_eq!(header.device.name, "XOSS NAV");
    }
}

#[test]
fn what_stands_before_a_fault_is_kept_if_asked_for() {
    let at = RIDE.find("52.2001").unwrap();
    check(
        "{}",
        &RIDE[..at],
        expect![[r"
            open ride.gpx, cycling/road, 2024-03-01T06:00:00Z, `XOSS G+`
            Skip: file ends too early: `trkseg` is still open (line 10, byte 510, in gpx/trk/trkseg)
            help: keep the point before it with `salvage: true` under `gpx:`, or `--set gpx.salvage=true`
        "]],
    );
    check(
        r#"{"salvage":true}"#,
        &RIDE[..at],
        expect![[r#"
        open ride.gpx, cycling/road, 2024-03-01T06:00:00Z, `XOSS G+`
        {"samples":{"time":["2024-03-01T06:00:00Z"],"position_lat":[52.2],"position_long":[0.1],"altitude":[12.5],"distance":[0.0],"power":[168.0],"heart_rate":[121.0],"cadence":[85.0],"temperature":[9.0]}}
        warn left out 1 waypoint: no recordings
        warn file ends too early: `trkseg` is still open (line 10, byte 510, in gpx/trk/trkseg); kept the point before it
    "#]],
    );
    let second = RIDE.find("  <trk><trkseg>").unwrap();
    let (collected, told) = read(r#"{"salvage":true}"#, &RIDE.as_bytes()[..second]);
    assert_eq!(collected.streams.len(), 1);
    assert!(told.contains("kept the tracks before it"), "{told}");
}

#[test]
fn files_that_are_none() {
    check(
        "{}",
        "",
        expect![[r"
        Skip: file is empty (line 1, byte 0)
    "]],
    );
    check(
        "{}",
        "<TrainingCenterDatabase/>",
        expect![[r"
        Skip: not GPX: a TCX file: root is `TrainingCenterDatabase`, expected `gpx` (line 1, byte 0)
    "]],
    );
    check(
        "{}",
        r#"<gpx><rte><rtept lat="1" lon="2"/></rte></gpx>"#,
        expect![[r"
            Skip: no activity in the file; it holds 1 route, but no track (line 1, byte 46)
        "]],
    );
    check(
        r#"{"strict":true}"#,
        r#"<gpx><trk><trkseg><trkpt lat="1" lon="2"><time>2024-03-01T06:00:00</time></trkpt></trkseg></trk></gpx>"#,
        expect![[r"
            Skip: refused by strict mode: time without zone, taken as UTC: `2024-03-01T06:00:00` (line 1, byte 41, in gpx/trk/trkseg/trkpt)
            help: take `strict: true` away to have it repaired
        "]],
    );
}

proptest! {
    /// Whatever happens to a file, the reader says so, and what it sends is in order.
    #[test]
    fn damage_is_told(at in 0..RIDE.len(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut file = RIDE.as_bytes().to_vec();
        file[at] = byte;
        if cut {
            file.truncate(at);
        }
        for settings in ["{}", r#"{"salvage":true}"#, r#"{"strict":true}"#] {
            let (collected, _) = read(settings, &file);
            for (_, items) in &collected.streams {
                let mut last = None;
                for item in items {
                    if let pipeline_plugin::Item::Samples(batch) = item {
                        prop_assert!(batch.time().first().copied() >= last);
                        prop_assert!(batch.time().is_sorted());
                        last = batch.time().last().copied();
                    }
                }
            }
        }
    }
}
