//! The pull reader.

use std::io::Read;

use crate::error::{Error, ErrorKind};
use crate::grammar::Grammar;
use crate::options::Options;
use crate::parse::Parser;
use crate::repair::{RepairKind, Repairs, sample};
use crate::scan::{Scan, Token, scan};
use crate::window::Window;

/// Reads a file piece by piece, in memory that does not grow with the file.
///
/// Call [`next`](Self::next) until it gives `None` or an error. An error ends the reading; all
/// complete pieces before it have been given by then, so that a caller can keep them.
#[derive(Debug)]
pub struct Reader<R, G: Grammar> {
    input: R,
    window: Window,
    parser: Parser<G>,
    options: Options,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing has been read.
    Fresh,
    Reading,
    /// The root element has ended.
    Tail,
    Done,
}

impl<R: Read, G: Grammar> Reader<R, G> {
    /// Starts to read `input`; it is read in large pieces, so it needs no buffer of its own.
    pub fn new(input: R, options: Options) -> Reader<R, G> {
        Reader {
            input,
            window: Window::new(options.limits.event),
            parser: Parser::new(options),
            options,
            stage: Stage::Fresh,
        }
    }

    /// Starts anew with another input, keeping buffers and options.
    pub fn reset(&mut self, input: R) {
        self.input = input;
        self.window.clear();
        self.parser = Parser::new(self.options);
        self.stage = Stage::Fresh;
    }

    /// The next piece; `None` at the end of the document.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator of results would go on after errors"
    )]
    #[inline]
    pub fn next(&mut self) -> Result<Option<G::Event>, Error> {
        let result = self.advance();
        if !matches!(result, Ok(Some(_))) {
            self.stage = Stage::Done;
        }
        result
    }

    /// What had to be put right so far.
    pub fn repairs(&self) -> &Repairs {
        &self.parser.document.repairs
    }

    /// The byte up to which the input has been understood, counted from 0.
    pub fn offset(&self) -> u64 {
        self.window.place(0).offset()
    }

    /// What has been read so far.
    pub fn grammar(&self) -> &G {
        &self.parser.grammar
    }

    /// Counts a repair made by whoever reads from here; an error in strict mode.
    pub fn note(&mut self, kind: RepairKind) -> Result<(), Error> {
        self.parser.document.note(kind, &[], self.window.place(0))
    }

    /// An error at the place that has been reached.
    pub fn error(&self, kind: ErrorKind) -> Error {
        self.parser.document.error(kind, self.window.place(0))
    }

    fn advance(&mut self) -> Result<Option<G::Event>, Error> {
        match self.stage {
            Stage::Reading => {}
            Stage::Fresh => self.begin()?,
            Stage::Tail => return self.tail(),
            Stage::Done => return Ok(None),
        }
        loop {
            if self.parser.document.close_pending {
                if let Some(event) = self.parser.close_empty(self.window.place(0))? {
                    return Ok(Some(event));
                }
            } else {
                match scan(self.window.rest()) {
                    Scan::Token(token, start, length) => {
                        let place = self.window.place(start);
                        let (event, length) = self.parser.take(token, length, place)?;
                        self.window.consume(start + length);
                        if event.is_some() {
                            return Ok(event);
                        }
                    }
                    Scan::Blank(length) => self.refill_after_blank(length)?,
                    Scan::Incomplete(start, what) => self.refill(start, what)?,
                    Scan::Malformed(start, message) => {
                        let rest = self.window.rest().get(start..).unwrap_or_default();
                        let message = format!("{message}: `{}`", sample(rest));
                        let place = self.window.place(start);
                        return Err(self
                            .parser
                            .document
                            .error(ErrorKind::Malformed(message), place));
                    }
                }
            }
            if self.parser.finished {
                self.stage = Stage::Tail;
                return self.tail();
            }
        }
    }

    /// Looks at the first bytes: marks, and what is surely no XML.
    fn begin(&mut self) -> Result<(), Error> {
        self.stage = Stage::Reading;
        self.fill()?;
        if self.window.rest().starts_with(b"\xef\xbb\xbf") {
            self.window.consume(3);
        }
        match no_xml(self.window.rest(), self.window.ended()) {
            Some(kind) => Err(self.error(kind)),
            None => Ok(()),
        }
    }

    /// Gets more input after `blank` bytes and the beginning of `what`, which is incomplete.
    #[cold]
    fn refill(&mut self, blank: usize, what: &str) -> Result<(), Error> {
        self.window.consume(blank);
        if self.window.ended() {
            let place = self.window.place(self.window.rest().len());
            return Err(self
                .parser
                .document
                .error(self.parser.document.cut_short(what), place));
        }
        self.fill()
    }

    /// Gets more input after `blank` bytes, which may belong to a text that follows.
    #[cold]
    fn refill_after_blank(&mut self, blank: usize) -> Result<(), Error> {
        let full = blank >= self.options.limits.event;
        self.refill(
            if full || self.window.ended() {
                blank
            } else {
                0
            },
            "",
        )
    }

    fn fill(&mut self) -> Result<(), Error> {
        let roomy = self.window.fill(&mut self.input);
        let kind = match roomy {
            Ok(true) if self.window.seen() <= self.options.limits.file => return Ok(()),
            Ok(true) => {
                let mebibytes = self.options.limits.file >> 20;
                ErrorKind::Limit(format!("file is larger than {mebibytes} MiB"))
            }
            Ok(false) => {
                let limit = self.options.limits.event;
                ErrorKind::Limit(format!(
                    "one tag, comment or text is longer than {limit} bytes"
                ))
            }
            Err(error) => ErrorKind::Io(error),
        };
        Err(self.error(kind))
    }

    /// After the root element: nothing but comments should follow.
    fn tail(&mut self) -> Result<Option<G::Event>, Error> {
        while self.skip_in_tail() {
            // What follows is no part of the document: neither its size nor its end matter.
            if !self
                .window
                .fill(&mut self.input)
                .map_err(|e| self.error(ErrorKind::Io(e)))?
            {
                break;
            }
        }
        let rest = self.window.rest();
        let blank = rest.len() - rest.trim_ascii_start().len();
        if blank < rest.len() {
            let place = self.window.place(blank);
            self.parser
                .document
                .note(RepairKind::TrailingContent, rest, place)?;
        }
        match self.parser.grammar.missing() {
            Some(kind) => Err(self.error(kind)),
            None => Ok(None),
        }
    }

    /// Skips comments and white space; tells whether more input is needed to know what follows.
    fn skip_in_tail(&mut self) -> bool {
        loop {
            let (length, more) = match scan(self.window.rest()) {
                Scan::Token(Token::Comment | Token::Instruction(_), start, length) => {
                    (start + length, None)
                }
                Scan::Token(_, start, _) | Scan::Malformed(start, _) => (start, Some(false)),
                Scan::Blank(length) => (length, Some(true)),
                Scan::Incomplete(start, _) => (start, Some(true)),
            };
            self.window.consume(length);
            if let Some(more) = more {
                return more && !self.window.ended();
            }
        }
    }
}

/// What the first bytes of a file are, if they can't be XML.
fn no_xml(head: &[u8], whole: bool) -> Option<ErrorKind> {
    let what = match head {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'<', 0, ..] | [0, b'<', ..] => {
            "text in UTF-16; save it as UTF-8"
        }
        [0x1f, 0x8b, ..] => "data compressed by gzip; name it `.gz` or decompress it",
        [b'P', b'K', 3, 4, ..] => "a ZIP archive; unpack it",
        [_, _, _, _, _, _, _, _, b'.', b'F', b'I', b'T', ..] => "a FIT file",
        [b'{' | b'[', ..] => "JSON",
        _ if whole && head.iter().all(u8::is_ascii_whitespace) => return Some(ErrorKind::Empty),
        _ => return None,
    };
    Some(ErrorKind::NotXml(what.to_owned()))
}
