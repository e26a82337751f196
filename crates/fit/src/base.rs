//! Base types: how a field's bytes are read.

/// The base type of a field.
///
/// | code | name | bytes | invalid | | code | name | bytes | invalid |
/// |---|---|---|---|---|---|---|---|---|
/// | 0x00 | enum | 1 | FF | | 0x89 | float64 | 8 | all FF |
/// | 0x01 | sint8 | 1 | 7F | | 0x0A | uint8z | 1 | 0 |
/// | 0x02 | uint8 | 1 | FF | | 0x8B | uint16z | 2 | 0 |
/// | 0x83 | sint16 | 2 | 7FFF | | 0x8C | uint32z | 4 | 0 |
/// | 0x84 | uint16 | 2 | FFFF | | 0x0D | byte | 1 | all bytes FF |
/// | 0x85 | sint32 | 4 | 7FFFFFFF | | 0x8E | sint64 | 8 | 7FFF… |
/// | 0x86 | uint32 | 4 | FFFFFFFF | | 0x8F | uint64 | 8 | FFFF… |
/// | 0x07 | string | 1 | 00, empty | | 0x90 | uint64z | 8 | 0 |
/// | 0x88 | float32 | 4 | FFFFFFFF | | | | | |
///
/// Bit 7 of the code says that the type has several bytes, bits 0 to 4 number it. The 64-bit
/// integers need protocol 2.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum BaseType {
    /// One byte that names something.
    Enum = 0x00,
    /// Signed, one byte.
    Sint8 = 0x01,
    /// Unsigned, one byte.
    Uint8 = 0x02,
    /// Signed, two bytes.
    Sint16 = 0x83,
    /// Unsigned, two bytes.
    Uint16 = 0x84,
    /// Signed, four bytes.
    Sint32 = 0x85,
    /// Unsigned, four bytes.
    Uint32 = 0x86,
    /// UTF-8, padded with NUL.
    String = 0x07,
    /// IEEE 754, four bytes.
    Float32 = 0x88,
    /// IEEE 754, eight bytes.
    Float64 = 0x89,
    /// Unsigned, one byte, zero is invalid.
    Uint8z = 0x0A,
    /// Unsigned, two bytes, zero is invalid.
    Uint16z = 0x8B,
    /// Unsigned, four bytes, zero is invalid.
    Uint32z = 0x8C,
    /// Opaque bytes.
    Byte = 0x0D,
    /// Signed, eight bytes.
    Sint64 = 0x8E,
    /// Unsigned, eight bytes.
    Uint64 = 0x8F,
    /// Unsigned, eight bytes, zero is invalid.
    Uint64z = 0x90,
}

impl BaseType {
    /// Every base type, by ascending type number.
    pub const ALL: [Self; 17] = [
        Self::Enum,
        Self::Sint8,
        Self::Uint8,
        Self::Sint16,
        Self::Uint16,
        Self::Sint32,
        Self::Uint32,
        Self::String,
        Self::Float32,
        Self::Float64,
        Self::Uint8z,
        Self::Uint16z,
        Self::Uint32z,
        Self::Byte,
        Self::Sint64,
        Self::Uint64,
        Self::Uint64z,
    ];

    /// The base type with this code; only the type number (bits 0 to 4) counts, because files with
    /// 0x04 instead of 0x84 exist. `None` if there is no such type.
    pub const fn from_code(code: u8) -> Option<Self> {
        Some(match code & 0x1F {
            0 => Self::Enum,
            1 => Self::Sint8,
            2 => Self::Uint8,
            3 => Self::Sint16,
            4 => Self::Uint16,
            5 => Self::Sint32,
            6 => Self::Uint32,
            7 => Self::String,
            8 => Self::Float32,
            9 => Self::Float64,
            10 => Self::Uint8z,
            11 => Self::Uint16z,
            12 => Self::Uint32z,
            13 => Self::Byte,
            14 => Self::Sint64,
            15 => Self::Uint64,
            16 => Self::Uint64z,
            _ => return None,
        })
    }

    /// The code as a definition carries it.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Bytes of one element.
    pub const fn size(self) -> u8 {
        match self {
            Self::Enum | Self::Sint8 | Self::Uint8 | Self::String | Self::Uint8z | Self::Byte => 1,
            Self::Sint16 | Self::Uint16 | Self::Uint16z => 2,
            Self::Sint32 | Self::Uint32 | Self::Float32 | Self::Uint32z => 4,
            Self::Float64 | Self::Sint64 | Self::Uint64 | Self::Uint64z => 8,
        }
    }

    /// The name, as the FIT documents write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enum => "enum",
            Self::Sint8 => "sint8",
            Self::Uint8 => "uint8",
            Self::Sint16 => "sint16",
            Self::Uint16 => "uint16",
            Self::Sint32 => "sint32",
            Self::Uint32 => "uint32",
            Self::String => "string",
            Self::Float32 => "float32",
            Self::Float64 => "float64",
            Self::Uint8z => "uint8z",
            Self::Uint16z => "uint16z",
            Self::Uint32z => "uint32z",
            Self::Byte => "byte",
            Self::Sint64 => "sint64",
            Self::Uint64 => "uint64",
            Self::Uint64z => "uint64z",
        }
    }

    /// The invalid pattern of one element, in its low bytes.
    pub const fn invalid(self) -> u64 {
        match self {
            Self::Enum | Self::Uint8 | Self::Byte => 0xFF,
            Self::Sint8 => 0x7F,
            Self::Sint16 => 0x7FFF,
            Self::Uint16 => 0xFFFF,
            Self::Sint32 => 0x7FFF_FFFF,
            Self::Uint32 | Self::Float32 => 0xFFFF_FFFF,
            Self::Sint64 => i64::MAX.cast_unsigned(),
            Self::Uint64 | Self::Float64 => u64::MAX,
            Self::String | Self::Uint8z | Self::Uint16z | Self::Uint32z | Self::Uint64z => 0,
        }
    }

    /// Smallest and largest valid raw integer; `None` for strings and floats.
    pub const fn range(self) -> Option<(i128, i128)> {
        Some(match self {
            Self::Enum | Self::Uint8 | Self::Byte => (0, 0xFE),
            Self::Sint8 => (-0x80, 0x7E),
            Self::Sint16 => (-0x8000, 0x7FFE),
            Self::Uint16 => (0, 0xFFFE),
            Self::Sint32 => (-0x8000_0000, 0x7FFF_FFFE),
            Self::Uint32 => (0, 0xFFFF_FFFE),
            Self::Sint64 => (-0x8000_0000_0000_0000, 0x7FFF_FFFF_FFFF_FFFE),
            Self::Uint64 => (0, 0xFFFF_FFFF_FFFF_FFFE),
            Self::Uint8z => (1, 0xFF),
            Self::Uint16z => (1, 0xFFFF),
            Self::Uint32z => (1, 0xFFFF_FFFF),
            Self::Uint64z => (1, 0xFFFF_FFFF_FFFF_FFFF),
            Self::String | Self::Float32 | Self::Float64 => return None,
        })
    }

    /// Whether the type exists only since protocol 2.0.
    pub const fn needs_protocol_2(self) -> bool {
        matches!(self, Self::Sint64 | Self::Uint64 | Self::Uint64z)
    }

    /// Whether the elements are signed integers.
    pub const fn is_signed(self) -> bool {
        matches!(
            self,
            Self::Sint8 | Self::Sint16 | Self::Sint32 | Self::Sint64
        )
    }
}

impl std::fmt::Display for BaseType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
