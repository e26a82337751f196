//! From bytes to tags and texts.
//!
//! The shapes that make up nearly all of a recording, `<name>`, `</name>` and `<name>text</name>`,
//! are cut by hand; tags with attributes, comments and processing instructions by quick-xml's own
//! parsers. Names are compared without their prefix, so no namespace is ever looked up.

use quick_xml::parser::{CommentParser, ElementParser, Parser, PiParser};

/// One piece of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// `<name>text</name>`, with nothing in the text but text; the commonest piece of all.
    Leaf { name: &'a [u8], text: &'a [u8] },
    /// `<name attributes>` or, if `empty`, `<name attributes/>`.
    Start {
        name: &'a [u8],
        attributes: &'a [u8],
        empty: bool,
    },
    /// `</name>`.
    End { name: &'a [u8] },
    /// Text that is not only white space, up to the next `<`.
    Text(&'a [u8]),
    /// `<![CDATA[…]]>`, without its marks.
    Cdata(&'a [u8]),
    /// `<?…?>`, without its marks; `<?xml …?>` too.
    Instruction(&'a [u8]),
    /// A comment.
    Comment,
    /// `<!DOCTYPE`, with all that follows in the window.
    Doctype(&'a [u8]),
}

/// The outcome of a look at the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scan<'a> {
    /// A token, where it begins, and its length.
    Token(Token<'a>, usize, usize),
    /// Only white space: this much of it can be skipped.
    Blank(usize),
    /// The window ends inside a piece that begins here.
    Incomplete(usize, &'static str),
    /// A piece that begins here and is no XML.
    Malformed(usize, &'static str),
}

/// The part of a name after its prefix.
#[inline]
pub(crate) fn local(name: &[u8]) -> &[u8] {
    match name.iter().position(|&b| b == b':') {
        Some(colon) => name.get(colon + 1..).unwrap_or_default(),
        None => name,
    }
}

/// Finds the first piece of `window`.
#[inline]
pub(crate) fn scan(window: &[u8]) -> Scan<'_> {
    let (blank, rest) = skip_blank(window);
    let found = match rest {
        [] => return Scan::Blank(blank),
        [b'<', b'/', tag @ ..] => end_tag(tag),
        [b'<', b'!', ..] => bang(rest),
        [b'<', b'?', ..] => Ok(instruction(rest)),
        [b'<', tag @ ..] => start_tag(tag),
        _ => return text(window, blank),
    };
    match found {
        Ok(Some((token, length))) => Scan::Token(token, blank, length),
        Ok(None) => Scan::Incomplete(blank, what(rest)),
        Err(message) => Scan::Malformed(blank, message),
    }
}

/// A token and its length; `None` if the window ends before the token does.
type Found<'a> = Result<Option<(Token<'a>, usize)>, &'static str>;

fn what(rest: &[u8]) -> &'static str {
    match rest {
        [b'<', b'/', ..] => "end tag",
        [b'<', b'!', b'[', ..] => "CDATA section",
        [b'<', b'!', ..] => "comment",
        [b'<', b'?', ..] => "processing instruction",
        _ => "tag",
    }
}

/// Skips white space, eight bytes at once where it is an indentation.
#[inline]
fn skip_blank(window: &[u8]) -> (usize, &[u8]) {
    let mut rest = window;
    loop {
        while let Some((b"        ", tail)) = rest.split_first_chunk::<8>() {
            rest = tail;
        }
        match rest {
            [b' ' | b'\n' | b'\r' | b'\t', tail @ ..] => rest = tail,
            _ => return (window.len() - rest.len(), rest),
        }
    }
}

/// `tag` is what follows `</`.
#[inline]
fn end_tag(tag: &[u8]) -> Found<'_> {
    let Some(close) = tag.iter().position(|&b| b == b'>' || b == b'<') else {
        return Ok(None);
    };
    let (Some(name), Some(b'>')) = (tag.get(..close), tag.get(close)) else {
        return Err("`<` inside an end tag");
    };
    Ok(Some((
        Token::End {
            name: name.trim_ascii_end(),
        },
        close + 3,
    )))
}

/// `tag` is what follows `<`.
#[inline]
fn start_tag(tag: &[u8]) -> Found<'_> {
    let stop = |&b: &u8| matches!(b, b'>' | b'/' | b'<' | b' ' | b'\n' | b'\r' | b'\t');
    let Some(length) = tag.iter().position(stop) else {
        return Ok(None);
    };
    let (Some(name), Some(rest)) = (tag.get(..length), tag.get(length..)) else {
        return Ok(None);
    };
    match name.first() {
        Some(b) if b.is_ascii_alphabetic() || matches!(b, b'_' | b':' | 0x80..) => {}
        _ => return Err("`<` that begins no tag"),
    }
    match rest {
        [b'>', after @ ..] => Ok(Some(leaf(name, after).unwrap_or((
            Token::Start {
                name,
                attributes: &[],
                empty: false,
            },
            length + 2,
        )))),
        [b'<', ..] => Err("`<` inside a tag"),
        _ => Ok(with_attributes(name, rest)),
    }
}

/// `after` is what follows `<name>`: a leaf, if a text and its end tag stand there.
#[inline]
fn leaf<'a>(name: &'a [u8], after: &'a [u8]) -> Option<(Token<'a>, usize)> {
    let length = after.iter().position(|&b| b == b'<')?;
    let (text, rest) = after.split_at_checked(length)?;
    let rest = rest.strip_prefix(b"</")?;
    let (end, rest) = rest.split_at_checked(name.len())?;
    if end != name || rest.first() != Some(&b'>') {
        return None;
    }
    Some((Token::Leaf { name, text }, 2 * name.len() + length + 5))
}

/// `rest` is what follows `<name`.
fn with_attributes<'a>(name: &'a [u8], rest: &'a [u8]) -> Option<(Token<'a>, usize)> {
    let close = ElementParser::default().feed(rest)?;
    let attributes = rest.get(..close)?;
    let (attributes, empty) = match attributes.strip_suffix(b"/") {
        Some(attributes) => (attributes, true),
        None => (attributes, false),
    };
    Some((
        Token::Start {
            name,
            attributes,
            empty,
        },
        name.len() + close + 2,
    ))
}

/// `rest` begins with `<!`.
fn bang(rest: &[u8]) -> Found<'_> {
    const CDATA: &[u8] = b"<![CDATA[";
    const COMMENT: &[u8] = b"<!--";
    const DOCTYPE: &[u8] = b"<!DOCTYPE";
    let could_be = |mark: &[u8]| {
        let both = mark.len().min(rest.len());
        mark.get(..both)
            .zip(rest.get(..both))
            .is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
    };
    if let Some(content) = rest.strip_prefix(CDATA) {
        let end = content.windows(3).position(|three| three == b"]]>");
        Ok(end.and_then(|end| Some((Token::Cdata(content.get(..end)?), end + CDATA.len() + 3))))
    } else if let Some(content) = rest.strip_prefix(COMMENT) {
        let end = CommentParser::default().feed(content);
        Ok(end.map(|end| (Token::Comment, end + COMMENT.len())))
    } else if could_be(DOCTYPE) && rest.len() >= DOCTYPE.len() {
        Ok(rest
            .get(DOCTYPE.len()..)
            .map(|rest| (Token::Doctype(rest), DOCTYPE.len())))
    } else if could_be(CDATA) || could_be(COMMENT) || could_be(DOCTYPE) {
        Ok(None)
    } else {
        Err("`<!` that begins neither comment nor CDATA section")
    }
}

/// `rest` begins with `<?`.
fn instruction(rest: &[u8]) -> Option<(Token<'_>, usize)> {
    let content = rest.get(2..)?;
    let end = PiParser::default().feed(content)?;
    let inside = content
        .get(..end)
        .and_then(|inside| inside.strip_suffix(b"?"));
    Some((Token::Instruction(inside.unwrap_or_default()), end + 3))
}

/// A text up to the next `<`; it keeps the white space before it, although its place is after.
fn text(window: &[u8], blank: usize) -> Scan<'_> {
    let text = window
        .iter()
        .position(|&b| b == b'<')
        .and_then(|end| window.get(..end));
    match text {
        Some(text) => Scan::Token(Token::Text(text), blank, text.len() - blank),
        None => Scan::Incomplete(0, "text"),
    }
}

#[cfg(test)]
mod tests;
