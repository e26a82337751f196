//! Random streams.

use pipeline_plugin::{Batch, Event, Item, Timestamp, field};
use proptest::prelude::*;

use super::{lap, run};

/// A step of a stream: its seconds, the heart rate at its end, and what happens in it.
type Step = (f64, f64, u8);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(
        (
            prop_oneof![Just(0.0), Just(1.0), 0.0..15.0],
            prop_oneof![4 => 60.0..210.0, 1 => Just(f64::NAN)],
            any::<u8>(),
        ),
        1..60,
    )
}

/// One sample a batch, or all between two other items in one.
fn items(steps: &[Step], joined: bool) -> Vec<Item> {
    let mut items = Vec::new();
    let (mut time, mut reached) = (Timestamp::default(), Timestamp::default());
    let mut batch = Batch::new(&[field::HEART_RATE]);
    let flush = |batch: &mut Batch, items: &mut Vec<Item>| {
        let full = std::mem::replace(batch, Batch::new(&[field::HEART_RATE]));
        items.push(Item::Samples(full));
    };
    for (seconds, rate, what) in steps {
        let next = time + *seconds;
        if !joined || what % 4 < 2 {
            flush(&mut batch, &mut items);
        }
        if what % 4 == 0 {
            let end = time + seconds * f64::from(*what) / 255.0;
            items.push(lap(reached, end));
            reached = end;
        }
        if what % 8 == 1 {
            items.push(Item::Event(Event::TimerStop { time }));
            let time = time + seconds / 2.0;
            items.push(Item::Event(Event::TimerStart { time }));
        }
        batch.push(next, &[*rate]);
        time = next;
    }
    flush(&mut batch, &mut items);
    items.push(lap(reached, time));
    items
}

proptest! {
    #[test]
    fn laps_add_up_to_the_session(steps in steps(), joined in any::<bool>()) {
        let (_, sent, summary) = run(r#"{"max": "185 bpm"}"#, items(&steps, joined));
        let mut sums = [0.0; 6];
        for item in &sent {
            if let Item::Lap(lap) = item {
                for (sum, time) in sums.iter_mut().zip(lap.time_in_hr_zone.iter().flatten()) {
                    *sum += time;
                }
            }
        }
        let session = summary.time_in_hr_zone.unwrap_or(vec![0.0; 6]);
        for (sum, time) in sums.iter().zip(&session) {
            prop_assert!((sum - time).abs() < 1e-9, "{:?} of {:?}", sums, session);
        }
        let time: f64 = steps.iter().map(|(seconds, ..)| seconds).sum();
        prop_assert!(session.iter().sum::<f64>() <= time + 1e-3);
    }

    #[test]
    fn any_split_into_batches_gives_the_same_times(steps in steps()) {
        let settings = r#"{"max": "185 bpm"}"#;
        let (_, one, _) = run(settings, items(&steps, false));
        let (_, other, _) = run(settings, items(&steps, true));
        let laps = |items: Vec<Item>| {
            let laps = items.into_iter().filter(|item| matches!(item, Item::Lap(_)));
            pipeline_plugin::testing::lines(&laps.collect::<Vec<_>>())
        };
        prop_assert_eq!(laps(one), laps(other));
    }
}
