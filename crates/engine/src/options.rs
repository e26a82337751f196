use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use pipeline_plugin::ble::{Central, DeviceName};
use pipeline_plugin::{Clock, Context, SourceCx};

use crate::chain::Tap;
use crate::host_clock::HostClock;
use crate::inputs::Shard;
use crate::journal::Journals;
use crate::watcher::Watcher;

/// How to run a plan.
#[derive(Clone)]
pub struct RunOptions {
    /// Files, folders, globs or `-` instead of the source's own `path`; empty: the source's.
    pub inputs: Vec<String>,
    /// How many inputs to read at a time; 0: as many as there are processors.
    pub jobs: usize,
    /// Only this part of the inputs.
    pub shard: Option<Shard>,
    /// Read and transform, but deliver nothing.
    pub dry_run: bool,
    /// Deliver also what the ledger knows as delivered.
    pub again: bool,
    /// The folder of the ledger.
    pub state: PathBuf,
    /// Where the items of one stage are to be written as well.
    pub tap: Option<Tap>,
    /// How to run sources that have to be waited for.
    pub live: LiveOptions,
}

/// How to run sources that have to be waited for: devices.
#[derive(Clone, Default)]
pub struct LiveOptions {
    /// Instead of the computer's own clock: that of simulated or recorded devices.
    pub clock: Option<Arc<dyn Clock>>,
    /// The Bluetooth to lend to sources.
    pub central: Option<Arc<dyn Central>>,
    /// The Bluetooth to lend to sinks that show something on a device. They run on threads of their
    /// own, so they can't share the clock of simulated devices with the source.
    pub shown_on: Option<Arc<dyn Central>>,
    /// The device to use instead of what the settings say.
    pub device: Option<DeviceName>,
    /// How long to run at most.
    pub most: Option<Duration>,
    /// End after the first stream.
    pub once: bool,
    /// Only the source of that id.
    pub only: Option<String>,
    /// How many streams of it are delivered already, and need not be again.
    pub delivered: u32,
    /// Where what sources hear is written down.
    pub journals: Option<Arc<dyn Journals>>,
    /// Sees what flows.
    pub watcher: Option<Arc<dyn Watcher>>,
}

impl LiveOptions {
    /// The clock that was given, or else the computer's own.
    pub fn clock(&self) -> Arc<dyn Clock> {
        let own = || Arc::new(HostClock::default()) as Arc<dyn Clock>;
        self.clock.clone().unwrap_or_else(own)
    }

    /// What a source gets: time by that clock, and Bluetooth if there is any to lend.
    pub(crate) fn lend(&self, context: Context, clock: Arc<dyn Clock>) -> SourceCx {
        let cx = SourceCx::new(context, clock);
        match &self.central {
            Some(central) => cx.with_ble(Arc::clone(central), self.device.clone()),
            None => cx,
        }
    }
}
