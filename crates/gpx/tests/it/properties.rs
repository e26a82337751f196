//! What holds for every input.

use std::io::{self, Read};

use gpx::{Limits, Options};
use proptest::prelude::*;

use crate::tell::{cleaned, read};
use crate::write::{gpx, seg, track};

/// A file with something of everything.
fn sample() -> String {
    let segments =
        seg("0 pos=1.5,2.5 ele=3 hr=90 power=168 gain=1; 1 pos=1,1 a=2; 1 hr=91; 3; 2 speed=NaN")
            + &seg("60 pos=100,0; 59 distance=2 cad=1e1; -");
    let head =
        "<metadata><name>a &lt; b<![CDATA[<c>]]> &nope; \0</name></metadata><wpt lat='1' lon='1'/>";
    let more = "<extensions><x:y z='>'>1<!-- a > b -->2</x:y></extensions>";
    let file = gpx(&format!("{head}<trk>{more}{segments}</trk><trk/>"));
    format!("\u{feff} {file}<!-- tail -->x")
}

/// Gives the input in pieces of given sizes, in turns.
struct Pieces<'a>(&'a [u8], std::iter::Cycle<std::slice::Iter<'a, usize>>);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.1.next().map_or(1, |size| *size).min(buffer.len());
        self.0.read(&mut buffer[..size])
    }
}

fn both(input: &[u8], options: Options) -> String {
    read(input, options) + &cleaned(input, options)
}

/// A window as small as the file's largest piece allows, so that every token meets its edge.
fn narrow() -> Options {
    Options {
        limits: Limits {
            event: 128,
            ..Limits::default()
        },
        ..Options::default()
    }
}

#[test]
fn every_truncation_gives_the_complete_points_before_it() {
    let file = sample();
    let whole = read(file.as_bytes(), Options::default());
    let is_event = |line: &&str| !line.starts_with("repair") && !line.starts_with("error");
    let events: Vec<&str> = whole.lines().filter(is_event).collect();
    let root_end = file.find("</gpx>").unwrap() + "</gpx>".len();
    for cut in 0..root_end {
        let told = both(&file.as_bytes()[..cut], Options::default());
        let found = read(&file.as_bytes()[..cut], Options::default());
        let found: Vec<&str> = found.lines().filter(is_event).collect();
        assert_eq!(found, events[..found.len()], "cut at {cut}");
        let head = &file[..file.floor_char_boundary(cut)];
        let complete = head.matches("</trkpt>").count() + head.matches("<trkseg>").count();
        let points = found
            .iter()
            .filter(|line| line.starts_with("point") || line.starts_with("segment"))
            .count();
        assert_eq!(points, complete, "cut at {cut}");
        assert!(
            told.lines().last().unwrap().starts_with("error"),
            "cut at {cut}: {told}"
        );
    }
}

#[test]
fn the_windows_edge_is_never_seen() {
    let file = sample();
    let expect = read(file.as_bytes(), Options::default());
    for event in 128..600 {
        let options = Options {
            limits: Limits {
                event,
                ..Limits::default()
            },
            ..Options::default()
        };
        assert_eq!(
            read(file.as_bytes(), options),
            expect,
            "window of {event} bytes"
        );
    }
}

proptest! {
    #[test]
    fn any_pieces_of_the_input_give_the_same(sizes in prop::collection::vec(1_usize..200, 1..20)) {
        let file = sample();
        let pieces = Pieces(file.as_bytes(), sizes.iter().cycle());
        prop_assert_eq!(read(pieces, narrow()), read(file.as_bytes(), Options::default()));
    }

    #[test]
    fn mutations_never_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_usize..4), 1..20),
    ) {
        let mut file = sample().into_bytes();
        for (place, byte, what) in edits {
            let place = place.index(file.len());
            match what {
                0 => file[place] = byte,
                1 => { file.remove(place); }
                2 => file.insert(place, byte),
                _ => {
                    let end = (place + usize::from(byte)).min(file.len());
                    let part = file[place..end].to_vec();
                    file.splice(place..place, part);
                }
            }
        }
        both(&file, Options::default());
        both(&file, narrow());
    }

    #[test]
    fn any_bytes_never_panic(file in prop::collection::vec(any::<u8>(), 0..300)) {
        both(&file, Options::default());
    }

    /// Cleaned times increase and distances don't decrease, whatever the points say.
    #[test]
    fn cleaned_points_are_in_order(
        points in prop::collection::vec((0_i64..200, prop::option::of(0_u32..5000), any::<bool>()), 1..200),
    ) {
        let short: Vec<String> = points
            .iter()
            .map(|(second, metres, there)| {
                let position = if *there { format!(" pos=1,{second}") } else { String::new() };
                let distance = metres.map_or(String::new(), |metres| format!(" distance={metres}"));
                format!("{second}{position}{distance}")
            })
            .collect();
        let told = cleaned(track(&seg(&short.join(";"))).as_bytes(), Options::default());
        let points: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("point ")).collect();
        let number = |text: &str| text.parse::<f64>().unwrap();
        let times: Vec<f64> = points.iter().map(|p| number(p.split(' ').next().unwrap())).collect();
        prop_assert!(times.is_sorted_by(|a, b| a < b));
        let distances: Vec<f64> = points
            .iter()
            .filter_map(|p| p.split(' ').find_map(|word| word.strip_prefix("d=")).map(number))
            .collect();
        prop_assert!(distances.is_sorted(), "{}", told);
    }
}

/// The file of these tests has what it is said to have.
#[test]
fn the_sample_is_rich() {
    let told = read(sample().as_bytes(), Options::default());
    assert!(
        told.contains("repair") && told.contains("gain=1") && told.contains("name=a < b<c>"),
        "{told}"
    );
}
