//! What is not on the list is refused, whoever asks.

use fossibot::{CommandError, Consent, Permitted, ProfileError, Profiles};
use modbus::WriteShape;
use serde_json::Value;

use crate::support::profile;

/// The list of the reference, once more: register, and the values in it.
fn listed(register: u16, value: u16) -> bool {
    let values: &[u16] = match register {
        13 => &[1, 2, 3, 4, 5],
        15 | 24 | 25 | 26 | 56 | 57 => &[0, 1],
        20 => return (1..=20).contains(&value),
        27 => &[0, 1, 2, 3],
        59 => &[0, 3, 5, 10, 30],
        60 | 61 => &[0, 480, 960, 1440],
        62 => &[180, 300, 600, 1800],
        63 => return value <= 1440,
        66 => return value <= 500,
        67 => return (100..=1000).contains(&value),
        68 => &[5, 10, 30, 480],
        _ => &[],
    };
    values.contains(&value)
}

/// Every register with every value.
#[test]
fn nothing_outside_the_list_can_be_written() {
    for register in 0..=300 {
        for value in 0..=u16::MAX {
            let found = Permitted::new(WriteShape::Single, register, value, false);
            assert_eq!(found.is_ok(), listed(register, value), "{register} {value}");
            if let Ok(permitted) = found {
                let request = permitted.request(0x11).unwrap();
                let [r0, r1] = register.to_be_bytes();
                let [v0, v1] = value.to_be_bytes();
                assert_eq!(request.bytes()[..6], [0x11, 6, r0, r1, v0, v1]);
            }
        }
    }
    for register in 0..=300 {
        for value in [0, 1, 2, 5, 480, u16::MAX] {
            let found = Permitted::new(WriteShape::Counted, register, value, true);
            let expected = (1..=4).contains(&register) && value <= 1;
            assert_eq!(found.is_ok(), expected, "{register} {value}");
        }
    }
}

#[test]
fn the_vectors_to_refuse_are_refused() {
    let vectors: Value = serde_json::from_str(include_str!("../data/vectors.json")).unwrap();
    let refused = vectors["must_refuse"].as_array().unwrap();
    assert_eq!(refused.len(), 8);
    for vector in refused {
        let number = |key: &str| u16::try_from(vector[key].as_u64().unwrap()).unwrap();
        let (register, value) = (number("reg"), number("value"));
        let found = Permitted::new(WriteShape::Single, register, value, false);
        assert!(found.is_err(), "{vector}");
    }
}

#[test]
fn the_vectors_of_writes_are_permitted() {
    let vectors: Value = serde_json::from_str(include_str!("../data/vectors.json")).unwrap();
    for (name, hex) in vectors["writes"].as_object().unwrap() {
        let expected = crate::support::bytes(hex.as_str().unwrap());
        let found = match expected[..] {
            [_, _, r0, r1, v0, v1, _, _] => {
                let [register, value] = [[r0, r1], [v0, v1]].map(u16::from_be_bytes);
                Permitted::new(WriteShape::Single, register, value, false)
            }
            [_, _, register, _, _, v0, v1, _, _] => {
                let value = u16::from_be_bytes([v0, v1]);
                Permitted::new(WriteShape::Counted, register.into(), value, false)
            }
            _ => panic!("{name}"),
        };
        assert_eq!(
            found.unwrap().request(0x11).unwrap().bytes(),
            expected,
            "{name}"
        );
    }
}

#[test]
fn shutting_down_has_to_be_agreed_to() {
    assert!(Permitted::new(WriteShape::Single, 64, 1, true).is_ok());
    let profile = profile("sydpower");
    let refused = profile.command("power", "off", Consent::default());
    assert!(matches!(refused, Err(CommandError::Unconfirmed { .. })));
    let consent = Consent {
        shut_down: true,
        ..Consent::default()
    };
    assert!(profile.command("power", "off", consent).is_ok());
    assert!(profile.command("power", "on", consent).is_err());
}

#[test]
fn newer_units_are_written_to_only_as_an_experiment() {
    let profile = profile("sydpower-v1");
    let refused = profile.command("ac", "on", Consent::default());
    assert!(matches!(refused, Err(CommandError::Experimental { .. })));
    let consent = Consent {
        experimental: true,
        ..Consent::default()
    };
    let command = profile.command("ac", "on", consent).unwrap();
    assert_eq!(
        command.write().request(0x11).unwrap().bytes(),
        crate::support::bytes("11060400010001a77b")
    );
}

/// The unit's idle time off can't be 0 by any spelling.
#[test]
fn no_spelling_writes_0_to_register_68() {
    let profile = profile("sydpower");
    let spellings = [
        "0", "0 min", "0min", "-0", "+0", "0.0", "0.4", "never", "off", "65536", "1e-9", "NaN",
        "inf", "", " ", "0x0", "00",
    ];
    for value in spellings {
        let refused = profile.command("idle-off", value, Consent::default());
        assert!(refused.is_err(), "{value}");
    }
    let command = profile.command("idle-off", "30 min", Consent::default());
    assert_eq!(command.unwrap().write().value(), 30);
}

/// A profile of the user that tries to widen what may be written is refused as a whole.
#[test]
fn a_profile_of_the_user_can_not_widen() {
    let tries = [
        "writes: [{ name: idle-off, numbers: [0] }]",
        "writes: [{ name: idle-off, numbers: [0, 5] }]",
        "writes: [{ name: idle-off, holding: 68, numbers: [5] }]",
        "writes: [{ name: idle-off, values: { never: 0 } }]",
        "writes: [{ name: idle-off, from: 0, to: 480 }]",
        "writes: [{ name: idle-off, only: [never] }]",
        "writes: [{ name: idle-off, scale: 100, numbers: [5] }]",
        "writes: [{ name: mine, holding: 68, numbers: [0] }]",
        "writes: [{ name: mine, holding: 19, numbers: [1] }]",
        "writes: [{ name: charge-limit, from: 0, to: 100 }]",
        "writes: [{ name: charge-limit, from: 90, to: 80 }]",
        "writes: [{ name: charge-limit, from: .nan, to: 80 }]",
        "writes: [{ name: charge-limit, to: 101 }]",
        "writes: [{ name: power, confirm: false }]",
        "writes: [{ name: usb, only: [on, blink] }]",
        "write: counted",
    ];
    for yaml in tries {
        let mut profiles = Profiles::builtin().unwrap();
        let yaml = format!("profile: mine\nbase: sydpower\n{yaml}\n");
        let refused = profiles.add(&yaml).map(|_| ());
        assert!(
            matches!(
                refused,
                Err(ProfileError::Widens { .. } | ProfileError::Entry { .. })
            ),
            "{yaml} {refused:?}"
        );
        assert!(profiles.named("mine").is_none());
    }
}

/// Without a profile to build on nothing can be written at all.
#[test]
fn a_profile_from_scratch_is_read_only() {
    let mut profiles = Profiles::builtin().unwrap();
    let alone = "profile: mine\nregisters: 80\nreadings: [{ name: a, input: 1 }]\n";
    profiles.add(alone).unwrap();
    let mine = profiles.named("mine").unwrap();
    let refused = mine.command("usb", "on", Consent::default());
    assert!(matches!(refused, Err(CommandError::ReadOnly { .. })));
    let yaml =
        "profile: more\nregisters: 80\nwrites: [{ name: usb, holding: 24, values: { on: 1 } }]\n";
    assert!(matches!(
        profiles.add(yaml),
        Err(ProfileError::Widens { .. })
    ));
}
