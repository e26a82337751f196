//! The sink `sqlite`.

use std::path::PathBuf;

use pipeline_plugin::{
    Context, Error, Header, Kind, Place, Plugin, Problem, Result, Sink, SinkPlugin, Summary,
    units::Duration,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::activity::ActivityStream;
use crate::database::Database;
use crate::log::LogStream;

/// Keeps streams in an SQLite database: samples, and roll-ups by the minute and the hour.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Sqlite {
    /// The database; made if it does not exist.
    #[schemars(extend("format" = "file", "examples" = ["power.sqlite3"]))]
    file: PathBuf,
    /// How long the samples of a log are kept, counted from the newest one; for ever, if not
    /// given.
    #[serde(default)]
    #[schemars(extend("examples" = ["90 d"]))]
    keep_samples: Option<Duration>,
    /// How long a log's roll-ups by the minute are kept; for ever, if not given. Those by the
    /// hour are kept for ever.
    #[serde(default)]
    #[schemars(extend("examples" = ["730 d"]))]
    keep_minutes: Option<Duration>,
}

/// How long rows of logs are kept, in microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Keep {
    pub(crate) samples: Option<i64>,
    pub(crate) minutes: Option<i64>,
}

/// Microseconds of a day.
pub(crate) const DAY: i64 = 86_400_000_000;

/// The plugin `sqlite`.
pub fn plugin() -> Plugin {
    Plugin::sink::<Sqlite>(
        "sqlite",
        "keep streams in an SQLite database, with roll-ups by the minute and the hour",
        "sqlite3",
    )
}

impl Sqlite {
    fn keep(&self) -> Keep {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "float to integer casts saturate"
        )]
        let micros = |duration: Duration| (duration.value() * 1e6) as i64;
        Keep {
            samples: self.keep_samples.map(micros),
            minutes: self.keep_minutes.map(micros),
        }
    }
}

impl SinkPlugin for Sqlite {
    fn check(&self, _: &Place) -> Vec<Problem> {
        let keep = self.keep();
        let mut problems = Vec::new();
        for (option, time) in [
            ("keep-samples", keep.samples),
            ("keep-minutes", keep.minutes),
        ] {
            if time.is_some_and(|time| time < DAY) {
                let problem = Problem::at(option, "less than a day can't be kept");
                problems.push(problem.with_help("write `1 d` or more"));
            }
        }
        let shorter = match (keep.samples, keep.minutes) {
            (None, Some(_)) => true,
            (Some(samples), Some(minutes)) => minutes < samples,
            _ => false,
        };
        if shorter && problems.is_empty() {
            let message = "roll-ups by the minute would be gone before the samples under them";
            let help = "write a longer time than that of `keep-samples`";
            problems.push(Problem::at("keep-minutes", message).with_help(help));
        }
        problems
    }

    fn destination(&self) -> String {
        format!("sqlite:{}", self.file.display())
    }

    fn folder(&self) -> Option<PathBuf> {
        self.file.parent().map(PathBuf::from)
    }

    fn file_name(&self, _: &Header, _: &Summary) -> Option<String> {
        let name = self.file.file_name()?;
        Some(name.to_string_lossy().into_owned())
    }

    fn open(&self, header: &Header, cx: &Context) -> Result<Box<dyn Sink>> {
        match header.kind {
            Kind::Log => {
                let log = LogStream::open(Database::open(&self.file)?, header, self.keep(), cx)?;
                Ok(Box::new(log))
            }
            Kind::Activity => {
                let activity = ActivityStream::open(Database::open(&self.file)?, header, cx)?;
                Ok(Box::new(activity))
            }
            Kind::File => Err(Error::skip(
                "only activities and logs can be kept in a database",
            )),
        }
    }
}
