//! Any notifications at any time for a poller: no panic, one question at a time, only harmless
//! writes, and a next time that comes while there is a link.
//!
//! Input is a run of acts: what, the time before it, and for a notification its length and bytes. A
//! notification may be a frame whose checksum is made right.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use fossibot::{Bank, Consent, Energy, Event, Options, Poller, Powers, Profiles};

/// Read once: it takes longer than everything else here.
static PROFILES: LazyLock<Profiles> =
    LazyLock::new(|| Profiles::builtin().expect("they are tested"));

const SETTINGS: [(&str, &str); 5] = [
    ("usb", "on"),
    ("charge-limit", "80"),
    ("max-charge-current", "20"),
    ("idle-off", "5"),
    ("power", "off"),
];

pub(crate) fn fuzz(input: &[u8]) {
    let Some((&choice, mut rest)) = input.split_first() else {
        return;
    };
    let name = if choice & 1 == 0 {
        "sydpower"
    } else {
        "sydpower-v1"
    };
    let profile = PROFILES.named(name).expect("it is built in");
    let options = Options {
        either_order: choice & 2 != 0,
        ..Options::default()
    };
    let mut poller = Poller::new(profile.clone(), options);
    let mut energy = Energy::new(Duration::from_secs(30), Powers::default());
    let (mut now, mut connected) = (Instant::now(), false);
    while let Some((&[act, time], tail)) = rest.split_first_chunk() {
        rest = tail;
        now += Duration::from_millis(u64::from(time) * 20);
        match act {
            0..=15 => {
                poller.handle_connected(now);
                connected = true;
            }
            16..=31 => {
                poller.handle_disconnected();
                connected = false;
            }
            32..=63 => poller.handle_timeout(now),
            64..=79 => {
                let (name, value) = SETTINGS[usize::from(act) % SETTINGS.len()];
                let consent = Consent {
                    shut_down: true,
                    experimental: true,
                };
                if let Ok(command) = profile.command(name, value, consent) {
                    poller.set(now, command);
                }
            }
            _ => {
                let Some((&length, tail)) = rest.split_first() else {
                    break;
                };
                let (bytes, tail) = tail.split_at(tail.len().min(length.into()));
                rest = tail;
                let mut bytes = bytes.to_vec();
                if act & 1 == 0 {
                    bytes.extend(modbus::checksum(&bytes).to_be_bytes());
                }
                poller.handle_notification(now, &bytes);
            }
        }
        drain(&mut poller, &mut energy, connected);
        assert_eq!(poller.poll_timeout().is_some(), connected);
    }
}

fn drain(poller: &mut Poller, energy: &mut Energy, connected: bool) {
    while let Some(request) = poller.poll_request() {
        assert!(connected);
        let is_read = matches!(request.reads(), Some((Bank::Input | Bank::Holding, _)));
        assert!(is_read || request.bytes().get(1) == Some(&6));
        assert!(!matches!(request.bytes(), [_, 6, 0, 68, 0, 0, _, _]));
    }
    while let Some(event) = poller.poll_event() {
        if let Event::Status(status) = event {
            let before = energy.counted();
            energy.add(status.time, status.powers);
            let after = energy.counted();
            assert!(after.input >= before.input && after.output >= before.output);
        }
    }
}
