use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use esprm::assigned::{characteristic, service};
use esprm::{BleService, Request, Settings, StrokeDetectionSettings, Update, UpdateEvent};
use gatt::assigned::characteristic::FIRMWARE_REVISION;
use pipeline_plugin::ble::{Connection, LinkEvent, Selector, Sighting, Write};
use pipeline_plugin::{Error, ErrorKind, First, Result, SourceCx, first};
use rowing::BaseService;

use super::Known;
use super::ask::{ask, properties};
use crate::edge::Edge;

/// An ESP Rowing Monitor to which a person talks.
pub struct Monitor<'a> {
    cx: &'a SourceCx,
    connection: Connection,
    title: String,
    firmware: Option<String>,
    base: BaseService,
}

impl fmt::Debug for Monitor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Monitor")
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}

impl<'a> Monitor<'a> {
    /// Looks for the monitor that the host's [`Ble`](pipeline_plugin::ble::Ble) wants, or the
    /// first in range, and connects to it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Device`] when none is found within `patience`; when what was asked for is no
    /// ESP Rowing Monitor; what the link says.
    pub async fn reach(cx: &'a SourceCx, patience: Duration) -> Result<Self> {
        match first(cx.sleep(patience), search(cx)).await {
            First::Other(found) => found,
            First::One(slept) => {
                slept?;
                let message = "no ESP Rowing Monitor is in range";
                Err(Error::new(ErrorKind::Device, message).with_help(
                    "pull the handle to wake it, and end other programs that are connected to it",
                ))
            }
        }
    }

    /// What people call it, neutralised.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The date of its firmware, as it says.
    pub fn firmware(&self) -> Option<&str> {
        self.firmware.as_deref()
    }

    /// Reads all its settings.
    ///
    /// # Errors
    ///
    /// What the link says; when they can't be understood.
    pub async fn settings(&mut self) -> Result<Known> {
        let bad = |error: esprm::Error| {
            Error::skip("the monitor's settings can't be read").with_source(error)
        };
        let value = self.connection.read(characteristic::SETTINGS).await?;
        let strokes = characteristic::STROKE_DETECTION_SETTINGS;
        let strokes = self.connection.read_if_there(strokes).await?;
        Ok(Known {
            service: match self.base {
                BaseService::CyclingPower => BleService::CyclingPower,
                BaseService::CyclingSpeedAndCadence => BleService::CyclingSpeedAndCadence,
                BaseService::FitnessMachine => BleService::FitnessMachine,
            },
            settings: Settings::decode(&value).map_err(bad)?,
            strokes: match strokes {
                Some(value) => Some(StrokeDetectionSettings::decode(&value).map_err(bad)?),
                None => None,
            },
        })
    }

    /// Asks for something, and waits for the answer.
    ///
    /// # Errors
    ///
    /// When the monitor refuses or does not answer.
    pub async fn ask(&mut self, request: Request) -> Result<()> {
        let point = characteristic::SETTINGS_CONTROL_POINT;
        self.connection.subscribe(point).await?;
        // Rowing goes on while somebody changes settings; nobody listens here.
        ask(&mut self.connection, self.cx, request, &mut Vec::new()).await
    }

    /// Sends a new firmware; `progress` hears how many bytes of how many the monitor has.
    ///
    /// # Errors
    ///
    /// When the image is none, when the monitor refuses it, when the link is lost. The monitor
    /// keeps its firmware then.
    pub async fn update(
        &mut self,
        image: Vec<u8>,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<()> {
        self.connection.subscribe(characteristic::OTA_TX).await?;
        let edge = Edge::new(self.cx.now());
        let rx = properties(self.connection.characteristic(characteristic::OTA_RX));
        let room = self.connection.payload();
        let now = edge.instant(self.cx.now());
        let mut update = Update::new(now, image, rx, room)
            .map_err(|error| Error::skip("the update can't begin").with_source(error))?;
        loop {
            self.send(&mut update, edge).await?;
            while let Some(event) = update.poll_event() {
                match event {
                    UpdateEvent::Progress { sent, total } => progress(sent, total),
                    UpdateEvent::Done => return Ok(()),
                    UpdateEvent::Failed(failure) => return Err(failed(failure)),
                }
            }
            self.listen(&mut update, edge).await?;
        }
    }

    async fn send(&mut self, update: &mut Update, edge: Edge) -> Result<()> {
        while let Some(write) = update.poll_write(edge.instant(self.cx.now())) {
            let to = write.characteristic;
            let sent = self.connection.write(to, Write::Quickly, &write.value);
            match sent.await {
                Err(error) if error.kind() == ErrorKind::Device => update.handle_disconnected(),
                sent => sent?,
            }
        }
        Ok(())
    }

    async fn listen(&mut self, update: &mut Update, edge: Edge) -> Result<()> {
        let now = edge.instant(self.cx.now());
        let left = update.poll_timeout();
        let left = left.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        match self.connection.next(left).await {
            Ok(Some(LinkEvent::Value {
                time,
                characteristic: characteristic::OTA_TX,
                value,
            })) => update.handle_notification(edge.instant(time), &value),
            Ok(Some(LinkEvent::Value { .. })) => {}
            Ok(Some(LinkEvent::Lost { .. })) => update.handle_disconnected(),
            Ok(None) => update.handle_timeout(edge.instant(self.cx.now())),
            Err(error) if error.kind() == ErrorKind::Cancelled => update.abort(),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Ends the connection.
    pub async fn leave(self) {
        // It is over all the same.
        let _ = self.connection.disconnect().await;
    }
}

fn failed(failure: esprm::UpdateFailure) -> Error {
    let kind = match failure {
        esprm::UpdateFailure::NoAnswer | esprm::UpdateFailure::LinkLost => ErrorKind::Device,
        _ => ErrorKind::Skip,
    };
    Error::new(kind, "the update failed; the monitor keeps its firmware").with_source(failure)
}

/// Looks until there is a monitor.
async fn search(cx: &SourceCx) -> Result<Monitor<'_>> {
    let ble = cx.ble()?;
    let [power, speed, machine] = rowing::Device::advertised();
    let selector = Selector::with_service(power)
        .or_service(speed)
        .or_service(machine);
    let selector = match ble.wanted() {
        Some(name) => selector.named(name.clone()),
        None => selector,
    };
    let mut refused = HashSet::new();
    loop {
        let seen = find(cx, &selector, &refused).await?;
        let connection = match ble.connect(&seen).await {
            Err(error) if error.kind() == ErrorKind::Device => {
                cx.context()
                    .warn(format!("{}; trying again", error.with_causes()));
                cx.sleep(Duration::from_secs(1)).await?;
                continue;
            }
            connection => connection?,
        };
        let base = base(&connection);
        match base.filter(|_| connection.has_service(service::SETTINGS)) {
            Some(base) => return introduced(cx, &seen, connection, base).await,
            None if ble.wanted().is_some() => {
                let title = seen.title();
                return Err(Error::skip(format!("`{title}` is no ESP Rowing Monitor"))
                    .with_help("only these have settings and updates"));
            }
            None => {
                refused.insert(seen.id);
            }
        }
    }
}

async fn find(cx: &SourceCx, selector: &Selector, refused: &HashSet<String>) -> Result<Sighting> {
    let mut scan = cx.ble()?.scan().await?;
    loop {
        match scan.next(Duration::from_secs(10)).await? {
            Some(seen) if selector.matches(&seen) && !refused.contains(&seen.id) => {
                return Ok(seen);
            }
            _ => {}
        }
    }
}

fn base(connection: &Connection) -> Option<BaseService> {
    let services: Vec<_> = connection.services().iter().map(|it| it.uuid).collect();
    let all: Vec<_> = connection.characteristics().map(|it| it.uuid).collect();
    rowing::Device::of(&services, &all).map(|device| device.base())
}

async fn introduced<'a>(
    cx: &'a SourceCx,
    seen: &Sighting,
    mut connection: Connection,
    base: BaseService,
) -> Result<Monitor<'a>> {
    let firmware = connection.read_if_there(FIRMWARE_REVISION).await?;
    let mut information = gatt::DeviceInformation::default();
    if let Some(value) = firmware {
        information.take(FIRMWARE_REVISION, &value);
    }
    Ok(Monitor {
        cx,
        connection,
        title: seen.title().to_owned(),
        firmware: information.firmware_revision,
        base,
    })
}
