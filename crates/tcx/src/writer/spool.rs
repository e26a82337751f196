//! Where the points of a long lap wait for its totals.

use std::io::{self, Read, Seek, SeekFrom, Write};

use track_xml::Markup;

/// So many bytes of points are kept in memory.
const MEMORY: usize = 256 * 1024;

/// A file of the caller, made when it is needed.
pub(super) struct Spool<T> {
    make: Box<dyn FnMut() -> io::Result<T> + Send>,
    file: Option<T>,
    /// How many bytes of the file wait; what stands behind is left over.
    length: u64,
}

impl<T: Read + Write + Seek> Spool<T> {
    pub(super) fn new(make: impl FnMut() -> io::Result<T> + Send + 'static) -> Spool<T> {
        Spool {
            make: Box::new(make),
            file: None,
            length: 0,
        }
    }

    /// Takes what `markup` holds if that is much.
    #[inline]
    pub(super) fn relieve(&mut self, markup: &mut Markup) -> io::Result<()> {
        if markup.len() < MEMORY {
            return Ok(());
        }
        self.take(markup)
    }

    #[cold]
    fn take(&mut self, markup: &mut Markup) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert((self.make)()?),
        };
        let length = markup.len() as u64;
        markup.write_to(file)?;
        self.length += length;
        Ok(())
    }

    /// Copies to `out` what waits, and is empty then.
    pub(super) fn copy_to(&mut self, out: &mut impl Write) -> io::Result<()> {
        let length = std::mem::take(&mut self.length);
        let Some(file) = self.file.as_mut().filter(|_| length > 0) else {
            return Ok(());
        };
        file.flush()?;
        file.seek(SeekFrom::Start(0))?;
        let copied = io::copy(&mut Read::take(&mut *file, length), out)?;
        if copied < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        file.seek(SeekFrom::Start(0))?;
        Ok(())
    }
}
