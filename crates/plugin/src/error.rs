use std::error::Error as StdError;
use std::fmt;

/// The result of everything a stage does.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the caller can do about an error; the only classification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// This input or stream is bad; the others go on.
    Skip,
    /// A device could not be found or was lost for good; the others go on.
    Device,
    /// A permission or a resource (disk space) is missing; the same would happen to the
    /// others, so the run stops.
    Resource,
    /// The run was asked to stop.
    Cancelled,
    /// The plugin is broken; its stream is given up.
    Plugin,
}

/// What would help: a setting, mostly.
///
/// The help names it as it stands in a pipeline file. A host whose user wrote none, but a command
/// line, can tell by this which flag of its own it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Remedy {
    /// This option of the stage.
    Option(&'static str),
    /// This value of the athlete.
    Athlete(&'static str),
    /// No setting, but this command on the file: `repair`.
    Command(&'static str),
}

/// What went wrong, for the person who ran the pipeline.
///
/// The text is a lower-case sentence without a final period that says what and where; `help`
/// says in the imperative what to do about it.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    help: Option<String>,
    remedies: Vec<Remedy>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of that kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            help: None,
            remedies: Vec::new(),
            source: None,
        }
    }

    /// This input or stream is bad; the others go on.
    pub fn skip(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Skip, message)
    }

    /// A permission or resource is missing.
    pub fn resource(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Resource, message)
    }

    /// The run was asked to stop.
    pub fn cancelled() -> Self {
        Self::new(ErrorKind::Cancelled, "stopped")
    }

    /// An input/output error while doing `what` ("write `/x/y.fit`").
    ///
    /// A full disk and missing rights are [`ErrorKind::Resource`], all else concerns this
    /// input only.
    pub fn io(what: impl fmt::Display, error: std::io::Error) -> Self {
        use std::io::ErrorKind as Io;
        let (kind, help) = match error.kind() {
            Io::StorageFull | Io::QuotaExceeded => (
                ErrorKind::Resource,
                Some("free some space and run the same command again"),
            ),
            Io::PermissionDenied | Io::ReadOnlyFilesystem => (
                ErrorKind::Resource,
                Some("check the permissions, or choose another place"),
            ),
            _ => (ErrorKind::Skip, None),
        };
        Self {
            kind,
            message: format!("cannot {what}"),
            help: help.map(str::to_owned),
            remedies: Vec::new(),
            source: Some(Box::new(error)),
        }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says which settings the help is about; each would do.
    #[must_use]
    pub fn with_remedies(mut self, remedies: impl IntoIterator<Item = Remedy>) -> Self {
        self.remedies.extend(remedies);
        self
    }

    /// Says that `kept`, such as "the 12 rows before it", can be kept of a broken file by the option
    /// `salvage` of the reader of that name.
    #[must_use]
    pub fn with_salvage(self, reader: &str, kept: &str) -> Self {
        self.with_help(format!(
            "keep {kept} with `salvage: true` under `{reader}:`, or `--set {reader}.salvage=true`"
        ))
        .with_remedies([Remedy::Option("salvage")])
    }

    /// Says it in other words, for a caller who knows more; cause, kind and help stay.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// Says what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// Changes what the caller can do about it.
    #[must_use]
    pub fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// What the caller can do about it.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What to do about it, in the imperative.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The settings that the help is about.
    pub fn remedies(&self) -> &[Remedy] {
        &self.remedies
    }

    /// The message with every cause behind it: `cannot open `x`: No such file or directory`.
    pub fn with_causes(&self) -> String {
        let mut text = self.message.clone();
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Something wrong in a stage's settings, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The path inside the stage's settings, outermost first; empty for the stage itself.
    pub path: Vec<String>,
    /// What is wrong: a lower-case fragment without a final period.
    pub message: String,
    /// What to write instead, in the imperative.
    pub help: Option<String>,
    /// The settings that the help is about; each would do.
    pub remedies: Vec<Remedy>,
}

impl Problem {
    /// A problem with the stage as a whole.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            path: Vec::new(),
            message: message.into(),
            help: None,
            remedies: Vec::new(),
        }
    }

    /// A problem with one option.
    pub fn at(option: &str, message: impl Into<String>) -> Self {
        Self {
            path: vec![option.to_owned()],
            ..Self::new(message)
        }
    }

    /// Says what to write instead.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says which settings the help is about; each would do.
    #[must_use]
    pub fn with_remedies(mut self, remedies: impl IntoIterator<Item = Remedy>) -> Self {
        self.remedies.extend(remedies);
        self
    }
}
