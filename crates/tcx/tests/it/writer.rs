//! What is written, and that it is what was to be written.

use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use tcx::{
    ActivityEnd, ActivityStart, Author, CleanOptions, Creator, Event, Intensity, LapStart,
    LapTotals, Options, Reader, Time, Trackpoint, Trigger, Version, Writer,
};

use crate::order::{Model, check_order};
use crate::real;
use crate::tell::{ZERO, cleaned, event_line, read, same};

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
    assert_eq!(body, include_str!("whole.xml"));
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

/// A spool that says how often one was made, and how much was read from it.
struct Spool(Memory, Arc<AtomicUsize>);

impl Read for Spool {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1.fetch_add(count, Ordering::Relaxed);
        Ok(count)
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Spool {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.0.seek(position)
    }
}

/// An output that notes the largest piece.
struct Largest(Vec<u8>, usize);

impl Write for Largest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1 = self.1.max(bytes.len());
        self.0.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn long_laps_wait_in_one_spool() {
    let (times_made, spooled) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counter, reads) = (times_made.clone(), spooled.clone());
    let make = move || {
        counter.fetch_add(1, Ordering::Relaxed);
        Ok(Spool(Memory::default(), reads.clone()))
    };
    let mut writer = Writer::new(Largest(Vec::new(), 0), make);
    let mut expect = Vec::new();
    // A long lap, a short one, a longer and a shorter one, which must not see the end of the one before.
    let mut second = 0;
    for points in [5_000, 10, 9_000, 3_000] {
        writer.lap(lap(second)).unwrap();
        for _ in 0..points {
            writer.point(&point(second)).unwrap();
            expect.push(at(second));
            second += 1;
        }
        writer.lap_end(&all_totals()).unwrap();
    }
    let Largest(file, largest) = writer.finish().unwrap();
    assert_eq!(times_made.load(Ordering::Relaxed), 1);
    assert!(spooled.load(Ordering::Relaxed) > 1_000_000);
    assert!(largest < 300_000, "{largest}");
    let mut reader = Reader::new(file.as_slice(), Options::default());
    let mut found = Vec::new();
    while let Some(event) = reader.next().unwrap() {
        if let Event::Trackpoint(point) = event {
            found.push(point.time.unwrap());
        }
    }
    assert_eq!(found, expect);
}

#[test]
fn short_laps_need_no_spool() {
    let make = || -> io::Result<Memory> { panic!("a spool was made") };
    let mut writer = Writer::new(Vec::new(), make);
    for second in 0..5_000 {
        if second % 500 == 0 {
            writer.lap(lap(second)).unwrap();
        }
        writer.point(&point(second)).unwrap();
    }
    finished(writer);
}

#[test]
fn a_spool_that_fails_or_forgets_is_an_error() {
    let fill = |writer: &mut Writer<Vec<u8>, Forgetful>| {
        (0..5_000).try_for_each(|second| writer.point(&point(second)))
    };
    let mut writer = Writer::new(Vec::new(), || Err(io::ErrorKind::StorageFull.into()));
    assert_eq!(
        fill(&mut writer).unwrap_err().kind(),
        io::ErrorKind::StorageFull
    );
    let mut writer = Writer::new(Vec::new(), || Ok(Forgetful));
    fill(&mut writer).unwrap();
    assert_eq!(
        writer.finish().unwrap_err().kind(),
        io::ErrorKind::UnexpectedEof
    );
}

/// A file that takes everything and gives nothing back.
struct Forgetful;

impl Read for Forgetful {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

impl Write for Forgetful {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Forgetful {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Ok(0)
    }
}

/// Pauses and laps come back as they were: cleaning a file and its copy gives the same.
#[test]
fn real_files_survive() {
    for name in [
        "coxswain_reconstructed_10k.tcx",
        "coxswain_empty_no_track.tcx",
        "row_kinomap_sport_rowing.tcx",
        "row_openrowingmonitor_recover.tcx",
        "row_rowinginmotion_noHR_nolaps.tcx",
        "row_rowsandall_2x2km.tcx",
        "row_rowsandall_3x250m.tcx",
        "run_garmin_fr410_nohr.tcx",
    ] {
        let Some(mut file) = real::file(name) else {
            continue;
        };
        let mut original = Vec::new();
        file.read_to_end(&mut original).unwrap();
        let mut reader = Reader::new(original.as_slice(), Options::default());
        let mut writer = writer();
        while let Some(event) = reader.next().unwrap() {
            writer.write(&event).unwrap();
        }
        let copy = finished(writer);
        let (before, after) = (pieces(&original), pieces(copy.as_bytes()));
        assert!(before.len() > 3, "{name}: {before:?}");
        assert_eq!(before.len(), after.len(), "{name}");
        for (before, after) in before.iter().zip(&after) {
            assert!(alike(before, after), "{name}: {before} became {after}");
        }
    }
}

/// What the cleaner makes of a file: what each piece is, and when and how far it was.
fn pieces(file: &[u8]) -> Vec<String> {
    let told = cleaned(file, Options::default(), CleanOptions::default());
    let piece = |line: &str| {
        let mut words = line.split(' ');
        let kind_and_time = words.by_ref().take(2).collect::<Vec<_>>().join(" ");
        let distance = words.find(|word| word.starts_with("d=")).unwrap_or("");
        format!("{kind_and_time} {distance}").replace("..", " ")
    };
    // `Rowing` becomes `Other`.
    let is_piece = |line: &&str| !line.starts_with("repair") && !line.starts_with("activity");
    told.lines().filter(is_piece).map(piece).collect()
}

/// Whether two pieces are the same, but for the rounding of their numbers.
fn alike(a: &str, b: &str) -> bool {
    let number = |word: &str| word.trim_start_matches("d=").parse::<f64>().ok();
    a.split(' ').count() == b.split(' ').count()
        && a.split(' ').zip(b.split(' ')).all(|(a, b)| {
            let close = number(a)
                .zip(number(b))
                .is_some_and(|(a, b)| (a - b).abs() < 0.002);
            a == b || close
        })
}

/// A number that the writer prints as it is, or none.
fn value(low: i32, high: i32, scale: f64) -> impl Strategy<Value = f64> {
    prop_oneof![
        1 => Just(f64::NAN),
        3 => (low..=high).prop_map(move |whole| f64::from(whole) / scale),
    ]
}

fn trackpoint() -> impl Strategy<Value = Event> {
    let position = prop::option::of((-90_000_000..=90_000_000, -180_000_000..180_000_000));
    let rest = (
        value(-2_000_000, 9_000_000, 1e3),
        value(0, 99_000_000, 1e3),
        value(1, 254, 1.0),
        value(0, 254, 1.0),
        value(0, 99_000, 1e3),
        value(0, 65_534, 1.0),
    );
    (0_i64..4_000_000_000, position, rest).prop_map(|(millis, position, rest)| {
        let degrees = |micro: i32| f64::from(micro) / 1e6;
        Event::Trackpoint(Trackpoint {
            time: Some(Time::from(ZERO + millis * 1000)),
            latitude: position.map_or(f64::NAN, |(latitude, _)| degrees(latitude)),
            longitude: position.map_or(f64::NAN, |(_, longitude)| degrees(longitude)),
            altitude: rest.0,
            distance: rest.1,
            heart_rate: rest.2,
            cadence: rest.3,
            speed: rest.4,
            power: rest.5,
        })
    })
}

fn text() -> impl Strategy<Value = String> {
    // The reader drops control characters and white space at the ends.
    "\\PC{0,15}".prop_map(|text| text.trim().to_owned())
}

fn totals() -> impl Strategy<Value = LapTotals> {
    let numbers = (
        0..9_000_000,
        0..99_000_000,
        value(0, 99_000, 1e3),
        value(0, 99_000, 1e3),
        0..65_535,
        value(1, 254, 1.0),
        value(1, 254, 1.0),
    );
    let more = (
        value(0, 254, 1.0),
        value(0, 254, 1.0),
        value(0, 65_535, 1.0),
        value(0, 65_535, 1.0),
        value(0, 65_535, 1.0),
    );
    let trigger = prop::sample::select(vec![
        Trigger::Manual,
        Trigger::Distance,
        Trigger::Location,
        Trigger::Time,
        Trigger::HeartRate,
    ]);
    let intensity = prop::sample::select(vec![Intensity::Active, Intensity::Resting]);
    (numbers, more, trigger, intensity, text()).prop_map(
        |(numbers, more, trigger, intensity, notes)| LapTotals {
            total_time: f64::from(numbers.0) / 1e3,
            distance: f64::from(numbers.1) / 1e3,
            maximum_speed: numbers.2,
            average_speed: numbers.3,
            calories: f64::from(numbers.4),
            average_heart_rate: numbers.5,
            maximum_heart_rate: numbers.6,
            average_cadence: more.0,
            maximum_cadence: more.1,
            steps: more.2,
            average_power: more.3,
            maximum_power: more.4,
            intensity: Some(intensity),
            trigger: Some(trigger),
            notes,
        },
    )
}

fn lap_events() -> impl Strategy<Value = Vec<Event>> {
    let tracks = prop::collection::vec(prop::collection::vec(trackpoint(), 1..5), 0..3);
    (0_i64..4_000_000_000, tracks, totals()).prop_map(|(millis, tracks, totals)| {
        let start_time = Some(Time::from(ZERO + millis * 1000));
        let mut events = vec![Event::Lap(LapStart { start_time })];
        for points in tracks {
            events.push(Event::Track);
            events.extend(points);
        }
        events.push(Event::LapEnd(Box::new(totals)));
        events
    })
}

fn activity_events() -> impl Strategy<Value = Vec<Event>> {
    let sport = prop::sample::select(vec!["Running", "Biking", "Other"]);
    let id = (0_u32..86_400).prop_map(|second| crate::write::time(i64::from(second)));
    let creator = prop::option::of(
        ("[a-z]{1,9}", 0..=u64::from(u32::MAX), 0_u64..=65_535).prop_map(
            |(name, unit_id, product_id)| Creator {
                name,
                unit_id: Some(unit_id),
                product_id: Some(product_id),
                version: Version {
                    major: Some(1),
                    minor: Some(2),
                    ..Version::default()
                },
            },
        ),
    );
    let laps = prop::collection::vec(lap_events(), 1..4);
    (sport, id, laps, text(), text(), creator).prop_map(
        |(sport, id, laps, notes, plan, creator)| {
            let sport = sport.to_owned();
            let mut events = vec![Event::Activity(ActivityStart { sport, id })];
            events.extend(laps.into_iter().flatten());
            events.push(Event::ActivityEnd(Box::new(ActivityEnd {
                notes,
                plan,
                creator,
            })));
            events
        },
    )
}

proptest! {
    /// What is written is read again, with nothing to put right, and written the same again.
    #[test]
    fn what_is_written_is_read(activities in prop::collection::vec(activity_events(), 1..3)) {
        let events: Vec<Event> = activities.into_iter().flatten().collect();
        let file = written(&events);
        let options = Options { strict: true, ..Options::default() };
        let mut reader = Reader::new(file.as_bytes(), options);
        let mut found = Vec::new();
        while let Some(event) = reader.next().unwrap() {
            found.push(event);
        }
        let told = |events: &[Event]| events.iter().map(event_line).collect::<String>();
        prop_assert_eq!(told(&found), told(&events));
        prop_assert_eq!(written(&found), file);
    }
}
