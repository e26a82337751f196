/// What the monitor says on TX.
///
/// | code | answer | follows |
/// |---|---|---|
/// | 0 | Ok | to Begin: u32 size of a package, u32 size of the buffer |
/// | 1 | not begun, or begun already | |
/// | 2 | wrong format | |
/// | 3 | no room for that size (to Begin only) | |
/// | 4 | wrong checksum, or no image | |
/// | 5 | the storage failed | |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Ok,
    /// What it has room for, in bytes.
    Begun {
        package: u32,
        buffer: u32,
    },
    Refused(u8),
}

impl Answer {
    pub(super) fn decode(value: &[u8]) -> Option<Self> {
        match value {
            [0, p0, p1, p2, p3, b0, b1, b2, b3, ..] => Some(Self::Begun {
                package: u32::from_le_bytes([*p0, *p1, *p2, *p3]),
                buffer: u32::from_le_bytes([*b0, *b1, *b2, *b3]),
            }),
            [0, ..] => Some(Self::Ok),
            [code, ..] => Some(Self::Refused(*code)),
            [] => None,
        }
    }
}
