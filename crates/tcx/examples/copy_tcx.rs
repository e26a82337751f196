//! Reads a TCX file and writes it again: `cargo run -p tcx --example copy_tcx FROM TO`.

use std::error::Error;
use std::fs::File;
use std::io::Cursor;

use tcx::{Options, Reader, Writer};

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = std::env::args_os().skip(1);
    let (Some(from), Some(to)) = (paths.next(), paths.next()) else {
        return Err("usage: copy FROM TO".into());
    };
    let mut reader = Reader::new(File::open(from)?, Options::default());
    // An example may keep a long lap in memory.
    let mut writer = Writer::new(File::create(to)?, || Ok(Cursor::new(Vec::new())));
    while let Some(event) = reader.next()? {
        writer.write(&event)?;
    }
    writer.finish()?;
    Ok(())
}
