//! Laps add up to the session to the last raw unit, whatever they are.

use fit::profile::{self, activity, lap, session};
use pipeline_plugin::{
    Batch, Event, Header, Intensity, Item, Lap, Meta, Sport, Summary, Totals, Trigger, field,
};
use plugin_fit::Encoding;
use proptest::prelude::*;

use crate::support::{START, each, file, summary};

/// A lap as a test makes it up.
#[derive(Clone, Debug)]
struct Made {
    micros: u32,
    /// How much of it the timer stood still, in percent.
    paused: f64,
    metres: f64,
    strokes: f64,
    kcal: f64,
    joules: f64,
}

fn made() -> impl Strategy<Value = Made> {
    (
        0..900_000_000_u32,
        0.0..90.0_f64,
        0.0..3000.0_f64,
        0.0..300.0_f64,
        0.0..90.0_f64,
        0.0..200_000.0_f64,
    )
        .prop_map(|(micros, paused, metres, strokes, kcal, joules)| Made {
            micros,
            paused,
            metres,
            strokes,
            kcal,
            joules,
        })
}

/// Which totals the laps carry themselves; the others only the whole has.
#[derive(Clone, Copy, Debug)]
struct Carried {
    strokes: bool,
    kcal: bool,
}

fn row(laps: &[Made], carried: Carried, counted: Option<u16>) -> (Header, Vec<Item>, Summary) {
    let header = Header {
        start: START,
        sport: Sport::INDOOR_ROWING,
        ..Header::default()
    };
    let fields = [field::DISTANCE, field::TOTAL_CYCLES];
    let mut items = Vec::new();
    let mut first = Batch::new(&fields);
    first.push(START, &[0.0, 0.0]);
    items.push(Item::Samples(first));
    let (mut at, mut metres, mut strokes) = (START, 0.0, 0.0);
    let mut whole = Totals {
        timer_time: 0.0,
        distance: 0.0,
        cycles: 0.0,
        calories: 0.0,
        work: 0.0,
        ..Totals::default()
    };
    for made in laps {
        let start = at;
        at = at + f64::from(made.micros) / 1e6;
        metres += made.metres;
        strokes += made.strokes;
        let mut batch = Batch::new(&fields);
        batch.push(at, &[metres, strokes]);
        items.push(Item::Samples(batch));
        let timer_time = (at - start) * (1.0 - made.paused / 100.0);
        let carry = |known: bool, value: f64| if known { value } else { f64::NAN };
        let totals = Totals {
            timer_time,
            distance: made.metres,
            cycles: carry(carried.strokes, made.strokes),
            calories: carry(carried.kcal, made.kcal),
            work: made.joules,
            ..Totals::default()
        };
        items.push(Item::Lap(Box::new(Lap {
            start,
            end: at,
            trigger: Trigger::Distance,
            intensity: Intensity::Active,
            totals,
            time_in_hr_zone: None,
        })));
        whole.timer_time += timer_time;
        whole.distance = metres;
        whole.cycles = strokes;
        whole.calories += made.kcal;
        whole.work += made.joules;
    }
    items.extend(counted.map(|total| {
        Item::Event(Event::Meta(Meta {
            total_cycles: Some(f64::from(total)),
            ..Meta::default()
        }))
    }));
    let mut summary = summary(&header, &items);
    summary.totals = whole;
    (header, items, summary)
}

/// The fields that must add up: name, number in a lap, number in the session.
const SUMS: [(&str, u8, u8); 6] = [
    (
        "elapsed time",
        lap::TOTAL_ELAPSED_TIME.number,
        session::TOTAL_ELAPSED_TIME.number,
    ),
    (
        "timer time",
        lap::TOTAL_TIMER_TIME.number,
        session::TOTAL_TIMER_TIME.number,
    ),
    (
        "distance",
        lap::TOTAL_DISTANCE.number,
        session::TOTAL_DISTANCE.number,
    ),
    (
        "cycles",
        lap::TOTAL_CYCLES.number,
        session::TOTAL_CYCLES.number,
    ),
    (
        "calories",
        lap::TOTAL_CALORIES.number,
        session::TOTAL_CALORIES.number,
    ),
    ("work", lap::TOTAL_WORK.number, session::TOTAL_WORK.number),
];

/// Raw sums of the laps, raw values of the session, and the activity's timer time.
fn raw(file: &[u8]) -> ([i128; 6], [i128; 6], i128) {
    let (mut laps, mut whole, mut timer) = ([0; 6], [0; 6], 0);
    each(file, |message| {
        let integer = |number: u8| {
            let field = message.field(number).and_then(|it| it.integers().next());
            field.flatten().unwrap_or(-1)
        };
        if message.number() == profile::LAP.number {
            for (sum, (_, number, _)) in laps.iter_mut().zip(SUMS) {
                *sum += integer(number);
            }
        } else if message.number() == profile::SESSION.number {
            whole = SUMS.map(|(_, _, number)| integer(number));
        } else if message.number() == profile::ACTIVITY.number {
            timer = integer(activity::TOTAL_TIMER_TIME.number);
        }
    });
    (laps, whole, timer)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn laps_tile_the_session(
        laps in prop::collection::vec(made(), 1..40),
        strokes in any::<bool>(),
        kcal in any::<bool>(),
        counted in prop::option::of(1..20_000_u16),
    ) {
        let carried = Carried { strokes, kcal };
        let (header, items, summary) = row(&laps, carried, counted);
        let file = file(&header, &Encoding::default(), &items, &summary);
        let (sums, whole, timer) = raw(&file);
        for ((name, ..), (sum, whole)) in SUMS.iter().zip(sums.iter().zip(whole)) {
            prop_assert_eq!(*sum, whole, "{}", name);
        }
        prop_assert_eq!(timer, whole[1], "timer time of the activity");
        if let (Some(total), true) = (counted, summary.totals.cycles > 0.0) {
            prop_assert_eq!(whole[3], i128::from(total), "the recorder's count");
        }
        // Nothing is more than the rounding away from what was done.
        let near = |raw: i128, value: f64| {
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            let raw = raw as f64;
            (raw - value).abs() <= 1.0
        };
        prop_assert!(near(whole[0], (summary.end - summary.start) * 1000.0));
        prop_assert!(near(whole[1], summary.totals.timer_time * 1000.0));
        prop_assert!(near(whole[2], summary.totals.distance * 100.0));
        prop_assert!(near(whole[4], summary.totals.calories));
    }
}
