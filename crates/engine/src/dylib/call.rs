//! One call into a plugin, and what the host lends it for that time.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use pipeline_plugin::abi::{Status, c};
use pipeline_plugin::export::Incoming;
use pipeline_plugin::{
    Content, Context, Error, ErrorKind, Level, Output, Problem, Result, Streams,
};
use serde_json::Value;

use super::lent::TABLE;
use super::loaded::{Loaded, broken, bytes_of};
use super::pulse::{self, Side};
use super::sink::Slot;
use super::source::Bridge;
use super::thread::Air;

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
    /// Bluetooth, to a thread of the plugin's own.
    Thread(Box<Air>),
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
pub(super) struct Call<'a> {
    table: c::Host,
    pub(super) plugin: &'static Loaded,
    pub(super) context: &'a Context,
    state: RefCell<State<'a>>,
}

/// What changes in a call.
pub(super) struct State<'a> {
    pub(super) lend: Lend<'a>,
    pub(super) said: Said,
    /// Why the plugin says that it fails.
    pub(super) reason: Option<Error>,
    /// Why a function of the host failed: the cause of what comes after.
    cause: Option<Error>,
    /// Why a function of the host had nothing to give: the reason if the plugin ends with that
    /// status and says none.
    pub(super) excuse: Option<Error>,
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
        &'static self,
        number: usize,
        context: &'a Context,
        lend: Lend<'a>,
        function: impl FnOnce(*const c::Host) -> i32,
    ) -> Result<Said> {
        let call = Call::new(self, context, lend);
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

impl<'a> Call<'a> {
    /// A call that lends that.
    pub(super) fn new(plugin: &'static Loaded, context: &'a Context, lend: Lend<'a>) -> Self {
        Self {
            table: TABLE,
            plugin,
            context,
            state: RefCell::new(State {
                lend,
                said: Said::default(),
                reason: None,
                cause: None,
                excuse: None,
                panic: None,
            }),
        }
    }

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
            if let Lend::Source(bridge, _) = state.lend
                && bridge.is_open()
                && !self.context.cancel().is_thrown()
            {
                // What a device said is kept, whatever became of the plugin.
                let text = "the plugin `{}` ended without `finish`: its stream ends here";
                self.context.warn(text.replace("{}", &self.plugin.name));
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
        let kind = ErrorKind::from(status);
        let excuse = state.excuse.filter(|excuse| excuse.kind() == kind);
        Err(match (kind, state.reason.or(excuse)) {
            (ErrorKind::Cancelled, _) if self.context.cancel().is_thrown() => Error::cancelled(),
            (ErrorKind::Cancelled, _) => self.plugin.broken("stopped, and nobody had asked it to"),
            (_, None) => self
                .plugin
                .broken("failed without saying why")
                .with_help("the plugin's author: call `fail` before a status is returned"),
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

fn code(error: &Error) -> i32 {
    Status::from(error.kind()).code()
}

impl<'a> Call<'a> {
    /// The call whose table a plugin hands back.
    ///
    /// # Safety
    ///
    /// `host` is the table that a running call lent, or null.
    pub(super) unsafe fn of<'b>(host: *const c::Host) -> Option<&'b Call<'a>> {
        // SAFETY: the table is the first member of the call.
        unsafe { host.cast::<Call<'a>>().as_ref() }
    }

    /// Does what a plugin asks of the host. The code to return to the plugin.
    ///
    /// Once something has failed, nothing more is done: the plugin was told and should have returned.
    ///
    pub(super) fn serve(
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
                if let Lend::Thread(_) = state.lend {
                    // No call ends with it.
                    call.context.log(Level::Error, error.with_causes());
                }
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

    /// Does what a plugin asks of the host, if that can: the plugin may go on without. The code
    /// to return to the plugin.
    pub(super) fn attempt(
        call: Option<&Call<'_>>,
        work: impl FnOnce(&Call<'_>, &mut State<'_>) -> Result<()>,
    ) -> i32 {
        let mut failed = None;
        let served = Self::serve(call, |call, state| {
            state.excuse = None;
            match work(call, state) {
                // What the plugin must not ask for at all.
                Err(error) if error.kind() == ErrorKind::Plugin => return Err(error),
                Err(error) => {
                    failed = Some(code(&error));
                    state.excuse = Some(error);
                }
                Ok(()) => {}
            }
            Ok(())
        });
        failed.unwrap_or(served)
    }

    /// Whether it is lent to a thread of the plugin's own, which is not in it just now.
    pub(super) fn is_for_thread(&self) -> bool {
        let state = self.state.try_borrow();
        state.is_ok_and(|state| matches!(state.lend, Lend::Thread(_)))
    }

    /// Why a source's stream was refused, if it goes on without: what it says of the input that the
    /// stream came of.
    pub(super) fn forgive(&self) -> Option<Error> {
        let mut state = self.state.try_borrow_mut().ok()?;
        let is_source = matches!(state.lend, Lend::Source(..));
        state
            .cause
            .take_if(|cause| is_source && cause.kind() == ErrorKind::Skip)
    }

    /// Why a function of the host had nothing to give, and what to do about it.
    pub(super) fn why(&self) -> Option<(String, String)> {
        let state = self.state.try_borrow().ok()?;
        let error = state.cause.as_ref().or(state.excuse.as_ref())?;
        let help = error.help().unwrap_or_default().to_owned();
        Some((error.with_causes(), help))
    }

    /// A text that the plugin lends, as JSON.
    pub(super) fn json(&self, text: c::Text, what: &str) -> Result<Value> {
        let text = self.text(text)?;
        serde_json::from_str(&text).map_err(|error| {
            self.plugin
                .broken(format!("{what} something that is no JSON: {error}"))
        })
    }

    /// A text that the plugin lends.
    pub(super) fn text(&self, text: c::Text) -> Result<String> {
        // SAFETY: it is borrowed for this call (R3).
        let bytes = unsafe { bytes_of(&text, TEXT) }.map_err(|error| self.plugin.broken(error))?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(self.plugin.broken("said something that is no UTF-8")),
        }
    }

    /// A text for people that the plugin lends, on one line: that of a failed `assert_eq!` has
    /// three.
    pub(super) fn line(&self, text: c::Text) -> Result<String> {
        let text = self.text(text)?;
        if !text.contains(['\n', '\r']) {
            return Ok(text);
        }
        let lines = text.split(['\n', '\r']).map(str::trim);
        let lines: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
        Ok(lines.join(", "))
    }

    pub(super) fn not_here(&self, what: &str) -> Error {
        self.plugin
            .broken(format!("called `{what}` where it must not"))
    }
}
