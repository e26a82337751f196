use crate::BlockSize;

/// What stands between name and size in block 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// `name size`: what XOSS and CYCPLUS computers send and understand.
    Space,
    /// `name NUL size`: the standard.
    Nul,
}

/// What block 0 says.
///
/// ```text
/// XOSS      n a m e 20 3 0 0 00 00 …        name, space, decimal size, NUL to the end
/// standard  n a m e 00 3 0 0 00 00 …        the same with NUL; after the size and a space there
///                                           may be a time, a mode and a serial number
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The name, as the sender chose it: any bytes but NUL. Never use it as a path.
    pub name: Vec<u8>,
    /// Size in bytes.
    pub size: u64,
}

impl File {
    /// Reads the data of block 0 in either dialect; `None` when they hold no name or no size.
    ///
    /// A file without a size could not be cut to its length (the last block is filled up, and files
    /// may end in zeros), so one is required.
    pub fn decode(data: &[u8]) -> Option<Self> {
        let mut parts = data.split(|&byte| byte == 0);
        let head = parts.next()?;
        let tail = parts.next().unwrap_or_default();
        let (name, size) = if tail.first().is_some_and(u8::is_ascii_digit) {
            (head, tail.split(|&byte| byte == b' ').next()?)
        } else {
            let space = head.iter().rposition(|&byte| byte == b' ')?;
            (head.get(..space)?, head.get(space + 1..)?)
        };
        if name.is_empty() {
            return None;
        }
        Some(Self {
            name: name.to_vec(),
            size: decimal(size)?,
        })
    }

    /// The data of block 0.
    ///
    /// # Errors
    ///
    /// `None` when name and size don't fit into 128 bytes with a NUL behind, or the name is empty
    /// or holds a NUL.
    pub fn encode(&self, separator: Separator) -> Option<Vec<u8>> {
        let mut data = self.name.clone();
        data.push(match separator {
            Separator::Space => b' ',
            Separator::Nul => 0,
        });
        data.extend(self.size.to_string().into_bytes());
        let fits = data.len() < BlockSize::Short.data();
        (fits && !self.name.is_empty() && !self.name.contains(&0)).then_some(data)
    }
}

/// A number written in decimal digits only.
fn decimal(digits: &[u8]) -> Option<u64> {
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}
