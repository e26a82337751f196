//! A plugin's table, copied and checked.

use std::ffi::c_void;
use std::fmt;
use std::mem::offset_of;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pipeline_plugin::abi::c;
use pipeline_plugin::{Error, ErrorKind};
use serde_json::{Value, json};

/// A plugin of a library; never unloaded (R8).
pub(super) struct Loaded {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) about: String,
    pub(super) schema: Value,
    pub(super) endings: Vec<String>,
    pub(super) table: c::Plugin,
    /// How long it may give no sign of life.
    pub(super) silence: Duration,
}

impl fmt::Debug for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loaded")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The length of a table of version 1 when it was published; later members may be missing.
const TABLE: usize = offset_of!(c::Plugin, file_name) + size_of::<usize>();

/// A table longer than this is none.
const TOO_LONG: usize = 1 << 16;

/// Longest text of a table but for the schema, in bytes.
const TEXT: usize = 200;

/// Longest schema, in bytes.
const SCHEMA: usize = 1 << 20;

/// Whether any plugin was found to be broken.
static BROKEN: AtomicBool = AtomicBool::new(false);

/// Whether a plugin of a library was found to be broken in this process: also where its error
/// became a problem of a pipeline file.
pub fn is_any_plugin_broken() -> bool {
    BROKEN.load(Ordering::Relaxed)
}

/// An error that is the plugin's own fault.
pub(super) fn broken(plugin: &str, what: impl fmt::Display) -> Error {
    BROKEN.store(true, Ordering::Relaxed);
    Error::new(ErrorKind::Plugin, format!("the plugin `{plugin}` {what}"))
        .with_help("report it to the plugin's author; `pipeline plugin check` tells more")
}

impl Loaded {
    /// It goes on and on although the run is to stop.
    pub(super) fn does_not_stop(&self) -> Error {
        let seconds = self.silence.as_secs_f64();
        let what = format!("did not stop within {seconds} s of being asked to and was given up");
        broken(&self.name, what).with_help(
            "the plugin's author: end when `stopping` says so, or `sleep` returns \
             PIPELINE_CANCELLED",
        )
    }

    /// Copies a table and checks it; on failure, what is wrong.
    ///
    /// # Safety
    ///
    /// `table` is what a library of version 1 returned.
    pub(super) unsafe fn read(table: *const c::Plugin, silence: Duration) -> Result<Self, String> {
        if !table.is_aligned() {
            return Err("returned an address that is no table's".to_owned());
        }
        // SAFETY: every version of the table starts with its size (R2).
        let size = unsafe { table.cast::<usize>().read() };
        if !(TABLE..TOO_LONG).contains(&size) {
            return Err(format!(
                "says that its table has {size} bytes; that of version 1 has {TABLE} or more \
                 (is `size` set to sizeof(pipeline_plugin)?)"
            ));
        }
        // SAFETY: numbers that are 0 and pointers that are null are sound members.
        let mut copy: c::Plugin = unsafe { std::mem::zeroed() };
        let length = size.min(size_of::<c::Plugin>());
        // SAFETY: both are as long as that; members are never moved, and those behind the end of
        // an older plugin's table stay null (R2).
        unsafe { ptr::copy_nonoverlapping(table.cast::<u8>(), (&raw mut copy).cast(), length) };
        let table = copy;
        // SAFETY: a library's texts are constant (R3).
        let text = |text, what, most| unsafe { constant(text, what, most) };
        let name = text(table.name, "its name", TEXT)?;
        check_name(&name)?;
        let named = |problem: String| format!("(`{name}`) {problem}");
        let version = text(table.version, "its version", TEXT).map_err(named)?;
        let about = text(table.about, "what it is about", TEXT).map_err(named)?;
        let schema = text(table.schema, "its schema", SCHEMA).map_err(named)?;
        let endings = text(table.endings, "its endings", TEXT).map_err(named)?;
        for (what, text) in [("version", &version), ("line about itself", &about)] {
            if text.trim().is_empty() || text.chars().any(char::is_control) {
                return Err(named(format!("has no {what}")));
            }
        }
        has_functions(&table).map_err(named)?;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '_';
        if !endings.chars().all(|c| plain(c) || c == ' ') {
            return Err(named(format!(
                "has the endings `{}`; write them as `csv` or `tcx xml`",
                endings.escape_debug()
            )));
        }
        let schema = read_schema(&schema).map_err(named)?;
        Ok(Self {
            version,
            about,
            schema,
            endings: endings.split_whitespace().map(str::to_owned).collect(),
            name,
            table,
            silence,
        })
    }
}

fn check_name(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let sound = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(plain);
    if sound {
        Ok(())
    } else {
        let name = name.escape_debug();
        Err(format!(
            "provides a plugin with the name `{name}`; a name is of a-z, 0-9 and `-`, and starts \
             with a letter"
        ))
    }
}

/// Which functions a role can't do without.
fn has_functions(table: &c::Plugin) -> Result<(), String> {
    let role = table.role;
    if !(c::role::READER..=c::role::SINK).contains(&role) {
        return Err(format!(
            "has the role {role}, which version 1 does not know"
        ));
    }
    let runs = matches!(role, c::role::READER | c::role::SOURCE);
    let needed = [
        ("prepare", true, table.prepare.is_some()),
        ("release", true, table.release.is_some()),
        ("run", runs, table.run.is_some()),
        ("open", !runs, table.open.is_some()),
        ("process", !runs, table.process.is_some()),
        ("finish", !runs, table.finish.is_some()),
        ("close", !runs, table.close.is_some()),
    ];
    match needed.iter().find(|(_, needed, there)| *needed && !there) {
        Some((name, ..)) => Err(format!("has no function `{name}`")),
        None => Ok(()),
    }
}

fn read_schema(text: &str) -> Result<Value, String> {
    if text.trim().is_empty() {
        return Ok(json!({ "type": "object", "properties": {}, "additionalProperties": false }));
    }
    let schema: Value = serde_json::from_str(text)
        .map_err(|error| format!("has a schema that is no JSON: {error}"))?;
    let properties = schema.get("properties");
    let sound = schema["type"] == "object" && properties.is_none_or(Value::is_object);
    if sound {
        Ok(schema)
    } else {
        Err("has a schema that is not one of an object".to_owned())
    }
}

/// A constant text of a library, checked and copied.
///
/// # Safety
///
/// The text points to as many bytes as it says, if it is not null.
unsafe fn constant(text: c::Text, what: &str, most: usize) -> Result<String, String> {
    // SAFETY: the caller's promise.
    let bytes = unsafe { bytes_of(&text, most) }.map_err(|error| format!("{error} as {what}"))?;
    String::from_utf8(bytes.to_vec()).map_err(|_| format!("gives text that is no UTF-8 as {what}"))
}

/// The bytes that a library lends.
///
/// # Safety
///
/// The text points to as many bytes as it says, if it is not null, for `'a`.
pub(super) unsafe fn bytes_of<'a>(text: &c::Text, most: usize) -> Result<&'a [u8], String> {
    if text.length == 0 {
        return Ok(&[]);
    }
    if text.data.is_null() {
        return Err(format!("gives {} bytes at no address", text.length));
    }
    if text.length > most {
        return Err(format!("gives {} bytes", text.length));
    }
    // SAFETY: the caller's promise, and the length is sound.
    Ok(unsafe { std::slice::from_raw_parts(text.data, text.length) })
}

/// A pointer that a plugin gave for something of its own: a stage, a stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opaque(pub(super) *mut c_void);

// SAFETY: stages are shared by threads, and streams move between them (R5).
unsafe impl Send for Opaque {}
// SAFETY: a stage is shared by threads (R5); a stream stands in a type that needs `&mut` to call.
unsafe impl Sync for Opaque {}

#[cfg(test)]
mod tests {
    use pipeline_plugin::abi;

    use super::*;

    unsafe extern "C" fn checkpoint(_: *mut c_void, _: *const c::Host) -> i32 {
        0
    }

    struct Idle;

    impl abi::Stage for Idle {}

    struct One;

    impl abi::Exported for One {
        fn table() -> &'static abi::Table {
            static TABLE: std::sync::OnceLock<abi::Table> = std::sync::OnceLock::new();
            TABLE.get_or_init(|| {
                let plugin = abi::Plugin {
                    role: abi::Role::Sink,
                    name: "one".to_owned(),
                    version: String::new(),
                    about: "for a test".to_owned(),
                    schema: String::new(),
                    endings: String::new(),
                    sniff: Box::new(|_| false),
                    prepare: Box::new(|_| Ok(Box::new(Idle))),
                };
                abi::Table::new::<Self>(plugin, "1.0.0")
            })
        }
    }

    /// What stands behind the end of an older plugin's table is not its own.
    #[test]
    fn what_a_table_is_too_short_for_is_not_there() {
        // SAFETY: the SDK's own table.
        let mut table = unsafe { abi::Table::pointer::<One>().read() };
        table.checkpoint = Some(checkpoint);
        let read = |table: &c::Plugin| {
            // SAFETY: it is a table, or the start of one.
            unsafe { Loaded::read(&raw const *table, Duration::from_secs(1)) }.unwrap()
        };
        assert!(read(&table).table.checkpoint.is_some());
        table.size = TABLE;
        assert!(read(&table).table.checkpoint.is_none());
        table.size = TABLE - 1;
        // SAFETY: as above.
        let error = unsafe { Loaded::read(&raw const table, Duration::from_secs(1)) };
        assert!(
            error
                .unwrap_err()
                .contains("that of version 1 has 176 or more")
        );
    }
}
