use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use sim::{Air, Peripheral};
use tokio::sync::mpsc::{self, UnboundedSender};

use crate::daemon;

/// A simulated device of any kind.
pub type AnyPeripheral = Box<dyn Peripheral + Send>;

/// A device in the room.
#[derive(Debug)]
pub struct Device {
    /// Its address: `C0:FF:EE:00:00:01`.
    pub address: String,
    /// The device and the air between it and the adapter.
    pub air: Air<AnyPeripheral>,
    /// How long after it was first heard its name comes.
    pub late_name: Duration,
    /// How many connections are aborted before one is made.
    pub aborts: u32,
}

impl Device {
    /// A device that does what it should.
    pub fn new(address: &str, air: Air<AnyPeripheral>) -> Self {
        Self {
            address: address.to_owned(),
            air,
            late_name: Duration::ZERO,
            aborts: 0,
        }
    }
}

/// What the stand-in has at the beginning.
#[derive(Debug)]
pub struct Setup {
    /// Whether there is an adapter.
    pub adapter: bool,
    /// Whether it is switched on.
    pub powered: bool,
    /// How many times as fast as real time devices run.
    pub speed: f64,
    /// The devices.
    pub devices: Vec<Device>,
}

impl Setup {
    /// An adapter that is on, and these devices in real time.
    pub fn new(devices: Vec<Device>) -> Self {
        Self {
            adapter: true,
            powered: true,
            speed: 1.0,
            devices,
        }
    }
}

/// What can happen to a running stand-in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    Power(bool),
    Reach(bool),
    Unplug,
    LoseLinks,
    Stop,
}

/// An order, and where to say that it is done.
pub(crate) type Ordered = (Order, Sender<()>);

/// The stand-in, on a thread of its own. It ends when this is dropped.
#[derive(Debug)]
pub struct Bluez {
    orders: UnboundedSender<Ordered>,
    is_connecting: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Bluez {
    /// Starts it on the bus of that address; when this returns, it can be found.
    ///
    /// # Errors
    ///
    /// When the bus can't be reached.
    pub fn start(address: &str, setup: Setup) -> io::Result<Self> {
        let (orders, received) = mpsc::unbounded_channel();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let address = address.to_owned();
        let is_connecting = Arc::new(AtomicBool::new(false));
        let connecting = Arc::clone(&is_connecting);
        let thread = thread::Builder::new()
            .name("bluez".to_owned())
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build();
                let runtime = match runtime {
                    Ok(runtime) => runtime,
                    Err(error) => {
                        let _ = ready.send(Err(error));
                        return;
                    }
                };
                let served = daemon::serve(&address, setup, received, connecting, &ready);
                if let Err(error) = runtime.block_on(served) {
                    // Too late for whoever waits for the start; the program under test will see
                    // that nobody answers.
                    let _ = ready.send(Err(io::Error::other(error)));
                }
            })?;
        let started = is_ready.recv();
        started.unwrap_or_else(|_| Err(io::Error::other("the stand-in ended at once")))?;
        Ok(Self {
            orders,
            is_connecting,
            thread: Some(thread),
        })
    }

    /// Has something done; when this returns, it is, and its signals are on their way.
    fn order(&self, order: Order) {
        let (done, is_done) = std::sync::mpsc::channel();
        // One that has ended needs no orders.
        if self.orders.send((order, done)).is_ok() {
            let _ = is_done.recv();
        }
    }

    /// Switches the adapter on or off.
    pub fn power(&self, on: bool) {
        self.order(Order::Power(on));
    }

    /// Takes all devices out of range, which loses their links, or brings them back.
    pub fn reach(&self, within: bool) {
        self.order(Order::Reach(within));
    }

    /// Whether a client has asked for a connection that is not there yet.
    pub fn is_connecting(&self) -> bool {
        self.is_connecting.load(Ordering::SeqCst)
    }

    /// Takes the adapter out of the computer.
    pub fn unplug(&self) {
        self.order(Order::Unplug);
    }

    /// All links are lost; they can be had again at once.
    pub fn lose_links(&self) {
        self.order(Order::LoseLinks);
    }
}

impl Drop for Bluez {
    fn drop(&mut self) {
        self.order(Order::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
