//! The structs that cross the border between a host and a plugin, exactly as C sees them.
//!
//! `include/pipeline_plugin.h` is generated from this file; what the members mean is said there
//! and here in the same words.

#![expect(
    clippy::doc_markdown,
    clippy::doc_link_with_quotes,
    reason = "the same words stand in the header for C"
)]

use std::ffi::c_void;

use super::describe::{constants, interface};

constants! {
    /// What a function returns. Anything but PIPELINE_OK ends the stream that is open; say why
    /// with `fail` first. What a function of the host returns is returned at once.
    status: i32 {
        /// Done.
        OK = 0,
        /// This input or stream is bad; the others go on.
        SKIP = 1,
        /// A device was not found, or was lost for good.
        DEVICE = 2,
        /// A permission, memory or disk space is missing.
        RESOURCE = 3,
        /// Ended early because `stopping` said so.
        CANCELLED = 4,
        /// The plugin itself is broken.
        BROKEN = 5,
    }
}

constants! {
    /// What kind of stage a plugin provides.
    role: u32 {
        /// Turns files into streams; the host finds, opens and unpacks them.
        READER = 1,
        /// Turns what a device or a service says into streams.
        SOURCE = 2,
        /// Changes streams.
        TRANSFORM = 3,
        /// Writes streams.
        SINK = 4,
    }
}

constants! {
    /// What flows in a stream. Kinds may be added: pass on what you do not know.
    kind: u32 {
        /// Rows of numbers: `time`, `rows`, `columns`, `column_count`.
        SAMPLES = 1,
        /// A lap that has ended, after its last sample: JSON in `text`.
        LAP = 2,
        /// Something that happened: JSON in `text`.
        EVENT = 3,
        /// A curve of one stroke, before its sample: JSON in `text`.
        CURVE = 4,
        /// Raw bytes of a file, in `text`.
        BYTES = 5,
    }
}

constants! {
    /// How much something that a plugin says matters.
    level: u32 {
        /// Something is lost. Always shown.
        ERROR = 1,
        /// Repaired or left out. Shown unless --quiet.
        WARNING = 2,
        /// What is going on. Shown with --verbose.
        INFO = 3,
        /// For yourself. Shown with -vv.
        DEBUG = 4,
    }
}

interface! {
    /// UTF-8 text (in an item of kind BYTES: any bytes), not ended by a NUL. `data` may be null
    /// when `length` is 0. This struct and pipeline_column stand in arrays, and never change.
    struct Text = "pipeline_text" {
        /// The first byte.
        data: *const u8,
        /// In bytes.
        length: usize,
    } functions {}
}

interface! {
    /// One quantity of a batch of samples. NaN: not measured.
    struct Column = "pipeline_column" {
        /// "heart_rate": lower case with underscores. The names with a fixed unit are listed at
        /// the end of this file.
        name: Text,
        /// "bpm"; empty for pure numbers, and for listed names.
        unit: Text,
        /// One value a row.
        values: *const f64,
        /// How many: the item's `rows`.
        length: usize,
    } functions {}
}

interface! {
    /// What flows in a stream. What a kind does not use is 0.
    struct Item = "pipeline_item" {
        /// sizeof(pipeline_item).
        size: usize,
        /// PIPELINE_SAMPLES, ...
        kind: u32,
        /// 0.
        reserved: u32,
        /// Microseconds since 1970 in UTC, never decreasing.
        time: *const i64,
        /// How many times, and values in each column.
        rows: usize,
        /// The columns, each with another name.
        columns: *const Column,
        /// How many columns.
        column_count: usize,
        /// JSON, or the bytes.
        text: Text,
    } functions {}
}

interface! {
    /// What the host hands to a `take`: lent until that returns. What a call does not use is 0.
    struct Given = "pipeline_given" {
        /// sizeof(pipeline_given).
        size: usize,
        /// Of a command, for `answer`; of a link.
        number: u64,
        /// When, in microseconds since 1970.
        time: i64,
        /// A name: of a command, a characteristic.
        name: Text,
        /// JSON; or bytes, where the function says so.
        text: Text,
    } functions {}
}

/// A function of the plugin that gets what a function of the host has to give.
pub type Take = Option<unsafe extern "C" fn(user: *mut c_void, given: *const Given)>;

interface! {
    /// Bluetooth Low Energy, lent by the host: the computer's own radio, a recording, or simulated
    /// devices. In `run` of sources, and with a host of `for_thread`. A function that can't returns
    /// a status, and you may try again or do without; to end with that status, just return it: the
    /// host knows why. UUIDs are "2a37" or in their long form; the host gives them so, in lower
    /// case.
    struct Bluetooth = "pipeline_bluetooth" {
        /// sizeof(pipeline_bluetooth) as the host was built.
        size: usize,
    } functions {
        /// Waits so long for the device of this source: the one of `--device`, or else the first
        /// that fits {"services": ["180d"], "names": ["Polar*"]}. `take` gets {"id": "...",
        /// "name": "Polar H10", "rssi": -60, "services": ["180d"], "manufacturer_data":
        /// {"007c": "hexadecimal"}}; it is not called if there was none.
        fn find(host: *const Host, wanted: Text, microseconds: i64, take: Take, user: *mut c_void) -> i32;
        /// The same for a further device, to which `--device` does not apply.
        fn find_other(host: *const Host, wanted: Text, microseconds: i64, take: Take, user: *mut c_void) -> i32;
        /// Waits so long for any device that is seen, or of which more is known than before; it is
        /// looked for between calls too, until `connect` or `end_scan`.
        fn scan(host: *const Host, microseconds: i64, take: Take, user: *mut c_void) -> i32;
        /// Looks for no more devices.
        fn end_scan(host: *const Host) -> i32;
        /// `take` gets the text behind `--device`; it is not called if there is none.
        fn wanted(host: *const Host, take: Take, user: *mut c_void) -> i32;
        /// Connects to a device that was found, by its `id`. *link becomes a number for it.
        fn connect(host: *const Host, id: Text, link: *mut u64) -> i32;
        /// `take` gets {"mtu": 185, "services": [{"uuid": "180d", "characteristics": [{"uuid":
        /// "2a37", "properties": 16}]}]}; the properties are the bits of the standard.
        fn services(host: *const Host, link: u64, take: Take, user: *mut c_void) -> i32;
        /// Reads a characteristic; `take` gets its bytes.
        fn read(host: *const Host, link: u64, characteristic: Text, take: Take, user: *mut c_void) -> i32;
        /// Writes a characteristic; with a response, where it has both ways, if `confirmed` is not 0.
        fn write(host: *const Host, link: u64, characteristic: Text, bytes: *const c_void, length: usize, confirmed: i32) -> i32;
        /// Asks for notifications or indications.
        fn subscribe(host: *const Host, link: u64, characteristic: Text) -> i32;
        /// Asks for no more of them.
        fn unsubscribe(host: *const Host, link: u64, characteristic: Text) -> i32;
        /// Waits so long for the next of them: `take` gets its time, the characteristic as `name`,
        /// and its bytes; it is not called if there was none. PIPELINE_DEVICE: the link is lost.
        fn next(host: *const Host, link: u64, microseconds: i64, take: Take, user: *mut c_void) -> i32;
        /// Ends a connection. All end when `run` returns.
        fn disconnect(host: *const Host, link: u64) -> i32;
        /// Waits so long for what comes first: on any link (`number`) a value, or its loss, which
        /// has no `name`; or while it is scanned a device (`number` 0, JSON). A command that waits
        /// ends it, with nothing. A stop ends it once; after that it waits as before, for the
        /// answer to a last write.
        fn wait(host: *const Host, microseconds: i64, take: Take, user: *mut c_void) -> i32;
    }
}

interface! {
    /// What the host lends for one call.
    struct Host = "pipeline_host" {
        /// sizeof(pipeline_host) as the host was built. A function beyond it is not there.
        size: usize,
        /// Its Bluetooth; null in the first hosts of version 1.
        bluetooth: *const Bluetooth,
    } functions {
        /// # Always
        /// Tells the user that something was repaired or left out.
        fn warn(host: *const Host, message: Text);
        /// Says why this call is about to fail, and what to do about it (may be empty).
        /// Returns `status`: `return host->fail(host, PIPELINE_SKIP, why, help);`
        fn fail(host: *const Host, status: i32, message: Text, help: Text) -> i32;
        /// In `prepare` and `check`: a setting is wrong. `option` is its name, with `/` between
        /// levels; empty: the stage as a whole. Then return PIPELINE_SKIP.
        fn problem(host: *const Host, option: Text, message: Text, help: Text);
        /// The result of a function whose description has one: a JSON object.
        fn reply(host: *const Host, json: Text);
        /// Not 0 when the run is to stop: end soon.
        fn stopping(host: *const Host) -> i32;
        /// # In `run` of readers
        /// The next bytes of the input; *length becomes 0 only at its end.
        fn read(host: *const Host, buffer: *mut c_void, capacity: usize, length: *mut usize) -> i32;
        /// Makes `rewind` possible; before the first `read`.
        fn keep(host: *const Host) -> i32;
        /// Back to the first byte of the input.
        fn rewind(host: *const Host) -> i32;
        /// # In `run` of readers and sources
        /// Begins a stream. The header is JSON, see below; {} will do, and means: now.
        fn open(host: *const Host, header: Text) -> i32;
        /// Completes the stream. When it returns PIPELINE_OK to a source, every sink has taken it;
        /// PIPELINE_SKIP: not every one has, so a device has to keep it.
        fn finish(host: *const Host) -> i32;
        /// # In `run` of readers and sources, in `process` and `finish` of transforms
        /// Passes an item on.
        fn send(host: *const Host, item: *const Item) -> i32;
        /// # In `open`, `process` and `finish` of sinks
        /// Appends to the stream's file, which becomes visible once it is complete and durable.
        fn write(host: *const Host, bytes: *const c_void, length: usize) -> i32;
        /// The next `write` writes there, counted from the file's start.
        fn seek(host: *const Host, position: u64) -> i32;
        /// # In `run` of sources
        /// The time in microseconds since 1970. Use this clock only: it may be a simulated one.
        fn now(host: *const Host) -> i64;
        /// Waits. Returns PIPELINE_CANCELLED at once when the run is to stop.
        fn sleep(host: *const Host, microseconds: i64) -> i32;
        /// # Always; these and what follows are not in every host of version 1: see `size`
        /// Tells the user something: PIPELINE_INFO, ... (`warn` is one of them).
        fn log(host: *const Host, level: u32, message: Text);
        /// Tells how far `what` has come; as often as you like. `total` is 0 if it is not known;
        /// `bytes` is not 0 if bytes are counted.
        fn progress(host: *const Host, what: Text, done: u64, total: u64, bytes: i32);
        /// What this stage remembers from run to run. `take` gets the JSON that `key` was set to;
        /// it is not called if there is none. With an empty key: all of it, an object.
        fn get_state(host: *const Host, key: Text, take: Take, user: *mut c_void) -> i32;
        /// Remembers JSON; empty: forgets. It becomes durable with the stream's next checkpoint or
        /// end, and is lost with a stream that is given up.
        fn set_state(host: *const Host, key: Text, json: Text) -> i32;
        /// # In `open`, `process` and `finish` of sinks
        /// Asks something of the source, and waits so long for its answer. `take` gets the answer,
        /// JSON; or, when this does not return PIPELINE_OK, a text that says why not.
        fn command(host: *const Host, name: Text, json: Text, microseconds: i64, take: Take, user: *mut c_void) -> i32;
        /// # In `run` of sources
        /// Lets the sinks make durable what was sent so far, then the state. For streams of kind
        /// "log", about once a minute.
        fn checkpoint(host: *const Host) -> i32;
        /// Waits so long for a command of a sink; `take` is not called if there was none. The
        /// source must have replied {"commands": true} in `prepare`.
        fn next_command(host: *const Host, microseconds: i64, take: Take, user: *mut c_void) -> i32;
        /// What became of a command: JSON, or with another status than PIPELINE_OK why not.
        fn answer(host: *const Host, number: u64, status: i32, text: Text) -> i32;
        /// # Always
        /// Why the last function of the host returned something else than PIPELINE_OK: `take` gets
        /// a text, and as `name` what to do about it.
        fn why(host: *const Host, take: Take, user: *mut c_void);
        /// # In `run` of sources
        /// Whether an input of a device is to be fetched; ask once for each, before it is. *wanted
        /// becomes 0 if it was delivered already, or is known to be bad. `key` tells inputs apart:
        /// an array, ["my-source", "serial number", "20260712.fit", 180224]; `name` is for people.
        fn wants(host: *const Host, key: Text, name: Text, wanted: *mut i32) -> i32;
        /// All of an input is sent and finished, and nothing of another one since the last note.
        /// *noted becomes not 0 if every sink has it: only then delete it from the device.
        fn note_delivered(host: *const Host, key: Text, name: Text, noted: *mut i32) -> i32;
        /// An input can't be used: say why with `fail`, call this, and go on. With a `key` it is
        /// not wanted again, with an empty text it is. Its bytes (may be null) are kept beside the
        /// results.
        fn give_up(host: *const Host, key: Text, name: Text, bytes: *const c_void, length: usize) -> i32;
        /// # In `open`, `process` and `finish` of sinks
        /// Lends Bluetooth to a thread of yours, so that no stream waits for a device. *lent becomes
        /// a host with `bluetooth` and what stands under "Always", for one thread at a time. When
        /// the stream ends, what waits returns PIPELINE_CANCELLED; it is yours until `give_back`.
        fn for_thread(host: *const Host, lent: *mut *const Host) -> i32;
        /// Ends the connections of a host of `for_thread`, and frees it: on any thread.
        fn give_back(lent: *const Host);
        /// # In `run` of sources
        /// Between two streams: nothing of what came so far is needed any more. Begun anew, with
        /// the same links and the last value of each characteristic, the source would make the same
        /// of what comes next. The host may forget what it keeps for a crash: to be said every ten
        /// minutes or so by a source that listens for weeks. While a stream is open it does nothing.
        fn settled(host: *const Host) -> i32;
    }
}

interface! {
    /// A plugin. Functions that its role does not need are null.
    struct Plugin = "pipeline_plugin" {
        /// sizeof(pipeline_plugin).
        size: usize,
        /// PIPELINE_READER, ...
        role: u32,
        /// 0.
        reserved: u32,
        /// "power-smoothing": a-z, 0-9 and `-`.
        name: Text,
        /// "1.0.0".
        version: Text,
        /// "smooth the power over some seconds".
        about: Text,
        /// JSON Schema of the settings, an object; empty: no settings. The host checks settings
        /// against it, so unknown options and wrong types never reach you.
        schema: Text,
        /// Readers: endings of their files, "csv" or "tcx xml". Sinks: the ending of the files
        /// that they write; empty for none.
        endings: Text,
    } functions {
        /// # All roles
        /// Makes a stage of its settings, a JSON object. Touches no file and no device.
        /// A sink may reply {"destination": "mqtt://home", "folder": "/where/files/go", "kinds":
        /// ["activity", "file", "log"]}: streams of other kinds pass it by. Without a folder its
        /// files go to that in its option `folder`. A source replies {"commands": true} if it calls
        /// `next_command`, {"journalled": false} if its device keeps what was not delivered, and
        /// {"happens_now": false} if that was recorded before.
        fn prepare(host: *const Host, settings: Text, stage: *mut *mut c_void) -> i32;
        /// May be null: whether the stage fits its place, {"athlete": {}, "before": [names of
        /// plugins], "after": []}. Touches no file and no device.
        fn check(stage: *mut c_void, host: *const Host, place: Text) -> i32;
        /// Frees what `prepare` made; nothing else is called for it any more.
        fn release(stage: *mut c_void);
        /// # Readers and sources
        /// Readers: reads one input, {"name": "row.csv", "size": 1234 or null}. Sources: runs
        /// until all is said or `stopping`; the text is empty.
        fn run(stage: *mut c_void, host: *const Host, input: Text) -> i32;
        /// Readers, may be null: not 0 if a file that begins so is of this format.
        fn sniff(bytes: *const c_void, length: usize) -> i32;
        /// # Transforms and sinks
        /// Begins a stream. A transform may reply what it changes in the header: a JSON Merge
        /// Patch (RFC 7386).
        fn open(stage: *mut c_void, host: *const Host, header: Text, stream: *mut *mut c_void) -> i32;
        /// Takes an item. Transforms `send` what is to go on.
        fn process(stream: *mut c_void, host: *const Host, item: *const Item) -> i32;
        /// The stream is complete. A transform sends the rest, and may reply what it changes in
        /// the summary. A sink that wrote a file replies {"file": "its name"}, with the paths
        /// "temporary" and "folder" if not by `write`; any other {"done": "where it is now"}.
        fn finish(stream: *mut c_void, host: *const Host, summary: Text) -> i32;
        /// Frees what `open` made: after `finish`, or when the stream is given up.
        fn close(stream: *mut c_void);
        /// Sinks, may be null: replies {"file": "the name that `finish` would give"}.
        fn file_name(stage: *mut c_void, host: *const Host, header: Text, summary: Text) -> i32;
        /// Sinks, may be null: makes durable what it got so far. The table may end before it.
        fn checkpoint(stream: *mut c_void, host: *const Host) -> i32;
    }
}

// SAFETY: a table and the texts in it are constant and live as long as the process (R3, R8).
unsafe impl Sync for Plugin {}
// SAFETY: as above.
unsafe impl Send for Plugin {}
