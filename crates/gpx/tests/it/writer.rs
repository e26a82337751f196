//! What is written, and that it is what was to be written.

use std::io::{self, Write};

use gpx::{Event, Measured, Metadata, Options, Reader, Time, Track, Trackpoint, Writer};
use proptest::prelude::*;

use crate::order::{Model, check_order};
use crate::tell::{ZERO, event_line, read, same};

/// Which elements the schemas of GPX 1.1 and of Garmin's extension allow where, as far as we write them.
const MODELS: [Model; 9] = [
    ("", "gpx"),
    ("gpx", "metadata? wpt* rte* trk* extensions?"),
    (
        "metadata",
        "name? desc? author? copyright? link* time? keywords? bounds? extensions?",
    ),
    ("author", "name? email? link?"),
    (
        "trk",
        "name? cmt? desc? src? link* number? type? extensions? trkseg*",
    ),
    ("trkseg", "trkpt* extensions?"),
    (
        "trkpt",
        "ele? time? magvar? geoidheight? name? cmt? desc? src? link* sym? type? fix? sat? hdop? vdop? pdop? \
         ageofdgpsdata? dgpsid? extensions?",
    ),
    ("extensions", "power? gpxtpx:TrackPointExtension?"),
    (
        "gpxtpx:TrackPointExtension",
        "gpxtpx:atemp? gpxtpx:wtemp? gpxtpx:depth? gpxtpx:hr? gpxtpx:cad? gpxtpx:speed? gpxtpx:course? \
         gpxtpx:bearing? gpxtpx:Extensions?",
    ),
];

fn written(events: &[Event]) -> String {
    let mut writer = Writer::new(Vec::new());
    for event in events {
        writer.write(event).unwrap();
    }
    let file = String::from_utf8(writer.finish().unwrap()).unwrap();
    check_order(&file, &MODELS);
    file
}

fn point(seconds: i64, measured: Measured) -> Trackpoint {
    let time = Some(Time::from(ZERO + seconds * 1_000_000));
    Trackpoint { time, measured }
}

fn here() -> Measured {
    Measured {
        latitude: 52.2,
        longitude: 0.1,
        ..Measured::EMPTY
    }
}

#[test]
fn a_whole_file() {
    let mut writer = Writer::new(Vec::new());
    let metadata = Metadata {
        creator: "me & \"you\"".to_owned(),
        name: "<ride>".to_owned(),
        description: "d".to_owned(),
        author: "Kim".to_owned(),
        keywords: "k".to_owned(),
        time: Some(Time::from(ZERO)),
        ..Metadata::default()
    };
    writer.metadata(&metadata).unwrap();
    let track = Track {
        name: "t".to_owned(),
        comment: "c".to_owned(),
        description: "d".to_owned(),
        source: "s".to_owned(),
        kind: "cycling".to_owned(),
    };
    writer.track(&track).unwrap();
    let all = Measured {
        elevation: -1.25,
        distance: 99.0,
        speed: 3.92,
        course: 359.9999,
        heart_rate: 120.4,
        cadence: 81.5,
        power: 168.0,
        temperature: -3.5,
        water_temperature: 4.0,
        depth: 0.0,
        extras: vec![1.0],
        ..here()
    };
    writer.point(&point(0, all)).unwrap();
    writer.segment();
    writer.segment();
    let mut later = point(60, here());
    later.time = Some(Time::from(ZERO + 60_250_000));
    writer.point(&later).unwrap();
    writer.track(&Track::default()).unwrap();
    let file = String::from_utf8(writer.finish().unwrap()).unwrap();
    check_order(&file, &MODELS);
    let body = file.split_once("TrackPointExtensionv2.xsd\">\n").unwrap().1;
    assert!(
        file.contains("creator=\"me &amp; &quot;you&quot;\""),
        "{file}"
    );
    assert_eq!(
        body,
        "  <metadata>
    <name>&lt;ride&gt;</name>
    <desc>d</desc>
    <author>
      <name>Kim</name>
    </author>
    <time>2024-01-01T00:00:00Z</time>
    <keywords>k</keywords>
  </metadata>
  <trk>
    <name>t</name>
    <cmt>c</cmt>
    <desc>d</desc>
    <src>s</src>
    <type>cycling</type>
    <trkseg>
      <trkpt lat=\"52.2\" lon=\"0.1\">
        <ele>-1.25</ele>
        <time>2024-01-01T00:00:00Z</time>
        <extensions>
          <power>168</power>
          <gpxtpx:TrackPointExtension>
            <gpxtpx:atemp>-3.5</gpxtpx:atemp>
            <gpxtpx:wtemp>4</gpxtpx:wtemp>
            <gpxtpx:depth>0</gpxtpx:depth>
            <gpxtpx:hr>120</gpxtpx:hr>
            <gpxtpx:cad>82</gpxtpx:cad>
            <gpxtpx:speed>3.92</gpxtpx:speed>
            <gpxtpx:course>0</gpxtpx:course>
          </gpxtpx:TrackPointExtension>
        </extensions>
      </trkpt>
    </trkseg>
    <trkseg>
      <trkpt lat=\"52.2\" lon=\"0.1\">
        <time>2024-01-01T00:01:00.250Z</time>
      </trkpt>
    </trkseg>
  </trk>
  <trk>
  </trk>
</gpx>
"
    );
}

#[test]
fn values_that_elements_cannot_hold_are_left_out() {
    let odd = Measured {
        elevation: f64::INFINITY,
        speed: -1.0,
        course: -1.0,
        heart_rate: 0.0,
        cadence: 255.0,
        power: -5.0,
        temperature: -200.0,
        depth: -1.0,
        ..here()
    };
    let file = written(&[Event::Point(point(0, odd))]);
    same(
        &read(file.as_bytes(), Options::default()),
        "metadata 1.1 creator=unknown
         track
         segment
         point 0 lat=52.2 lon=0.1
         track-end",
    );
}

/// The schema ends just before 180° east.
#[test]
fn the_date_line_is_west() {
    for (longitude, told) in [
        (180.0, "-180"),
        (179.999_999_999, "-180"),
        (179.999_999_99, "179.99999999"),
        (-180.0, "-180"),
    ] {
        let measured = Measured {
            longitude,
            ..here()
        };
        let file = written(&[Event::Point(point(0, measured))]);
        assert!(file.contains(&format!(" lon=\"{told}\"")), "{file}");
    }
}

#[test]
fn what_gpx_cannot_say_is_refused() {
    let mut writer = Writer::new(Vec::new());
    for measured in [
        Measured::EMPTY,
        Measured {
            latitude: 90.1,
            ..here()
        },
        Measured {
            longitude: f64::NAN,
            ..here()
        },
    ] {
        let error = writer.point(&point(0, measured)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        assert_eq!(error.to_string(), "a point of a GPX file needs a position");
    }
    writer.track(&Track::default()).unwrap();
    let error = writer.metadata(&Metadata::default()).unwrap_err();
    assert_eq!(error.to_string(), "metadata have to come before the tracks");
}

#[test]
fn a_full_disk_is_an_error() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut writer = Writer::new(Full);
    let error = (0..10_000)
        .map(|second| writer.point(&point(second, here())))
        .find_map(Result::err);
    assert_eq!(error.unwrap().kind(), io::ErrorKind::StorageFull);
    assert!(Writer::new(Full).finish().is_err());
}

/// What is collected before it is written stays small.
#[test]
fn memory_is_flat() {
    struct Largest(usize);
    impl Write for Largest {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.max(bytes.len());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut writer = Writer::new(Largest(0));
    for second in 0..20_000 {
        writer.point(&point(second, here())).unwrap();
    }
    assert!(writer.finish().unwrap().0 < 70_000);
}

/// A number that the writer prints as it is, or none.
fn value(low: i32, high: i32, scale: f64) -> impl Strategy<Value = f64> {
    prop_oneof![
        1 => Just(f64::NAN),
        3 => (low..=high).prop_map(move |whole| f64::from(whole) / scale),
    ]
}

fn measured() -> impl Strategy<Value = Measured> {
    let position = (-90_000_000..=90_000_000, -180_000_000..180_000_000);
    let slow = (
        value(-2_000_000, 9_000_000, 1e3),
        value(0, 99_000, 1e3),
        value(0, 359_999, 1e3),
        value(1, 254, 1.0),
        value(0, 254, 1.0),
    );
    let rest = (
        value(0, 65_534, 1.0),
        value(-99_999, 99_999, 1e3),
        value(-99_999, 99_999, 1e3),
        value(0, 99_999, 1e3),
    );
    (position, slow, rest).prop_map(|(position, slow, rest)| Measured {
        latitude: f64::from(position.0) / 1e6,
        longitude: f64::from(position.1) / 1e6,
        elevation: slow.0,
        distance: f64::NAN,
        speed: slow.1,
        course: slow.2,
        heart_rate: slow.3,
        cadence: slow.4,
        power: rest.0,
        temperature: rest.1,
        water_temperature: rest.2,
        depth: rest.3,
        extras: Vec::new(),
    })
}

fn text() -> impl Strategy<Value = String> {
    // The reader drops control characters and white space at the ends.
    "\\PC{0,12}".prop_map(|text| text.trim().to_owned())
}

fn track() -> impl Strategy<Value = Vec<Event>> {
    let time = prop::option::of(0_i64..4_000_000_000);
    let point = (time, measured()).prop_map(|(millis, measured)| {
        let time = millis.map(|millis| Time::from(ZERO + millis * 1000));
        Event::Point(Trackpoint { time, measured })
    });
    let segments = prop::collection::vec(prop::collection::vec(point, 1..5), 0..4);
    let facts = (text(), text(), text(), text(), text());
    (facts, segments).prop_map(|(facts, segments)| {
        let track = Box::new(Track {
            name: facts.0,
            comment: facts.1,
            description: facts.2,
            source: facts.3,
            kind: facts.4,
        });
        let mut events = vec![Event::Track(track.clone())];
        for points in segments {
            events.push(Event::Segment);
            events.extend(points);
        }
        events.push(Event::TrackEnd(track));
        events
    })
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let time = prop::option::of((0_i64..4_000_000_000).prop_map(|ms| Time::from(ZERO + ms * 1000)));
    let facts = ("[a-z]{1,9}", text(), text(), text(), text(), time);
    (facts, prop::collection::vec(track(), 1..4)).prop_map(|(facts, tracks)| {
        let metadata = Box::new(Metadata {
            version: "1.1".to_owned(),
            creator: facts.0,
            name: facts.1,
            description: facts.2,
            author: facts.3,
            keywords: facts.4,
            time: facts.5,
        });
        let mut events = vec![Event::Metadata(metadata)];
        events.extend(tracks.into_iter().flatten());
        events
    })
}

proptest! {
    /// What is written is read again, with nothing to put right, and written the same again.
    #[test]
    fn what_is_written_is_read(events in events()) {
        let file = written(&events);
        let options = Options { strict: true, ..Options::default() };
        let mut reader = Reader::new(file.as_bytes(), options);
        let mut found = Vec::new();
        while let Some(event) = reader.next().unwrap() {
            found.push(event);
        }
        let told = |events: &[Event]| events.iter().map(|event| event_line(event, &[])).collect::<String>();
        prop_assert_eq!(told(&found), told(&events));
        prop_assert_eq!(written(&found), file);
    }
}
