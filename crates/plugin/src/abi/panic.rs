use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use super::{Error, Result, Status};

thread_local! {
    /// How many calls of the host this thread is in.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// What the last panic of this thread said, and where.
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Makes the text of a panic inside a call part of the error instead of printing it.
pub(super) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if DEPTH.get() == 0 {
                before(info);
                return;
            }
            let payload = info.payload();
            let text = payload
                .downcast_ref::<&str>()
                .copied()
                .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
                .unwrap_or("no text");
            let place = info
                .location()
                .map(|place| format!(" (at {}:{})", place.file(), place.line()))
                .unwrap_or_default();
            LAST.with_borrow_mut(|last| *last = format!("{text}{place}"));
        }));
    });
}

/// Runs plugin code; a panic becomes an error (R7).
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    DEPTH.set(DEPTH.get() + 1);
    let result = catch_unwind(AssertUnwindSafe(work));
    DEPTH.set(DEPTH.get() - 1);
    result.unwrap_or_else(|_| {
        let text = LAST.with_borrow_mut(std::mem::take);
        Err(Error::new(Status::Broken, format!("panicked: {text}")))
    })
}
