//! Which Bluetooth devices a command uses: those around the computer, simulated or recorded ones.

mod never;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ble::{Description, DescriptionError, Guarded, PacedClock, Radio, Simulated};
use pipeline_engine::{HostClock, LiveOptions, Plan, SourceKind, nearest};
use pipeline_plugin::ble::{Central, DeviceName, Link, Scan, Sighting};
use pipeline_plugin::{
    Cancel, Clock, Error, Result as PluginResult, SourceFuture, Timestamp, VirtualClock,
};

use crate::{exit, recordings, words};

/// What `--device` means: nothing, the name of a device, `sim:` and simulated devices, or `replay:` and
/// a recording.
///
/// On failure the reason has been printed, and the code comes back.
pub(crate) fn live(device: Option<&str>, cancel: &Cancel) -> Result<LiveOptions, u8> {
    let host: Arc<dyn Clock> = Arc::new(HostClock::default());
    if let Some(text) = device.and_then(|device| device.strip_prefix("sim:")) {
        return simulated(text, host, cancel).map_err(|error| {
            eprintln!("error: {}", words::clean(&error.to_string()));
            if let Some(help) = help(&error) {
                eprintln!("help: {help}");
            }
            exit::USAGE
        });
    }
    if let Some(text) = device.and_then(|device| device.strip_prefix("replay:")) {
        return recordings::devices(text, host, cancel);
    }
    let radio = guarded(Radio::new(Arc::clone(&host)));
    Ok(LiveOptions {
        device: device.map(DeviceName::new),
        central: Some(Arc::clone(&radio)),
        shown_on: Some(radio),
        clock: Some(host),
        ..LiveOptions::default()
    })
}

/// Simulated devices, as fast as possible unless they are to run at some speed.
fn simulated(
    text: &str,
    host: Arc<dyn Clock>,
    cancel: &Cancel,
) -> Result<LiveOptions, DescriptionError> {
    let description = Description::parse(text)?;
    let start = description.start()?.unwrap_or_else(|| host.now());
    let clock: Arc<dyn Clock> = match description.speed()? {
        Some(speed) => Arc::new(PacedClock::new(host, start, speed)),
        None => Arc::new(VirtualClock::new(start)),
    };
    let central = Simulated::new(&description, Arc::clone(&clock), cancel.clone())?;
    Ok(LiveOptions {
        clock: Some(clock),
        shown_on: Some(guarded(Aside::new(description, start))),
        central: Some(guarded(central)),
        ..LiveOptions::default()
    })
}

/// The devices of a transport, to which nothing harmful can be written.
fn guarded(central: impl Central + 'static) -> Arc<dyn Central> {
    Arc::new(Guarded::new(Arc::new(central), never::refusal))
}

/// A room of their own for sinks, whose clock is nobody else's. It is made when the first of them looks
/// into it: hardly any pipeline shows something on a device.
#[derive(Debug)]
struct Aside {
    description: Description,
    start: Timestamp,
    room: OnceLock<Result<Simulated, DescriptionError>>,
}

impl Aside {
    fn new(description: Description, start: Timestamp) -> Self {
        Self {
            description,
            start,
            room: OnceLock::new(),
        }
    }

    fn room(&self) -> PluginResult<&Simulated> {
        let room = self.room.get_or_init(|| {
            let clock = Arc::new(VirtualClock::new(self.start));
            Simulated::new(&self.description, clock, Cancel::default())
        });
        room.as_ref()
            .map_err(|error| Error::skip(error.to_string()))
    }
}

impl Central for Aside {
    fn scan(&self) -> SourceFuture<'_, Box<dyn Scan>> {
        Box::pin(async { self.room()?.scan().await })
    }

    fn connect<'a>(
        &'a self,
        device: &'a Sighting,
        limit: Duration,
    ) -> SourceFuture<'a, Box<dyn Link>> {
        Box::pin(async move { self.room()?.connect(device, limit).await })
    }
}

/// What to write instead.
fn help(error: &DescriptionError) -> Option<String> {
    let (DescriptionError::Device { name, known } | DescriptionError::Option { name, known }) =
        error
    else {
        return None;
    };
    let all = known.join(", ");
    Some(match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? There are {all}"),
        None => format!("there are {all}"),
    })
}

/// Whether flags for devices are given for a pipeline that has none.
pub(crate) fn check(plan: &Plan, given: &[(&str, bool)]) -> Result<(), u8> {
    let flag = given.iter().find(|(_, given)| *given);
    let (Some((flag, _)), false) = (flag, is_live(plan)) else {
        return Ok(());
    };
    eprintln!("error: `{flag}` is for pipelines with a device as source; this one reads files");
    Err(exit::USAGE)
}

/// Whether a pipeline has a device as source.
pub(crate) fn is_live(plan: &Plan) -> bool {
    let mut sources = plan.sources.iter();
    sources.any(|source| matches!(source.kind, SourceKind::Source(_)))
}

#[cfg(test)]
mod tests {
    use pipeline_plugin::testing::block_on;

    use super::*;

    #[test]
    fn devices_for_sinks_are_simulated_only_when_one_looks_for_them() {
        let description = Description::parse("xoss-glasses").unwrap();
        let aside = Aside::new(description, Timestamp::from_seconds(1_700_000_000));
        assert!(aside.room.get().is_none());
        let seen = block_on(async {
            let mut scan = aside.scan().await.unwrap();
            scan.next(Duration::from_secs(60)).await.unwrap()
        });
        assert!(seen.is_some());
        assert!(aside.room.get().is_some());
    }
}
