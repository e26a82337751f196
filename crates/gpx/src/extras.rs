//! Numbers that have no field of their own, by the names of their elements.

/// So many names are kept; no writer comes near.
const MOST: usize = 32;

/// The names seen so far, and the values of the open point.
#[derive(Debug, Default)]
pub(crate) struct Extras {
    names: Vec<String>,
    values: Vec<f64>,
    /// Where the next name is likely to be: points of a file mostly say the same, in the same order.
    next: usize,
}

impl Extras {
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Keeps a value of the open point; tells whether there was room for its name.
    #[inline]
    pub(crate) fn put(&mut self, name: &[u8], value: f64) -> bool {
        let likely = self.names.get(self.next).map(String::as_bytes);
        let index = if likely == Some(name) {
            self.next
        } else if let Some(index) = self.index(name) {
            index
        } else {
            return false;
        };
        if self.values.len() <= index {
            self.values.resize(index + 1, f64::NAN);
        }
        if let Some(slot) = self.values.get_mut(index) {
            *slot = value;
        }
        self.next = index + 1;
        true
    }

    #[cold]
    fn index(&mut self, name: &[u8]) -> Option<usize> {
        let known = |known: &String| known.as_bytes() == name;
        if let Some(index) = self.names.iter().position(known) {
            return Some(index);
        }
        if self.names.len() >= MOST {
            return None;
        }
        let name = std::str::from_utf8(name).ok()?;
        self.names.push(name.to_owned());
        Some(self.names.len() - 1)
    }

    /// The values of the open point, which ends.
    #[inline]
    pub(crate) fn take(&mut self) -> Vec<f64> {
        self.next = 0;
        std::mem::take(&mut self.values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_in_the_order_of_their_names() {
        let mut extras = Extras::default();
        assert!(extras.put(b"gain", 1.0));
        assert!(extras.put(b"loss", 2.0));
        assert_eq!(extras.take(), [1.0, 2.0]);
        assert!(extras.take().is_empty());
        assert!(extras.put(b"loss", 3.0));
        assert!(extras.take()[0].is_nan());
        assert_eq!(extras.names(), ["gain", "loss"]);
    }

    #[test]
    fn names_are_limited() {
        let mut extras = Extras::default();
        for number in 0..MOST {
            assert!(extras.put(format!("e{number}").as_bytes(), 0.0));
        }
        assert!(!extras.put(b"one more", 0.0));
        assert!(!extras.put(b"\xff", 0.0));
        assert!(extras.put(b"e7", 7.0));
        assert_eq!(extras.names().len(), MOST);
    }
}
