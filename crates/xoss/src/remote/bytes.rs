use super::RemoteError;

/// What is left of a value while its fields are read, front to back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a> {
    what: &'static str,
    length: usize,
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub(super) fn new(what: &'static str, bytes: &'a [u8]) -> Self {
        Self {
            what,
            length: bytes.len(),
            rest: bytes,
        }
    }

    /// What no field has taken.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn short(&self) -> RemoteError {
        RemoteError::Short {
            what: self.what,
            length: self.length,
        }
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], RemoteError> {
        let (array, rest) = self.rest.split_first_chunk().ok_or_else(|| self.short())?;
        self.rest = rest;
        Ok(*array)
    }

    pub(super) fn slice(&mut self, length: usize) -> Result<&'a [u8], RemoteError> {
        let parts = self.rest.split_at_checked(length);
        let (slice, rest) = parts.ok_or_else(|| self.short())?;
        self.rest = rest;
        Ok(slice)
    }

    pub(super) fn u8(&mut self) -> Result<u8, RemoteError> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16, RemoteError> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, RemoteError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn text(what: &'static str, bytes: &[u8]) -> Result<String, RemoteError> {
        let text = std::str::from_utf8(bytes).map_err(|_| RemoteError::Text(what))?;
        Ok(text.to_owned())
    }
}

/// As much of a text as fits, cut between characters.
pub(super) fn cut(text: &str, most: usize) -> &str {
    let ends = text
        .char_indices()
        .map(|(at, character)| at + character.len_utf8());
    let end = ends.take_while(|end| *end <= most).last();
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}
