use std::sync::Arc;

use pipeline_plugin::Plugin;

/// The plugins that pipeline files may name.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    plugins: Vec<Arc<Plugin>>,
}

impl Registry {
    /// These plugins, in the order in which they are listed. Names are taken to be different
    /// within a section: a format has a source and a sink of the same name.
    pub fn new(plugins: impl IntoIterator<Item = Plugin>) -> Self {
        Self {
            plugins: plugins.into_iter().map(Arc::new).collect(),
        }
    }

    /// The plugins of that name: at most one source, one transform and one sink.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &Arc<Plugin>> {
        self.plugins
            .iter()
            .filter(move |plugin| plugin.name == name)
    }

    /// The plugin of that name that belongs into `section`; else `Err` with any other of that
    /// name, if there is one.
    pub(crate) fn get(
        &self,
        name: &str,
        section: Section,
    ) -> Result<&Arc<Plugin>, Option<&Arc<Plugin>>> {
        self.named(name)
            .find(|plugin| Section::of(plugin) == section)
            .ok_or_else(|| self.named(name).next())
    }

    /// All plugins.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Plugin>> {
        self.plugins.iter()
    }
}

/// The part of a pipeline file in which a stage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Source,
    Transform,
    Sink,
}

impl Section {
    /// Where a plugin belongs.
    pub(crate) fn of(plugin: &Plugin) -> Self {
        match plugin.role.name() {
            "transform" => Self::Transform,
            "sink" => Self::Sink,
            _ => Self::Source,
        }
    }

    /// The word for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Transform => "transform",
            Self::Sink => "sink",
        }
    }

    /// The key under which it belongs.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Transform => "transforms",
            Self::Sink => "sinks",
        }
    }
}
