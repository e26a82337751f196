//! Whole files, byte by byte.

use std::io::Read;

use pipeline_plugin::{
    Content, Context, Error, Header, Input, Item, Kind, Result, Sport, Streams, Timestamp,
};

use super::sessions;
use super::settings::FitReader;
use super::survey::Survey;

/// Bytes of an item.
const PIECE: usize = 64 * 1024;

/// Passes a file on as it is: one stream, whose header says what the first activity in it does.
pub(crate) fn pass_on(
    reader: &FitReader,
    survey: &Survey,
    input: &mut Input<'_>,
    out: &mut dyn Streams,
) -> Result<()> {
    out.open(header(reader, survey, input.name))?;
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        let read = (&mut *input.bytes)
            .take(PIECE as u64)
            .read_to_end(&mut piece);
        read.map_err(|error| Error::io("read the input", error))?;
        if piece.is_empty() {
            return out.finish();
        }
        out.send(Item::Bytes(piece))?;
    }
}

/// What a whole file says of itself.
#[derive(Debug)]
pub(crate) struct FileFacts {
    /// Whether it is a FIT file at all.
    pub(crate) is_fit: bool,
    /// Where the first activity in it starts; when the file was made if there is none.
    pub(crate) start: Option<Timestamp>,
    /// The sport of the first activity in it.
    pub(crate) sport: Option<Sport>,
    /// Metres of all activities in it; `NaN` if it doesn't say.
    pub(crate) distance: f64,
    /// What is wrong with it.
    pub(crate) fault: Option<String>,
}

impl FileFacts {
    /// Reads a file to its end.
    ///
    /// # Errors
    ///
    /// When it can't be read.
    pub(crate) fn of(bytes: &mut dyn Content, cx: &Context) -> Result<Self> {
        let reader = FitReader {
            salvage: true,
            ..FitReader::default()
        };
        let survey = Survey::of(&reader, bytes, cx)?;
        let header = header(&reader, &survey, "");
        let sessions = survey
            .recordings
            .iter()
            .flat_map(|recording| &recording.sessions);
        let distances = sessions.map(|session| session.totals.distance);
        Ok(Self {
            is_fit: survey.is_fit,
            start: (header.start > Timestamp::default()).then_some(header.start),
            sport: (!survey.recordings.is_empty()).then_some(header.sport),
            distance: distances
                .filter(|it| !it.is_nan())
                .reduce(|a, b| a + b)
                .unwrap_or(f64::NAN),
            fault: survey.fault(),
        })
    }
}

fn header(reader: &FitReader, survey: &Survey, name: &str) -> Header {
    let mut header = Header {
        kind: Kind::File,
        name: name.to_owned(),
        ..Header::default()
    };
    let Some(recording) = survey.recordings.first() else {
        let created = survey.created.and_then(fit::time::to_unix_seconds);
        header.start = created.map(Timestamp::from_seconds).unwrap_or_default();
        return header;
    };
    let sessions = sessions::sessions(recording, recording.times.clock(), reader);
    if let Some(first) = sessions.first() {
        header.start = first.start;
        header.sport = first.sport;
        header.device = recording.who.recorder();
        header.utc_offset = recording.who.utc_offset;
    }
    header
}
