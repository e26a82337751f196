//! Where the points of long laps wait.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tcx::{Event, Options, Reader, Writer};

use super::{Memory, all_totals, at, finished, lap, point};

/// A spool that says how often one was made, and how much was read from it.
struct Spool(Memory, Arc<AtomicUsize>);

impl Read for Spool {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1.fetch_add(count, Ordering::Relaxed);
        Ok(count)
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Spool {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.0.seek(position)
    }
}

/// An output that notes the largest piece.
struct Largest(Vec<u8>, usize);

impl Write for Largest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1 = self.1.max(bytes.len());
        self.0.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn long_laps_wait_in_one_spool() {
    let (times_made, spooled) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counter, reads) = (times_made.clone(), spooled.clone());
    let make = move || {
        counter.fetch_add(1, Ordering::Relaxed);
        Ok(Spool(Memory::default(), reads.clone()))
    };
    let mut writer = Writer::new(Largest(Vec::new(), 0), make);
    let mut expect = Vec::new();
    // A long lap, a short one, a longer and a shorter one, which must not see the end of the one before.
    let mut second = 0;
    for points in [5_000, 10, 9_000, 3_000] {
        writer.lap(lap(second)).unwrap();
        for _ in 0..points {
            writer.point(&point(second)).unwrap();
            expect.push(at(second));
            second += 1;
        }
        writer.lap_end(&all_totals()).unwrap();
    }
    let Largest(file, largest) = writer.finish().unwrap();
    assert_eq!(times_made.load(Ordering::Relaxed), 1);
    assert!(spooled.load(Ordering::Relaxed) > 1_000_000);
    assert!(largest < 300_000, "{largest}");
    let mut reader = Reader::new(file.as_slice(), Options::default());
    let mut found = Vec::new();
    while let Some(event) = reader.next().unwrap() {
        if let Event::Trackpoint(point) = event {
            found.push(point.time.unwrap());
        }
    }
    assert_eq!(found, expect);
}

#[test]
fn short_laps_need_no_spool() {
    let make = || -> io::Result<Memory> { panic!("a spool was made") };
    let mut writer = Writer::new(Vec::new(), make);
    for second in 0..5_000 {
        if second % 500 == 0 {
            writer.lap(lap(second)).unwrap();
        }
        writer.point(&point(second)).unwrap();
    }
    finished(writer);
}

#[test]
fn a_spool_that_fails_or_forgets_is_an_error() {
    let fill = |writer: &mut Writer<Vec<u8>, Forgetful>| {
        (0..5_000).try_for_each(|second| writer.point(&point(second)))
    };
    let mut writer = Writer::new(Vec::new(), || Err(io::ErrorKind::StorageFull.into()));
    assert_eq!(
        fill(&mut writer).unwrap_err().kind(),
        io::ErrorKind::StorageFull
    );
    let mut writer = Writer::new(Vec::new(), || Ok(Forgetful));
    fill(&mut writer).unwrap();
    assert_eq!(
        writer.finish().unwrap_err().kind(),
        io::ErrorKind::UnexpectedEof
    );
}

/// A file that takes everything and gives nothing back.
struct Forgetful;

impl Read for Forgetful {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

impl Write for Forgetful {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Forgetful {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Ok(0)
    }
}
