use std::time::Duration;

use crate::SystemFile;

/// How a model differs, as data.
///
/// What a device shows of itself at run time (block sizes, spelling of replies) isn't here: the
/// session takes all forms from all devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The word for it in settings.
    pub name: &'static str,
    /// What an advertised name begins with, where that tells the model.
    pub advertised: &'static [&'static str],
    /// What `device_model` in its JSON files says.
    pub device_models: &'static [&'static str],
    /// Its list of rides; the other one is tried when it is missing.
    pub list: SystemFile,
    /// Its settings.
    pub settings: SystemFile,
    /// Whether it answers when its clock is set.
    pub clock_answered: bool,
    /// Pause around the end of a transfer.
    pub end_pause: Duration,
}

/// G+ Gen 1 misses what comes too fast around the end of a transfer (`xoss_sync` waits so long).
const PAUSE: Duration = Duration::from_millis(100);

impl Profile {
    /// Nothing is known of the model: everything is tried, with the slowest one's pauses.
    pub const AUTO: Self = Self {
        name: "auto",
        advertised: &["XOSS", "M3_"],
        device_models: &[],
        list: SystemFile::Workouts,
        settings: SystemFile::Settings,
        clock_answered: true,
        end_pause: PAUSE,
    };
    /// XOSS G, G+ of the first generation, and Sprint: MTU 23, short blocks, no answer when the clock
    /// is set. Drops the link when asked for the 2M PHY.
    pub const G_GEN1: Self = Self {
        name: "g-gen1",
        advertised: &[],
        device_models: &[],
        list: SystemFile::FileList,
        settings: SystemFile::OldSettings,
        clock_answered: false,
        end_pause: PAUSE,
    };
    /// XOSS G and G2+ of the second and third generation: long blocks, MTU 209 seen.
    pub const G_GEN2: Self = Self {
        name: "g-gen2",
        advertised: &[],
        device_models: &["N8"],
        list: SystemFile::Workouts,
        settings: SystemFile::Settings,
        clock_answered: true,
        end_pause: PAUSE,
    };
    /// XOSS NAV and NAV+: long blocks; has to be paired by the operating system first.
    pub const NAV: Self = Self {
        name: "nav",
        advertised: &[],
        device_models: &["NAV", "A1", "A2"],
        list: SystemFile::Workouts,
        settings: SystemFile::Settings,
        clock_answered: true,
        end_pause: Duration::ZERO,
    };
    /// CYCPLUS M1: long blocks, doesn't check the checksums of commands.
    pub const M1: Self = Self {
        name: "m1",
        advertised: &["M1_"],
        device_models: &[],
        list: SystemFile::FileList,
        settings: SystemFile::OldSettings,
        clock_answered: true,
        end_pause: PAUSE,
    };
    /// CYCPLUS M2: long blocks; says that it is idle with a single byte, or once too often.
    pub const M2: Self = Self {
        name: "m2",
        advertised: &["M2_"],
        device_models: &[],
        list: SystemFile::FileList,
        settings: SystemFile::OldSettings,
        clock_answered: true,
        end_pause: Duration::ZERO,
    };

    /// Every profile.
    pub const ALL: [Self; 6] = [
        Self::AUTO,
        Self::G_GEN1,
        Self::G_GEN2,
        Self::NAV,
        Self::M1,
        Self::M2,
    ];

    /// The profile of that name in settings.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name == name)
    }

    /// What is known from an advertised name, such as `XOSS G-040989` or `M2_03E8`; `None` when it
    /// is no name of a device that this crate knows. The same hardware is sold under further names.
    pub fn for_name(name: &str) -> Option<Self> {
        let known = |profile: &Self| {
            let mut prefixes = profile.advertised.iter();
            prefixes.any(|prefix| name.starts_with(prefix))
        };
        Self::ALL.into_iter().find(known)
    }

    /// What is known from `device_model` in the head of a JSON file.
    pub fn for_device_model(model: &str) -> Option<Self> {
        let known = |profile: &Self| profile.device_models.contains(&model);
        Self::ALL.into_iter().find(known)
    }
}
