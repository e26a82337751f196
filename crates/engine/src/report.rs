//! What a run tells while it runs. The engine prints nothing.

use std::path::PathBuf;
use std::time::Duration;

use pipeline_plugin::{Error, ErrorKind, Header, Level, Said, Summary, Told, Warning};

/// Something that a run has to say.
#[derive(Debug)]
pub enum Report {
    /// The inputs are known: how many there are.
    Inputs(usize),
    /// A stream is complete: what became of it.
    Stream(Box<StreamReport>),
    /// An input was delivered by an earlier run and was not read again.
    Known(String),
    /// An input, or a part of it, could not be used.
    Failed(Failure),
    /// A stage repaired or left out something in an input.
    Warning {
        /// The input's name.
        input: String,
        /// What happened.
        warning: Warning,
    },
    /// A stage says something else about an input: how far it has come, or a line of another
    /// level.
    Told {
        /// The input's name.
        input: String,
        /// What it says.
        told: Told,
    },
    /// An input is done, whatever became of it.
    InputDone,
}

impl Report {
    /// What a stage says about an input.
    pub(crate) fn told(input: String, told: Told) -> Self {
        match told.said {
            Said::Log(Level::Warn, message) => Self::Warning {
                input,
                warning: Warning {
                    stage: told.stage,
                    message,
                },
            },
            _ => Self::Told { input, told },
        }
    }
}

/// A stream that reached its end.
#[derive(Debug)]
pub struct StreamReport {
    /// The input's name.
    pub input: String,
    /// The stream's header as the first sink saw it.
    pub header: Header,
    /// Its summary as the first sink saw it.
    pub summary: Summary,
    /// What became of it, one a sink.
    pub deliveries: Vec<Delivery>,
    /// From the input's opening to its delivery.
    pub took: Duration,
}

/// What became of a stream at one sink.
#[derive(Debug)]
pub struct Delivery {
    /// The sink's id.
    pub sink: String,
    /// What became of it.
    pub status: DeliveryStatus,
}

impl Delivery {
    /// Whether the sink has the stream now.
    pub(crate) fn is_there(&self) -> bool {
        matches!(
            self.status,
            DeliveryStatus::Delivered(_) | DeliveryStatus::Already(_)
        )
    }
}

/// What became of a stream at one sink.
#[derive(Debug)]
pub enum DeliveryStatus {
    /// It is there now.
    Delivered(PathBuf),
    /// It was there before; nothing was written.
    Already(PathBuf),
    /// A dry run: it would be there.
    Would(PathBuf),
    /// It could not be delivered there.
    Failed(Error),
}

/// An input that could not be used.
#[derive(Debug)]
pub struct Failure {
    /// The input's name; empty when no input is to blame.
    pub input: String,
    /// Why.
    pub error: Error,
    /// Whether an earlier run found out, and the bytes have not changed since.
    pub known: bool,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Streams delivered now.
    pub delivered: usize,
    /// Streams that were there before, and inputs not read again.
    pub already: usize,
    /// Inputs that could not be used.
    pub quarantined: usize,
    /// Streams that reached none of their sinks.
    pub undelivered: usize,
    /// Streams that reached some of their sinks only.
    pub partly: usize,
    /// Inputs that were not started because the run stopped, also those on a device.
    pub left: usize,
    /// The worst fault that was not an input's: a plugin's, a missing resource, a device's.
    pub fault: Option<ErrorKind>,
    /// The run was asked to stop before the end that it was given.
    pub cancelled: bool,
}

impl Totals {
    /// The exit code: 0 done, 3 some inputs quarantined, 6 device, 7 permission or resource,
    /// 8 plugin, 9 delivered to some destinations only, 130 stopped with inputs left, also those on a
    /// device. Where several apply: 130, 8, 7, 6, 9, 3.
    pub fn exit_code(&self) -> u8 {
        if self.cancelled && self.left > 0 {
            return 130;
        }
        match self {
            Self {
                fault: Some(ErrorKind::Plugin),
                ..
            } => 8,
            Self {
                fault: Some(ErrorKind::Resource),
                ..
            } => 7,
            Self {
                fault: Some(ErrorKind::Device),
                ..
            } => 6,
            Self { partly: 1.., .. } => 9,
            Self {
                quarantined: 1.., ..
            }
            | Self {
                undelivered: 1.., ..
            } => 3,
            _ => 0,
        }
    }

    /// Takes a fault into account; those of single inputs are counted elsewhere.
    pub(crate) fn note(&mut self, kind: ErrorKind) {
        let rank = |kind: Option<ErrorKind>| match kind {
            Some(ErrorKind::Plugin) => 3,
            Some(ErrorKind::Resource) => 2,
            Some(ErrorKind::Device) => 1,
            _ => 0,
        };
        if rank(Some(kind)) > rank(self.fault) {
            self.fault = Some(kind);
        }
    }
}
