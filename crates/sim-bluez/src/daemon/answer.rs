//! Calls and their answers.

use std::collections::HashMap;

use sim::WriteKind;
use zbus::Message;
use zbus::message::Header;
use zbus::names::{InterfaceName, MemberName, UniqueName};
use zbus::zvariant::{ObjectPath, OwnedValue, Value};

use super::objects::Interfaces;
use super::{ADAPTER, ADAPTER_PATH, CHARACTERISTIC, DEVICE, Daemon, MANAGER, PROPERTIES};

/// The answer to a call.
pub(super) enum Answer {
    Nothing,
    Bytes(Vec<u8>),
    Text(String),
    Property(Value<'static>),
    Properties(HashMap<String, Value<'static>>),
    Objects(HashMap<zbus::zvariant::OwnedObjectPath, Interfaces>),
    /// It is sent when something is done.
    Later,
}

impl Answer {
    pub(super) async fn send(
        self,
        connection: &zbus::Connection,
        call: &Header<'_>,
    ) -> zbus::Result<()> {
        match self {
            Self::Nothing => connection.reply(call, &()).await,
            Self::Bytes(bytes) => connection.reply(call, &bytes).await,
            Self::Text(text) => connection.reply(call, &text).await,
            Self::Property(value) => connection.reply(call, &value).await,
            Self::Properties(properties) => connection.reply(call, &properties).await,
            Self::Objects(objects) => connection.reply(call, &objects).await,
            Self::Later => Ok(()),
        }
    }
}

/// An error as answer.
pub(super) struct Refusal {
    name: String,
    text: String,
}

impl Refusal {
    /// One of BlueZ's own errors.
    pub(super) fn new(name: &str, text: &str) -> Self {
        Self {
            name: format!("org.bluez.Error.{name}"),
            text: text.to_owned(),
        }
    }

    pub(super) fn not_ready() -> Self {
        Self::new("NotReady", "Resource Not Ready")
    }

    fn of_bus(name: &str, text: String) -> Self {
        Self {
            name: format!("org.freedesktop.DBus.Error.{name}"),
            text,
        }
    }

    pub(super) async fn send(
        self,
        connection: &zbus::Connection,
        call: &Header<'_>,
    ) -> zbus::Result<()> {
        let Self { name, text } = self;
        connection.reply_error(call, name, &text).await
    }
}

/// The inner result is the answer; the outer one fails when the bus is gone.
type Answered = zbus::Result<Result<Answer, Refusal>>;

type Options = HashMap<String, OwnedValue>;

impl Daemon {
    pub(super) async fn answer(&mut self, call: &Message) -> Answered {
        let header = call.header();
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let path = text(header.path().map(ObjectPath::as_str));
        let interface = text(header.interface().map(InterfaceName::as_str));
        let member = text(header.member().map(MemberName::as_str));
        let client = text(header.sender().map(UniqueName::as_str));
        match (interface.as_str(), member.as_str()) {
            ("org.freedesktop.DBus.Introspectable", "Introspect") => {
                let known = self.objects.introspection(&path).map(Answer::Text);
                Ok(known.ok_or_else(|| unknown(&path)))
            }
            (MANAGER, "GetManagedObjects") => self.everything(),
            (PROPERTIES, _) => self.properties(&path, &member, call).await,
            _ if !self.objects.has(&path) => Ok(Err(unknown(&path))),
            (ADAPTER, _) => self.adapter(&member, &client).await,
            (DEVICE, _) => self.device(&path, &member, call).await,
            (CHARACTERISTIC, _) => self.characteristic(&path, &member, &client, call).await,
            _ => Ok(Err(no_method(&member))),
        }
    }

    fn everything(&self) -> Answered {
        let objects = self.objects.all()?.into_iter();
        let objects = objects.map(|(path, object)| (path.into(), object.clone()));
        Ok(Ok(Answer::Objects(objects.collect())))
    }

    async fn properties(&mut self, path: &str, member: &str, call: &Message) -> Answered {
        let body = call.body();
        Ok(match member {
            "GetAll" => {
                let interface: String = body.deserialize()?;
                let properties = self.objects.properties(path, &interface);
                let owned =
                    |(name, value): (&&str, &Value<'static>)| ((*name).to_owned(), value.clone());
                properties
                    .map(|properties| Answer::Properties(properties.iter().map(owned).collect()))
                    .ok_or_else(|| unknown(path))
            }
            "Get" => {
                let (interface, name): (String, String) = body.deserialize()?;
                let value = self.objects.property(path, &interface, &name);
                value
                    .map(|value| Answer::Property(value.clone()))
                    .ok_or_else(|| unknown(path))
            }
            "Set" => {
                let (interface, name, value): (String, String, OwnedValue) = body.deserialize()?;
                if !self.objects.has(path) {
                    return Ok(Err(unknown(path)));
                }
                if interface == ADAPTER && name == "Powered" {
                    let on = bool::try_from(value).unwrap_or_default();
                    if on != self.is_powered() {
                        self.power(on).await?;
                    }
                }
                Ok(Answer::Nothing)
            }
            _ => Err(no_method(member)),
        })
    }

    async fn adapter(&mut self, member: &str, client: &str) -> Answered {
        if !self.is_powered() && member != "SetDiscoveryFilter" {
            return Ok(Err(Refusal::not_ready()));
        }
        Ok(match member {
            "SetDiscoveryFilter" => Ok(Answer::Nothing),
            "StartDiscovery" => {
                if self.searching.insert(client.to_owned()) {
                    self.change(ADAPTER_PATH, ADAPTER, "Discovering", Value::from(true))
                        .await?;
                    Ok(Answer::Nothing)
                } else {
                    Err(Refusal::new("InProgress", "Operation already in progress"))
                }
            }
            "StopDiscovery" => {
                if self.end_search(client).await? {
                    Ok(Answer::Nothing)
                } else {
                    Err(Refusal::new("Failed", "No discovery started"))
                }
            }
            _ => Err(no_method(member)),
        })
    }

    async fn device(&mut self, path: &str, member: &str, call: &Message) -> Answered {
        let index = self.devices.iter().position(|device| device.path == path);
        let Some(index) = index else {
            return Ok(Err(unknown(path)));
        };
        Ok(match member {
            "Connect" => self.begin_connection(index, call),
            "Disconnect" => {
                self.lose(index).await?;
                Ok(Answer::Nothing)
            }
            _ => Err(no_method(member)),
        })
    }

    async fn characteristic(
        &mut self,
        path: &str,
        member: &str,
        client: &str,
        call: &Message,
    ) -> Answered {
        let now = self.now();
        let found = self.devices.iter_mut().find_map(|device| {
            let characteristic = *device.characteristics.get(path)?;
            Some((device, characteristic))
        });
        let Some((shown, characteristic)) = found else {
            return Ok(Err(unknown(path)));
        };
        let air = &mut shown.device.air;
        let clients = shown.subscribers.entry(characteristic).or_default();
        Ok(match member {
            "ReadValue" => match air.read(now, characteristic) {
                Ok(value) => {
                    self.tell(path, CHARACTERISTIC, "Value", Value::from(value.clone()))
                        .await?;
                    Ok(Answer::Bytes(value))
                }
                Err(sim::Refused) => Err(Refusal::new("NotPermitted", "Read not permitted")),
            },
            "WriteValue" => {
                let body = call.body();
                let (value, options): (Vec<u8>, Options) = body.deserialize()?;
                let kind = kind(&options);
                if kind == WriteKind::WithoutResponse && value.len() > air.mtu() - 3 {
                    Err(Refusal::new("Failed", "Failed to initiate write"))
                } else if value.len() > 512 {
                    Err(Refusal::new("InvalidValueLength", "Invalid Length"))
                } else {
                    let written = air.write(now, characteristic, kind, &value);
                    match (written, kind) {
                        (Err(sim::Refused), WriteKind::WithResponse) => {
                            Err(Refusal::new("NotPermitted", "Write not permitted"))
                        }
                        _ => Ok(Answer::Nothing),
                    }
                }
            }
            "StartNotify" => match air.subscribe(now, characteristic) {
                Ok(()) if clients.insert(client.to_owned()) => Ok(Answer::Nothing),
                Ok(()) => Err(Refusal::new("InProgress", "In Progress")),
                Err(sim::Refused) => {
                    Err(Refusal::new("NotSupported", "Operation is not supported"))
                }
            },
            "StopNotify" if clients.remove(client) => {
                if clients.is_empty() {
                    // Without a link nothing is subscribed to anyway.
                    let _ = air.unsubscribe(characteristic);
                }
                Ok(Answer::Nothing)
            }
            "StopNotify" => Err(Refusal::new("Failed", "No notify session started")),
            _ => Err(no_method(member)),
        })
    }
}

fn kind(options: &Options) -> WriteKind {
    match options.get("type").map(|value| &**value) {
        Some(Value::Str(kind)) if kind.as_str() == "command" => WriteKind::WithoutResponse,
        _ => WriteKind::WithResponse,
    }
}

fn unknown(path: &str) -> Refusal {
    Refusal::of_bus("UnknownObject", format!("Unknown object '{path}'"))
}

fn no_method(member: &str) -> Refusal {
    Refusal::of_bus(
        "UnknownMethod",
        format!("Method \"{member}\" doesn't exist"),
    )
}
