//! The simulated devices by name.

use std::time::Duration;

use sim::row::{self, Piece};
use sim::xoss::{Computer, SCENES};
use sim::{
    Air, BaseService, Belt, DataEvent, Faults, Glasses, Model, Monitor, Outage, Random, Rower,
    Start, Station, StationFaults,
};

use super::AnyPeripheral;
use super::description::{Description, DescriptionError, Options};

/// Makes a device out of its options.
type Make = fn(&mut Options<'_>) -> Result<AnyPeripheral, DescriptionError>;

/// A device of the catalogue.
struct Entry {
    name: &'static str,
    /// The MTU that it agrees to, unless the description says something else.
    mtu: usize,
    make: Make,
}

/// Every simulated device. A new one is one line here.
const CATALOGUE: &[Entry] = &[
    entry("esprm", 247, monitor),
    entry("ftms", 185, rower),
    entry("belt", 23, belt),
    entry("fossibot", 517, station),
    entry("xoss-g", 247, |it| computer(it, "xoss-g")),
    entry("xoss-g-plus", 247, |it| computer(it, "xoss-g-plus")),
    entry("xoss-g-plus-2", 247, |it| computer(it, "xoss-g-plus-2")),
    entry("xoss-nav", 247, |it| computer(it, "xoss-nav")),
    entry("cycplus-m1", 247, |it| computer(it, "cycplus-m1")),
    entry("cycplus-m2", 247, |it| computer(it, "cycplus-m2")),
    entry("cycplus-m2-extra-idle", 247, |it| {
        computer(it, "cycplus-m2-extra-idle")
    }),
    entry("xoss-glasses", 247, |_| Ok(Box::new(Glasses::worn()))),
    entry("xoss-display", 247, |_| Ok(Box::new(Glasses::display()))),
];

const fn entry(name: &'static str, mtu: usize, make: Make) -> Entry {
    Entry { name, mtu, make }
}

/// All devices of a description, switched on.
pub(crate) fn devices(
    description: &Description,
) -> Result<Vec<Air<AnyPeripheral>>, DescriptionError> {
    let mut options = Options::new(&description.options);
    let mut devices = Vec::new();
    for (name, number) in description.devices.iter().zip(0..) {
        let Some(entry) = CATALOGUE.iter().find(|entry| entry.name == name) else {
            return Err(DescriptionError::Device {
                name: name.clone(),
                known: CATALOGUE.iter().map(|entry| entry.name).collect(),
            });
        };
        let peripheral = (entry.make)(&mut options)?;
        let mtu = options.whole("mtu", 23, 517)?.unwrap_or(entry.mtu);
        devices.push(Air::new(peripheral, mtu, faults(&mut options, number)?));
    }
    options.check()?;
    Ok(devices)
}

/// What goes wrong on the air of the device of that number.
fn faults(options: &mut Options<'_>, number: u64) -> Result<Faults, DescriptionError> {
    let seed = seed(options)?.wrapping_add(number);
    let count = options.whole("outages", 0, 10_000)?.unwrap_or(0);
    let longest = options.number("outage", 1.0, 86_400.0)?.unwrap_or(60.0);
    Ok(Faults {
        seed,
        loss: options.number("loss", 0.0, 1.0)?.unwrap_or(0.0),
        duplication: options.number("duplication", 0.0, 1.0)?.unwrap_or(0.0),
        delay: options.number("delay", 0.0, 1.0)?.unwrap_or(0.0),
        longest_delay: Duration::from_secs(1),
        outages: outages(seed, count, longest),
    })
}

/// So many outages, each of up to `longest` seconds, with some minutes in between.
fn outages(seed: u64, count: u32, longest: f64) -> Vec<Outage> {
    let mut random = Random::new(!seed);
    let mut time = 0.0;
    (0..count)
        .map(|_| {
            let start = time + random.between(30.0, 300.0);
            time = start + random.between(1.0, longest.max(1.0));
            Outage {
                start: Duration::from_secs_f64(start),
                end: Duration::from_secs_f64(time),
            }
        })
        .collect()
}

fn seed(options: &mut Options<'_>) -> Result<u64, DescriptionError> {
    Ok(options.whole("seed", 0, u64::MAX)?.unwrap_or(1))
}

/// An ESP Rowing Monitor.
fn monitor(options: &mut Options<'_>) -> Result<AnyPeripheral, DescriptionError> {
    let services = [
        ("cps", BaseService::CyclingPower),
        ("csc", BaseService::CyclingSpeedAndCadence),
        ("ftms", BaseService::FitnessMachine),
    ];
    let service = options.choice("service", &services)?;
    let service = service.unwrap_or(BaseService::CyclingPower);
    Ok(Box::new(Monitor::new(played(options)?, service)))
}

/// A rower of another make.
fn rower(options: &mut Options<'_>) -> Result<AnyPeripheral, DescriptionError> {
    let fields = [
        ("kayakpro", Rower::KAYAK_PRO),
        ("skillrow", Rower::SKILLROW),
        ("all", Rower::ALL),
    ];
    let fields = options.choice("fields", &fields)?;
    let fields = fields.unwrap_or(Rower::KAYAK_PRO);
    let rower = Rower::new(played(options)?, fields, Start::default());
    Ok(Box::new(rower))
}

/// A heart-rate belt that is worn for two hours.
fn belt(options: &mut Options<'_>) -> Result<AnyPeripheral, DescriptionError> {
    let seconds = options.whole("worn", 1, 86_400)?.unwrap_or(7200);
    Ok(Box::new(Belt::made(seed(options)?, seconds)))
}

/// A power station, which misbehaves if it is to.
fn station(options: &mut Options<'_>) -> Result<AnyPeripheral, DescriptionError> {
    let models = [("common", Model::Common), ("newer", Model::Newer)];
    let seed = seed(options)?;
    let charge = options.number("charge", 0.0, 100.0)?.unwrap_or(64.0);
    let mut chance = |name| Ok(options.number(name, 0.0, 1.0)?.unwrap_or(0.0));
    let faults = StationFaults {
        seed,
        silence: chance("silence")?,
        other_bank: chance("other-bank")?,
        repetition: chance("repetition")?,
        swap: chance("swap")?,
        piece_loss: chance("piece-loss")?,
        exception: chance("exception")?,
        text: chance("text")?,
        stale_echo: options.choice("stale-echo", &YES_NO)?.unwrap_or(false),
        low_byte_first: options.choice("low-byte-first", &YES_NO)?.unwrap_or(false),
        ignored: options.whole("ignored", 0_u16, 99)?.into_iter().collect(),
        off: off(options)?.into_iter().collect(),
        ..StationFaults::default()
    };
    let model = options.choice("model", &models)?.unwrap_or_default();
    let mut station = Station::new(seed, charge / 100.0).of(model).with(faults);
    if let Some(name) = options.text("name") {
        station = station.named(name);
    }
    Ok(Box::new(station))
}

const YES_NO: [(&str, bool); 2] = [("yes", true), ("no", false)];

/// When a station is off: from `off` for `off-for` seconds.
fn off(options: &mut Options<'_>) -> Result<Option<Outage>, DescriptionError> {
    let start = options.number("off", 0.0, 1e7)?;
    let seconds = options.number("off-for", 1.0, 1e7)?.unwrap_or(3600.0);
    Ok(start.map(|start| Outage {
        start: Duration::from_secs_f64(start),
        end: Duration::from_secs_f64(start + seconds),
    }))
}

/// A row that the engine of a real monitor has told.
#[derive(Clone, Copy)]
enum Row {
    /// 635 strokes without a stop.
    Steady,
    /// 595 strokes with stops.
    Interval,
}

/// A cycle computer, perhaps in trouble.
fn computer(
    options: &mut Options<'_>,
    name: &'static str,
) -> Result<AnyPeripheral, DescriptionError> {
    let computer = Computer::named(name).ok_or_else(|| DescriptionError::Device {
        name: name.to_owned(),
        known: Computer::NAMES.to_vec(),
    })?;
    let computer = match options.choice("scene", SCENES)? {
        Some(stage) => stage(computer),
        None => computer,
    };
    let computer = match options.whole("cut", 0, usize::MAX)? {
        Some(bytes) => computer.cut_after(bytes),
        None => computer,
    };
    Ok(Box::new(computer))
}

/// The row that a rower plays.
fn played(options: &mut Options<'_>) -> Result<Vec<DataEvent>, DescriptionError> {
    let rows = [("steady", Row::Steady), ("interval", Row::Interval)];
    let recorded = options.choice("row", &rows)?;
    let strokes = options.whole("strokes", 1, 100_000)?;
    let rows = options.whole("rows", 1, 10_000_usize)?.unwrap_or(1);
    let rest = options.number("rest", 1.0, 86_400.0)?.unwrap_or(600.0);
    Ok(match (recorded, strokes) {
        (Some(Row::Interval), _) => row::interval(),
        (None, Some(count)) => {
            let (rate, power) = (24.0, 180.0);
            let piece = Piece::Strokes { count, rate, power };
            let mut pieces = [piece, Piece::Rest(rest)].repeat(rows);
            pieces.pop();
            row::made(seed(options)?, &pieces)
        }
        (Some(Row::Steady), _) | (None, None) => row::steady(),
    })
}
