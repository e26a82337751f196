use super::*;

fn check(window: &str, expect: Scan<'_>) {
    assert_eq!(scan(window.as_bytes()), expect, "{window:?}");
}

#[test]
fn cuts_leaves() {
    let leaf = |name: &'static str, text: &'static str| Token::Leaf {
        name: name.as_bytes(),
        text: text.as_bytes(),
    };
    check("<a>1</a>", Scan::Token(leaf("a", "1"), 0, 8));
    check("\r\n          <a>1</a>", Scan::Token(leaf("a", "1"), 12, 8));
    check(
        "<ns3:Watts>120</ns3:Watts><",
        Scan::Token(leaf("ns3:Watts", "120"), 0, 26),
    );
    check("<a></a>", Scan::Token(leaf("a", ""), 0, 7));
}

#[test]
fn cuts_tags() {
    let start = |name: &'static str, attributes: &'static str, empty| Token::Start {
        name: name.as_bytes(),
        attributes: attributes.as_bytes(),
        empty,
    };
    check("<a>", Scan::Token(start("a", "", false), 0, 3));
    check("<a>1<b/></a>", Scan::Token(start("a", "", false), 0, 3));
    check("<a>1</b>", Scan::Token(start("a", "", false), 0, 3));
    check("<a>1</ab>", Scan::Token(start("a", "", false), 0, 3));
    check("<a/>", Scan::Token(start("a", "", true), 0, 4));
    check(
        "<a b='>' c=\"/\">",
        Scan::Token(start("a", " b='>' c=\"/\"", false), 0, 15),
    );
    check(
        "<a\n b='1' />",
        Scan::Token(start("a", "\n b='1' ", true), 0, 12),
    );
    check("</a>", Scan::Token(Token::End { name: b"a" }, 0, 4));
    check("</a \n>", Scan::Token(Token::End { name: b"a" }, 0, 6));
}

#[test]
fn cuts_the_rest() {
    check("<!-- a > b -->c", Scan::Token(Token::Comment, 0, 14));
    check("<!---->", Scan::Token(Token::Comment, 0, 7));
    check(
        "<![CDATA[a]]b]]>c",
        Scan::Token(Token::Cdata(b"a]]b"), 0, 16),
    );
    check(
        "<?xml a='?'?>",
        Scan::Token(Token::Instruction(b"xml a='?'"), 0, 13),
    );
    check("<!DOCTYPE x>", Scan::Token(Token::Doctype(b" x>"), 0, 9));
    check(
        "<!doctype html>",
        Scan::Token(Token::Doctype(b" html>"), 0, 9),
    );
    check(" text <", Scan::Token(Token::Text(b" text "), 1, 5));
    check(" \n ", Scan::Blank(3));
    check("", Scan::Blank(0));
}

#[test]
fn asks_for_more() {
    check("  <", Scan::Incomplete(2, "tag"));
    check("<a", Scan::Incomplete(0, "tag"));
    check("<a b='>", Scan::Incomplete(0, "tag"));
    check("</a", Scan::Incomplete(0, "end tag"));
    check("<!", Scan::Incomplete(0, "comment"));
    check("<!-", Scan::Incomplete(0, "comment"));
    check("<!-- -", Scan::Incomplete(0, "comment"));
    check("<![CD", Scan::Incomplete(0, "CDATA section"));
    check("<![CDATA[ ]]", Scan::Incomplete(0, "CDATA section"));
    check("<!DOC", Scan::Incomplete(0, "comment"));
    check("<?xml ?", Scan::Incomplete(0, "processing instruction"));
    check(" text", Scan::Incomplete(0, "text"));
}

#[test]
fn refuses_what_is_no_xml() {
    check("< a>", Scan::Malformed(0, "`<` that begins no tag"));
    check("<1>", Scan::Malformed(0, "`<` that begins no tag"));
    check("<a<b>", Scan::Malformed(0, "`<` inside a tag"));
    check("</a<b>", Scan::Malformed(0, "`<` inside an end tag"));
    check(
        "<!x>",
        Scan::Malformed(0, "`<!` that begins neither comment nor CDATA section"),
    );
}

#[test]
fn takes_local_names() {
    assert_eq!(local(b"ns3:Watts"), b"Watts");
    assert_eq!(local(b"Watts"), b"Watts");
    assert_eq!(local(b"a:b:c"), b"b:c");
}
