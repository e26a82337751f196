//! A whole row in each base service and at each MTU: the same strokes and metres come out.

use pipeline_plugin::field;

use crate::support::{START, record};

const OFF: &str = r#"{"heart-rate":"off"}"#;

#[test]
fn every_service_and_mtu() {
    for service in ["cps", "csc", "ftms"] {
        for mtu in [23, 185, 247, 512] {
            let recorded = record(&format!("esprm?service={service}&mtu={mtu}"), OFF);
            let row = recorded.only();
            let what = format!("{service} at {mtu}");
            assert!(
                (row.last(&field::TOTAL_CYCLES) - 635.0).abs() < 0.5,
                "{what}"
            );
            let distance = row.last(&field::DISTANCE);
            let metres = if service == "ftms" { 1.0 } else { 0.005 };
            assert!((distance - 5466.38).abs() <= metres, "{what}: {distance}");
            assert_eq!(row.curves(), 635, "{what}");
            assert_eq!(row.values(&field::DRIVE_TIME).len(), 635, "{what}");
            assert_eq!(row.values(&field::STROKE_WORK).len(), 635, "{what}");
            assert_eq!(row.gaps(), 0, "{what}");
            assert!(row.values(&field::POWER).len() > 620, "{what}");
            assert!(
                (row.seconds() - 1561.4).abs() < 5.0,
                "{what} {}",
                row.seconds()
            );
        }
    }
}

#[test]
fn what_the_monitor_is_stands_in_the_header() {
    let recorded = record("esprm?strokes=20", OFF);
    let header = &recorded.only().header;
    assert_eq!(header.name, "ESP Rowing Monitor (CPS)");
    assert_eq!(header.device.name, "ESP Rowing Monitor");
    assert_eq!(header.device.serial, Some(0x00A1_B2C3));
    assert_eq!(header.device.version, "20260321");
    assert_eq!(header.sport.to_string(), "rowing/indoor_rowing");
    assert!(header.start > START);
}

/// Of a drive of about 1.3 m with some hundred newtons.
#[test]
fn what_follows_from_the_forces() {
    let recorded = record("esprm", OFF);
    let row = recorded.only();
    let mean = |field: pipeline_plugin::Field| {
        let values = row.values(&field);
        values.iter().sum::<f64>() / f64::from(u32::try_from(values.len()).unwrap())
    };
    assert!((1.2..1.4).contains(&mean(field::DRIVE_LENGTH)));
    // Work per stroke and strokes per second make the power.
    let power = mean(field::STROKE_WORK) * 635.0 / row.seconds();
    assert!((power / mean(field::POWER) - 1.03).abs() < 0.05, "{power}");
    assert!(mean(field::PEAK_DRIVE_FORCE) > mean(field::AVERAGE_DRIVE_FORCE));
    assert!((110.0..125.0).contains(&mean(field::DRAG_FACTOR)));
    let lengths = row.values(&field::CYCLE_LENGTH);
    assert!((lengths.iter().sum::<f64>() - 5466.0).abs() < 60.0);
}

#[test]
fn without_forces() {
    let recorded = record("esprm?strokes=20", r#"{"heart-rate":"off","forces":false}"#);
    let row = recorded.only();
    assert_eq!(row.curves(), 0);
    assert!(row.values(&field::PEAK_DRIVE_FORCE).is_empty());
    assert_eq!(row.values(&field::DRIVE_TIME).len(), 18);
}

/// Every other rower that is a Fitness Machine.
#[test]
fn other_rowers() {
    for fields in ["kayakpro", "skillrow", "all"] {
        let recorded = record(&format!("ftms?fields={fields}"), OFF);
        let row = recorded.only();
        assert!(
            (row.last(&field::TOTAL_CYCLES) - 635.0).abs() < 0.5,
            "{fields}"
        );
        assert!(
            (row.last(&field::DISTANCE) - 5466.38).abs() <= 1.0,
            "{fields}"
        );
        assert!(row.values(&field::DRIVE_TIME).is_empty());
        assert!(row.batches().all(|batch| batch.columns().len() == 7));
    }
}

/// The same notifications give the same items.
#[test]
fn twice_the_same() {
    let devices = "esprm+belt?strokes=120&outages=2&outage=40&loss=0.05&delay=0.1&seed=7";
    let [one, other] = [0, 1].map(|_| {
        let recorded = record(devices, "{}");
        let items = recorded.streams.iter().map(|stream| &stream.items);
        items
            .map(|items| pipeline_plugin::testing::lines(items))
            .collect::<String>()
    });
    assert!(one.len() > 10_000);
    assert_eq!(one, other);
}
