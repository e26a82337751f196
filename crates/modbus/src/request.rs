use crate::ChecksumOrder;

/// The most registers that a frame may have. The largest bank known has 200.
pub const MAX_REGISTERS: u16 = 200;

/// Registers are numbered below this.
pub(crate) const END: u16 = 256;

/// One of the two banks of registers. They have nothing to do with one another: register 56 is the
/// state of charge in one and the key sound in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bank {
    /// Settings, function 03; written with function 06.
    Holding,
    /// The status, function 04; read only.
    Input,
}

impl Bank {
    /// The function code that reads it.
    pub const fn function(self) -> u8 {
        match self {
            Self::Holding => 3,
            Self::Input => 4,
        }
    }

    /// The bank that a function code reads.
    pub const fn of(function: u8) -> Option<Self> {
        match function {
            3 => Some(Self::Holding),
            4 => Some(Self::Input),
            _ => None,
        }
    }
}

/// How a unit wants to be written to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WriteShape {
    /// One register: `A 06 RR RR VV VV`. The units with 80 registers.
    #[default]
    Single,
    /// A count of registers: `A 06 RR NN NN V0 V0 …`. The newer units, as their app does it;
    /// nobody has published that a unit took one.
    Counted,
}

/// The register that switches an idle unit off after so many minutes. 0 is reported to destroy the
/// unit for good: it stays in a loop of restarts that can't be left over Bluetooth.
const IDLE_OFF: u16 = 68;

/// Why a request can't be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Occurs when it asks for no registers, for too many, or for some past the last.
    #[error("registers {start} to {start} + {count} can't be read in one request")]
    Range {
        /// The first register.
        start: u16,
        /// How many.
        count: u16,
    },
    /// Occurs when it would destroy a unit.
    #[error("{value} in register {register} is reported to destroy the unit for good")]
    Destroys {
        /// The register.
        register: u16,
        /// The value.
        value: u16,
    },
}

/// A frame to send. There is no other way to make one than the functions here, so whatever asks,
/// the one write that destroys a unit can't be expressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    address: u8,
    kind: Kind,
    bytes: Vec<u8>,
}

/// What a request asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Read { bank: Bank, start: u16, count: u16 },
    Write { register: u16, value: u16 },
}

impl Request {
    /// Asks for registers of a bank.
    ///
    /// # Errors
    ///
    /// [`Error::Range`] for none or more than 200 registers, or ones past 255.
    pub fn read(address: u8, bank: Bank, start: u16, count: u16) -> Result<Self, Error> {
        if count == 0 || count > MAX_REGISTERS || start.saturating_add(count) > END {
            return Err(Error::Range { start, count });
        }
        let [s0, s1] = start.to_be_bytes();
        let [n0, n1] = count.to_be_bytes();
        let mut bytes = vec![address, bank.function(), s0, s1, n0, n1];
        ChecksumOrder::HighFirst.append(&mut bytes);
        let kind = Kind::Read { bank, start, count };
        Ok(Self {
            address,
            kind,
            bytes,
        })
    }

    /// Sets one register of the holding bank.
    ///
    /// # Errors
    ///
    /// [`Error::Destroys`] for 0 in register 68, in either shape; [`Error::Range`] for a register
    /// past 255.
    pub fn write(address: u8, shape: WriteShape, register: u16, value: u16) -> Result<Self, Error> {
        if register == IDLE_OFF && value == 0 {
            return Err(Error::Destroys { register, value });
        }
        let short = u8::try_from(register).map_err(|_| Error::Range {
            start: register,
            count: 1,
        })?;
        let [v0, v1] = value.to_be_bytes();
        let mut bytes = match shape {
            WriteShape::Single => vec![address, 6, 0, short, v0, v1],
            WriteShape::Counted => vec![address, 6, short, 0, 1, v0, v1],
        };
        ChecksumOrder::HighFirst.append(&mut bytes);
        let kind = Kind::Write { register, value };
        Ok(Self {
            address,
            kind,
            bytes,
        })
    }

    /// The frame.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The address of the unit that it is for.
    pub fn address(&self) -> u8 {
        self.address
    }

    /// The bank and the number of registers that it reads; `None` for a write.
    pub fn reads(&self) -> Option<(Bank, u16)> {
        match self.kind {
            Kind::Read { bank, count, .. } => Some((bank, count)),
            Kind::Write { .. } => None,
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }
}
