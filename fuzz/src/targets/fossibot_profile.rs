//! Any text as a profile of the user: no panic, and if it is taken, nothing may be written that the
//! profile below it does not allow.

use std::sync::LazyLock;

use fossibot::{Banks, Consent, Profiles};

/// Read once: it takes longer than everything else here.
static PROFILES: LazyLock<Profiles> =
    LazyLock::new(|| Profiles::builtin().expect("they are tested"));

pub(crate) fn fuzz(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let mut profiles = PROFILES.clone();
    let Ok(profile) = profiles.add(text) else {
        return;
    };
    let profile = profile.clone();
    let _ = profile.decode(&Banks::default());
    let consent = Consent {
        shut_down: true,
        experimental: true,
    };
    let bases: Vec<_> = profiles
        .iter()
        .filter(|base| base.shape() == profile.shape())
        .collect();
    for control in profile.controls() {
        let shown = control.to_string();
        for value in shown.split([',', ' ']).filter(|value| !value.is_empty()) {
            if let Ok(command) = profile.command(control.name(), value, consent) {
                let is_allowed = |base: &&fossibot::Profile| {
                    base.name() != profile.name()
                        && base.command(control.name(), value, consent).as_ref() == Ok(&command)
                };
                assert!(bases.iter().any(is_allowed), "{command}");
            }
        }
    }
}
