use std::collections::HashSet;
use std::time::Duration;

use esprm::assigned::characteristic as own;
use esprm::{DeltaTimes, Logging, Request, Settings};
use pipeline_plugin::ble::{Connection, LinkEvent, Selector, Sighting};
use pipeline_plugin::{Error, ErrorKind, Result, SourceCx, Timestamp};

use crate::Rowing;
use crate::control::ask;
use crate::machine::{Identity, Machine};

/// How long one look takes; nothing is done in between.
const LOOK: Duration = Duration::from_secs(3600);

/// Pauses between attempts, in seconds.
const FIRST_PAUSE: f64 = 1.0;
const LONGEST_PAUSE: f64 = 30.0;

/// Finds the rower and makes the link to it.
pub(crate) struct Reach<'a> {
    settings: &'a Rowing,
    cx: &'a SourceCx,
    /// Devices that are no rowers.
    refused: HashSet<String>,
    /// What was said, so that it is said once.
    said: HashSet<String>,
    /// The monitor's delta times were switched on here, and are to be switched off again.
    switched: bool,
}

/// A link to a rower.
pub(crate) struct Linked {
    pub(crate) connection: Connection,
    pub(crate) machine: Machine,
    pub(crate) sighting: Sighting,
    /// What has come already.
    pub(crate) early: Vec<LinkEvent>,
    /// Before anything could come over it.
    pub(crate) time: Timestamp,
}

impl<'a> Reach<'a> {
    pub(crate) fn new(settings: &'a Rowing, cx: &'a SourceCx) -> Self {
        Self {
            settings,
            cx,
            refused: HashSet::new(),
            said: HashSet::new(),
            switched: false,
        }
    }

    /// Waits for a rower and connects to it, as often as it takes; `again` is the one to which
    /// there was a link before.
    pub(crate) async fn rower(&mut self, again: Option<&Sighting>) -> Result<Linked> {
        let mut pause = FIRST_PAUSE;
        loop {
            let error = match self.find(again).await {
                Ok(sighting) => match self.link(&sighting).await {
                    Ok(Some(linked)) => return Ok(linked),
                    Ok(None) => {
                        self.refused.insert(sighting.id);
                        continue;
                    }
                    Err(error) => error,
                },
                Err(error) => error,
            };
            match error.kind() {
                ErrorKind::Device | ErrorKind::Skip => {}
                // Bluetooth that was there comes back: its service is started again, say.
                ErrorKind::Resource if again.is_some() => {}
                _ => return Err(error),
            }
            self.say_once(format!("{}; trying again", error.with_causes()));
            self.cx.sleep(Duration::from_secs_f64(pause)).await?;
            pause = (pause * 2.0).min(LONGEST_PAUSE);
        }
    }

    async fn find(&self, again: Option<&Sighting>) -> Result<Sighting> {
        let [power, speed, machine] = rowing::Device::advertised();
        let mut selector = Selector::with_service(power)
            .or_service(speed)
            .or_service(machine);
        let ble = self.cx.ble()?;
        if let Some(name) = ble.wanted().or(self.settings.device.as_ref()) {
            selector = selector.named(name.clone());
        }
        let is_it = |seen: &Sighting| match again {
            // Some systems give a device another identifier each time.
            Some(before) => seen.id == before.id || seen.name.is_some() && seen.name == before.name,
            None => selector.matches(seen) && !self.refused.contains(&seen.id),
        };
        let mut scan = ble.scan().await?;
        loop {
            match scan.next(LOOK).await? {
                Some(seen) if is_it(&seen) => return Ok(seen),
                _ => {}
            }
        }
    }

    /// Connects; `None` when it is no rower.
    async fn link(&mut self, sighting: &Sighting) -> Result<Option<Linked>> {
        let ble = self.cx.ble()?;
        let mut connection = ble.connect(sighting).await?;
        let title = sighting.title();
        let is_named = ble.wanted().is_some() || self.settings.device.is_some();
        let rower = match Identity::of(sighting, &connection) {
            Identity::Rower(rower) => rower,
            Identity::Sensor(rower) if is_named => rower,
            Identity::Sensor(_) => {
                self.say_once(format!(
                    "`{title}` seems to be the sensor of a bicycle; write `device: {title}` under \
                     `rowing:` if it is a rower"
                ));
                return Ok(None);
            }
            Identity::Other if is_named => {
                return Err(Error::new(
                    ErrorKind::Resource,
                    format!("`{title}` is no rower that can be read"),
                )
                .with_help("see what is in range with `pipeline devices`"));
            }
            Identity::Other => {
                self.say_once(format!("`{title}` is no rower"));
                return Ok(None);
            }
        };
        let rower = if self.settings.forces {
            rower
        } else {
            rower.without_forces()
        };
        // Who pulls the handle to wake a rower goes on rowing: what it sends from now on waits.
        let time = self.cx.now();
        self.subscribe(&rower, &mut connection).await?;
        let machine = Machine::ask(rower, sighting, &mut connection).await?;
        let mut early = Vec::new();
        if self.settings.delta_times {
            self.switch_on(&machine, &mut connection, &mut early)
                .await?;
        }
        Ok(Some(Linked {
            early,
            connection,
            machine,
            sighting: sighting.clone(),
            time,
        }))
    }

    async fn subscribe(
        &mut self,
        rower: &rowing::Device,
        connection: &mut Connection,
    ) -> Result<()> {
        let measurement = rower.base().measurement();
        for name in rower.subscriptions() {
            match connection.subscribe(*name).await {
                Ok(()) => {}
                // What counts strokes is needed; without the rest it is still a row.
                Err(error) if *name == measurement || error.kind() != ErrorKind::Skip => {
                    return Err(error);
                }
                Err(error) => self.say_once(error.with_causes()),
            }
        }
        Ok(())
    }

    /// Switches the delta times of a monitor on and subscribes to them.
    async fn switch_on(
        &mut self,
        machine: &Machine,
        connection: &mut Connection,
        early: &mut Vec<LinkEvent>,
    ) -> Result<()> {
        let title = &machine.title;
        let settings = machine.settings.as_deref().map(Settings::decode);
        let Some(Ok(settings)) = settings else {
            self.say_once(format!(
                "no delta times: `{title}` is no ESP Rowing Monitor"
            ));
            return Ok(());
        };
        if DeltaTimes::per_notification(connection.mtu()).is_none() {
            let mtu = connection.mtu();
            self.say_once(format!(
                "no delta times: they need an MTU of 100 or more, and the link to `{title}` has {mtu}"
            ));
            return Ok(());
        }
        match settings.delta_times {
            Logging::On => {}
            Logging::Off => {
                connection.subscribe(own::SETTINGS_CONTROL_POINT).await?;
                let on = Request::SetDeltaTimeLogging(true);
                match ask(connection, self.cx, on, early).await {
                    Ok(()) => self.switched = true,
                    Err(error) if error.kind() == ErrorKind::Skip => {
                        self.say_once(format!("no delta times: {}", error.with_causes()));
                        return Ok(());
                    }
                    Err(error) => return Err(error),
                }
            }
            Logging::NotSupported | Logging::Unknown => {
                self.say_once(format!(
                    "no delta times: the firmware of `{title}` was built without them"
                ));
                return Ok(());
            }
        }
        connection.subscribe(own::DELTA_TIMES).await
    }

    /// Leaves the rower as it was found.
    pub(crate) async fn restore(&mut self, connection: &mut Connection) {
        if !std::mem::take(&mut self.switched) {
            return;
        }
        let off = Request::SetDeltaTimeLogging(false);
        let point = connection.subscribe(own::SETTINGS_CONTROL_POINT).await;
        let asked = match point {
            Ok(()) => ask(connection, self.cx, off, &mut Vec::new()).await,
            Err(error) => Err(error),
        };
        if let Err(error) = asked {
            let why = error.with_causes();
            self.cx.context().warn(format!(
                "the delta times of the monitor are still on: {why}"
            ));
        }
    }

    fn say_once(&mut self, text: String) {
        if self.said.insert(text.clone()) {
            self.cx.context().warn(text);
        }
    }
}
