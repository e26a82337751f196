use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use esprm::DeltaTimes;
use pipeline_plugin::{Batch, Error, Field, Header, Item, Kind, Result, StreamOut, Timestamp};

/// The times between impulses of one activity, on their way to a log of their own.
///
/// Streams come one after another, so they wait in a temporary file until the activity is over: for
/// each impulse its time and the time since the one before, in microseconds.
#[derive(Debug)]
pub(crate) struct Deltas {
    file: BufWriter<File>,
    count: u64,
}

impl Deltas {
    pub(crate) fn new() -> Result<Self> {
        let file = tempfile::tempfile().map_err(cannot)?;
        Ok(Self {
            file: BufWriter::new(file),
            count: 0,
        })
    }

    /// Takes a notification; the last of its impulses was just now.
    pub(crate) fn take(&mut self, time: Timestamp, value: &[u8]) -> Result<()> {
        let Ok(deltas) = DeltaTimes::decode(value) else {
            return Ok(());
        };
        let deltas: Vec<i64> = deltas
            .map(|delta| i64::try_from(delta.as_micros()).unwrap_or(i64::MAX))
            .collect();
        let mut at = time.micros() - deltas.iter().sum::<i64>();
        for delta in deltas {
            at += delta;
            let delta = u32::try_from(delta).unwrap_or(u32::MAX);
            let entry = [at.to_le_bytes().as_slice(), &delta.to_le_bytes()].concat();
            self.file.write_all(&entry).map_err(cannot)?;
            self.count += 1;
        }
        Ok(())
    }

    /// Sends them as a log that belongs to the activity of that header.
    pub(crate) async fn send(self, activity: &Header, out: &mut dyn StreamOut) -> Result<()> {
        if self.count == 0 {
            return Ok(());
        }
        let mut file = self
            .file
            .into_inner()
            .map_err(|error| cannot(error.into_error()))?;
        file.seek(SeekFrom::Start(0)).map_err(cannot)?;
        let mut file = BufReader::new(file);
        out.open(Header {
            kind: Kind::Log,
            name: format!("{}, delta times", activity.name),
            ..activity.clone()
        })
        .await?;
        let mut left = self.count;
        while left > 0 {
            let batch = batch(&mut file, &mut left)?;
            out.send(Item::Samples(batch)).await?;
        }
        let _ = out.finish().await?;
        Ok(())
    }
}

/// The next impulses, as many as a batch has.
fn batch(file: &mut impl Read, left: &mut u64) -> Result<Batch> {
    let mut batch = Batch::new(&[Field::new("delta_time", "s")]);
    while *left > 0 && batch.len() < Batch::ROWS {
        let (mut at, mut delta) = ([0; 8], [0; 4]);
        file.read_exact(&mut at).map_err(cannot)?;
        file.read_exact(&mut delta).map_err(cannot)?;
        let at = Timestamp::from_micros(i64::from_le_bytes(at));
        let seconds = f64::from(u32::from_le_bytes(delta)) / 1e6;
        batch.push(at, &[seconds]);
        *left -= 1;
    }
    Ok(batch)
}

fn cannot(error: std::io::Error) -> Error {
    Error::io("keep the delta times in a temporary file", error)
}
