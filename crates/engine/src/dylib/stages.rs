//! Stages of libraries, as the engine sees every stage.

use std::ffi::c_void;
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::Arc;

use pipeline_plugin::abi::c;
use pipeline_plugin::export::{Incoming, Outgoing, patched};
use pipeline_plugin::{
    Cancel, ContentKey, Context, Error, Header, Input, Item, Kind, Output, Place, Problem,
    ReaderPlugin, Result, Streams, Summary, Transform, TransformPlugin,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::call::{Lend, Reading, Said};
use super::loaded::{Loaded, Opaque};
use super::watch::timely;

/// A plugin of a library with its number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbered {
    pub(super) loaded: &'static Loaded,
    pub(super) number: usize,
}

impl Numbered {
    fn call<'a>(
        self,
        context: &'a Context,
        lend: Lend<'a>,
        function: impl FnOnce(*const c::Host) -> i32,
    ) -> Result<Said> {
        self.loaded.call(self.number, context, lend, function)
    }

    fn broken(self, what: impl std::fmt::Display) -> Error {
        self.loaded.broken(what)
    }
}

/// A text that the host lends.
fn lent(text: &str) -> c::Text {
    c::Text {
        data: text.as_ptr(),
        length: text.len(),
    }
}

/// What a plugin made of its settings. Released when nobody uses it any more.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) plugin: Numbered,
    pointer: Opaque,
    replied: Replied,
}

/// What a plugin replies about a stage: where a sink delivers to and what it takes, whether a source
/// takes commands, and what kind of source it is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Replied {
    destination: Option<String>,
    folder: Option<PathBuf>,
    kinds: Option<Vec<String>>,
    commands: bool,
    journalled: Option<bool>,
    happens_now: Option<bool>,
}

impl Stage {
    /// Makes a stage of settings.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with the settings.
    pub(super) fn prepare(plugin: Numbered, settings: &Value) -> Result<Self, Problem> {
        let text = settings.to_string();
        let result = timely(move || Self::made(plugin, &text));
        let (pointer, said) = result.map_err(|error| Problem {
            help: error.help().map(str::to_owned),
            ..Problem::new(error.with_causes())
        })?;
        if let Some(problem) = said.problems.into_iter().next() {
            return Err(problem);
        }
        let mut replied = Replied::default();
        if let Some(reply) = &said.reply {
            replied = serde_json::from_str(reply).map_err(|error| {
                Problem::new(plugin.broken(format!("replied {error}")).to_string())
            })?;
        }
        if replied.folder.is_none() {
            replied.folder = settings["folder"].as_str().map(PathBuf::from);
        }
        if replied.destination.is_none() {
            replied.destination = Some(default_destination(plugin, &replied, settings));
        }
        Ok(Self {
            plugin,
            pointer,
            replied,
        })
    }

    fn made(plugin: Numbered, settings: &str) -> Result<(Opaque, Said)> {
        let context = Context::detached();
        let mut pointer = ptr::null_mut();
        let said = plugin.call(&context, Lend::Words, |host| {
            match plugin.loaded.table.prepare {
                // SAFETY: the library's own function, called as the interface says; the text and
                // the place for the pointer live until it returns (R3).
                Some(prepare) => unsafe { prepare(host, lent(settings), &raw mut pointer) },
                None => c::status::BROKEN,
            }
        })?;
        Ok((Opaque(pointer), said))
    }

    pub(super) fn takes_commands(&self) -> bool {
        self.replied.commands
    }

    pub(super) fn journalled(&self) -> bool {
        self.replied.journalled.unwrap_or(true)
    }

    pub(super) fn happens_now(&self) -> bool {
        self.replied.happens_now.unwrap_or(true)
    }

    /// Where a sink delivers to.
    pub(super) fn destination(&self) -> &str {
        self.replied.destination.as_deref().unwrap_or_default()
    }

    /// Where its files go.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.replied.folder.as_deref()
    }

    /// The name that the file of a stream would have, if the plugin says so beforehand.
    pub(super) fn file_name(&self, header: &Header, summary: &Summary) -> Option<String> {
        let name = self.plugin.loaded.table.file_name?;
        let (header, summary) = (json!(header).to_string(), json!(summary).to_string());
        let context = Context::new("", Cancel::default(), |_| ());
        let said = self.plugin.call(&context, Lend::Words, |host| {
            // SAFETY: the library's own function and stage; the texts live until it returns.
            unsafe { name(self.pointer.0, host, lent(&header), lent(&summary)) }
        });
        let reply: Value = serde_json::from_str(&said.ok()?.reply?).ok()?;
        reply["file"].as_str().map(str::to_owned)
    }

    /// Whether a sink has a use for streams of a kind.
    pub(super) fn takes(&self, kind: Kind) -> bool {
        let kinds = self.replied.kinds.as_ref();
        kinds.is_none_or(|kinds| kinds.iter().any(|taken| json!(kind) == json!(taken)))
    }

    pub(super) fn check(self: &Arc<Self>, place: &Place) -> Vec<Problem> {
        let Some(check) = self.plugin.loaded.table.check else {
            return Vec::new();
        };
        let text = json!({
            "athlete": place.athlete,
            "before": place.before,
            "after": place.after,
        });
        let (stage, text) = (Arc::clone(self), text.to_string());
        let result = timely(move || {
            let context = Context::detached();
            stage.plugin.call(&context, Lend::Words, |host| {
                // SAFETY: the library's own function and stage; the text lives until it returns.
                unsafe { check(stage.pointer.0, host, lent(&text)) }
            })
        });
        match result {
            Ok(said) => said.problems,
            Err(error) => vec![Problem::new(error.with_causes())],
        }
    }

    /// Runs a reader or a source.
    pub(super) fn run<'a>(&self, context: &'a Context, lend: Lend<'a>, input: &str) -> Result<()> {
        let said = self.plugin.call(context, lend, |host| {
            match self.plugin.loaded.table.run {
                // SAFETY: the library's own function and stage; the text lives until it returns.
                Some(run) => unsafe { run(self.pointer.0, host, lent(input)) },
                None => c::status::BROKEN,
            }
        })?;
        match said.problems.into_iter().next() {
            Some(problem) => Err(Error::skip(problem.message)),
            None => Ok(()),
        }
    }

    pub(super) fn open<'a>(
        self: &Arc<Self>,
        context: &'a Context,
        lend: Lend<'a>,
        header: &Value,
    ) -> Result<(Stream, Said)> {
        let text = header.to_string();
        let mut pointer = ptr::null_mut();
        let said = self.plugin.call(context, lend, |host| {
            match self.plugin.loaded.table.open {
                // SAFETY: the library's own function and stage; the text and the place for the
                // pointer live until it returns.
                Some(open) => unsafe { open(self.pointer.0, host, lent(&text), &raw mut pointer) },
                None => c::status::BROKEN,
            }
        })?;
        let stream = Stream {
            stage: Arc::clone(self),
            pointer: Opaque(pointer),
            context: context.clone(),
            outgoing: Outgoing::default(),
        };
        Ok((stream, said))
    }
}

/// Stable over runs and without secrets: the folder, or what the settings hash to.
fn default_destination(plugin: Numbered, known: &Replied, settings: &Value) -> String {
    let name = &plugin.loaded.name;
    if let Some(folder) = &known.folder {
        return format!("{name}:{}", folder.display());
    }
    let key = ContentKey(Sha256::digest(settings.to_string()).into());
    format!("{name}:{}", key.short())
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(release) = self.plugin.loaded.table.release {
            // SAFETY: the library's own function and stage, which nobody uses any more.
            unsafe { release(self.pointer.0) }
        }
    }
}

/// One stream at a stage. Closed when dropped.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) stage: Arc<Stage>,
    pointer: Opaque,
    context: Context,
    outgoing: Outgoing,
}

impl Stream {
    pub(super) fn process<'a>(&'a mut self, item: &Item, lend: Lend<'a>) -> Result<()> {
        let Self {
            stage,
            pointer,
            context,
            outgoing,
        } = self;
        let plugin = stage.plugin;
        outgoing.lend(item, |item| {
            let item = item.as_c();
            plugin.call(context, lend, |host| match plugin.loaded.table.process {
                // SAFETY: the library's own function and stream, which `&mut self` keeps to one
                // thread (R5); the item lives until it returns.
                Some(process) => unsafe { process(pointer.0, host, &raw const item) },
                None => c::status::BROKEN,
            })
        })?;
        Ok(())
    }

    /// Lets a sink make durable what it got, if it has a function for that.
    pub(super) fn checkpoint<'a>(&'a mut self, lend: Lend<'a>) -> Result<()> {
        let (plugin, pointer) = (self.stage.plugin, self.pointer);
        let Some(checkpoint) = plugin.loaded.table.checkpoint else {
            return Ok(());
        };
        plugin.call(&self.context, lend, |host| {
            // SAFETY: the library's own function and stream, which `&mut self` keeps to one
            // thread (R5).
            unsafe { checkpoint(pointer.0, host) }
        })?;
        Ok(())
    }

    pub(super) fn finish<'a>(&'a mut self, summary: &Value, lend: Lend<'a>) -> Result<Said> {
        let text = summary.to_string();
        let (plugin, pointer) = (self.stage.plugin, self.pointer);
        plugin.call(&self.context, lend, |host| {
            match plugin.loaded.table.finish {
                // SAFETY: the library's own function and stream, which `&mut self` keeps to one
                // thread (R5); the text lives until it returns.
                Some(finish) => unsafe { finish(pointer.0, host, lent(&text)) },
                None => c::status::BROKEN,
            }
        })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Some(close) = self.stage.plugin.loaded.table.close {
            // SAFETY: the library's own function and stream, which nobody uses any more.
            unsafe { close(self.pointer.0) }
        }
    }
}

/// What a plugin's reply makes of a header or a summary.
fn changed<T: Serialize + for<'a> Deserialize<'a>>(
    plugin: Numbered,
    before: Value,
    said: &Said,
    what: &str,
) -> Result<Option<T>> {
    let Some(reply) = &said.reply else {
        return Ok(None);
    };
    let wrong = |error| plugin.broken(format!("replied a {what} that is none: {error}"));
    let patch: Value = serde_json::from_str(reply).map_err(wrong)?;
    if !patch.is_object() {
        return Err(plugin.broken(format!("replied a {what} that is no JSON object")));
    }
    serde_json::from_value(patched(before, patch))
        .map(Some)
        .map_err(wrong)
}

/// A reader of a library.
pub(super) struct DylibReader(pub(super) Arc<Stage>);

impl ReaderPlugin for DylibReader {
    fn check(&self, place: &Place) -> Vec<Problem> {
        self.0.check(place)
    }

    fn read(&self, input: Input<'_>, out: &mut dyn Streams, cx: &Context) -> Result<()> {
        let about = json!({ "name": input.name, "size": input.size });
        let reading = Reading {
            name: input.name,
            bytes: input.bytes,
            streams: out,
            incoming: Incoming::default(),
            is_open: false,
        };
        self.0.run(cx, Lend::Input(reading), &about.to_string())
    }
}

/// A transform of a library.
pub(super) struct DylibTransform(pub(super) Arc<Stage>);

struct OpenTransform {
    stream: Stream,
    incoming: Incoming,
}

impl TransformPlugin for DylibTransform {
    fn check(&self, place: &Place) -> Vec<Problem> {
        self.0.check(place)
    }

    fn open(&self, header: &mut Header, cx: &Context) -> Result<Box<dyn Transform>> {
        let before = json!(header);
        let (stream, said) = self.0.open(cx, Lend::Words, &before)?;
        if let Some(after) = changed(self.0.plugin, before, &said, "header")? {
            *header = after;
        }
        Ok(Box::new(OpenTransform {
            stream,
            incoming: Incoming::default(),
        }))
    }
}

impl Transform for OpenTransform {
    fn process(&mut self, item: Item, out: &mut dyn Output) -> Result<()> {
        self.stream
            .process(&item, Lend::Items(out, &mut self.incoming))
    }

    fn finish(&mut self, summary: &mut Summary, out: &mut dyn Output) -> Result<()> {
        let before = json!(summary);
        let lend = Lend::Items(out, &mut self.incoming);
        let said = self.stream.finish(&before, lend)?;
        if let Some(after) = changed(self.stream.stage.plugin, before, &said, "summary")? {
            *summary = after;
        }
        Ok(())
    }
}

/// Whether a file that begins so is of a reader's format.
pub(super) fn sniff(plugin: Numbered, head: &[u8]) -> bool {
    match plugin.loaded.table.sniff {
        // SAFETY: the library's own function; the bytes live until it returns.
        Some(sniff) => unsafe { sniff(head.as_ptr().cast::<c_void>(), head.len()) != 0 },
        None => false,
    }
}
