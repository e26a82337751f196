//! What goes wrong, in words that say what to do.

use btleplug::Error as Cause;
use pipeline_plugin::{Error, ErrorKind};

/// What helps when nobody knows why.
const RESTART: &str = if cfg!(target_os = "linux") {
    "restart it: `sudo systemctl restart bluetooth`"
} else {
    "switch Bluetooth off and on in the system's settings"
};

/// Where to look for an adapter.
const NO_ADAPTER: &str = if cfg!(target_os = "linux") {
    "plug one in; if it has one, `rfkill list` says whether it is blocked and \
     `dmesg | grep -i bluetooth` whether its firmware is missing"
} else {
    "plug one in, or switch it on in the system's settings"
};

/// What is in the way of using Bluetooth on this computer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// There is no message bus by which programs reach the Bluetooth service.
    NoBus(String),
    /// The Bluetooth service does not run.
    NoService,
    /// It runs but does not answer.
    Silent,
    /// It does not let this user in.
    Denied(String),
    /// There is no adapter.
    NoAdapter,
    /// The adapter is switched off.
    Off,
    /// Something else, in the words of the system.
    Other(String),
}

impl Trouble {
    /// What btleplug says about the adapter or the service.
    pub(super) fn of(cause: &Cause) -> Self {
        let text = cause.to_string();
        match (cause, bus_error(cause)) {
            (Cause::PermissionDenied, _) => Self::Denied(text),
            (Cause::NoAdapterAvailable, _) => Self::NoAdapter,
            (Cause::TimedOut(_), _) => Self::Silent,
            (_, Some(name)) => match name.rsplit('.').next().unwrap_or_default() {
                "AccessDenied" | "AuthFailed" => Self::Denied(text),
                "ServiceUnknown" | "NameHasNoOwner" | "ServiceNotFound" | "ExecFailed"
                | "ChildExited" => Self::NoService,
                "NoReply" | "Timeout" | "TimedOut" => Self::Silent,
                "Disconnected" | "NoServer" | "FileNotFound" => Self::NoBus(text),
                "NotReady" => Self::Off,
                _ => Self::Other(text),
            },
            _ => Self::Other(text),
        }
    }

    /// The error for who wanted to use Bluetooth.
    pub fn error(&self) -> Error {
        let resource = |text: &str| Error::resource(text.to_owned());
        match self {
            Self::NoBus(text) => resource("the system's message bus, D-Bus, can't be reached")
                .with_source(Said(text.clone()))
                .with_help(
                    "start it: `sudo systemctl start dbus bluetooth`; \
                     in a container, share `/run/dbus` with it",
                ),
            Self::NoService => resource("the Bluetooth service, bluetoothd, is not running")
                .with_help(
                    "install BlueZ (Debian: `sudo apt install bluez`) and start it: \
                     `sudo systemctl enable --now bluetooth`",
                ),
            Self::Silent => resource("the Bluetooth service does not answer").with_help(RESTART),
            Self::Denied(text) => resource("you may not use Bluetooth")
                .with_source(Said(text.clone()))
                .with_help(if cfg!(target_os = "linux") {
                    "join the group `bluetooth` and log in again: \
                     `sudo usermod -aG bluetooth $USER`"
                } else {
                    "allow it in the system's settings for privacy and Bluetooth"
                }),
            Self::NoAdapter => {
                resource("this computer has no Bluetooth adapter").with_help(NO_ADAPTER)
            }
            Self::Off => {
                resource("Bluetooth is switched off").with_help(if cfg!(target_os = "linux") {
                    "switch it on: `rfkill unblock bluetooth` and `bluetoothctl power on`"
                } else {
                    "switch it on in the system's settings"
                })
            }
            Self::Other(text) => resource("Bluetooth can't be used")
                .with_source(Said(text.clone()))
                .with_help(RESTART),
        }
    }
}

/// The system's own words, as a cause.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Said(pub(super) String);

/// The name of an error that came over the bus: `org.bluez.Error.NotReady`.
#[cfg(target_os = "linux")]
pub(super) fn bus_error(cause: &Cause) -> Option<&str> {
    let Cause::Other(inner) = cause else {
        return None;
    };
    match inner.downcast_ref()? {
        bluez_async::BluetoothError::DbusError(error) => dbus_name(error),
        _ => None,
    }
}

#[cfg(target_os = "linux")]
fn dbus_name(error: &dbus::Error) -> Option<&str> {
    error.name()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn bus_error(_: &Cause) -> Option<&str> {
    None
}

/// Why a device did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// There is no link any more.
    Lost,
    /// It is not yet time: another connection is being made, or the one begun was aborted.
    Again(String),
    /// The device asks for a pairing.
    Unpaired,
    /// No answer came.
    Silent,
    /// It said no.
    Refused(String),
}

impl Failure {
    /// What btleplug says about a device.
    pub(super) fn of(cause: &Cause) -> Self {
        let text = cause.to_string();
        match (cause, bus_error(cause)) {
            (Cause::NotConnected | Cause::DeviceNotFound, _) => Self::Lost,
            (Cause::TimedOut(_), _) => Self::Silent,
            (_, Some(name)) => match name.rsplit('.').next().unwrap_or_default() {
                // What BlueZ has removed with the link: the characteristic or the whole device.
                "UnknownObject" | "UnknownMethod" | "UnknownInterface" | "NotConnected"
                | "DoesNotExist" | "ServiceUnknown" | "NameHasNoOwner" | "Disconnected" => {
                    Self::Lost
                }
                "Failed" if text.contains("Not connected") || text.contains("not connected") => {
                    Self::Lost
                }
                "NoReply" | "Timeout" | "TimedOut" => Self::Silent,
                "NotAuthorized" | "AuthenticationFailed" | "AuthenticationRejected" => {
                    Self::Unpaired
                }
                "InProgress" | "NotReady" | "ConnectionAttemptFailed" => Self::Again(text),
                "Failed" if text.contains("abort") || text.contains("connection") => {
                    Self::Again(text)
                }
                _ => Self::Refused(text),
            },
            _ => Self::Refused(text),
        }
    }

    /// The error of reading, writing or subscribing; `what` is the verb.
    pub(super) fn error(self, title: &str, what: &str) -> Error {
        match self {
            Self::Lost => lost(title),
            Self::Silent => Error::new(
                ErrorKind::Device,
                format!("`{title}` does not answer any more"),
            )
            .with_help("bring it nearer to the computer, and see whether its battery is full"),
            Self::Unpaired => Error::skip(format!("`{title}` wants to be paired first"))
                .with_help("pair it: `bluetoothctl pair ADDRESS`"),
            Self::Again(text) | Self::Refused(text) => {
                Error::skip(format!("`{title}` refused to be {what}")).with_source(Said(text))
            }
        }
    }
}

/// The link is lost.
pub(super) fn lost(title: &str) -> Error {
    Error::new(ErrorKind::Device, format!("the link to `{title}` is lost"))
        .with_help("bring it nearer to the computer, and see whether its battery is full")
}

/// Nobody answered.
pub(super) fn unanswered(title: &str, limit: std::time::Duration) -> Error {
    let seconds = limit.as_secs();
    Error::new(
        ErrorKind::Device,
        format!("`{title}` did not answer within {seconds} s"),
    )
    .with_help(
        "switch it on, bring it near, and end its connection with a phone or another computer: \
         most devices talk to one at a time",
    )
}
