//! Random streams, with everything that recorders do.

use pipeline_plugin::{Batch, Event, Field, Header, Item, Summary, Timestamp, field, testing};
use proptest::prelude::*;

use super::{laps, run};

/// One step of a random stream.
#[derive(Clone, Debug)]
struct Step {
    seconds: f64,
    metres: f64,
    has_distance: bool,
    has_strokes: bool,
    power: f64,
    pause: Option<(f64, f64)>,
}

fn step() -> impl Strategy<Value = Step> {
    let seconds = prop_oneof![
        1 => Just(0.0),
        6 => Just(1.0),
        2 => 0.0..3.0,
        1 => 5.0..90.0,
    ];
    let metres = prop_oneof![
        2 => Just(0.0),
        6 => 0.0..6.0,
        1 => Just(10.0),
        1 => 50.0..900.0,
        1 => -30.0..0.0,
    ];
    let pause = prop_oneof![
        12 => Just(None),
        1 => (0.0..2.0, 0.0..60.0).prop_map(Some),
        1 => Just(Some((0.0, 30.0))),
    ];
    (
        seconds,
        metres,
        prop::bool::weighted(0.85),
        prop::bool::weighted(0.85),
        prop_oneof![5 => 0.0..400.0, 1 => Just(f64::NAN)],
        pause,
    )
        .prop_map(
            |(seconds, metres, has_distance, has_strokes, power, pause)| Step {
                seconds: (seconds * 1e3_f64).round() / 1e3,
                metres: (metres * 10.0_f64).round() / 10.0,
                has_distance,
                has_strokes,
                power,
                pause,
            },
        )
}

/// The steps as items, one sample a batch.
fn single(steps: &[Step]) -> Vec<Item> {
    let fields = [field::DISTANCE, field::TOTAL_CYCLES, field::POWER];
    let mut items = Vec::new();
    let (mut time, mut metres) = (Timestamp::default(), 0.0);
    for step in steps {
        let mut end = time + step.seconds;
        if let Some((after, long)) = step.pause {
            let stop = time + after;
            let start = stop + long;
            items.push(Item::Event(Event::TimerStop { time: stop }));
            items.push(Item::Event(Event::TimerStart { time: start }));
            end = start + step.seconds;
        }
        time = end;
        metres += step.metres;
        let or_nan = |known: bool, value: f64| if known { value } else { f64::NAN };
        let mut batch = Batch::new(&fields);
        batch.push(
            time,
            &[
                or_nan(step.has_distance, metres),
                or_nan(step.has_strokes, metres / 10.0),
                step.power,
            ],
        );
        items.push(Item::Samples(batch));
    }
    items
}

/// The same items, with neighbouring batches joined where `joins` says so.
fn joined(items: &[Item], joins: &[bool]) -> Vec<Item> {
    let mut all: Vec<Item> = Vec::new();
    let mut joins = joins.iter().cycle();
    for item in items {
        let join = *joins.next().unwrap_or(&false);
        match (all.last_mut(), item) {
            (Some(Item::Samples(whole)), Item::Samples(batch)) if join => append(whole, batch),
            _ => all.push(item.clone()),
        }
    }
    all
}

fn append(whole: &mut Batch, batch: &Batch) {
    for (row, time) in batch.time().iter().enumerate() {
        let values: Vec<f64> = batch.columns().iter().map(|c| c.values[row]).collect();
        whole.push(*time, &values);
    }
}

/// All samples in one batch, as text.
fn samples(items: &[Item]) -> String {
    let mut whole: Option<Batch> = None;
    for item in items {
        if let Item::Samples(batch) = item {
            match &mut whole {
                Some(whole) => append(whole, batch),
                None => whole = Some(batch.clone()),
            }
        }
    }
    serde_json::to_string(&whole).unwrap()
}

fn summary(items: &[Item]) -> Summary {
    testing::summary(&Header::default(), items)
}

/// The greatest value of a counter, from 0: what the session has, unless the counter went back.
fn furthest(items: &[Item], field: &Field) -> f64 {
    let batches = items.iter().filter_map(|item| match item {
        Item::Samples(batch) => batch.column(field),
        _ => None,
    });
    batches
        .flatten()
        .fold(f64::NAN, |most, value| value.max(most))
        .max(0.0)
}

fn lap_lines(items: &[Item]) -> String {
    let laps: Vec<Item> = laps(items)
        .into_iter()
        .map(|lap| Item::Lap(Box::new(lap)))
        .collect();
    testing::lines(&laps)
}

fn settings() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("{}"),
        Just(r#"{"every": "50 m"}"#),
        Just(r#"{"every": "100 m", "min-last": "60 m"}"#),
        Just(r#"{"every": "30 s"}"#),
        Just(r#"{"every": "2 min", "min-last": "30 s"}"#),
        Just(r#"{"every": "file"}"#),
    ]
}

proptest! {
    #[test]
    fn any_split_into_batches_gives_the_same_laps(
        settings in settings(),
        steps in prop::collection::vec(step(), 0..80),
        joins in prop::collection::vec(any::<bool>(), 1..40),
    ) {
        let items = single(&steps);
        let one = run(settings, items.clone());
        let other = run(settings, joined(&items, &joins));
        let whole = run(settings, joined(&items, &[true]));
        prop_assert_eq!(lap_lines(&one), lap_lines(&other));
        prop_assert_eq!(lap_lines(&one), lap_lines(&whole));
        prop_assert_eq!(samples(&items), samples(&one));
        prop_assert_eq!(samples(&items), samples(&other));
    }

    #[test]
    fn laps_tile_the_session(
        settings in settings(),
        steps in prop::collection::vec(step(), 1..80),
    ) {
        let items = single(&steps);
        let session = summary(&items);
        let metres = furthest(&items, &field::DISTANCE);
        let strokes = furthest(&items, &field::TOTAL_CYCLES);
        let laps = laps(&run(settings, items));
        prop_assert!(!laps.is_empty());
        let mut reached = session.start;
        for lap in &laps {
            prop_assert_eq!(lap.start, reached);
            prop_assert!(lap.end >= lap.start);
            reached = lap.end;
        }
        prop_assert_eq!(reached, session.end);
        let sum = |value: fn(&pipeline_plugin::Totals) -> f64| {
            laps.iter().map(|lap| value(&lap.totals)).filter(|value| !value.is_nan()).sum::<f64>()
        };
        let same = |sum: f64, whole: f64| (sum - whole.max(0.0)).abs() < 1e-6;
        prop_assert!(same(sum(|t| t.timer_time), session.totals.timer_time));
        prop_assert!(same(sum(|t| t.distance), metres));
        prop_assert!(same(sum(|t| t.cycles), strokes));
        prop_assert!(same(sum(|t| t.work), session.totals.work));
    }

    #[test]
    fn a_lap_stands_between_its_samples_and_the_next(
        settings in settings(),
        steps in prop::collection::vec(step(), 1..80),
        joins in prop::collection::vec(any::<bool>(), 1..40),
    ) {
        let sent = run(settings, joined(&single(&steps), &joins));
        let mut end = Timestamp::default();
        let mut last = Timestamp::default();
        for item in &sent {
            match item {
                Item::Samples(batch) => {
                    let first = batch.time().first().copied();
                    prop_assert!(first.is_some_and(|first| first >= end));
                    last = batch.time().last().copied().unwrap_or(last);
                }
                Item::Lap(lap) => {
                    prop_assert!(lap.end >= last);
                    end = lap.end;
                }
                _ => {}
            }
        }
    }
}
