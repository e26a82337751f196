//! Every error, with its text and place.

use std::io::{self, Read};

use gpx::{Limits, Options};

use crate::tell::{check, check_limits, read};
use crate::write::{gpx, seg, segment, track};

#[test]
fn nothing_and_no_xml() {
    check("", "error file is empty (line 1, byte 0)");
    check("bla bla \n", "error not XML: no `<` in it (line 2, byte 9)");
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
        b"\x1f\x8b\x08",
        "error not XML: data compressed by gzip; name it `.gz` or decompress it (line 1, byte 0)",
    );
}

#[test]
fn not_gpx() {
    check(
        "<TrainingCenterDatabase></TrainingCenterDatabase>",
        "error not GPX: a TCX file: root is `TrainingCenterDatabase`, expected `gpx` (line 1, byte 0)",
    );
    check(
        "<kml/>",
        "error not GPX: a KML file: root is `kml`, expected `gpx` (line 1, byte 0)",
    );
    check(
        "<!DOCTYPE html>\n<html>",
        "error not GPX: an HTML page (line 1, byte 0)",
    );
}

#[test]
fn doctype() {
    check(
        "<!DOCTYPE lolz [<!ENTITY lol \"lol\">]><gpx/>",
        "error document type declarations are refused; a GPX file has none (line 1, byte 0)",
    );
}

#[test]
fn no_track() {
    check(
        "<gpx/>",
        "metadata\nerror no activity in the file (line 1, byte 6)",
    );
    check(
        gpx("<wpt lat='1' lon='1'/><wpt lat='1' lon='1'/><rte/>"),
        "metadata 1.1 creator=me
         error no activity in the file; it holds 2 waypoints and 1 route, but no track (line 5, byte 130)",
    );
}

#[test]
fn mismatched_end_and_malformed() {
    check(
        "<gpx><trk></trkseg>",
        "metadata
         error end tag `trkseg` where `trk` was expected (line 1, byte 10, in gpx/trk)",
    );
    check(
        "</a>",
        "error malformed XML: end tag `a` without start (line 1, byte 0)",
    );
    check(
        "<gpx>\n< a>",
        "error malformed XML: `<` that begins no tag: `< a>` (line 2, byte 6, in gpx)",
    );
}

#[test]
fn truncated_file_gives_its_complete_points_first() {
    let file = track(&seg("0 pos=1,1; 1 pos=1,1; 2 pos=1,1"));
    let cut = file.rfind("<extensions>").unwrap();
    check(
        &file[..cut],
        "metadata 1.1 creator=me
         track
         segment
         point 0 lat=1 lon=1
         point 1 lat=1 lon=1
         error file ends too early: `trkpt` is still open (line 4, byte 320, in gpx/trk/trkseg/trkpt)",
    );
}

#[test]
fn limits() {
    let limits = Limits {
        points: 1,
        ..Limits::default()
    };
    check_limits(
        track(&seg("0 pos=1,1; 1 pos=1,1")).as_bytes(),
        limits,
        "error limit exceeded: more than 1 trackpoints (line 4, byte 256, in gpx/trk/trkseg)",
    );
    check_limits(
        segment(&format!(
            "<trkpt lat=\"1\" lon=\"{}\"/>",
            "1".repeat(70_000)
        ))
        .as_bytes(),
        Limits::default(),
        "error limit exceeded: one tag, comment or text is longer than 65536 bytes (line 5, byte 87, in \
         gpx/trk/trkseg)",
    );
    check_limits(
        b"<gpx>".chain(forever(b" ")),
        Limits {
            file: 1 << 20,
            ..Limits::default()
        },
        "error limit exceeded: file is larger than 1 MiB (line 1, byte 983045, in gpx)",
    );
}

#[test]
fn deep_nesting_ends_at_a_limit() {
    let head = "<gpx><trk><trkseg><trkpt lat=\"1\" lon=\"1\"><extensions>".as_bytes();
    check_limits(
        head.chain(forever(b"<a>")),
        Limits::default(),
        &format!(
            "error limit exceeded: elements are nested deeper than 64 (line 1, byte 230, in …{})",
            "/a".repeat(8)
        ),
    );
}

/// The names of elements differ in every point: their number stays bounded, and so does the memory.
#[test]
fn endless_names_of_extensions() {
    let point = |n: usize| format!("<trkpt lat='1' lon='1'><x{n}>1</x{n}></trkpt>");
    let file = segment(&(0..2000).map(point).collect::<String>());
    let mut reader = gpx::Reader::new(file.as_bytes(), Options::default());
    while let Some(event) = reader.next().unwrap() {
        if let gpx::Event::Point(point) = event {
            assert!(point.measured.extras.len() <= 32);
        }
    }
    assert_eq!(reader.extras().len(), 32);
}

#[test]
fn unreadable_input() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is on fire"))
        }
    }
    let told = read(Broken, Options::default());
    assert_eq!(told, "error cannot read the input (line 1, byte 0)\n");
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
