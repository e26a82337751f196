//! A stream has the same events as a file in memory.

use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;

use fit::{
    Data, Decoder, Definition, Error, Event, Header, Problem, ProblemKind as Kind, RawWriter,
    Scanner, Segment, StreamScanner,
};
use proptest::prelude::*;

use crate::support::{GOLDEN, data, file_of, files, golden, messages, shared};

/// A reader that gives so many bytes at most at a time, and is interrupted before each.
struct Pieces<'a> {
    rest: &'a [u8],
    most: usize,
    interrupted: bool,
}

impl<'a> Pieces<'a> {
    fn new(rest: &'a [u8], most: usize) -> Self {
        let interrupted = false;
        Self {
            rest,
            most,
            interrupted,
        }
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.interrupted = !self.interrupted;
        if self.interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let size = self.most.min(buffer.len());
        self.rest.read(&mut buffer[..size])
    }
}

/// An event without what borrows from the file.
#[derive(Clone, Debug, PartialEq)]
enum Met {
    Segment(Segment),
    Definition(usize, Vec<u8>),
    Data(usize, Vec<u8>, Option<u32>),
    Problem(Problem),
}

impl Met {
    fn of(event: Event<'_>) -> Self {
        match event {
            // The end and the CRCs of a stream's segment aren't known yet.
            Event::Segment(segment) => Self::Segment(Segment {
                data: segment.data.start..0,
                crc: None,
                right_crc: None,
                ..segment
            }),
            Event::Definition(it) => Self::Definition(it.offset, it.bytes.to_vec()),
            Event::Data(it) => Self::Data(
                it.offset,
                [it.definition.bytes, it.bytes].concat(),
                it.timestamp,
            ),
            Event::Problem(problem) => Self::Problem(problem),
        }
    }
}

fn in_memory(scanner: Scanner<'_>) -> (Vec<Met>, Option<Problem>) {
    let mut events = Vec::new();
    for event in scanner {
        match event {
            Ok(event) => events.push(Met::of(event)),
            Err(problem) => return (events, Some(problem)),
        }
    }
    (events, None)
}

fn streamed<R: Read>(mut scanner: StreamScanner<R>) -> (Vec<Met>, Option<Problem>) {
    let mut events = Vec::new();
    loop {
        match scanner.next_event() {
            Ok(Some(event)) => events.push(Met::of(event)),
            Ok(None) => return (events, None),
            Err(Error::File(problem)) => return (events, Some(problem)),
            Err(error) => panic!("{error}"),
        }
    }
}

/// What isn't a problem, and the problems by their places.
fn sorted(events: Vec<Met>) -> (Vec<Met>, Vec<Problem>) {
    let (mut rest, mut problems) = (Vec::new(), Vec::new());
    for event in events {
        match event {
            Met::Problem(problem) => problems.push(problem),
            event => rest.push(event),
        }
    }
    problems.sort_by_key(|problem| problem.offset);
    (rest, problems)
}

/// All there are, with their names.
fn every_file() -> Vec<(String, Vec<u8>)> {
    let mut paths: Vec<PathBuf> = ["golden", "made"]
        .iter()
        .flat_map(|folder| files(&data().join(folder)))
        .collect();
    for folder in ["valid", "broken"] {
        paths.extend(shared(folder).unwrap_or_default());
    }
    let read = |path: PathBuf| (path.display().to_string(), fs::read(&path).unwrap());
    paths.into_iter().map(read).collect()
}

const SIZES: [usize; 4] = [1, 997, 65_536, usize::MAX];

#[test]
fn every_file_has_the_same_events() {
    for (name, file) in every_file() {
        let (expected, _) = in_memory(Scanner::tolerant(&file));
        let is_sound = in_memory(Scanner::new(&file)).1.is_none();
        for size in SIZES {
            let (events, error) = streamed(StreamScanner::tolerant(Pieces::new(&file, size)));
            assert_eq!(error, None, "{name}");
            if is_sound {
                assert!(events == expected, "{name}, {size} bytes at a time");
            }
            assert!(
                sorted(events) == sorted(expected.clone()),
                "{name}, {size} bytes at a time"
            );
        }
    }
}

#[test]
fn strict_streams_end_with_the_same_error() {
    for (name, file) in every_file() {
        let (_, expected) = in_memory(Scanner::new(&file));
        let (_, error) = streamed(StreamScanner::new(&file[..]));
        // Only the order in which they are met differs.
        assert_eq!(error.is_some(), expected.is_some(), "{name}");
    }
}

#[test]
fn every_file_has_the_same_messages() {
    for (name, file) in every_file() {
        // As text: a number that isn't measured isn't equal to itself.
        let expected = format!("{:?}", messages(&mut Decoder::tolerant(&file)).unwrap());
        for size in SIZES {
            let scanner = StreamScanner::tolerant(Pieces::new(&file, size));
            let read = messages(&mut Decoder::over(scanner)).unwrap();
            let read = format!("{read:?}");
            assert!(read == expected, "{name}, {size} bytes at a time");
        }
    }
}

#[test]
fn cut_files_have_the_same_messages() {
    for name in GOLDEN {
        let file = golden(name);
        for cut in (0..file.len()).step_by(1 + file.len() / 150) {
            let cut = &file[..cut];
            let (expected, problems) = sorted(in_memory(Scanner::tolerant(cut)).0);
            let (events, streamed) = sorted(streamed(StreamScanner::tolerant(cut)).0);
            assert!(events == expected, "{name} {}", cut.len());
            assert_eq!(streamed, problems, "{name} {}", cut.len());
            assert!(StreamScanner::new(cut).next_event().is_err() || !cut.is_empty());
        }
    }
}

#[test]
fn a_segment_is_complete_at_its_end() {
    let file = golden(GOLDEN[0]);
    let mut scanner = StreamScanner::new(&file[..]);
    let declared = 14..file.len() - 2;
    let Ok(Some(Event::Segment(segment))) = scanner.next_event() else {
        panic!("a segment comes first");
    };
    assert_eq!((segment.data, segment.crc), (declared.clone(), None));
    while scanner.next_event().unwrap().is_some() {}
    let segment = scanner.segment().unwrap();
    assert_eq!(segment.data, declared);
    assert!(segment.crc.is_some() && segment.crc == segment.right_crc);
}

const NAME: &str = "golden-row-1000m-dev";

/// The golden file with another size of the data in its header, whose CRC stays right.
fn with_size(data_size: u32) -> Vec<u8> {
    let mut file = golden(NAME);
    file[..14].copy_from_slice(&Header::new(0x20, 21_158, data_size).to_bytes());
    file
}

fn data_size() -> u32 {
    u32::try_from(golden(NAME).len() - 16).unwrap()
}

/// The problems of a file, which must have so many messages both ways.
fn problems(file: &[u8], messages: usize) -> Vec<Kind> {
    let (events, problems) = sorted(streamed(StreamScanner::tolerant(file)).0);
    let is_data = |event: &&Met| matches!(event, Met::Data(..));
    assert_eq!(events.iter().filter(is_data).count(), messages);
    problems.into_iter().map(|problem| problem.kind).collect()
}

const MESSAGES: usize = 259;

#[test]
fn wrong_sizes_are_survived() {
    let right = data_size();
    let found = right as usize;
    let size = |declared| vec![Kind::DataSize { declared, found }];
    for padding in [0, 1, 2, 100, 70_000, 300_000] {
        let padded = |size| {
            let mut file = with_size(size);
            // The CRC is that of the golden file with its right header.
            let end = file.len() - 2;
            let crc = fit::crc::checksum(&file[..end]);
            file[end..].copy_from_slice(&crc.to_le_bytes());
            file.resize(file.len() + padding, 0x1A);
            file
        };
        let with_padding = |mut kinds: Vec<Kind>| {
            if padding > 0 {
                kinds.push(Kind::Padding { bytes: padding });
            }
            kinds
        };
        let zero = vec![Kind::DataSizeZero { found }];
        assert_eq!(problems(&padded(0), MESSAGES), with_padding(zero));
        for declared in [u32::MAX, right + 1_000_000] {
            let expected = with_padding(size(declared));
            assert_eq!(problems(&padded(declared), MESSAGES), expected, "{padding}");
        }
        for declared in [1, right / 2, right - 1] {
            let expected = with_padding(size(declared));
            assert_eq!(problems(&padded(declared), MESSAGES), expected, "{padding}");
        }
    }
}

#[test]
fn wrong_sizes_in_a_chain_are_survived() {
    let (file, right) = (golden(NAME), data_size());
    let found = right as usize;
    for declared in [
        0,
        1,
        right - 1,
        right + 1,
        right + 20,
        right + 100,
        u32::MAX,
    ] {
        let mut first = with_size(declared);
        let end = first.len() - 2;
        let crc = fit::crc::checksum(&first[..end]);
        first[end..].copy_from_slice(&crc.to_le_bytes());
        let kind = match declared {
            0 => Kind::DataSizeZero { found },
            _ => Kind::DataSize { declared, found },
        };
        let chain = [&first[..], &file, &file].concat();
        assert_eq!(problems(&chain, 3 * MESSAGES), [kind], "{declared}");
    }
}

#[test]
fn bytes_between_segments_are_passed_over() {
    let file = golden(NAME);
    for (gap, kind) in [
        (vec![0; 3], Kind::Padding { bytes: 3 }),
        (vec![0; 100_000], Kind::Padding { bytes: 100_000 }),
        (b"junk".to_vec(), Kind::Trailing { bytes: 4 }),
        (vec![b'x'; 100_000], Kind::Trailing { bytes: 100_000 }),
    ] {
        let chain = [&file[..], &gap, &file].concat();
        assert_eq!(problems(&chain, 2 * MESSAGES), [kind]);
        let (expected, _) = in_memory(Scanner::tolerant(&chain));
        assert!(streamed(StreamScanner::tolerant(&chain[..])).0 == expected);
        let (strict, error) = streamed(StreamScanner::new(&chain[..]));
        assert!(strict == expected && error.is_none());
    }
}

#[test]
fn a_header_that_cannot_be_read_is_passed_over() {
    let file = golden(NAME);
    let mut other = file.clone();
    other[8..12].copy_from_slice(b".GIT");
    let found = Kind::Signature { found: *b".GIT" };
    for (chain, messages) in [
        ([&other[..], &file].concat(), MESSAGES),
        ([&file[..], &other, &file].concat(), 2 * MESSAGES),
    ] {
        assert_eq!(problems(&chain, messages), std::slice::from_ref(&found));
        let (expected, _) = in_memory(Scanner::tolerant(&chain));
        assert!(streamed(StreamScanner::tolerant(&chain[..])).0 == expected);
        let error = streamed(StreamScanner::new(&chain[..])).1;
        assert_eq!(error.map(|problem| problem.kind), Some(found.clone()));
    }
}

#[test]
fn a_reader_that_fails_is_an_error() {
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("unplugged"))
        }
    }
    let file = golden(NAME);
    let mut scanner = StreamScanner::tolerant((&file[..5000]).chain(Fails));
    let error = loop {
        match scanner.next_event() {
            Ok(event) => assert!(event.is_some(), "the error was swallowed"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Read(_)));
    assert!(matches!(scanner.next_event(), Ok(None)));
}

/// Two segments whose records are of such sizes.
fn file_with(sizes: &[usize]) -> Vec<u8> {
    let mut records = Vec::new();
    for size in sizes {
        let count = size.div_ceil(255);
        let developer = count.saturating_sub(255);
        let native = count - developer;
        records.extend([0x60, 0, 0, 0x34, 0x12, u8::try_from(native).unwrap()]);
        (0..native).for_each(|_| records.extend([1, 255, 0x0D]));
        records.push(u8::try_from(developer).unwrap());
        (0..developer).for_each(|_| records.extend([1, 255, 0]));
        records.push(0);
        records.resize(records.len() + count * 255, 7);
    }
    let file = file_of(&records);
    [&file[..], &file].concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn records_of_any_size_are_read(
        sizes in prop::collection::vec(1..=2 * 255 * 255_usize, 1..12),
        most in 1..100_000_usize,
    ) {
        let file = file_with(&sizes);
        let (expected, error) = in_memory(Scanner::new(&file));
        prop_assert_eq!(error, None);
        let (events, error) = streamed(StreamScanner::new(Pieces::new(&file, most)));
        prop_assert_eq!(error, None);
        prop_assert!(events == expected);
    }

    #[test]
    fn changed_streams_are_survived(
        name in prop::sample::select(GOLDEN[..5].to_vec()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10),
        copies in 1..4_usize,
    ) {
        let mut file = golden(name).repeat(copies);
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        let (whole, error) = streamed(StreamScanner::tolerant(&file[..]));
        prop_assert_eq!(error, None);
        let (pieces, _) = streamed(StreamScanner::tolerant(Pieces::new(&file, 11)));
        prop_assert!(whole == pieces);
        let mut last = 0;
        for event in &whole {
            if let Met::Definition(offset, _) | Met::Data(offset, ..) = event {
                prop_assert!(*offset >= last && *offset < file.len());
                last = *offset;
            }
        }
    }
}

#[test]
fn copies_of_a_stream_are_the_same() {
    let file = golden(NAME);
    let mut scanner = StreamScanner::new(&file[..]);
    let mut copy = None;
    while let Some(event) = scanner.next_event().unwrap() {
        match event {
            Event::Segment(segment) => {
                copy = Some(RawWriter::new(Vec::new(), &segment.header).unwrap());
            }
            Event::Definition(Definition { bytes, .. }) | Event::Data(Data { bytes, .. }) => {
                copy.as_mut().unwrap().record(bytes).unwrap();
            }
            Event::Problem(problem) => panic!("{problem}"),
        }
    }
    assert!(copy.unwrap().finish().unwrap() == file);
}
