//! Samples as lines: what a file consists of nearly throughout, so they are not left to a
//! general serializer.

use pipeline_plugin::{Batch, Column, Field};
use table::{TimeWriter, write_json_number};

/// Writes samples.
#[derive(Debug, Default)]
pub(crate) struct SampleLines {
    times: TimeWriter,
    /// The columns that the last `columns` line announced.
    announced: Vec<Announced>,
}

/// A column that a line has announced.
#[derive(Debug)]
struct Announced {
    field: Field,
    /// `,"distance":`
    key: Vec<u8>,
}

impl SampleLines {
    /// Appends a line for each row, and before them one with the columns if they have changed.
    pub(crate) fn write_rows(&mut self, batch: &Batch, out: &mut Vec<u8>) {
        let columns = batch.columns();
        if !self.is_announced(columns) {
            self.announce(columns, out);
        }
        for (row, time) in batch.time().iter().enumerate() {
            out.extend_from_slice(b"{\"sample\":{\"time\":\"");
            self.times.write(out, time.micros());
            out.push(b'"');
            for (column, announced) in columns.iter().zip(&self.announced) {
                let value = column.values.get(row).copied().unwrap_or(f64::NAN);
                if value.is_finite() {
                    out.extend_from_slice(&announced.key);
                    write_json_number(out, value);
                }
            }
            out.extend_from_slice(b"}}\n");
        }
    }

    fn is_announced(&self, columns: &[Column]) -> bool {
        let same = |(known, column): (&Announced, &Column)| {
            known.field == column.field && known.field.unit() == column.field.unit()
        };
        self.announced.len() == columns.len() && self.announced.iter().zip(columns).all(same)
    }

    fn announce(&mut self, columns: &[Column], out: &mut Vec<u8>) {
        self.announced.clear();
        out.extend_from_slice(b"{\"columns\":{");
        for column in columns {
            let mut key = vec![b','];
            write_name(&mut key, &column.field);
            key.push(b':');
            if !self.announced.is_empty() {
                out.push(b',');
            }
            out.extend_from_slice(key.get(1..).unwrap_or_default());
            write_text(out, column.field.unit());
            let field = column.field.clone();
            self.announced.push(Announced { field, key });
        }
        out.extend_from_slice(b"}}\n");
    }

    /// Appends one line for all rows, the text form of the batch.
    pub(crate) fn write_batch(&mut self, batch: &Batch, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"samples\":{\"time\":[");
        for (index, time) in batch.time().iter().enumerate() {
            out.extend_from_slice(if index == 0 { b"\"" } else { b",\"" });
            self.times.write(out, time.micros());
            out.push(b'"');
        }
        out.push(b']');
        for column in batch.columns() {
            out.push(b',');
            write_name(out, &column.field);
            out.extend_from_slice(b":[");
            for (index, value) in column.values.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                if value.is_finite() {
                    write_json_number(out, *value);
                } else {
                    out.extend_from_slice(b"null");
                }
            }
            out.push(b']');
        }
        write_units(batch.columns(), out);
        out.extend_from_slice(b"}}\n");
    }
}

/// The units of columns outside the field table, ordered by name.
fn write_units(columns: &[Column], out: &mut Vec<u8>) {
    let mut own: Vec<&Field> = columns
        .iter()
        .map(|column| &column.field)
        .filter(|field| Field::find(field.name()).is_none() && !field.unit().is_empty())
        .collect();
    if own.is_empty() {
        return;
    }
    own.sort_by_key(|field| field.name());
    out.extend_from_slice(b",\"units\":{");
    for (index, field) in own.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_name(out, field);
        out.push(b':');
        write_text(out, field.unit());
    }
    out.push(b'}');
}

/// The name of a column; one that means something else in a line gets an underscore.
fn write_name(out: &mut Vec<u8>, field: &Field) {
    match field.name() {
        name @ ("time" | "units") => write_text(out, &format!("{name}_")),
        name => write_text(out, name),
    }
}

/// A string of JSON.
fn write_text(out: &mut Vec<u8>, text: &str) {
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(out, text);
}
