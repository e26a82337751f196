//! Which device is a station.

use std::time::Duration;

use fossibot::{Family, Profiles};
use pipeline_plugin::ble::{DeviceName, Search, Sighting};
use pipeline_plugin::{Error, ErrorKind, Result, SourceCx};

/// How long one look takes.
const LOOK: Duration = Duration::from_secs(10);

/// Looks for a station.
pub(crate) struct Reach {
    wanted: Option<DeviceName>,
    /// Stations that tell nothing over Bluetooth were seen, and this was said.
    said: bool,
}

impl Reach {
    /// For the device of the command line or else of the settings, or any station.
    pub(crate) fn new(cx: &SourceCx, device: Option<&DeviceName>) -> Result<Self> {
        let wanted = cx.ble()?.wanted().or(device).cloned();
        Ok(Self {
            wanted,
            said: false,
        })
    }

    /// What is looked for, in words.
    pub(crate) fn title(&self) -> String {
        match &self.wanted {
            Some(name) => format!("`{name}`"),
            None => "a power station".to_owned(),
        }
    }

    /// A look: a station, or `None` when none was seen yet.
    pub(crate) async fn look(
        &mut self,
        search: &mut Search,
        profiles: &Profiles,
        cx: &SourceCx,
    ) -> Result<Option<Sighting>> {
        let Some(seen) = search.next(LOOK).await? else {
            return Ok(None);
        };
        let name = seen.name.as_deref().unwrap_or_default();
        let is_asked_for = self.wanted.as_ref().map(|wanted| wanted.matches(&seen));
        if is_asked_for == Some(false) {
            return Ok(None);
        }
        if Family::of(name) == Some(Family::WifiOnly) {
            if is_asked_for == Some(true) {
                return Err(silent(&seen).with_kind(ErrorKind::Resource));
            }
            if !std::mem::replace(&mut self.said, true) {
                cx.context().warn(silent(&seen).to_string());
            }
            return Ok(None);
        }
        let is_station = is_asked_for == Some(true) || profiles.for_name(name).is_some();
        Ok(is_station.then_some(seen))
    }
}

/// Why a station of the other family can't be read.
fn silent(seen: &Sighting) -> Error {
    Error::skip(format!(
        "`{}` is a model that tells nothing over Bluetooth (Fossibot F1800, F300): it has another \
         protocol, over Wi-Fi",
        seen.title()
    ))
    .with_help("this program can't read it")
}
