use crate::document::Document;
use crate::integrity::Integrity;
use crate::{
    Command, Delivered, Error, FileName, GnssStatus, Listing, Refusal, RideName, Storage,
    SystemFile,
};

/// Something for a [`Session`](super::Session) to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// Make the device idle. Every other job does that by itself where it is needed.
    Wake,
    /// Ask how much room there is.
    Storage,
    /// Fetch the list of rides.
    List,
    /// Fetch a ride.
    Download(RideName),
    /// Fetch another file.
    Fetch(SystemFile),
    /// Send a file; what is there under its name is replaced.
    Send(SystemFile, Vec<u8>),
    /// Delete a ride that is safe elsewhere.
    Delete(Delivered),
    /// Set the clock, in seconds since 1970, UTC.
    SetClock(u32),
    /// Ask how old the satellite data are.
    Gnss,
}

impl Job {
    /// The file that is fetched; the list's name is the session's business.
    pub(super) fn fetched(&self) -> Option<FileName> {
        match self {
            Self::Download(name) => Some(FileName::Ride(name.clone())),
            Self::Fetch(file) => Some(FileName::System(*file)),
            _ => None,
        }
    }

    /// The command that begins it, where it doesn't depend on the session.
    pub(super) fn command(&self) -> Option<Command> {
        match self {
            Self::Wake | Self::List => None,
            Self::Storage => Some(Command::storage()),
            Self::Download(_) | Self::Fetch(_) => self.fetched().map(|it| Command::fetch(&it)),
            Self::Send(file, _) => Some(Command::send(&FileName::System(*file))),
            Self::Delete(ride) => Some(Command::delete(ride)),
            Self::SetClock(seconds) => Some(Command::set_clock(*seconds)),
            Self::Gnss => Some(Command::gnss()),
        }
    }

    /// Whether the device can take this file; the other files are made by it.
    pub(super) fn is_sendable(file: SystemFile, content: &[u8]) -> bool {
        if content.is_empty() {
            return false;
        }
        match file {
            SystemFile::FileList | SystemFile::Workouts => false,
            SystemFile::Gnss => true,
            // A device that can't parse its settings may not start with them.
            _ => Document::parse(content).is_ok(),
        }
    }
}

/// What a [`Session`](super::Session) has to tell.
#[derive(Debug)]
pub enum Event {
    /// The transfer has come so far.
    Progress {
        /// Bytes of the file that have crossed the link.
        bytes: u64,
        /// Its size.
        size: u64,
    },
    /// The transfer broke and is begun again from the file's first byte: it can't be resumed.
    Restarted {
        /// How many times by now.
        count: u32,
        /// Why.
        cause: Error,
    },
    /// The job is over; the next one may start.
    Finished(Result<Outcome, Error>),
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The device is idle.
    Awake {
        /// The ride that it records meanwhile, where it says so.
        recording: Option<RideName>,
    },
    /// The room there is.
    Storage(Storage),
    /// The rides there are.
    Listed(Listing),
    /// A ride.
    Downloaded(Download),
    /// Another file.
    Fetched {
        /// Its name.
        file: SystemFile,
        /// All of it.
        content: Vec<u8>,
    },
    /// The file is on the device, and the device could read it.
    Sent(SystemFile),
    /// The ride isn't on the device any more.
    Deleted(RideName),
    /// The device was told the time.
    ClockSet {
        /// Whether it said so itself; G+ Gen 1 doesn't.
        confirmed: bool,
    },
    /// How old the satellite data are; `None` when the device doesn't know the question.
    Gnss(Option<GnssStatus>),
    /// The device said no.
    Refused(Refusal),
}

/// A ride that has come whole: as many bytes as the device announced, every block with its right
/// checksum.
#[derive(Clone, PartialEq, Eq)]
pub struct Download {
    /// Its name on the device.
    pub name: RideName,
    /// All of it.
    pub content: Vec<u8>,
    /// Whether the file is sound in itself.
    pub integrity: Integrity,
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Download")
            .field("name", &self.name)
            .field("bytes", &self.content.len())
            .field("integrity", &self.integrity)
            .finish()
    }
}
