//! What a plugin may meet: odd streams, meaningless inputs, and a host that refuses.

use std::io::{self, Read};

use pipeline_plugin::{
    Batch, Curve, Error, Event, Field, Header, Item, Lap, Meta, Output, Result, Sport, Streams,
    Timestamp, Totals, Trigger, field,
};

/// When the streams start: 2025.
pub(super) const START: Timestamp = Timestamp::from_seconds(1_760_000_000);

pub(super) fn header() -> Header {
    Header {
        name: "check".to_owned(),
        start: START,
        sport: Sport::INDOOR_ROWING,
        ..Header::default()
    }
}

/// A header that starts with the first sample.
pub(super) fn header_of(items: &[Item]) -> Header {
    let first = items.iter().find_map(|item| match item {
        Item::Samples(batch) => batch.time().first().copied(),
        _ => None,
    });
    Header {
        start: first.unwrap_or(START),
        ..header()
    }
}

pub(super) fn samples(rows: i64) -> Item {
    samples_from(START, rows)
}

fn samples_from(start: Timestamp, rows: i64) -> Item {
    let mut batch = Batch::new(&[field::DISTANCE, field::POWER, field::HEART_RATE]);
    for row in 0..rows {
        #[expect(clippy::cast_precision_loss, reason = "a thousand at most")]
        let seconds = row as f64;
        batch.push(start + seconds, &[seconds * 4.0, 180.0, 140.0]);
    }
    Item::Samples(batch)
}

/// Streams that are odd, but may come.
pub(super) fn odd_streams() -> Vec<(&'static str, Vec<Item>)> {
    let at = START;
    let mut nothing = Batch::new(&[field::POWER, Field::new("something_new", "parsec")]);
    for _ in 0..3 {
        nothing.push(at, &[]);
    }
    let lap = Lap {
        start: at,
        end: at + 60.0,
        trigger: Trigger::Manual,
        intensity: pipeline_plugin::Intensity::Active,
        totals: Totals::default(),
        time_in_hr_zone: None,
    };
    let curve = Curve {
        time: at,
        field: "handle_force".to_owned(),
        interval: None,
        values: Vec::new(),
    };
    let rare = vec![
        Item::Curve(curve),
        samples(60),
        Item::Event(Event::TimerStop { time: at + 60.0 }),
        Item::Event(Event::TimerStart { time: at + 90.0 }),
        Item::Event(Event::Meta(Meta::default())),
        Item::Lap(Box::new(lap)),
        Item::Bytes(vec![0, 255]),
    ];
    vec![
        ("a stream without items", Vec::new()),
        (
            "an empty batch",
            vec![Item::Samples(Batch::default()), samples(0)],
        ),
        (
            "three rows without values at one time",
            vec![Item::Samples(nothing)],
        ),
        (
            "a minute of rowing, with laps, pauses, curves and bytes",
            rare,
        ),
        ("a thousand rows in a batch", vec![samples(1000)]),
        (
            "a clock that was never set: 1970",
            vec![samples_from(Timestamp::default(), 10)],
        ),
    ]
}

/// The same noise every time.
pub(super) fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let byte = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..length).map(byte).collect()
}

/// Never ends, never says anything.
pub(super) struct Endless;

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer.fill(b'\n');
        Ok(buffer.len())
    }
}

/// Takes every stream and every item.
pub(super) struct Anywhere;

impl Output for Anywhere {
    fn send(&mut self, _: Item) -> Result<()> {
        Ok(())
    }
}

impl Streams for Anywhere {
    fn open(&mut self, _: Header) -> Result<()> {
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Refuses every item, as a run does that is to stop.
pub(super) struct Refusing;

impl Output for Refusing {
    fn send(&mut self, _: Item) -> Result<()> {
        Err(Error::cancelled())
    }
}

impl pipeline_plugin::Content for Endless {
    fn keep(&mut self) -> Result<()> {
        Ok(())
    }

    fn rewind(&mut self) -> Result<()> {
        Ok(())
    }
}
