use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Sighting, Uuid};

/// Which device is meant: its name as it advertises it, in which `*` stands for anything and `?`
/// for one character, or its address. Upper and lower case are the same.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct DeviceName(String);

/// Which devices a source can use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector {
    name: Option<DeviceName>,
    names: Vec<DeviceName>,
    services: Vec<Uuid>,
}

impl DeviceName {
    /// That name, pattern or address.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether that device is meant.
    pub fn matches(&self, sighting: &Sighting) -> bool {
        self.0.eq_ignore_ascii_case(&sighting.id)
            || sighting
                .name
                .as_ref()
                .is_some_and(|name| matches(&self.0, name))
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DeviceName {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text))
    }
}

impl Selector {
    /// Devices that advertise that service.
    pub fn with_service(service: Uuid) -> Self {
        Self::default().or_service(service)
    }

    /// Devices of that name.
    pub fn with_name(name: &str) -> Self {
        Self::default().or_name(name)
    }

    /// Also those that advertise that service.
    #[must_use]
    pub fn or_service(mut self, service: Uuid) -> Self {
        self.services.push(service);
        self
    }

    /// Also those of that name, in which `*` stands for anything.
    #[must_use]
    pub fn or_name(mut self, name: &str) -> Self {
        self.names.push(DeviceName::new(name));
        self
    }

    /// Only the device of that name or address, whatever it advertises: what a person asked for.
    #[must_use]
    pub fn named(mut self, name: DeviceName) -> Self {
        self.name = Some(name);
        self
    }

    /// The name or address that a person asked for.
    pub fn name(&self) -> Option<&DeviceName> {
        self.name.as_ref()
    }

    /// Whether that device is meant.
    pub fn matches(&self, sighting: &Sighting) -> bool {
        if let Some(name) = &self.name {
            return name.matches(sighting);
        }
        let advertised = |service| sighting.services.contains(service);
        self.services.iter().any(advertised) || self.names.iter().any(|name| name.matches(sighting))
    }
}

/// Whether `text` is of that pattern, in which `*` is anything and `?` one character.
fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().flat_map(char::to_lowercase).collect();
    let text: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let (mut at, mut read) = (0, 0);
    // Where the last star stands, and what it has swallowed so far.
    let mut star: Option<(usize, usize)> = None;
    while let Some(character) = text.get(read) {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || wanted == character => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((place, swallowed)) = star else {
                    return false;
                };
                star = Some((place, swallowed + 1));
                at = place + 1;
                read = swallowed + 1;
            }
        }
    }
    pattern.iter().skip(at).all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_names() {
        for (pattern, name, expected) in [
            ("XOSS*", "XOSS G-040989", true),
            ("xoss g-??????", "XOSS G-040989", true),
            ("XOSS", "XOSS G-040989", false),
            ("*(CPS)", "Concept2 (CPS)", true),
            ("*a*b*", "xxaYYbzz", true),
            ("*a*b", "xxaYYbzz", false),
            ("*", "", true),
            ("?", "", false),
            ("Rüderer*", "RÜDERER 7", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn who_asks_for_a_device_gets_no_other() {
        let rower = Sighting {
            id: "AA:BB:CC:DD:EE:FF".to_owned(),
            name: Some("KayakFirst (CPS)".to_owned()),
            services: vec![super::super::uuid16(0x1818)],
            ..Sighting::default()
        };
        let any = Selector::with_service(super::super::uuid16(0x1818));
        assert!(any.matches(&rower));
        let other = any.clone().named(DeviceName::new("Concept2*"));
        assert!(!other.matches(&rower));
        let address = any.named(DeviceName::new("aa:bb:cc:dd:ee:ff"));
        assert!(address.matches(&rower));
    }
}
