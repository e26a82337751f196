//! From tokens to the beginnings, values and ends of elements.

use crate::document::{Document, Open};
use crate::error::{Error, ErrorKind};
use crate::grammar::{Element, Grammar, Raw, Tag};
use crate::options::Options;
use crate::repair::{RepairKind, sample};
use crate::scan::{Token, local};
use crate::text::{Attributes, Encoding};
use crate::window::Place;

/// A grammar and the document that it is applied to.
#[derive(Debug)]
pub(crate) struct Parser<G: Grammar> {
    pub(crate) document: Document<G::Tag>,
    pub(crate) grammar: G,
    pub(crate) finished: bool,
}

impl<G: Grammar> Parser<G> {
    pub(crate) fn new(options: Options) -> Parser<G> {
        Parser {
            document: Document::new(options),
            grammar: G::default(),
            finished: false,
        }
    }

    /// Takes one token of `length` bytes; gives an event, and how much of the token is done with.
    #[inline]
    pub(crate) fn take(
        &mut self,
        token: Token<'_>,
        length: usize,
        place: Place<'_>,
    ) -> Result<(Option<G::Event>, usize), Error> {
        match token {
            Token::Leaf { name, text } => {
                let Some(parent) = self.document.innermost() else {
                    // The root with nothing but text: its text and end come as tokens again.
                    return self
                        .start(name, &[], place)
                        .map(|event| (event, name.len() + 2));
                };
                let local = local(name);
                let tag = parent.child(local);
                if tag.is_value() {
                    let element = Element {
                        tag,
                        parent,
                        name: local,
                    };
                    self.document.had_child = true;
                    let document = &mut self.document;
                    self.grammar
                        .value(element, Raw::escaped(text), document, place)?;
                } else if tag != G::Tag::UNKNOWN {
                    // A container likewise.
                    return self.take_start(name, &[], false, name.len() + 2, place);
                }
                Ok((None, length))
            }
            Token::End { name } => {
                self.check_end(name, place)?;
                if let Some(event) = self.grammar.before(None, &mut self.document) {
                    return Ok((Some(event), 0));
                }
                Ok((self.end(place)?, length))
            }
            Token::Start {
                name,
                attributes,
                empty,
            } => self.take_start(name, attributes, empty, length, place),
            Token::Comment => Ok((None, length)),
            other => self.take_rare(other, place).map(|()| (None, length)),
        }
    }

    #[inline]
    fn take_start(
        &mut self,
        name: &[u8],
        attributes: &[u8],
        empty: bool,
        length: usize,
        place: Place<'_>,
    ) -> Result<(Option<G::Event>, usize), Error> {
        if let Some(parent) = self.document.innermost() {
            let next = parent.child(local(name));
            if let Some(event) = self.grammar.before(Some(next), &mut self.document) {
                return Ok((Some(event), 0));
            }
        }
        let event = self.start(name, attributes, place)?;
        self.document.close_pending = empty;
        Ok((event, length))
    }

    #[cold]
    fn take_rare(&mut self, token: Token<'_>, place: Place<'_>) -> Result<(), Error> {
        let document = &mut self.document;
        match token {
            Token::Text(bytes) => self.characters(Raw::escaped(bytes), place),
            Token::Cdata(bytes) => self.characters(Raw::literal(bytes), place),
            Token::Instruction(text) => {
                document.encoding = Encoding::declared(text).unwrap_or(document.encoding);
                Ok(())
            }
            Token::Doctype(rest)
                if rest
                    .trim_ascii_start()
                    .to_ascii_lowercase()
                    .starts_with(b"html") =>
            {
                let (expected, found) = (G::FORMAT, "an HTML page".to_owned());
                Err(document.error(ErrorKind::OtherFormat { expected, found }, place))
            }
            Token::Doctype(_) => Err(document.error(ErrorKind::Doctype(G::FORMAT), place)),
            _ => Ok(()),
        }
    }

    /// Opens an element.
    #[inline]
    fn start(
        &mut self,
        name: &[u8],
        attributes: &[u8],
        place: Place<'_>,
    ) -> Result<Option<G::Event>, Error> {
        let document = &mut self.document;
        let tag = match document.innermost() {
            Some(parent) => parent.child(local(name)),
            None if local(name) == G::ROOT.as_bytes() => G::Tag::ROOT,
            None => return Err(self.other_root(name, place)),
        };
        let limits = document.options.limits;
        if document.open.len() >= limits.depth || document.names.len() + name.len() > limits.event {
            let message = format!("elements are nested deeper than {}", limits.depth);
            return Err(document.error(ErrorKind::Limit(message), place));
        }
        document.open.push(Open {
            tag,
            name: document.names.len(),
        });
        document.names.extend_from_slice(name);
        if tag != G::Tag::UNKNOWN {
            document.had_child = false;
            if tag.is_value() {
                document.text.clear();
            }
        }
        self.grammar
            .start(tag, Attributes(attributes), document, place)
    }

    /// Ends the element that was written as an empty tag.
    #[cold]
    pub(crate) fn close_empty(&mut self, place: Place<'_>) -> Result<Option<G::Event>, Error> {
        if let Some(event) = self.grammar.before(None, &mut self.document) {
            return Ok(Some(event));
        }
        self.document.close_pending = false;
        self.end(place)
    }

    /// Closes the innermost element.
    #[inline]
    fn end(&mut self, place: Place<'_>) -> Result<Option<G::Event>, Error> {
        let Some(Open { tag, name }) = self.document.open.pop() else {
            return Ok(None);
        };
        if tag.is_value() {
            self.end_value(tag, name, place)?;
        } else {
            self.document.names.truncate(name);
        }
        if tag == G::Tag::UNKNOWN {
            return Ok(None);
        }
        self.document.had_child = true;
        self.finished = self.document.open.is_empty();
        if tag.is_value() {
            return Ok(None);
        }
        self.grammar.end(tag, &mut self.document, place)
    }

    /// Gives the text of a value that came in pieces; `name` is where its name begins.
    fn end_value(&mut self, tag: G::Tag, name: usize, place: Place<'_>) -> Result<(), Error> {
        let document = &mut self.document;
        let Some(parent) = document.innermost().filter(|_| !document.had_child) else {
            document.names.truncate(name);
            return Ok(());
        };
        let whole = document.names.split_off(name);
        let text = std::mem::take(&mut document.text);
        let element = Element {
            tag,
            parent,
            name: local(&whole),
        };
        let raw = Raw::literal(text.as_bytes());
        self.grammar.value(element, raw, document, place)?;
        document.text = text;
        Ok(())
    }

    fn check_end(&self, name: &[u8], place: Place<'_>) -> Result<(), Error> {
        let document = &self.document;
        let expected = document.name();
        if expected == name && !document.open.is_empty() {
            return Ok(());
        }
        let kind = if document.open.is_empty() {
            ErrorKind::Malformed(format!("end tag `{}` without start", sample(name)))
        } else {
            ErrorKind::MismatchedEnd {
                found: sample(name),
                expected: sample(expected),
            }
        };
        Err(document.error(kind, place))
    }

    /// Takes a text that came as a piece of its own.
    fn characters(&mut self, raw: Raw<'_>, place: Place<'_>) -> Result<(), Error> {
        let document = &mut self.document;
        match document.innermost() {
            Some(tag) if tag.is_value() => {
                let text = document.decode(raw, place)?;
                let limit = document.options.limits.event;
                if document.text.len() + text.len() > limit {
                    let message = format!("one text is longer than {limit} bytes");
                    return Err(document.error(ErrorKind::Limit(message), place));
                }
                document.text.push_str(&text);
                Ok(())
            }
            Some(tag) if tag == G::Tag::UNKNOWN => Ok(()),
            Some(_) => document.note(RepairKind::StrayText, raw.bytes, place),
            None => {
                let message = format!("begins with `{}`", sample(raw.bytes));
                Err(document.error(ErrorKind::NotXml(message), place))
            }
        }
    }

    fn other_root(&self, name: &[u8], place: Place<'_>) -> Error {
        let what = match local(name) {
            b"TrainingCenterDatabase" => "a TCX file",
            b"gpx" => "a GPX file",
            b"html" | b"HTML" => "an HTML page",
            b"kml" => "a KML file",
            b"fit" | b"FIT" => "an XML dump of a FIT file",
            _ => "an unknown kind of XML",
        };
        let found = format!("{what}: root is `{}`, expected `{}`", sample(name), G::ROOT);
        let expected = G::FORMAT;
        self.document
            .error(ErrorKind::OtherFormat { expected, found }, place)
    }
}
