//! Two processes on a private bus: the stand-in here, the radio in the other.

use std::io::{BufRead, BufReader, Read, Write as _};
use std::pin::Pin;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{env, thread};

use ble::Radio;
use pipeline_plugin::ble::{Ble, Connection, LinkEvent, Selector, Sighting, Write as How};
use pipeline_plugin::testing::block_on;
use pipeline_plugin::{Cancel, Clock, Timestamp};
use sim::{Air, Faults, Outage};
use sim_bluez::{Bluez, Bus, Device, Policy, Setup};

use super::probe::{ORDERS, Probe, SERVICE, VALUES};

const INSIDE: &str = "PIPELINE_BLE_TEST";

/// The longest that a test may take on a busy machine.
const LIMIT: Duration = Duration::from_secs(300);

pub(crate) const ADDRESS: &str = "C0:FF:EE:00:00:01";

/// A probe whose link has that MTU.
pub(crate) fn probe(mtu: usize) -> Device {
    probe_with(mtu, Vec::new())
}

/// A probe that can't be reached at times, in seconds.
pub(crate) fn probe_with(mtu: usize, outages: Vec<[u64; 2]>) -> Device {
    let outages = outages.into_iter().map(|outage| {
        let [start, end] = outage.map(Duration::from_secs);
        Outage { start, end }
    });
    let faults = Faults {
        outages: outages.collect(),
        ..Faults::default()
    };
    Device::new(ADDRESS, Air::new(Box::new(Probe::default()), mtu, faults))
}

/// What the process outside has.
pub(crate) struct Stage {
    pub(crate) bus: Option<Bus>,
    pub(crate) bluez: Option<Bluez>,
    marks: Receiver<String>,
    inside: ChildStdin,
}

impl Stage {
    /// Waits until the process inside has come that far.
    pub(crate) fn wait_for(&self, mark: &str) {
        let next = self.marks.recv_timeout(LIMIT);
        assert_eq!(next.as_deref(), Ok(mark), "what the other process did");
    }

    /// Lets the process inside go on, which waits in [`wait_outside`].
    pub(crate) fn go_on(&mut self) {
        self.inside.write_all(b"\n").unwrap();
    }

    /// When the process inside has come that far, does something before it goes on.
    pub(crate) fn at(&mut self, mark: &str, work: impl FnOnce(&mut Self)) {
        self.wait_for(mark);
        work(self);
        self.go_on();
    }

    /// Whether a connection is asked for and not there yet; waits until it is so.
    pub(crate) fn until_connecting(&self, wanted: bool) {
        let started = Instant::now();
        while self.bluez.as_ref().unwrap().is_connecting() != wanted {
            assert!(started.elapsed() < LIMIT, "never connecting: {wanted}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Takes the devices out of range, or brings them back.
    pub(crate) fn reach(&self, within: bool) {
        self.bluez.as_ref().unwrap().reach(within);
    }

    /// Starts BlueZ anew.
    pub(crate) fn restart(&mut self, setup: Setup) {
        self.bluez = None;
        let address = self.bus.as_ref().unwrap().address();
        self.bluez = Some(Bluez::start(address, setup).unwrap());
    }
}

/// Tells the process outside that this one has come so far.
#[expect(clippy::print_stdout, reason = "that is how")]
pub(crate) fn mark(mark: &str) {
    println!("\nmark: {mark}");
}

/// The same, and waits until that one lets this one [go on](Stage::go_on).
pub(crate) fn wait_outside(mark: &str) {
    self::mark(mark);
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    assert_eq!(line, "\n", "the process outside has ended");
}

/// Runs `inside` in a process of its own, whose system bus is a private one with BlueZ, and
/// `outside` in this one meanwhile. `name` is that of the test.
pub(crate) fn play(
    name: &str,
    setup: Setup,
    outside: impl FnOnce(&mut Stage),
    inside: impl AsyncFnOnce(Room),
) {
    if is_inside() {
        return block_on(inside(Room::new()));
    }
    play_on(Policy::Open, name, setup, outside);
}

/// The same with one device, and nothing that happens outside.
pub(crate) fn play_with(name: &str, device: Device, inside: impl AsyncFnOnce(Room)) {
    play(name, Setup::new(vec![device]), |_| (), inside);
}

/// The same on a bus that lets nobody reach BlueZ.
pub(crate) fn play_closed(name: &str, inside: impl AsyncFnOnce(Room)) {
    if is_inside() {
        return block_on(inside(Room::new()));
    }
    play_on(Policy::Closed, name, Setup::new(Vec::new()), |_| ());
}

fn play_on(policy: Policy, name: &str, setup: Setup, outside: impl FnOnce(&mut Stage)) {
    let Some(bus) = Bus::for_test(policy) else {
        return;
    };
    let bluez = Bluez::start(bus.address(), setup).unwrap();
    let address = bus.address().to_owned();
    act(name, &address, (Some(bus), Some(bluez)), outside);
}

/// The same on a bus without BlueZ.
pub(crate) fn play_without_bluez(name: &str, inside: impl AsyncFnOnce(Room)) {
    if is_inside() {
        return block_on(inside(Room::new()));
    }
    let Some(bus) = Bus::for_test(Policy::Open) else {
        return;
    };
    let address = bus.address().to_owned();
    act(name, &address, (Some(bus), None), |_| ());
}

/// The same without a bus.
pub(crate) fn play_without_bus(name: &str, inside: impl AsyncFnOnce(Room)) {
    if is_inside() {
        return block_on(inside(Room::new()));
    }
    act(name, "unix:path=/nowhere/bus", (None, None), |_| ());
}

fn is_inside() -> bool {
    env::var_os(INSIDE).is_some()
}

fn act(
    name: &str,
    address: &str,
    (bus, bluez): (Option<Bus>, Option<Bluez>),
    outside: impl FnOnce(&mut Stage),
) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .env(INSIDE, "1")
        .env("DBUS_SYSTEM_BUS_ADDRESS", address)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut errors = child.stderr.take().unwrap();
    let errors = thread::spawn(move || {
        let mut all = String::new();
        errors.read_to_string(&mut all).map(|_| all)
    });
    let (told, marks) = mpsc::channel();
    let output = BufReader::new(child.stdout.take().unwrap());
    let listener = thread::spawn(move || {
        let mut all = String::new();
        for line in output.lines().map_while(Result::ok) {
            if let Some(mark) = line.strip_prefix("mark: ") {
                let _ = told.send(mark.to_owned());
            }
            all += &line;
            all.push('\n');
        }
        all
    });
    let inside = child.stdin.take().unwrap();
    let mut stage = Stage {
        bus,
        bluez,
        marks,
        inside,
    };
    outside(&mut stage);
    let succeeded = wait(&mut child);
    let all = listener.join().unwrap() + &errors.join().unwrap().unwrap();
    assert!(succeeded, "the process inside failed:\n{all}");
    assert!(all.contains("1 passed"), "`{name}` is no test:\n{all}");
}

fn wait(child: &mut Child) -> bool {
    let started = Instant::now();
    while started.elapsed() < LIMIT {
        if let Some(status) = child.try_wait().unwrap() {
            return status.success();
        }
        thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    false
}

/// The radio, as a source sees it, on no event loop at all.
pub(crate) struct Room {
    pub(crate) radio: Arc<Radio>,
    pub(crate) ble: Ble,
}

impl Room {
    pub(crate) fn new() -> Self {
        let radio = Arc::new(Radio::new(Arc::new(SystemClock)));
        let ble = Ble::new(radio.clone(), None, Cancel::default());
        Self { radio, ble }
    }

    pub(crate) async fn find(&self) -> Sighting {
        let found = self.ble.find(&Selector::with_service(SERVICE)).await;
        found.unwrap()
    }

    /// A probe that has been connected to, with values subscribed to.
    pub(crate) async fn connect(&self) -> Connection {
        let probe = self.find().await;
        let mut link = self.ble.connect(&probe).await.unwrap();
        link.subscribe(VALUES).await.unwrap();
        link
    }
}

pub(crate) async fn order(link: &mut Connection, order: &str) {
    link.write(ORDERS, How::Confirmed, order.as_bytes())
        .await
        .unwrap();
}

/// The next value, as text.
pub(crate) async fn value(link: &mut Connection) -> String {
    match link.next(Duration::from_secs(20)).await.unwrap() {
        Some(LinkEvent::Value { value, time, .. }) => {
            let age = SystemClock.now().seconds_since(time);
            assert!((0.0..30.0).contains(&age), "{age}");
            String::from_utf8(value).unwrap()
        }
        other => panic!("no value but {other:?}"),
    }
}

/// How long it takes until the link is lost.
pub(crate) async fn loss(link: &mut Connection) -> Duration {
    let started = Instant::now();
    let event = link.next(Duration::from_secs(60)).await.unwrap();
    assert!(matches!(event, Some(LinkEvent::Lost { .. })), "{event:?}");
    started.elapsed()
}

#[derive(Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Timestamp::from_micros(i64::try_from(now.as_micros()).unwrap())
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        unreachable!("the radio has timers of its own")
    }
}
