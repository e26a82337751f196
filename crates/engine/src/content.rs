//! The content key: what makes an activity the same activity.

use pipeline_plugin::{Batch, ContentKey, Field, Header, Item};
use sha2::{Digest, Sha256};

/// Computes the content key of a stream from what the source sends, before any transform.
///
/// Each column has a hash of its own, so the key does not depend on how the samples were cut
/// into batches, nor on columns without any value.
pub(crate) struct ContentHasher {
    header: Sha256,
    time: Sha256,
    columns: Vec<ColumnHasher>,
    rows: u64,
    bytes: Vec<u8>,
}

struct ColumnHasher {
    field: Field,
    hash: Sha256,
    rows: u64,
    has_value: bool,
}

/// Little-endian bytes of the one `NaN` that stands for "not measured".
const MISSING: [u8; 8] = 0x7ff8_0000_0000_0000_u64.to_le_bytes();

impl ContentHasher {
    pub(crate) fn new(header: &Header) -> Self {
        let mut hash = Sha256::new();
        let device = &header.device;
        for part in [
            "pipeline content 1",
            &device.name,
            &device.manufacturer.unwrap_or(0).to_string(),
            &device.serial.unwrap_or(0).to_string(),
            &header.start.micros().to_string(),
            &header.sport.to_string(),
        ] {
            hash.update(part);
            hash.update([0]);
        }
        let (time, columns) = (Sha256::new(), Vec::new());
        Self {
            header: hash,
            time,
            columns,
            rows: 0,
            bytes: Vec::with_capacity(8 * Batch::ROWS),
        }
    }

    pub(crate) fn take(&mut self, item: &Item) {
        match item {
            Item::Samples(batch) => self.samples(batch),
            Item::Bytes(bytes) => self.header.update(bytes),
            Item::Lap(_) | Item::Event(_) | Item::Curve(_) => {}
        }
    }

    fn samples(&mut self, batch: &Batch) {
        self.bytes.clear();
        self.bytes.extend(
            batch
                .time()
                .iter()
                .flat_map(|time| time.micros().to_le_bytes()),
        );
        self.time.update(&self.bytes);
        for column in batch.columns() {
            let known = self
                .columns
                .iter()
                .position(|known| known.field == column.field);
            let index = known.unwrap_or_else(|| {
                let field = column.field.clone();
                let hash = Sha256::new();
                self.columns.push(ColumnHasher {
                    field,
                    hash,
                    rows: 0,
                    has_value: false,
                });
                self.columns.len() - 1
            });
            let known = &mut self.columns[index];
            known.skip_to(self.rows);
            self.bytes.clear();
            for value in &column.values {
                known.has_value |= !value.is_nan();
                // Adding zero makes one zero of the two that floats have.
                let bytes = if value.is_nan() {
                    MISSING
                } else {
                    (value + 0.0).to_le_bytes()
                };
                self.bytes.extend_from_slice(&bytes);
            }
            known.hash.update(&self.bytes);
            known.rows += column.values.len() as u64;
        }
        self.rows += batch.len() as u64;
    }

    pub(crate) fn key(&self) -> ContentKey {
        let mut hash = self.header.clone();
        hash.update(self.rows.to_le_bytes());
        hash.update(self.time.clone().finalize());
        let mut columns: Vec<_> = self
            .columns
            .iter()
            .filter(|column| column.has_value)
            .collect();
        columns.sort_by(|a, b| a.field.name().cmp(b.field.name()));
        for column in columns {
            let mut values = column.hash.clone();
            for _ in column.rows..self.rows {
                values.update(MISSING);
            }
            hash.update(column.field.name());
            hash.update(values.finalize());
        }
        ContentKey(hash.finalize().into())
    }
}

impl ColumnHasher {
    /// Rows for which there was no such column count as not measured.
    fn skip_to(&mut self, rows: u64) {
        while self.rows < rows {
            self.hash.update(MISSING);
            self.rows += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use pipeline_plugin::{Timestamp, field};

    use super::*;

    fn key(batches: &[Batch]) -> String {
        let mut hasher = ContentHasher::new(&Header::default());
        for batch in batches {
            hasher.take(&Item::Samples(batch.clone()));
        }
        hasher.key().short()
    }

    #[test]
    fn batches_and_empty_columns_do_not_matter_but_values_do() {
        let fields = [field::DISTANCE, field::POWER, field::SPEED];
        let mut whole = Batch::new(&fields);
        for second in 0_i32..9 {
            let power = if second < 4 { f64::NAN } else { 100.0 };
            let time = Timestamp::from_seconds(second.into());
            whole.push(time, &[f64::from(second), power, f64::NAN]);
        }
        let mut first = whole.clone();
        let second = first.split_off(3);
        let mut bare = first.clone();
        bare.remove(&field::SPEED);
        bare.remove(&field::POWER);
        assert_eq!(key(&[first.clone(), second.clone()]), key(&[whole.clone()]));
        assert_eq!(key(&[bare, second]), key(&[whole.clone()]));
        if let Some(power) = whole.column_mut(&field::POWER) {
            power[8] = 101.0;
        }
        assert_ne!(key(&[whole]), key(&[first]));
    }
}
