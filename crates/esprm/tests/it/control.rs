use std::time::{Duration, Instant};

use esprm::assigned::characteristic;
use esprm::{
    BleService, ControlEvent, Controller, LogLevel, Properties, Request, RequestError, Response,
    ResultCode, SensorSignalSettings, Settings, WriteKind,
};
use sim::{BaseService, Faults, Happening, Monitor, Session};

use crate::support::{hex, vectors};

/// Since 2025-11 the control point takes writes without response only.
const NEW: Properties = Properties {
    write: false,
    write_without_response: true,
};

#[test]
fn the_way_to_write_follows_from_the_properties() {
    let old = Properties {
        write: true,
        write_without_response: false,
    };
    assert_eq!(old.kind(), WriteKind::WithResponse);
    assert_eq!(NEW.kind(), WriteKind::WithoutResponse);
    let both = Properties { write: true, ..NEW };
    assert_eq!(both.kind(), WriteKind::WithoutResponse);
}

#[test]
fn responses_of_the_vectors() {
    let names = [
        (1, ResultCode::Success),
        (2, ResultCode::UnsupportedOpCode),
        (3, ResultCode::InvalidParameter),
        (4, ResultCode::OperationFailed),
    ];
    for case in vectors("control_point").as_array().unwrap() {
        let Ok(bytes) = <[u8; 3]>::try_from(
            case["indicate"]
                .as_str()
                .unwrap()
                .split_whitespace()
                .filter_map(|byte| u8::from_str_radix(byte, 16).ok())
                .collect::<Vec<_>>(),
        ) else {
            continue;
        };
        let response = Response::decode(&bytes).unwrap();
        assert_eq!(response.code, bytes[1]);
        assert!(names.contains(&(bytes[2], response.result)));
    }
    // In its fitness machine mode the monitor refuses the standard's requests in their way.
    assert!(Response::decode(&hex("80 00 05")).is_err());
    assert!(Response::decode(&hex("20 00")).is_err());
    let other = Response::decode(&hex("20 11 09")).unwrap();
    assert_eq!(other.result, ResultCode::Other(9));
}

#[test]
fn one_request_at_a_time() {
    let now = Instant::now();
    let mut controller = Controller::new(NEW);
    let level = Request::SetLogLevel(LogLevel::Info);
    controller.request(now, level).unwrap();
    let again = controller.request(now, Request::RestartDevice);
    assert_eq!(again, Err(RequestError::Busy));
    let write = controller.poll_write().unwrap();
    assert_eq!(write.characteristic, characteristic::SETTINGS_CONTROL_POINT);
    assert_eq!(write.kind, WriteKind::WithoutResponse);
    assert_eq!(write.value, [17, 4]);
    assert_eq!(controller.poll_write(), None);

    // The answer to something else, and something that is no answer.
    controller.handle_indication(now, &hex("20 12 01"));
    controller.handle_indication(now, &hex("07"));
    assert_eq!(controller.poll_event(), Some(ControlEvent::Unexpected));
    assert_eq!(controller.poll_event(), Some(ControlEvent::Unexpected));
    controller.handle_indication(now, &hex("20 11 05"));
    assert_eq!(
        controller.poll_event(),
        Some(ControlEvent::Answered {
            request: level,
            result: ResultCode::ControlNotPermitted
        })
    );
    assert_eq!(controller.poll_timeout(), None);
    controller.request(now, level).unwrap();
}

#[test]
fn no_answer_within_two_seconds() {
    let now = Instant::now();
    let request = Request::SetDeltaTimeLogging(true);
    let mut controller = Controller::new(NEW);
    controller.request(now, request).unwrap();
    let at = now + Duration::from_secs(2);
    assert_eq!(controller.poll_timeout(), Some(at));
    controller.handle_timeout(now + Duration::from_secs(1));
    assert_eq!(controller.poll_event(), None);
    controller.handle_timeout(at);
    assert_eq!(
        controller.poll_event(),
        Some(ControlEvent::NotAnswered(request))
    );
    assert_eq!(
        controller.poll_write(),
        None,
        "what was not written is not written late"
    );
}

#[test]
fn a_request_that_cannot_be_made_is_not_written() {
    let mut controller = Controller::new(NEW);
    let settings = SensorSignalSettings {
        debounce_time: 0,
        stop_threshold: 7,
    };
    let error = controller
        .request(Instant::now(), Request::SetSensorSignalSettings(settings))
        .unwrap_err();
    assert!(matches!(error, RequestError::Invalid(_)));
    assert_eq!(controller.poll_write(), None);
    assert_eq!(controller.poll_timeout(), None);
}

/// Asks a simulated monitor; what it answers, and whether it dropped the link then.
fn ask(request: Request) -> (Option<ControlEvent>, Option<Settings>, bool) {
    let start = Instant::now();
    let monitor = Monitor::new(sim::row::steady(), BaseService::FitnessMachine);
    let mut session = Session::new(monitor, 247, Faults::default());
    assert_eq!(session.next(), Some((Duration::ZERO, Happening::Connected)));
    let mut controller = Controller::new(NEW);
    controller.request(start, request).unwrap();
    let write = controller.poll_write().unwrap();
    session
        .write(
            write.characteristic,
            sim::WriteKind::WithoutResponse,
            &write.value,
        )
        .unwrap();
    let (mut settings, mut dropped) = (None, false);
    for (time, happening) in session.take_while(|(time, _)| *time < Duration::from_secs(1)) {
        match happening {
            Happening::Value {
                characteristic: characteristic::SETTINGS_CONTROL_POINT,
                value,
            } => controller.handle_indication(start + time, &value),
            Happening::Value {
                characteristic: characteristic::SETTINGS,
                value,
            } => settings = Some(Settings::decode(&value).unwrap()),
            Happening::Disconnected => dropped = true,
            _ => {}
        }
    }
    (controller.poll_event(), settings, dropped)
}

#[test]
fn a_monitor_takes_settings_and_tells_them() {
    let request = Request::SetSensorSignalSettings(SensorSignalSettings {
        debounce_time: 9,
        stop_threshold: 12,
    });
    let (event, settings, dropped) = ask(request);
    let result = ResultCode::Success;
    assert_eq!(event, Some(ControlEvent::Answered { request, result }));
    assert_eq!(settings.unwrap().sensor.stop_threshold, 12);
    assert!(!dropped);
}

#[test]
fn a_monitor_restarts() {
    for request in [
        Request::RestartDevice,
        Request::ChangeBleService(BleService::CyclingPower),
    ] {
        assert!(request.restarts());
        let (event, _, dropped) = ask(request);
        let result = ResultCode::Success;
        assert_eq!(event, Some(ControlEvent::Answered { request, result }));
        assert!(dropped);
    }
}

#[test]
fn a_monitor_that_was_built_without_says_so() {
    let request = Request::SetSdCardLogging(true);
    let (event, _, _) = ask(request);
    let result = ResultCode::UnsupportedOpCode;
    assert_eq!(event, Some(ControlEvent::Answered { request, result }));
}
