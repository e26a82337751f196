use std::time::Duration;

/// How one model behaves, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a property of its own"
)]
pub struct Profile {
    /// What it advertises.
    pub name: &'static str,
    /// Serial number, as Device Information and its JSON files say it.
    pub serial: &'static str,
    /// Revision of the firmware.
    pub firmware: &'static str,
    /// `device_model` in its JSON files.
    pub model: &'static str,
    /// Largest MTU that it agrees to.
    pub mtu: usize,
    /// Blocks of 1,024 bytes instead of 128.
    pub long_blocks: bool,
    /// `workouts.json` instead of `filelist.txt`.
    pub json: bool,
    /// Says that it is idle with one byte.
    pub bare_idle: bool,
    /// Says so once more after a transfer, with one byte.
    pub extra_idle: bool,
    /// Checks the checksums of commands.
    pub checks_commands: bool,
    /// Answers when the clock is set.
    pub answers_clock: bool,
    /// Knows satellite data.
    pub gnss: bool,
    /// What it needs around the end of a transfer: it doesn't see an answer that comes sooner.
    pub end_pause: Duration,
}

const OLD: Profile = Profile {
    name: "XOSS G-040989",
    serial: "040989",
    firmware: "V1.2.6",
    model: "",
    mtu: 23,
    long_blocks: false,
    json: false,
    bare_idle: false,
    extra_idle: false,
    checks_commands: true,
    answers_clock: false,
    gnss: false,
    end_pause: Duration::ZERO,
};

impl Profile {
    /// XOSS G+ of the first generation.
    pub const G_GEN1: Self = Self {
        end_pause: Duration::from_millis(50),
        ..OLD
    };
    /// XOSS G2+.
    pub const G_GEN2: Self = Self {
        name: "XOSS G-393314",
        serial: "012345678",
        firmware: "V2.0.8",
        model: "N8",
        mtu: 209,
        long_blocks: true,
        json: true,
        answers_clock: true,
        ..OLD
    };
    /// XOSS NAV.
    pub const NAV: Self = Self {
        name: "XOSS NAV",
        serial: "112233445",
        firmware: "V1.6.3",
        model: "A1",
        mtu: 209,
        long_blocks: true,
        json: true,
        answers_clock: true,
        gnss: true,
        ..OLD
    };
    /// CYCPLUS M1. A timed log of `thefellaguy/cycplusSync` counts what came of each file before the
    /// padding was cut: whole blocks of 1,024 bytes, each in six packets as at an MTU of 185.
    pub const M1: Self = Self {
        name: "M1_74F7",
        serial: "74F7001122",
        firmware: "V1.1.2",
        mtu: 185,
        long_blocks: true,
        checks_commands: false,
        ..OLD
    };
    /// CYCPLUS M2 of firmware 1.4.0. Asked for an MTU of 247 it agreed to 185.
    pub const M2: Self = Self {
        name: "M2_03E8",
        serial: "03E8445566",
        firmware: "V1.4.0",
        mtu: 185,
        long_blocks: true,
        bare_idle: true,
        checks_commands: false,
        ..OLD
    };
    /// CYCPLUS M2 of another firmware.
    pub const M2_EXTRA_IDLE: Self = Self {
        name: "M2_FAE4",
        serial: "FAE4778899",
        firmware: "V1.3.1",
        bare_idle: false,
        extra_idle: true,
        ..Self::M2
    };

    /// Every profile.
    pub const ALL: [Self; 6] = [
        Self::G_GEN1,
        Self::G_GEN2,
        Self::NAV,
        Self::M1,
        Self::M2,
        Self::M2_EXTRA_IDLE,
    ];
}
