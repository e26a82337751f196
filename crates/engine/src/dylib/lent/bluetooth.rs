//! Bluetooth as the host lends it. The work is done on the event loop, in `radio.rs`.

use std::ffi::c_void;
use std::time::Duration;

use pipeline_plugin::abi::c;
use pipeline_plugin::ble::{Selector, Uuid, parse_uuid};
use pipeline_plugin::{Error, Result};
use serde::Deserialize;

use super::commands::duration;
use super::{Gift, give};
use crate::dylib::call::{Call, Lend};
use crate::dylib::loaded::bytes_of;
use crate::dylib::radio::{Given, RadioWish};
use crate::dylib::source::Bridge;
use crate::dylib::thread::ThreadHost;

/// The longest value that is written, in bytes; longer ones are refused by every device.
const VALUE: usize = 512;

/// The table that every host's table points to.
pub(super) static TABLE: c::Bluetooth = c::Bluetooth {
    size: size_of::<c::Bluetooth>(),
    find: Some(find),
    find_other: Some(find_other),
    scan: Some(scan),
    end_scan: Some(end_scan),
    wanted: Some(wanted),
    connect: Some(connect),
    services: Some(services),
    read: Some(read),
    write: Some(write),
    subscribe: Some(subscribe),
    unsubscribe: Some(unsubscribe),
    next: Some(next),
    disconnect: Some(disconnect),
    wait: Some(wait),
};

/// Does something with the radio and hands over what comes of it.
///
/// # Safety
///
/// `host`, `take` and `user` are what the plugin handed over for the call that this thread is in.
unsafe fn with_radio(
    host: *const c::Host,
    (take, user): (c::Take, *mut c_void),
    wish: impl FnOnce(&Call<'_>) -> Result<RadioWish>,
) -> i32 {
    let mut given = None;
    // SAFETY: the caller's promise.
    let call = unsafe { Call::of(host) };
    let code = Call::attempt(call, |call, state| {
        given = ask(call, &mut state.lend, wish)?;
        Ok(())
    });
    if let Some(given) = given {
        let gift = Gift {
            number: given.link,
            time: given.time,
            name: &given.name,
            bytes: &given.bytes,
        };
        // SAFETY: the caller's promise.
        unsafe { give(take, user, &gift) };
    }
    code
}

fn ask(
    call: &Call<'_>,
    lend: &mut Lend<'_>,
    wish: impl FnOnce(&Call<'_>) -> Result<RadioWish>,
) -> Result<Option<Given>> {
    match lend {
        Lend::Source(bridge, _) => {
            let bridge: &Bridge = bridge;
            bridge.radio(wish(call)?)
        }
        Lend::Thread(air) => air.fulfil(wish(call)?),
        Lend::File(_) => Err(call
            .not_here("bluetooth")
            .with_help("the plugin's author: use that of a host of `for_thread`")),
        _ => Err(call.not_here("bluetooth")),
    }
}

pub(super) unsafe extern "C" fn for_thread(host: *const c::Host, lent: *mut *const c::Host) -> i32 {
    let mut made = None;
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    let code = Call::attempt(call, |call, state| {
        let Lend::File(slot) = &state.lend else {
            return Err(call.not_here("for_thread"));
        };
        if lent.is_null() {
            let what = "asks for a host for a thread, and has no place for it";
            return Err(call.plugin.broken(what));
        }
        made = Some(ThreadHost::new(call.plugin, call.context, slot.ended())?);
        Ok(())
    });
    if let Some(made) = made {
        // SAFETY: the plugin lends a place for the pointer, which is not null.
        unsafe { lent.write(made.into_table()) };
    }
    code
}

pub(super) unsafe extern "C" fn give_back(host: *const c::Host) {
    // SAFETY: the plugin hands back a table that it was lent.
    let call = unsafe { Call::of(host) };
    if call.is_some_and(Call::is_for_thread) {
        // SAFETY: it came from `for_thread`, and the plugin does not use it any more.
        drop(unsafe { ThreadHost::of_table(host) });
        return;
    }
    Call::serve(call, |call, _| Err(call.not_here("give_back")));
}

const NOTHING: (c::Take, *mut c_void) = (None, std::ptr::null_mut());

/// What a plugin looks for.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    services: Vec<String>,
    names: Vec<String>,
}

fn selector(call: &Call<'_>, text: c::Text) -> Result<Selector> {
    let value = call.json(text, "looks for")?;
    let wanted: Wanted = serde_json::from_value(value).map_err(|error| {
        let what = format!("looks for a device with something that is no description: {error}");
        call.plugin.broken(what)
    })?;
    let mut selector = Selector::default();
    for service in &wanted.services {
        selector = selector.or_service(known(call, service)?);
    }
    for name in &wanted.names {
        selector = selector.or_name(name);
    }
    Ok(selector)
}

fn known(call: &Call<'_>, text: &str) -> Result<Uuid> {
    parse_uuid(text).ok_or_else(|| {
        let text = text.escape_debug();
        call.plugin
            .broken(format!("names `{text}`, which is no UUID"))
    })
}

fn uuid(call: &Call<'_>, text: c::Text) -> Result<Uuid> {
    known(call, &call.text(text)?)
}

/// Looks for a device: the one of the command line, unless it `is_other`.
///
/// # Safety
///
/// As [`with_radio`].
unsafe fn look_for(
    host: *const c::Host,
    wanted: c::Text,
    microseconds: i64,
    sink: (c::Take, *mut c_void),
    is_other: bool,
) -> i32 {
    // SAFETY: the caller's promise.
    unsafe {
        with_radio(host, sink, |call| {
            Ok(RadioWish::Find {
                selector: selector(call, wanted)?,
                is_other,
                most: duration(microseconds),
            })
        })
    }
}

unsafe extern "C" fn find(
    host: *const c::Host,
    wanted: c::Text,
    microseconds: i64,
    take: c::Take,
    user: *mut c_void,
) -> i32 {
    // SAFETY: what the plugin handed over.
    unsafe { look_for(host, wanted, microseconds, (take, user), false) }
}

unsafe extern "C" fn find_other(
    host: *const c::Host,
    wanted: c::Text,
    microseconds: i64,
    take: c::Take,
    user: *mut c_void,
) -> i32 {
    // SAFETY: what the plugin handed over.
    unsafe { look_for(host, wanted, microseconds, (take, user), true) }
}

unsafe extern "C" fn scan(
    host: *const c::Host,
    microseconds: i64,
    take: c::Take,
    user: *mut c_void,
) -> i32 {
    let most = duration(microseconds);
    // SAFETY: what the plugin handed over.
    unsafe { with_radio(host, (take, user), |_| Ok(RadioWish::Scan(most))) }
}

unsafe extern "C" fn end_scan(host: *const c::Host) -> i32 {
    // SAFETY: what the plugin handed over.
    unsafe { with_radio(host, NOTHING, |_| Ok(RadioWish::EndScan)) }
}

unsafe extern "C" fn wanted(host: *const c::Host, take: c::Take, user: *mut c_void) -> i32 {
    // SAFETY: what the plugin handed over.
    unsafe { with_radio(host, (take, user), |_| Ok(RadioWish::Wanted)) }
}

unsafe extern "C" fn connect(host: *const c::Host, id: c::Text, link: *mut u64) -> i32 {
    let mut number = 0;
    // SAFETY: what the plugin handed over.
    let call = unsafe { Call::of(host) };
    let code = Call::attempt(call, |call, state| {
        if link.is_null() {
            return Err(call
                .plugin
                .broken("connects, and has no place for the link"));
        }
        let given = ask(call, &mut state.lend, |call| {
            Ok(RadioWish::Connect(call.text(id)?))
        })?;
        number = given.map(|given| given.link).unwrap_or_default();
        Ok(())
    });
    if code == c::status::OK {
        // SAFETY: the plugin lends a place for the number, which is not null.
        unsafe { link.write(number) };
    }
    code
}

unsafe extern "C" fn services(
    host: *const c::Host,
    link: u64,
    take: c::Take,
    user: *mut c_void,
) -> i32 {
    // SAFETY: what the plugin handed over.
    unsafe { with_radio(host, (take, user), |_| Ok(RadioWish::Services(link))) }
}

unsafe extern "C" fn read(
    host: *const c::Host,
    link: u64,
    characteristic: c::Text,
    take: c::Take,
    user: *mut c_void,
) -> i32 {
    // SAFETY: what the plugin handed over.
    unsafe {
        with_radio(host, (take, user), |call| {
            Ok(RadioWish::Read(link, uuid(call, characteristic)?))
        })
    }
}

unsafe extern "C" fn write(
    host: *const c::Host,
    link: u64,
    characteristic: c::Text,
    bytes: *const c_void,
    length: usize,
    confirmed: i32,
) -> i32 {
    // SAFETY: what the plugin handed over.
    unsafe {
        with_radio(host, NOTHING, |call| {
            let lent = c::Text {
                data: bytes.cast(),
                length,
            };
            if length > VALUE {
                let message = format!("a value of {length} bytes can't be written; {VALUE} can");
                return Err(Error::skip(message));
            }
            // The bytes are borrowed for this call (R3).
            let bytes = bytes_of(&lent, VALUE).map_err(|error| call.plugin.broken(error))?;
            Ok(RadioWish::Write {
                link,
                characteristic: uuid(call, characteristic)?,
                value: bytes.to_vec(),
                is_confirmed: confirmed != 0,
            })
        })
    }
}

unsafe extern "C" fn subscribe(host: *const c::Host, link: u64, characteristic: c::Text) -> i32 {
    // SAFETY: what the plugin handed over.
    unsafe {
        with_radio(host, NOTHING, |call| {
            Ok(RadioWish::Subscribe(link, uuid(call, characteristic)?))
        })
    }
}

unsafe extern "C" fn unsubscribe(host: *const c::Host, link: u64, characteristic: c::Text) -> i32 {
    // SAFETY: what the plugin handed over.
    unsafe {
        with_radio(host, NOTHING, |call| {
            Ok(RadioWish::Unsubscribe(link, uuid(call, characteristic)?))
        })
    }
}

unsafe extern "C" fn next(
    host: *const c::Host,
    link: u64,
    microseconds: i64,
    take: c::Take,
    user: *mut c_void,
) -> i32 {
    let most: Duration = duration(microseconds);
    // SAFETY: what the plugin handed over.
    unsafe { with_radio(host, (take, user), |_| Ok(RadioWish::Next(link, most))) }
}

unsafe extern "C" fn wait(
    host: *const c::Host,
    microseconds: i64,
    take: c::Take,
    user: *mut c_void,
) -> i32 {
    let most: Duration = duration(microseconds);
    // SAFETY: what the plugin handed over.
    unsafe { with_radio(host, (take, user), |_| Ok(RadioWish::Wait(most))) }
}

unsafe extern "C" fn disconnect(host: *const c::Host, link: u64) -> i32 {
    // SAFETY: what the plugin handed over.
    unsafe { with_radio(host, NOTHING, |_| Ok(RadioWish::Disconnect(link))) }
}
