//! The pull reader.

use std::io::Read;

use track_xml::{Error, ErrorKind, Options, RepairKind, Repairs};

use crate::event::{Event, Others};
use crate::facts::Facts;

/// Reads a GPX file piece by piece, in memory that does not grow with the file.
///
/// Call [`next`](Self::next) until it gives `None` or an error. An error ends the reading; all
/// complete points before it have been given by then, so that a caller can keep them.
#[derive(Debug)]
pub struct Reader<R>(track_xml::Reader<R, Facts>);

impl<R: Read> Reader<R> {
    /// Starts to read `input`; it is read in large pieces, so it needs no buffer of its own.
    pub fn new(input: R, options: Options) -> Reader<R> {
        Reader(track_xml::Reader::new(input, options))
    }

    /// Starts anew with another input, keeping buffers and options.
    pub fn reset(&mut self, input: R) {
        self.0.reset(input);
    }

    /// The next piece; `None` at the end of the document.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator of results would go on after errors"
    )]
    #[inline]
    pub fn next(&mut self) -> Result<Option<Event>, Error> {
        self.0.next()
    }

    /// The names of the extra values of points, so far: local names of elements, such as `hdop` or
    /// `gain`, in the order of [`Measured::extras`](crate::Measured::extras). At most 32 are kept.
    pub fn extras(&self) -> &[String] {
        self.0.grammar().extras()
    }

    /// What the file held besides tracks, so far.
    pub fn others(&self) -> Others {
        self.0.grammar().others()
    }

    /// What had to be put right so far.
    pub fn repairs(&self) -> &Repairs {
        self.0.repairs()
    }

    /// The byte up to which the input has been understood, counted from 0.
    pub fn offset(&self) -> u64 {
        self.0.offset()
    }

    /// Counts a repair made by whoever reads from here; an error in strict mode.
    pub(crate) fn note(&mut self, kind: RepairKind) -> Result<(), Error> {
        self.0.note(kind)
    }

    /// An error at the place that has been reached.
    pub(crate) fn error(&self, kind: ErrorKind) -> Error {
        self.0.error(kind)
    }
}
