//! Files to test with, and the ways through the crate that several tests take.

use std::fs;
use std::io::{self, Cursor, Write as _};
use std::path::{Path, PathBuf};

use fit::{
    Decoder, DeveloperField, Encoder, Event, Message, Options, Problem, ProblemKind, RawWriter,
    Scanner, Shape, Value, Walk, profile,
};

/// The golden files: whole activities of this project.
pub(crate) const GOLDEN: [&str; 6] = [
    "golden-row-3s-min",
    "golden-row-zero-length",
    "golden-row-1000m-plain",
    "golden-row-1000m-dev",
    "golden-row-1000m-fitrust-subset",
    "golden-row-10km-dev",
];

pub(crate) fn golden(name: &str) -> Vec<u8> {
    let path = data().join("golden").join(name).with_extension("fit");
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The file of `tests/data/made` whose name starts with `number`.
pub(crate) fn made(number: &str) -> Vec<u8> {
    let name = |path: &PathBuf| {
        path.file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with(number)
    };
    let path = files(&data().join("made")).into_iter().find(name);
    fs::read(path.unwrap_or_else(|| panic!("no file {number}"))).unwrap()
}

pub(crate) fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

/// The files in a folder outside the repository; `None`, with a note, where it doesn't exist.
pub(crate) fn shared(folder: &str) -> Option<Vec<PathBuf>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/fit")
        .join(folder);
    if path.is_dir() {
        return Some(files(&path));
    }
    // Not `println`, which the harness swallows.
    let _ = writeln!(io::stderr(), "SKIPPED: {} is absent", path.display());
    None
}

/// The FIT files of a folder, by name.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|it| it == "fit"))
        .collect();
    files.sort();
    files
}

/// Copies a file record by record.
pub(crate) fn rewrite(file: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut copy = Vec::new();
    let mut segment: Option<RawWriter<Vec<u8>>> = None;
    let finish = |segment: Option<RawWriter<Vec<u8>>>| {
        segment.map_or(Vec::new(), |segment| segment.finish().unwrap())
    };
    for event in Scanner::new(file) {
        let record = match event? {
            Event::Segment(next) => {
                copy.extend(finish(segment.take()));
                segment = Some(RawWriter::new(Vec::new(), &next.header).unwrap());
                continue;
            }
            Event::Definition(definition) => definition.bytes,
            Event::Data(data) => data.bytes,
            Event::Problem(_) => continue,
        };
        segment.as_mut().unwrap().record(record).unwrap();
    }
    copy.extend(finish(segment));
    Ok(copy)
}

/// Decodes a file to values and encodes those again.
pub(crate) fn reencode(file: &[u8], options: Options) -> Vec<u8> {
    let mut encoder = Encoder::with_options(Cursor::new(Vec::new()), options).unwrap();
    let mut decoder = Decoder::new(file);
    while let Some(message) = decoder.next_message().unwrap() {
        let values: Vec<Value<'_>> = message.fields().map(|field| field.value()).collect();
        encoder.write_values(&shape(&message), &values).unwrap();
    }
    assert_eq!(encoder.saturated(), 0);
    encoder.finish().unwrap().into_inner()
}

/// The shape of a message that was read.
pub(crate) fn shape(message: &Message<'_>) -> Shape {
    let mut shape = Shape::of_number(message.number());
    for field in message.fields() {
        let (number, base) = (field.field_number(), field.base());
        if let Some(developer) = field.developer() {
            let count = u8::try_from(field.len()).unwrap();
            let own = DeveloperField::new(number, base, "", "").array(count);
            let known = field.description();
            let (scale, offset) = known.map_or((1.0, 0.0), |it| (it.scale, it.offset));
            shape = shape.developer(&DeveloperField {
                developer,
                scale,
                offset,
                ..own
            });
        } else {
            let known = field.known().copied();
            let known = known.unwrap_or_else(|| profile::Field::unnamed(number, base));
            shape = shape.array(profile::Field { base, ..known }, field.len());
        }
    }
    shape.build().unwrap()
}

/// Every message of a file: its number and its fields' numbers and values.
pub(crate) type Messages = Vec<(u16, Vec<(u8, Value<'static>)>)>;

pub(crate) fn messages<S: Walk>(decoder: &mut Decoder<S>) -> Result<Messages, S::Error> {
    let mut messages = Vec::new();
    while let Some(message) = decoder.next_message()? {
        let fields = message.fields();
        let fields = fields.map(|field| (field.field_number(), field.value().into_owned()));
        messages.push((message.number(), fields.collect()));
    }
    Ok(messages)
}

/// How many data messages there are, and what is wrong, read tolerantly.
pub(crate) fn scan(file: &[u8]) -> (usize, Vec<ProblemKind>) {
    let (mut messages, mut problems) = (0, Vec::new());
    for event in Scanner::tolerant(file) {
        match event.expect("a tolerant scanner has no errors") {
            Event::Data(_) => messages += 1,
            Event::Problem(problem) => problems.push(problem.kind),
            _ => {}
        }
    }
    (messages, problems)
}

/// The first error that a strict scanner meets.
pub(crate) fn strict_error(file: &[u8]) -> Option<ProblemKind> {
    Scanner::new(file).find_map(|event| event.err().map(|problem| problem.kind))
}

/// A file with 14 bytes of header around these records.
pub(crate) fn file_of(records: &[u8]) -> Vec<u8> {
    let header = fit::Header::new(0x20, 21_158, u32::try_from(records.len()).unwrap());
    let mut raw = RawWriter::new(Vec::new(), &header).unwrap();
    raw.record(records).unwrap();
    raw.finish().unwrap()
}
