//! The exit codes. They are part of the interface: scripts rely on them.

use pipeline_plugin::{Error, ErrorKind};

/// Done; also when there was nothing new to do.
pub(crate) const DONE: u8 = 0;
/// Failed for a reason without a code of its own.
pub(crate) const FAILED: u8 = 1;
/// The command line is wrong.
pub(crate) const USAGE: u8 = 2;
/// Some inputs could not be used; the rest was delivered.
pub(crate) const PARTIAL: u8 = 3;
/// The pipeline file is invalid.
pub(crate) const INVALID: u8 = 5;
/// A device was not found or lost.
pub(crate) const DEVICE: u8 = 6;
/// A permission or a resource is missing.
pub(crate) const RESOURCE: u8 = 7;
/// A plugin was refused or is broken.
pub(crate) const PLUGIN: u8 = 8;
/// A second Ctrl-C ended the run at once.
pub(crate) const INTERRUPTED: u8 = 130;

/// The table for `--help`.
pub(crate) const HELP: &str = "\
Exit codes:
  0    done, also when there was nothing new, or when Ctrl-C ended a run with a device
  1    failed
  2    wrong command line
  3    some inputs could not be used, the rest was delivered
  5    the pipeline file is invalid
  6    a device was not found or was lost
  7    a permission or resource is missing
  8    a plugin was refused or crashed
  9    delivered to some destinations only
  130  stopped by Ctrl-C with inputs or a device's rides left, or at once by a second Ctrl-C";

/// The code for an error that ends a command.
pub(crate) fn code_of(error: &Error) -> u8 {
    match error.kind() {
        ErrorKind::Skip => FAILED,
        ErrorKind::Device => DEVICE,
        ErrorKind::Resource => RESOURCE,
        ErrorKind::Plugin => PLUGIN,
        ErrorKind::Cancelled => DONE,
    }
}

/// The code for several things: that of the only fault, or "partial" where the rest was done.
pub(crate) fn of_all(codes: &[u8]) -> u8 {
    let first = codes.iter().find(|code| **code != DONE);
    match first {
        None => DONE,
        Some(first) if codes.iter().all(|code| code == first) => *first,
        // A missing permission or a full disk counts more than a bad file.
        Some(_) if codes.contains(&RESOURCE) => RESOURCE,
        Some(_) => PARTIAL,
    }
}
