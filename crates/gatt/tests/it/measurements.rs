use gatt::assigned::characteristic;
use gatt::{
    Contact, CscFeatures, CscMeasurement, CyclingPowerFeatures, CyclingPowerMeasurement,
    DeviceInformation, Error, EventClock, Extremes, FitnessMachineAdvertisement,
    FitnessMachineFeature, FitnessMachineFeatures, HeartRateMeasurement, PedalBalance, Revolutions,
    TorqueSource, battery_level,
};

use crate::support::{hex, vectors};

fn value(part: &str, index: usize) -> Vec<u8> {
    hex(vectors(part)[index]["hex"].as_str().unwrap())
}

/// Distance is counted as wheel revolutions of 1 cm, strokes as crank revolutions.
const ROWED: [Revolutions; 2] = [
    Revolutions {
        count: 400,
        time: 0x4001,
    },
    Revolutions {
        count: 4,
        time: 0xA000,
    },
];

#[test]
fn cycling_power_of_an_esp_rowing_monitor() {
    let measurement = CyclingPowerMeasurement::decode(&value("cps_esprm", 0)).unwrap();
    assert_eq!(
        measurement,
        CyclingPowerMeasurement {
            power: 100,
            wheel: Some(ROWED[0]),
            crank: Some(ROWED[1]),
            ..CyclingPowerMeasurement::default()
        }
    );
    // 40 s, modulo 65,535 ticks of 1/2048 s and 1/1024 s.
    let wheel = EventClock::CYCLING_POWER_WHEEL.modulo_65535();
    let crank = EventClock::CYCLING_POWER_CRANK.modulo_65535();
    assert_eq!(
        wheel.seconds(0, 0x4001),
        (40.0 * 2048.0 - 65_535.0) / 2048.0
    );
    assert_eq!(crank.seconds(0, 0xA000), 40.0);
}

#[test]
fn csc_of_an_esp_rowing_monitor() {
    let measurement = CscMeasurement::decode(&value("csc_esprm", 0)).unwrap();
    let wheel = Revolutions {
        time: 0xA000,
        ..ROWED[0]
    };
    assert_eq!(measurement.wheel, Some(wheel));
    assert_eq!(measurement.crank, Some(ROWED[1]));
    let none = CscMeasurement::decode(&[0xFC, 1, 2, 3]).unwrap();
    assert_eq!(none, CscMeasurement::default(), "unknown flags add nothing");
}

#[test]
fn wraps_of_the_vectors() {
    let all: serde_json::Value =
        serde_json::from_str(include_str!("../data/vectors.json")).unwrap();
    for case in all["wrap"]["examples"].as_array().unwrap() {
        let ticks = |clock: EventClock| {
            let time = |key: &str| u16::try_from(case[key].as_u64().unwrap()).unwrap();
            clock.seconds(time("last"), time("cur")) * 1024.0
        };
        assert_eq!(ticks(EventClock::CSC), case["standard"].as_f64().unwrap());
        assert_eq!(
            ticks(EventClock::CSC.modulo_65535()),
            case["esprm"].as_f64().unwrap()
        );
    }
}

#[test]
fn cycling_power_of_a_stages_crank() {
    let case = &vectors("cps_generic")[0];
    let measurement = CyclingPowerMeasurement::decode(&value("cps_generic", 0)).unwrap();
    let expected = &case["decoded"];
    assert_eq!(
        f64::from(measurement.power),
        expected["power"].as_f64().unwrap()
    );
    assert_eq!(
        measurement.accumulated_torque,
        expected["acc_torque_nm"].as_f64()
    );
    assert_eq!(measurement.torque_source, TorqueSource::Crank);
    let crank = measurement.crank.unwrap();
    assert_eq!(
        u64::from(crank.count),
        expected["crank_revs"].as_u64().unwrap()
    );
    assert_eq!(
        f64::from(crank.time) / 1024.0,
        expected["crank_time_s"].as_f64().unwrap()
    );
}

#[test]
fn cycling_power_with_everything() {
    let value = value("cps_generic", 1);
    let expected = CyclingPowerMeasurement {
        power: 250,
        pedal_balance: Some(PedalBalance {
            share: 50.0,
            left: false,
        }),
        accumulated_torque: Some(10.0),
        torque_source: TorqueSource::Wheel,
        wheel: Some(Revolutions {
            count: 12_345,
            time: 2048,
        }),
        crank: Some(Revolutions {
            count: 77,
            time: 1024,
        }),
        extreme_forces: Some(Extremes {
            maximum: 300.0,
            minimum: -20.0,
        }),
        extreme_torques: Some(Extremes {
            maximum: 2.0,
            minimum: -1.0,
        }),
        extreme_angles: Some(Extremes {
            maximum: 90.0,
            minimum: 180.0,
        }),
        top_dead_spot: Some(90),
        bottom_dead_spot: Some(270),
        accumulated_energy: Some(42),
        offset_compensation: false,
    };
    assert_eq!(CyclingPowerMeasurement::decode(&value), Ok(expected));
    let longer: Vec<u8> = value.iter().copied().chain([9, 9]).collect();
    assert_eq!(CyclingPowerMeasurement::decode(&longer), Ok(expected));
    for length in 0..value.len() {
        let error = CyclingPowerMeasurement::decode(&value[..length]).unwrap_err();
        assert!(matches!(error, Error::Short { length: l, .. } if l == length));
    }
}

#[test]
fn heart_rate_belts() {
    for case in vectors("hr") {
        let value = hex(case["hex"].as_str().unwrap());
        let decoded = &case["decoded"];
        let measurement = HeartRateMeasurement::decode(&value).unwrap();
        let contact = match measurement.contact {
            Contact::NotSupported => "not supported",
            Contact::NotDetected => "supported, not detected",
            Contact::Detected => "detected",
        };
        assert_eq!(
            u64::from(measurement.heart_rate),
            decoded["bpm"].as_u64().unwrap()
        );
        if let Some(expected) = decoded["contact"].as_str() {
            assert_eq!(contact, expected);
        }
        assert_eq!(
            measurement.energy_expended.map(u64::from),
            decoded["energy_kj"].as_u64()
        );
        let intervals: Vec<f64> = measurement.rr_intervals().map(|rr| rr * 1024.0).collect();
        let expected = decoded["rr_1024"].as_array().cloned().unwrap_or_default();
        let expected: Vec<f64> = expected.iter().map(|rr| rr.as_f64().unwrap()).collect();
        assert_eq!(intervals, expected);
    }
}

#[test]
fn what_no_heart_does_is_no_heart_rate() {
    let bpm = |text: &str| HeartRateMeasurement::decode(&hex(text)).unwrap().bpm();
    assert_eq!(bpm("06 00"), None);
    assert_eq!(bpm("00 FF"), None);
    assert_eq!(bpm("01 2C 01"), None);
    assert_eq!(bpm("00 FE"), Some(254));
    assert_eq!(bpm("01 98 00"), Some(152));
}

#[test]
fn odd_byte_after_the_intervals_is_ignored() {
    let value = hex("16 59 A2 02 07");
    let measurement = HeartRateMeasurement::decode(&value).unwrap();
    assert_eq!(measurement.rr_intervals().count(), 1);
}

#[test]
fn battery() {
    assert_eq!(battery_level(&[87]), Ok(87));
    assert_eq!(battery_level(&[100, 1]), Ok(100));
    assert_eq!(battery_level(&[101]), Err(Error::BatteryLevel(101)));
    assert_eq!(
        battery_level(&[]).unwrap_err().to_string(),
        "Battery Level ends after 0 bytes, before the level"
    );
}

#[test]
fn device_information() {
    let mut device = DeviceInformation::default();
    assert!(device.take(characteristic::MANUFACTURER_NAME, b"Concept2\0\xFF\xFF"));
    assert!(device.take(characteristic::FIRMWARE_REVISION, b"20260321"));
    assert!(device.take(characteristic::SERIAL_NUMBER, b" \0"));
    assert!(device.take(characteristic::MODEL_NUMBER, b"caf\xC3"));
    assert!(!device.take(characteristic::BATTERY_LEVEL, b"7"));
    assert_eq!(
        device,
        DeviceInformation {
            manufacturer_name: Some("Concept2".to_owned()),
            firmware_revision: Some("20260321".to_owned()),
            model_number: Some("caf\u{FFFD}".to_owned()),
            ..DeviceInformation::default()
        }
    );
}

/// The standard has 8 bytes, an ESP Rowing Monitor sends 4, Open Rowing Monitor 2.
#[test]
fn fitness_machine_features_of_any_length() {
    use FitnessMachineFeature as F;
    for text in ["A4 40 00 00 00 00 00 00", "A4 40 00 00", "A4 40"] {
        let features = FitnessMachineFeatures::decode(&hex(text)).unwrap();
        for feature in [F::TotalDistance, F::Pace, F::ResistanceLevel, F::Power] {
            assert!(features.has(feature), "{text} {feature:?}");
        }
        for feature in [F::Cadence, F::HeartRate, F::ElapsedTime] {
            assert!(!features.has(feature), "{text} {feature:?}");
        }
    }
    assert!(FitnessMachineFeatures::decode(&[0xA4]).is_err());
}

#[test]
fn other_features() {
    let power = CyclingPowerFeatures::decode(&hex("0C 00 00 00")).unwrap();
    assert!(power.wheel && power.crank);
    let csc = CscFeatures::decode(&hex("03 00")).unwrap();
    assert!(csc.wheel && csc.crank);
    let advertisement = FitnessMachineAdvertisement::decode(&hex("01 10 00")).unwrap();
    assert!(advertisement.available && advertisement.rower);
    let treadmill = FitnessMachineAdvertisement::decode(&hex("01 01 00")).unwrap();
    assert!(!treadmill.rower);
}
