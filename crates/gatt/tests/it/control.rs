use gatt::assigned::service;
use gatt::{ControlRefused, DeviceInformation, FitnessMachineControl, Reply, ResultCode, Uuid};

use crate::support::hex;

fn water_rower(software: &str) -> DeviceInformation {
    DeviceInformation {
        manufacturer_name: Some("WaterRower".to_owned()),
        software_revision: Some(software.to_owned()),
        ..DeviceInformation::default()
    }
}

const ROWER: [Uuid; 2] = [service::BATTERY, service::FITNESS_MACHINE];

/// On an ESP Rowing Monitor 0x12 would change the Bluetooth service and 0x1F restart the device.
#[test]
fn no_control_of_an_esp_rowing_monitor() {
    let own = [
        "a72a5762-803b-421d-a759-f0314153da97",
        "56892de1-7068-4b5a-acaa-473d97b02206",
        "ed249319-32c3-4e9f-83d7-7bb5aa5d5d4b",
    ];
    for service in own {
        let services = [ROWER[0], Uuid::parse_str(service).unwrap(), ROWER[1]];
        let control = FitnessMachineControl::of(&services, &DeviceInformation::default());
        assert_eq!(control.unwrap_err(), ControlRefused::OtherMeanings);
    }
}

/// Coxswain: any write makes these versions ask for a bond.
#[test]
fn no_control_of_a_water_rower_that_would_bond() {
    for software in ["4.0", "4.1"] {
        let control = FitnessMachineControl::of(&ROWER, &water_rower(software));
        assert_eq!(control.unwrap_err(), ControlRefused::WouldBond);
    }
    assert!(FitnessMachineControl::of(&ROWER, &water_rower("4.2")).is_ok());
}

#[test]
fn no_control_without_the_service() {
    let services = [service::CYCLING_POWER];
    let control = FitnessMachineControl::of(&services, &DeviceInformation::default());
    assert_eq!(control.unwrap_err(), ControlRefused::NoFitnessMachine);
}

#[test]
fn requests_of_the_standard() {
    let control = FitnessMachineControl::of(&ROWER, &DeviceInformation::default()).unwrap();
    let cases = [
        (control.request_control(), "00"),
        (control.reset(), "01"),
        (control.set_resistance(55), "04 37"),
        (control.set_power(-2), "05 FE FF"),
        (control.set_heart_rate(140), "06 8C"),
        (control.start(), "07"),
        (control.stop(), "08 01"),
        (control.pause(), "08 02"),
        (control.set_energy(500), "09 F4 01"),
        (control.set_distance(10_000), "0C 10 27 00"),
        (control.set_distance(u32::MAX), "0C FF FF FF"),
        (control.set_time(1800), "0D 08 07"),
        (control.set_cadence(48), "14 30 00"),
    ];
    for (request, expected) in cases {
        assert_eq!(request.bytes(), hex(expected));
    }
}

#[test]
fn replies() {
    let reply = |text: &str| Reply::decode(&hex(text));
    let expected = Reply {
        code: 0,
        result: ResultCode::ControlNotPermitted,
    };
    // How an ESP Rowing Monitor refuses in its fitness machine mode, and how in the others.
    assert_eq!(reply("80 00 05"), Ok(expected));
    assert!(reply("20 00 02").is_err());
    assert_eq!(reply("80 07 01").unwrap().result, ResultCode::Success);
    assert_eq!(reply("80 07 09").unwrap().result, ResultCode::Other(9));
    assert!(reply("80 07").is_err());
}
