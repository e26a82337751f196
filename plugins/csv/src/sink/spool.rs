//! The lines on their way into the file.
//!
//! A CSV file begins with the names of all columns, but a column may come late, and memory must
//! not grow until then. So lines are written with the cells that are known, and it is noted from
//! where on rows have more of them. In the end, if the first line or some row lacks a cell,
//! everything is copied once, and completed on the way.

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};

use pipeline_plugin::{Error, OutputFile, Result};

use super::layout::{Layout, Width};
use super::{TimeForm, WriteCsv};

/// How much is written at once, in bytes. What is shorter is completed in memory.
const FULL: usize = 256 << 10;

/// Lines that are not yet in the file, and those that are.
#[derive(Debug)]
pub(crate) struct Spool {
    file: OutputFile,
    separator: u8,
    time: TimeForm,
    buffer: Vec<u8>,
    /// How many bytes are in the file.
    written: u64,
    /// The first line as it was written.
    head: Vec<u8>,
    /// From which byte on rows are how wide.
    parts: Vec<(u64, Width)>,
}

impl Spool {
    pub(crate) fn new(file: OutputFile, settings: &WriteCsv) -> Self {
        Self {
            file,
            separator: settings.separator.byte(),
            time: settings.time,
            buffer: Vec::new(),
            written: 0,
            head: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// From now on rows are so.
    pub(crate) fn begin(&mut self, layout: &Layout) {
        let width = layout.width();
        if self.rows_are_missing() {
            self.head = layout.head(self.separator, self.time);
            self.buffer.clone_from(&self.head);
            self.parts.clear();
        }
        self.parts.push((self.here(), width));
    }

    fn here(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    /// Whether there is no row yet.
    fn rows_are_missing(&self) -> bool {
        self.written == 0 && self.buffer.len() == self.head.len()
    }

    /// Takes lines.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    pub(crate) fn flush_if_full(&mut self) -> Result<()> {
        if self.buffer.len() < FULL {
            return Ok(());
        }
        self.flush()
    }

    fn flush(&mut self) -> Result<()> {
        let written = self.file.write_all(&self.buffer);
        written.map_err(|error| self.cannot("write", error))?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    /// Everything is there: completes the file.
    pub(crate) fn finish(mut self, layout: &Layout) -> Result<OutputFile> {
        let head = layout.head(self.separator, self.time);
        let width = layout.width();
        if head == self.head && self.parts.iter().all(|(_, part)| *part == width) {
            self.flush()?;
            return Ok(self.file);
        }
        let all = self.here();
        if self.written == 0 {
            let lines = std::mem::take(&mut self.buffer);
            self.buffer.extend_from_slice(&head);
            self.complete(
                &mut lines.get(self.head.len()..).unwrap_or_default(),
                width,
                all,
            )?;
            self.flush()?;
            return Ok(self.file);
        }
        self.flush()?;
        let second = OutputFile::create(self.file.folder())?;
        let mut first = std::mem::replace(&mut self.file, second);
        let rows = self.head.len() as u64;
        let found = first.seek(SeekFrom::Start(rows));
        found.map_err(|error| self.cannot("complete", error))?;
        self.buffer.extend_from_slice(&head);
        let lines = first.file();
        self.complete(&mut BufReader::with_capacity(FULL, lines), width, all)?;
        self.flush()?;
        Ok(self.file)
    }

    /// Copies the rows from `lines`, up to byte `all` of the first writing, with as many cells as
    /// they are to have.
    fn complete(&mut self, lines: &mut impl BufRead, width: Width, all: u64) -> Result<()> {
        let parts = std::mem::take(&mut self.parts);
        let ends = parts.iter().skip(1).map(|(start, _)| *start).chain([all]);
        let mut line = Vec::new();
        for ((start, part), end) in parts.iter().zip(ends) {
            let mut part_lines = lines.by_ref().take(end - start);
            loop {
                line.clear();
                let read = part_lines.read_until(b'\n', &mut line);
                if read.map_err(|error| self.cannot("complete", error))? == 0 {
                    break;
                }
                self.widen(&line, *part, width);
                self.flush_if_full()?;
            }
        }
        Ok(())
    }

    /// Appends a line that was so wide, with cells as it is to have.
    fn widen(&mut self, line: &[u8], from: Width, to: Width) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let (values, lap) = match memchr::memrchr(self.separator, line) {
            Some(at) if from.lap => line.split_at(at),
            _ => (line, &[][..]),
        };
        self.buffer.extend_from_slice(values);
        let missing = to.values.saturating_sub(from.values);
        (0..missing).for_each(|_| self.buffer.push(self.separator));
        if to.lap && from.lap {
            self.buffer.extend_from_slice(lap);
        } else if to.lap {
            // Rows from before the end of the first lap.
            self.buffer.extend_from_slice(&[self.separator, b'1']);
        }
        self.buffer.push(b'\n');
    }

    fn cannot(&self, what: &str, error: std::io::Error) -> Error {
        let folder = self.file.folder().display();
        Error::io(format!("{what} a CSV file in `{folder}`"), error)
    }
}
