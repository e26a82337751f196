/// Why a value can't be decoded, or a request can't be made.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Occurs when a value has fewer bytes than its layout.
    #[error("{characteristic} has {length} bytes, at least {needed} are needed")]
    Short {
        /// The characteristic.
        characteristic: &'static str,
        /// How many bytes there are.
        length: usize,
        /// How many there must be.
        needed: usize,
    },
    /// Occurs when a list of four-byte values does not end with one.
    #[error("{characteristic} has {length} bytes, which is no multiple of 4")]
    Uneven {
        /// The characteristic.
        characteristic: &'static str,
        /// How many bytes there are.
        length: usize,
    },
    /// Occurs when an answer does not begin like one.
    #[error("{characteristic} answers with {code:#04x}, which is no response")]
    NoResponse {
        /// The characteristic.
        characteristic: &'static str,
        /// Its first byte.
        code: u8,
    },
    /// Occurs when the monitor would refuse a setting, or can't hold it.
    #[error("{setting} of {value} is out of range, which is {range}")]
    OutOfRange {
        /// The setting.
        setting: &'static str,
        /// What was asked for.
        value: f64,
        /// What the monitor takes.
        range: &'static str,
    },
}
