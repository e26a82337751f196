//! What a format crate has to say about its elements.

use std::fmt::Debug;

use crate::document::Document;
use crate::error::{Error, ErrorKind};
use crate::text::Attributes;
use crate::window::Place;

/// What an open element means.
pub trait Tag: Copy + PartialEq + Debug {
    /// The root element.
    const ROOT: Self;
    /// Anything that is not looked at. What it holds has to be unknown too; it is skipped.
    const UNKNOWN: Self;

    /// What the element `name`, without its prefix, means inside this one.
    #[must_use]
    fn child(self, name: &[u8]) -> Self;

    /// Whether the text inside is wanted. It is given unless a known element stands inside too.
    fn is_value(self) -> bool;
}

/// The elements of a format, and what has been read so far inside the ones that are open.
///
/// Every method may give an event, which the reader passes on, or an error, which ends the reading.
pub trait Grammar: Default {
    /// The elements.
    type Tag: Tag;
    /// What the reader gives.
    type Event;

    /// The name of the format, for messages: `GPX`.
    const FORMAT: &'static str;
    /// The name of the root element, without a prefix.
    const ROOT: &'static str;

    /// Something to tell before the element `next` begins, or, if it is `None`, before the innermost
    /// one ends. It is asked again until there is nothing to tell.
    #[inline]
    fn before(
        &mut self,
        next: Option<Self::Tag>,
        document: &mut Document<Self::Tag>,
    ) -> Option<Self::Event> {
        let _ = (next, document);
        None
    }

    /// The element `tag` begins; it is the innermost one now.
    #[inline]
    fn start(
        &mut self,
        tag: Self::Tag,
        attributes: Attributes<'_>,
        document: &mut Document<Self::Tag>,
        place: Place<'_>,
    ) -> Result<Option<Self::Event>, Error> {
        let _ = (tag, attributes, document, place);
        Ok(None)
    }

    /// The whole text of a value.
    fn value(
        &mut self,
        element: Element<'_, Self::Tag>,
        raw: Raw<'_>,
        document: &mut Document<Self::Tag>,
        place: Place<'_>,
    ) -> Result<(), Error>;

    /// The element `tag`, which is known and no value, has ended; the one around it is the innermost
    /// now.
    fn end(
        &mut self,
        tag: Self::Tag,
        document: &mut Document<Self::Tag>,
        place: Place<'_>,
    ) -> Result<Option<Self::Event>, Error>;

    /// What a complete file lacks, if it can't be used.
    fn missing(&self) -> Option<ErrorKind> {
        None
    }
}

/// An element with a value.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a, T> {
    /// What it means.
    pub tag: T,
    /// What the element around it means.
    pub parent: T,
    /// Its name, without its prefix.
    pub name: &'a [u8],
}

/// The text of a value as it stands in the file, or as it was put together from pieces.
#[derive(Debug, Clone, Copy)]
pub struct Raw<'a> {
    /// The bytes, in the encoding of the file.
    pub bytes: &'a [u8],
    /// Whether entities are still to be resolved.
    pub escaped: bool,
}

impl<'a> Raw<'a> {
    /// A text whose entities are still to be resolved, as it stands in tags and between them.
    #[inline]
    pub fn escaped(bytes: &'a [u8]) -> Raw<'a> {
        Raw {
            bytes,
            escaped: true,
        }
    }

    /// A text without entities.
    #[inline]
    pub fn literal(bytes: &'a [u8]) -> Raw<'a> {
        Raw {
            bytes,
            escaped: false,
        }
    }
}
