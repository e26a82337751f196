/// A cumulative counter with the time at which it last changed: wheel or crank revolutions.
///
/// On rowers a wheel "revolution" is a stretch of distance (1 cm on an ESP Rowing Monitor and on
/// Open Rowing Monitor) and a crank revolution is a stroke.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Revolutions {
    /// Revolutions since the device started. A wheel's wrap at 2³², a crank's at 2¹⁶.
    pub count: u32,
    /// When the last of them ended, in ticks of an [`EventClock`].
    pub time: u16,
}

/// How a device counts the 16-bit times of its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventClock {
    /// Ticks in a second.
    pub frequency: u16,
    /// After how many ticks it begins again: 65,536 by the standard.
    pub modulus: u32,
}

impl EventClock {
    /// Wheel times of the Cycling Power Measurement: 1/2048 s, which wrap every 32 s.
    pub const CYCLING_POWER_WHEEL: Self = Self::standard(2048);
    /// Crank times of the Cycling Power Measurement: 1/1024 s, which wrap every 64 s.
    pub const CYCLING_POWER_CRANK: Self = Self::standard(1024);
    /// Wheel and crank times of the CSC Measurement: 1/1024 s, which wrap every 64 s.
    pub const CSC: Self = Self::standard(1024);

    const fn standard(frequency: u16) -> Self {
        Self {
            frequency,
            modulus: 1 << 16,
        }
    }

    /// The same clock on a device whose times never are 65,535.
    ///
    /// The firmware of the ESP Rowing Monitor reduces its times modulo `USHRT_MAX` (seen in its
    /// source, `bluetooth/ble-services`); counted modulo 65,536 a row gets 15 ppm too long.
    #[must_use]
    pub const fn modulo_65535(self) -> Self {
        Self {
            modulus: 65_535,
            ..self
        }
    }

    /// Seconds from one event to a later one. Right if they are less than [`wrap`](Self::wrap)
    /// apart.
    pub fn seconds(self, from: u16, to: u16) -> f64 {
        let modulus = self.modulus.max(1);
        let ticks = (u32::from(to) + modulus - u32::from(from) % modulus) % modulus;
        f64::from(ticks) / f64::from(self.frequency.max(1))
    }

    /// After how many seconds the clock begins again.
    pub fn wrap(self) -> f64 {
        f64::from(self.modulus) / f64::from(self.frequency.max(1))
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "binary fractions are exact")]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_wrap() {
        let standard = EventClock::CSC;
        assert_eq!(standard.seconds(65_500, 100), 136.0 / 1024.0);
        assert_eq!(standard.modulo_65535().seconds(65_500, 100), 135.0 / 1024.0);
        // A value that the odd clock never takes means its 0.
        assert_eq!(standard.modulo_65535().seconds(65_535, 1), 1.0 / 1024.0);
        assert_eq!(EventClock::CYCLING_POWER_WHEEL.wrap(), 32.0);
        assert_eq!(standard.seconds(7, 7), 0.0);
    }
}
