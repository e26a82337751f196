//! The reader of FIT files: activities as streams, or whole files as they are.
//!
//! An activity is read in two passes. The first looks at everything but the values of records: what
//! recorded it, who did it, sessions, laps, zones, which fields records have. The second turns
//! records into samples. Memory depends on neither the file's size nor its number of records.
//!
//! # What becomes of a file
//!
//! * Each session of each activity in the file is a stream. Its records are the samples, its timer's
//!   stops and starts events, its laps laps with the totals that the file gives them.
//! * A field of records is the field table's column where there is one, else a column with the
//!   profile's name and unit, or `field_107` if the profile doesn't know it. Semicircles become degrees;
//!   of `speed` and `enhanced_speed` the better one counts; low bits are added up. An array is several
//!   columns, `left_power_phase_1` and so on.
//! * A developer field is a column, and [`Header::developer_fields`] says what it was in the file.
//!   Those of the rowing convention become the field table's columns, and take the place of a field of
//!   records if they say that they stand for it and the file has nothing of its own there. Curves of a
//!   stroke are curves.
//! * Energy and strokes of the whole session come as [`Event::Meta`] at its end.
//!
//! # What is left out
//!
//! Sensors, workouts, splits, lengths of a pool, beat intervals, positions of courses, developer fields
//! of laps and sessions, text in records, and messages that only their maker knows: no item has room for
//! them. `as: files` passes on everything.
//!
//! [`Header::developer_fields`]: pipeline_plugin::Header::developer_fields
//! [`Event::Meta`]: pipeline_plugin::Event::Meta

mod activities;
mod clock;
mod columns;
mod counter;
mod definitions;
mod facts;
mod files;
mod meaning;
mod plan;
mod repairs;
mod rows;
mod sessions;
mod settings;
mod stream;
mod survey;
mod who;

use pipeline_plugin::{
    Context, Error, Input, Place, Plugin, Problem, ReaderPlugin, Remedy, Result, Streams,
};

use activities::Activities;
pub(crate) use files::FileFacts;
use repairs::{Repairs, refusal};
pub use settings::{As, Calories, FitReader};
use survey::Survey;

/// The plugin `fit` that reads.
pub fn reader() -> Plugin {
    Plugin::reader::<FitReader>("fit", "read FIT files of any device", &["fit"], sniff)
}

/// Whether the first bytes of a file look like FIT.
fn sniff(head: &[u8]) -> bool {
    head.get(8..12) == Some(b".FIT")
}

impl ReaderPlugin for FitReader {
    fn check(&self, place: &Place) -> Vec<Problem> {
        self.problems(place)
    }

    fn read(&self, mut input: Input<'_>, out: &mut dyn Streams, cx: &Context) -> Result<()> {
        input.bytes.keep()?;
        let mut survey = Survey::of(self, input.bytes, cx)?;
        if let Some(oddity) = survey.oddity.as_ref().filter(|_| self.strict) {
            return Err(refusal(&oddity.to_string()));
        }
        input.bytes.rewind()?;
        if self.streams == As::Files {
            return match self.fault(&survey) {
                Some(fault) => Err(fault),
                None => files::pass_on(self, &survey, &mut input, out),
            };
        }
        self.activities(&mut survey, &mut input, out, cx)
    }
}

impl FitReader {
    fn activities(
        &self,
        survey: &mut Survey,
        input: &mut Input<'_>,
        out: &mut dyn Streams,
        cx: &Context,
    ) -> Result<()> {
        let fault = self.fault(survey);
        if survey.recordings.is_empty() {
            return Err(fault.unwrap_or_else(|| no_activity(survey)));
        }
        let records = survey
            .recordings
            .iter()
            .map(|recording| recording.records)
            .sum::<u64>();
        let mut activities = Activities {
            reader: self,
            name: input.name,
            repairs: Repairs {
                no_dates: survey.recordings.iter().any(|it| it.times.are_undated()),
                surplus: survey.surplus,
                surplus_laps: survey.recordings.iter().map(|it| it.surplus_laps).sum(),
                ..Repairs::default()
            },
            opened: 0,
        };
        let left_out = left_out(survey);
        let result = activities.pass_on(survey, input.bytes, out);
        activities
            .repairs
            .told()
            .into_iter()
            .chain(left_out)
            .for_each(|told| cx.warn(told));
        result?;
        match fault {
            _ if activities.opened == 0 => Err(Error::skip(
                "no session and no record with a time in the file",
            )),
            Some(fault) if self.salvage => {
                let kept = match records {
                    1 => "the record".to_owned(),
                    records => format!("the {records} records"),
                };
                cx.warn(format!("{fault}; kept {kept} that can be read"));
                Ok(())
            }
            Some(fault) => Err(fault),
            None => Ok(()),
        }
    }

    /// The error of a damaged file, if it is one.
    fn fault(&self, survey: &Survey) -> Option<Error> {
        let mut text = survey.fault()?;
        if survey.more_faults > 0 {
            text = format!("{text}, and {} more", survey.more_faults);
        }
        let error = Error::skip(text);
        let is_fit = survey.is_fit;
        Some(match self.streams {
            As::Activities if is_fit && !self.salvage => error.with_help(
                "mend it with `pipeline repair`, or keep what can be read with `salvage: true` under \
                 `fit:`, or `--set fit.salvage=true`",
            )
            .with_remedies([Remedy::Command("repair"), Remedy::Option("salvage")]),
            As::Files if is_fit => error.with_help("mend it with `pipeline repair`"),
            _ => error,
        })
    }
}

/// The error of a file that is sound and holds something else.
fn no_activity(survey: &Survey) -> Error {
    match survey.others.as_slice() {
        [] => Error::skip("no activity in the file; it holds nothing"),
        _ => Error::skip(format!(
            "no activity in the file; it holds {}",
            survey.others()
        ))
        .with_help("`as: files` under `fit:` passes on whole files, whatever they hold")
        .with_remedies([Remedy::Option("as")]),
    }
}

/// What no item has room for, as sentences.
fn left_out(survey: &Survey) -> Vec<String> {
    let names = |of: fn(&survey::Recording) -> &[String]| {
        let all = survey.recordings.iter().flat_map(of);
        let quoted: Vec<_> = all.map(|name| format!("`{name}`")).collect();
        quoted.join(", ")
    };
    let mut told = Vec::new();
    let mut tell = |what: &str, names: String| {
        if !names.is_empty() {
            told.push(format!("{what}, left out: {names}"));
        }
    };
    let stored = if survey.has_stored_heart_rates {
        "`hr`"
    } else {
        ""
    };
    tell(
        "heart rates that a belt stored by itself",
        stored.to_owned(),
    );
    tell(
        "fields of records that are no numbers",
        names(|it| &it.columns.left_out),
    );
    tell(
        "developer fields of laps and sessions",
        names(|it| &it.left_out),
    );
    tell("parts of the file that are no activities", survey.others());
    told
}
