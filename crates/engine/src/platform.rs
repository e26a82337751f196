//! Calls to the operating system beyond the standard library, with a portable fallback each.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Duration;

/// Renames, but never over something that exists: then the error is `AlreadyExists`.
#[cfg(target_os = "linux")]
pub(crate) fn rename_no_replace(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Some network and FUSE file systems do not know the flag.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::OPNOTSUPP) => {
            link_no_replace(from, to)
        }
        result => result.map_err(Into::into),
    }
}

/// Renames, but never over something that exists: then the error is `AlreadyExists`.
#[cfg(not(target_os = "linux"))]
pub(crate) fn rename_no_replace(from: &Path, to: &Path) -> io::Result<()> {
    link_no_replace(from, to)
}

/// A hard link fails when the name is taken; where there are no links (FAT), the new name is
/// reserved by creating it.
fn link_no_replace(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) => {
            File::options().write(true).create_new(true).open(to)?;
            fs::rename(from, to)
        }
    }
}

/// Time since some moment in the past. It never steps, and passes while the computer is suspended,
/// too: `Instant` stands still then.
#[cfg(target_os = "linux")]
pub(crate) fn time_with_suspends() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// Time since some moment in the past. It never steps; whether it passes while the computer is
/// suspended is the system's business.
#[cfg(not(target_os = "linux"))]
pub(crate) fn time_with_suspends() -> Duration {
    static ORIGIN: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    ORIGIN.elapsed()
}

/// Makes everything written so far to the file system of `file` durable; `false` where the system
/// can't do that at once.
#[cfg(target_os = "linux")]
pub(crate) fn sync_file_system(file: &File) -> bool {
    rustix::fs::syncfs(file).is_ok()
}

/// Makes everything written so far to the file system of `file` durable; `false` where the system
/// can't do that at once.
#[cfg(not(target_os = "linux"))]
pub(crate) fn sync_file_system(_: &File) -> bool {
    false
}

/// Makes `file` durable. Some network and phone mounts can't; that is not an error.
pub(crate) fn sync_file(file: &File) -> io::Result<()> {
    match file.sync_all() {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput
            ) =>
        {
            Ok(())
        }
        result => result,
    }
}

/// Makes the names in a folder durable, where the system can.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder) {
        Ok(folder) => sync_file(&folder),
        // Windows can't open folders; their names are durable with the files.
        Err(_) => Ok(()),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// The first number in `/proc/uptime` is the time since the start with that in suspend.
    #[test]
    fn suspends_count() {
        let uptime = fs::read_to_string("/proc/uptime").unwrap();
        let uptime: f64 = uptime.split(' ').next().unwrap().parse().unwrap();
        let passed = time_with_suspends().as_secs_f64();
        assert!((passed - uptime).abs() < 5.0, "{passed} s, {uptime} s");
        assert!(time_with_suspends().as_secs_f64() >= passed);
    }
}
