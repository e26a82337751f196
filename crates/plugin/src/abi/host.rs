use std::io::{self, Read};
use std::marker::PhantomData;
use std::time::Duration;

use super::c::{self, status};
use super::item::text;
use super::{Error, Item, Level, Problem, Result, Status};

/// What the host lends for one call.
#[derive(Debug)]
pub struct Host<'a> {
    host: *const c::Host,
    borrowed: PhantomData<&'a c::Host>,
}

/// A function of the host, if its table is long enough to have it (R2).
macro_rules! lent {
    ($host:expr, $function:ident) => {
        lent!($host, Host, $function)
    };
    ($host:expr, $table:ident, $function:ident) => {{
        const END: usize =
            std::mem::offset_of!($crate::abi::c::$table, $function) + size_of::<usize>();
        // SAFETY: the host's table lives as long as `$host` (R3), and has a size at its start; a
        // member is read only if that covers it (R2).
        unsafe {
            if (&raw const (*$host).size).read() >= END {
                (&raw const (*$host).$function).read()
            } else {
                None
            }
        }
    }};
}

pub(super) use lent;

impl<'a> Host<'a> {
    /// The host of one call.
    ///
    /// # Safety
    ///
    /// `host` is a table as the interface says, for `'a`.
    pub(super) unsafe fn new(host: *const c::Host) -> Self {
        Self {
            host,
            borrowed: PhantomData,
        }
    }

    /// Tells the user that something was repaired or left out.
    pub fn warn(&self, message: &str) {
        if let Some(warn) = lent!(self.host, warn) {
            // SAFETY: the host's own function and table; the text lives until it returns (R3).
            unsafe { warn(self.host, text(message)) }
        }
    }

    /// Tells the user something.
    pub fn log(&self, level: Level, message: &str) {
        match lent!(self.host, log) {
            // SAFETY: the host's own function and table; the text lives until it returns (R3).
            Some(log) => unsafe { log(self.host, level.code(), text(message)) },
            // A host that knows warnings only.
            None if level <= Level::Warn => self.warn(message),
            None => {}
        }
    }

    /// Tells how far something has come; as often as you like. `is_bytes`: bytes are counted.
    pub fn progress(&self, what: &str, done: u64, total: Option<u64>, is_bytes: bool) {
        if let Some(progress) = lent!(self.host, progress) {
            let (total, is_bytes) = (total.unwrap_or(0), i32::from(is_bytes));
            // SAFETY: the host's own function and table; the text lives until it returns (R3).
            unsafe { progress(self.host, text(what), done, total, is_bytes) }
        }
    }

    pub(super) fn table(&self) -> *const c::Host {
        self.host
    }

    /// Whether the run is to stop: end soon.
    pub fn is_stopping(&self) -> bool {
        // SAFETY: the host's own function and table.
        lent!(self.host, stopping).is_some_and(|stopping| unsafe { stopping(self.host) } != 0)
    }

    /// The result of a function that has one: a JSON object.
    pub fn reply(&self, json: &str) {
        if let Some(reply) = lent!(self.host, reply) {
            // SAFETY: the host's own function and table; the text lives until it returns (R3).
            unsafe { reply(self.host, text(json)) }
        }
    }

    /// Begins a stream with a header as JSON text; `{}` will do.
    ///
    /// # Errors
    ///
    /// What the host says; return it at once.
    pub fn open(&self, header: &str) -> Result<()> {
        let open = lent!(self.host, open).ok_or_else(missing)?;
        // SAFETY: the host's own function and table; the text lives until it returns (R3).
        Error::of_host(unsafe { open(self.host, text(header)) })
    }

    /// Completes the stream. When it returns `Ok` to a source, every sink has taken it.
    ///
    /// # Errors
    ///
    /// What the host says; return it at once. [`Status::Skip`](super::Status::Skip) says to a source
    /// that a sink lacks the stream, so that a device has to keep it.
    pub fn finish(&self) -> Result<()> {
        let finish = lent!(self.host, finish).ok_or_else(missing)?;
        // SAFETY: the host's own function and table.
        Error::of_host(unsafe { finish(self.host) })
    }

    /// For sources, between two streams: nothing of what came so far is needed any more. Begun anew,
    /// with the same links and the last value of each characteristic, the source would make the same
    /// of what comes next. The host may forget what it keeps for a crash, so that a source that
    /// listens for weeks says it every ten minutes or so. While a stream is open, and in a host that
    /// is too old to hear it, it does nothing.
    ///
    /// # Errors
    ///
    /// What the host says; return it at once.
    pub fn settled(&self) -> Result<()> {
        match lent!(self.host, settled) {
            // SAFETY: the host's own function and table.
            Some(settled) => Error::of_host(unsafe { settled(self.host) }),
            None => Ok(()),
        }
    }

    /// Passes an item on.
    ///
    /// # Errors
    ///
    /// What the host says; return it at once.
    pub fn send(&self, item: &Item<'_>) -> Result<()> {
        let send = lent!(self.host, send).ok_or_else(missing)?;
        let item = item.as_c();
        // SAFETY: the host's own function and table; the item lives until it returns (R3).
        Error::of_host(unsafe { send(self.host, &raw const item) })
    }

    /// Appends to the stream's file.
    ///
    /// # Errors
    ///
    /// What the host says; return it at once.
    pub fn write(&self, bytes: &[u8]) -> Result<()> {
        let write = lent!(self.host, write).ok_or_else(missing)?;
        // SAFETY: the host's own function and table; the bytes live until it returns (R3).
        Error::of_host(unsafe { write(self.host, bytes.as_ptr().cast(), bytes.len()) })
    }

    /// The next [`write`](Self::write) writes there, counted from the file's start.
    ///
    /// # Errors
    ///
    /// What the host says; return it at once.
    pub fn seek(&self, position: u64) -> Result<()> {
        let seek = lent!(self.host, seek).ok_or_else(missing)?;
        // SAFETY: the host's own function and table.
        Error::of_host(unsafe { seek(self.host, position) })
    }

    /// The input of a reader.
    pub fn input(&self) -> Input<'a> {
        Input {
            host: Self {
                host: self.host,
                borrowed: PhantomData,
            },
            error: None,
        }
    }

    /// The time in microseconds since 1970, by the host's clock.
    pub fn now(&self) -> i64 {
        // SAFETY: the host's own function and table.
        lent!(self.host, now).map_or(0, |now| unsafe { now(self.host) })
    }

    /// Waits.
    ///
    /// # Errors
    ///
    /// [`Status::Cancelled`] at once when the run is to stop.
    pub fn sleep(&self, duration: Duration) -> Result<()> {
        let sleep = lent!(self.host, sleep).ok_or_else(missing)?;
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        // SAFETY: the host's own function and table.
        Error::of_host(unsafe { sleep(self.host, micros) })
    }

    /// Says why a call fails; the status to return.
    pub(super) fn fail(&self, error: &Error) -> i32 {
        let code = error.status.code();
        // What the host said itself, it knows better.
        if error.message.is_empty() {
            return code;
        }
        match lent!(self.host, fail) {
            // SAFETY: the host's own function and table; the texts live until it returns (R3).
            Some(fail) => unsafe { fail(self.host, code, text(&error.message), text(&error.help)) },
            None => code,
        }
    }

    pub(super) fn problem(&self, problem: &Problem) {
        if let Some(say) = lent!(self.host, problem) {
            let (option, message) = (text(&problem.option), text(&problem.message));
            // SAFETY: the host's own function and table; the texts live until it returns (R3).
            unsafe { say(self.host, option, message, text(&problem.help)) }
        }
    }
}

pub(super) fn missing() -> Error {
    Error::new(
        Status::Broken,
        "needs a newer version of Pipeline than this one",
    )
}

/// The input of a reader: its bytes, from front to end.
#[derive(Debug)]
pub struct Input<'a> {
    host: Host<'a>,
    error: Option<Error>,
}

impl Input<'_> {
    /// Makes [`rewind`](Self::rewind) possible; before the first byte is read.
    ///
    /// # Errors
    ///
    /// What the host says.
    pub fn keep(&mut self) -> Result<()> {
        let keep = lent!(self.host.host, keep).ok_or_else(missing)?;
        // SAFETY: the host's own function and table.
        Error::of_host(unsafe { keep(self.host.host) })
    }

    /// Back to the first byte.
    ///
    /// # Errors
    ///
    /// What the host says.
    pub fn rewind(&mut self) -> Result<()> {
        let rewind = lent!(self.host.host, rewind).ok_or_else(missing)?;
        // SAFETY: the host's own function and table.
        Error::of_host(unsafe { rewind(self.host.host) })
    }

    /// What the host said when reading failed; return it instead of the error of the reading.
    pub fn error(&mut self) -> Option<Error> {
        self.error.take()
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut length = 0;
        let code = match lent!(self.host.host, read) {
            // SAFETY: the host's own function and table; it writes at most as many bytes as the
            // buffer has, and how many they are.
            Some(read) => unsafe {
                read(
                    self.host.host,
                    buffer.as_mut_ptr().cast(),
                    buffer.len(),
                    &raw mut length,
                )
            },
            None => status::BROKEN,
        };
        match Error::of_host(code) {
            Ok(()) => Ok(length.min(buffer.len())),
            Err(error) => {
                self.error = Some(error);
                Err(io::Error::other("the input can't be read"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    unsafe extern "C" fn stopping(_: *const c::Host) -> i32 {
        1
    }

    unsafe extern "C" fn now(_: *const c::Host) -> i64 {
        7
    }

    /// The table of an older host ends before what was added later (R2).
    #[test]
    fn a_member_behind_the_size_is_not_there() {
        // SAFETY: null functions, a null pointer and 0 are sound members.
        let mut table: c::Host = unsafe { std::mem::zeroed() };
        table.size = size_of::<c::Host>();
        table.stopping = Some(stopping);
        table.now = Some(now);
        // SAFETY: the table lives longer than the host.
        let host = unsafe { Host::new(&raw const table) };
        assert_eq!((host.is_stopping(), host.now()), (true, 7));
        table.size = std::mem::offset_of!(c::Host, read);
        // SAFETY: as above.
        let older = unsafe { Host::new(&raw const table) };
        assert_eq!((older.is_stopping(), older.now()), (true, 0));
        older.log(super::Level::Info, "nobody hears this");
        assert_eq!(older.state("x"), Ok(None));
        assert!(older.checkpoint().is_err() && older.set_state("x", "1").is_err());
        // It remembers nothing of inputs: all are wanted, none may be deleted from a device.
        assert_eq!(older.wants(&["x", "1"], "one"), Ok(true));
        assert_eq!(older.note_delivered(&["x", "1"], "one"), Ok(false));
        let bad = Error::skip("too short");
        assert_eq!(older.give_up("one", &bad, None, Some(&[1])), Ok(()));
        assert!(!older.wakes_for_commands() && older.for_thread().is_err());
        // It keeps more than is needed, which harms nobody.
        assert_eq!(older.settled(), Ok(()));
        let error = older.open("{}").unwrap_err();
        assert_eq!(
            error.message,
            "needs a newer version of Pipeline than this one"
        );
    }
}
