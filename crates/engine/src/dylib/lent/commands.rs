//! Commands, from sinks to sources; what a source says of all that was before: checkpoints, and that
//! it is done with.

use std::ffi::c_void;
use std::time::Duration;

use pipeline_plugin::Error;
use pipeline_plugin::abi::{Status, c};

use super::{Gift, give};
use crate::dylib::call::{Call, Lend};

/// The longest that a sink may wait for an answer.
const LONGEST: Duration = Duration::from_secs(60);

pub(super) fn duration(microseconds: i64) -> Duration {
    Duration::from_micros(u64::try_from(microseconds).unwrap_or_default())
}

pub(super) unsafe extern "C" fn command(
    host: *const c::Host,
    name: c::Text,
    json: c::Text,
    microseconds: i64,
    take: c::Take,
    user: *mut c_void,
) -> i32 {
    let mut said = String::new();
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    let code = Call::attempt(call, |call, state| {
        if !matches!(state.lend, Lend::File(_)) {
            return Err(call.not_here("command"));
        }
        let name = call.text(name)?;
        let value = call.json(json, &format!("asks `{}` with", name.escape_debug()))?;
        let answer = call.context.command(name, value);
        let most = duration(microseconds).min(LONGEST);
        match answer.and_then(|answer| answer.wait(most)) {
            Ok(value) => {
                said = value.to_string();
                Ok(())
            }
            Err(error) => {
                said = error.with_causes();
                // A source's refusal is no fault of this plugin.
                Err(Error::skip(said.clone()))
            }
        }
    });
    if !said.is_empty() {
        let gift = Gift {
            bytes: said.as_bytes(),
            ..Gift::default()
        };
        // SAFETY: what the plugin handed over for this call.
        unsafe { give(take, user, &gift) };
    }
    code
}

pub(super) unsafe extern "C" fn checkpoint(host: *const c::Host) -> i32 {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, state| match &mut state.lend {
        Lend::Source(bridge, _) => bridge.checkpoint(),
        _ => Err(call.not_here("checkpoint")),
    })
}

pub(super) unsafe extern "C" fn settled(host: *const c::Host) -> i32 {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, state| match &mut state.lend {
        Lend::Source(bridge, _) => bridge.settled(),
        _ => Err(call.not_here("settled")),
    })
}

pub(super) unsafe extern "C" fn next_command(
    host: *const c::Host,
    microseconds: i64,
    take: c::Take,
    user: *mut c_void,
) -> i32 {
    let mut found = None;
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    let code = Call::attempt(call, |call, state| {
        let Lend::Source(bridge, _) = &mut state.lend else {
            return Err(call.not_here("next_command"));
        };
        if !bridge.takes_commands() {
            let what = "asks for commands, and has not replied that it takes any";
            return Err(call.plugin.broken(what));
        }
        found = bridge.next_command(duration(microseconds))?;
        Ok(())
    });
    if let Some((number, name, value)) = found {
        let json = value.to_string();
        let gift = Gift {
            number,
            name: &name,
            bytes: json.as_bytes(),
            ..Gift::default()
        };
        // SAFETY: what the plugin handed over for this call.
        unsafe { give(take, user, &gift) };
    }
    code
}

pub(super) unsafe extern "C" fn answer(
    host: *const c::Host,
    number: u64,
    status: i32,
    text: c::Text,
) -> i32 {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, state| {
        let Lend::Source(bridge, _) = &mut state.lend else {
            return Err(call.not_here("answer"));
        };
        let result = if status == c::status::OK {
            Ok(call.json(text, "answers with")?)
        } else {
            let kind = Status::of(status).unwrap_or(Status::Broken).into();
            Err(Error::new(kind, call.text(text)?))
        };
        if bridge.answer(number, result) {
            Ok(())
        } else {
            let what = format!("answers a command {number}, which it has not got");
            Err(call.plugin.broken(what))
        }
    })
}
