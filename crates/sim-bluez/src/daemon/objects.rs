//! The objects that can be seen on the bus.

use std::collections::{BTreeMap, BTreeSet};

use zbus::zvariant::{ObjectPath, Value};

/// The properties of an interface.
pub(super) type Properties = BTreeMap<&'static str, Value<'static>>;

/// The interfaces of an object.
pub(super) type Interfaces = BTreeMap<&'static str, Properties>;

#[derive(Default)]
pub(super) struct Objects(BTreeMap<String, Interfaces>);

impl Objects {
    pub(super) fn add(&mut self, path: &str, interface: &'static str, properties: Properties) {
        let object = self.0.entry(path.to_owned()).or_default();
        object.insert(interface, properties);
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    /// All properties of an interface of an object.
    pub(super) fn properties(&self, path: &str, interface: &str) -> Option<&Properties> {
        self.0.get(path)?.get(interface)
    }

    pub(super) fn property(
        &self,
        path: &str,
        interface: &str,
        name: &str,
    ) -> Option<&Value<'static>> {
        self.properties(path, interface)?.get(name)
    }

    /// Sets a property of an object, if there is such an object.
    pub(super) fn set(
        &mut self,
        path: &str,
        interface: &str,
        name: &'static str,
        value: Value<'static>,
    ) -> bool {
        let object = self.0.get_mut(path);
        let Some(properties) = object.and_then(|object| object.get_mut(interface)) else {
            return false;
        };
        properties.insert(name, value);
        true
    }

    pub(super) fn unset(&mut self, path: &str, interface: &str, name: &str) {
        let object = self.0.get_mut(path);
        if let Some(properties) = object.and_then(|object| object.get_mut(interface)) {
            properties.remove(name);
        }
    }

    /// The paths of all objects below one, the deepest first.
    pub(super) fn below(&self, path: &str) -> Vec<String> {
        let start = format!("{path}/");
        let below = self.0.keys().filter(|path| path.starts_with(&start));
        below.rev().cloned().collect()
    }

    /// Everything.
    pub(super) fn all(&self) -> zbus::Result<BTreeMap<ObjectPath<'_>, &Interfaces>> {
        let objects = self.0.iter();
        objects
            .map(|(path, object)| Ok((ObjectPath::try_from(path.as_str())?, object)))
            .collect()
    }

    /// What is told of an object that has come.
    pub(super) fn added(&self, path: &str) -> zbus::Result<(ObjectPath<'static>, Interfaces)> {
        let object = self.0.get(path).cloned().unwrap_or_default();
        Ok((ObjectPath::try_from(path.to_owned())?, object))
    }

    /// Takes an object away; what is told of it.
    pub(super) fn removed(
        &mut self,
        path: &str,
    ) -> zbus::Result<(ObjectPath<'static>, Vec<&'static str>)> {
        let object = self.0.remove(path).unwrap_or_default();
        let path = ObjectPath::try_from(path.to_owned())?;
        Ok((path, object.into_keys().collect()))
    }

    /// The XML that tells what is below a path; `None` when there is nothing at it.
    pub(super) fn introspection(&self, path: &str) -> Option<String> {
        let start = if path == "/" {
            path.to_owned()
        } else {
            format!("{path}/")
        };
        let below = self.0.keys().filter_map(|path| path.strip_prefix(&start));
        let children: BTreeSet<&str> = below.filter_map(|rest| rest.split('/').next()).collect();
        if path != "/" && children.is_empty() && !self.has(path) {
            return None;
        }
        let nodes = children
            .iter()
            .map(|child| format!("<node name=\"{child}\"/>"));
        let interfaces = self.0.get(path).into_iter().flat_map(BTreeMap::keys);
        let interfaces = interfaces.map(|name| format!("<interface name=\"{name}\"/>"));
        let inside: String = interfaces.chain(nodes).collect();
        Some(format!("<node>{inside}</node>"))
    }
}
