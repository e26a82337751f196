use std::fmt;

/// Bytes from a device, harmless on a terminal and of bounded length.
pub(crate) struct Shown<'a>(pub(crate) &'a [u8]);

/// Characters that are shown of a text.
const MOST: usize = 64;

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &byte in self.0.iter().take(MOST) {
            write!(f, "{}", byte.escape_ascii())?;
        }
        if self.0.len() > MOST {
            write!(f, "… ({} bytes)", self.0.len())?;
        }
        Ok(())
    }
}

/// A name that a device sent back.
#[derive(Clone, PartialEq, Eq)]
pub struct Echo(Vec<u8>);

impl Echo {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// As it came.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Echo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shown(&self.0).fmt(f)
    }
}

impl fmt::Debug for Echo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Echo(`{self}`)")
    }
}
