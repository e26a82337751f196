use std::time::Duration;

/// A Bluetooth connection, as far as it decides how fast bytes come.
///
/// Time goes in connection events, one every `interval`. In each, both sides exchange at most
/// `per_event` packets of the link layer; a notification or write takes as many as its bytes need.
/// What the host writes goes out in the next event, what the device answers earliest
/// `answer_events` later, since it can't prepare it within the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The connection interval.
    pub interval: Duration,
    /// The MTU that the host asks for.
    pub mtu: usize,
    /// Most bytes in a packet of the link layer: 27, or 251 with data length extension.
    pub packet: usize,
    /// How long one exchange of packets takes.
    pub exchange: Duration,
    /// Most exchanges in an event; `None`: as many as fit.
    pub cap: Option<usize>,
    /// Events from a write to the answer.
    pub answer_events: u32,
}

/// Bytes that ATT and L2CAP put before the payload.
const OVERHEAD: usize = 7;

impl Link {
    /// The oldest devices: MTU 23, packets of 27 bytes, six in an event.
    pub fn old(interval: Duration) -> Self {
        Self {
            interval,
            mtu: 23,
            packet: 27,
            exchange: exchange_1m(27),
            cap: Some(6),
            answer_events: 1,
        }
    }

    /// What was sniffed of a G+ Gen 1: four packets in an event, and it listens rarely enough that an
    /// answer takes five events.
    pub fn sniffed_g_gen1(interval: Duration) -> Self {
        Self {
            cap: Some(4),
            answer_events: 5,
            ..Self::old(interval)
        }
    }

    /// MTU 247 without data length extension.
    pub fn long_mtu(interval: Duration) -> Self {
        Self {
            mtu: 247,
            cap: None,
            ..Self::old(interval)
        }
    }

    /// MTU 247 with data length extension.
    pub fn extended(interval: Duration) -> Self {
        Self {
            packet: 251,
            exchange: exchange_1m(251),
            ..Self::long_mtu(interval)
        }
    }

    /// The same with twice the bits a second.
    pub fn extended_2m(interval: Duration) -> Self {
        Self {
            exchange: Duration::from_micros(44 + 150 + 4 * (11 + 251) + 150),
            ..Self::extended(interval)
        }
    }

    /// No radio at all: everything arrives within microseconds.
    pub fn immediate(mtu: usize) -> Self {
        Self {
            interval: Duration::from_micros(2),
            mtu,
            packet: 251,
            exchange: Duration::ZERO,
            cap: Some(1000),
            answer_events: 1,
        }
    }

    /// Packets of the link layer that fit into an event, at least one.
    pub fn per_event(&self) -> usize {
        let fit = match self.exchange.as_nanos() {
            0 => usize::MAX,
            exchange => usize::try_from(self.interval.as_nanos() / exchange).unwrap_or(usize::MAX),
        };
        fit.min(self.cap.unwrap_or(usize::MAX)).max(1)
    }

    /// Packets of the link layer for so many bytes of a notification or write.
    pub(crate) fn packets(&self, bytes: usize) -> usize {
        (bytes + OVERHEAD).div_ceil(self.packet)
    }
}

/// An empty packet, a pause, a packet of so many bytes, a pause, at one megabit a second.
const fn exchange_1m(packet: u64) -> Duration {
    Duration::from_micros(80 + 150 + 8 * (10 + packet) + 150)
}

/// Which way a packet goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// A notification.
    FromDevice,
    /// A write.
    ToDevice,
}

/// Something that happens to one notification or write on its way.
///
/// A radio doesn't do that, but stacks do: under load they lose, repeat and delay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkFault {
    /// Which way.
    pub direction: Direction,
    /// The number of the packet in its direction, from 0.
    pub packet: usize,
    /// What happens.
    pub kind: LinkFaultKind,
}

/// What happens to a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkFaultKind {
    /// It doesn't arrive.
    Lose,
    /// It arrives twice.
    Repeat,
    /// Bits are flipped in one byte, wherever the place is within it.
    Damage {
        /// The byte, modulo the packet's length.
        byte: usize,
        /// What is flipped; not 0.
        bits: u8,
    },
    /// It arrives in two pieces.
    Split(usize),
    /// It, and everything behind it, arrives later.
    Delay(Duration),
}
