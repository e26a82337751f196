/// Which kind of station a name belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// One that tells its state over Bluetooth.
    Sydpower,
    /// A Fossibot F1800 or F300, `FOSS_` and a serial number: Bluetooth only sets its Wi-Fi, and its
    /// state can be had over Wi-Fi in another protocol.
    WifiOnly,
}

/// What stations of the app advertise; older ones have the make's name.
const SYDPOWER: [&str; 3] = ["POWER-", "FOSSIBOT", "AFERIY"];

impl Family {
    /// The kind of station that has this advertised name; `None` when it is no name of one.
    pub fn of(name: &str) -> Option<Self> {
        if name.starts_with("FOSS_") {
            return Some(Self::WifiOnly);
        }
        let known = SYDPOWER.iter().any(|prefix| name.starts_with(prefix));
        known.then_some(Self::Sydpower)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_family() {
        for name in [
            "POWER-0084",
            "POWER-V1-1C83",
            "FOSSIBOT F2400",
            "AFERIY P210",
        ] {
            assert_eq!(Family::of(name), Some(Family::Sydpower), "{name}");
        }
        assert_eq!(Family::of("FOSS_F1800A123"), Some(Family::WifiOnly));
        assert_eq!(Family::of("HRM 4F2A"), None);
    }
}
