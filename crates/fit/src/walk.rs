//! What a decoder walks: a file in memory or a stream.

use crate::definition::{Data, Definition};
use crate::problem::Problem;
use crate::segment::Segment;

/// What a [`Decoder`](crate::Decoder) reads messages from: a [`Scanner`](crate::Scanner) of a file
/// in memory, whose error is a [`Problem`], or a [`StreamScanner`](crate::StreamScanner), whose error
/// is an [`Error`](crate::Error).
///
/// Only this crate can implement it.
pub trait Walk: Steps {}

impl<S: Steps> Walk for S {}

/// The walk itself.
pub trait Steps {
    /// What ends the walk.
    type Error;

    /// What comes next; `None` at the end of the file.
    fn step(&mut self) -> Result<Option<Step>, Self::Error>;

    /// The segment that the last step is in.
    fn segment(&self) -> Option<&Segment>;

    /// The definition that a local type has now.
    fn definition(&self, local: u8) -> Option<Definition<'_>>;

    /// The bytes of the data message that the last step led to.
    fn message(&self) -> &[u8];
}

/// What a step led to.
#[derive(Clone, Debug)]
pub enum Step {
    /// The header of a segment.
    Segment,
    /// A definition of this local type.
    Definition(u8),
    /// A data message.
    Data(Place),
    /// Something wrong.
    Problem(Problem),
}

/// Where a data message is, and when.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Its local type.
    pub local: u8,
    /// Where it is, in bytes from the start of the file.
    pub offset: usize,
    /// Its time in FIT seconds.
    pub timestamp: Option<u32>,
}

impl Place {
    /// The message here, which has this definition and these bytes.
    #[inline]
    pub(crate) fn data<'a>(&self, definition: Definition<'a>, bytes: &'a [u8]) -> Data<'a> {
        Data {
            definition,
            offset: self.offset,
            bytes,
            timestamp: self.timestamp,
        }
    }
}
