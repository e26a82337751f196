use ymodem::Checksum;

/// Whether a downloaded file is sound in itself. The blocks' checksums have been right anyhow: a
/// broken file is broken on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integrity {
    /// Its own checksum is right.
    Sound,
    /// It isn't; parts of it can perhaps be repaired.
    Broken(FitProblem),
}

/// What is wrong with a FIT file as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FitProblem {
    /// Occurs when there is nothing.
    #[error("the file is empty")]
    Empty,
    /// Occurs when there is no header where one is expected.
    #[error("byte {0} does not begin a FIT file")]
    Header(usize),
    /// Occurs when there are fewer bytes than the header says.
    #[error("the file ends before its {0} bytes")]
    Truncated(u64),
    /// Occurs when the file's CRC is another.
    #[error("the FIT checksum is wrong")]
    Checksum,
}

/// Bytes of the header that are always there.
const HEADER: usize = 12;

impl Integrity {
    /// Checks the frame of a FIT file: header, length and CRC, of each file in a chain. Contents are
    /// for others to check.
    pub fn of_fit(file: &[u8]) -> Self {
        match check(file) {
            Ok(()) => Self::Sound,
            Err(problem) => Self::Broken(problem),
        }
    }
}

fn check(file: &[u8]) -> Result<(), FitProblem> {
    if file.is_empty() {
        return Err(FitProblem::Empty);
    }
    let mut rest = file;
    while !rest.is_empty() {
        let at = file.len() - rest.len();
        let (length, signature, size) = header(rest).ok_or(FitProblem::Header(at))?;
        if signature != *b".FIT" || usize::from(length) < HEADER {
            return Err(FitProblem::Header(at));
        }
        let end = u64::from(length) + u64::from(size) + 2;
        let truncated = FitProblem::Truncated(end + at as u64);
        let end = usize::try_from(end).map_err(|_| truncated)?;
        let (file, next) = rest.split_at_checked(end).ok_or(truncated)?;
        let (data, crc) = file.split_last_chunk().ok_or(truncated)?;
        if Checksum::Arc.of(data) != u16::from_le_bytes(*crc) {
            return Err(FitProblem::Checksum);
        }
        rest = next;
    }
    Ok(())
}

/// Length of the header, signature, bytes of data.
fn header(bytes: &[u8]) -> Option<(u8, [u8; 4], u32)> {
    let (head, rest) = bytes.split_first_chunk::<4>()?;
    let (size, rest) = rest.split_first_chunk::<4>()?;
    let (signature, _) = rest.split_first_chunk::<4>()?;
    let [length, ..] = *head;
    Some((length, *signature, u32::from_le_bytes(*size)))
}
