//! What a stream becomes, and comes back as.

use expect_test::expect;
use pipeline_plugin::{Batch, Event, Header, Item, Timestamp, field, testing};

use crate::support::{read, written};

fn header(sport: &str) -> Header {
    Header {
        name: "ride.fit".to_owned(),
        sport: sport.parse().unwrap(),
        start: Timestamp::parse("2024-03-01T06:00:00Z").unwrap(),
        ..Header::default()
    }
}

#[test]
fn a_ride_is_a_track() {
    let items = testing::items(
        r#"
        {"samples":{"time":["2024-03-01T06:00:00Z","2024-03-01T06:00:01.5Z"],"position_lat":[52.2,null],"position_long":[0.1,0.1],"altitude":[12.5,12.5],"heart_rate":[121,122],"cadence":[85,86],"power":[168,170],"temperature":[9,9],"speed":[7.25,7.5],"grit":[1,2]}}
        {"event":{"timer_stop":{"time":"2024-03-01T06:00:01.5Z"}}}
        {"event":{"timer_start":{"time":"2024-03-01T06:05:00Z"}}}
        {"samples":{"time":["2024-03-01T06:05:00Z"],"position_lat":[52.2002],"position_long":[0.10001]}}
    "#,
    );
    expect![[r#"
        ride.gpx
        <?xml version="1.0" encoding="UTF-8"?>
        <gpx version="1.1" creator="pipeline" xmlns="http://www.topografix.com/GPX/1/1" xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.topografix.com/GPX/1/1 http://www.topografix.com/GPX/1/1/gpx.xsd http://www.garmin.com/xmlschemas/TrackPointExtension/v2 http://www.garmin.com/xmlschemas/TrackPointExtensionv2.xsd">
          <metadata>
            <time>2024-03-01T06:00:00Z</time>
          </metadata>
          <trk>
            <name>ride</name>
            <type>road_biking</type>
            <trkseg>
              <trkpt lat="52.2" lon="0.1">
                <ele>12.5</ele>
                <time>2024-03-01T06:00:00Z</time>
                <extensions>
                  <power>168</power>
                  <gpxtpx:TrackPointExtension>
                    <gpxtpx:atemp>9</gpxtpx:atemp>
                    <gpxtpx:hr>121</gpxtpx:hr>
                    <gpxtpx:cad>85</gpxtpx:cad>
                    <gpxtpx:speed>7.25</gpxtpx:speed>
                  </gpxtpx:TrackPointExtension>
                </extensions>
              </trkpt>
            </trkseg>
            <trkseg>
              <trkpt lat="52.2002" lon="0.10001">
                <time>2024-03-01T06:05:00Z</time>
              </trkpt>
            </trkseg>
          </trk>
        </gpx>
        warn left out 1 sample without a position, which GPX can't hold
    "#]].assert_eq(&written(&header("cycling/road"), &items));
}

#[test]
fn a_row_on_a_machine_is_none() {
    let items = testing::items(r#"{"samples":{"time":["2024-03-01T06:00:00Z"],"distance":[0]}}"#);
    expect![[r#"Skip: the activity has no positions, and GPX has nothing else (Some("write it as CSV, TCX or FIT instead"))"#]].assert_eq(&written(&header("rowing/indoor"), &items));
}

/// Positions of FIT files are whole semicircles: they have to come back as the same ones.
#[test]
fn what_is_written_is_read_back() {
    let mut batch = Batch::new(&[
        field::POSITION_LAT,
        field::POSITION_LONG,
        field::ALTITUDE,
        field::SPEED,
        field::HEART_RATE,
    ]);
    let start = Timestamp::parse("2024-03-01T06:00:00Z").unwrap();
    let degrees = |semicircles: i32| f64::from(semicircles) * 180.0 / 2f64.powi(31);
    for number in 0..300 {
        let (lat, long) = (
            degrees(600_000_001 + 37 * number),
            degrees(-1_200_000 - number),
        );
        let number = f64::from(number);
        let row = [
            lat,
            long,
            number / 5.0 - 10.0,
            number / 1000.0,
            90.0 + number / 10.0,
        ];
        batch.push(start + number, &row);
    }
    let pause = start + 299.0;
    let mut items = vec![Item::Samples(batch.clone())];
    items.push(Item::Event(Event::TimerStop { time: pause }));
    items.push(Item::Event(Event::TimerStart { time: pause + 60.0 }));
    let text = written(&header("cycling"), &items);
    let (_, file) = text.split_once('\n').unwrap();
    let (collected, told) = read("{}", file.as_bytes());
    assert_eq!(told, "");
    let (header, items) = &collected.streams[0];
    assert_eq!((header.sport.sport(), header.start), ("cycling", start));
    let mut rows = 0;
    for item in items {
        let Item::Samples(back) = item else { continue };
        for field in [field::POSITION_LAT, field::POSITION_LONG] {
            for (row, value) in back.column(&field).unwrap().iter().enumerate() {
                let semicircles = |value: f64| (value * 2f64.powi(31) / 180.0).round();
                let sent = batch.column(&field).unwrap()[rows + row];
                assert!(
                    (semicircles(*value) - semicircles(sent)).abs() < 0.5,
                    "{field} {row}"
                );
            }
        }
        for (row, value) in back.column(&field::SPEED).unwrap().iter().enumerate() {
            let sent = batch.column(&field::SPEED).unwrap()[rows + row];
            assert!((value - sent).abs() < 5e-4, "{row}: {value}, {sent}");
        }
        rows += back.len();
    }
    assert_eq!(rows, 300);
}
