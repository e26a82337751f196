use esprm::{
    BleService, DragFactorSettings, Error, LogLevel, Logging, MachineSettings, Request,
    SensorSignalSettings, Settings, StrokeDetection, StrokeDetectionSettings,
};

use crate::support::{hex, vectors};

fn value(part: &str, index: usize) -> Vec<u8> {
    hex(vectors(part)[index]["hex"].as_str().unwrap())
}

fn generic_air() -> Settings {
    Settings {
        delta_times: Logging::Off,
        sd_card: Logging::NotSupported,
        log_level: LogLevel::Info,
        runtime_settings: true,
        machine: MachineSettings {
            flywheel_inertia: 0.07848,
            magic_constant: 2.8,
            impulses_per_revolution: 3,
            sprocket_radius: 0.015,
        },
        sensor: SensorSignalSettings {
            debounce_time: 7,
            stop_threshold: 7,
        },
        drag_factor: DragFactorSettings {
            goodness_of_fit: 247.0 / 255.0,
            max_recovery: 6,
            lower: 75,
            upper: 250,
            array_length: 1,
        },
    }
}

#[test]
fn an_air_rower() {
    let settings = Settings::decode(&value("settings", 0)).unwrap();
    assert_eq!(settings, generic_air());
    // What the reference logs were taken with: 0.0314 m from impulse to impulse.
    let step = settings.machine.handle_step().unwrap();
    assert!((step - 0.0314).abs() < 5e-5, "{step}");
}

#[test]
fn a_kayak_that_logs_everything() {
    let settings = Settings::decode(&value("settings", 1)).unwrap();
    assert_eq!(settings.delta_times, Logging::On);
    assert_eq!(settings.sd_card, Logging::On);
    assert_eq!(settings.log_level, LogLevel::Verbose);
    assert_eq!(settings.machine.impulses_per_revolution, 6);
    assert_eq!(settings.sensor.debounce_time, 4);
    assert_eq!(settings.sensor.stop_threshold, 10);
}

#[test]
fn settings_that_do_not_say_how_far_the_handle_moves() {
    let mut machine = generic_air().machine;
    machine.impulses_per_revolution = 0;
    assert_eq!(machine.handle_step(), None);
    machine.impulses_per_revolution = 3;
    machine.sprocket_radius = 0.0;
    assert_eq!(machine.handle_step(), None);
}

fn strokes() -> StrokeDetectionSettings {
    StrokeDetectionSettings {
        detection: StrokeDetection::Torque,
        impulse_array_length: 6,
        double_precision: true,
        minimum_powered_torque: 0.0,
        minimum_drag_torque: 0.07,
        slope_margin: None,
        minimum_recovery_slope: 0.01,
        minimum_recovery_time: 800,
        minimum_drive_time: 400,
        force_capacity: 55,
    }
}

#[test]
fn stroke_detection() {
    let settings = StrokeDetectionSettings::decode(&value("stroke_settings", 0)).unwrap();
    assert_eq!(settings, strokes());
}

/// Firmware before 2025-12-12 has a margin of four bytes in the middle.
#[test]
fn stroke_detection_of_older_firmware() {
    let settings = StrokeDetectionSettings::decode(&value("stroke_settings", 1)).unwrap();
    let margin = settings.slope_margin.unwrap();
    assert!((margin - 0.000_02).abs() < 1e-10, "{margin}");
    let expected = StrokeDetectionSettings {
        slope_margin: Some(margin),
        ..strokes()
    };
    assert_eq!(settings, expected);
}

/// The web client reads the torques without a sign.
#[test]
fn torques_may_be_negative() {
    let settings =
        StrokeDetectionSettings::decode(&hex("98 18 FC BC 02 0A 00 20 03 19 37")).unwrap();
    assert_eq!(settings.minimum_powered_torque, -0.1);
}

#[test]
fn truncations_say_what_is_needed() {
    for length in 0..18 {
        let error = Settings::decode(&value("settings", 0)[..length]).unwrap_err();
        assert!(matches!(error, Error::Short { needed: 18, .. }));
    }
    for length in 0..11 {
        let value = value("stroke_settings", 0);
        let error = StrokeDetectionSettings::decode(&value[..length]).unwrap_err();
        assert!(matches!(error, Error::Short { length: l, .. } if l == length));
    }
}

#[test]
fn requests_of_the_vectors() {
    let Settings {
        machine,
        sensor,
        drag_factor,
        ..
    } = generic_air();
    let requests = [
        Request::SetLogLevel(LogLevel::Info),
        Request::ChangeBleService(BleService::FitnessMachine),
        Request::SetDeltaTimeLogging(true),
        Request::SetMachineSettings(machine),
        Request::SetSensorSignalSettings(sensor),
        Request::SetDragFactorSettings(drag_factor),
        Request::SetStrokeDetectionSettings(strokes()),
        Request::RestartDevice,
    ];
    let vectors = vectors("control_point");
    for request in requests {
        let bytes = request.encode().unwrap();
        let known = vectors.as_array().unwrap().iter().any(|case| {
            let write = case["write"].as_str().unwrap();
            !write.starts_with('(') && hex(write) == bytes
        });
        assert!(known, "{request:?} {bytes:02X?}");
    }
    let sd_card = Request::SetSdCardLogging(false).encode();
    assert_eq!(sd_card, Ok(vec![20, 0]));
}

#[test]
fn what_the_monitor_would_refuse_is_not_sent() {
    let refused = |request: Request, text: &str| {
        assert_eq!(request.encode().unwrap_err().to_string(), text);
    };
    let machine = generic_air().machine;
    refused(
        Request::SetMachineSettings(MachineSettings {
            impulses_per_revolution: 13,
            ..machine
        }),
        "impulses per revolution of 13 is out of range, which is 1 to 12",
    );
    refused(
        Request::SetMachineSettings(MachineSettings {
            magic_constant: -1.0,
            ..machine
        }),
        "magic constant of -1 is out of range, which is 0 to 7.28",
    );
    refused(
        Request::SetMachineSettings(MachineSettings {
            sprocket_radius: f64::NAN,
            ..machine
        }),
        "sprocket radius of NaN is out of range, which is 0 to 0.65535 m",
    );
    refused(
        Request::SetMachineSettings(MachineSettings {
            flywheel_inertia: f32::INFINITY,
            ..machine
        }),
        "flywheel inertia of inf is out of range, which is 0 and above",
    );
    refused(
        Request::SetSensorSignalSettings(SensorSignalSettings {
            debounce_time: 7,
            stop_threshold: 3,
        }),
        "stop threshold of 3 is out of range, which is 4 to 255 s",
    );
    refused(
        Request::SetDragFactorSettings(DragFactorSettings {
            goodness_of_fit: 1.01,
            ..generic_air().drag_factor
        }),
        "goodness of fit of 1.01 is out of range, which is 0 to 1",
    );
    refused(
        Request::SetStrokeDetectionSettings(StrokeDetectionSettings {
            minimum_drive_time: 4096,
            ..strokes()
        }),
        "minimum drive time of 4096 is out of range, which is 0 to 4095 ms",
    );
    refused(
        Request::SetLogLevel(LogLevel::Unknown),
        "log level of 7 is out of range, which is 0 to 6",
    );
}
