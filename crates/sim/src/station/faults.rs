use std::collections::BTreeSet;

use crate::Outage;

/// Which registers a station has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Model {
    /// 80 registers.
    #[default]
    Common,
    /// 100 registers, at other places.
    Newer,
}

/// How a station misbehaves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StationFaults {
    /// From which all chances follow.
    pub seed: u64,
    /// How likely it does not answer.
    pub silence: f64,
    /// How likely it answers with the other bank.
    pub other_bank: f64,
    /// How likely an answer comes twice.
    pub repetition: f64,
    /// How likely the pieces of an answer come in another order.
    pub swap: f64,
    /// How likely a piece of an answer is lost.
    pub piece_loss: f64,
    /// How likely it answers with an exception.
    pub exception: f64,
    /// How likely its radio puts text before an answer.
    pub text: f64,
    /// Whether an echo of a former connection's write comes first on each connection.
    pub stale_echo: bool,
    /// Registers of the settings whose writes are echoed and have no effect.
    pub ignored: BTreeSet<u16>,
    /// Whether checksums come with the low byte first.
    pub low_byte_first: bool,
    /// Whether replies have the header of Modbus RTU.
    pub rtu: bool,
    /// Times at which it is off; in order and without overlap. It drops the link, and
    /// [`is_on`](crate::Peripheral::is_on) says so.
    pub off: Vec<Outage>,
}
