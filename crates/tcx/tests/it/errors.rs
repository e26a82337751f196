//! Every error, with its text and place.

use std::io::{self, Read};

use tcx::{Limits, Options};

use crate::tell::{check, check_limits, read};
use crate::write::{activity, lap, point, points, track, tracked};

fn check_error(file: impl AsRef<[u8]>, expect: &str) {
    let told = read(file.as_ref(), Options::default());
    assert_eq!(told.lines().last().unwrap(), format!("error {expect}"));
}

#[test]
fn nothing() {
    check("", "error file is empty (line 1, byte 0)");
    check(" \n \n", "error file is empty (line 1, byte 0)");
    check("\u{feff}", "error file is empty (line 1, byte 3)");
}

#[test]
fn not_xml() {
    check("bla bla \n", "error not XML: no `<` in it (line 2, byte 9)");
    check("a <b>", "error not XML: begins with `a` (line 1, byte 0)");
    check("\x1f\u{8b}", "error not XML: no `<` in it (line 1, byte 3)");
    check(
        b"\x1f\x8b\x08",
        "error not XML: data compressed by gzip; name it `.gz` or decompress it (line 1, byte 0)",
    );
    check(
        "PK\x03\x04",
        "error not XML: a ZIP archive; unpack it (line 1, byte 0)",
    );
    check(
        b"\x0e\x10\0\0\0\0\0\0.FIT\0\0",
        "error not XML: a FIT file (line 1, byte 0)",
    );
    check("{\"a\": 1}", "error not XML: JSON (line 1, byte 0)");
    check(
        b"\xff\xfe<\0",
        "error not XML: text in UTF-16; save it as UTF-8 (line 1, byte 0)",
    );
    check(
        b"<\0?\0",
        "error not XML: text in UTF-16; save it as UTF-8 (line 1, byte 0)",
    );
    check(
        b"\x80\x81\x82",
        "error not XML: no `<` in it (line 1, byte 3)",
    );
}

#[test]
fn not_tcx() {
    check(
        "<?xml version='1.0'?>\n<gpx version='1.1'></gpx>",
        "error not TCX: a GPX file: root is `gpx`, expected `TrainingCenterDatabase` (line 2, byte 22)",
    );
    check(
        "<foo>text</foo>",
        "error not TCX: an unknown kind of XML: root is `foo`, expected `TrainingCenterDatabase` (line 1, byte 0)",
    );
    check(
        "<!DOCTYPE html>\n<html>",
        "error not TCX: an HTML page (line 1, byte 0)",
    );
    check(
        "<!-- only this -->",
        "error file ends too early: no element in it (line 1, byte 18)",
    );
}

#[test]
fn doctype() {
    check(
        "<!DOCTYPE lolz [<!ENTITY lol \"lol\">]><TrainingCenterDatabase/>",
        "error document type declarations are refused; a TCX file has none (line 1, byte 0)",
    );
}

#[test]
fn no_activity() {
    check(
        "<TrainingCenterDatabase/>",
        "error no activity in the file (line 1, byte 25)",
    );
    check(
        "<TrainingCenterDatabase><Courses><Course/></Courses></TrainingCenterDatabase>",
        "error no activity in the file; it holds courses, which are routes and not recordings (line 1, byte 77)",
    );
}

#[test]
fn mismatched_end() {
    check(
        "<TrainingCenterDatabase>\n<Activities>\n</Activity>",
        "error end tag `Activity` where `Activities` was expected (line 3, byte 38, in \
         TrainingCenterDatabase/Activities)",
    );
    check(
        "</a>",
        "error malformed XML: end tag `a` without start (line 1, byte 0)",
    );
}

#[test]
fn malformed() {
    check_error(
        "<TrainingCenterDatabase>\n< a>",
        "malformed XML: `<` that begins no tag: `< a>` (line 2, byte 25, in TrainingCenterDatabase)",
    );
}

#[test]
fn truncated_file_gives_its_complete_points_first() {
    let file = track(&points("0 d=1; 1 d=2; 2 d=3"));
    let cut = file.find("<DistanceMeters>3").unwrap() + 16;
    check(
        &file[..cut],
        "activity Other id=2024-01-01T00:00:00Z
         lap 0
         track
         point 0 d=1
         point 1 d=2
         error file ends too early: `DistanceMeters` is still open (line 7, byte 423, in \
         TrainingCenterDatabase/Activities/Activity/Lap/Track/Trackpoint/DistanceMeters)",
    );
    check_error(
        &file[..file.len() - 4],
        "file ends too early: `TrainingCenterDatabase` is still open (line 12, byte 519, in TrainingCenterDatabase)",
    );
}

#[test]
fn limits() {
    let limits = Limits {
        depth: 64,
        event: 1000,
        file: 1 << 20,
        points: 2,
    };
    check_limits(
        track(&points("0 d=1; 1 d=2; 2 d=3")).as_bytes(),
        limits,
        "error limit exceeded: more than 2 trackpoints (line 7, byte 441, in \
         TrainingCenterDatabase/Activities/Activity/Lap/Track)",
    );
    let long = activity(&format!("<Notes>{}</Notes>", "x".repeat(1000)));
    check_limits(
        long.as_bytes(),
        limits,
        "error limit exceeded: one tag, comment or text is longer than 1000 bytes (line 5, byte 138, in \
         TrainingCenterDatabase/Activities/Activity/Notes)",
    );
    let comments = activity(&format!("<Notes>{}</Notes>", "x<!---->".repeat(2000)));
    check_limits(
        comments.as_bytes(),
        limits,
        "error limit exceeded: one text is longer than 1000 bytes (line 5, byte 8138, in \
         TrainingCenterDatabase/Activities/Activity/Notes)",
    );
    check_limits(
        activity(&" ".repeat(1 << 20)).as_bytes(),
        limits,
        "error limit exceeded: file is larger than 1 MiB (line 5, byte 1048130, in \
         TrainingCenterDatabase/Activities/Activity)",
    );
}

#[test]
fn ten_million_open_tags_end_at_the_depth_limit() {
    let input = b"<TrainingCenterDatabase>".chain(forever(b"<a>"));
    check_limits(
        input,
        Limits::default(),
        &format!(
            "error limit exceeded: elements are nested deeper than 64 (line 1, byte 213, in \
             …{})",
            "/a".repeat(8)
        ),
    );
}

#[test]
fn endless_texts_tags_comments_and_blanks_end_at_a_limit() {
    for pattern in [&b"x"[..], b"<!-- ", b"<a b='", b"<![CDATA[", b"<?a "] {
        let input = b"<TrainingCenterDatabase>"
            .chain(pattern)
            .chain(forever(b"x"));
        check_limits(
            input,
            Limits::default(),
            "error limit exceeded: one tag, comment or text is longer than 65536 bytes (line 1, byte 24, in \
             TrainingCenterDatabase)",
        );
    }
    let input = b"<TrainingCenterDatabase>".chain(forever(b" "));
    check_limits(
        input,
        Limits {
            file: 1 << 20,
            ..Limits::default()
        },
        "error limit exceeded: file is larger than 1 MiB (line 1, byte 983064, in TrainingCenterDatabase)",
    );
}

#[test]
fn endless_names_end_at_a_limit() {
    let long = format!("<{}>", "n".repeat(60_000));
    let input = b"<TrainingCenterDatabase>".chain(forever(long.as_bytes()));
    let told = read(input, Options::default());
    assert!(
        told.contains("limit exceeded: elements are nested deeper than 64"),
        "{told}"
    );
}

#[test]
fn unreadable_input() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is on fire"))
        }
    }
    let error = tcx::Reader::new(Broken, Options::default())
        .next()
        .unwrap_err();
    assert_eq!(error.to_string(), "cannot read the input (line 1, byte 0)");
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string(),
        "the disk is on fire"
    );
}

#[test]
fn after_an_error_there_is_nothing() {
    let mut reader = tcx::Reader::new(&b"bla"[..], Options::default());
    assert!(reader.next().is_err());
    assert!(reader.next().unwrap().is_none());
}

#[test]
fn a_reader_can_be_used_again() {
    let file = point("<Cadence>NaN</Cadence>");
    let mut reader = tcx::Reader::new(&b"bla"[..], Options::default());
    assert!(reader.next().is_err());
    reader.reset(file.as_bytes());
    let mut events = 0;
    while reader.next().unwrap().is_some() {
        events += 1;
    }
    assert_eq!((events, reader.repairs().iter().count()), (6, 1));
    reader.reset(b"");
    assert!(reader.repairs().is_empty());
    let _ = lap(0, &tracked("0"));
}

/// An input that gives the same bytes again and again.
fn forever(bytes: &[u8]) -> impl Read + '_ {
    struct Forever<'a>(&'a [u8], &'a [u8]);
    impl Read for Forever<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.1.is_empty() {
                self.1 = self.0;
            }
            self.1.read(buffer)
        }
    }
    Forever(bytes, bytes)
}
