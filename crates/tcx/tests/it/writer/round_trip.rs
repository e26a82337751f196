//! What is written is read again.

use std::io::Read;

use proptest::prelude::*;
use tcx::{
    ActivityEnd, ActivityStart, CleanOptions, Creator, Event, Intensity, LapStart, LapTotals,
    Options, Reader, Time, Trackpoint, Trigger, Version,
};

use super::{at, finished, lap, point, writer, written};
use crate::real;
use crate::tell::{ZERO, cleaned, event_line, same};

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

#[test]
fn pauses_come_back_wherever_they_are() {
    let mut writer = writer();
    let totals = |total_time| LapTotals {
        total_time,
        ..LapTotals::default()
    };
    // Before the first point: none. Within a lap, at the end of one, at the beginning of one.
    writer.lap(lap(0)).unwrap();
    writer.pause();
    writer.point(&point(0)).unwrap();
    writer.pause();
    writer.point(&point(60)).unwrap();
    writer.pause();
    writer.lap_end(&totals(1.0)).unwrap();
    writer.lap(lap(120)).unwrap();
    writer.point(&point(120)).unwrap();
    writer.point(&point(130)).unwrap();
    writer.lap_end(&totals(10.0)).unwrap();
    writer.lap(lap(130)).unwrap();
    writer.pause();
    writer.point(&point(200)).unwrap();
    writer.point(&point(210)).unwrap();
    writer.lap_end(&totals(10.0)).unwrap();
    same(
        &cleaned(
            finished(writer).as_bytes(),
            Options::default(),
            CleanOptions::default(),
        ),
        "activity Other 0
         point 0 d=4
         pause 0..60
         point 60 d=4
         pause 60..120
         point 120 d=4
         lap 0..120 time=1 d=0 kcal=0 Active Manual
         point 130 d=4 v=0
         lap 120..130 time=10 d=0 kcal=0 Active Manual
         pause 130..200
         point 200 d=4
         point 210 d=4 v=0
         lap 130..210 time=10 d=0 kcal=0 Active Manual
         end",
    );
}

/// The timer runs on for a while when nobody rows any more; a row lost these seconds.
#[test]
fn the_time_between_the_last_point_and_the_stop_comes_back() {
    let mut writer = writer();
    writer.lap(lap(0)).unwrap();
    writer.point(&point(0)).unwrap();
    writer.point(&point(1)).unwrap();
    writer.pause_at(at(3));
    writer.point(&point(60)).unwrap();
    // With the last point: nothing more is to be said. At the end of a lap, and of the activity.
    writer.pause_at(at(60));
    writer.point(&point(120)).unwrap();
    writer.pause_at(at(125));
    writer.lap_end(&LapTotals::default()).unwrap();
    writer.lap(lap(170)).unwrap();
    writer.point(&point(180)).unwrap();
    writer.pause_at(at(182));
    writer.lap_end(&LapTotals::default()).unwrap();
    let file = finished(writer);
    same(
        &cleaned(file.as_bytes(), Options::default(), CleanOptions::default()),
        "activity Other 0
         point 0 d=4
         point 1 d=4 v=0
         pause 3..60
         point 60 d=4
         pause 60..120
         point 120 d=4
         lap 0..170 time=0 d=0 kcal=0 Active Manual
         pause 125..180
         point 180 d=4
         lap 170..180 time=0 d=0 kcal=0 Active Manual
         end",
    );
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
