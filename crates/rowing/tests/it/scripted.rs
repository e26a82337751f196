//! Short scripts of an ESP Rowing Monitor's notifications, each for one rule.

use std::time::{Duration, Instant};

use esprm::assigned::characteristic::{EXTENDED_METRICS, HANDLE_FORCES, SETTINGS};
use esprm::assigned::service;
use gatt::assigned::characteristic::CYCLING_POWER_MEASUREMENT;
use rowing::{Device, Event, Recorder, Stroke, Warning};

/// A recorder, what time it is, and the monitor's counters.
struct Script {
    recorder: Recorder,
    now: Instant,
    strokes: u16,
    centimetres: u32,
    power: i16,
}

impl Script {
    /// Connected to a monitor that has counted nothing.
    fn new() -> Self {
        let characteristics = [
            CYCLING_POWER_MEASUREMENT,
            EXTENDED_METRICS,
            HANDLE_FORCES,
            SETTINGS,
        ];
        let device = Device::of(&[service::EXTENDED_METRICS], &characteristics).unwrap();
        let mut script = Self {
            recorder: Recorder::default(),
            now: Instant::now(),
            strokes: 0,
            centimetres: 0,
            power: 0,
        };
        script.recorder.handle_connected(script.now, device);
        script.measurement();
        script
    }

    /// Some strokes of 2.5 s, as they usually come.
    fn rowing() -> Self {
        let mut script = Self::new();
        for number in 0..4_u8 {
            script.stroke(&[f32::from(number), 9.0]);
        }
        script.events();
        script
    }

    fn wait(&mut self, milliseconds: u64) {
        let until = self.now + Duration::from_millis(milliseconds);
        crate::support::wait(&mut self.recorder, until);
        self.now = until;
    }

    fn count(&mut self) {
        self.strokes += 1;
        self.centimetres += 900;
        self.power += 7;
    }

    fn measurement(&mut self) {
        let mut value = vec![0x30, 0];
        value.extend(self.power.to_le_bytes());
        value.extend(self.centimetres.to_le_bytes());
        value.extend([0, 0]);
        value.extend(self.strokes.to_le_bytes());
        value.extend([0, 0]);
        self.recorder
            .handle_value(self.now, CYCLING_POWER_MEASUREMENT, &value);
    }

    /// Drive and recovery in seconds.
    fn metrics(&mut self, drive: f64, recovery: f64) {
        let ticks =
            |seconds: f64| (0..u16::MAX).find(|ticks| f64::from(*ticks) >= seconds * 4096.0);
        let mut value = self.power.to_le_bytes().to_vec();
        for seconds in [drive, recovery] {
            value.extend(ticks(seconds).unwrap().to_le_bytes());
        }
        value.extend([117, 0]);
        self.recorder
            .handle_value(self.now, EXTENDED_METRICS, &value);
    }

    /// The drive of this stroke: each takes a little longer.
    fn drive(&mut self) {
        let recovery = if self.strokes == 1 { 0.0 } else { 1.6 };
        self.metrics(0.9 + f64::from(self.strokes) * 0.001, recovery);
    }

    fn forces(&mut self, values: &[f32]) {
        self.frame(1, 1, values);
    }

    fn frame(&mut self, total: u8, index: u8, values: &[f32]) {
        let values = values.iter().flat_map(|force| force.to_le_bytes());
        let value: Vec<u8> = [total, index].into_iter().chain(values).collect();
        self.recorder.handle_value(self.now, HANDLE_FORCES, &value);
    }

    /// A stroke with everything, in the monitor's order.
    fn stroke(&mut self, forces: &[f32]) {
        self.wait(2500);
        self.count();
        self.forces(forces);
        self.drive();
        self.measurement();
    }

    /// What happened, but for silence: the script does not repeat measurements every second.
    fn events(&mut self) -> Vec<Event> {
        let mut events = self.all_events();
        events.retain(|event| !matches!(event, Event::Silent { .. }));
        events
    }

    fn all_events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.recorder.poll_event()).collect()
    }

    fn strokes(&mut self) -> Vec<Stroke> {
        let strokes = self.events().into_iter().filter_map(|event| match event {
            Event::Stroke(stroke) => Some(*stroke),
            _ => None,
        });
        strokes.collect()
    }
}

#[test]
fn the_usual_order_is_told_at_once() {
    let mut script = Script::rowing();
    script.stroke(&[1.5, 2.5]);
    let [stroke] = script.strokes().try_into().unwrap();
    assert_eq!(stroke.forces, [1.5, 2.5]);
    assert!((stroke.sample.stroke_rate - 24.0).abs() < 0.2);
    assert!((stroke.length - 9.0).abs() < 1e-9);
    assert!(
        stroke.handle.drive_length.is_nan(),
        "the settings are not known"
    );
}

/// The three parts are sent by tasks of their own.
#[test]
fn forces_that_come_last_are_waited_for() {
    let mut script = Script::rowing();
    script.wait(2500);
    script.count();
    script.drive();
    script.measurement();
    assert_eq!(script.strokes().len(), 0);
    script.wait(50);
    script.forces(&[1.5, 2.5]);
    let [stroke] = script.strokes().try_into().unwrap();
    assert_eq!(stroke.forces, [1.5, 2.5]);
}

#[test]
fn forces_that_never_come_are_not_waited_for_long() {
    let mut script = Script::rowing();
    script.wait(2500);
    script.count();
    script.drive();
    script.measurement();
    script.wait(501);
    let [stroke] = script.strokes().try_into().unwrap();
    assert_eq!(stroke.forces, [] as [f32; 0]);
    assert!(stroke.drive_time > 0.9);
}

/// A list of the drive that goes on, then the stroke's own list is lost.
#[test]
fn a_partial_curve_is_of_no_stroke() {
    let mut script = Script::rowing();
    script.wait(4000);
    script.forces(&[10.0, 20.0]);
    script.metrics(0.904, 3.5);
    script.centimetres += 100;
    script.measurement();
    script.wait(250);
    script.count();
    script.metrics(0.8, 3.5);
    script.measurement();
    script.wait(600);
    let [stroke] = script.strokes().try_into().unwrap();
    assert_eq!(stroke.forces, [] as [f32; 0]);
    assert!((stroke.drive_time - 0.8).abs() < 1e-3);
}

/// The monitor sends the last list again when no stroke ended for four seconds.
#[test]
fn a_curve_that_comes_again_is_of_no_stroke() {
    let mut script = Script::rowing();
    script.stroke(&[1.5, 2.5]);
    script.events();
    script.wait(4000);
    script.forces(&[1.5, 2.5]);
    script.measurement();
    script.wait(300);
    script.count();
    script.metrics(0.9, 3.4);
    script.measurement();
    script.wait(600);
    let [stroke] = script.strokes().try_into().unwrap();
    assert_eq!(stroke.forces, [] as [f32; 0]);
}

/// The measurement was lost and is repeated a second later, after the metrics of the next stroke.
#[test]
fn metrics_of_the_next_stroke_are_not_taken() {
    let mut script = Script::rowing();
    script.wait(2500);
    script.count();
    script.forces(&[1.0]);
    script.drive();
    // Lost: the measurement, and its first repetition. The second is delayed.
    let late = (script.strokes, script.centimetres, script.power);
    script.wait(2500);
    script.count();
    script.forces(&[2.0]);
    script.drive();
    let next = (script.strokes, script.centimetres, script.power);
    (script.strokes, script.centimetres, script.power) = late;
    script.measurement();
    (script.strokes, script.centimetres, script.power) = next;
    script.measurement();
    script.wait(600);
    for stroke in script.strokes() {
        assert_eq!(stroke.forces, [] as [f32; 0]);
        assert!(stroke.drive_time.is_nan());
    }
}

/// Two strokes in a row may well have drives of equal length.
#[test]
fn equal_drives_are_two_strokes() {
    let mut script = Script::rowing();
    for force in [1.0, 2.0] {
        script.wait(2500);
        script.count();
        script.forces(&[force]);
        script.metrics(0.95, 1.55);
        script.measurement();
    }
    let forces: Vec<_> = script
        .strokes()
        .into_iter()
        .map(|stroke| stroke.forces)
        .collect();
    // The second has exactly the metrics of the first, but for the power.
    assert_eq!(forces, [[1.0], [2.0]]);
}

/// The rest of a burst, of which the begin was another stroke's, is not joined to it.
#[test]
fn halves_of_two_curves_are_not_joined() {
    let mut script = Script::rowing();
    script.wait(2500);
    script.count();
    script.frame(2, 1, &[1.0, 2.0]);
    script.wait(900);
    script.frame(2, 2, &[3.0, 4.0]);
    script.drive();
    script.measurement();
    script.wait(600);
    let [stroke] = script.strokes().try_into().unwrap();
    assert_eq!(stroke.forces, [] as [f32; 0]);
}

/// Measurements that were delayed come after newer ones: no new beginning, no stroke twice.
#[test]
fn a_late_measurement_changes_nothing() {
    let mut script = Script::rowing();
    let old = (script.strokes, script.centimetres);
    script.stroke(&[1.0]);
    let new = (script.strokes, script.centimetres);
    script.events();
    (script.strokes, script.centimetres) = old;
    script.measurement();
    script.wait(300);
    (script.strokes, script.centimetres) = new;
    script.measurement();
    script.wait(1000);
    script.measurement();
    assert_eq!(script.events(), []);
    assert_eq!(script.recorder.totals().strokes, 5);
}

/// The rower is reset at its console while somebody rows: low counters that stay are believed.
#[test]
fn counters_that_fall_and_stay_low_begin_a_segment() {
    let mut script = Script::rowing();
    (script.strokes, script.centimetres) = (0, 12);
    for _ in 0..3 {
        script.wait(1000);
        script.measurement();
    }
    let segments = |events: Vec<Event>| {
        let segments = events
            .iter()
            .filter(|event| matches!(event, Event::Segment { .. }));
        segments.count()
    };
    assert_eq!(segments(script.events()), 1);
    for force in [1.0, 2.0] {
        script.stroke(&[force]);
    }
    assert_eq!(segments(script.events()), 0);
    let totals = script.recorder.totals();
    assert_eq!((totals.strokes, totals.segments), (6, 1));
    assert!((totals.distance - 54.0).abs() < 1e-9, "{totals:?}");
}

/// Counters may wrap: that is no new beginning.
#[test]
fn counters_that_wrap_go_on() {
    let mut script = Script::new();
    (script.strokes, script.centimetres) = (u16::MAX - 1, u32::MAX - 900);
    let characteristics = [CYCLING_POWER_MEASUREMENT, EXTENDED_METRICS];
    let device = Device::of(&[service::SETTINGS], &characteristics).unwrap();
    script.recorder = Recorder::default();
    script.recorder.handle_connected(script.now, device);
    script.measurement();
    for _ in 0..4 {
        script.wait(2500);
        script.strokes = script.strokes.wrapping_add(1);
        script.centimetres = script.centimetres.wrapping_add(900);
        script.measurement();
    }
    let totals = script.recorder.totals();
    assert_eq!((totals.strokes, totals.segments), (4, 0));
    assert!((totals.distance - 36.0).abs() < 1e-9);
}

#[test]
fn drive_length_and_work_follow_from_the_settings() {
    let mut script = Script::rowing();
    let settings = b"\xC1\x1F\xBA\xA0\x3D\x62\x03\xDC\x05\x07\x07\xF7\x06\x4B\x00\xFA\x00\x01";
    script.recorder.handle_value(script.now, SETTINGS, settings);
    script.stroke(&[100.0, 300.0, 200.0]);
    let [stroke] = script.strokes().try_into().unwrap();
    let step = std::f64::consts::TAU / 3.0 * 0.015;
    assert!((stroke.handle.average_force - 200.0).abs() < 1e-9);
    assert!((stroke.handle.peak_force - 300.0).abs() < 1e-9);
    assert!((stroke.handle.drive_length - 2.0 * step).abs() < 1e-9);
    assert!((stroke.handle.work - 600.0 * step).abs() < 1e-9);
}

/// A monitor that stops: the pause begins when its clock stood still, not when it said so.
#[test]
fn a_stop_is_where_the_monitor_says() {
    let mut script = Script::rowing();
    let last = script.now;
    script.wait(4000);
    script.centimetres += 500;
    script.metrics(0.904, 1.6);
    script.measurement();
    script.wait(4000);
    script.centimetres += 300;
    script.metrics(0.0, 7.03);
    script.measurement();
    let events = script.events();
    let [
        Event::Sample(glide),
        Event::Sample(end),
        Event::Paused { time },
    ] = events.as_slice()
    else {
        panic!("{events:?}");
    };
    assert_eq!(glide.time, last + Duration::from_secs(4));
    assert!((end.distance - 44.0).abs() < 1e-9, "{end:?}");
    assert_eq!(*time, end.time);
    let passed = time.duration_since(last).as_secs_f64();
    assert!((passed - 7.03).abs() < 0.001, "{passed}");

    // The first stroke after it is told with its metrics and forces.
    script.wait(10_000);
    script.count();
    script.forces(&[5.0]);
    script.metrics(1.1, 7.03);
    script.measurement();
    let events = script.events();
    let [Event::Resumed { time }, Event::Stroke(stroke)] = events.as_slice() else {
        panic!("{events:?}");
    };
    let drive = stroke.sample.time.duration_since(*time).as_secs_f64();
    assert!((drive - 1.1).abs() < 0.001, "{drive}");
    assert_eq!(stroke.forces, [5.0]);
    assert!(stroke.recovery_time.is_nan() && stroke.sample.stroke_rate.is_nan());
}

/// A stop threshold above 16 s does not fit into the recovery, which wraps.
#[test]
fn a_long_stop_threshold() {
    let mut script = Script::rowing();
    let last = script.now;
    let mut settings = *b"\xC1\x1F\xBA\xA0\x3D\x62\x03\xDC\x05\x07\x07\xF7\x06\x4B\x00\xFA\x00\x01";
    settings[10] = 20;
    script
        .recorder
        .handle_value(script.now, SETTINGS, &settings);
    for _ in 0..6 {
        script.wait(3500);
        script.centimetres += 10;
        script.measurement();
    }
    script.metrics(0.0, 20.04 - 16.0);
    script.centimetres += 1;
    script.measurement();
    let paused = script.events().into_iter().find_map(|event| match event {
        Event::Paused { time } => Some(time.duration_since(last).as_secs_f64()),
        _ => None,
    });
    // Not before the last sample, which was taken 21 s after the stroke.
    assert!((20.0..=21.01).contains(&paused.unwrap()), "{paused:?}");
}

/// Notifications of a `WaterRower` stop by themselves; whoever runs this subscribes anew.
#[test]
fn silence_is_told_soon_and_then_ever_more_seldom() {
    let silence = Event::Silent {
        characteristic: CYCLING_POWER_MEASUREMENT,
    };
    let silences = |script: &mut Script| {
        let events = script.all_events().into_iter();
        events.filter(|event| *event == silence).count()
    };
    let mut script = Script::rowing();
    // After two, four, eight and sixteen seconds.
    for wait in [2000, 2000, 4000, 8000] {
        script.wait(wait - 1);
        assert_eq!(silences(&mut script), 0, "{wait}");
        script.wait(1);
        assert_eq!(silences(&mut script), 1, "{wait}");
    }
    // It is not made up for if nobody asked in time.
    script.now += Duration::from_secs(86_400);
    script.recorder.handle_timeout(script.now);
    assert_eq!(silences(&mut script), 1);
    script.wait(86_400_000);
    assert_eq!(silences(&mut script), 1);
    // Whatever is heard begins anew.
    script.measurement();
    script.wait(2000);
    assert_eq!(silences(&mut script), 1);
    script.recorder.handle_disconnected(script.now);
    script.wait(60_000);
    assert_eq!(silences(&mut script), 0);
}

#[test]
fn each_oddity_is_said_once() {
    let mut script = Script::rowing();
    for _ in 0..3 {
        for characteristic in [CYCLING_POWER_MEASUREMENT, EXTENDED_METRICS, HANDLE_FORCES] {
            script
                .recorder
                .handle_value(script.now, characteristic, &[1]);
        }
        script.frame(3, 1, &[1.0]);
        script.frame(2, 2, &[2.0]);
    }
    let said: Vec<_> = script
        .events()
        .into_iter()
        .map(|event| match event {
            Event::Warning(warning) => warning.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        said,
        [
            "the rower sends a value that can't be read",
            "the monitor sends a value that can't be read",
            "the monitor sends handle forces that can't be read",
            "the monitor changes the number of frames within a force curve",
        ]
    );
}

/// The firmware's documentation has drive and recovery the other way round; if some version sends
/// them so, that is said, and nothing is swapped.
#[test]
fn drives_longer_than_recoveries_are_odd() {
    let mut script = Script::rowing();
    for number in 0..8_u8 {
        script.wait(2500);
        script.count();
        script.forces(&[f32::from(number)]);
        script.metrics(1.6 + f64::from(number) * 0.01, 0.9);
        script.measurement();
    }
    let warnings = |events: Vec<Event>| {
        let odd = |event: &&Event| **event == Event::Warning(Warning::LongDrives);
        events.iter().filter(odd).count()
    };
    assert_eq!(warnings(script.events()), 1);
}

/// What comes after the end is not of the row, and a row in which nothing was done is none.
#[test]
fn the_end_is_the_end() {
    let mut script = Script::rowing();
    script.recorder.finish(script.now);
    let time = script.now;
    assert_eq!(script.events(), [Event::Ended { time }]);
    script.stroke(&[1.0]);
    assert_eq!(script.events(), []);
    assert_eq!(script.recorder.totals().strokes, 4);

    let mut script = Script::new();
    script.wait(10_000);
    script.recorder.finish(script.now);
    assert_eq!(script.events(), []);
}
