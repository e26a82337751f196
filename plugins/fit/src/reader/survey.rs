//! The first pass over a file: what is in it.
//!
//! FIT has its summaries at the end, as a rule, and says nowhere what fields its records will have.
//! What is needed before the first sample can be passed on is gathered here, in memory that depends
//! on the number of laps and columns only; of records, little more is looked at than their times.

use fit::profile::{self, file_id, timestamp_correlation, types};
use fit::{Decoder, Message, Piece, Problem, Severity, StreamScanner, time};
use pipeline_plugin::{Content, Context, Error, Result, Sport, field};

use super::clock::Times;
use super::columns::Columns;
use super::counter::{COUNTS, Reach};
use super::definitions::Definitions;
use super::facts::{LapFacts, Numbers, SessionFacts, times};
use super::settings::FitReader;
use super::who::Who;

/// A decoder of an input.
pub(crate) type FileDecoder<'a> = Decoder<StreamScanner<&'a mut dyn Content>>;

/// What is in a file.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// The activities in it.
    pub(crate) recordings: Vec<Recording>,
    /// How many activities there are beyond those.
    pub(crate) surplus: u64,
    /// Types of the segments that are no activities, each once.
    pub(crate) others: Vec<&'static str>,
    /// What is wrong with the file.
    pub(crate) fault: Option<Problem>,
    /// How many faults there are beside that one.
    pub(crate) more_faults: u64,
    /// The first oddity, which loses nothing.
    pub(crate) oddity: Option<Problem>,
    /// Whether it has heart rates that a belt stored by itself.
    pub(crate) has_stored_heart_rates: bool,
    keeps_calories: bool,
    /// Whether it is a FIT file at all.
    pub(crate) is_fit: bool,
    /// When the file was made, in FIT seconds.
    pub(crate) created: Option<u32>,
}

/// An activity file, or one of several that were put into one file.
#[derive(Debug, Default)]
pub(crate) struct Recording {
    /// Which segment of the file it is, from 0.
    pub(crate) segment: usize,
    /// How many laps the recordings before it have.
    laps_before: usize,
    /// What the segment is: a value of the profile's `file`.
    file_type: Option<u8>,
    /// When the file was made, in FIT seconds.
    created: Option<u32>,
    pub(crate) who: Who,
    pub(crate) sessions: Vec<SessionFacts>,
    pub(crate) laps: Vec<LapFacts>,
    /// The sport that a message names which is neither a session nor a lap.
    pub(crate) sport: Option<Sport>,
    pub(crate) columns: Columns,
    pub(crate) times: Times,
    /// The times of the first record with a date and of the first without, in FIT seconds.
    pub(crate) first: Option<u32>,
    pub(crate) first_undated: Option<u32>,
    /// How many records there are.
    pub(crate) records: u64,
    /// Where the counters start and end.
    pub(crate) reach: [Reach; COUNTS],
    /// How many laps there are beyond those that are kept.
    pub(crate) surplus_laps: u64,
    has_stored_heart_rates: bool,
    /// Names of developer fields of laps and sessions.
    pub(crate) left_out: Vec<String>,
    /// Times in zones of laps that come later.
    early_zones: Vec<(u16, Vec<f64>)>,
}

/// The most laps of a file: as many as can be referred to.
const MOST: usize = 0xFFFF;

/// The most sessions of a recording.
const SESSIONS: usize = 1000;

/// The most recordings of a file; chained files have a handful.
const RECORDINGS: usize = 100;

/// The type of a segment that doesn't say any.
const UNKNOWN: &str = "unknown";

/// How often somebody may ask to stop, in messages.
const PATIENCE: u32 = 0xFFFF;

impl FitReader {
    /// A decoder that goes on after faults if that is asked for.
    pub(crate) fn decoder<'a>(&self, bytes: &'a mut dyn Content) -> FileDecoder<'a> {
        Decoder::over(if self.salvage {
            StreamScanner::tolerant(bytes)
        } else {
            StreamScanner::new(bytes)
        })
    }
}

impl Survey {
    /// Reads a file to its end.
    ///
    /// # Errors
    ///
    /// When the input can't be read, or somebody asked to stop. A fault of the file is no error
    /// here.
    pub(crate) fn of(reader: &FitReader, bytes: &mut dyn Content, cx: &Context) -> Result<Self> {
        let mut survey = Self {
            keeps_calories: reader.believes_calories(),
            ..Self::default()
        };
        let mut decoder = reader.decoder(bytes);
        let mut definitions = Definitions::default();
        let mut open: Option<Recording> = None;
        let (mut segment, mut patience) = (0, PATIENCE);
        loop {
            let piece = match decoder.next_piece() {
                Ok(piece) => piece,
                Err(fit::Error::File(fault)) => {
                    // What is behind a segment doesn't concern it.
                    let is_behind = decoder.segment().is_some_and(|segment| {
                        let is_whole = segment.crc.is_some() && segment.crc == segment.right_crc;
                        is_whole && fault.offset >= segment.end()
                    });
                    survey.fault = Some(fault);
                    survey.close(open.filter(|_| is_behind));
                    return Ok(survey);
                }
                Err(error) => return Err(cannot_read(error)),
            };
            match piece {
                None => {
                    survey.close(open);
                    return Ok(survey);
                }
                Some(Piece::Segment(_)) => {
                    definitions = Definitions::default();
                    survey.close(open.take());
                    let laps = survey.recordings.iter().map(|it| it.laps.len()).sum();
                    open = Some(Recording {
                        segment,
                        laps_before: laps,
                        ..Recording::default()
                    });
                    segment += 1;
                    survey.is_fit = true;
                }
                Some(Piece::Message(message)) => {
                    if let Some(recording) = &mut open {
                        recording.take(message, &mut definitions);
                    }
                    patience -= 1;
                    if patience == 0 {
                        cx.cancel().check()?;
                        patience = PATIENCE;
                    }
                }
                Some(Piece::Problem(problem)) => survey.problem(problem),
            }
        }
    }

    fn problem(&mut self, problem: Problem) {
        match (problem.severity(), &self.fault) {
            (Severity::Error, None) => self.fault = Some(problem),
            (Severity::Error, Some(_)) => self.more_faults += 1,
            (Severity::Warning, _) => {
                self.oddity.get_or_insert(problem);
            }
        }
    }

    fn close(&mut self, recording: Option<Recording>) {
        let Some(mut recording) = recording else {
            return;
        };
        self.created = self.created.or(recording.created);
        self.has_stored_heart_rates |= recording.has_stored_heart_rates;
        if !recording.is_activity() {
            // Some watches put what the belt stored into parts of their own.
            if recording.has_stored_heart_rates && recording.file_type.is_none() {
                return;
            }
            let name = recording
                .file_type
                .and_then(|it| types::FILE.name_of(it.into()));
            let name = name.unwrap_or(UNKNOWN);
            if !self.others.contains(&name) {
                self.others.push(name);
            }
            return;
        }
        recording.columns.settle();
        if !self.keeps_calories {
            recording.columns.drop(&field::CALORIES);
        }
        recording.give_zones();
        if self.recordings.len() < RECORDINGS {
            self.recordings.push(recording);
        } else {
            self.surplus += 1;
        }
    }

    /// The types of the segments that are no activities, each once.
    pub(crate) fn others(&self) -> String {
        let names = self.others.iter().map(|other| match *other {
            UNKNOWN => "something that it doesn't name".to_owned(),
            other => format!("`{other}`"),
        });
        names.collect::<Vec<_>>().join(", ")
    }

    /// The error that tells the fault of a file.
    pub(crate) fn fault(&self) -> Option<String> {
        let fault = self.fault.as_ref()?;
        Some(match (fault.offset, &fault.kind) {
            (0, fit::ProblemKind::HeaderTruncated { have: 0, .. }) => "file is empty".to_owned(),
            (0, fit::ProblemKind::Signature { .. } | fit::ProblemKind::HeaderTruncated { .. }) => {
                format!("not FIT: {fault}")
            }
            _ => fault.to_string(),
        })
    }
}

/// An error of the input as one of ours.
pub(crate) fn cannot_read(error: fit::Error) -> Error {
    match error {
        fit::Error::Read(error) => Error::io("read the input", error),
        error => Error::skip(error.to_string()),
    }
}

impl Recording {
    /// What there is to be read.
    fn is_activity(&self) -> bool {
        match self.file_type {
            Some(file_type) => file_type == types::file::ACTIVITY,
            // Without a type it counts what is in it.
            None => self.records > 0 || !self.sessions.is_empty(),
        }
    }

    fn take(&mut self, message: Message<'_>, definitions: &mut Definitions) {
        let number = message.number();
        if number == profile::RECORD.number {
            self.record(&message, definitions);
        } else if number == profile::LAP.number {
            self.lap(message);
        } else if number == profile::SESSION.number {
            self.leave_out_of_summaries(&message);
            self.session(SessionFacts::of(message));
        } else if number == profile::TIME_IN_ZONE.number {
            self.zones(&message);
            self.who.take(message);
        } else if number == profile::TIMESTAMP_CORRELATION.number {
            use timestamp_correlation::SYSTEM_TIMESTAMP;
            let counted = Numbers(message).integer(SYSTEM_TIMESTAMP);
            if let (Some(date), Some(counted)) = (message.timestamp(), counted) {
                self.times.correlate(date, counted);
            }
        } else if number == profile::HR.number {
            self.has_stored_heart_rates = true;
        } else if number == profile::SPORT.number {
            use profile::sport::{SPORT, SUB_SPORT};
            self.sport = Numbers(message).sport(SPORT, SUB_SPORT).or(self.sport);
        } else {
            if number == profile::FILE_ID.number {
                let said = Numbers(message);
                self.file_type = said.integer(file_id::TYPE).or(self.file_type);
                self.created = said.integer(file_id::TIME_CREATED).or(self.created);
            }
            definitions.take(&message);
            self.who.take(message);
        }
    }

    fn record(&mut self, message: &Message<'_>, definitions: &mut Definitions) {
        self.records += 1;
        let (is_new, counters) = definitions.look(message);
        if is_new {
            self.columns.note(message, &definitions.applications);
        }
        self.columns.weigh(message);
        for (reach, value) in self.reach.iter_mut().zip(counters) {
            if !value.is_nan() {
                reach.note(value);
            }
        }
        if let Some(seconds) = message.timestamp() {
            let first = if seconds < time::FIRST_DATE {
                &mut self.first_undated
            } else {
                &mut self.first
            };
            first.get_or_insert(seconds);
            self.times.note(seconds);
        }
    }

    fn lap(&mut self, message: Message<'_>) {
        self.leave_out_of_summaries(&message);
        self.sport = self.sport.or_else(|| LapFacts::sport(message));
        match u16::try_from(self.laps.len()) {
            Ok(position) if self.laps_before + self.laps.len() < MOST => {
                self.laps.push(LapFacts::of(message, position));
            }
            _ => self.surplus_laps += 1,
        }
    }

    /// Devices that are interrupted may write a session twice: the last one counts.
    fn session(&mut self, session: SessionFacts) {
        let same = |known: &&mut SessionFacts| known.span.start == session.span.start;
        let count = self.sessions.len();
        match self.sessions.iter_mut().find(same) {
            Some(known) => *known = session,
            None if count < SESSIONS => self.sessions.push(session),
            None => {}
        }
    }

    /// No item has room for developer fields of laps and sessions.
    fn leave_out_of_summaries(&mut self, message: &Message<'_>) {
        const NAMED: usize = 8;
        if !message.data().definition.has_developer_fields() || self.left_out.len() >= NAMED {
            return;
        }
        // What this program writes there itself, it knows how to write again.
        let ours = crate::developer::CALORIES_METHOD.name;
        for field in message.fields().filter(|field| field.developer().is_some()) {
            let name = field.name().unwrap_or_default();
            let has_value = !matches!(field.value(), fit::Value::Missing);
            if has_value && name != ours && self.left_out.iter().all(|known| known != name) {
                self.left_out.push(name.to_owned());
            }
        }
    }

    /// The time in each heart-rate zone of a lap.
    fn zones(&mut self, message: &Message<'_>) {
        use profile::time_in_zone as field;
        let said = Numbers(*message);
        let reference = said.integer::<u16>(field::REFERENCE_MESG);
        let index = said.integer::<u16>(field::REFERENCE_INDEX);
        let times = times(message, field::TIME_IN_HR_ZONE);
        let (Some(index), Some(times)) = (index, times) else {
            return;
        };
        if reference != Some(profile::LAP.number) {
            return;
        }
        // They follow their lap, as a rule.
        let lap = self
            .laps
            .iter_mut()
            .rev()
            .take(2)
            .find(|lap| lap.index == index);
        match lap {
            Some(lap) => lap.zones = Some(times),
            None if self.early_zones.len() < SESSIONS => self.early_zones.push((index, times)),
            None => {}
        }
    }

    fn give_zones(&mut self) {
        let mut early: std::collections::BTreeMap<_, _> =
            std::mem::take(&mut self.early_zones).into_iter().collect();
        for lap in &mut self.laps {
            if let Some(times) = early.remove(&lap.index) {
                lap.zones = Some(times);
            }
        }
    }
}
