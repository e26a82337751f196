//! Something short with a device, without a pipeline: what the commands for devices do.

use std::sync::Arc;

use pipeline_plugin::{Context, Error, Result, SourceCx};

use crate::live::{HostClock, for_most};
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
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| Error::io("start the event loop", error))?;
    let clock = options.clock.clone();
    let clock = clock.unwrap_or_else(|| Arc::new(HostClock::default()));
    let cancel = context.cancel().clone();
    let mut cx = SourceCx::new(context, Arc::clone(&clock));
    if let Some(central) = &options.central {
        cx = cx.with_ble(Arc::clone(central), options.device.clone());
    }
    runtime.block_on(for_most(options.most, &*clock, &cancel, work(&cx)))
}
