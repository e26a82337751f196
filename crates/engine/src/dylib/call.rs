//! One call into a plugin, and what the host lends it for that time.

use std::any::Any;
use std::cell::RefCell;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use pipeline_plugin::abi::{Status, c};
use pipeline_plugin::export::Incoming;
use pipeline_plugin::{
    Content, Context, Error, ErrorKind, Header, Output, Problem, Result, Streams, Timestamp,
};

use super::items::checked;
use super::loaded::{Loaded, broken, bytes_of};
use super::pulse::{self, Side};
use super::sink::Slot;
use super::source::Bridge;

/// The longest text that a plugin may say, in bytes.
const TEXT: usize = 1 << 24;

/// What a call may use of the host.
pub(super) enum Lend<'a> {
    /// Words only.
    Words,
    /// Somewhere to send items to.
    Items(&'a mut dyn Output, &'a mut Incoming),
    /// An input and somewhere to put its streams.
    Input(Reading<'a>),
    /// A file.
    File(&'a mut Slot),
    /// A run on a thread of its own.
    Source(&'a Bridge, Incoming),
}

/// What a reader gets.
pub(super) struct Reading<'a> {
    pub(super) name: &'a str,
    pub(super) bytes: &'a mut dyn Content,
    pub(super) streams: &'a mut dyn Streams,
    pub(super) incoming: Incoming,
    pub(super) is_open: bool,
}

/// What a call said.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The JSON text of its reply.
    pub(super) reply: Option<String>,
    /// Settings that are wrong.
    pub(super) problems: Vec<Problem>,
}

/// One call. The table comes first: a pointer to the call is one to the table.
#[repr(C)]
struct Call<'a> {
    table: c::Host,
    plugin: &'a Loaded,
    context: &'a Context,
    state: RefCell<State<'a>>,
}

struct State<'a> {
    lend: Lend<'a>,
    said: Said,
    /// Why the plugin says that it fails.
    reason: Option<Error>,
    /// Why a function of the host failed: the cause of what comes after.
    cause: Option<Error>,
    /// A panic of the host itself, on its way through the plugin.
    panic: Option<Box<dyn Any + Send>>,
}

impl Loaded {
    /// Calls a function of the plugin with what it may use.
    ///
    /// # Errors
    ///
    /// What the plugin says, or what is wrong with it.
    pub(super) fn call<'a>(
        &'a self,
        number: usize,
        context: &'a Context,
        lend: Lend<'a>,
        function: impl FnOnce(*const c::Host) -> i32,
    ) -> Result<Said> {
        let call = Call {
            table: TABLE,
            plugin: self,
            context,
            state: RefCell::new(State {
                lend,
                said: Said::default(),
                reason: None,
                cause: None,
                panic: None,
            }),
        };
        let code = {
            let _inside = Side::plugin(number);
            function((&raw const call).cast())
        };
        if pulse::is_given_up() {
            return Err(Error::cancelled());
        }
        call.end(code)
    }
}

impl Call<'_> {
    fn end(self, code: i32) -> Result<Said> {
        let state = self.state.into_inner();
        if let Some(panic) = state.panic {
            resume_unwind(panic);
        }
        if let Some(cause) = state.cause {
            return Err(cause);
        }
        if code == c::status::OK {
            if let Lend::Input(Reading { is_open: true, .. }) = state.lend {
                return Err(self.plugin.broken("ended with a stream that is open"));
            }
            return Ok(state.said);
        }
        if !state.said.problems.is_empty() {
            return Ok(state.said);
        }
        let Some(status) = Status::of(code) else {
            return Err(self
                .plugin
                .broken(format!("returned {code}, which means nothing")));
        };
        Err(match (ErrorKind::from(status), state.reason) {
            (ErrorKind::Cancelled, _) if self.context.cancel().is_thrown() => Error::cancelled(),
            (ErrorKind::Cancelled, _) => self.plugin.broken("stopped, and nobody had asked it to"),
            (_, None) => self.plugin.broken("failed without saying why"),
            (ErrorKind::Plugin, Some(reason)) => {
                let said = self.plugin.broken(&reason);
                match reason.help() {
                    Some(help) => said.with_help(help),
                    None => said,
                }
            }
            (kind, Some(reason)) => reason.with_kind(kind),
        })
    }
}

impl Loaded {
    pub(super) fn broken(&self, what: impl std::fmt::Display) -> Error {
        broken(&self.name, what)
    }
}

/// The functions that every call lends.
const TABLE: c::Host = c::Host {
    size: size_of::<c::Host>(),
    bluetooth: std::ptr::null(),
    warn: Some(warn),
    fail: Some(fail),
    problem: Some(problem),
    reply: Some(reply),
    stopping: Some(stopping),
    read: Some(read),
    keep: Some(keep),
    rewind: Some(rewind),
    open: Some(open),
    finish: Some(finish),
    send: Some(send),
    write: Some(write),
    seek: Some(seek),
    now: Some(now),
    sleep: Some(sleep),
};

fn code(error: &Error) -> i32 {
    Status::from(error.kind()).code()
}

impl<'a> Call<'a> {
    /// The call whose table a plugin hands back.
    ///
    /// # Safety
    ///
    /// `host` is the table that a running call lent, or null.
    unsafe fn of<'b>(host: *const c::Host) -> Option<&'b Call<'a>> {
        // SAFETY: the table is the first member of the call.
        unsafe { host.cast::<Call<'a>>().as_ref() }
    }

    /// Does what a plugin asks of the host. The code to return to the plugin.
    ///
    /// Once something has failed, nothing more is done: the plugin was told and should have returned.
    ///
    fn serve(
        call: Option<&Call<'_>>,
        work: impl FnOnce(&Call<'_>, &mut State<'_>) -> Result<()>,
    ) -> i32 {
        let Some(call) = call else {
            return c::status::BROKEN;
        };
        let _side = Side::host();
        let Ok(mut state) = call.state.try_borrow_mut() else {
            return c::status::BROKEN;
        };
        if pulse::is_given_up() || state.panic.is_some() {
            return c::status::CANCELLED;
        }
        if let Some(cause) = &state.cause {
            return code(cause);
        }
        // A panic of the host must not cross either (R7): it goes on behind the plugin.
        match catch_unwind(AssertUnwindSafe(|| work(call, &mut state))) {
            Ok(Ok(())) => c::status::OK,
            Ok(Err(error)) => {
                let code = code(&error);
                state.cause = Some(error);
                code
            }
            Err(panic) => {
                state.panic = Some(panic);
                c::status::CANCELLED
            }
        }
    }

    /// A text that the plugin lends.
    fn text(&self, text: c::Text) -> Result<String> {
        // SAFETY: it is borrowed for this call (R3).
        let bytes = unsafe { bytes_of(&text, TEXT) }.map_err(|error| self.plugin.broken(error))?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(self.plugin.broken("said something that is no UTF-8")),
        }
    }

    fn not_here(&self, what: &str) -> Error {
        self.plugin
            .broken(format!("called `{what}` where it must not"))
    }
}

unsafe extern "C" fn warn(host: *const c::Host, message: c::Text) {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, _| {
        call.context.warn(call.text(message)?);
        Ok(())
    });
}

unsafe extern "C" fn fail(
    host: *const c::Host,
    status: i32,
    message: c::Text,
    help: c::Text,
) -> i32 {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    let code = Call::serve(call, |call, state| {
        let (message, help) = (call.text(message)?, call.text(help)?);
        let kind = Status::of(status).map_or(ErrorKind::Plugin, ErrorKind::from);
        if !message.trim().is_empty() {
            let error = Error::new(kind, message);
            state.reason = Some(if help.is_empty() {
                error
            } else {
                error.with_help(help)
            });
        }
        Ok(())
    });
    if code == c::status::OK { status } else { code }
}

unsafe extern "C" fn problem(
    host: *const c::Host,
    option: c::Text,
    message: c::Text,
    help: c::Text,
) {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, state| {
        let (option, help) = (call.text(option)?, call.text(help)?);
        let path = option.split('/').filter(|part| !part.is_empty());
        state.said.problems.push(Problem {
            path: path.map(str::to_owned).collect(),
            message: call.text(message)?,
            help: (!help.is_empty()).then_some(help),
        });
        Ok(())
    });
}

unsafe extern "C" fn reply(host: *const c::Host, json: c::Text) {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, state| {
        state.said.reply = Some(call.text(json)?);
        Ok(())
    });
}

unsafe extern "C" fn stopping(host: *const c::Host) -> i32 {
    let mut stopping = false;
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    let code = Call::serve(call, |call, _| {
        stopping = call.context.cancel().is_thrown();
        Ok(())
    });
    i32::from(stopping || code != c::status::OK)
}

unsafe extern "C" fn read(
    host: *const c::Host,
    buffer: *mut c_void,
    capacity: usize,
    length: *mut usize,
) -> i32 {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, state| {
        let Lend::Input(reading) = &mut state.lend else {
            return Err(call.not_here("read"));
        };
        if length.is_null() || (buffer.is_null() && capacity > 0) {
            return Err(call.plugin.broken("reads into no buffer"));
        }
        call.context.cancel().check()?;
        let capacity = capacity.min(1 << 30);
        // SAFETY: the plugin lends a buffer of that capacity (R3); it is made of bytes that
        // are written before anybody reads them.
        let buffer = unsafe {
            if capacity > 0 {
                std::ptr::write_bytes(buffer.cast::<u8>(), 0, capacity);
                std::slice::from_raw_parts_mut(buffer.cast::<u8>(), capacity)
            } else {
                &mut []
            }
        };
        let read = loop {
            match reading.bytes.read(buffer) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let what = format!("read `{}`", reading.name);
                    return Err(Error::io(what, error).with_kind(ErrorKind::Skip));
                }
                Ok(read) => break read,
            }
        };
        // SAFETY: the plugin lends a place for the length.
        unsafe { length.write(read) };
        Ok(())
    })
}

unsafe extern "C" fn keep(host: *const c::Host) -> i32 {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, state| match &mut state.lend {
        Lend::Input(reading) => reading.bytes.keep(),
        _ => Err(call.not_here("keep")),
    })
}

unsafe extern "C" fn rewind(host: *const c::Host) -> i32 {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, state| match &mut state.lend {
        Lend::Input(reading) => reading.bytes.rewind(),
        _ => Err(call.not_here("rewind")),
    })
}

unsafe extern "C" fn open(host: *const c::Host, header: c::Text) -> i32 {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, state| {
        let text = call.text(header)?;
        let mut header: Header = serde_json::from_str(&text).map_err(|error| {
            call.plugin.broken(format!(
                "opened a stream with a header that is none: {error}"
            ))
        })?;
        match &mut state.lend {
            Lend::Input(reading) => {
                reading.streams.open(header)?;
                reading.incoming.restart();
                reading.is_open = true;
                Ok(())
            }
            Lend::Source(bridge, incoming) => {
                incoming.restart();
                if header.start == Timestamp::default() {
                    header.start = bridge.now();
                }
                bridge.open(header)
            }
            _ => Err(call.not_here("open")),
        }
    })
}

unsafe extern "C" fn finish(host: *const c::Host) -> i32 {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, state| match &mut state.lend {
        Lend::Input(reading) => {
            reading.is_open = false;
            reading.streams.finish()
        }
        Lend::Source(bridge, _) => bridge.finish(),
        _ => Err(call.not_here("finish")),
    })
}

unsafe extern "C" fn send(host: *const c::Host, item: *const c::Item) -> i32 {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, state| {
        let broken = |error: String| call.plugin.broken(error);
        let (incoming, to): (&mut Incoming, &mut dyn FnMut(_) -> Result<()>) = match &mut state.lend
        {
            Lend::Items(out, incoming) => (incoming, &mut |item| out.send(item)),
            Lend::Input(reading) => {
                let streams = &mut *reading.streams;
                (&mut reading.incoming, &mut |item| streams.send(item))
            }
            Lend::Source(bridge, incoming) => (incoming, &mut |item| bridge.send(item)),
            _ => return Err(call.not_here("send")),
        };
        // SAFETY: the item is borrowed for this call (R3).
        let item = unsafe { checked(item) }.map_err(broken)?;
        match incoming.item(&item).map_err(broken)? {
            Some(item) => to(item),
            None => Ok(()),
        }
    })
}

unsafe extern "C" fn write(host: *const c::Host, bytes: *const c_void, length: usize) -> i32 {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, state| {
        let Lend::File(slot) = &mut state.lend else {
            return Err(call.not_here("write"));
        };
        let lent = c::Text {
            data: bytes.cast(),
            length,
        };
        // SAFETY: the bytes are borrowed for this call (R3).
        let bytes = unsafe { bytes_of(&lent, isize::MAX.unsigned_abs()) };
        slot.write(
            call.plugin,
            bytes.map_err(|error| call.plugin.broken(error))?,
        )
    })
}

unsafe extern "C" fn seek(host: *const c::Host, position: u64) -> i32 {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, state| match &mut state.lend {
        Lend::File(slot) => slot.seek(call.plugin, position),
        _ => Err(call.not_here("seek")),
    })
}

unsafe extern "C" fn now(host: *const c::Host) -> i64 {
    let mut time = 0;
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, state| match &mut state.lend {
        Lend::Source(bridge, _) => {
            time = bridge.now().micros();
            Ok(())
        }
        _ => Err(call.not_here("now")),
    });
    time
}

unsafe extern "C" fn sleep(host: *const c::Host, microseconds: i64) -> i32 {
    let mut stopped = false;
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    let code = Call::serve(call, |call, state| match &mut state.lend {
        Lend::Source(bridge, _) => {
            // A stop is no failure of the call: the source may still end its stream.
            stopped = !bridge.sleep(microseconds)?;
            Ok(())
        }
        _ => Err(call.not_here("sleep")),
    });
    if stopped { c::status::CANCELLED } else { code }
}
