//! What must hold on each level for any bytes. Tests, fuzz targets and the mutation driver share it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Cursor, Read};

use fit::activity::{Content, Reader};
use fit::{
    Accumulator, BaseType, Columns, Decoder, Encoder, Error, Event, Message, Problem, RawWriter,
    Scanner, Shape, StreamScanner, Value, Walk, profile,
};

/// All levels, one after the other.
pub(crate) fn all(file: &[u8]) {
    wire(file);
    stream(file);
    message(file);
    activity(file);
    encode(file);
}

/// More steps than this were an endless loop: a step takes a byte, and a field of a definition, which
/// has three, can have one problem.
fn most_steps(file: &[u8]) -> usize {
    100 + 2 * file.len()
}

/// A file in memory: it ends, its places ascend, and a sound one can be copied record by record.
pub(crate) fn wire(file: &[u8]) {
    let strict = Scanner::new(file).inspect(|_| {}).take(most_steps(file));
    let errors = strict.filter(Result::is_err).count();
    assert!(errors <= 1, "a strict scanner goes on after an error");
    let (mut steps, mut last) = (0, 0);
    for event in Scanner::tolerant(file) {
        steps += 1;
        assert!(steps < most_steps(file), "endless");
        let offset = match event.expect("a tolerant scanner has no errors") {
            Event::Segment(segment) => {
                assert!(segment.end() <= file.len());
                segment.offset
            }
            Event::Definition(definition) => definition.offset,
            Event::Data(data) => {
                assert_eq!(data.fields().map(|it| it.bytes.len() + 1).sum::<usize>(), {
                    data.payload().len() + data.definition.fields().count()
                });
                data.offset
            }
            Event::Problem(_) => continue,
        };
        assert!(offset >= last && offset < file.len(), "places ascend");
        last = offset;
    }
    if errors == 0 {
        copy(file);
    }
}

/// A sound file that is copied record by record is the same, but for what is between and behind the
/// segments.
fn copy(file: &[u8]) {
    let mut segment: Option<(usize, RawWriter<Vec<u8>>)> = None;
    let check = |segment: Option<(usize, RawWriter<Vec<u8>>)>| {
        if let Some((offset, raw)) = segment {
            let copy = raw.finish().expect("memory takes everything");
            assert!(file[offset..].starts_with(&copy), "a copy differs");
        }
    };
    for event in Scanner::new(file) {
        let record = match event.expect("sound") {
            Event::Segment(next) => {
                check(segment.take());
                // Of a long header, the bytes beyond the CRC aren't kept.
                let header = next.header;
                if header.size > 14 || header.crc.is_none() && header.size > 12 {
                    return;
                }
                let raw = RawWriter::new(Vec::new(), &header).expect("memory takes everything");
                segment = Some((next.offset, raw));
                continue;
            }
            Event::Definition(definition) => definition.bytes,
            Event::Data(data) => data.bytes,
            Event::Problem(_) => continue,
        };
        let (_, raw) = segment.as_mut().expect("a header comes first");
        raw.record(record).expect("memory takes everything");
    }
    check(segment);
}

/// A reader that gives pieces of these sizes in turn.
struct Pieces<'a> {
    rest: &'a [u8],
    sizes: [usize; 3],
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.sizes.rotate_left(1);
        let size = self.sizes[0].min(buffer.len());
        self.rest.read(&mut buffer[..size])
    }
}

/// A stream: it ends, is the same however it is cut, and the same as a sound file in memory.
pub(crate) fn stream(file: &[u8]) {
    let sizes = [1, 7, 4099];
    let (whole, error) = walked(StreamScanner::tolerant(file), file);
    assert_eq!(error, None, "a tolerant scanner has no errors");
    let pieces = Pieces { rest: file, sizes };
    assert_eq!(walked(StreamScanner::tolerant(pieces), file), (whole, None));
    let (strict, error) = walked(StreamScanner::new(file), file);
    let mut events = DefaultHasher::new();
    for event in Scanner::new(file) {
        let Ok(event) = event else {
            assert!(error.is_some(), "a file with an error is a stream with one");
            return;
        };
        met(&event).hash(&mut events);
    }
    assert_eq!(
        (strict, error),
        (events.finish(), None),
        "a sound stream is a sound file"
    );
}

/// What an event tells, but for what a stream can't know yet.
fn met<'e>(event: &Event<'e>) -> (u8, usize, &'e [u8], Option<u32>) {
    match event {
        Event::Segment(segment) => (0, segment.offset, &[], Some(segment.header.data_size)),
        Event::Definition(definition) => (1, definition.offset, definition.bytes, None),
        Event::Data(data) => (2, data.offset, data.bytes, data.timestamp),
        Event::Problem(problem) => (3, problem.offset, &[], None),
    }
}

/// All that a stream tells, as a hash, and what ended it.
fn walked<R: Read>(mut scanner: StreamScanner<R>, file: &[u8]) -> (u64, Option<Problem>) {
    let mut events = DefaultHasher::new();
    let mut steps = 0;
    loop {
        match scanner.next_event() {
            Ok(Some(event)) => met(&event).hash(&mut events),
            Ok(None) => return (events.finish(), None),
            Err(Error::File(problem)) => return (events.finish(), Some(problem)),
            Err(error) => panic!("{error}"),
        }
        steps += 1;
        assert!(steps < most_steps(file), "endless");
    }
}

/// Messages: every value can be looked at in every way, and a report counts what is there.
pub(crate) fn message(file: &[u8]) {
    let mut decoder = Decoder::tolerant(file);
    let mut totals = Accumulator::default();
    let mut messages = 0;
    while let Some(message) = decoder
        .next_message()
        .expect("a tolerant decoder has no errors")
    {
        messages += 1;
        for field in message.fields() {
            let texts = (field.label(), field.text(), field.name(), field.unit());
            let _ = (field.value(), texts, field.integers().count());
            assert_eq!(field.numbers().count(), field.len());
            let resolved = message.resolved(field);
            assert!(message.expanded(resolved).count() <= 64);
        }
        let _ = totals
            .expand(&message)
            .iter()
            .map(fit::Expanded::number)
            .sum::<f64>();
    }
    assert!(decoder.problems().len() <= 200);
    let report = fit::inspect(file);
    let reported: u64 = report
        .segments
        .iter()
        .map(fit::SegmentReport::messages)
        .sum();
    assert!(reported == messages || report.omitted_segments > 0);
    let strict = Scanner::new(file).any(|event| event.is_err());
    assert_eq!(strict, !report.is_valid());
    assert!(report.to_string().len() > 10);
}

/// Activities: the same in memory and of a sound stream, and rows have the numbers of the fields.
pub(crate) fn activity(file: &[u8]) {
    let mut known: Vec<Columns> = Vec::new();
    let (mut row, mut seen) = (Vec::new(), DefaultHasher::new());
    let mut reader = Reader::tolerant(file);
    while let Some(entry) = reader
        .next_entry()
        .expect("a tolerant reader has no errors")
    {
        tell(&entry.content).hash(&mut seen);
        let at = known.iter().position(|columns| columns.fit(&entry.message));
        let at = at.unwrap_or_else(|| {
            known.truncate(16);
            known.insert(0, Columns::of(&entry.message));
            0
        });
        let columns = &known[at];
        row.clear();
        row.resize(columns.width(), 0.0);
        assert!(columns.fill(&entry.message, &mut row));
        check_row(&entry.message, &row);
    }
    let mut streamed = DefaultHasher::new();
    let mut reader = Reader::over(StreamScanner::new(file));
    loop {
        match reader.next_entry() {
            Ok(Some(entry)) => tell(&entry.content).hash(&mut streamed),
            Ok(None) => break,
            Err(_) => return,
        }
    }
    assert_eq!(
        streamed.finish(),
        seen.finish(),
        "a sound stream is a sound file"
    );
}

/// A few numbers of what a message says.
fn tell(content: &Content<'_>) -> [u64; 3] {
    let bits = |numbers: [f64; 3]| numbers.map(f64::to_bits);
    match content {
        Content::Record(it) => bits([it.distance, it.speed, it.cadence]),
        Content::Lap(it) => bits([
            it.totals.distance,
            it.totals.timer_time,
            it.totals.avg_speed,
        ]),
        Content::Session(it) => bits([it.totals.distance, it.totals.cycles, it.training_effect]),
        Content::Event(it) => [it.timestamp, it.data, it.event.map(u32::from)]
            .map(|number| number.map_or(u64::MAX, u64::from)),
        _ => [0; 3],
    }
}

fn check_row(message: &Message<'_>, row: &[f64]) {
    let mut row = row.iter();
    for field in message.fields() {
        let is_opaque = field.base() == BaseType::Byte && field.len() > 1;
        if field.base() == BaseType::String || is_opaque {
            continue;
        }
        for number in field.numbers() {
            let given = row.next().expect("a number for each element");
            let same = number.map(f64::to_bits) == (!given.is_nan()).then(|| given.to_bits());
            assert!(same, "{number:?} is {given} in a row");
        }
    }
    assert_eq!(row.next(), None);
}

/// Writing what was read: messages byte for byte, and as values.
pub(crate) fn encode(file: &[u8]) {
    let mut bytes = Encoder::new(Cursor::new(Vec::new())).expect("memory takes everything");
    let mut before = DefaultHasher::new();
    let mut shape = None;
    for event in Scanner::tolerant(file) {
        if let Event::Data(data) = event.expect("a tolerant scanner has no errors") {
            let place = data.definition.offset;
            let (_, shape) = match &shape {
                Some((known, _)) if *known == place => shape.as_ref().expect("it is there"),
                _ => shape.insert((place, Shape::copy_of(&data.definition))),
            };
            let written = bytes.write_bytes(shape, data.payload());
            written.expect("as long as its shape");
            (data.definition.number, data.payload()).hash(&mut before);
        }
    }
    let copy = bytes
        .finish()
        .expect("memory takes everything")
        .into_inner();
    let mut after = DefaultHasher::new();
    for event in Scanner::new(&copy) {
        if let Event::Data(data) = event.expect("what we write is sound") {
            (data.definition.number, data.payload()).hash(&mut after);
        }
    }
    assert_eq!(
        before.finish(),
        after.finish(),
        "messages differ from their copies"
    );
    values(Decoder::tolerant(file));
}

/// Values that are written come back: what is written a second time is the same file.
fn values<S: Walk<Error: std::fmt::Debug>>(decoder: Decoder<S>) {
    let first = rewritten(decoder);
    let second = rewritten(Decoder::new(&first));
    assert!(first == second, "values change when they are written again");
}

fn rewritten<S: Walk<Error: std::fmt::Debug>>(mut decoder: Decoder<S>) -> Vec<u8> {
    let mut encoder = Encoder::new(Cursor::new(Vec::new())).expect("memory takes everything");
    while let Some(message) = decoder.next_message().expect("sound, or read tolerantly") {
        let Some((shape, values)) = shape_and_values(&message) else {
            continue;
        };
        let written = encoder.write_values(&shape, &values);
        written.expect("values fit the fields that they came from");
    }
    encoder
        .finish()
        .expect("memory takes everything")
        .into_inner()
}

/// What it takes to write a message again, without its developer fields; `None` if its definition has
/// a field twice or an empty one, or one whose digits are too many for `f64`.
fn shape_and_values<'m>(message: &Message<'m>) -> Option<(Shape, Vec<Value<'m>>)> {
    let mut shape = Shape::of_number(message.number());
    let mut values = Vec::new();
    for field in message.fields().filter(|field| field.developer().is_none()) {
        let (number, base) = (field.field_number(), field.base());
        let known = field.known().copied();
        let known = known.unwrap_or_else(|| profile::Field::unnamed(number, base));
        if base.size() == 8 && base.range().is_some() && (known.scale, known.offset) != (1.0, 0.0) {
            return None;
        }
        shape = shape.array(profile::Field { base, ..known }, field.len());
        values.push(field.value());
    }
    Some((shape.build().ok()?, values))
}
