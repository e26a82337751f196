use std::future::pending;
use std::time::Duration;

use pipeline_plugin::SourceFuture;
use pipeline_plugin::ble::{Central, Link, Scan, Sighting};

/// Bluetooth with nobody in range, for sinks while a recording is played: a display that shows a row
/// is not there when the row is recovered. Whoever looks for a device looks until he is stopped.
#[derive(Clone, Copy, Debug)]
pub struct NobodyThere;

impl Central for NobodyThere {
    fn scan(&self) -> SourceFuture<'_, Box<dyn Scan>> {
        Box::pin(async { Ok(Box::new(Self) as Box<dyn Scan>) })
    }

    fn connect<'a>(&'a self, _: &'a Sighting, _: Duration) -> SourceFuture<'a, Box<dyn Link>> {
        Box::pin(pending())
    }
}

impl Scan for NobodyThere {
    fn next(&mut self, _: Duration) -> SourceFuture<'_, Option<Sighting>> {
        Box::pin(pending())
    }
}
