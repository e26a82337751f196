//! What is remembered of a source's inputs.

use std::ffi::c_void;

use pipeline_plugin::abi::c;
use pipeline_plugin::{BadInput, Error, InputKey, Result};
use serde_json::Value;

use crate::dylib::call::{Call, Lend, State};
use crate::dylib::loaded::bytes_of;
use crate::dylib::source::{Bridge, UNDELIVERED};

/// The most bytes of an input that are kept.
const INPUT: usize = 1 << 30;

/// The way to the event loop, for what only sources may ask.
fn bridge<'a>(call: &Call<'_>, state: &State<'a>, what: &str) -> Result<&'a Bridge> {
    match state.lend {
        Lend::Source(bridge, _) => Ok(bridge),
        _ => Err(call.not_here(what)),
    }
}

/// What tells an input apart: an array of texts and numbers.
fn key(call: &Call<'_>, text: c::Text) -> Result<InputKey> {
    let broken = || {
        let what = "names an input with a key that is no array of texts and whole numbers";
        call.plugin.broken(what)
    };
    let value = call.json(text, "names an input with")?;
    let parts = value.as_array().filter(|parts| !parts.is_empty());
    let parts = parts.ok_or_else(broken)?.iter().map(|part| match part {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) if !number.is_f64() => Ok(number.to_string()),
        _ => Err(broken()),
    });
    Ok(InputKey::new(parts.collect::<Result<Vec<String>>>()?))
}

/// Asks something about an input that is answered by yes or no.
///
/// # Safety
///
/// What is handed over is what the plugin handed over for the call that this thread is in.
unsafe fn answered(
    host: *const c::Host,
    (input, name): (c::Text, c::Text),
    answer: *mut i32,
    what: &str,
    ask: impl FnOnce(&Bridge, &Call<'_>, InputKey, String) -> Result<bool>,
) -> i32 {
    // SAFETY: the caller's promise.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, state| {
        let bridge = bridge(call, state, what)?;
        if answer.is_null() {
            let what = format!("calls `{what}` and has no place for the answer");
            return Err(call.plugin.broken(what));
        }
        let is_so = ask(bridge, call, key(call, input)?, call.text(name)?)?;
        // SAFETY: the plugin lends a place for the answer, which is not null.
        unsafe { answer.write(i32::from(is_so)) };
        Ok(())
    })
}

pub(super) unsafe extern "C" fn wants(
    host: *const c::Host,
    input: c::Text,
    name: c::Text,
    wanted: *mut i32,
) -> i32 {
    // SAFETY: what the plugin handed over.
    unsafe {
        answered(
            host,
            (input, name),
            wanted,
            "wants",
            |bridge, _, key, name| bridge.wants(&key, &name),
        )
    }
}

pub(super) unsafe extern "C" fn note_delivered(
    host: *const c::Host,
    input: c::Text,
    name: c::Text,
    noted: *mut i32,
) -> i32 {
    // SAFETY: the plugin hands back the table of its call.
    let refused = unsafe { Call::of(host) }.and_then(Call::forgive);
    let note = |bridge: &Bridge, call: &Call<'_>, key: InputKey, name: String| {
        if let Some(error) = refused {
            // A stage could not complete the stream. The next one may be better.
            return bridge.give_up(BadInput::new(name, error)).map(|()| false);
        }
        if bridge.is_open() {
            let what = "notes an input as delivered while its stream is open";
            return Err(call.plugin.broken(what));
        }
        bridge.note_delivered(key, name)
    };
    // SAFETY: what the plugin handed over.
    unsafe { answered(host, (input, name), noted, "note_delivered", note) }
}

fn is_undelivered(error: &Error) -> bool {
    error.to_string() == UNDELIVERED
}

pub(super) unsafe extern "C" fn give_up(
    host: *const c::Host,
    input: c::Text,
    name: c::Text,
    bytes: *const c_void,
    length: usize,
) -> i32 {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    let refused = call.and_then(Call::forgive);
    Call::serve(call, |call, state| {
        let bridge = bridge(call, state, "give_up")?;
        let why = match refused.or(state.reason.take()) {
            Some(why) => why,
            // The host has told which sink lacks it.
            None if state.excuse.as_ref().is_some_and(is_undelivered) => return Ok(()),
            None => {
                let what = "gives up an input without saying why";
                let help = "the plugin's author: call `fail` before `give_up`";
                return Err(call.plugin.broken(what).with_help(help));
            }
        };
        let lent = c::Text {
            data: bytes.cast(),
            length,
        };
        let content = if bytes.is_null() {
            None
        } else {
            // SAFETY: the bytes are borrowed for this call (R3).
            let bytes = unsafe { bytes_of(&lent, INPUT) };
            Some(bytes.map_err(|error| call.plugin.broken(error))?)
        };
        bridge.give_up(BadInput {
            key: (input.length > 0).then(|| key(call, input)).transpose()?,
            bytes: content.map(<[u8]>::to_vec),
            ..BadInput::new(call.text(name)?, why)
        })
    })
}
