//! Runs a program beside a cycle computer that only seems to be there: what it sees on the system's
//! message bus is a BlueZ with that computer in reach. It ends as the program does.
//!
//! usage: beside COMPUTER PROGRAM [ARGUMENT...]
//!
//! COMPUTER is a name of [`Computer::NAMES`]; the rides on it are those of the example `rides` of
//! the crate `sim`.
#![expect(clippy::print_stderr, reason = "it is a program")]

use std::error::Error;
use std::process::{Command, ExitCode};

use sim::xoss::Computer;
use sim::{Air, Faults};
use sim_bluez::{AnyPeripheral, Bluez, Bus, Device, Policy, Setup};

/// The MTU that BlueZ asks for, unless its configuration has another; the device may want less.
const MTU: usize = 517;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [computer, program, arguments @ ..] = &arguments[..] else {
        eprintln!("usage: beside COMPUTER PROGRAM [ARGUMENT...]");
        return ExitCode::from(2);
    };
    let Some(computer) = Computer::named(computer) else {
        let names = Computer::NAMES;
        eprintln!("error: there is no `{computer}`; there are {names:?}");
        return ExitCode::from(2);
    };
    run(Box::new(computer), program, arguments).unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

fn run(
    computer: AnyPeripheral,
    program: &str,
    arguments: &[String],
) -> Result<ExitCode, Box<dyn Error>> {
    let bus = Bus::start(Policy::Open)?;
    let air = Air::new(computer, MTU, Faults::default());
    let device = Device::new("C0:FF:EE:00:00:01", air);
    let _bluez = Bluez::start(bus.address(), Setup::new(vec![device]))?;
    let status = Command::new(program)
        .args(arguments)
        .env("DBUS_SYSTEM_BUS_ADDRESS", bus.address())
        .status()
        .map_err(|error| format!("cannot run `{program}`: {error}"))?;
    // None where a signal has ended it.
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
