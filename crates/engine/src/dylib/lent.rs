//! The functions that the host lends to a plugin for a call.

mod bluetooth;
mod commands;
mod inputs;
mod words;

use std::ffi::c_void;

use pipeline_plugin::abi::{Status, c};
use pipeline_plugin::export::Incoming;
use pipeline_plugin::{Error, ErrorKind, Fate, Header, Problem, Result, Timestamp};

use super::call::{Call, Lend};
use super::items::checked;
use super::loaded::bytes_of;
use super::source::UNDELIVERED;

/// The table that every call lends.
pub(super) const TABLE: c::Host = c::Host {
    size: size_of::<c::Host>(),
    bluetooth: &raw const bluetooth::TABLE,
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
    log: Some(words::log),
    progress: Some(words::progress),
    get_state: Some(words::get_state),
    set_state: Some(words::set_state),
    command: Some(commands::command),
    checkpoint: Some(commands::checkpoint),
    next_command: Some(commands::next_command),
    answer: Some(commands::answer),
    why: Some(words::why),
    wants: Some(inputs::wants),
    note_delivered: Some(inputs::note_delivered),
    give_up: Some(inputs::give_up),
    for_thread: Some(bluetooth::for_thread),
    give_back: Some(bluetooth::give_back),
    settled: Some(commands::settled),
};

/// What the host gives to a plugin's function.
#[derive(Debug, Default)]
struct Gift<'a> {
    number: u64,
    time: i64,
    name: &'a str,
    bytes: &'a [u8],
}

/// Gives something to a plugin's function.
///
/// # Safety
///
/// `take` and `user` are what the plugin handed over for the call that this thread is in.
unsafe fn give(take: c::Take, user: *mut c_void, gift: &Gift<'_>) {
    let Some(take) = take else { return };
    let text = |bytes: &[u8]| c::Text {
        data: bytes.as_ptr(),
        length: bytes.len(),
    };
    let given = c::Given {
        size: size_of::<c::Given>(),
        number: gift.number,
        time: gift.time,
        name: text(gift.name.as_bytes()),
        text: text(gift.bytes),
    };
    // SAFETY: the caller's promise; what is given lives until it returns (R3).
    unsafe { take(user, &raw const given) }
}

unsafe extern "C" fn warn(host: *const c::Host, message: c::Text) {
    // SAFETY: the plugin hands back the table of its call.
    let call = unsafe { Call::of(host) };
    Call::serve(call, |call, _| {
        call.context.warn(call.line(message)?);
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
        let (message, help) = (call.line(message)?, call.line(help)?);
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
        let (option, help) = (call.text(option)?, call.line(help)?);
        let path = option.split('/').filter(|part| !part.is_empty());
        state.said.problems.push(Problem {
            path: path.map(str::to_owned).collect(),
            help: (!help.is_empty()).then_some(help),
            ..Problem::new(call.line(message)?)
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
            Lend::Source(bridge, _) if bridge.is_open() => Err(call
                .plugin
                .broken("opened a stream while another was open")
                .with_help("the plugin's author: call `finish` before the next `open`")),
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
    let mut fate = Fate::Delivered;
    let served = Call::serve(call, |call, state| match &mut state.lend {
        Lend::Input(reading) => {
            reading.is_open = false;
            reading.streams.finish()
        }
        Lend::Source(bridge, _) if bridge.is_open() => {
            fate = bridge.finish()?;
            if fate == Fate::Undelivered {
                state.excuse = Some(Error::skip(UNDELIVERED));
            }
            Ok(())
        }
        Lend::Source(..) => Err(call.plugin.broken("finished a stream that was not open")),
        _ => Err(call.not_here("finish")),
    });
    match fate {
        Fate::Delivered => served,
        // The plugin may go on with the next stream.
        Fate::Undelivered => c::status::SKIP,
    }
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
            Lend::Source(bridge, incoming) if bridge.is_open() => {
                (incoming, &mut |item| bridge.send(item))
            }
            Lend::Source(..) => {
                let error = call.plugin.broken("sent an item without an open stream");
                return Err(error.with_help("the plugin's author: call `open` first"));
            }
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
