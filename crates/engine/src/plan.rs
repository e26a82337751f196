mod athlete;
mod build;
mod make;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use pipeline_plugin::{Athlete, Plugin, ReaderPlugin, SinkPlugin, SourcePlugin, TransformPlugin};

use crate::diagnostic::Diagnostic;

pub use build::plan;

/// A pipeline that is ready to run: every stage is made and has been asked whether it is content.
#[derive(Debug)]
pub struct Plan {
    /// The pipeline's name.
    pub name: String,
    /// The file it was read from; none for bundled pipelines and for text.
    pub file: Option<PathBuf>,
    /// The folder from which paths in the file count.
    pub folder: PathBuf,
    /// The athlete, as far as the file or the command line describe them.
    pub athlete: Athlete,
    /// Where streams come from, at least one.
    pub sources: Vec<PlannedSource>,
    /// The stages right behind the sources; all others hang on them.
    pub stages: Vec<PlannedStage>,
    /// What may be wrong, but does not hinder.
    pub warnings: Vec<Diagnostic>,
}

/// A source in a [`Plan`].
#[derive(Debug)]
pub struct PlannedSource {
    /// Its id: unique in the pipeline.
    pub id: String,
    /// The plugin that provides it.
    pub plugin: Arc<Plugin>,
    /// The settings that it was made of.
    pub settings: serde_json::Value,
    /// The source itself.
    pub kind: SourceKind,
}

/// What kind of source it is.
pub enum SourceKind {
    /// Files, one after another or side by side.
    Reader {
        /// Reads one file.
        reader: Arc<dyn ReaderPlugin>,
        /// Files, folders and globs, absolute; `-` for standard input. Empty only if the inputs
        /// are given on the command line.
        paths: Vec<String>,
    },
    /// A device.
    Source(Arc<dyn SourcePlugin>),
}

/// A transform or a sink in a [`Plan`].
#[derive(Clone, Debug)]
pub struct PlannedStage {
    /// Its id: unique in the pipeline.
    pub id: String,
    /// The name of the plugin that provides it.
    pub plugin: String,
    /// The stage itself.
    pub kind: StageKind,
    /// The stages behind it; none behind a sink.
    pub next: Vec<PlannedStage>,
}

impl PlannedStage {
    /// Whether it is a sink.
    pub fn is_sink(&self) -> bool {
        matches!(self.kind, StageKind::Sink(_))
    }
}

/// What kind of stage it is.
#[derive(Clone)]
pub enum StageKind {
    /// Changes streams.
    Transform(Arc<dyn TransformPlugin>),
    /// Writes streams.
    Sink(Arc<dyn SinkPlugin>),
}

impl fmt::Debug for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reader { .. } => "Reader",
            Self::Source(_) => "Source",
        })
    }
}

impl fmt::Debug for StageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Transform(_) => "Transform",
            Self::Sink(_) => "Sink",
        })
    }
}
