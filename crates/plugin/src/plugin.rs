use std::fmt;
use std::sync::{Arc, LazyLock};

use serde_json::Value;

pub use crate::abi::Sniff;
use crate::{
    Problem, ReaderPlugin, Settings, SinkPlugin, SourcePlugin, TransformPlugin, schema_of,
    settings_from,
};

/// A plugin as the host lists it: its name, what it does, its settings' schema, and how to make
/// a stage of it.
pub struct Plugin {
    /// The name in pipeline files: sources and sinks are nouns, transforms what they make.
    pub name: String,
    /// One line for `pipeline list`.
    pub about: String,
    /// Its version: that of the program for bundled plugins.
    pub version: String,
    /// The JSON Schema of its settings, computed when somebody looks.
    pub schema: LazySchema,
    /// What kind of stage it makes.
    pub role: Role,
}

/// A JSON Schema that is computed at the first look: a run needs those of its own stages only.
pub type LazySchema = LazyLock<Value, Box<dyn FnOnce() -> Value + Send + Sync>>;

/// Makes a stage out of settings.
pub type Prepare<T> = Box<dyn Fn(Value) -> Result<Arc<T>, Problem> + Send + Sync>;

/// What kind of stage a plugin makes.
pub enum Role {
    /// Reads files.
    Reader {
        /// File endings without the dot, lower case.
        extensions: Vec<String>,
        /// Whether the first bytes of a file are of this format.
        sniff: Sniff,
        /// Makes the reader.
        prepare: Prepare<dyn ReaderPlugin>,
    },
    /// Listens to a device.
    Source(Prepare<dyn SourcePlugin>),
    /// Changes a stream.
    Transform(Prepare<dyn TransformPlugin>),
    /// Writes a stream.
    Sink {
        /// Ending of the files it writes, without the dot; empty if it writes none.
        extension: String,
        /// Makes the sink.
        prepare: Prepare<dyn SinkPlugin>,
    },
}

impl Role {
    /// The word for people: `reader`, `source`, `transform`, `sink`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Reader { .. } => "reader",
            Self::Source(_) => "source",
            Self::Transform(_) => "transform",
            Self::Sink { .. } => "sink",
        }
    }

    /// Endings of the files that it reads, without the dot; none unless it is a reader.
    pub fn reads(&self) -> &[String] {
        match self {
            Self::Reader { extensions, .. } => extensions,
            _ => &[],
        }
    }

    /// Whether it stands under `source:`.
    pub fn is_source(&self) -> bool {
        matches!(self, Self::Reader { .. } | Self::Source(_))
    }
}

impl fmt::Debug for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Plugin {
    /// A transform whose settings are `S`.
    pub fn transform<S: Settings + TransformPlugin>(name: &str, about: &str) -> Self {
        let prepare = |value| Ok(Arc::new(settings_from::<S>(value)?) as Arc<dyn TransformPlugin>);
        Self::new::<S>(name, about, Role::Transform(Box::new(prepare)))
    }

    /// A sink whose settings are `S`, writing files of that ending (empty if none).
    pub fn sink<S: Settings + SinkPlugin>(name: &str, about: &str, extension: &str) -> Self {
        let prepare = |value| Ok(Arc::new(settings_from::<S>(value)?) as Arc<dyn SinkPlugin>);
        let role = Role::Sink {
            extension: extension.to_owned(),
            prepare: Box::new(prepare),
        };
        Self::new::<S>(name, about, role)
    }

    /// A reader whose settings are `S`, for files of these endings (without the dot) or with
    /// that signature.
    pub fn reader<S: Settings + ReaderPlugin>(
        name: &str,
        about: &str,
        extensions: &[&str],
        sniff: fn(&[u8]) -> bool,
    ) -> Self {
        let prepare = |value| Ok(Arc::new(settings_from::<S>(value)?) as Arc<dyn ReaderPlugin>);
        let extensions = extensions
            .iter()
            .map(|ending| (*ending).to_owned())
            .collect();
        Self::new::<S>(
            name,
            about,
            Role::Reader {
                extensions,
                sniff: Box::new(sniff),
                prepare: Box::new(prepare),
            },
        )
    }

    /// A source whose settings are `S`.
    pub fn source<S: Settings + SourcePlugin>(name: &str, about: &str) -> Self {
        let prepare = |value| Ok(Arc::new(settings_from::<S>(value)?) as Arc<dyn SourcePlugin>);
        Self::new::<S>(name, about, Role::Source(Box::new(prepare)))
    }

    fn new<S: Settings>(name: &str, about: &str, role: Role) -> Self {
        Self {
            name: name.to_owned(),
            about: about.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            schema: LazyLock::new(Box::new(schema_of::<S>)),
            role,
        }
    }
}

impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugin")
            .field("name", &self.name)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}
