use std::ffi::c_void;

use super::c::{self, status};
use super::current::within;
use super::item::{as_slice, as_str, text};
use super::panic::{guarded, install};
use super::{Error, Host, Item, Json, Plugin, Problem, Result, Stage, Status, Stream};

/// Makes a library of a crate: its plugins, in their order.
///
/// Takes functions without arguments that return a `Plugin`. It stands once in a crate whose
/// `crate-type` is `cdylib`: `pipeline_plugin::export!(plugin);`
#[macro_export]
macro_rules! export {
    ($($plugin:expr),+ $(,)?) => {
        /// The one function of this library: its plugins, counted from 0; null after the last.
        #[allow(unsafe_code, clippy::allow_attributes, reason = "the name is the interface")]
        #[unsafe(no_mangle)]
        pub extern "C" fn pipeline_plugin_v1(index: usize) -> *const $crate::abi::c::Plugin {
            let tables: &[fn() -> *const $crate::abi::c::Plugin] = &[$({
                struct One;
                impl $crate::abi::Exported for One {
                    fn table() -> &'static $crate::abi::Table {
                        static TABLE: ::std::sync::OnceLock<$crate::abi::Table> =
                            ::std::sync::OnceLock::new();
                        TABLE.get_or_init(|| {
                            let plugin: $crate::abi::Plugin = ($plugin)().into();
                            $crate::abi::Table::new::<One>(plugin, env!("CARGO_PKG_VERSION"))
                        })
                    }
                }
                $crate::abi::Table::pointer::<One>
            }),+];
            tables.get(index).map_or(::std::ptr::null(), |table| table())
        }
    };
}

/// One plugin of a library, as [`export!`](crate::export!) makes it.
pub trait Exported: 'static {
    /// Its table.
    fn table() -> &'static Table;
}

/// A plugin, and its table for the host.
#[derive(Debug)]
pub struct Table {
    plugin: Plugin,
    table: c::Plugin,
}

impl Table {
    /// The table of a plugin.
    pub fn new<E: Exported>(mut plugin: Plugin, version: &str) -> Self {
        if plugin.version.is_empty() {
            version.clone_into(&mut plugin.version);
        }
        let table = c::Plugin {
            size: size_of::<c::Plugin>(),
            role: plugin.role.code(),
            reserved: 0,
            // The texts are on the heap and stay there when `plugin` moves.
            name: text(&plugin.name),
            version: text(&plugin.version),
            about: text(&plugin.about),
            schema: text(&plugin.schema),
            endings: text(&plugin.endings),
            prepare: Some(prepare::<E>),
            check: Some(check),
            release: Some(release),
            run: Some(run),
            sniff: Some(sniff::<E>),
            open: Some(open),
            process: Some(process),
            finish: Some(finish),
            close: Some(close),
            file_name: Some(file_name),
            checkpoint: Some(checkpoint),
        };
        Self { plugin, table }
    }

    /// The table as the host gets it; null when the plugin can't be made.
    pub fn pointer<E: Exported>() -> *const c::Plugin {
        install();
        let table = guarded(|| Ok(&raw const E::table().table));
        table.unwrap_or(std::ptr::null())
    }
}

/// What a stage's pointer points to.
type StageBox = Box<dyn Stage>;

/// What a stream's pointer points to.
type StreamBox = Box<dyn Stream>;

/// Runs a call of the host; what went wrong is told and becomes the code to return.
fn call(host: *const c::Host, work: impl FnOnce(&Host<'_>) -> Result<()>) -> i32 {
    // SAFETY: the host lends its table for this call (R3).
    let host = unsafe { Host::new(host) };
    match guarded(|| within(host.table(), || work(&host))) {
        Ok(()) => status::OK,
        Err(error) => host.fail(&error),
    }
}

fn tell(host: &Host<'_>, problems: &[Problem]) {
    for problem in problems {
        host.problem(problem);
    }
}

unsafe extern "C" fn prepare<E: Exported>(
    host: *const c::Host,
    settings: c::Text,
    stage: *mut *mut c_void,
) -> i32 {
    call(host, |host| {
        // SAFETY: borrowed for this call (R3).
        let settings = unsafe { as_str(settings) };
        let made = (E::table().plugin.prepare)(settings).map_err(|problems| {
            tell(host, &problems);
            Error::skip("")
        })?;
        if let Some(about) = made.destination().or_else(|| about_source(&*made)) {
            host.reply(&about);
        }
        let made: *mut StageBox = Box::into_raw(Box::new(made));
        // SAFETY: the host gives a place for the pointer.
        unsafe { stage.write(made.cast()) };
        Ok(())
    })
}

/// What the host has to know of a source; nothing if that is what it takes for granted.
fn about_source(stage: &dyn Stage) -> Option<String> {
    let usual = (false, true, true);
    let (commands, journalled, happens_now) = (
        stage.takes_commands(),
        stage.journalled(),
        stage.happens_now(),
    );
    let about = Json::object([
        ("commands", commands.into()),
        ("journalled", journalled.into()),
        ("happens_now", happens_now.into()),
    ]);
    ((commands, journalled, happens_now) != usual).then(|| about.to_string())
}

/// The stage that `prepare` made.
///
/// # Safety
///
/// `stage` came from `prepare` and was not released.
unsafe fn stage_of<'a>(stage: *mut c_void) -> &'a dyn Stage {
    // SAFETY: the caller's promise; stages are shared, never changed (R5).
    unsafe { &**stage.cast::<StageBox>() }
}

unsafe extern "C" fn check(stage: *mut c_void, host: *const c::Host, place: c::Text) -> i32 {
    call(host, |host| {
        // SAFETY: the host gives a stage of `prepare`, and a text for this call (R3).
        let problems = unsafe { stage_of(stage).check(as_str(place)) };
        tell(host, &problems);
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Error::skip(""))
        }
    })
}

unsafe extern "C" fn release(stage: *mut c_void) {
    // SAFETY: it came from `prepare`, and the host does not use it any more.
    let stage = unsafe { Box::from_raw(stage.cast::<StageBox>()) };
    let _ = guarded(|| {
        drop(stage);
        Ok(())
    });
}

unsafe extern "C" fn run(stage: *mut c_void, host: *const c::Host, input: c::Text) -> i32 {
    // SAFETY: the host gives a stage of `prepare`, and a text for this call (R3).
    call(host, |host| unsafe {
        stage_of(stage).run(as_str(input), host)
    })
}

unsafe extern "C" fn sniff<E: Exported>(bytes: *const c_void, length: usize) -> i32 {
    // SAFETY: borrowed for this call (R3).
    let bytes = unsafe { as_slice(bytes.cast::<u8>(), length) };
    i32::from(guarded(|| Ok((E::table().plugin.sniff)(bytes))).unwrap_or(false))
}

unsafe extern "C" fn open(
    stage: *mut c_void,
    host: *const c::Host,
    header: c::Text,
    stream: *mut *mut c_void,
) -> i32 {
    call(host, |host| {
        // SAFETY: the host gives a stage of `prepare`, and a text for this call (R3).
        let opened = unsafe { stage_of(stage).open(as_str(header), host) }?;
        let opened: *mut StreamBox = Box::into_raw(Box::new(opened));
        // SAFETY: the host gives a place for the pointer.
        unsafe { stream.write(opened.cast()) };
        Ok(())
    })
}

unsafe extern "C" fn process(
    stream: *mut c_void,
    host: *const c::Host,
    item: *const c::Item,
) -> i32 {
    call(host, |host| {
        // SAFETY: the host gives a stream of `open`, which one thread at a time uses (R5), and an
        // item for this call (R3).
        unsafe { (*stream.cast::<StreamBox>()).process(Item::of(&*item), host) }
    })
}

unsafe extern "C" fn finish(stream: *mut c_void, host: *const c::Host, summary: c::Text) -> i32 {
    call(host, |host| {
        // SAFETY: the host gives a stream of `open`, which one thread at a time uses (R5), and a
        // text for this call (R3).
        unsafe { (*stream.cast::<StreamBox>()).finish(as_str(summary), host) }
    })
}

unsafe extern "C" fn checkpoint(stream: *mut c_void, host: *const c::Host) -> i32 {
    call(host, |host| {
        // SAFETY: the host gives a stream of `open`, which one thread at a time uses (R5).
        unsafe { (*stream.cast::<StreamBox>()).checkpoint(host) }
    })
}

unsafe extern "C" fn close(stream: *mut c_void) {
    // SAFETY: it came from `open`, and the host does not use it any more.
    let stream = unsafe { Box::from_raw(stream.cast::<StreamBox>()) };
    let _ = guarded(|| {
        drop(stream);
        Ok(())
    });
}

unsafe extern "C" fn file_name(
    stage: *mut c_void,
    host: *const c::Host,
    header: c::Text,
    summary: c::Text,
) -> i32 {
    call(host, |host| {
        // SAFETY: the host gives a stage of `prepare`, and texts for this call (R3).
        let name = unsafe { stage_of(stage).file_name(as_str(header), as_str(summary)) };
        let Some(name) = name else {
            return Err(Error::new(Status::Skip, "has no names for files"));
        };
        host.reply(&Json::object([("file", name.into())]).to_string());
        Ok(())
    })
}
