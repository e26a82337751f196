//! What a monitor answers: the pairs of the firmware's protocol, as its source has them.

use std::time::Duration;

use sim::{BaseService, Faults, Happening, Monitor, Session, WriteKind, esp, fitness_machine, row};
use uuid::Uuid;

fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}

/// The answer to a write, and whether the monitor restarted soon after it.
fn ask(monitor: Monitor, point: Uuid, request: &str) -> (Vec<u8>, bool) {
    let mut session = Session::new(monitor, 247, Faults::default());
    session.next();
    let kind = WriteKind::WithoutResponse;
    session.write(point, kind, &hex(request)).unwrap();
    let mut answer = Vec::new();
    let mut restarted = false;
    for (_, happening) in session.take_while(|(time, _)| *time < Duration::from_millis(200)) {
        match happening {
            Happening::Value {
                characteristic,
                value,
            } if characteristic == point => answer = value,
            Happening::Disconnected => restarted = true,
            _ => {}
        }
    }
    (answer, restarted)
}

fn power() -> Monitor {
    Monitor::new(row::steady(), BaseService::CyclingPower)
}

#[test]
fn every_answer_of_the_protocol() {
    let cases = [
        ("11 04", "20 11 01", false),
        ("12 02", "20 12 01", true),
        ("12 03", "20 12 03", false),
        ("13 01", "20 13 01", false),
        ("15 1F BA A0 3D 62 03 DC 05", "20 15 01", false),
        ("16 07 07", "20 16 01", false),
        ("17 F7 06 4B 00 FA 00 01", "20 17 01", false),
        ("18 18 00 00 BC 02 0A 00 20 03 19 37", "20 18 01", false),
        ("00", "20 00 02", false),
        ("", "20 00 04", false),
        ("1F", "20 1F 01", true),
    ];
    for (request, answer, restarts) in cases {
        let got = ask(power(), esp::SETTINGS_CONTROL_POINT, request);
        assert_eq!(got, (hex(answer), restarts), "{request}");
    }
    let fixed = power().with_fixed_settings();
    let got = ask(
        fixed,
        esp::SETTINGS_CONTROL_POINT,
        "15 1F BA A0 3D 62 03 DC 05",
    );
    assert_eq!(got.0, hex("20 15 02"));
}

/// Its fitness machine control point refuses the standard's requests, and takes its own codes:
/// what a fitness machine calls "targeted expended energy" changes the service.
#[test]
fn the_control_point_of_the_fitness_machine_is_a_trap() {
    let monitor = || Monitor::new(row::steady(), BaseService::FitnessMachine);
    let point = fitness_machine::CONTROL_POINT;
    assert_eq!(ask(monitor(), point, "00"), (hex("80 00 05"), false));
    assert_eq!(ask(monitor(), point, "12 00"), (hex("20 12 01"), true));
}

#[test]
fn the_settings_point_takes_no_write_with_a_response() {
    let mut session = Session::new(power(), 247, Faults::default());
    session.next();
    let write = session.write(
        esp::SETTINGS_CONTROL_POINT,
        WriteKind::WithResponse,
        &[17, 4],
    );
    assert!(write.is_err());
}

/// The times between impulses come when they are asked for, where the link carries some.
#[test]
fn delta_times() {
    for (mtu, expected) in [(23, 0), (185, 35), (247, 35)] {
        let mut session = Session::new(power(), mtu, Faults::default());
        session.next();
        let kind = WriteKind::WithoutResponse;
        session
            .write(esp::SETTINGS_CONTROL_POINT, kind, &[19, 1])
            .unwrap();
        let times: usize = session
            .take_while(|(time, _)| *time < Duration::from_secs(2))
            .map(|(_, happening)| match happening {
                Happening::Value {
                    characteristic: esp::DELTA_TIMES,
                    value,
                } => value.len() / 4,
                _ => 0,
            })
            .sum();
        assert_eq!(times, expected, "{mtu}");
    }
}
