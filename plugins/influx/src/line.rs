//! Line protocol.

use pipeline_plugin::{Batch, Header, Kind, Timestamp};
use table::write_number;

/// Writes the lines of a stream.
#[derive(Debug)]
pub(crate) struct Lines {
    /// Measurement and tags: `pipeline,device=shed,kind=log`.
    head: Vec<u8>,
    /// The last sample's time, and how many had it before.
    latest: (Timestamp, i64),
}

impl Lines {
    pub(crate) fn new(measurement: &str, header: &Header) -> Self {
        let mut head = escaped(measurement, &[',', ' ']).into_bytes();
        let names = [&header.device.name, &header.name];
        let device = names.into_iter().find(|name| !name.trim().is_empty());
        let (kind, sport) = match header.kind {
            Kind::Log => ("log", ""),
            Kind::Activity | Kind::File => ("activity", header.sport.sport()),
        };
        // Sorted by their names, as servers like it.
        let device = device.map_or("", |name| name.as_str());
        for (tag, value) in [("device", device), ("kind", kind), ("sport", sport)] {
            let value = escaped(value.trim(), &[',', ' ', '=']);
            if !value.is_empty() {
                head.extend_from_slice(format!(",{tag}={value}").as_bytes());
            }
        }
        let latest = (Timestamp::from_micros(i64::MIN), 0);
        Self { head, latest }
    }

    /// Appends a line for every sample of a batch in which something was measured, and returns how
    /// many these are.
    pub(crate) fn write(&mut self, batch: &Batch, out: &mut Vec<u8>) -> u64 {
        let keys: Vec<_> = batch
            .columns()
            .iter()
            .map(|column| {
                (
                    escaped(column.field.name(), &[',', ' ', '=']),
                    &column.values,
                )
            })
            .filter(|(key, _)| !key.is_empty())
            .collect();
        let mut count = 0;
        for (row, time) in batch.time().iter().enumerate() {
            self.latest = match self.latest {
                (before, n) if before == *time => (*time, n + 1),
                _ => (*time, 0),
            };
            let nanos = time.micros().checked_mul(1000);
            let Some(nanos) = nanos.and_then(|nanos| nanos.checked_add(self.latest.1)) else {
                // Before 1677 or after 2262: InfluxDB has no such times.
                continue;
            };
            let start = out.len();
            out.extend_from_slice(&self.head);
            let mut separator = b' ';
            for (key, values) in &keys {
                let value = values.get(row).copied().unwrap_or(f64::NAN);
                if value.is_finite() {
                    out.push(separator);
                    out.extend_from_slice(key.as_bytes());
                    out.push(b'=');
                    write_number(out, value);
                    separator = b',';
                }
            }
            if separator == b' ' {
                // A line needs a field.
                out.truncate(start);
                continue;
            }
            out.extend_from_slice(format!(" {nanos}\n").as_bytes());
            count += 1;
        }
        count
    }
}

/// A name with a backslash before each of these characters. Control characters become blanks,
/// and a backslash at the end goes: it would take the sign behind it along.
fn escaped(name: &str, special: &[char]) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.trim_end_matches('\\').chars() {
        let c = if c.is_control() { ' ' } else { c };
        if special.contains(&c) {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use pipeline_plugin::{Field, Sport};
    use proptest::prelude::*;

    use super::*;

    fn lines(measurement: &str, device: &str, batch: &Batch) -> String {
        let mut header = Header {
            kind: Kind::Log,
            ..Header::default()
        };
        device.clone_into(&mut header.device.name);
        let mut out = Vec::new();
        Lines::new(measurement, &header).write(batch, &mut out);
        String::from_utf8(out).unwrap()
    }

    /// A reader of line protocol by the letter of its reference: measurement, tags, fields, time.
    type Parsed = (String, Vec<(String, String)>, Vec<(String, f64)>, i64);

    fn parse(line: &str) -> Parsed {
        let mut parts = vec![(String::new(), ' ')];
        let mut letters = line.chars().peekable();
        while let Some(c) = letters.next() {
            let special = |c: &char| matches!(c, ',' | ' ' | '=');
            if c == '\\' && letters.peek().is_some_and(special) {
                parts.last_mut().unwrap().0.push(letters.next().unwrap());
            } else if special(&c) {
                parts.push((String::new(), c));
            } else {
                parts.last_mut().unwrap().0.push(c);
            }
        }
        let mut parts = parts.into_iter();
        let measurement = parts.next().unwrap().0;
        let (mut tags, mut fields, mut time) = (Vec::new(), Vec::new(), None);
        let mut blanks = 0;
        while let Some((text, before)) = parts.next() {
            blanks += u32::from(before == ' ');
            match blanks {
                0 => tags.push((text, parts.next().unwrap().0)),
                1 => fields.push((text, parts.next().unwrap().0.parse().unwrap())),
                _ => time = Some(text.parse().unwrap()),
            }
        }
        (measurement, tags, fields, time.unwrap())
    }

    #[test]
    fn a_sample_is_a_line() {
        let mut batch = Batch::new(&[Field::new("state_of_charge", ""), Field::new("a b", "W")]);
        let start = Timestamp::parse("2026-11-21T10:00:00Z").unwrap();
        batch.push(start, &[73.4, 145.0]);
        batch.push(start, &[f64::NAN, -0.5]);
        batch.push(start + 0.25, &[f64::INFINITY, f64::NAN]);
        batch.push(start + 1.0, &[1e-9, 1e300]);
        assert_eq!(
            lines("pipeline", "POWER 2F1C", &batch),
            "pipeline,device=POWER\\ 2F1C,kind=log state_of_charge=73.4,a\\ b=145 1795255200000000000
pipeline,device=POWER\\ 2F1C,kind=log a\\ b=-0.5 1795255200000000001
pipeline,device=POWER\\ 2F1C,kind=log state_of_charge=0.000000001,a\\ b=1e300 1795255201000000000\n"
        );
        let header = Header {
            sport: Sport::INDOOR_ROWING,
            name: "row.tcx".to_owned(),
            ..Header::default()
        };
        let mut out = Vec::new();
        Lines::new("x", &header).write(&batch, &mut out);
        assert!(out.starts_with(b"x,device=row.tcx,kind=activity,sport=rowing state"));
    }

    #[test]
    fn times_that_do_not_fit_have_no_line() {
        let mut batch = Batch::new(&[Field::new("a", "")]);
        for time in [i64::MIN, -1, 0, i64::MAX] {
            batch.push(Timestamp::from_micros(time), &[1.0]);
        }
        assert_eq!(
            lines("m", "", &batch),
            "m,kind=log a=1 -1000\nm,kind=log a=1 0\n"
        );
    }

    proptest! {
        /// Whatever things are called, a line is one line, and reads back as it was meant.
        #[test]
        fn every_name_reads_back(
            measurement in "[a-z ,\\\\\"\n\u{e4}]{1,6}",
            device in "[a-z ,=\\\\\"\n\u{e4}]{0,6}",
            names in proptest::collection::btree_set("[a-z ,=\\\\\"\n\u{e4}]{1,6}", 1..4),
            value in proptest::num::f64::NORMAL | proptest::num::f64::ZERO,
        ) {
            let fields: Vec<_> = names.iter().map(|name| Field::new(name, "V")).collect();
            let mut batch = Batch::new(&fields);
            batch.push(Timestamp::from_seconds(7), &[value; 4]);
            let text = lines(&measurement, &device, &batch);
            let clean = |text: &str| text.trim_end_matches('\\').replace('\n', " ");
            let expected: Vec<_> = names
                .iter()
                .map(|name| (clean(name), value))
                .filter(|(name, _)| !name.is_empty())
                .collect();
            if expected.is_empty() {
                prop_assert_eq!(text, "");
                return Ok(());
            }
            prop_assume!(!clean(&measurement).is_empty());
            prop_assert_eq!(text.matches('\n').count(), 1);
            let (found, tags, fields, time) = parse(text.trim_end_matches('\n'));
            let device = clean(device.trim());
            let device = (!device.is_empty()).then(|| ("device".to_owned(), device));
            let kind = ("kind".to_owned(), "log".to_owned());
            prop_assert_eq!(found, clean(&measurement));
            prop_assert_eq!(tags, device.into_iter().chain([kind]).collect::<Vec<_>>());
            prop_assert_eq!(fields, expected);
            prop_assert_eq!(time, 7_000_000_000);
        }
    }
}
