//! What the host writes down of a live source, so that a crash takes nothing with it.
//!
//! How that looks is the host's business: it knows the transport. The engine says when a source
//! begins, which of its streams are delivered, and when it has ended.

use std::sync::Arc;

use pipeline_plugin::ble::Central;
use pipeline_plugin::{Clock, Context, Result};
use serde_json::Value;

/// Where the host writes down what live sources hear.
pub trait Journals: Send + Sync {
    /// A source begins; `None` if this one needs no journal.
    ///
    /// # Errors
    ///
    /// When the journal can't be begun; the source is not run then.
    fn begin(&self, listener: &Listener<'_>) -> Result<Option<Box<dyn Journal>>>;
}

/// A live source that begins.
pub struct Listener<'a> {
    /// Its id in the pipeline.
    pub id: &'a str,
    /// The plugin that provides it.
    pub plugin: &'a str,
    /// Its settings.
    pub settings: &'a Value,
    /// Whether the source wants a journal.
    pub journalled: bool,
    /// The clock of the run.
    pub clock: &'a Arc<dyn Clock>,
    /// A place for warnings; whether to stop.
    pub context: &'a Context,
}

/// The journal of one source.
pub trait Journal: Send + Sync {
    /// The same Bluetooth; everything that happens on it is written down.
    fn over(&self, central: Arc<dyn Central>) -> Arc<dyn Central>;

    /// As many streams are delivered, of which every sink has taken each.
    fn delivered(&self, streams: u32);

    /// The source needs nothing of what it heard so far any more, and all that it made of it, so many
    /// streams, is delivered: what is written down of it may go.
    fn settled(&self, streams: u32) {
        let _ = streams;
    }

    /// The source has ended; `complete` if all of its streams are delivered.
    fn end(self: Box<Self>, complete: bool);
}
