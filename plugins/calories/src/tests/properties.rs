//! Random streams.

use pipeline_plugin::{Batch, Event, Item, field};
use proptest::prelude::*;

use super::{START, lap, run};

/// A second or more, with what ends it: nothing, a lap, a pause.
fn items(steps: &[(f64, f64, u8)]) -> Vec<Item> {
    let mut items = Vec::new();
    let (mut time, mut reached) = (START, START);
    for (seconds, power, what) in steps {
        let next = time + *seconds;
        if what % 4 == 1 {
            let end = time + seconds * f64::from(*what) / 255.0;
            items.push(lap(reached, end, f64::NAN));
            reached = end;
        }
        if what % 8 == 2 {
            items.push(Item::Event(Event::TimerStop { time }));
            let time = time + seconds / 2.0;
            items.push(Item::Event(Event::TimerStart { time }));
        }
        let mut batch = Batch::new(&[field::POWER]);
        batch.push(next, &[*power]);
        items.push(Item::Samples(batch));
        time = next;
    }
    items.push(lap(reached, time, f64::NAN));
    items
}

proptest! {
    #[test]
    fn laps_add_up_to_the_session(
        steps in prop::collection::vec(
            (
                prop_oneof![Just(0.0), Just(1.0), 0.0..40.0],
                prop_oneof![4 => 0.0..400.0, 1 => Just(f64::NAN)],
                any::<u8>(),
            ),
            1..60,
        ),
        file in any::<bool>(),
    ) {
        let mut items = items(&steps);
        let settings = if file { r#"{"formula": "file"}"# } else { "{}" };
        items.push(super::item("meta 500"));
        let ran = run(settings, items);
        let laps = ran.laps().into_iter().map(|lap| lap.totals.calories);
        let sum: f64 = laps.filter(|kcal| !kcal.is_nan()).sum();
        let total = ran.summary.totals.calories;
        let time: f64 = steps.iter().map(|(seconds, ..)| seconds).sum();
        if file && time > 0.0 {
            prop_assert!((sum - 500.0).abs() < 1e-6, "{} of 500", sum);
        } else if !file {
            prop_assert!((sum - total.max(0.0)).abs() < 1e-6, "{} of {}", sum, total);
        }
    }
}
