//! The daemon: one task that owns everything, and answers calls one after the other.

mod answer;
mod device;
mod objects;

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Sender;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until};
use zbus::fdo::DBusProxy;
use zbus::message::Type;
use zbus::zvariant::Value;
use zbus::{Connection, MatchRule, Message, MessageStream};

use self::device::Shown;
use self::objects::{Objects, Properties};
use crate::stand_in::{Order, Ordered, Setup};

const ADAPTER_PATH: &str = "/org/bluez/hci0";
const ADAPTER: &str = "org.bluez.Adapter1";
const DEVICE: &str = "org.bluez.Device1";
const SERVICE: &str = "org.bluez.GattService1";
const CHARACTERISTIC: &str = "org.bluez.GattCharacteristic1";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const MANAGER: &str = "org.freedesktop.DBus.ObjectManager";

/// How often signals of devices that are heard change.
const SIGNALS: Duration = Duration::from_millis(200);

/// The longest that nobody looks whether something is to be done.
const LOOK: Duration = Duration::from_millis(50);

pub(crate) struct Daemon {
    connection: Connection,
    objects: Objects,
    devices: Vec<Shown>,
    /// The clients that search.
    searching: BTreeSet<String>,
    started: Instant,
    /// Whether devices are in range.
    is_in_range: bool,
    /// Whether a client waits for a connection, for whoever ordered this daemon.
    is_connecting: Arc<AtomicBool>,
    speed: f64,
    /// When signals change next.
    signals: Instant,
}

/// Serves until it is told to stop.
pub(crate) async fn serve(
    address: &str,
    setup: Setup,
    mut orders: UnboundedReceiver<Ordered>,
    is_connecting: Arc<AtomicBool>,
    ready: &Sender<io::Result<()>>,
) -> zbus::Result<()> {
    let connection = zbus::connection::Builder::address(address)?.build().await?;
    let mut calls = MessageStream::from(&connection);
    let clients = MatchRule::builder()
        .msg_type(Type::Signal)
        .interface("org.freedesktop.DBus")?
        .member("NameOwnerChanged")?
        .build();
    let bus = DBusProxy::new(&connection).await?;
    bus.add_match_rule(clients).await?;
    let mut daemon = Daemon::new(connection.clone(), setup, is_connecting);
    connection.request_name("org.bluez").await?;
    let _ = ready.send(Ok(()));
    loop {
        let wake = daemon.next_time();
        tokio::select! {
            biased;
            order = orders.recv() => match order {
                Some((Order::Stop, _)) | None => return Ok(()),
                Some((order, done)) => {
                    daemon.obey(order).await?;
                    let _ = done.send(());
                }
            },
            message = calls.next() => match message {
                Some(Ok(message)) => daemon.hear(&message).await?,
                Some(Err(_)) => {}
                None => return Ok(()),
            },
            () = sleep_until(wake) => {}
        }
        daemon.act().await?;
    }
}

impl Daemon {
    fn new(connection: Connection, setup: Setup, is_connecting: Arc<AtomicBool>) -> Self {
        let mut objects = Objects::default();
        if setup.adapter {
            objects.add(ADAPTER_PATH, ADAPTER, adapter(setup.powered));
        }
        let devices = setup.devices.into_iter().map(Shown::new).collect();
        Self {
            connection,
            objects,
            devices,
            searching: BTreeSet::new(),
            started: Instant::now(),
            is_in_range: true,
            is_connecting,
            speed: setup.speed,
            signals: Instant::now(),
        }
    }

    /// The devices' own time.
    fn now(&self) -> Duration {
        self.started.elapsed().mul_f64(self.speed)
    }

    fn is_powered(&self) -> bool {
        let powered = self.objects.property(ADAPTER_PATH, ADAPTER, "Powered");
        matches!(powered, Some(Value::Bool(true)))
    }

    /// When to look again.
    fn next_time(&mut self) -> Instant {
        let now = self.now();
        let wait = self
            .devices
            .iter_mut()
            .filter_map(|device| device.wait(now));
        let wait = wait.map(|wait| wait.div_f64(self.speed)).min();
        Instant::now() + wait.unwrap_or(LOOK).min(LOOK)
    }

    async fn obey(&mut self, order: Order) -> zbus::Result<()> {
        match order {
            Order::Power(on) => self.power(on).await,
            Order::Reach(within) => {
                self.is_in_range = within;
                if within {
                    Ok(())
                } else {
                    self.lose_links().await
                }
            }
            Order::LoseLinks => self.lose_links().await,
            Order::Unplug => {
                self.power(false).await?;
                for path in self.objects.below(ADAPTER_PATH) {
                    self.remove(&path).await?;
                }
                self.remove(ADAPTER_PATH).await
            }
            Order::Stop => Ok(()),
        }
    }

    async fn lose_links(&mut self) -> zbus::Result<()> {
        for index in 0..self.devices.len() {
            self.lose(index).await?;
        }
        Ok(())
    }

    async fn power(&mut self, on: bool) -> zbus::Result<()> {
        if !on {
            self.lose_links().await?;
            self.searching.clear();
            self.change(ADAPTER_PATH, ADAPTER, "Discovering", Value::from(false))
                .await?;
        }
        self.change(ADAPTER_PATH, ADAPTER, "Powered", Value::from(on))
            .await
    }

    async fn hear(&mut self, message: &Message) -> zbus::Result<()> {
        match message.message_type() {
            Type::MethodCall => {}
            Type::Signal => return self.hear_signal(message).await,
            _ => return Ok(()),
        }
        let header = message.header();
        match self.answer(message).await? {
            Ok(answer) => answer.send(&self.connection, &header).await,
            Err(refusal) => refusal.send(&self.connection, &header).await,
        }
    }

    /// A client has gone: its search and its subscriptions end.
    async fn hear_signal(&mut self, message: &Message) -> zbus::Result<()> {
        let body = message.body();
        let Ok((name, _, new)) = body.deserialize::<(String, String, String)>() else {
            return Ok(());
        };
        if !new.is_empty() {
            return Ok(());
        }
        for device in &mut self.devices {
            device.forget_client(&name);
        }
        self.end_search(&name).await.map(|_| ())
    }

    /// Whether that client searched.
    async fn end_search(&mut self, client: &str) -> zbus::Result<bool> {
        let searched = self.searching.remove(client);
        if searched && self.searching.is_empty() {
            self.change(ADAPTER_PATH, ADAPTER, "Discovering", Value::from(false))
                .await?;
            for index in 0..self.devices.len() {
                let path = self.devices[index].path.clone();
                self.objects.unset(&path, DEVICE, "RSSI");
            }
        }
        Ok(searched)
    }

    /// Sets a property, and tells everybody.
    async fn change(
        &mut self,
        path: &str,
        interface: &'static str,
        name: &'static str,
        value: Value<'static>,
    ) -> zbus::Result<()> {
        if self.objects.set(path, interface, name, value.clone()) {
            self.tell(path, interface, name, value).await?;
        }
        Ok(())
    }

    async fn tell(
        &self,
        path: &str,
        interface: &str,
        name: &str,
        value: Value<'_>,
    ) -> zbus::Result<()> {
        let changed = std::collections::HashMap::from([(name, value)]);
        let body = (interface, changed, Vec::<&str>::new());
        self.connection
            .emit_signal(None::<()>, path, PROPERTIES, "PropertiesChanged", &body)
            .await
    }

    async fn add(
        &mut self,
        path: &str,
        interface: &'static str,
        properties: Properties,
    ) -> zbus::Result<()> {
        self.objects.add(path, interface, properties);
        let body = self.objects.added(path)?;
        self.connection
            .emit_signal(None::<()>, "/", MANAGER, "InterfacesAdded", &body)
            .await
    }

    async fn remove(&mut self, path: &str) -> zbus::Result<()> {
        let body = self.objects.removed(path)?;
        self.connection
            .emit_signal(None::<()>, "/", MANAGER, "InterfacesRemoved", &body)
            .await
    }
}

fn adapter(powered: bool) -> Properties {
    Properties::from([
        ("Address", Value::from("F0:F1:F2:F3:F4:F5")),
        ("AddressType", Value::from("public")),
        ("Name", Value::from("computer")),
        ("Alias", Value::from("computer")),
        ("Modalias", Value::from("usb:v1D6Bp0246d0542")),
        ("Class", Value::from(0_u32)),
        ("Discoverable", Value::from(false)),
        ("Discovering", Value::from(false)),
        ("Pairable", Value::from(false)),
        ("PairableTimeout", Value::from(0_u32)),
        ("DiscoverableTimeout", Value::from(0_u32)),
        ("UUIDs", Value::from(Vec::<String>::new())),
        // Those who search choose an adapter that is a central.
        ("Roles", Value::from(vec!["central", "peripheral"])),
        ("Powered", Value::from(powered)),
    ])
}
