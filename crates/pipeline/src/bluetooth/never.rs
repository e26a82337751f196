//! What is never written to a device, whoever asks: a bundled plugin, a library, or a command.
//!
//! The protocol crates can't express these writes. But the host lends its Bluetooth to plugins that
//! it does not know, and those write bytes; so the same lists stand here once more, before the radio.

use fossibot::gatt::REQUEST;
use gatt::assigned::characteristic::FITNESS_MACHINE_CONTROL_POINT;
use gatt::{ControlRefused, DeviceInformation, FitnessMachineControl};
use pipeline_plugin::ble::{Service, Uuid};
use xoss::gatt::FIRMWARE_UPDATE;
use xoss::remote::{RemoteCharacteristic, Request};
use xoss::{Characteristic, Command};

/// Why a value must not be written there; `None` when it may be.
pub(super) fn refusal(services: &[Service], to: Uuid, value: &[u8]) -> Option<String> {
    let (may_be_sent, reason) = if to == REQUEST {
        let reason = "a power station is only read, and only harmless settings are changed; \
                      others are reported to destroy it";
        (fossibot::may_be_sent(value), reason)
    } else if to == Characteristic::Command.uuid() {
        let reason =
            "it is not among the commands to a cycle computer that are known to be harmless";
        (Command::may_be_sent(value), reason)
    } else if to == RemoteCharacteristic::ControlPoint.uuid() {
        let reason = "a display gets the commands of its document, and no firmware update";
        (Request::may_be_sent(value), reason)
    } else if FIRMWARE_UPDATE.contains(&to) {
        let reason = "the firmware of a cycle computer is not updated";
        (!is_cycle_computer(services), reason)
    } else if to == FITNESS_MACHINE_CONTROL_POINT {
        let reason = "an ESP Rowing Monitor gives the codes of fitness machines other meanings";
        (!is_esp_rowing_monitor(services), reason)
    } else {
        return None;
    };
    (!may_be_sent).then(|| reason.to_owned())
}

fn is_cycle_computer(services: &[Service]) -> bool {
    let all = services.iter().flat_map(|service| &service.characteristics);
    all.into_iter()
        .any(|it| it.uuid == Characteristic::Command.uuid())
}

fn is_esp_rowing_monitor(services: &[Service]) -> bool {
    let names: Vec<Uuid> = services.iter().map(|service| service.uuid).collect();
    let control = FitnessMachineControl::of(&names, &DeviceInformation::default());
    matches!(control, Err(ControlRefused::OtherMeanings))
}

#[cfg(test)]
mod tests {
    use pipeline_plugin::ble::Characteristic as Has;
    use pipeline_plugin::ble::parse_uuid;

    use super::*;

    /// A Modbus frame: bytes and their checksum, the high byte first or the low one.
    fn framed(bytes: &[u8], high_first: bool) -> Vec<u8> {
        let mut sum = 0xFFFF_u16;
        for byte in bytes {
            sum ^= u16::from(*byte);
            for _ in 0..8 {
                sum = if sum & 1 == 1 {
                    sum >> 1 ^ 0xA001
                } else {
                    sum >> 1
                };
            }
        }
        let sum = if high_first {
            sum.to_be_bytes()
        } else {
            sum.to_le_bytes()
        };
        [bytes, &sum].concat()
    }

    fn goes(to: Uuid, value: &[u8]) -> bool {
        refusal(&[], to, value).is_none()
    }

    #[test]
    fn a_power_station_gets_reads_and_the_writes_on_the_list() {
        let write = |register: u16, value: u16| {
            let ([r0, r1], [v0, v1]) = (register.to_be_bytes(), value.to_be_bytes());
            framed(&[0x11, 6, r0, r1, v0, v1], true)
        };
        let mut permitted = 0;
        for register in 0..=255 {
            let may: Vec<u16> = (0..=u16::MAX)
                .filter(|value| goes(REQUEST, &write(register, *value)))
                .collect();
            assert_eq!(
                register == 68,
                may == [5, 10, 30, 480],
                "{register}: {may:?}"
            );
            permitted += usize::from(!may.is_empty());
        }
        assert_eq!(permitted, 18);
        for function in [3, 4] {
            assert!(goes(REQUEST, &framed(&[0x11, function, 0, 0, 0, 80], true)));
        }
        // Setting the Wi-Fi, Modbus' own write of several registers, and whatever else there is.
        for function in (0..=u8::MAX).filter(|function| ![3, 4, 6].contains(function)) {
            assert!(!goes(
                REQUEST,
                &framed(&[0x11, function, 0, 68, 0, 0], true)
            ));
            let several = [0x11, function, 0, 68, 0, 1, 2, 0, 0];
            assert!(!goes(REQUEST, &framed(&several, true)));
        }
    }

    /// 0 in register 68, in every form that might be taken for it.
    #[test]
    fn nothing_destroys_a_power_station() {
        let single = [0x11, 6, 0, 68, 0, 0];
        let counted = [0x11, 6, 68, 0, 1, 0, 0];
        let among_others = [0x11, 6, 67, 0, 2, 3, 0xE8, 0, 0];
        for bytes in [&single[..], &counted, &among_others] {
            for high_first in [true, false] {
                let frame = framed(bytes, high_first);
                let read = framed(&[0x11, 3, 0, 0, 0, 80], true);
                assert!(!goes(REQUEST, &frame));
                assert!(!goes(REQUEST, &[&read[..], &frame].concat()));
                assert!(!goes(REQUEST, &[&frame[..], &read].concat()));
                for cut in 0..frame.len() {
                    assert!(!goes(REQUEST, &frame[..cut]), "{cut}");
                    assert!(!goes(REQUEST, &frame[cut..]) || cut == 0, "{cut}");
                }
            }
        }
    }

    #[test]
    fn a_cycle_computer_gets_no_factory_reset_and_no_firmware_update() {
        let command = Characteristic::Command.uuid();
        let may: Vec<u8> = (0..=u8::MAX)
            .filter(|opcode| goes(command, &[*opcode, 0, *opcode]))
            .collect();
        let known = [4, 5, 7, 9, 0x0D, 0x0F, 0x1F, 0x54, 0x77, 0xFF];
        assert_eq!(may, known);
        for value in [
            &[0xCC, 0xCC][..],
            &[0xCC],
            &[0xDF, 0xDF],
            &[0xDF],
            &[0xDF, 0, 0],
        ] {
            assert!(!goes(command, value), "{value:02x?}");
        }
        let fetch = xoss::Command::storage();
        assert!(goes(command, fetch.as_bytes()));

        let computer = Service {
            uuid: xoss::gatt::SERVICE,
            characteristics: vec![Has {
                uuid: command,
                properties: Has::WRITE,
            }],
        };
        for characteristic in FIRMWARE_UPDATE {
            assert!(refusal(std::slice::from_ref(&computer), characteristic, &[1]).is_some());
            // Of other devices, it is their plugin's business.
            assert!(goes(characteristic, &[1]));
        }
    }

    #[test]
    fn glasses_get_no_firmware_update() {
        let control = RemoteCharacteristic::ControlPoint.uuid();
        for opcode in 0..=u8::MAX {
            let value = [opcode, 0, 0, 0, 0, 0, 0, 0, 0];
            assert_eq!(
                goes(control, &value),
                ![0x80, 0xDF].contains(&opcode),
                "{opcode}"
            );
        }
        assert!(!goes(control, &[0xDF]));
    }

    #[test]
    fn an_esp_rowing_monitor_gets_no_codes_of_fitness_machines() {
        let service = |uuid: &str| Service {
            uuid: parse_uuid(uuid).unwrap(),
            characteristics: Vec::new(),
        };
        let rower = [service("180a"), service("1826")];
        let settings = service("56892de1-7068-4b5a-acaa-473d97b02206");
        let monitor = [service("1826"), settings];
        let to = FITNESS_MACHINE_CONTROL_POINT;
        assert!(refusal(&rower, to, &[0]).is_none());
        assert!(refusal(&monitor, to, &[0x12]).is_some());
    }

    #[test]
    fn other_characteristics_are_left_alone() {
        let settings = parse_uuid("56892de1-7068-4b5a-acaa-473d97b02207").unwrap();
        assert!(goes(settings, &[0xDF]));
        assert!(goes(Characteristic::ToDevice.uuid(), &[0xCC, 0, 0xCC]));
    }
}
