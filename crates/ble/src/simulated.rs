//! Simulated devices behind the transport.

mod catalogue;
mod description;
mod link;
mod pace;
mod scan;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pipeline_plugin::ble::{Central, Link, Scan, Sighting, Uuid};
use pipeline_plugin::{Cancel, Clock, Error, ErrorKind, Result, SourceFuture, Timestamp};
use sim::{Air, Peripheral};

pub use self::description::{Description, DescriptionError};
use self::link::SimulatedLink;
pub use self::pace::PacedClock;
use self::scan::SimulatedScan;

/// A device without its kind.
pub(crate) type AnyPeripheral = Box<dyn Peripheral + Send>;

/// An adapter in a room with simulated devices.
///
/// When all of them have said what they had to say, and a while has passed in which nobody wrote
/// to them, it asks the run to stop: a simulated row has an end.
#[derive(Debug)]
pub struct Simulated {
    room: Arc<Room>,
}

/// How long a device takes to accept a connection, and to tell its services.
const CONNECTING: Duration = Duration::from_millis(200);

/// How long all devices must have been done until the run is asked to stop: longer than a source
/// waits until it takes a row for ended.
const PATIENCE: Duration = Duration::from_secs(900);

/// What the parts of a simulation share.
#[derive(Debug)]
pub(crate) struct Room {
    clock: Arc<dyn Clock>,
    /// When the devices were switched on.
    start: Timestamp,
    devices: Vec<Device>,
    cancel: Cancel,
    /// Since when all devices are done, and nobody asked them for anything.
    done: Mutex<Option<Timestamp>>,
}

/// A simulated device.
#[derive(Debug)]
pub(crate) struct Device {
    id: String,
    name: String,
    advertised: Vec<Uuid>,
    rssi: i16,
    air: Mutex<Air<AnyPeripheral>>,
}

impl Simulated {
    /// A room with these devices, which are switched on now.
    ///
    /// # Errors
    ///
    /// What is wrong with a description.
    pub fn new(
        description: &Description,
        clock: Arc<dyn Clock>,
        cancel: Cancel,
    ) -> Result<Self, DescriptionError> {
        let devices = catalogue::devices(description)?;
        Ok(Self::of(devices, clock, cancel))
    }

    /// A room with devices of one's own, for tests.
    pub fn of(
        devices: Vec<Air<Box<dyn Peripheral + Send>>>,
        clock: Arc<dyn Clock>,
        cancel: Cancel,
    ) -> Self {
        let devices = devices.into_iter().zip(1_u8..);
        let devices = devices.map(|(air, number)| Device::new(air, number));
        let room = Room {
            start: clock.now(),
            clock,
            devices: devices.collect(),
            cancel,
            done: Mutex::default(),
        };
        Self {
            room: Arc::new(room),
        }
    }
}

impl Central for Simulated {
    fn scan(&self) -> SourceFuture<'_, Box<dyn Scan>> {
        Box::pin(async {
            let scan = SimulatedScan::new(Arc::clone(&self.room));
            Ok(Box::new(scan) as Box<dyn Scan>)
        })
    }

    fn connect<'a>(
        &'a self,
        device: &'a Sighting,
        limit: Duration,
    ) -> SourceFuture<'a, Box<dyn Link>> {
        Box::pin(async move {
            let room = &self.room;
            let index = room.devices.iter().position(|has| has.id == device.id);
            let connected = match index {
                Some(index) => {
                    room.clock.sleep(CONNECTING.min(limit)).await;
                    let now = room.now();
                    room.devices[index].air().connect(now).ok().map(|()| index)
                }
                None => None,
            };
            let Some(index) = connected else {
                room.clock.sleep(limit.saturating_sub(CONNECTING)).await;
                let text = format!("`{}` does not answer", device.title());
                return Err(Error::new(ErrorKind::Device, text));
            };
            let link = SimulatedLink::new(Arc::clone(room), index);
            Ok(Box::new(link) as Box<dyn Link>)
        })
    }
}

impl Room {
    /// Time since the devices were switched on.
    fn now(&self) -> Duration {
        Duration::try_from_secs_f64(self.clock.now().seconds_since(self.start)).unwrap_or_default()
    }

    /// Somebody waited at this time. Asks the run to stop when there is nothing left to wait for.
    fn waited(&self) {
        let now = self.clock.now();
        let is_done = self.devices.iter().all(|device| device.air().is_done());
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        match *done {
            _ if !is_done => *done = None,
            None => *done = Some(now),
            Some(since) if now.seconds_since(since) >= PATIENCE.as_secs_f64() => {
                self.cancel.throw();
            }
            Some(_) => {}
        }
    }

    /// Somebody asked a device for something.
    fn asked(&self) {
        *self.done.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Device {
    fn new(air: Air<AnyPeripheral>, number: u8) -> Self {
        let peripheral = air.peripheral();
        Self {
            // Addresses that are nobody's: random and static ones begin with C0 to FF.
            id: format!("C0:FF:EE:00:00:{number:02X}"),
            name: peripheral.name(),
            advertised: peripheral.advertised(),
            rssi: -50 - i16::from(number),
            air: Mutex::new(air),
        }
    }

    fn air(&self) -> MutexGuard<'_, Air<AnyPeripheral>> {
        self.air.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sighting(&self) -> Sighting {
        Sighting {
            id: self.id.clone(),
            name: Some(self.name.clone()),
            rssi: Some(self.rssi),
            services: self.advertised.clone(),
            manufacturer_data: Vec::new(),
        }
    }
}
