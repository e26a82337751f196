//! What is written, and that it is what was to be written.

use std::io::{self, Cursor, Read, Seek, Write};

use tcx::{
    ActivityEnd, ActivityStart, Author, Creator, Event, Intensity, LapStart, LapTotals, Options,
    Time, Trackpoint, Trigger, Version, Writer,
};

mod round_trip;
mod spool;

use crate::order::{Model, check_order};
use crate::tell::{ZERO, read, same};

/// Which elements Garmin's schemas allow where, as far as we write them.
const MODELS: [Model; 18] = [
    ("", "TrainingCenterDatabase"),
    (
        "TrainingCenterDatabase",
        "Folders? Activities? Workouts? Courses? Author? Extensions?",
    ),
    ("Activities", "Activity* MultiSportSession*"),
    ("Activity", "Id Lap+ Notes? Training? Creator? Extensions?"),
    (
        "Lap",
        "TotalTimeSeconds DistanceMeters MaximumSpeed? Calories AverageHeartRateBpm? MaximumHeartRateBpm? \
         Intensity Cadence? TriggerMethod Track* Notes? Extensions?",
    ),
    ("AverageHeartRateBpm", "Value"),
    ("MaximumHeartRateBpm", "Value"),
    ("HeartRateBpm", "Value"),
    ("Track", "Trackpoint+"),
    (
        "Trackpoint",
        "Time Position? AltitudeMeters? DistanceMeters? HeartRateBpm? Cadence? SensorState? Extensions?",
    ),
    ("Position", "LatitudeDegrees LongitudeDegrees"),
    ("Extensions", "ns3:TPX? ns3:LX?"),
    (
        "ns3:TPX",
        "ns3:Speed? ns3:RunCadence? ns3:Watts? ns3:Extensions?",
    ),
    (
        "ns3:LX",
        "ns3:AvgSpeed? ns3:MaxBikeCadence? ns3:AvgRunCadence? ns3:MaxRunCadence? ns3:Steps? ns3:AvgWatts? \
         ns3:MaxWatts? ns3:Extensions?",
    ),
    ("Training", "QuickWorkoutResults? Plan?"),
    ("Plan", "Name? Extensions?"),
    ("Creator", "Name UnitId ProductID Version"),
    ("Author", "Name Build LangID PartNumber"),
];
const VERSION: [Model; 2] = [
    ("Build", "Version Type? Time? Builder?"),
    (
        "Version",
        "VersionMajor VersionMinor BuildMajor? BuildMinor?",
    ),
];

type Memory = Cursor<Vec<u8>>;

fn writer() -> Writer<Vec<u8>, Memory> {
    Writer::new(Vec::new(), || Ok(Memory::default()))
}

fn finished<T: Read + Write + Seek>(writer: Writer<Vec<u8>, T>) -> String {
    let file = String::from_utf8(writer.finish().unwrap()).unwrap();
    check_order(&file, &[&MODELS[..], &VERSION].concat());
    file
}

fn written(events: &[Event]) -> String {
    let mut writer = writer();
    for event in events {
        writer.write(event).unwrap();
    }
    finished(writer)
}

fn at(seconds: i64) -> Time {
    Time::from(ZERO + seconds * 1_000_000)
}

fn point(seconds: i64) -> Trackpoint {
    Trackpoint {
        time: Some(at(seconds)),
        distance: 4.0,
        ..Trackpoint::EMPTY
    }
}

fn lap(seconds: i64) -> LapStart {
    LapStart {
        start_time: Some(at(seconds)),
    }
}

fn sport(sport: &str) -> ActivityStart {
    ActivityStart {
        sport: sport.to_owned(),
        id: String::new(),
    }
}

fn all_totals() -> LapTotals {
    LapTotals {
        total_time: 61.5,
        distance: 250.25,
        maximum_speed: 4.5,
        average_speed: 4.0,
        calories: 19.6,
        average_heart_rate: 140.0,
        maximum_heart_rate: 150.0,
        average_cadence: 24.0,
        maximum_cadence: 30.0,
        steps: 25.0,
        average_power: 120.0,
        maximum_power: 200.0,
        intensity: Some(Intensity::Resting),
        trigger: Some(Trigger::Distance),
        notes: "hard".to_owned(),
    }
}

fn all_of_a_point() -> Trackpoint {
    Trackpoint {
        time: Some(Time::from(ZERO + 250_000)),
        latitude: 52.2,
        longitude: 0.1,
        altitude: 8.600_000_381_469_727,
        distance: 4.0,
        heart_rate: 120.0,
        cadence: 24.0,
        speed: 3.92,
        power: 168.0,
    }
}

#[test]
fn a_whole_file() {
    let mut writer = writer();
    writer.author(&Author {
        name: "Pipe & Line".to_owned(),
        part_number: "006-D2449-00".to_owned(),
        version: Version::default(),
    });
    writer.activity(&sport("Rowing")).unwrap();
    writer.lap(lap(0)).unwrap();
    writer.track();
    writer.point(&all_of_a_point()).unwrap();
    writer.track();
    writer.point(&point(60)).unwrap();
    writer.lap_end(&all_totals()).unwrap();
    writer
        .activity_end(&ActivityEnd {
            notes: "two\nlines".to_owned(),
            plan: "10000 m of a very long name".to_owned(),
            creator: Some(Creator {
                name: "Rower".to_owned(),
                unit_id: Some(3_900_000_000),
                product_id: Some(99_999),
                version: Version {
                    major: Some(5),
                    build_major: Some(1),
                    ..Version::default()
                },
            }),
        })
        .unwrap();
    let file = finished(writer);
    let body = file.split_once("ActivityExtensionv2.xsd\">\n").unwrap().1;
    assert_eq!(body, include_str!("writer/whole.xml"));
}

/// Garmin writes the cadences of runs as run cadences.
#[test]
fn a_run() {
    let mut writer = writer();
    writer.activity(&sport("running")).unwrap();
    writer.lap(lap(0)).unwrap();
    writer.point(&all_of_a_point()).unwrap();
    writer.lap_end(&all_totals()).unwrap();
    let file = finished(writer);
    assert!(file.contains("<Activity Sport=\"Running\">"));
    assert!(!file.contains("<Cadence>") && !file.contains("MaxBikeCadence"));
    same(
        &read(file.as_bytes(), Options::default()),
        "activity Running id=2024-01-01T00:00:00Z
         lap 0
         track
         point 0.25 lat=52.2 lon=0.1 alt=8.6 d=4 hr=120 cad=24 v=3.92 w=168
         lap-end time=61.5 d=250.25 vmax=4.5 v=4 kcal=20 hr=140 hrmax=150 cad=24 cadmax=30 steps=25 w=120 \
         wmax=200 Resting Distance notes=hard
         end",
    );
}

#[test]
fn what_is_not_said_is_0_active_and_manual() {
    let mut writer = writer();
    writer.point(&point(5)).unwrap();
    same(
        &read(finished(writer).as_bytes(), Options::default()),
        "activity Other id=2024-01-01T00:00:05Z
         lap 5
         track
         point 5 d=4
         lap-end time=0 d=0 kcal=0 Active Manual
         end",
    );
}

#[test]
fn values_that_elements_cannot_hold_are_left_out() {
    let odd = Trackpoint {
        latitude: 91.0,
        longitude: 0.0,
        altitude: f64::INFINITY,
        distance: -1.0,
        heart_rate: 300.0,
        cadence: 255.0,
        speed: -1.0,
        power: 70_000.0,
        ..point(0)
    };
    let totals = LapTotals {
        calories: 547_469.0,
        average_heart_rate: 0.0,
        maximum_cadence: 900.0,
        steps: -1.0,
        ..LapTotals::default()
    };
    let mut writer = writer();
    writer.point(&odd).unwrap();
    writer.lap_end(&totals).unwrap();
    same(
        &read(finished(writer).as_bytes(), Options::default()),
        "activity Other id=2024-01-01T00:00:00Z
         lap 0
         track
         point 0
         lap-end time=0 d=0 kcal=65535 Active Manual
         end",
    );
}

#[test]
fn an_id_is_a_time() {
    for (id, told) in [
        ("2020-11-24T13:46:36.000Z", "2020-11-24T13:46:36Z"),
        ("2020-11-24T15:46:36+02:00", "2020-11-24T13:46:36Z"),
        ("android_id:f9b2", "2024-01-01T00:00:07Z"),
        ("", "2024-01-01T00:00:07Z"),
    ] {
        let mut writer = writer();
        let activity = ActivityStart {
            id: id.to_owned(),
            ..sport("Biking")
        };
        writer.activity(&activity).unwrap();
        writer.lap(lap(7)).unwrap();
        let file = finished(writer);
        assert!(file.contains(&format!("<Id>{told}</Id>")), "{file}");
    }
}

#[test]
fn laps_and_activities_end_by_themselves() {
    let mut writer = writer();
    for seconds in [0, 100] {
        writer.activity(&sport("Biking")).unwrap();
        writer.lap(lap(seconds)).unwrap();
        writer.lap(lap(seconds + 1)).unwrap();
        writer.point(&point(seconds + 2)).unwrap();
    }
    same(
        &read(finished(writer).as_bytes(), Options::default()),
        "activity Biking id=2024-01-01T00:00:00Z
         lap 0
         lap-end time=0 d=0 kcal=0 Active Manual
         lap 1
         track
         point 2 d=4
         lap-end time=0 d=0 kcal=0 Active Manual
         end
         activity Biking id=2024-01-01T00:01:40Z
         lap 100
         lap-end time=0 d=0 kcal=0 Active Manual
         lap 101
         track
         point 102 d=4
         lap-end time=0 d=0 kcal=0 Active Manual
         end",
    );
}

#[test]
fn no_activity_at_all() {
    let file = finished(writer());
    assert!(file.ends_with("  <Activities>\n  </Activities>\n</TrainingCenterDatabase>\n"));
}

#[test]
fn what_tcx_cannot_say_is_refused() {
    let check = |error: io::Error, text: &str| {
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        assert_eq!(error.to_string(), text);
    };
    check(
        writer().point(&Trackpoint::EMPTY).unwrap_err(),
        "a trackpoint of a TCX file needs a time",
    );
    let mut lapless = writer();
    lapless.activity(&sport("Biking")).unwrap();
    check(
        lapless.finish().unwrap_err(),
        "an activity of a TCX file needs a lap",
    );
    let mut startless = writer();
    startless.lap(LapStart::default()).unwrap();
    check(
        startless.lap_end(&LapTotals::default()).unwrap_err(),
        "a lap of a TCX file needs a start or a point",
    );
}
