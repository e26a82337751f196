use std::ptr;

use super::c;
use super::host::{lent, missing};
use super::{Host, Result};

/// A host that is lent to a thread of a sink, to show something on a device: with
/// [`bluetooth`](Host::bluetooth), and with what every stage may say and remember.
///
/// It may go to any thread. When the stream ends, what waits returns
/// [`Status::Cancelled`](super::Status::Cancelled). Dropping it ends its connections.
#[derive(Debug)]
pub struct ThreadHost(*const c::Host);

// SAFETY: a host for a thread may be used on any thread, by one at a time (R5); this is the only
// handle to it, and can't be shared because a pointer can't.
unsafe impl Send for ThreadHost {}

impl Host<'_> {
    /// For sinks: lends Bluetooth to a thread of the plugin's own, so that no stream waits for a
    /// device.
    ///
    /// # Errors
    ///
    /// When there is no Bluetooth, as for files, or when this host is too old to lend it.
    pub fn for_thread(&self) -> Result<ThreadHost> {
        let function = lent!(self.table(), for_thread).ok_or_else(missing)?;
        let mut host: *const c::Host = ptr::null();
        // SAFETY: the host's own function and table; the place for the pointer lives until it
        // returns (R3).
        let code = unsafe { function(self.table(), &raw mut host) };
        self.explained(code)?;
        if host.is_null() {
            return Err(missing());
        }
        Ok(ThreadHost(host))
    }
}

impl ThreadHost {
    /// The host, for as long as this is there.
    pub fn host(&self) -> Host<'_> {
        // SAFETY: the table lives until it is given back (R3), which is when this is dropped.
        unsafe { Host::new(self.0) }
    }
}

impl Drop for ThreadHost {
    fn drop(&mut self) {
        if let Some(give_back) = lent!(self.0, give_back) {
            // SAFETY: the host's own function; nobody uses the table any more.
            unsafe { give_back(self.0) }
        }
    }
}
