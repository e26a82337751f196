//! Opening recordings and conversations, and devices out of them.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;
use std::sync::Arc;

use ble::{NobodyThere, PacedClock, Recorded, Recording, Survey};
use pipeline_engine::{InputPath, LiveOptions, open_input};
use pipeline_plugin::ble::DeviceName;
use pipeline_plugin::{Cancel, Clock, Error, Result, VirtualClock};

use crate::{conversations, exit, words};

/// A recording, open at its beginning, and what is in it.
pub(crate) struct Opened {
    pub(crate) recording: Recording<BufReader<File>>,
    pub(crate) survey: Survey,
    /// It was a conversation: the source has to write what stands in it.
    pub(crate) is_conversation: bool,
}

/// What plays a recording.
pub(crate) struct Playing {
    pub(crate) central: Recorded,
    pub(crate) clock: Arc<dyn Clock>,
    /// The device that was asked for.
    pub(crate) device: Option<DeviceName>,
}

impl Opened {
    /// Opens a recording, which may be compressed.
    pub(crate) fn at(path: &Path) -> Result<Self> {
        Self::from(open_input(&InputPath::File(path.to_owned()))?)
    }

    /// Copies a recording, so that it can be read twice whatever it is.
    pub(crate) fn from(mut content: impl Read) -> Result<Self> {
        let cannot = |error| Error::io("copy the recording to a temporary file", error);
        let mut file = tempfile::tempfile().map_err(cannot)?;
        io::copy(&mut content, &mut file).map_err(cannot)?;
        file.rewind().map_err(cannot)?;
        let told = conversations::recording(&mut file)?;
        let is_conversation = told.is_some();
        let mut file = told.unwrap_or(file);
        let mut again = || {
            file.rewind()?;
            file.try_clone().map(BufReader::new)
        };
        let survey = Recording::new(again().map_err(cannot)?)?.survey();
        let recording = Recording::new(again().map_err(cannot)?)?;
        Ok(Self {
            recording,
            survey,
            is_conversation,
        })
    }

    /// What to say about it if it can't be read to its end.
    pub(crate) fn warning(&self) -> Option<&str> {
        self.survey.damage.as_deref()
    }

    /// Begins to play it: as fast as possible, or at some speed of `host`.
    pub(crate) fn play(self, speed: Option<(f64, Arc<dyn Clock>)>, cancel: &Cancel) -> Playing {
        let head = self.recording.head();
        let device = head.device.clone();
        let clock: Arc<dyn Clock> = match speed {
            Some((speed, host)) => Arc::new(PacedClock::new(host, head.start, speed)),
            None => Arc::new(VirtualClock::new(head.start)),
        };
        Playing {
            central: Recorded::new(self.recording, Arc::clone(&clock), cancel.clone()),
            clock,
            device: device.map(DeviceName::new),
        }
    }

    /// The devices in it, as a run gets them.
    pub(crate) fn devices(
        self,
        speed: Option<(f64, Arc<dyn Clock>)>,
        cancel: &Cancel,
    ) -> LiveOptions {
        let playing = self.play(speed, cancel);
        LiveOptions {
            device: playing.device,
            clock: Some(playing.clock),
            central: Some(Arc::new(playing.central)),
            shown_on: Some(Arc::new(NobodyThere)),
            ..LiveOptions::default()
        }
    }
}

/// What follows `replay:` in `--device`: a file, and perhaps `?speed=1`.
///
/// On failure the reason has been printed, and the code comes back.
pub(crate) fn devices(
    text: &str,
    host: Arc<dyn Clock>,
    cancel: &Cancel,
) -> std::result::Result<LiveOptions, u8> {
    let (file, speed) = match text.rsplit_once("?speed=") {
        Some((file, speed)) => (file, Some(speed)),
        None => (text, None),
    };
    let speed = match speed.map(str::parse) {
        None => None,
        Some(Ok(speed)) if (0.001..=1000.0).contains(&speed) => Some((speed, host)),
        Some(_) => {
            eprintln!("error: `{}` has no such speed", words::clean(text));
            eprintln!("help: write a number from 0.001 to 1000, such as `?speed=1`");
            return Err(exit::USAGE);
        }
    };
    let opened = Opened::at(Path::new(file)).map_err(|error| {
        eprintln!("{}", crate::output::error_text(file, &error));
        exit::code_of(&error)
    })?;
    if let Some(warning) = opened.warning() {
        eprintln!(
            "warning: {}: {}",
            words::path(Path::new(file)),
            words::clean(warning)
        );
    }
    Ok(opened.devices(speed, cancel))
}
