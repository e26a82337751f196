//! What a device is, how it does, and what it is told.

use xoss::remote::{
    Battery, Camera, CameraControl, EBike, Feature, Glasses, MachineStatus, RawRequest,
    RemoteCharacteristic, RemoteError, RemoteMode, RemoteTypes, Request, Response, ResponseValue,
    ResultCode, SERVICE, is_advertised,
};

use super::encoding;

#[test]
fn requests() {
    let cases = [
        ("control point: request control", Request::RequestControl),
        (
            "control point: brightness 80 %",
            Request::Brightness(Some(80)),
        ),
        ("control point: query brightness", Request::Brightness(None)),
        (
            "control point: sleep time 600 s",
            Request::SleepTime(Some(600)),
        ),
        ("control point: query sleep time", Request::SleepTime(None)),
        ("control point: ANCS on", Request::Notifications(Some(true))),
        ("control point: query ANCS", Request::Notifications(None)),
        (
            "control point: set time GMT 1720000000, local +8 h",
            Request::SetTime {
                utc: 1_720_000_000,
                local: 1_720_028_800,
            },
        ),
    ];
    for (name, request) in cases {
        assert_eq!(request.encode(), encoding(name), "{name}");
        assert_eq!(Request::decode(&encoding(name)).unwrap(), request);
    }
    for request in [
        Request::Reset,
        Request::SetType(RemoteTypes::DISPLAY),
        Request::SetMode(RemoteMode::On),
        Request::DebugWorkout(vec![0, 8, 1, 0]),
        Request::DebugNavigation(vec![1, 0]),
        Request::Raw(RawRequest::new(0xE0, vec![1, 2]).unwrap()),
    ] {
        assert_eq!(Request::decode(&request.encode()).unwrap(), request);
    }
    assert_eq!(
        Request::Brightness(Some(250)).encode(),
        [6, 100],
        "255 would be a question"
    );
    // One byte of type or mode is read as well.
    assert_eq!(
        Request::decode(&[3, 1]).unwrap(),
        Request::SetMode(RemoteMode::On)
    );
}

/// The firmware update has no constructor, and no raw request makes one.
#[test]
fn the_firmware_update_can_t_be_requested() {
    for opcode in 0..=255 {
        let named = [0, 1, 2, 3, 6, 0x0A, 0x0B, 0x12, 0x20, 0x80, 0xDA, 0xDF].contains(&opcode);
        assert_eq!(
            RawRequest::new(opcode, vec![]).is_err(),
            named,
            "{opcode:02x}"
        );
    }
    assert_eq!(Request::decode(&[0xDF]), Err(RemoteError::Opcode(0xDF)));
}

#[test]
fn responses() {
    let done = |request, value| Response {
        request,
        result: ResultCode::Done,
        value,
    };
    for (name, response) in [
        (
            "control point: response ok to request control",
            done(0, ResponseValue::None),
        ),
        (
            "control point: response ok to set time",
            done(0xDA, ResponseValue::None),
        ),
        (
            "control point: brightness response 80 %",
            done(6, ResponseValue::Brightness(80)),
        ),
    ] {
        assert_eq!(response.encode(), encoding(name), "{name}");
        assert_eq!(Response::decode(&encoding(name)).unwrap(), response);
    }
    for response in [
        done(0x12, ResponseValue::SleepTime(600)),
        done(0x20, ResponseValue::Notifications(true)),
        done(0x20, ResponseValue::Other(vec![7])),
        Response {
            request: 2,
            result: ResultCode::NotPermitted,
            value: ResponseValue::None,
        },
        Response {
            request: 2,
            result: ResultCode::Other(77),
            value: ResponseValue::None,
        },
    ] {
        assert_eq!(Response::decode(&response.encode()).unwrap(), response);
    }
    assert!(Response::decode(&[0x81, 0, 1]).is_err());
    assert!(Response::decode(&[0x80, 0]).is_err());
}

#[test]
fn features() {
    let feature = Feature {
        types: RemoteTypes::GLASSES,
        modes: 3,
        reserved: vec![],
    };
    let bytes = encoding("feature: glasses, modes OFF+ON");
    assert_eq!(feature.encode(), bytes);
    assert_eq!(Feature::decode(&bytes).unwrap(), feature);
    assert!(feature.types.contains(RemoteTypes::GLASSES));
    assert!(!feature.types.contains(RemoteTypes::CAMERA));
    assert!(feature.has_mode(RemoteMode::On) && !feature.has_mode(RemoteMode::Custom));
    assert!(!feature.has_mode(RemoteMode::Other(63)));
    // What stands behind is kept.
    let longer = [&bytes[..], &[9, 9]].concat();
    assert_eq!(Feature::decode(&longer).unwrap().encode(), longer);
    assert!(Feature::decode(&bytes[..3]).is_err());
}

#[test]
fn machine_status() {
    let bytes = encoding(
        "machine status: type+mode+ebike (bits 0,1,5): ebike type, mode ON, 87 %, good, 250 W",
    );
    let status = MachineStatus {
        types: Some(RemoteTypes::EBIKE),
        mode: Some(RemoteMode::On),
        ebike: Some(EBike {
            charge: Some(87),
            battery: Battery::Good,
            power: Some(250),
        }),
        ..MachineStatus::default()
    };
    assert_eq!(status.encode(), bytes);
    assert_eq!(MachineStatus::decode(&bytes).unwrap(), status);
    // With one byte of mode, as the text says.
    let mut short = bytes.clone();
    short.remove(4);
    assert_eq!(MachineStatus::decode(&short).unwrap(), status);
    short.pop();
    assert!(MachineStatus::decode(&short).is_err());
    let all = MachineStatus {
        glasses: Some(Glasses {
            case_charge: 50,
            case_state: 1,
        }),
        camera: Some(Camera {
            lens: 14,
            shutter: 500,
            log: true,
            ..Camera::default()
        }),
        ebike: Some(EBike {
            charge: None,
            battery: Battery::Other(9),
            power: None,
        }),
        rest: vec![1, 2, 3],
        ..status
    };
    assert_eq!(MachineStatus::decode(&all.encode()).unwrap(), all);
    // How long a display's part is, nobody knows: it and what follows is kept.
    let display = [&[0x30][..], &[1, 2, 3, 4, 5]].concat();
    let read = MachineStatus::decode(&display).unwrap();
    assert!(read.display && read.ebike.is_none());
    assert_eq!(read.rest, [1, 2, 3, 4, 5]);
}

#[test]
fn cameras() {
    assert_eq!(CameraControl::TakePhoto.encode(), [0]);
    assert_eq!(CameraControl::StartVideo.encode(), [1]);
    assert_eq!(CameraControl::StopVideo.encode(), [2]);
    let configure = CameraControl::Configure(Camera {
        lens: 14,
        ..Camera::default()
    });
    assert_eq!(configure.encode(), [3, 14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn names_of_characteristics() {
    assert_eq!(SERVICE.to_string(), "adb401c0-b1c6-11ed-afa1-0242ac120002");
    let printed = [
        (
            RemoteCharacteristic::Feature,
            "adb40001-b1c6-11ed-afa1-0242ac120001",
        ),
        (
            RemoteCharacteristic::MachineStatus,
            "adb40002-b1c6-11ed-afa1-0242ac120002",
        ),
        (
            RemoteCharacteristic::ControlPoint,
            "adb40003-b1c6-11ed-afa1-0242ac120003",
        ),
        (
            RemoteCharacteristic::DataPipeline,
            "adb40004-b1c6-11ed-afa1-0242ac120004",
        ),
    ];
    for (characteristic, name) in printed {
        assert_eq!(characteristic.uuid().to_string(), name);
        assert_eq!(
            RemoteCharacteristic::from_uuid(characteristic.uuid()),
            Some(characteristic)
        );
    }
    let odd = uuid::Uuid::from_u128(0xADB4_0003_B1C6_11ED_AFA1_0242_AC12_0002);
    assert_eq!(
        RemoteCharacteristic::from_uuid(odd),
        Some(RemoteCharacteristic::ControlPoint)
    );
    assert_eq!(RemoteCharacteristic::from_uuid(SERVICE), None);
    assert!(is_advertised(SERVICE));
    assert!(is_advertised(uuid::Uuid::from_u128(
        0x0000_01C0_0000_1000_8000_0080_5F9B_34FB
    )));
    assert!(!is_advertised(xoss::gatt::SERVICE));
}
