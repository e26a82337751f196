/// Why a value can't be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Occurs when a value ends before a field that its flags promise.
    #[error("{characteristic} ends after {length} bytes, before the {field}")]
    Short {
        /// The characteristic's name in the assigned numbers.
        characteristic: &'static str,
        /// The first field that isn't there, in the standard's words.
        field: &'static str,
        /// How many bytes there are.
        length: usize,
    },
    /// Occurs when a battery claims more than 100 %; the standard reserves those values.
    #[error("battery level of {0} %")]
    BatteryLevel(u8),
    /// Occurs when a control point's answer does not begin like one.
    #[error("control point answers with {0:#04x}, which is no response")]
    NoResponse(u8),
}
