//! What a recording has to begin with when it goes on in another file: how things stand.
//!
//! A source that begins with it finds the devices that are connected. One that is being looked for
//! just then is looked for from the beginning, so it may be found some seconds later: a belt, of whose
//! heart rates the first may be missing.

use std::collections::BTreeMap;

use super::Entry;

/// What was asked for on a link is remembered up to this many answers; a source asks for a dozen.
const MOST: usize = 1000;

/// Links that are up, and what they have told.
#[derive(Debug, Default)]
pub(super) struct Standing {
    links: BTreeMap<u32, Link>,
    /// Devices that were seen and not yet connected to, by their identifiers.
    seen: BTreeMap<String, Entry>,
}

#[derive(Debug)]
struct Link {
    seen: Option<Entry>,
    connected: Entry,
    /// The last answer to each question, in the order in which they were asked.
    answers: Vec<Entry>,
    /// The last value of each characteristic, in the order in which they came.
    values: Vec<Entry>,
}

impl Standing {
    /// Something happens.
    pub(super) fn take(&mut self, entry: &Entry) {
        match entry {
            Entry::Seen { device, .. } => {
                self.seen.insert(device.id.clone(), entry.clone());
            }
            Entry::Connected { link, device, .. } => {
                let begun = Link {
                    seen: self.seen.remove(device),
                    connected: entry.clone(),
                    answers: Vec::new(),
                    values: Vec::new(),
                };
                self.links.insert(*link, begun);
            }
            Entry::Unconnected { device, .. } => {
                self.seen.remove(device);
            }
            Entry::Done { link, .. } => {
                if let Some(link) = self.links.get_mut(link) {
                    link.answers
                        .retain(|before| !is_same_question(before, entry));
                    if link.answers.len() < MOST {
                        link.answers.push(entry.clone());
                    }
                }
            }
            Entry::Value { link, of, .. } => {
                if let Some(link) = self.links.get_mut(link) {
                    let is_of =
                        |before: &Entry| matches!(before, Entry::Value { of: b, .. } if b == of);
                    link.values.retain(|before| !is_of(before));
                    link.values.push(entry.clone());
                }
            }
            Entry::Lost { link, .. } | Entry::Disconnected { link, .. } => {
                self.links.remove(link);
            }
            Entry::Delivered { .. } | Entry::Stop { .. } | Entry::End { .. } => {}
        }
    }

    /// How many scans a source needs that gets there: one for each device.
    pub(super) fn scans(&self) -> u32 {
        u32::try_from(self.links.len() + self.seen.len()).unwrap_or(u32::MAX)
    }

    /// What leads to how things stand, all of it at the start of a recording. Each of the first
    /// `scans` scans sees all devices, for nobody knows which looks for which.
    pub(super) fn entries(&self, scans: u32) -> Vec<Entry> {
        let mut entries = Vec::new();
        for scan in 1..=scans {
            let linked = self.links.values().filter_map(|link| link.seen.as_ref());
            let seen = linked.chain(self.seen.values());
            entries.extend(seen.map(|seen| at_start(seen, scan)));
        }
        for link in self.links.values() {
            let told = link.answers.iter().chain(&link.values);
            let all = std::iter::once(&link.connected).chain(told);
            entries.extend(all.map(|entry| at_start(entry, 0)));
        }
        entries
    }
}

/// Whether both are answers to the same question.
fn is_same_question(one: &Entry, other: &Entry) -> bool {
    let question = |entry: &Entry| match entry {
        Entry::Done { op, of, hex, .. } => Some((*op, *of, op.is_write().then(|| hex.clone()))),
        _ => None,
    };
    question(one).is_some_and(|asked| question(other) == Some(asked))
}

/// The same at the start of a recording.
fn at_start(entry: &Entry, number: u32) -> Entry {
    let mut entry = entry.clone();
    match &mut entry {
        Entry::Seen { t, scan, .. } => (*t, *scan) = (0, number),
        Entry::Connected { t, asked, .. } | Entry::Done { t, asked, .. } => (*t, *asked) = (0, 0),
        Entry::Value { t, .. } => *t = 0,
        _ => {}
    }
    entry
}
