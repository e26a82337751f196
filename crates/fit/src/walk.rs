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
///
/// What a step led to is asked for piece by piece: moving it all costs more than the step.
pub trait Steps {
    /// What ends the walk.
    type Error;

    /// What comes next.
    fn step(&mut self) -> Result<Step, Self::Error>;

    /// The segment that the last step is in.
    fn segment(&self) -> Option<&Segment>;

    /// The definition that a local type has now.
    fn definition(&self, local: u8) -> Option<Definition<'_>>;

    /// Where the data message is that the last step led to, and when.
    fn place(&self) -> Place;

    /// The bytes of that message.
    fn message(&self) -> &[u8];

    /// The problem that the last step led to.
    fn problem(&mut self) -> Option<Problem>;
}

/// What a step led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The end of the file.
    End,
    /// The header of a segment.
    Segment,
    /// A definition of this local type.
    Definition(u8),
    /// A data message of this local type.
    Data(u8),
    /// Something wrong.
    Problem,
}

/// Where a data message is, and when.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
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
