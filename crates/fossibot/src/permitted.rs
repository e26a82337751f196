use modbus::{Bank, Request, WriteShape};

/// A write that is on the list of harmless ones. There is no other way to write to a station than
/// one of these, and nothing in a profile adds to the list.
///
/// | register | what | values |
/// |---|---|---|
/// | 13 | AC charge level | 1 to 5 |
/// | 15 | kind of DC input | 0, 1 |
/// | 20 | max charge current, A | 1 to 20 |
/// | 24, 25, 26 | USB, DC, AC | 0, 1 |
/// | 27 | light | 0 to 3 |
/// | 56, 57 | key sound, silent charging | 0, 1 |
/// | 59 | USB standby, min | 0, 3, 5, 10, 30 |
/// | 60, 61 | AC and DC standby, min | 0, 480, 960, 1440 |
/// | 62 | screen rest, s | 180, 300, 600, 1800 |
/// | 63 | charging waits, min | 0 to 1440 |
/// | 64 | shut down | 1, when it is confirmed |
/// | 66 | discharge limit, ‰ | 0 to 500 |
/// | 67 | charge limit, ‰ | 100 to 1000 |
/// | 68 | idle off, min | 5, 10, 30, 480 |
///
/// Newer units, which take counted writes, have the light, DC, USB and AC in 1 to 4, and nothing
/// else is known of them. A wrong setting can put a unit into a loop of restarts that nothing sent
/// over Bluetooth ends, which is why everything else is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permitted {
    shape: WriteShape,
    register: u16,
    value: u16,
}

/// Occurs when a write is not on the list of harmless ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{value} in register {register} is not among the writes that are known to be harmless")]
pub struct Forbidden {
    /// The register.
    pub register: u16,
    /// The value.
    pub value: u16,
}

impl Permitted {
    /// The write of a value to a register of the holding bank.
    ///
    /// # Errors
    ///
    /// When it is not on the list; so is shutting down unless `confirmed`.
    pub fn new(
        shape: WriteShape,
        register: u16,
        value: u16,
        confirmed: bool,
    ) -> Result<Self, Forbidden> {
        let listed = match shape {
            WriteShape::Single => single(register, value, confirmed),
            WriteShape::Counted => matches!((register, value), (1..=4, 0..=1)),
        };
        if !listed {
            return Err(Forbidden { register, value });
        }
        Ok(Self {
            shape,
            register,
            value,
        })
    }

    /// The register.
    pub fn register(self) -> u16 {
        self.register
    }

    /// The value.
    pub fn value(self) -> u16 {
        self.value
    }

    /// The frame for the unit of an address.
    ///
    /// # Errors
    ///
    /// [`modbus::Error::Destroys`], which the list rules out already.
    pub fn request(self, address: u8) -> Result<Request, modbus::Error> {
        Request::write(address, self.shape, self.register, self.value)
    }
}

/// Whether a value for [`gatt::REQUEST`](crate::gatt::REQUEST) is one whole request of this crate: it
/// reads registers, or is a write on the list of [`Permitted`].
///
/// For hosts that lend a link to code which they don't know: several frames in one value, pieces of
/// one, other functions (such as the one that sets the Wi-Fi) and wrong checksums are none.
pub fn may_be_sent(value: &[u8]) -> bool {
    let Some(&[address, function, b2, b3, b4, b5]) = value.first_chunk() else {
        return false;
    };
    let pair = |high, low| u16::from_be_bytes([high, low]);
    let request = |shape, register, value| {
        let permitted = Permitted::new(shape, register, value, true).ok()?;
        permitted.request(address).ok()
    };
    let ours = match (function, value.get(6)) {
        (6, Some(&b6)) if value.len() == 9 => request(WriteShape::Counted, b2.into(), pair(b5, b6)),
        (6, _) => request(WriteShape::Single, pair(b2, b3), pair(b4, b5)),
        _ => Bank::of(function)
            .and_then(|bank| Request::read(address, bank, pair(b2, b3), pair(b4, b5)).ok()),
    };
    ours.is_some_and(|request| request.bytes() == value)
}

fn single(register: u16, value: u16, confirmed: bool) -> bool {
    match register {
        13 => matches!(value, 1..=5),
        15 | 24..=26 | 56 | 57 => value <= 1,
        20 => matches!(value, 1..=20),
        27 => value <= 3,
        59 => matches!(value, 0 | 3 | 5 | 10 | 30),
        60 | 61 => matches!(value, 0 | 480 | 960 | 1440),
        62 => matches!(value, 180 | 300 | 600 | 1800),
        63 => value <= 1440,
        64 => value == 1 && confirmed,
        66 => value <= 500,
        67 => matches!(value, 100..=1000),
        68 => matches!(value, 5 | 10 | 30 | 480),
        _ => false,
    }
}
