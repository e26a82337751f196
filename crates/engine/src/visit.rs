//! Something short with a device, without a pipeline: what the commands for devices do.

use std::sync::Arc;

use pipeline_plugin::{Context, Result, SourceCx};

use crate::live::{event_loop, for_most};
use crate::options::LiveOptions;

/// Lends a piece of work what a source gets, and waits for it; for the time at most that the options
/// say, if they do: then it is asked to stop.
///
/// # Errors
///
/// What the work says; that the event loop can't be started.
pub fn visit<T>(
    options: &LiveOptions,
    context: Context,
    work: impl AsyncFnOnce(&SourceCx) -> Result<T>,
) -> Result<T> {
    let runtime = event_loop()?;
    let clock = options.clock();
    let cancel = context.cancel().clone();
    let cx = options.lend(context, Arc::clone(&clock));
    runtime.block_on(for_most(
        options.most,
        &*clock,
        || cancel.throw(),
        work(&cx),
    ))
}
