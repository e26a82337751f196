use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A private message bus. It ends when this is dropped.
#[derive(Debug)]
pub struct Bus {
    daemon: Child,
    address: String,
    // Its socket and configuration.
    _folder: TempDir,
}

/// Whom the bus lets talk to `org.bluez`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Everybody.
    Open,
    /// Nobody, as where a user is not in the group `bluetooth`.
    Closed,
}

/// Why there is no bus.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BusError {
    /// Occurs when the program isn't installed.
    #[error("the program `dbus-daemon` is not installed")]
    Missing,
    /// Occurs when it could not be started.
    #[error("cannot start `dbus-daemon`")]
    Start(#[source] io::Error),
}

impl Bus {
    /// Starts one.
    ///
    /// # Errors
    ///
    /// When `dbus-daemon` is not installed, or does not start.
    pub fn start(policy: Policy) -> Result<Self, BusError> {
        let folder = tempfile::Builder::new()
            .prefix("bluez-")
            .tempdir()
            .map_err(BusError::Start)?;
        let socket = folder.path().join("bus");
        let configuration = folder.path().join("bus.conf");
        std::fs::write(&configuration, text(&socket.display().to_string(), policy))
            .map_err(BusError::Start)?;
        let mut daemon = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", configuration.display()))
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // It complains that it can't have as many files open as a system's bus.
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => BusError::Missing,
                _ => BusError::Start(error),
            })?;
        let mut address = String::new();
        if let Some(output) = daemon.stdout.take() {
            BufReader::new(output)
                .read_line(&mut address)
                .map_err(BusError::Start)?;
        }
        let bus = Self {
            daemon,
            address: address.trim().to_owned(),
            _folder: folder,
        };
        if bus.address.is_empty() {
            let ended = io::Error::new(io::ErrorKind::UnexpectedEof, "it told no address");
            return Err(BusError::Start(ended));
        }
        Ok(bus)
    }

    /// A bus for a test; `None` where `dbus-daemon` is not installed, which is said. With `CI` set
    /// that is a failure.
    ///
    /// # Panics
    ///
    /// When there is no bus.
    #[expect(clippy::panic, reason = "a test that cannot go on fails")]
    pub fn for_test(policy: Policy) -> Option<Self> {
        match Self::start(policy) {
            Ok(bus) => Some(bus),
            Err(BusError::Missing) if env::var_os("CI").is_none() => {
                // Not by a macro, whose output tests swallow. Nobody to tell: nothing to do.
                let text = "\nSKIPPED: tests of Bluetooth need `dbus-daemon`\n";
                let _ = io::stderr().write_all(text.as_bytes());
                None
            }
            Err(error) => panic!("{error}: {:?}", std::error::Error::source(&error)),
        }
    }

    /// What `DBUS_SYSTEM_BUS_ADDRESS` has to be.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Ends it now, under everybody's feet.
    pub fn stop(&mut self) {
        // It may have ended by itself.
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The configuration of the bus; that of a system's bus without its policies.
fn text(socket: &str, policy: Policy) -> String {
    let closed = match policy {
        Policy::Open => "",
        Policy::Closed => "<deny send_destination=\"org.bluez\"/>",
    };
    format!(
        "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" \
         \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n\
         <busconfig>\n\
         <listen>unix:path={socket}</listen>\n\
         <auth>EXTERNAL</auth>\n\
         <policy context=\"default\">\n\
         <allow send_destination=\"*\" eavesdrop=\"true\"/>\n\
         <allow eavesdrop=\"true\"/>\n\
         <allow own=\"*\"/>\n\
         {closed}\n\
         </policy>\n\
         </busconfig>\n"
    )
}
