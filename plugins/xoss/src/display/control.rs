use std::time::Duration;

use pipeline_plugin::ble::{
    Ble, Connection, DeviceName, LinkEvent, Selector, Sighting, Uuid, Write,
};
use pipeline_plugin::{Error, ErrorKind, Result};
use xoss::DeviceInfo;
use xoss::remote::{
    self, Encoding, Feature, MachineStatus, Packet, RemoteCharacteristic, RemoteMode, RemoteTypes,
    Request, Response, ResponseValue, ResultCode,
};

/// Which display is meant.
#[derive(Clone, Debug)]
pub struct DisplayWanted {
    /// Its name, a pattern of it, or its address; `None`: the first one that is seen.
    pub device: Option<DeviceName>,
    /// How long to look for it.
    pub wait: Duration,
}

/// A connected display.
#[derive(Debug)]
pub struct Display {
    title: String,
    connection: Connection,
    info: DeviceInfo,
}

/// What a display says of itself.
#[derive(Clone, Debug)]
pub struct DisplayInfo {
    /// What to call it.
    pub title: String,
    /// What its Device Information and Battery services say.
    pub info: DeviceInfo,
    /// What it can be and do.
    pub feature: Feature,
    /// How it does.
    pub status: Option<MachineStatus>,
    /// Brightness in percent, where it has one.
    pub brightness: Option<u8>,
    /// Seconds until it sleeps, where it says so.
    pub sleep_time: Option<u16>,
    /// Whether it shows the phone's notifications, where it can.
    pub notifications: Option<bool>,
}

/// What is to be different.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// What it is to be.
    pub types: Option<RemoteTypes>,
    /// What it is to do.
    pub mode: Option<RemoteMode>,
    /// Percent.
    pub brightness: Option<u8>,
    /// Seconds until it sleeps, at most 6,000.
    pub sleep_time: Option<u16>,
    /// Whether to show the phone's notifications.
    pub notifications: Option<bool>,
    /// UTC and the local time, in seconds since 1970.
    pub time: Option<(u32, u32)>,
}

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(5);

impl DisplayWanted {
    /// Looks for the display by its service.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Device`] when there is none; what the adapter says.
    pub async fn find(&self, ble: &Ble) -> Result<Sighting> {
        let any = Selector::with_service(remote::SERVICE);
        let selector = match ble.wanted().or(self.device.as_ref()) {
            Some(name) => any.named(name.clone()),
            None => any,
        };
        let mut search = ble.scan().await?;
        // Every device is told once; an end is that nothing new came for so long.
        while let Some(seen) = search.next(self.wait).await? {
            let is_short = seen.services.iter().any(|it| remote::is_advertised(*it));
            if selector.matches(&seen) || (selector.name().is_none() && is_short) {
                return Ok(seen);
            }
        }
        let what = match selector.name() {
            Some(name) => format!("`{name}` was not seen"),
            None => "no display and no glasses were seen".to_owned(),
        };
        let text = format!("{what} within {} s", self.wait.as_secs_f64());
        Err(Error::new(ErrorKind::Device, text)
            .with_help("switch it on and bring it near; name it with `--device` if it has another"))
    }
}

impl Display {
    /// Connects, and reads what it says of itself.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Device`] when the connection fails, [`ErrorKind::Skip`] when it is something
    /// else.
    pub async fn connect(ble: &Ble, seen: &Sighting) -> Result<Self> {
        let title = seen.title().to_owned();
        let mut connection = ble.connect(seen).await?;
        if find(&connection, RemoteCharacteristic::Feature).is_none() {
            let text = format!("`{title}` has no Bluetooth Remote Service: it shows nothing");
            return Err(Error::skip(text));
        }
        let mut info = DeviceInfo::default();
        for characteristic in DeviceInfo::CHARACTERISTICS {
            if let Some(value) = connection.read_if_there(characteristic).await? {
                info.set(characteristic, &value);
            }
        }
        let mut display = Self {
            title,
            connection,
            info,
        };
        if let Some(control) = find(&display.connection, RemoteCharacteristic::ControlPoint) {
            display.connection.subscribe(control).await?;
            display.order(&Request::RequestControl).await?;
        }
        Ok(display)
    }

    /// What to call it.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// How packets for it are written.
    pub fn encoding(&self) -> Encoding {
        Encoding {
            payload: self.connection.payload(),
            ..Encoding::default()
        }
    }

    /// What it says of itself.
    ///
    /// # Errors
    ///
    /// When the link is lost, or it says nothing that can be read.
    pub async fn info(&mut self) -> Result<DisplayInfo> {
        let unreadable =
            |error| Error::skip("what the display says can't be read").with_source(error);
        let feature = self.read(RemoteCharacteristic::Feature).await?;
        let feature = Feature::decode(&feature.unwrap_or_default()).map_err(unreadable)?;
        let status = self.read(RemoteCharacteristic::MachineStatus).await?;
        let status = status.map(|value| MachineStatus::decode(&value));
        let mut info = DisplayInfo {
            title: self.title.clone(),
            info: self.info.clone(),
            feature,
            status: status.transpose().map_err(unreadable)?,
            brightness: None,
            sleep_time: None,
            notifications: None,
        };
        for question in [
            Request::Brightness(None),
            Request::SleepTime(None),
            Request::Notifications(None),
        ] {
            match self.ask(&question).await?.map(|answer| answer.value) {
                Some(ResponseValue::Brightness(percent)) => info.brightness = Some(percent),
                Some(ResponseValue::SleepTime(seconds)) => info.sleep_time = Some(seconds),
                Some(ResponseValue::Notifications(on)) => info.notifications = Some(on),
                _ => {}
            }
        }
        Ok(info)
    }

    /// Makes it different, one command at a time.
    ///
    /// # Errors
    ///
    /// The first that it doesn't do; those before it are done.
    pub async fn set(&mut self, changes: &Changes) -> Result<()> {
        let requests = [
            changes.types.map(Request::SetType),
            changes.mode.map(Request::SetMode),
            changes.brightness.map(|it| Request::Brightness(Some(it))),
            changes.sleep_time.map(|it| Request::SleepTime(Some(it))),
            changes
                .notifications
                .map(|it| Request::Notifications(Some(it))),
            changes
                .time
                .map(|(utc, local)| Request::SetTime { utc, local }),
        ];
        for request in requests.iter().flatten() {
            self.order(request).await?;
        }
        Ok(())
    }

    /// Shows something; nobody says whether it arrived.
    ///
    /// # Errors
    ///
    /// When the link is lost, or it has nothing to show on.
    pub async fn show(&mut self, packet: &Packet) -> Result<()> {
        let bytes = packet
            .encode(&self.encoding())
            .map_err(|error| Error::skip("this can't be shown").with_source(error))?;
        let Some(pipeline) = find(&self.connection, RemoteCharacteristic::DataPipeline) else {
            return Err(Error::skip(format!("`{}` shows no data", self.title)));
        };
        self.connection
            .write(pipeline, Write::Quickly, &bytes)
            .await
    }

    /// Ends the connection.
    pub async fn disconnect(self) {
        // It is over all the same.
        let _ = self.connection.disconnect().await;
    }

    async fn read(&mut self, characteristic: RemoteCharacteristic) -> Result<Option<Vec<u8>>> {
        match find(&self.connection, characteristic) {
            Some(found) => self.connection.read_if_there(found).await,
            None => Ok(None),
        }
    }

    /// Tells it to do something.
    async fn order(&mut self, request: &Request) -> Result<()> {
        let what = what(request);
        match self.ask(request).await? {
            Some(answer) if answer.result == ResultCode::Done => Ok(()),
            Some(answer) => {
                let text = format!("`{}`: {what}: {}", self.title, answer.result);
                Err(Error::skip(text))
            }
            None => Err(Error::skip(format!("`{}` takes no commands", self.title))),
        }
    }

    /// Writes a command and waits for its answer; `None` when it takes no commands.
    async fn ask(&mut self, request: &Request) -> Result<Option<Response>> {
        let Some(control) = find(&self.connection, RemoteCharacteristic::ControlPoint) else {
            return Ok(None);
        };
        let bytes = request.encode();
        self.connection
            .write(control, Write::Confirmed, &bytes)
            .await?;
        loop {
            match self.connection.next(ANSWER).await? {
                Some(LinkEvent::Value {
                    characteristic,
                    value,
                    ..
                }) if characteristic == control => match Response::decode(&value) {
                    Ok(answer) if Some(&answer.request) == bytes.first() => {
                        return Ok(Some(answer));
                    }
                    // The answer to something else.
                    _ => {}
                },
                Some(LinkEvent::Value { .. }) => {}
                Some(LinkEvent::Lost { .. }) => {
                    let text = format!("the connection to `{}` was lost", self.title);
                    return Err(Error::new(ErrorKind::Device, text));
                }
                None => {
                    let text = format!("`{}` does not answer", self.title);
                    return Err(Error::new(ErrorKind::Device, text));
                }
            }
        }
    }
}

/// The characteristic as this device spells it: the document prints the names inconsistently.
fn find(connection: &Connection, wanted: RemoteCharacteristic) -> Option<Uuid> {
    let mut all = connection.characteristics().map(|it| it.uuid);
    all.find(|uuid| RemoteCharacteristic::from_uuid(*uuid) == Some(wanted))
}

/// A command in words.
fn what(request: &Request) -> &'static str {
    match request {
        Request::RequestControl => "to be controlled",
        Request::SetType(_) => "the type",
        Request::SetMode(_) => "the mode",
        Request::Brightness(_) => "the brightness",
        Request::SleepTime(_) => "the time until it sleeps",
        Request::Notifications(_) => "notifications",
        Request::SetTime { .. } => "the time",
        _ => "the command",
    }
}
