use crate::Error;

/// What is left of a value while its fields are read, little-endian, front to back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bytes<'a> {
    characteristic: &'static str,
    length: usize,
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub(crate) fn new(characteristic: &'static str, value: &'a [u8]) -> Self {
        Self {
            characteristic,
            length: value.len(),
            rest: value,
        }
    }

    /// What no field has taken.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], Error> {
        let Some((bytes, rest)) = self.rest.split_first_chunk::<N>() else {
            return Err(Error::Short {
                characteristic: self.characteristic,
                field,
                length: self.length,
            });
        };
        self.rest = rest;
        Ok(*bytes)
    }

    pub(crate) fn u8(&mut self, field: &'static str) -> Result<u8, Error> {
        let [byte] = self.array(field)?;
        Ok(byte)
    }

    pub(crate) fn u16(&mut self, field: &'static str) -> Result<u16, Error> {
        self.array(field).map(u16::from_le_bytes)
    }

    pub(crate) fn i16(&mut self, field: &'static str) -> Result<i16, Error> {
        self.array(field).map(i16::from_le_bytes)
    }

    pub(crate) fn u24(&mut self, field: &'static str) -> Result<u32, Error> {
        let [low, middle, high] = self.array(field)?;
        Ok(u32::from_le_bytes([low, middle, high, 0]))
    }

    pub(crate) fn u32(&mut self, field: &'static str) -> Result<u32, Error> {
        self.array(field).map(u32::from_le_bytes)
    }
}
