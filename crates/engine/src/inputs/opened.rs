//! An input that is open: unpacked, and readable more than once.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use flate2::read::MultiGzDecoder;
use pipeline_plugin::{Content, Error, ErrorKind, Result};

use super::InputPath;

/// The most that a compressed input may unpack to, in bytes.
const UNPACKED_LIMIT: u64 = 512 << 20;

/// How many bytes at the start of a file tell its format: the root element of an XML file stands
/// within.
const HEAD: usize = 4096;

/// An input that is open.
pub struct Opened {
    input: InputPath,
    bytes: Bytes,
    /// Its size, where known.
    size: Option<u64>,
    /// Whether it can be opened again.
    is_file: bool,
}

/// Where the bytes of an input come from.
enum Bytes {
    Once(Box<dyn Read>),
    Copied(Copied),
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("input", &self.input)
            .finish_non_exhaustive()
    }
}

/// Opens an input; `.gz` content is unpacked whatever its name.
///
/// # Errors
///
/// When it can't be read: the name, and why.
pub fn open(input: &InputPath) -> Result<Opened> {
    let (mut raw, size): (Box<dyn Read>, _) = match input {
        InputPath::Standard => (Box::new(io::stdin()), None),
        InputPath::File(path) => {
            let file = File::open(path).map_err(|error| cannot_read(input, error))?;
            let metadata = file.metadata().map_err(|error| cannot_read(input, error))?;
            if metadata.is_dir() {
                return Err(Error::skip(format!("`{}` is a folder", input.name())));
            }
            (Box::new(file), metadata.is_file().then_some(metadata.len()))
        }
    };
    let is_file = size.is_some();
    let head = read_up_to(&mut raw, 2).map_err(|error| cannot_read(input, error))?;
    let packed = head == [0x1f, 0x8b];
    let bytes = io::Cursor::new(head).chain(raw);
    let bytes: Box<dyn Read> = if packed {
        Box::new(Limited {
            bytes: MultiGzDecoder::new(bytes),
            left: UNPACKED_LIMIT,
        })
    } else {
        Box::new(bytes)
    };
    Ok(Opened {
        input: input.clone(),
        bytes: Bytes::Once(bytes),
        size: size.filter(|_| !packed),
        is_file,
    })
}

impl Opened {
    /// Which input it is.
    pub fn input(&self) -> &InputPath {
        &self.input
    }

    /// Its size in bytes, where known: not of standard input and compressed files.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// The first bytes, which tell the format; they are read again afterwards.
    ///
    /// # Errors
    ///
    /// When it can't be read.
    pub fn head(&mut self) -> Result<Vec<u8>> {
        let Bytes::Once(bytes) = &mut self.bytes else {
            return Ok(Vec::new());
        };
        let head =
            read_up_to(&mut *bytes, HEAD).map_err(|error| cannot_read(&self.input, error))?;
        let rest = std::mem::replace(bytes, Box::new(io::empty()));
        *bytes = Box::new(io::Cursor::new(head.clone()).chain(rest));
        Ok(head)
    }
}

impl Read for Opened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.bytes {
            Bytes::Once(bytes) => bytes.read(buffer),
            Bytes::Copied(copied) => copied.read(buffer),
        }
    }
}

impl Content for Opened {
    fn keep(&mut self) -> Result<()> {
        if let (Bytes::Once(bytes), false) = (&mut self.bytes, self.is_file) {
            let bytes = std::mem::replace(bytes, Box::new(io::empty()));
            self.bytes = Bytes::Copied(Copied::new(bytes).map_err(cannot_copy)?);
        }
        Ok(())
    }

    fn rewind(&mut self) -> Result<()> {
        match &mut self.bytes {
            Bytes::Copied(copied) => copied.rewind().map_err(cannot_copy),
            Bytes::Once(_) if self.is_file => {
                *self = open(&self.input)?;
                Ok(())
            }
            Bytes::Once(_) => {
                let name = self.input.name();
                let message = format!("the reader wants to read `{name}` again unannounced");
                Err(Error::new(ErrorKind::Plugin, message))
            }
        }
    }
}

/// Bytes that go to a temporary file as they are read, and come from there the second time.
struct Copied {
    bytes: Box<dyn Read>,
    /// Stands at `at`.
    copy: File,
    at: u64,
    length: u64,
}

impl Copied {
    fn new(bytes: Box<dyn Read>) -> io::Result<Self> {
        Ok(Self {
            bytes,
            copy: tempfile::tempfile()?,
            at: 0,
            length: 0,
        })
    }

    fn rewind(&mut self) -> io::Result<()> {
        self.at = 0;
        self.copy.seek(SeekFrom::Start(0)).map(drop)
    }
}

impl Read for Copied {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = if self.at < self.length {
            self.copy.read(buffer)?
        } else {
            let count = self.bytes.read(buffer)?;
            self.copy
                .write_all(buffer.get(..count).unwrap_or_default())?;
            self.length += count as u64;
            count
        };
        self.at += count as u64;
        Ok(count)
    }
}

fn cannot_read(input: &InputPath, error: io::Error) -> Error {
    Error::io(format!("read `{}`", input.name()), error).with_kind(ErrorKind::Skip)
}

fn cannot_copy(error: io::Error) -> Error {
    Error::io("copy the input to a temporary file", error)
}

/// Up to `count` bytes, fewer at the end.
fn read_up_to(from: &mut dyn Read, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(count);
    from.take(count as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Ends with an error instead of unpacking without bound.
struct Limited<R> {
    bytes: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            let limit = UNPACKED_LIMIT >> 20;
            io::Error::other(format!("unpacks to more than {limit} MiB"))
        })?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(from: &mut impl Read) -> Vec<u8> {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn what_can_be_read_once_is_copied_while_it_is_read() {
        let content: Vec<u8> = (0..200_000_u32)
            .map(|number| (number % 251) as u8)
            .collect();
        let mut copied = Copied::new(Box::new(io::Cursor::new(content.clone()))).unwrap();
        for part in [0, 1000, 70_000] {
            copied
                .by_ref()
                .take(part)
                .read_to_end(&mut Vec::new())
                .unwrap();
            copied.rewind().unwrap();
        }
        assert_eq!(all(&mut copied), content);
        copied.rewind().unwrap();
        assert_eq!(all(&mut copied), content);
    }

    #[test]
    fn files_are_read_again_packed_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let (plain, packed) = (folder.path().join("a.tcx"), folder.path().join("b.tcx"));
        std::fs::write(&plain, "a row").unwrap();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"a row").unwrap();
        std::fs::write(&packed, encoder.finish().unwrap()).unwrap();
        for (path, size) in [(plain, Some(5)), (packed, None)] {
            let mut opened = open(&InputPath::File(path)).unwrap();
            assert_eq!(opened.size(), size);
            assert_eq!(opened.head().unwrap(), b"a row");
            opened.keep().unwrap();
            assert_eq!(all(&mut opened), b"a row");
            opened.rewind().unwrap();
            assert_eq!(all(&mut opened), b"a row");
        }
    }
}
