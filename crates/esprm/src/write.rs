use uuid::Uuid;

/// A value to write to a characteristic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Where to.
    pub characteristic: Uuid,
    /// How.
    pub kind: WriteKind,
    /// What.
    pub value: Vec<u8>,
}

/// The two ways to write to a characteristic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteKind {
    /// The monitor confirms that it arrived.
    WithResponse,
    /// It does not.
    WithoutResponse,
}

/// Which ways to write a characteristic offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Properties {
    /// Whether it offers writing with a response.
    pub write: bool,
    /// Whether it offers writing without one.
    pub write_without_response: bool,
}

impl Properties {
    /// The way to write: without response where that is offered.
    ///
    /// Since 2025-11 the Settings Control Point has no other and refuses the one with a response;
    /// before it was the reverse.
    pub const fn kind(self) -> WriteKind {
        if self.write_without_response {
            WriteKind::WithoutResponse
        } else {
            WriteKind::WithResponse
        }
    }
}
