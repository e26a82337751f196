//! Making a connection.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use btleplug::api::{CharPropFlags, Characteristic as Handle, Peripheral as _};
use btleplug::platform::Adapter;
use pipeline_plugin::ble::{Characteristic, Service, Sighting, Uuid};
use pipeline_plugin::{Error, ErrorKind, Result};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::device::Device;
use super::pump::pump;
use super::queue::Queue;
use super::trouble::{Failure, Said, bus_error, unanswered};
use super::worker::Air;
use super::{scan, session};

/// How long to wait before a connection that was aborted is tried again, and how often to look
/// for a device that the service has forgotten.
const PAUSE: Duration = Duration::from_millis(300);

/// How long the service may take to answer; also to find out services after the connection.
const ANSWER: Duration = Duration::from_secs(10);

/// A connection as the thread makes it.
pub(super) struct Connected {
    pub(super) hold: Hold,
    pub(super) title: String,
    pub(super) queue: Arc<Queue>,
    pub(super) services: Vec<Service>,
    pub(super) handles: HashMap<Uuid, Handle>,
    pub(super) mtu: usize,
}

/// Keeps a device connected; dropped, it ends the connection, or calls off the attempt at one.
pub(super) struct Hold {
    air: Arc<Air>,
    pub(super) device: Arc<Device>,
    is_over: bool,
}

impl Hold {
    /// Ends the connection now.
    pub(super) async fn end(mut self) -> Result<(), btleplug::Error> {
        self.is_over = true;
        let _gate = self.device.gate.lock().await;
        match timeout(ANSWER, self.device.peripheral.disconnect()).await {
            Ok(ended) => ended,
            Err(_) => Err(btleplug::Error::TimedOut(ANSWER)),
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        let device = self.device.clone();
        self.air.leave(async move {
            let _gate = device.gate.lock().await;
            // A connection that can't be ended is one that is lost.
            let _ = timeout(ANSWER, device.peripheral.disconnect()).await;
        });
    }
}

/// Connects to a device, and finds out its services.
pub(super) async fn connect(
    air: &Arc<Air>,
    wanted: &Sighting,
    limit: Duration,
) -> Result<Connected> {
    let deadline = Instant::now() + limit;
    let ready = session::session(air).await;
    let adapter = ready.map_err(|trouble| trouble.error())?.adapter;
    let title = wanted.title();
    let Some(device) = find(air, &adapter, &wanted.id, deadline).await? else {
        return Err(unanswered(title, limit));
    };
    let gate = device.gate.lock().await;
    if device.queue().is_some() {
        let text = format!("`{title}` is already in use by another source of this run");
        return Err(Error::new(ErrorKind::Device, text));
    }
    let hold = Hold {
        air: air.clone(),
        device: device.clone(),
        is_over: false,
    };
    reach(&device, title, limit, deadline).await?;
    discover(&device, title).await?;
    let queue = Arc::new(Queue::new(title));
    listen(air, &device, title).await?;
    device.direct_to(&queue);
    // The link may have gone again while the services were found out: then nobody will tell.
    device.look();
    drop(gate);
    let (services, handles) = inventory(&device);
    Ok(Connected {
        hold,
        title: title.to_owned(),
        queue,
        services,
        handles,
        mtu: usize::from(device.peripheral.mtu()),
    })
}

/// The device of that name. One that the service has forgotten is searched for.
async fn find(
    air: &Arc<Air>,
    adapter: &Adapter,
    id: &str,
    deadline: Instant,
) -> Result<Option<Arc<Device>>> {
    if let Some(device) = listed(air, adapter, id).await? {
        return Ok(Some(device));
    }
    let started = scan::start(air, adapter).await;
    started.map_err(|trouble| trouble.error())?;
    let search = async {
        loop {
            if let Some(device) = listed(air, adapter, id).await? {
                return Ok(device);
            }
            sleep(PAUSE).await;
        }
    };
    let found = timeout_at(deadline, search).await;
    scan::stop(air, adapter).await;
    found.ok().transpose()
}

/// The device, if the service knows it.
async fn listed(air: &Arc<Air>, adapter: &Adapter, id: &str) -> Result<Option<Arc<Device>>> {
    let listed = scan::listed(air, adapter).await;
    let listed = listed.map_err(|trouble| trouble.error())?;
    let Some(peripheral) = listed.into_iter().find(|known| scan::id(known) == id) else {
        return Ok(None);
    };
    // Always the same object: notifications belong to the one whose services were found out.
    let mut devices = air.devices();
    let device = devices
        .entry(id.to_owned())
        .or_insert_with(|| Arc::new(Device::new(peripheral)));
    Ok(Some(device.clone()))
}

/// Makes the connection; an attempt that was aborted is repeated while there is time.
async fn reach(device: &Device, title: &str, limit: Duration, deadline: Instant) -> Result<()> {
    loop {
        let failure = match timeout_at(deadline, device.peripheral.connect()).await {
            Ok(Ok(())) => return Ok(()),
            // By an earlier run that was killed, or by the system itself.
            Ok(Err(cause)) if bus_error(&cause) == Some("org.bluez.Error.AlreadyConnected") => {
                return Ok(());
            }
            Ok(Err(cause)) => Failure::of(&cause),
            Err(_) => return Err(unanswered(title, limit)),
        };
        match failure {
            Failure::Unpaired | Failure::Refused(_) => {
                return Err(failure
                    .error(title, "connected")
                    .with_kind(ErrorKind::Device));
            }
            Failure::Silent => return Err(unanswered(title, limit)),
            // Aborted, or forgotten between the search and now.
            Failure::Again(text) if Instant::now() + PAUSE >= deadline => {
                return Err(unanswered(title, limit).with_source(Said(text)));
            }
            Failure::Lost if Instant::now() + PAUSE >= deadline => {
                return Err(unanswered(title, limit));
            }
            Failure::Again(_) | Failure::Lost => sleep(PAUSE).await,
        }
    }
}

/// Finds out the services. Where there are none they aren't known yet.
async fn discover(device: &Device, title: &str) -> Result<()> {
    let known = async {
        loop {
            device.peripheral.discover_services().await?;
            if !device.peripheral.services().is_empty() {
                return Ok(());
            }
            sleep(PAUSE).await;
        }
    };
    match timeout(ANSWER, known).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(cause)) => {
            let failure = Failure::of(&cause);
            Err(failure
                .error(title, "asked for its services")
                .with_kind(ErrorKind::Device))
        }
        Err(_) => Err(unanswered(title, ANSWER)),
    }
}

/// Has the stream of notifications read, if it isn't yet.
async fn listen(air: &Arc<Air>, device: &Arc<Device>, title: &str) -> Result<()> {
    if device.is_pumped() {
        return Ok(());
    }
    let values = match timeout(ANSWER, device.peripheral.notifications()).await {
        Ok(Ok(values)) => values,
        Ok(Err(cause)) => return Err(Failure::of(&cause).error(title, "listened to")),
        Err(_) => return Err(unanswered(title, ANSWER)),
    };
    let task = air
        .handle
        .spawn(pump(device.clone(), values, air.clock.clone()));
    device.pumped_by(task.abort_handle());
    Ok(())
}

/// What the device offers, in the order of their names; of characteristics with the same name the
/// first counts.
fn inventory(device: &Device) -> (Vec<Service>, HashMap<Uuid, Handle>) {
    let mut handles = HashMap::new();
    let services = device
        .peripheral
        .services()
        .into_iter()
        .map(|service| {
            let characteristics = service.characteristics.into_iter().map(|handle| {
                let has = Characteristic {
                    uuid: handle.uuid,
                    properties: properties(handle.properties),
                };
                handles.entry(handle.uuid).or_insert(handle);
                has
            });
            Service {
                uuid: service.uuid,
                characteristics: characteristics.collect(),
            }
        })
        .collect();
    (services, handles)
}

/// The standard's bits, which btleplug uses as well.
fn properties(flags: CharPropFlags) -> u8 {
    flags.bits()
}
