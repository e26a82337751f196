use std::cell::Cell;
use std::ptr;

use super::{Host, c};

thread_local! {
    /// The host of the call that this thread is in.
    static CURRENT: Cell<*const c::Host> = const { Cell::new(ptr::null()) };
}

/// Runs a call with its host as the current one.
pub(super) fn within<T>(host: *const c::Host, work: impl FnOnce() -> T) -> T {
    struct Before(*const c::Host);
    impl Drop for Before {
        fn drop(&mut self) {
            CURRENT.set(self.0);
        }
    }
    let _before = Before(CURRENT.replace(host));
    work()
}

/// Uses the host of the call that this thread is in, if it is in one: for what is kept by a
/// stage, and may be used on any thread.
pub fn with_host<T>(work: impl FnOnce(&Host<'_>) -> T) -> Option<T> {
    let host = CURRENT.get();
    if host.is_null() {
        return None;
    }
    // SAFETY: the host lends its table until the call returns (R3), which this thread is in, and
    // `Host` can't leave this function or this thread.
    Some(work(&unsafe { Host::new(host) }))
}
