//! Days that are over: repaired, compressed.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use pipeline_plugin::{Context, Error, OutputFile, Result};

use crate::names::{self, Entry};
use crate::part::{is_mine, tell_torn};
use crate::scan::scan;

/// Bytes that are compared at once.
const BLOCK: usize = 64 << 10;

/// Compresses the files of days before `date`. What can't be compressed stays as it is, and is
/// told.
pub(crate) fn compress_before(date: &str, folder: &Path, stem: &str, all: &[Entry], cx: &Context) {
    let over = all.iter().filter(|e| !e.compressed && *e.date < *date);
    for entry in over {
        if let Err(error) = compress(entry, folder, stem, cx) {
            let name = entry.path.file_name().unwrap_or_default();
            cx.warn(format!(
                "`{}` stays uncompressed: {}",
                name.to_string_lossy(),
                error.with_causes()
            ));
        }
    }
}

fn compress(entry: &Entry, folder: &Path, stem: &str, cx: &Context) -> Result<()> {
    let path = &entry.path;
    let cannot = |error| Error::io(format!("compress `{}`", path.display()), error);
    let options = File::options().read(true).append(true).open(path);
    let file = match options {
        // Another process was faster.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened.map_err(cannot)?,
    };
    if !is_mine(&file) {
        // Somebody still writes it; the next run will compress it.
        return Ok(());
    }
    let Some(found) = scan(BufReader::new(&file), &mut |_| ()).map_err(cannot)? else {
        return Err(Error::skip("it is not as this sink has left it"));
    };
    if found.titles.is_none() {
        return Ok(());
    }
    if file.metadata().map_err(cannot)?.len() > found.sound {
        file.set_len(found.sound).map_err(cannot)?;
        tell_torn(path, &found.torn, cx);
    }
    let mut number = entry.number;
    loop {
        let target = folder.join(names::file_name(stem, &entry.date, number) + ".gz");
        if !target.exists() && pack(path, &target, folder)? {
            break;
        }
        // A run that was killed behind its last step left both.
        if same(path, &target).unwrap_or(false) {
            break;
        }
        number = number.saturating_add(1);
    }
    fs::remove_file(path).map_err(cannot)
}

/// Writes the compressed copy, and makes sure that it is one; `false` if the name is taken.
fn pack(from: &Path, to: &Path, folder: &Path) -> Result<bool> {
    let cannot = |error| Error::io(format!("write `{}`", to.display()), error);
    let out = OutputFile::create(folder)?;
    let mut packer = GzEncoder::new(BufWriter::new(out.file()), Compression::default());
    let mut input = File::open(from).map_err(cannot)?;
    io::copy(&mut input, &mut packer).map_err(cannot)?;
    let mut written = packer.finish().map_err(cannot)?;
    written.flush().map_err(cannot)?;
    drop(written);
    out.file().sync_all().map_err(cannot)?;
    if !same(from, out.temporary()).map_err(cannot)? {
        return Err(Error::skip(
            "the compressed copy reads back as something else",
        ));
    }
    let placed = place(out.temporary(), to).map_err(cannot)?;
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(placed)
}

/// Gives a file its name, which nobody else may have; its old name goes with `OutputFile`.
fn place(from: &Path, to: &Path) -> io::Result<bool> {
    match fs::hard_link(from, to) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        // A file system without links, of a memory card: we hold the lock of the day's file.
        Err(_) if !to.exists() => fs::rename(from, to).map(|()| true),
        Err(error) => Err(error),
    }
}

/// Whether a compressed file has the same content as a plain one.
fn same(plain: &Path, compressed: &Path) -> io::Result<bool> {
    let mut plain = File::open(plain)?;
    let mut unpacked = open_compressed(compressed)?;
    let (mut left, mut right) = (vec![0; BLOCK], vec![0; BLOCK]);
    loop {
        let count = fill(&mut plain, &mut left)?;
        let other = fill(&mut unpacked, &mut right)?;
        if left.get(..count) != right.get(..other) {
            return Ok(false);
        }
        if count == 0 {
            return Ok(true);
        }
    }
}

/// A compressed file, to read.
pub(crate) fn open_compressed(
    path: &Path,
) -> io::Result<BufReader<MultiGzDecoder<BufReader<File>>>> {
    let file = BufReader::new(File::open(path)?);
    Ok(BufReader::new(MultiGzDecoder::new(file)))
}

fn fill(input: &mut impl Read, block: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = block.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest)? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

/// The next free number of a day's files.
pub(crate) fn next_number(all: &[Entry], date: &str) -> u32 {
    let numbers = all.iter().filter(|e| e.date == date).map(|e| e.number);
    numbers.max().unwrap_or(0).saturating_add(1)
}

/// A file's path with that number.
pub(crate) fn numbered(folder: &Path, stem: &str, date: &str, number: u32) -> PathBuf {
    folder.join(names::file_name(stem, date, number))
}
