//! A bus, BlueZ on it, and the program.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use sim::{Air, Faults, Outage, Peripheral};
use sim_bluez::{Bluez, Bus, Device, Policy, Setup};
use tempfile::TempDir;

/// Where the program runs.
pub(crate) struct Stage {
    pub(crate) bluez: Option<Bluez>,
    bus: Bus,
    folder: TempDir,
}

/// What the program said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) results: String,
    pub(crate) words: String,
}

impl Stage {
    /// A stage with these devices; `None` when there can't be one here.
    pub(crate) fn new(devices: Vec<Device>) -> Option<Self> {
        Self::with(Policy::Open, Setup::new(devices))
    }

    pub(crate) fn with(policy: Policy, setup: Setup) -> Option<Self> {
        let bus = Bus::for_test(policy)?;
        let bluez = Bluez::start(bus.address(), setup).unwrap();
        Some(Self {
            bluez: Some(bluez),
            bus,
            folder: tempfile::tempdir().unwrap(),
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pipeline"));
        command
            .args(arguments.split_whitespace())
            .current_dir(self.folder())
            .env("DBUS_SYSTEM_BUS_ADDRESS", self.bus.address())
            .env("HOME", self.folder())
            .env("PIPELINE_STATE_DIR", self.folder().join("state"))
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("PIPELINE_LOG")
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &str) -> Said {
        said(&self.command(arguments).output().unwrap())
    }

    /// Begins to run it.
    pub(crate) fn begin(&self, arguments: &str) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// The results in a folder, by name.
    pub(crate) fn results(&self, folder: &str) -> Vec<PathBuf> {
        let folder = self.folder().join(folder);
        let Ok(files) = std::fs::read_dir(folder) else {
            return Vec::new();
        };
        let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        files
    }

    /// The totals of the one activity in a folder, as `pipeline inspect` has them.
    pub(crate) fn session(&self, folder: &str) -> Value {
        let files = self.results(folder);
        let [file] = &*files else {
            panic!("not one file but {files:?}")
        };
        let inspected = self.run(&format!("inspect --json {}", file.display()));
        let inspected: Value = serde_json::from_str(&inspected.results).unwrap();
        assert_eq!(inspected["verdict"], "valid", "{inspected}");
        inspected["segments"][0]["sessions"][0].clone()
    }
}

pub(crate) fn said(output: &Output) -> Said {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Said {
        code: output.status.code(),
        results: text(&output.stdout),
        words: text(&output.stderr),
    }
}

/// A device of that number; it can't be reached at times, in seconds.
pub(crate) fn device(
    number: u8,
    mtu: usize,
    outages: &[[u64; 2]],
    peripheral: impl Peripheral + Send + 'static,
) -> Device {
    let outages = outages.iter().map(|outage| {
        let [start, end] = outage.map(std::time::Duration::from_secs);
        Outage { start, end }
    });
    let faults = Faults {
        outages: outages.collect(),
        ..Faults::default()
    };
    let address = format!("C0:FF:EE:00:00:{number:02X}");
    Device::new(&address, Air::new(Box::new(peripheral), mtu, faults))
}
