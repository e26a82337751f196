//! What every plugin may say and remember.

use std::ffi::c_void;

use pipeline_plugin::abi::{self, c};
use pipeline_plugin::{Progress, ProgressUnit};
use serde_json::Value;

use super::{Gift, give};
use crate::dylib::call::Call;

pub(super) unsafe extern "C" fn log(host: *const c::Host, level: u32, message: c::Text) {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, _| {
        let message = call.line(message)?;
        let level = abi::Level::of(level).ok_or_else(|| {
            let what = format!("says something at level {level}, which means nothing");
            call.plugin.broken(what)
        })?;
        call.context.log(level.into(), message);
        Ok(())
    });
}

pub(super) unsafe extern "C" fn progress(
    host: *const c::Host,
    what: c::Text,
    done: u64,
    total: u64,
    bytes: i32,
) {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, _| {
        call.context.progress(Progress {
            what: call.text(what)?,
            done,
            total: (total > 0).then_some(total),
            unit: match bytes {
                0 => ProgressUnit::Items,
                _ => ProgressUnit::Bytes,
            },
        });
        Ok(())
    });
}

pub(super) unsafe extern "C" fn get_state(
    host: *const c::Host,
    key: c::Text,
    take: c::Take,
    user: *mut c_void,
) -> i32 {
    let mut found = None;
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    let code = Call::serve(call, |call, _| {
        let key = call.text(key)?;
        let state = call.context.state();
        found = if key.is_empty() {
            Some(Value::Object(state.all()))
        } else {
            state.get(&key)?
        };
        Ok(())
    });
    if let Some(value) = found {
        let json = value.to_string();
        let gift = Gift {
            bytes: json.as_bytes(),
            ..Gift::default()
        };
        // SAFETY: what the plugin handed over for this call.
        unsafe { give(take, user, &gift) };
    }
    code
}

pub(super) unsafe extern "C" fn set_state(
    host: *const c::Host,
    key: c::Text,
    json: c::Text,
) -> i32 {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, _| {
        let key = call.text(key)?;
        let state = call.context.state();
        if json.length == 0 {
            state.remove(&key);
            return Ok(());
        }
        let value = call.json(json, &format!("remembers as `{}`", key.escape_debug()))?;
        let kept = state.set(&key, &value);
        kept.map_err(|error| call.plugin.broken(error))
    })
}

pub(super) unsafe extern "C" fn why(host: *const c::Host, take: c::Take, user: *mut c_void) {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    if let Some((message, help)) = call.and_then(Call::why) {
        let gift = Gift {
            name: &help,
            bytes: message.as_bytes(),
            ..Gift::default()
        };
        // SAFETY: what the plugin handed over for this call.
        unsafe { give(take, user, &gift) };
    }
}
