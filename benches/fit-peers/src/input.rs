//! What is read: files, and a large one that is made here.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use fit::profile::{self, record};
use fit::{Decoder, Encoder, Shape};

use crate::probe::{self, Peer};

/// A file to read.
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) messages: usize,
    /// Who doesn't take part, and why.
    pub(crate) out: Vec<(Peer, String)>,
}

/// Records of the file that is made.
const RECORDS: u32 = 300_000;

/// Real files that are read if none are given, if they are there.
const FILES: [&str; 5] = [
    "valid/38-bench-sample-1h-run.fit",
    "valid/30-coros-misaligned-field-sizes.fit",
    "valid/27-event-timestamp-5-chained.fit",
    "valid/32-coxswain2fit-10km-result.fit",
    "golden/golden-row-10km-dev.fit",
];

/// The given files or, without any, real ones; and the one that is made.
pub(crate) fn all(files: &[PathBuf]) -> Result<Vec<Input>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/fit");
    let mut paths = files.to_vec();
    if paths.is_empty() {
        paths.extend(
            FILES
                .iter()
                .map(|name| folder.join(name))
                .filter(|it| it.is_file()),
        );
    }
    if paths.is_empty() {
        eprintln!("skipped: real files, there is no {}", folder.display());
    }
    let mut inputs = Vec::new();
    for path in &paths {
        let bytes = fs::read(path).with_context(|| path.display().to_string())?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        inputs.push(Input::new(name.into_owned(), bytes)?);
    }
    inputs.push(Input::new(
        format!("{RECORDS} records of 12 fields"),
        large()?,
    )?);
    Ok(inputs)
}

impl Input {
    fn new(name: String, bytes: Vec<u8>) -> Result<Self> {
        let mut messages = 0;
        let mut decoder = Decoder::new(&bytes);
        while decoder.next_message()?.is_some() {
            messages += 1;
        }
        let mut out = Vec::new();
        for peer in Peer::ALL {
            out.extend(probe::apart(peer, &bytes)?.map(|reason| (peer, reason)));
        }
        Ok(Self {
            name,
            bytes,
            messages,
            out,
        })
    }
}

impl Input {
    pub(crate) fn takes_part(&self, peer: Peer) -> bool {
        self.out.iter().all(|(other, _)| *other != peer)
    }
}

/// A ride of a few days.
fn large() -> Result<Vec<u8>> {
    let shape = Shape::of(profile::RECORD)
        .field(record::TIMESTAMP)
        .field(record::POSITION_LAT)
        .field(record::POSITION_LONG)
        .field(record::DISTANCE)
        .field(record::ENHANCED_ALTITUDE)
        .field(record::ENHANCED_SPEED)
        .field(record::POWER)
        .field(record::HEART_RATE)
        .field(record::CADENCE)
        .field(record::TEMPERATURE)
        .field(record::TOTAL_CYCLES)
        .field(record::CALORIES)
        .build()?;
    let mut encoder = Encoder::new(Cursor::new(Vec::new()))?;
    for second in 0..RECORDS {
        let time = f64::from(second);
        let wave = (time / 60.0).sin();
        encoder.write(
            &shape,
            &[
                1.129e9 + time,
                6e8 + 300.0 * time,
                1e8 - 200.0 * time,
                7.5 * time,
                200.0 + 50.0 * wave,
                7.5 + wave,
                200.0 + 40.0 * wave,
                140.0 + 15.0 * wave,
                85.0 + 5.0 * wave,
                21.0,
                (1.4 * time).floor(),
                (0.2 * time).floor() % 60_000.0,
            ],
        )?;
    }
    Ok(encoder.finish()?.into_inner())
}
