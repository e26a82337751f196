//! A look at live streams while they flow.

use pipeline_plugin::{Context, Header, Item};

/// Sees what reaches the first sink of each live stream, for a view. It is called on the thread
/// of the transforms and must not wait for anything but that what it tells is taken.
pub trait Watcher: Send + Sync {
    /// A stream has opened. What is told through the context stands in order with what the stages
    /// tell.
    fn opened(&self, header: &Header, context: &Context);

    /// An item of the open stream.
    fn item(&self, item: &Item);

    /// The stream has ended.
    fn finished(&self);
}
