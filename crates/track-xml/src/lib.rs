//! What recordings in XML have in common: reading them piece by piece in flat memory, and writing
//! them tidily.
//!
//! TCX and GPX are the same sort of file: a few elements around very many points. This crate has what
//! reading and writing either takes, and no format of its own: which elements there are is the
//! [`Grammar`] of a format crate, which turns them into its events. It opens no file, and looks up no
//! namespace.
//!
//! For reading there is [`Reader`], which slides one window over the input and cuts it into tags and
//! texts; quick-xml's parsers cut whatever is not of the few shapes that nearly all of such a file is
//! made of. Numbers and times come quickly where they are plain and tolerantly where they are not.
//! What can be put right is counted once per [`RepairKind`]; what can't be is an [`Error`] with byte,
//! line and the elements around.
//!
//! For cleaners there is [`Order`], which puts points that come late where they belong, and
//! [`Ahead`], which keeps what has been made until it is asked for.
//!
//! For writing there is [`Markup`], into which [`Value`]s are put.
//!
//! ```
//! use track_xml::{Attributes, Document, Element, Error, ErrorKind, Grammar, Options, Place, Raw, Reader};
//!
//! /// `<log><beat>62</beat>…</log>`
//! #[derive(Default)]
//! struct Log(f64);
//!
//! #[derive(Clone, Copy, Debug, PartialEq)]
//! enum Tag { Log, Beat, Unknown }
//!
//! impl track_xml::Tag for Tag {
//!     const ROOT: Tag = Tag::Log;
//!     const UNKNOWN: Tag = Tag::Unknown;
//!     fn child(self, name: &[u8]) -> Tag {
//!         if (self, name) == (Tag::Log, b"beat") { Tag::Beat } else { Tag::Unknown }
//!     }
//!     fn is_value(self) -> bool { self == Tag::Beat }
//! }
//!
//! impl Grammar for Log {
//!     type Tag = Tag;
//!     type Event = f64;
//!     const FORMAT: &'static str = "log";
//!     const ROOT: &'static str = "log";
//!     fn value(&mut self, _: Element<'_, Tag>, raw: Raw<'_>, document: &mut Document<Tag>, place: Place<'_>)
//!         -> Result<(), Error> {
//!         self.0 += document.number(raw, 20.0..=250.0, place)?;
//!         Ok(())
//!     }
//!     fn end(&mut self, tag: Tag, _: &mut Document<Tag>, _: Place<'_>) -> Result<Option<f64>, Error> {
//!         Ok((tag == Tag::Log).then_some(self.0))
//!     }
//! }
//!
//! let mut reader = Reader::<_, Log>::new(&b"<log><beat>62</beat><beat>63</beat></log>"[..], Options::default());
//! assert_eq!(reader.next()?, Some(125.0));
//! # Ok::<(), track_xml::Error>(())
//! ```
#![cfg_attr(
    not(test),
    deny(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )
)]

mod ahead;
mod calendar;
mod document;
mod error;
mod grammar;
mod markup;
mod number;
mod options;
mod order;
mod parse;
mod pause;
pub mod range;
mod read;
mod repair;
mod scan;
mod text;
mod time;
mod value;
mod window;

pub use ahead::Ahead;
pub use document::Document;
pub use error::{Error, ErrorKind};
pub use grammar::{Element, Grammar, Raw, Tag};
pub use markup::Markup;
pub use number::{NotNumber, integer, number, trim};
pub use options::{Limits, Options};
pub use order::{Order, Put, Timed};
pub use pause::Pause;
pub use read::Reader;
pub use repair::{Repair, RepairKind, Repairs};
pub use text::Attributes;
pub use time::Time;
pub use value::Value;
pub use window::Place;
