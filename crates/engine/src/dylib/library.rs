//! Loading a library, and making plugins of what it provides.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use pipeline_plugin::abi::c;
use pipeline_plugin::{Error, Plugin, Problem, Result, Role};
use serde_json::Value;

use super::image::{Image, refused};
use super::loaded::Loaded;
use super::pulse;
use super::sink::DylibSink;
use super::source::DylibSource;
use super::stages::{DylibReader, DylibTransform, Numbered, Stage, sniff};
use super::watch::timely;

/// A version's one function.
const ENTRY: &str = "pipeline_plugin_v1";

/// The most plugins of one library.
const MOST: usize = 64;

/// How libraries are loaded.
#[derive(Clone, Copy, Debug)]
pub struct Loader {
    silence: Duration,
}

impl Default for Loader {
    fn default() -> Self {
        Self {
            silence: Duration::from_secs(30),
        }
    }
}

/// A library that is loaded, for as long as the process runs.
#[derive(Debug)]
pub struct Library {
    /// Its file.
    pub path: PathBuf,
    /// What it provides, at least one.
    pub plugins: Vec<Plugin>,
}

type Entry = unsafe extern "C" fn(usize) -> *const c::Plugin;

impl Loader {
    /// A plugin that gives no sign of life for that long is given up; 30 s if nobody says.
    #[must_use]
    pub fn with_silence(mut self, silence: Duration) -> Self {
        self.silence = silence;
        self
    }

    /// Loads a library from the bytes that were read and checked.
    ///
    /// # Errors
    ///
    /// When it is no library, or not one of plugins that this version understands; what is wrong
    /// with one of its plugins.
    pub fn load(&self, image: Image) -> Result<Library> {
        let silence = self.silence;
        timely(move || load(&image, silence))
    }
}

fn load(image: &Image, silence: Duration) -> Result<Library> {
    let path = image.path();
    let entry = entry(image)?;
    let mut plugins = Vec::new();
    for index in 0..MOST {
        // SAFETY: this is the type of a function of that name (R1).
        let table = unsafe { entry(index) };
        if table.is_null() {
            break;
        }
        // SAFETY: the function returns tables of version 1.
        let loaded = unsafe { Loaded::read(table, silence) };
        let loaded = loaded.map_err(|problem| refused(path, &problem))?;
        plugins.push(plugin(Box::leak(Box::new(loaded))));
    }
    if plugins.is_empty() {
        return Err(refused(path, "provides no plugin"));
    }
    Ok(Library {
        path: path.to_owned(),
        plugins,
    })
}

/// The function of a library, which is never unloaded (R8).
fn entry(image: &Image) -> Result<Entry> {
    let path = image.path();
    if let Some(length) = super::elf::missing(image.bytes()) {
        let have = image.bytes().len();
        let what = format!("is cut short: {have} bytes are there of {length}");
        return Err(refused(path, &what).with_help("copy or build it again"));
    }
    let library = open(image).map_err(|error| cannot_load(path, &*error))?;
    let library = ManuallyDrop::new(library);
    // SAFETY: this is the type of a function of that name (R1).
    if let Ok(entry) = unsafe { library.get::<Entry>(ENTRY) } {
        return Ok(*entry);
    }
    let other = (2..20).find(|version| {
        // SAFETY: it is only looked for, not called.
        unsafe { library.get::<Entry>(format!("pipeline_plugin_v{version}")) }.is_ok()
    });
    Err(match other {
        Some(version) => refused(
            path,
            &format!("is made for version {version} of the plugin interface; this program has 1"),
        )
        .with_help("use a newer Pipeline, or a build of the plugin for version 1"),
        None => refused(path, &format!("has no function `{ENTRY}`: it is no plugin")).with_help(
            "its author: export that function as the header declares it; in Rust write \
             `pipeline_plugin::export!(plugin);`",
        ),
    })
}

/// What the system's loader says, without the name of the copy in memory, which means nothing to
/// anybody.
fn cannot_load(path: &Path, error: &(dyn std::error::Error + 'static)) -> Error {
    let text = error.source().unwrap_or(error).to_string();
    let text = match text.split_once(": ") {
        Some((name, rest)) if name.starts_with("/proc/self/fd/") => rest,
        _ => &text,
    };
    let error = refused(path, &format!("cannot be loaded: {text}"));
    if text.contains("invalid ELF header") || text.contains("file too short") {
        return error.with_help("build a shared library: `cc -shared -fPIC`, or `crate-type = [\"cdylib\"]` in Cargo.toml");
    }
    if text.contains("undefined symbol") {
        return error.with_help("its author: link what has that symbol into the library");
    }
    error
}

/// Loads the bytes that were checked, whatever has become of the file since.
#[cfg(target_os = "linux")]
fn open(image: &Image) -> std::result::Result<libloading::Library, Box<dyn std::error::Error>> {
    use std::io::Write;
    use std::os::fd::{AsRawFd, IntoRawFd};

    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let mut copy = std::fs::File::from(memfd_create("pipeline-plugin", flags)?);
    copy.write_all(image.bytes())?;
    let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
    fcntl_add_seals(&copy, seals)?;
    let path = format!("/proc/self/fd/{}", copy.as_raw_fd());
    // A symbol that is missing is an error here, and not the end of the program when it is called.
    let flags = libloading::os::unix::RTLD_NOW | libloading::os::unix::RTLD_LOCAL;
    // SAFETY: a library's initialisers may do anything; the user trusts this one.
    let library = unsafe { libloading::os::unix::Library::open(Some(&path), flags) }?;
    // The loader knows a library by its path, so this number must not be used for another one.
    let _ = copy.into_raw_fd();
    Ok(library.into())
}

#[cfg(not(target_os = "linux"))]
fn open(image: &Image) -> std::result::Result<libloading::Library, Box<dyn std::error::Error>> {
    // SAFETY: a library's initialisers may do anything; the user trusts this one.
    Ok(unsafe { libloading::Library::new(image.path()) }?)
}

fn plugin(loaded: &'static Loaded) -> Plugin {
    let number = pulse::number(loaded);
    let plugin = Numbered { loaded, number };
    let role = match loaded.table.role {
        c::role::READER => Role::Reader {
            extensions: loaded.endings.clone(),
            sniff: Box::new(move |head| sniff(plugin, head)),
            prepare: Box::new(move |settings| Ok(Arc::new(DylibReader(made(plugin, &settings)?)))),
        },
        c::role::SOURCE => Role::Source(Box::new(move |settings| {
            Ok(Arc::new(DylibSource(made(plugin, &settings)?)))
        })),
        c::role::TRANSFORM => Role::Transform(Box::new(move |settings| {
            Ok(Arc::new(DylibTransform(made(plugin, &settings)?)))
        })),
        _ => Role::Sink {
            extension: loaded.endings.first().cloned().unwrap_or_default(),
            prepare: Box::new(move |settings| Ok(Arc::new(DylibSink(made(plugin, &settings)?)))),
        },
    };
    Plugin {
        name: loaded.name.clone(),
        about: loaded.about.clone(),
        version: loaded.version.clone(),
        schema: LazyLock::new(Box::new(|| loaded.schema.clone())),
        role,
    }
}

fn made(plugin: Numbered, settings: &Value) -> Result<Arc<Stage>, Problem> {
    Stage::prepare(plugin, settings).map(Arc::new)
}

impl Library {
    /// The library's file for people.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
