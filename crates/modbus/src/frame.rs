use crate::request::Kind;
use crate::{Bank, ChecksumOrder, Layout, Request};

/// A whole frame with a right checksum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The unit's address.
    pub address: u8,
    /// What it says.
    pub body: Body,
    /// How it was laid out.
    pub layout: Layout,
    /// In which order its checksum came.
    pub checksum: ChecksumOrder,
}

/// What a frame says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Registers of a bank: a reply, or sent without being asked for.
    Registers(Registers),
    /// A write was received; not that it had any effect.
    Written {
        /// The register.
        register: u16,
        /// The value, unless the unit told only how many were written.
        value: Option<u16>,
    },
    /// The unit refuses.
    Exception {
        /// The function that it refuses.
        function: u8,
        /// Why; `None` when it sent the request's head instead.
        code: Option<u8>,
    },
    /// The answer to Wi-Fi settings.
    Wifi {
        /// How it stands: 1 connected, 2 connecting.
        status: u8,
    },
}

/// Some registers of a bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registers {
    /// Of which.
    pub bank: Bank,
    /// The number of the first; `None` when the frame does not say, as in Modbus RTU, where it is
    /// that of the request.
    pub start: Option<u16>,
    /// Their values.
    pub values: Vec<u16>,
}

impl Registers {
    /// The value of a register; `None` when it is not among them.
    ///
    /// Without a start of their own they start at 0.
    pub fn get(&self, register: u16) -> Option<u16> {
        let index = register.checked_sub(self.start.unwrap_or_default())?;
        self.values.get(usize::from(index)).copied()
    }
}

impl Frame {
    /// Reads a frame of that layout and length; its checksum is right.
    pub(crate) fn read(bytes: &[u8], layout: Layout, checksum: ChecksumOrder) -> Option<Self> {
        let (content, _) = bytes.split_last_chunk::<2>()?;
        let (&[address, function], rest) = content.split_first_chunk()?;
        let body = match layout {
            Layout::Echo => {
                let (&[s0, s1, _, _], data) = rest.split_first_chunk()?;
                registers(function, Some(u16::from_be_bytes([s0, s1])), data)?
            }
            Layout::ByteCount => registers(function, None, rest.get(1..)?)?,
            Layout::LongByteCount => registers(function, None, rest.get(2..)?)?,
            Layout::Write => {
                let &[r0, r1, v0, v1] = rest.first_chunk()?;
                let register = u16::from_be_bytes([r0, r1]);
                let value = Some(u16::from_be_bytes([v0, v1]));
                Body::Written { register, value }
            }
            Layout::CountedWrite => {
                let (&[register, _, _], data) = rest.split_first_chunk()?;
                let value = data.first_chunk().map(|value| u16::from_be_bytes(*value));
                let register = register.into();
                Body::Written { register, value }
            }
            Layout::Exception | Layout::EchoException => {
                let code = rest.first().copied();
                let code = code.filter(|_| layout == Layout::Exception);
                let function = function & 0x7F;
                Body::Exception { function, code }
            }
            Layout::Wifi => {
                let status = *rest.first()?;
                Body::Wifi { status }
            }
        };
        Some(Self {
            address,
            body,
            layout,
            checksum,
        })
    }

    /// Whether this is the reply to a request: of the unit and to the function, the start and the
    /// count of the request. Everything else is a push, of another bank or a stale echo.
    pub fn answers(&self, request: &Request) -> bool {
        if self.address != request.address() {
            return false;
        }
        match (request.kind(), &self.body) {
            (Kind::Read { bank, start, count }, Body::Registers(found)) => {
                found.bank == bank
                    && found.start.is_none_or(|found| found == start)
                    && found.values.len() == usize::from(count)
            }
            (Kind::Read { bank, .. }, Body::Exception { function, .. }) => {
                *function == bank.function()
            }
            (Kind::Write { .. }, Body::Exception { function, .. }) => *function == 6,
            (
                Kind::Write { register, value },
                Body::Written {
                    register: found,
                    value: echoed,
                },
            ) => *found == register && echoed.is_none_or(|echoed| echoed == value),
            _ => false,
        }
    }
}

fn registers(function: u8, start: Option<u16>, data: &[u8]) -> Option<Body> {
    let (pairs, _) = data.as_chunks::<2>();
    Some(Body::Registers(Registers {
        bank: Bank::of(function)?,
        start,
        values: pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect(),
    }))
}
