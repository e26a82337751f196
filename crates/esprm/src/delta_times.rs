use std::time::Duration;

use crate::Error;

/// Delta Times: the times between impulses of the flywheel, oldest first.
///
/// Each is a u32 in microseconds. The monitor collects them and sends them when a notification is
/// full or a second has passed, but only if its firmware was built for it, it was asked to
/// ([`Request::SetDeltaTimeLogging`](crate::Request::SetDeltaTimeLogging)), and the notification
/// can hold [some](Self::per_notification).
#[derive(Clone, Debug)]
pub struct DeltaTimes<'a> {
    rest: &'a [u8],
}

impl<'a> DeltaTimes<'a> {
    /// Decodes a value.
    ///
    /// # Errors
    ///
    /// When its length is no multiple of 4.
    pub fn decode(value: &'a [u8]) -> Result<Self, Error> {
        if value.len().is_multiple_of(4) {
            Ok(Self { rest: value })
        } else {
            Err(Error::Uneven {
                characteristic: "Delta Times",
                length: value.len(),
            })
        }
    }

    /// How many times one notification has at most; `None` where the MTU is below 100, at which
    /// the monitor sends nothing.
    pub fn per_notification(mtu: usize) -> Option<usize> {
        (mtu >= 100).then_some((mtu - 3) / 4)
    }
}

impl Iterator for DeltaTimes<'_> {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let (time, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(Duration::from_micros(u32::from_le_bytes(*time).into()))
    }
}
