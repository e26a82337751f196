use std::fmt;

use super::settings::{Settings, read_settings};
use super::{Error, Host, Item, Problem, Result, Status, c};

/// A plugin of a library.
pub struct Plugin {
    /// What kind of stage it provides.
    pub role: Role,
    /// As pipeline files spell it.
    pub name: String,
    /// Its version; empty: that of its crate.
    pub version: String,
    /// One line for lists.
    pub about: String,
    /// JSON Schema of its settings.
    pub schema: String,
    /// Readers: endings of their files, with spaces between. Sinks: that of the files they write.
    pub endings: String,
    /// Whether a file that begins so is of a reader's format.
    pub sniff: Sniff,
    /// Makes a stage of its settings, a JSON object.
    pub prepare: Prepare,
}

/// Makes a stage of settings, or says what is wrong with them.
pub type Prepare = Box<dyn Fn(&str) -> Result<Box<dyn Stage>, Vec<Problem>> + Send + Sync>;

/// Whether a file that begins so is of a format.
pub type Sniff = Box<dyn Fn(&[u8]) -> bool + Send + Sync>;

/// What kind of stage a plugin provides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Turns files into streams.
    Reader,
    /// Turns what a device or a service says into streams.
    Source,
    /// Changes streams.
    Transform,
    /// Writes streams.
    Sink,
}

impl Role {
    /// As it crosses the border.
    pub(super) fn code(self) -> u32 {
        match self {
            Self::Reader => c::role::READER,
            Self::Source => c::role::SOURCE,
            Self::Transform => c::role::TRANSFORM,
            Self::Sink => c::role::SINK,
        }
    }
}

/// A stage of a pipeline; several threads use it at once.
///
/// Readers and sources have `run`, transforms and sinks have `open`.
pub trait Stage: Send + Sync {
    /// What is wrong with the settings at this place, as JSON text.
    fn check(&self, place: &str) -> Vec<Problem> {
        let _ = place;
        Vec::new()
    }

    /// For sinks: where it delivers to, as JSON text (`destination`, `folder`), and which kinds of
    /// streams it takes (`kinds`; others pass it by). Without that its files go to the folder in its
    /// option `folder`, and it takes all.
    fn destination(&self) -> Option<String> {
        None
    }

    /// For sources: whether it asks for [`commands`](Host::next_command).
    fn takes_commands(&self) -> bool {
        false
    }

    /// For sources: whether what it hears is written down until it is delivered. Not where the
    /// device keeps what was not.
    fn journalled(&self) -> bool {
        true
    }

    /// For sources: whether what it sends happens while it is sent.
    fn happens_now(&self) -> bool {
        true
    }

    /// For readers: reads one input. For sources: runs until all is said, or the run is to stop.
    ///
    /// # Errors
    ///
    /// When the input is bad, or the device lost. The stream that is open is given up.
    fn run(&self, input: &str, host: &Host<'_>) -> Result<()> {
        let _ = (input, host);
        Err(Error::new(Status::Broken, "has no `run`"))
    }

    /// For transforms and sinks: begins a stream. A transform may [`reply`](Host::reply) what it
    /// changes in the header.
    ///
    /// # Errors
    ///
    /// When the stage can't take this stream.
    fn open(&self, header: &str, host: &Host<'_>) -> Result<Box<dyn Stream>> {
        let _ = (header, host);
        Err(Error::new(Status::Broken, "has no `open`"))
    }

    /// For sinks: the name that a stream's file would have.
    fn file_name(&self, header: &str, summary: &str) -> Option<String> {
        let _ = (header, summary);
        None
    }
}

/// One stream at a transform or a sink. Dropped without `finish` when it is given up.
pub trait Stream: Send {
    /// Takes an item. A transform [`send`](Host::send)s what is to go on.
    ///
    /// # Errors
    ///
    /// When the stream can't go on.
    fn process(&mut self, item: Item<'_>, host: &Host<'_>) -> Result<()>;

    /// For sinks: makes durable what it got so far.
    ///
    /// # Errors
    ///
    /// When that is not possible; the sink is dropped then.
    fn checkpoint(&mut self, host: &Host<'_>) -> Result<()> {
        let _ = host;
        Ok(())
    }

    /// The stream is complete. A transform sends the rest, and may reply what it changes in the
    /// summary. A sink replies `{"file": "name"}` or `{"done": "where it is now"}`.
    ///
    /// # Errors
    ///
    /// When the stream can't be completed.
    fn finish(&mut self, summary: &str, host: &Host<'_>) -> Result<()> {
        let _ = (summary, host);
        Ok(())
    }
}

impl Plugin {
    /// A reader of files with these endings (`"csv"`, `"tcx xml"`), whose settings are `S`.
    pub fn reader<S: Settings + Stage + 'static>(name: &str, about: &str, endings: &str) -> Self {
        Self::new::<S>(Role::Reader, name, about, endings)
    }

    /// A source whose settings are `S`.
    pub fn source<S: Settings + Stage + 'static>(name: &str, about: &str) -> Self {
        Self::new::<S>(Role::Source, name, about, "")
    }

    /// A transform whose settings are `S`.
    pub fn transform<S: Settings + Stage + 'static>(name: &str, about: &str) -> Self {
        Self::new::<S>(Role::Transform, name, about, "")
    }

    /// A sink whose settings are `S`, writing files of that ending (empty for none).
    pub fn sink<S: Settings + Stage + 'static>(name: &str, about: &str, ending: &str) -> Self {
        Self::new::<S>(Role::Sink, name, about, ending)
    }

    fn new<S: Settings + Stage + 'static>(
        role: Role,
        name: &str,
        about: &str,
        endings: &str,
    ) -> Self {
        Self {
            role,
            name: name.to_owned(),
            version: String::new(),
            about: about.to_owned(),
            schema: S::schema().to_string(),
            endings: endings.to_owned(),
            sniff: Box::new(|_| false),
            prepare: Box::new(|settings| Ok(Box::new(read_settings::<S>(settings)?))),
        }
    }
}

impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugin")
            .field("role", &self.role)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
