//! The first line of a file: which columns it has.

use pipeline_plugin::{Batch, Error, Field, Result};

/// More columns than this are an accident.
const MOST: usize = 4096;

/// The title of the first column.
const TIME: &str = "time";

/// The titles of a file's columns behind the time: `state_of_charge (%)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Titles(Vec<String>);

impl Titles {
    /// Titles of a first line with its line end; `None` if it is none of a log.
    pub(crate) fn parse(line: &[u8]) -> Option<Self> {
        let mut reader = csv_core::Reader::new();
        let mut text = vec![0; line.len() + 1];
        let mut ends = vec![0; line.len() + 1];
        let (result, _, _, count) = reader.read_record(line, &mut text, &mut ends);
        if result != csv_core::ReadRecordResult::Record {
            return None;
        }
        let mut cells = Vec::with_capacity(count);
        let mut start = 0;
        for end in ends.into_iter().take(count) {
            let cell = str::from_utf8(text.get(start..end)?).ok()?;
            cells.push(cell.to_owned());
            start = end;
        }
        let titles = cells.split_off(1.min(cells.len()));
        let titles = (cells.first()? == TIME && !titles.is_empty()).then_some(Self(titles))?;
        // What this sink would not have written so is not its own.
        (titles.line() == line).then_some(titles)
    }

    /// The first line, with its end.
    pub(crate) fn line(&self) -> Vec<u8> {
        let mut line = TIME.as_bytes().to_vec();
        for title in &self.0 {
            line.push(b',');
            if title.contains(['"', ',']) || title.is_empty() {
                line.push(b'"');
                line.extend_from_slice(title.replace('"', "\"\"").as_bytes());
                line.push(b'"');
            } else {
                line.extend_from_slice(title.as_bytes());
            }
        }
        line.push(b'\n');
        line
    }

    /// How many cells a row has.
    pub(crate) fn width(&self) -> usize {
        self.0.len() + 1
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there is a column for every value of a batch.
    pub(crate) fn take(&self, batch: &Batch) -> bool {
        let mut columns = batch.columns().iter();
        columns.all(|column| self.0.contains(&title(&column.field)))
    }

    /// Adds the columns that a batch has beyond these.
    ///
    /// # Errors
    ///
    /// When there are too many.
    pub(crate) fn extend(&mut self, batch: &Batch) -> Result<()> {
        for column in batch.columns() {
            let title = title(&column.field);
            if !self.0.contains(&title) {
                self.0.push(title);
            }
        }
        if self.0.len() > MOST {
            return Err(Error::skip("the log has more than 4,096 columns"));
        }
        Ok(())
    }

    /// A batch's values by column.
    pub(crate) fn columns<'a>(&self, batch: &'a Batch) -> Vec<Option<&'a [f64]>> {
        let titles: Vec<_> = batch.columns().iter().map(|c| title(&c.field)).collect();
        let column = |wanted: &String| {
            let mut known = titles.iter().zip(batch.columns());
            let found = known.find(|(title, _)| *title == wanted);
            found.map(|(_, column)| column.values.as_slice())
        };
        self.0.iter().map(column).collect()
    }
}

/// The title of a column: `ac_power (W)`.
fn title(field: &Field) -> String {
    let (name, unit) = (field.name(), field.unit());
    let underscore = if name == TIME { "_" } else { "" };
    let title = if unit.is_empty() && !name.ends_with([')', ']']) {
        format!("{name}{underscore}")
    } else {
        format!("{name}{underscore} ({unit})")
    };
    // A title is one line, whatever a field is called.
    title.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(columns: &[(&str, &str)]) -> Batch {
        let fields: Vec<_> = columns.iter().map(|(n, u)| Field::new(n, u)).collect();
        Batch::new(&fields)
    }

    #[test]
    fn titles_read_back() {
        let mut titles = Titles::default();
        let columns = [
            ("state_of_charge", ""),
            ("power", "V"),
            ("a,\"b\"", "A"),
            ("time", "s"),
            ("two\nlines", ""),
            ("raw (x)", ""),
            ("", ""),
        ];
        titles.extend(&batch(&columns)).unwrap();
        let line = titles.line();
        assert_eq!(
            String::from_utf8_lossy(&line),
            "time,state_of_charge (%),power (W),\"a,\"\"b\"\" (A)\",time_ (s),two lines,raw (x) (),\"\"\n"
        );
        assert_eq!(Titles::parse(&line), Some(titles.clone()));
        assert!(titles.take(&batch(&columns[..2])));
        assert!(!titles.take(&batch(&[("power_2", "W")])));
        let before = titles.clone();
        titles.extend(&batch(&columns)).unwrap();
        assert_eq!(titles, before);
    }

    #[test]
    fn other_tables_are_not_ours() {
        for line in [
            "",
            "\n",
            "time\n",
            "Time,a\n",
            "date,a\n",
            "time,a",
            "time,a\r\n",
            "time;a\n",
            "time,\"a\"\n",
            "\u{feff}time,a\n",
            "hello\n",
        ] {
            assert_eq!(Titles::parse(line.as_bytes()), None, "{line:?}");
        }
    }
}
