use std::path::PathBuf;

use pipeline_plugin::ble::DeviceName;
use pipeline_plugin::units::Duration;
use pipeline_plugin::{Place, Plugin, Problem, SourceCx, SourceFuture, SourcePlugin, StreamOut};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{profiles, source};

/// The plugin `fossibot`.
pub fn plugin() -> Plugin {
    Plugin::source::<Fossibot>(
        "fossibot",
        "log power stations: Fossibot, Aferiy and others over Bluetooth",
    )
}

/// Logs a power station over Bluetooth, for weeks.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fossibot {
    /// Name or address of the station, with `*` for anything, such as `POWER-0084`; without it the
    /// first station that is in range.
    pub(crate) device: Option<DeviceName>,
    /// How often to ask for the status.
    pub(crate) every: Duration,
    /// How often to ask for the settings.
    pub(crate) settings_every: Duration,
    /// Whether to stay connected, or to connect for each status so that the app can connect in
    /// between: a station takes one connection at a time.
    pub(crate) connection: Connection,
    /// What its registers mean: `auto` by its name, `sydpower`, `sydpower-v1`, `guide`, or the
    /// name of a profile of your own.
    pub(crate) profile: String,
    /// Files with profiles of your own.
    #[schemars(extend("items" = { "type": "string", "format": "file" }))]
    pub(crate) profiles: Vec<PathBuf>,
    /// Whether sinks may switch outputs and make settings, such as `mqtt` for Home Assistant.
    pub(crate) control: bool,
    /// Whether settings may be made that nobody has reported to work, for newer models.
    pub(crate) experimental_writes: bool,
    /// Energy that flows while nothing is heard for longer than this is not counted.
    pub(crate) gap: Duration,
    /// How often rows and counts of energy are made safe from a power cut. After one, counts go on
    /// as much too high as flows in this time, at most 1 Wh or what flows in 10 s.
    pub(crate) checkpoint: Duration,
    /// Whether to take checksums with the low byte first too, as no known station sends them.
    pub(crate) either_checksum: bool,
}

/// How to be connected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Connection {
    /// All the time.
    #[default]
    Keep,
    /// For each status.
    PerPoll,
}

impl Default for Fossibot {
    fn default() -> Self {
        Self {
            device: None,
            every: Duration::new(5.0),
            settings_every: Duration::new(60.0),
            connection: Connection::Keep,
            profile: "auto".to_owned(),
            profiles: Vec::new(),
            control: false,
            experimental_writes: false,
            gap: Duration::new(30.0),
            checkpoint: Duration::new(60.0),
            either_checksum: false,
        }
    }
}

impl SourcePlugin for Fossibot {
    fn check(&self, _: &Place) -> Vec<Problem> {
        let mut problems = Vec::new();
        let least = match self.connection {
            Connection::Keep => 1.0,
            // Connecting and asking takes up to 4 s.
            Connection::PerPoll => 10.0,
        };
        if self.every.value() < least {
            problems.push(
                Problem::at(
                    "every",
                    format!("a station can't be asked every {}", self.every),
                )
                .with_help(format!("write `{least} s` or more")),
            );
        }
        if self.settings_every.value() < self.every.value() {
            problems.push(
                Problem::at(
                    "settings-every",
                    "settings change less often than the status",
                )
                .with_help(format!("write `{}` or more", self.every)),
            );
        }
        if self.gap.value() < self.every.value() {
            let text = "a gap is longer than the time from one status to the next";
            problems.push(
                Problem::at("gap", text).with_help(format!("write `{}` or more", self.every)),
            );
        }
        if self.experimental_writes && !self.control {
            problems.push(
                Problem::at(
                    "experimental-writes",
                    "nothing is written without `control: true`",
                )
                .with_help("add `control: true`, or leave this out"),
            );
        }
        problems.extend(profiles::check(&self.profiles, &self.profile));
        problems
    }

    /// Rows are durable as they go, and it runs for weeks.
    fn journalled(&self) -> bool {
        false
    }

    fn takes_commands(&self) -> bool {
        self.control
    }

    fn run<'a>(&'a self, out: &'a mut dyn StreamOut, cx: &'a SourceCx) -> SourceFuture<'a, ()> {
        Box::pin(source::run(self, out, cx))
    }
}
