//! What is in a file that is there already.

use std::io::{self, BufRead, Read};

use pipeline_plugin::Timestamp;
use table::{TimeReader, Zone, read_number};

use crate::titles::Titles;

/// The longest line that is looked at, in bytes.
const LONGEST: u64 = 1 << 20;

/// What was found in a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its columns; `None` in a file that has not got its first line yet.
    pub(crate) titles: Option<Titles>,
    /// The greatest time in it.
    pub(crate) last: Option<Timestamp>,
    /// Up to where it is sound, in bytes.
    pub(crate) sound: u64,
    /// What follows there: half a row, or zeros that a power cut left. Its first bytes.
    pub(crate) torn: Vec<u8>,
}

/// Reads a file of a log; `seen` is told the time of every row. `None` if it is not a log's.
///
/// # Errors
///
/// When it can't be read.
pub(crate) fn scan(
    input: impl BufRead,
    seen: &mut dyn FnMut(Timestamp),
) -> io::Result<Option<Found>> {
    let mut input = input;
    let mut line = Vec::new();
    next(&mut input, &mut line)?;
    let mut found = Found {
        titles: Titles::parse(&line),
        last: None,
        sound: 0,
        torn: Vec::new(),
    };
    let Some(titles) = &found.titles else {
        // Killed before the first line was complete, or not one of ours.
        found.torn = line;
        let begun = b"time,".starts_with(&found.torn) || found.torn.starts_with(b"time,");
        return Ok(
            (is_incomplete(&found.torn) && (begun || is_zeros(&found.torn))).then_some(found),
        );
    };
    let width = titles.width();
    let mut times = TimeReader::default();
    found.sound = line.len() as u64;
    while next(&mut input, &mut line)? {
        if let Some(time) = row(&line, width, &mut times) {
            if !found.torn.is_empty() {
                // Rows behind something broken: somebody else has written here.
                return Ok(None);
            }
            seen(time);
            found.last = found.last.max(Some(time));
            found.sound += line.len() as u64;
        } else if is_incomplete(&line) {
            if found.torn.is_empty() {
                found.torn.clone_from(&line);
            }
        } else {
            return Ok(None);
        }
    }
    Ok(Some(found))
}

/// The first line of a log's file.
pub(crate) fn titles_of(input: impl BufRead) -> Option<Titles> {
    let mut line = Vec::new();
    next(&mut { input }, &mut line).ok()?;
    Titles::parse(&line)
}

/// Reads a line with its end; `false` at the end of the file.
fn next(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    input.by_ref().take(LONGEST).read_until(b'\n', line)?;
    Ok(!line.is_empty())
}

/// The time of a row that has every cell.
fn row(line: &[u8], width: usize, times: &mut TimeReader) -> Option<Timestamp> {
    let line = line.strip_suffix(b"\n")?;
    let mut cells = line.split(|byte| *byte == b',');
    let time = times.read(cells.next()?)?;
    let mut count = 1;
    for cell in cells {
        count += 1;
        if !cell.is_empty() && read_number(cell).is_none() {
            return None;
        }
    }
    let sound = count == width && time.zone == Zone::Utc;
    sound.then(|| Timestamp::from_micros(time.micros))
}

/// Whether a line was never completed: it has no end, or zeros where a power cut left a hole.
fn is_incomplete(line: &[u8]) -> bool {
    !line.ends_with(b"\n") || line.contains(&0)
}

fn is_zeros(text: &[u8]) -> bool {
    text.iter().all(|byte| *byte == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "time,a (V),b\n";

    /// Times seen, length of the sound part, what is torn.
    fn check(rest: &str) -> Option<(usize, u64, String)> {
        let text = format!("{HEAD}{rest}");
        let mut seen = 0;
        let found = scan(text.as_bytes(), &mut |_| seen += 1).unwrap()?;
        let torn = String::from_utf8_lossy(&found.torn).into_owned();
        Some((seen, found.sound - HEAD.len() as u64, torn))
    }

    #[test]
    fn half_rows_are_told_from_other_peoples_lines() {
        let row = "2026-11-21T10:00:00.250Z,-1.5,\n";
        let two = format!("{row}{row}");
        assert_eq!(check(""), Some((0, 0, String::new())));
        assert_eq!(check(&two), Some((2, 62, String::new())));
        for cut in 1..row.len() {
            let (half, text) = (&row[..cut], format!("{row}{}", &row[..cut]));
            assert_eq!(check(&text), Some((1, 31, half.to_owned())));
        }
        assert_eq!(check(&format!("{row}\0\0\0")).unwrap().1, 31);
        assert_eq!(check(&format!("{row}2026\0\0\n\0\0")).unwrap().1, 31);
        for strange in [
            "hello\n",
            "\n",
            "2026-11-21T10:00:00.250Z,1\n",
            "2026-11-21T10:00:00.250Z,1,2,3\n",
            "2026-11-21T10:00:00.250Z,1,x\n",
            "2026-11-21T10:00:00.250,1,2\n",
            "2026-11-21T10:00:00.250Z,1,2\r\n",
            "yesterday,1,2\n",
        ] {
            assert_eq!(check(&format!("{row}{strange}")), None, "{strange:?}");
            assert_eq!(check(&format!("{strange}{row}")), None, "{strange:?}");
        }
        assert_eq!(check(&format!("{row}\0\0\n{row}")), None);
    }

    #[test]
    fn a_first_line_may_be_cut_off_too() {
        for text in ["", "t", "time,", "time,a (", "\0\0"] {
            let found = scan(text.as_bytes(), &mut |_| ()).unwrap().unwrap();
            assert_eq!((found.titles, found.sound), (None, 0), "{text:?}");
        }
        for text in ["x", "\n", "hello", "tim,", "time;a\n", "\0x", "a,b\n1,2\n"] {
            let found = scan(text.as_bytes(), &mut |_| ()).unwrap();
            assert_eq!(found, None, "{text:?}");
        }
    }
}
