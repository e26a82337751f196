//! A device, as the daemon shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::Duration;

use sim::Happening;
use tokio::time::Instant;
use uuid::Uuid;
use zbus::message::Message;
use zbus::zvariant::{ObjectPath, Value};

use super::answer::{Answer, Refusal};
use super::objects::Properties;
use super::{ADAPTER_PATH, CHARACTERISTIC, DEVICE, Daemon, SERVICE, SIGNALS};
use crate::stand_in::Device;

/// How long a connection takes until it is answered, and from there until services are resolved.
const CONNECTING: Duration = Duration::from_millis(60);
const RESOLVING: Duration = Duration::from_millis(40);

/// How long the daemon tries to reach a device.
const ATTEMPT: Duration = Duration::from_secs(25);

/// A device, as the daemon shows it.
pub(super) struct Shown {
    pub(super) device: Device,
    pub(super) path: String,
    /// Since when it is known; a device that was not heard isn't.
    heard: Option<Instant>,
    is_named: bool,
    /// The call that asked for a connection, and when that was.
    connecting: Option<(Message, Instant)>,
    /// When services will be resolved.
    resolving: Option<Instant>,
    /// Characteristics by path, while there is a link.
    pub(super) characteristics: BTreeMap<String, Uuid>,
    /// Who has subscribed to what.
    pub(super) subscribers: BTreeMap<Uuid, BTreeSet<String>>,
}

impl Shown {
    pub(super) fn new(device: Device) -> Self {
        let name = device.address.replace(':', "_");
        Self {
            path: format!("{ADAPTER_PATH}/dev_{name}"),
            device,
            heard: None,
            is_named: false,
            connecting: None,
            resolving: None,
            characteristics: BTreeMap::new(),
            subscribers: BTreeMap::new(),
        }
    }

    /// How long until it does something.
    pub(super) fn wait(&mut self, now: Duration) -> Option<Duration> {
        let next = self.device.air.poll_timeout(now)?;
        Some(next.saturating_sub(now))
    }

    pub(super) fn forget_client(&mut self, client: &str) {
        let mut left = Vec::new();
        for (characteristic, clients) in &mut self.subscribers {
            if clients.remove(client) && clients.is_empty() {
                left.push(*characteristic);
            }
        }
        for characteristic in left {
            // Without a link nothing is subscribed to anyway.
            let _ = self.device.air.unsubscribe(characteristic);
        }
    }

    fn properties(&self) -> Properties {
        let advertised = self.device.air.peripheral().advertised();
        let services: Vec<String> = advertised.iter().map(Uuid::to_string).collect();
        let path = ObjectPath::from_static_str_unchecked(ADAPTER_PATH);
        // What BlueZ makes up until there is a name.
        let alias = self.device.address.replace(':', "-");
        let name = self.is_named.then(|| self.device.air.peripheral().name());
        let mut properties = Properties::from([
            ("Address", Value::from(self.device.address.clone())),
            ("AddressType", Value::from("random")),
            ("Alias", Value::from(name.clone().unwrap_or(alias))),
            ("Adapter", Value::from(path)),
            ("UUIDs", Value::from(services)),
            ("RSSI", Value::from(-50_i16)),
            ("Paired", Value::from(false)),
            ("Trusted", Value::from(false)),
            ("Blocked", Value::from(false)),
            ("LegacyPairing", Value::from(false)),
            ("Connected", Value::from(false)),
            ("ServicesResolved", Value::from(false)),
        ]);
        if let Some(name) = name {
            properties.insert("Name", Value::from(name));
        }
        properties
    }
}

impl Daemon {
    /// Everything that is to be done by now.
    pub(super) async fn act(&mut self) -> zbus::Result<()> {
        let signals = self.signals <= Instant::now();
        if signals {
            self.signals = Instant::now() + SIGNALS;
        }
        for index in 0..self.devices.len() {
            if !self.searching.is_empty() && signals {
                self.advertise(index).await?;
            }
            self.name(index).await?;
            self.connect(index).await?;
            self.resolve(index).await?;
            self.carry(index).await?;
        }
        let is_connecting = self.devices.iter().any(|shown| shown.connecting.is_some());
        self.is_connecting.store(is_connecting, Ordering::SeqCst);
        Ok(())
    }

    /// A device is heard.
    async fn advertise(&mut self, index: usize) -> zbus::Result<()> {
        let now = self.now();
        let shown = &mut self.devices[index];
        if shown.device.air.is_connected()
            || !self.is_in_range
            || !shown.device.air.is_reachable(now)
        {
            return Ok(());
        }
        let path = shown.path.clone();
        if shown.heard.is_none() || !self.objects.has(&path) {
            shown.heard = Some(Instant::now());
            // The kernel hands on what is advertised together with what answers a scan.
            shown.is_named = shown.device.late_name.is_zero();
            let properties = shown.properties();
            return self.add(&path, DEVICE, properties).await;
        }
        let trembling = i16::try_from(self.started.elapsed().as_millis() / 200 % 3);
        let rssi = -50 - trembling.unwrap_or_default();
        self.change(&path, DEVICE, "RSSI", Value::from(rssi)).await
    }

    /// A device's name has come.
    async fn name(&mut self, index: usize) -> zbus::Result<()> {
        let shown = &mut self.devices[index];
        let due = shown
            .heard
            .is_some_and(|heard| heard.elapsed() >= shown.device.late_name);
        if shown.is_named || !due {
            return Ok(());
        }
        shown.is_named = true;
        let (path, name) = (shown.path.clone(), shown.device.air.peripheral().name());
        self.change(&path, DEVICE, "Name", Value::from(name.clone()))
            .await?;
        self.change(&path, DEVICE, "Alias", Value::from(name)).await
    }

    /// A client wants a connection; the answer comes when it is there.
    pub(super) fn begin_connection(
        &mut self,
        index: usize,
        call: &Message,
    ) -> Result<Answer, Refusal> {
        if !self.is_powered() {
            return Err(Refusal::not_ready());
        }
        let shown = &mut self.devices[index];
        if shown.device.air.is_connected() {
            return Ok(Answer::Nothing);
        }
        if shown.connecting.is_some() {
            return Err(Refusal::new("InProgress", "Operation already in progress"));
        }
        shown.connecting = Some((call.clone(), Instant::now()));
        Ok(Answer::Later)
    }

    async fn connect(&mut self, index: usize) -> zbus::Result<()> {
        let now = self.now();
        let shown = &mut self.devices[index];
        let Some((_, since)) = &shown.connecting else {
            return Ok(());
        };
        let is_reachable = self.is_in_range && shown.device.air.is_reachable(now);
        let elapsed = since.elapsed();
        if elapsed < CONNECTING || (!is_reachable && elapsed < ATTEMPT) {
            return Ok(());
        }
        let Some((call, _)) = shown.connecting.take() else {
            return Ok(());
        };
        let aborted = shown.device.aborts > 0;
        shown.device.aborts = shown.device.aborts.saturating_sub(1);
        if aborted || shown.device.air.connect(now).is_err() {
            let refusal = Refusal::new("Failed", "le-connection-abort-by-local");
            return refusal.send(&self.connection, &call.header()).await;
        }
        shown.resolving = Some(Instant::now() + RESOLVING);
        let path = shown.path.clone();
        self.change(&path, DEVICE, "Connected", Value::from(true))
            .await?;
        Answer::Nothing.send(&self.connection, &call.header()).await
    }

    /// Services become known.
    async fn resolve(&mut self, index: usize) -> zbus::Result<()> {
        let shown = &mut self.devices[index];
        if shown.resolving.is_none_or(|when| when > Instant::now()) {
            return Ok(());
        }
        shown.resolving = None;
        let (path, mtu) = (shown.path.clone(), shown.device.air.mtu());
        let mut handle = 0x000a;
        for service in shown.device.air.services() {
            let service_path = format!("{path}/service{handle:04x}");
            let properties = Properties::from([
                ("UUID", Value::from(service.name.to_string())),
                ("Primary", Value::from(true)),
                ("Device", Value::from(ObjectPath::try_from(path.clone())?)),
            ]);
            self.add(&service_path, SERVICE, properties).await?;
            for characteristic in service.characteristics {
                handle += 2;
                let its_path = format!("{service_path}/char{handle:04x}");
                let properties = described(&characteristic, &service_path, mtu)?;
                self.add(&its_path, CHARACTERISTIC, properties).await?;
                let characteristics = &mut self.devices[index].characteristics;
                characteristics.insert(its_path, characteristic.name);
            }
            handle += 0x10;
        }
        self.change(&path, DEVICE, "ServicesResolved", Value::from(true))
            .await
    }

    /// Carries what the device sends to whoever has subscribed.
    async fn carry(&mut self, index: usize) -> zbus::Result<()> {
        let now = self.now();
        while let Some(happening) = self.devices[index].device.air.poll(now) {
            match happening {
                Happening::Value {
                    characteristic,
                    value,
                } => {
                    if let Some(path) = self.path(index, characteristic) {
                        self.tell(&path, CHARACTERISTIC, "Value", Value::from(value))
                            .await?;
                    }
                }
                Happening::Disconnected => self.show_lost(index).await?,
                Happening::Connected => {}
            }
        }
        Ok(())
    }

    fn path(&self, index: usize, characteristic: Uuid) -> Option<String> {
        let characteristics = &self.devices[index].characteristics;
        let mut found = characteristics
            .iter()
            .filter(|(_, uuid)| **uuid == characteristic);
        found.next().map(|(path, _)| path.clone())
    }

    /// The link is lost, or ended.
    pub(super) async fn lose(&mut self, index: usize) -> zbus::Result<()> {
        let now = self.now();
        let shown = &mut self.devices[index];
        if let Some((call, _)) = shown.connecting.take() {
            let refusal = Refusal::new("Failed", "Operation was canceled");
            refusal.send(&self.connection, &call.header()).await?;
        }
        let shown = &mut self.devices[index];
        if shown.device.air.is_connected() {
            shown.device.air.disconnect(now);
            self.show_lost(index).await?;
        }
        Ok(())
    }

    async fn show_lost(&mut self, index: usize) -> zbus::Result<()> {
        let shown = &mut self.devices[index];
        shown.resolving = None;
        shown.characteristics.clear();
        shown.subscribers.clear();
        let path = shown.path.clone();
        for below in self.objects.below(&path) {
            self.remove(&below).await?;
        }
        self.change(&path, DEVICE, "ServicesResolved", Value::from(false))
            .await?;
        self.change(&path, DEVICE, "Connected", Value::from(false))
            .await
    }
}

fn described(
    characteristic: &sim::Characteristic,
    service: &str,
    mtu: usize,
) -> zbus::Result<Properties> {
    let has = characteristic.properties;
    let flags = [
        (has.read, "read"),
        (has.write, "write"),
        (has.write_without_response, "write-without-response"),
        (has.notify, "notify"),
        (has.indicate, "indicate"),
    ];
    let flags = flags.into_iter().filter(|(has, _)| *has);
    let flags: Vec<&str> = flags.map(|(_, flag)| flag).collect();
    let mtu = u16::try_from(mtu).unwrap_or(u16::MAX);
    Ok(Properties::from([
        ("UUID", Value::from(characteristic.name.to_string())),
        (
            "Service",
            Value::from(ObjectPath::try_from(service.to_owned())?),
        ),
        ("Flags", Value::from(flags)),
        ("MTU", Value::from(mtu)),
        ("Notifying", Value::from(false)),
    ]))
}
