//! Lines that the server does not have yet, in a folder.
//!
//! Files are called `00000001.lp` and so on; lines are appended to the last one, and sent from
//! the first one. A file that was sent goes. As long as the server keeps up there is one file,
//! which becomes empty again and again.

use std::collections::VecDeque;
use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use pipeline_plugin::{Error, Result};

/// From this size on a new file is begun, in bytes.
const SEGMENT: u64 = 1 << 20;

/// How much is sent at once, in bytes.
const CHUNK: usize = 256 << 10;

/// How much of what the server refuses is kept, in bytes.
const REJECTED: u64 = 16 << 20;

/// The folder.
#[derive(Debug)]
pub(crate) struct Spool {
    folder: PathBuf,
    /// How much it may hold, in bytes.
    limit: u64,
    /// The oldest first; the last one is written to.
    segments: VecDeque<Segment>,
    active: File,
    /// How much of the first one was sent, in bytes.
    sent: u64,
    /// Lines that had to go.
    pub(crate) dropped: u64,
    /// Held while the folder is ours.
    #[expect(dead_code, reason = "its lock ends with it")]
    lock: File,
}

#[derive(Clone, Copy, Debug)]
struct Segment {
    number: u64,
    length: u64,
}

/// Lines to send.
#[derive(Debug)]
pub(crate) struct Chunk {
    segment: u64,
    pub(crate) lines: Vec<u8>,
}

impl Chunk {
    /// The first half of it, at least a line; `None` if there is but one.
    pub(crate) fn half(&self) -> Option<Self> {
        let middle = self.lines.get(..self.lines.len() / 2)?;
        let end = middle.iter().rposition(|byte| *byte == b'\n')?;
        Some(Self {
            segment: self.segment,
            lines: self.lines.get(..=end)?.to_vec(),
        })
    }
}

impl Spool {
    /// Opens the folder, which is made if it does not exist.
    ///
    /// # Errors
    ///
    /// When it can't be used, or another process uses it.
    pub(crate) fn open(folder: &Path, limit: u64) -> Result<Self> {
        let cannot = |error| Error::io(format!("use the spool `{}`", folder.display()), error);
        fs::create_dir_all(folder).map_err(cannot)?;
        let lock = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join("lock"))
            .map_err(cannot)?;
        if matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) {
            let message = format!("another run uses the spool `{}`", folder.display());
            return Err(Error::skip(message).with_help("give each pipeline a `spool` of its own"));
        }
        let mut segments = Vec::new();
        for entry in folder.read_dir().map_err(cannot)? {
            let path = entry.map_err(cannot)?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let number = name.and_then(|name| name.strip_suffix(".lp")?.parse().ok());
            if let Some(number) = number {
                let length = repaired(&path).map_err(cannot)?;
                segments.push(Segment { number, length });
            }
        }
        segments.sort_by_key(|segment| segment.number);
        let next = segments
            .last()
            .map_or(1, |last| last.number.saturating_add(1));
        segments.push(Segment {
            number: next,
            length: 0,
        });
        Ok(Self {
            active: begin(folder, next).map_err(cannot)?,
            folder: folder.to_owned(),
            limit,
            segments: segments.into(),
            sent: 0,
            dropped: 0,
            lock,
        })
    }

    /// Whether everything was sent.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting() == 0
    }

    /// How much was not sent, in bytes.
    pub(crate) fn waiting(&self) -> u64 {
        let all: u64 = self.segments.iter().map(|segment| segment.length).sum();
        all.saturating_sub(self.sent)
    }

    /// Adds lines, each with its end.
    ///
    /// # Errors
    ///
    /// When they can't be written; then none of them is there.
    pub(crate) fn append(&mut self, lines: &[u8]) -> Result<()> {
        let cannot = |error| {
            Error::io(
                format!("write to the spool `{}`", self.folder.display()),
                error,
            )
        };
        let Some(last) = self.segments.back_mut() else {
            return Ok(());
        };
        if let Err(error) = self.active.write_all(lines) {
            // A full disk takes half a line: the next one must not stand behind it.
            let _ = self.active.set_len(last.length);
            return Err(cannot(error));
        }
        last.length += lines.len() as u64;
        if last.length >= SEGMENT {
            let number = last.number.saturating_add(1);
            self.active = begin(&self.folder, number).map_err(cannot)?;
            self.segments.push_back(Segment { number, length: 0 });
        }
        self.shrink();
        Ok(())
    }

    /// The oldest files go while there is too much.
    fn shrink(&mut self) {
        while self.segments.len() > 1 && self.waiting() > self.limit {
            let Some(first) = self.segments.pop_front() else {
                return;
            };
            let path = self.path(first.number);
            let lines = fs::read(&path).unwrap_or_default();
            let sent = usize::try_from(self.sent).unwrap_or(usize::MAX);
            let lost = lines.iter().skip(sent).filter(|byte| **byte == b'\n');
            self.dropped += lost.count() as u64;
            self.sent = 0;
            let _ = fs::remove_file(path);
        }
    }

    /// The next lines to send.
    ///
    /// # Errors
    ///
    /// When they can't be read.
    pub(crate) fn next(&mut self) -> Result<Option<Chunk>> {
        while self.segments.len() > 1
            && self
                .segments
                .front()
                .is_some_and(|first| first.length <= self.sent)
        {
            self.forget_first();
        }
        let Some(first) = self
            .segments
            .front()
            .filter(|first| first.length > self.sent)
        else {
            return Ok(None);
        };
        let path = self.path(first.number);
        let cannot = |error| Error::io(format!("read `{}`", path.display()), error);
        let mut file = File::open(&path).map_err(cannot)?;
        file.seek(SeekFrom::Start(self.sent)).map_err(cannot)?;
        let most = (CHUNK as u64).min(first.length - self.sent);
        let mut lines = Vec::new();
        file.take(most).read_to_end(&mut lines).map_err(cannot)?;
        // A line that is longer than this can't be sent at all; it ends the file for us.
        let end = lines.iter().rposition(|byte| *byte == b'\n');
        lines.truncate(end.map_or(lines.len(), |end| end + 1));
        Ok(Some(Chunk {
            segment: first.number,
            lines,
        }))
    }

    /// The server has these lines.
    pub(crate) fn done(&mut self, chunk: &Chunk) {
        let is_last = self.segments.len() == 1;
        let Some(first) = self.segments.front_mut() else {
            return;
        };
        if first.number != chunk.segment {
            // It had to go meanwhile.
            return;
        }
        self.sent += chunk.lines.len() as u64;
        if self.sent < first.length {
            return;
        }
        if !is_last {
            self.forget_first();
        } else if self.active.set_len(0).is_ok() {
            first.length = 0;
            self.sent = 0;
        }
    }

    /// The server will never take these lines: they are put aside.
    ///
    /// # Errors
    ///
    /// When that can't be done; they stay then.
    pub(crate) fn put_aside(&mut self, chunk: &Chunk) -> Result<()> {
        let path = self.folder.join("rejected.lp");
        let cannot = |error| Error::io(format!("write `{}`", path.display()), error);
        let file = File::options().append(true).create(true).open(&path);
        let mut file = file.map_err(cannot)?;
        if file.metadata().map_err(cannot)?.len() < REJECTED {
            file.write_all(&chunk.lines).map_err(cannot)?;
        } else {
            let lines = memchr::memchr_iter(b'\n', &chunk.lines);
            self.dropped += lines.count() as u64;
        }
        self.done(chunk);
        Ok(())
    }

    /// Makes the lines survive a power cut.
    ///
    /// # Errors
    ///
    /// When the disk says no.
    pub(crate) fn sync(&self) -> Result<()> {
        let synced = self.active.sync_data();
        synced.map_err(|error| Error::io(format!("sync `{}`", self.folder.display()), error))
    }

    fn forget_first(&mut self) {
        if let Some(first) = self.segments.pop_front() {
            let _ = fs::remove_file(self.path(first.number));
            self.sent = 0;
        }
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(name(number))
    }
}

fn name(number: u64) -> String {
    format!("{number:08}.lp")
}

fn begin(folder: &Path, number: u64) -> std::io::Result<File> {
    let mut options = File::options();
    options.append(true).create(true);
    options.open(folder.join(name(number)))
}

/// The length of a file up to its last line's end; what a crash left behind it is taken away.
pub(crate) fn repaired(path: &Path) -> std::io::Result<u64> {
    let mut file = File::options().read(true).write(true).open(path)?;
    let mut end = file.metadata()?.len();
    let mut block = vec![0; 4096];
    let whole = end;
    while end > 0 {
        let start = end.saturating_sub(block.len() as u64);
        let length = usize::try_from(end - start).unwrap_or(block.len());
        let Some(part) = block.get_mut(..length) else {
            break;
        };
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(part)?;
        if let Some(at) = part.iter().rposition(|byte| *byte == b'\n') {
            end = start + at as u64 + 1;
            break;
        }
        end = start;
    }
    if end < whole {
        file.set_len(end)?;
    }
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(chunk: Option<Chunk>) -> String {
        chunk.map_or(String::new(), |chunk| {
            String::from_utf8(chunk.lines).unwrap()
        })
    }

    fn files(folder: &Path) -> usize {
        let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
        entries
            .filter(|e| e.path().extension().is_some_and(|ending| ending == "lp"))
            .count()
    }

    #[test]
    fn lines_stay_until_they_are_sent() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::open(folder.path(), 1 << 30).unwrap();
        assert!(spool.next().unwrap().is_none());
        spool.append(b"a 1\n").unwrap();
        let chunk = spool.next().unwrap().unwrap();
        // One that comes while they are sent.
        spool.append(b"b 2\n").unwrap();
        spool.done(&chunk);
        assert_eq!(text(spool.next().unwrap()), "b 2\n");
        // Killed: the file has both, and sending the first again does no harm.
        drop(spool);
        let mut spool = Spool::open(folder.path(), 1 << 30).unwrap();
        let chunk = spool.next().unwrap().unwrap();
        assert_eq!(chunk.lines, b"a 1\nb 2\n");
        spool.done(&chunk);
        assert!(spool.is_empty());
        spool.append(b"c 3\n").unwrap();
        assert_eq!(text(spool.next().unwrap()), "c 3\n");
        assert_eq!(files(folder.path()), 1);
    }

    #[test]
    fn half_a_line_is_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("00000007.lp");
        let long = "x".repeat(10_000);
        for (torn, whole) in [
            ("a 1\nb", "a 1\n"),
            ("a", ""),
            ("", ""),
            (&*format!("a 1\n{long}"), "a 1\n"),
        ] {
            fs::write(&path, torn).unwrap();
            let mut spool = Spool::open(folder.path(), 1 << 30).unwrap();
            assert_eq!(text(spool.next().unwrap()), whole);
        }
    }

    #[test]
    fn two_processes_do_not_share_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::open(folder.path(), 1 << 30).unwrap();
        let error = Spool::open(folder.path(), 1 << 30).unwrap_err();
        assert!(error.to_string().starts_with("another run uses the spool"));
        drop(spool);
        Spool::open(folder.path(), 1 << 30).unwrap();
    }

    #[test]
    fn the_folder_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::open(folder.path(), 3 << 20).unwrap();
        let line = format!("{}\n", "x".repeat(1023));
        let mut most = 0;
        for _ in 0..10_240 {
            spool.append(line.as_bytes()).unwrap();
            most = most.max(spool.waiting());
        }
        assert!(most <= 4 << 20, "{most}");
        let left = spool.waiting() / 1024;
        assert_eq!(left + spool.dropped, 10_240);
        let mut sent = 0;
        while let Some(chunk) = spool.next().unwrap() {
            sent += chunk.lines.len() as u64;
            spool.done(&chunk);
        }
        assert_eq!(sent, left * 1024);
        assert_eq!(files(folder.path()), 1);
    }

    #[test]
    fn refused_lines_are_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::open(folder.path(), 1 << 20).unwrap();
        spool.append(b"a 1\nb 2\nc 3\n").unwrap();
        let chunk = spool.next().unwrap().unwrap();
        let half = chunk.half().unwrap();
        assert_eq!(half.lines, b"a 1\n");
        assert!(half.half().is_none());
        spool.put_aside(&half).unwrap();
        assert_eq!(text(spool.next().unwrap()), "b 2\nc 3\n");
        let aside = fs::read_to_string(folder.path().join("rejected.lp")).unwrap();
        assert_eq!(aside, "a 1\n");
        // They are not taken for lines to be sent.
        drop(spool);
        let mut spool = Spool::open(folder.path(), 1 << 20).unwrap();
        assert_eq!(text(spool.next().unwrap()), "a 1\nb 2\nc 3\n");
    }
}
