//! Reads a GPX file and writes it again: `cargo run -p gpx --example copy_gpx FROM TO`.

use std::error::Error;
use std::fs::File;

use gpx::{Options, Reader, Writer};

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = std::env::args_os().skip(1);
    let (Some(from), Some(to)) = (paths.next(), paths.next()) else {
        return Err("usage: copy FROM TO".into());
    };
    let mut reader = Reader::new(File::open(from)?, Options::default());
    let mut writer = Writer::new(File::create(to)?);
    while let Some(event) = reader.next()? {
        writer.write(&event)?;
    }
    writer.finish()?;
    Ok(())
}
