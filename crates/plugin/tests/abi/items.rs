//! Items over the border and back.

use pipeline_plugin::abi::{self, Column, Samples};
use pipeline_plugin::export::{Incoming, Outgoing};
use pipeline_plugin::{Batch, Field, Item, Timestamp, field, testing};
use proptest::prelude::*;

fn there_and_back(items: &[Item]) -> Vec<Item> {
    let (mut outgoing, mut incoming) = (Outgoing::default(), Incoming::default());
    let cross = |item| outgoing.lend(item, |item| incoming.item(item).unwrap().unwrap());
    items.iter().map(cross).collect()
}

#[test]
fn every_kind_comes_back_as_it_was() {
    let lines = concat!(
        r#"{"curve":{"time":"1970-01-01T00:00:00.000001Z","field":"handle_force","interval":0.1,"values":[0.1,120.30000000000001]}}"#,
        "\n",
        r#"{"samples":{"time":["1970-01-01T00:00:01Z"],"distance":[0.1],"power":[null]}}"#,
        "\n",
        r#"{"event":{"timer_stop":{"time":"1970-01-01T00:00:02Z"}}}"#,
        "\n",
        r#"{"event":{"meta":{"notes":"a \"note\"\n"}}}"#,
        "\n",
        r#"{"lap":{"start":"1970-01-01T00:00:01Z","end":"1970-01-01T00:00:02Z","trigger":"distance","intensity":"rest","totals":{"timer_time":0.30000000000000004,"distance":null,"cycles":null,"calories":null,"work":null,"max_speed":null,"avg_heart_rate":null,"max_heart_rate":null,"min_heart_rate":null,"avg_cadence":null,"max_cadence":null,"avg_power":null,"max_power":null},"time_in_hr_zone":[1.1]}}"#,
        "\n",
        r#"{"bytes":[0,255]}"#,
        "\n",
    );
    assert_eq!(
        testing::lines(&there_and_back(&testing::items(lines))),
        lines
    );
}

proptest! {
    #[test]
    fn numbers_come_back_bit_by_bit(
        rows in prop::collection::vec((0_i64..1_000_000, any::<f64>(), any::<f64>()), 0..50),
        totals in any::<f64>().prop_filter("finite", |value| value.is_finite()),
    ) {
        let mut batch = Batch::new(&[field::POWER, Field::new("my_own", "parsec")]);
        let mut time = 0;
        for (step, power, own) in &rows {
            time += step;
            batch.push(Timestamp::from_micros(time), &[*power, *own]);
        }
        let lap = pipeline_plugin::Lap {
            start: Timestamp::default(),
            end: Timestamp::from_micros(time),
            trigger: pipeline_plugin::Trigger::Manual,
            intensity: pipeline_plugin::Intensity::Active,
            totals: pipeline_plugin::Totals { distance: totals, ..Default::default() },
            time_in_hr_zone: None,
        };
        let made = there_and_back(&[Item::Samples(batch.clone()), Item::Lap(Box::new(lap))]);
        let [Item::Samples(back), Item::Lap(lap)] = made.as_slice() else {
            panic!("two items");
        };
        prop_assert_eq!(back.time(), batch.time());
        for (one, other) in back.columns().iter().zip(batch.columns()) {
            prop_assert_eq!(one.field.name(), other.field.name());
            prop_assert_eq!(one.field.unit(), other.field.unit());
            let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&one.values), bits(&other.values));
        }
        prop_assert_eq!(lap.totals.distance.to_bits(), totals.to_bits());
    }
}

#[test]
fn columns_may_change_from_batch_to_batch() {
    let mut incoming = Incoming::default();
    let mut take = |names: &[&str]| {
        let columns = names
            .iter()
            .map(|name| Column::new(name, "", &[1.0]))
            .collect();
        let item = abi::Item::Samples(Samples::new(&[5], columns));
        incoming
            .item(&item)
            .map(|item| testing::lines(&[item.unwrap()]))
    };
    assert!(take(&["power"]).unwrap().contains(r#""power":[1.0]"#));
    assert!(
        take(&["speed", "power"])
            .unwrap()
            .contains(r#""speed":[1.0],"power":[1.0]"#)
    );
    assert!(
        take(&["power", "speed"])
            .unwrap()
            .contains(r#""power":[1.0],"speed":[1.0]"#)
    );
    assert!(
        take(&[])
            .unwrap()
            .contains(r#"{"time":["1970-01-01T00:00:00.000005Z"]}"#)
    );
    assert_eq!(
        take(&["power", "power"]).unwrap_err(),
        "sent the column `power` twice"
    );
    assert_eq!(
        take(&["time"]).unwrap_err(),
        "sent a column with the name `time`; names are of a-z, 0-9 and _, and not `time` or `units`"
    );
    assert!(take(&["power"]).is_ok());
}
