use crate::{Batch, Item, Timestamp, field};

/// Degrees of a semicircle's 2³¹st part, in which FIT has positions.
const DEGREES: f64 = 180.0 / 2_147_483_648.0;

/// A made ride of that many seconds, for benchmarks: what a cycling computer records, nine columns with
/// numbers as fine as FIT has them.
pub fn ride(seconds: u32) -> Vec<Item> {
    let fields = [
        field::POSITION_LAT,
        field::POSITION_LONG,
        field::ALTITUDE,
        field::DISTANCE,
        field::SPEED,
        field::HEART_RATE,
        field::CADENCE,
        field::POWER,
        field::TEMPERATURE,
    ];
    let mut items = Vec::new();
    let mut batch = Batch::new(&fields);
    for second in 0..seconds {
        let n = f64::from(second);
        let row = [
            (565_000_000.0 + n * 40.0) * DEGREES,
            (101_000_000.0 + n * 31.0) * DEGREES,
            f64::from(second % 2000) / 5.0,
            f64::from(second * 8) + f64::from(second % 100) / 100.0,
            f64::from(7000 + second % 3000) / 1000.0,
            f64::from(120 + second % 60),
            f64::from(80 + second % 20),
            f64::from(150 + second % 200),
            21.0,
        ];
        batch.push(
            Timestamp::from_seconds(1_772_442_000 + i64::from(second)),
            &row,
        );
        if batch.len() == Batch::ROWS {
            items.push(Item::Samples(std::mem::replace(
                &mut batch,
                Batch::new(&fields),
            )));
        }
    }
    items.push(Item::Samples(batch));
    items
}
