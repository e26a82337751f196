use std::ffi::c_void;
use std::time::Duration;

use super::c::{self, status};
use super::host::lent;
use super::item::{as_str, text};
use super::{Error, Host, Result, Status};

/// What a sink asks of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// Its number, for [`Host::answer`].
    pub number: u64,
    /// What is asked.
    pub name: String,
    /// Its argument as JSON text.
    pub json: String,
}

impl Host<'_> {
    /// What this stage remembers under a key, as JSON text; with an empty key all of it, an
    /// object. `None` if it was never set, and with a host that remembers nothing.
    ///
    /// # Errors
    ///
    /// What the host says.
    pub fn state(&self, key: &str) -> Result<Option<String>> {
        let Some(get) = lent!(self.table(), get_state) else {
            return Ok(None);
        };
        let mut taken = Taken::default();
        // SAFETY: the host's own function and table; the key lives until it returns (R3), and so
        // does the place for what is taken.
        let code = unsafe { get(self.table(), text(key), Some(take), taken.place()) };
        Error::of_host(code)?;
        Ok(taken.0.map(|given| given.json))
    }

    /// Remembers JSON text under a key; an empty text forgets it. It becomes durable with the
    /// stream's next checkpoint or end.
    ///
    /// # Errors
    ///
    /// What the host says, such as that it is too long.
    pub fn set_state(&self, key: &str, json: &str) -> Result<()> {
        let set = lent!(self.table(), set_state).ok_or_else(super::host::missing)?;
        // SAFETY: the host's own function and table; the texts live until it returns (R3).
        Error::of_host(unsafe { set(self.table(), text(key), text(json)) })
    }

    /// For sinks: asks something of the source, with an argument as JSON text, and waits at most
    /// that long for the answer, JSON text.
    ///
    /// # Errors
    ///
    /// Why there is none. The stream can go on all the same.
    pub fn command(&self, name: &str, json: &str, most: Duration) -> Result<String> {
        let ask = lent!(self.table(), command).ok_or_else(super::host::missing)?;
        let mut taken = Taken::default();
        let (name, json, most) = (text(name), text(json), micros(most));
        // SAFETY: the host's own function and table; the texts and the place for what is taken
        // live until it returns (R3).
        let code = unsafe { ask(self.table(), name, json, most, Some(take), taken.place()) };
        let said = taken.0.unwrap_or_default().json;
        match code {
            status::OK => Ok(said),
            code => Err(Error::new(Status::of(code).unwrap_or(Status::Broken), said)),
        }
    }

    /// For sources: lets the sinks make durable what was sent so far, and then the state.
    ///
    /// # Errors
    ///
    /// What the host says; return it at once.
    pub fn checkpoint(&self) -> Result<()> {
        let checkpoint = lent!(self.table(), checkpoint).ok_or_else(super::host::missing)?;
        // SAFETY: the host's own function and table.
        Error::of_host(unsafe { checkpoint(self.table()) })
    }

    /// For sources that [`take commands`](super::Stage::takes_commands): waits at most that long
    /// for one.
    ///
    /// # Errors
    ///
    /// [`Status::Cancelled`] when the run is to stop.
    pub fn next_command(&self, most: Duration) -> Result<Option<Command>> {
        let next = lent!(self.table(), next_command).ok_or_else(super::host::missing)?;
        let mut taken = Taken::default();
        // SAFETY: the host's own function and table; the place for what is taken lives until it
        // returns (R3).
        let code = unsafe { next(self.table(), micros(most), Some(take), taken.place()) };
        Error::of_host(code)?;
        Ok(taken.0)
    }

    /// Whether [`Bluetooth::wait`](super::Bluetooth::wait) ends when a command waits; that of the
    /// first hosts did not.
    pub fn wakes_for_commands(&self) -> bool {
        lent!(self.table(), wants).is_some()
    }

    /// What a function of the host returned, with the host's words.
    pub(super) fn explained(&self, code: i32) -> Result<()> {
        Error::of_host(code).map_err(|mut error| {
            let mut taken = Taken::default();
            if let Some(why) = lent!(self.table(), why) {
                // SAFETY: the host's own function and table; the place for what is taken lives
                // until it returns (R3).
                unsafe { why(self.table(), Some(take), taken.place()) }
            }
            if let Some(said) = taken.0 {
                (error.message, error.help) = (said.json, said.name);
            }
            error
        })
    }

    /// For sources: what became of a command, as JSON text, or why it was refused.
    ///
    /// # Errors
    ///
    /// What the host says.
    pub fn answer(&self, number: u64, result: Result<&str, &Error>) -> Result<()> {
        let answer = lent!(self.table(), answer).ok_or_else(super::host::missing)?;
        let (code, said) = match result {
            Ok(json) => (status::OK, json),
            Err(error) => (error.status.code(), &*error.message),
        };
        // SAFETY: the host's own function and table; the text lives until it returns (R3).
        Error::of_host(unsafe { answer(self.table(), number, code, text(said)) })
    }
}

/// The last thing that the host gave.
#[derive(Default)]
struct Taken(Option<Command>);

impl Taken {
    fn place(&mut self) -> *mut c_void {
        (&raw mut *self).cast()
    }
}

unsafe extern "C" fn take(user: *mut c_void, given: *const c::Given) {
    // SAFETY: `user` is the place of the call that this thread is in; what is given lives until
    // this returns (R3), and is at least as long as that of the first version with commands.
    unsafe {
        let given = &*given;
        (*user.cast::<Taken>()).0 = Some(Command {
            number: given.number,
            name: as_str(given.name).to_owned(),
            json: as_str(given.text).to_owned(),
        });
    }
}

pub(super) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
