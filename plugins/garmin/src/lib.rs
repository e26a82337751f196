//! The sink that fills the upload folder ("outbox") with FIT activities.
//!
//! A program that uploads to Garmin Connect, a synchronised folder or a person takes the files
//! from there. The contract: a file appears under its final name only when it is complete, is
//! announced to watchers as newly created, is never overwritten and never deleted, and an
//! activity that was delivered once is not delivered again, even when its file was removed.
//! The name says start, sport, distance and eight digits of the activity's content key.
//!
//! What the messages are is the `fit` sink's business, which this crate shares; staging,
//! durability and the ledger are the host's. It does not upload anything: Garmin has no public
//! interface for that.

use std::path::PathBuf;

use pipeline_plugin::{
    Context, Header, Kind, NameTemplate, Place, Plugin, Problem, Result, Sink, SinkPlugin, Summary,
    TimeZone,
};
use plugin_fit::{Creator, Encoding, FitStream, check_creator};
use schemars::JsonSchema;
use serde::Deserialize;

/// Puts each activity as a FIT file into the upload folder, once; whole FIT files as they are.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Garmin {
    /// The upload folder; made if it does not exist. Temporary files stand beside it, in
    /// `<folder>.staging`.
    #[schemars(extend("format" = "folder"))]
    folder: PathBuf,
    /// Local time, which services show: a place such as `Europe/Berlin`, or an offset from UTC
    /// such as `+02:00`; the recorder's own, else UTC.
    #[serde(default)]
    timezone: Option<TimeZone>,
    /// What the file says made it; the default is this program.
    #[serde(default)]
    creator: Creator,
}

/// The plugin `garmin`.
pub fn plugin() -> Plugin {
    Plugin::sink::<Garmin>(
        "garmin",
        "fill an upload folder for Garmin Connect, each activity once",
        "fit",
    )
}

impl SinkPlugin for Garmin {
    fn check(&self, _: &Place) -> Vec<Problem> {
        check_creator(&self.creator).into_iter().collect()
    }

    fn destination(&self) -> String {
        format!("garmin:{}", self.folder.display())
    }

    fn takes(&self, kind: Kind) -> bool {
        kind != Kind::Log
    }

    fn folder(&self) -> Option<PathBuf> {
        Some(self.folder.clone())
    }

    fn file_name(&self, header: &Header, summary: &Summary) -> Option<String> {
        // The name of a whole file depends on what is in it.
        let is_activity = header.kind == Kind::Activity;
        is_activity.then(|| NameTemplate::default().fill(header, summary, "fit"))
    }

    fn open(&self, header: &Header, cx: &Context) -> Result<Box<dyn Sink>> {
        let encoding = Encoding {
            creator: self.creator.clone(),
            timezone: self.timezone,
        };
        let name = NameTemplate::default();
        let stream = FitStream::open(&self.folder, name, header, &encoding, cx)?;
        Ok(Box::new(stream.sound_only()))
    }
}
