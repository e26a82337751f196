//! The sink `influx`.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use pipeline_plugin::{
    Context, Delivered, Error, Header, Item, Kind, Place, Plugin, Problem, Result, Secret, Sink,
    SinkPlugin, Summary, is_gone,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::file::LineFile;
use crate::line::Lines;
use crate::sender::Sender;
use crate::target::Target;

/// Writes samples as InfluxDB line protocol: to a server over HTTP or UDP, or to a file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Influx {
    /// The server, over HTTP, with `database` (version 1) or with `org`, `bucket` and `token`
    /// (version 2).
    #[serde(default)]
    #[schemars(extend("examples" = ["http://localhost:8086"]))]
    pub(crate) url: Option<String>,
    /// The server, over UDP.
    #[serde(default)]
    #[schemars(extend("examples" = ["localhost:8089"]))]
    pub(crate) udp: Option<String>,
    /// A file to append to.
    #[serde(default)]
    #[schemars(extend("format" = "file", "examples" = ["power.lp"]))]
    pub(crate) file: Option<PathBuf>,
    /// Database of a server of version 1.
    #[serde(default)]
    pub(crate) database: Option<String>,
    /// User name for a server of version 1.
    #[serde(default)]
    pub(crate) user: Option<String>,
    /// Password for a server of version 1.
    #[serde(default)]
    pub(crate) password: Option<Secret>,
    /// Organisation of a server of version 2.
    #[serde(default)]
    pub(crate) org: Option<String>,
    /// Bucket of a server of version 2.
    #[serde(default)]
    pub(crate) bucket: Option<String>,
    /// Token for a server of version 2.
    #[serde(default)]
    pub(crate) token: Option<Secret>,
    /// Name of the measurement.
    #[serde(default = "measurement")]
    pub(crate) measurement: String,
    /// Folder in which lines wait until the server has them; for `url` and `udp`. Each pipeline
    /// needs one of its own.
    #[serde(default)]
    #[schemars(extend("format" = "path", "examples" = ["influx-spool"]))]
    pub(crate) spool: Option<PathBuf>,
    /// How much may wait there, in MiB; then the oldest lines go.
    #[serde(default = "hundred")]
    #[schemars(range(min = 2, max = 1_000_000))]
    pub(crate) spool_limit: u64,
    /// The way to the server, kept over streams.
    #[serde(skip)]
    sender: Mutex<Option<Arc<Sender>>>,
}

fn measurement() -> String {
    "pipeline".to_owned()
}

fn hundred() -> u64 {
    100
}

/// The plugin `influx`.
pub fn plugin() -> Plugin {
    Plugin::sink::<Influx>(
        "influx",
        "write samples as InfluxDB line protocol, to a server or a file",
        "",
    )
}

impl Influx {
    fn sender(&self) -> Result<Arc<Sender>> {
        let mut sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = &*sender {
            return Ok(Arc::clone(sender));
        }
        let spool = self.spool.clone().unwrap_or_default();
        let limit = self.spool_limit.max(2) << 20;
        let opened = Sender::open(Target::new(self)?, &spool, limit)?;
        Ok(Arc::clone(sender.insert(Arc::new(opened))))
    }

    /// What is wrong with where it goes.
    fn check_target(&self) -> Option<Problem> {
        let given = [self.url.is_some(), self.udp.is_some(), self.file.is_some()];
        match given.iter().filter(|given| **given).count() {
            0 => {
                let problem = Problem::new("it is not said where the samples go");
                return Some(problem.with_help("add `url`, `udp` or `file`"));
            }
            1 => {}
            _ => {
                let problem = Problem::new("the samples can go to one place only");
                return Some(
                    problem.with_help("take one `influx` for each of `url`, `udp`, `file`"),
                );
            }
        }
        if self.file.is_none() && self.spool.is_none() {
            let problem = Problem::new("there is no folder for lines that wait for the server");
            return Some(problem.with_help("add `spool: influx-spool`"));
        }
        None
    }

    /// What is wrong with what the server is told.
    fn check_server(&self) -> Option<Problem> {
        let new = [&self.org, &self.bucket]
            .iter()
            .any(|option| option.is_some());
        let new = new || self.token.is_some();
        let old = self.database.is_some() || self.user.is_some() || self.password.is_some();
        let Some(url) = &self.url else {
            let problem = Problem::new("only a server at a `url` has a database or a bucket");
            return (new || old).then(|| problem.with_help("take these options away"));
        };
        let encrypted = url.starts_with("https://");
        if encrypted && cfg!(not(feature = "tls")) {
            let problem = Problem::at("url", "this build of pipeline has no TLS");
            return Some(problem.with_help("build it with `--features tls`, or write `http://`"));
        }
        let rest = url.strip_prefix("http://").or(url.strip_prefix("https://"));
        let strange = |c: char| c.is_whitespace() || matches!(c, '?' | '#' | '@');
        if rest.is_none_or(|rest| rest.is_empty() || rest.contains(strange)) {
            let problem = Problem::at("url", "this is no address of a server");
            return Some(problem.with_help("write for example `http://localhost:8086`"));
        }
        let message = match (old, new) {
            (true, true) => {
                "`database` is for a server of version 1, `bucket` for one of version 2"
            }
            (true, false) if self.database.is_none() => "the server needs to know the database",
            (false, true) if self.org.is_none() || self.bucket.is_none() => {
                "the server needs to know `org` and `bucket`"
            }
            (false, false) => "the server needs to know where to put the samples",
            _ => return None,
        };
        let help = "add `database`, or `org`, `bucket` and `token`";
        Some(Problem::new(message).with_help(help))
    }
}

impl SinkPlugin for Influx {
    fn check(&self, _: &Place) -> Vec<Problem> {
        let mut problems: Vec<Problem> = self.check_target().into_iter().collect();
        problems.extend(self.check_server());
        let secrets = [("password", &self.password), ("token", &self.token)];
        let secrets = secrets
            .into_iter()
            .filter_map(|(option, secret)| secret.as_ref()?.check(option));
        problems.extend(secrets);
        let name = self.measurement.trim_end_matches('\\');
        if name.trim().is_empty() || name.starts_with('#') {
            let problem = Problem::at(
                "measurement",
                "a measurement has a name, without `#` before it",
            );
            problems.push(problem.with_help("write for example `power`"));
        }
        problems
    }

    fn destination(&self) -> String {
        let place = match (&self.url, &self.udp, &self.file) {
            (Some(url), ..) => url.clone(),
            (_, Some(udp), _) => udp.clone(),
            (.., file) => file.clone().unwrap_or_default().display().to_string(),
        };
        let inside = self.database.as_ref().or(self.bucket.as_ref());
        let inside = inside.map(|name| format!("/{name}")).unwrap_or_default();
        format!("influx:{place}{inside}/{}", self.measurement)
    }

    fn open(&self, header: &Header, cx: &Context) -> Result<Box<dyn Sink>> {
        if header.kind == Kind::File {
            return Err(Error::skip(
                "only activities and logs can be written as line protocol",
            ));
        }
        let way = if let Some(path) = &self.file {
            Way::File(LineFile::open(path)?)
        } else {
            let sender = self.sender()?;
            let stream = sender.attach(cx);
            Way::Server { sender, stream }
        };
        let destination = self.destination();
        let place = destination.strip_prefix("influx:").unwrap_or(&destination);
        Ok(Box::new(InfluxStream {
            way,
            lines: Lines::new(&self.measurement, header),
            buffer: Vec::new(),
            place: place.to_owned(),
            context: cx.clone(),
        }))
    }
}

/// Where lines go.
enum Way {
    File(LineFile),
    Server { sender: Arc<Sender>, stream: u64 },
}

impl Drop for Way {
    fn drop(&mut self) {
        if let Self::Server { sender, stream } = self {
            sender.detach(*stream);
        }
    }
}

/// One stream.
struct InfluxStream {
    way: Way,
    lines: Lines,
    buffer: Vec<u8>,
    place: String,
    context: Context,
}

impl Sink for InfluxStream {
    fn write(&mut self, item: &Item) -> Result<()> {
        let Item::Samples(batch) = item else {
            return Ok(());
        };
        self.buffer.clear();
        if self.lines.write(batch, &mut self.buffer) == 0 {
            return Ok(());
        }
        match &mut self.way {
            Way::File(file) => file.append(&self.buffer),
            Way::Server { sender, .. } => sender.send(&self.buffer),
        }
    }

    fn checkpoint(&mut self) -> Result<()> {
        let file = match &mut self.way {
            Way::File(file) => file,
            Way::Server { sender, .. } => return sender.sync(),
        };
        file.sync()?;
        if is_gone(file.path()) {
            let path = file.path().to_owned();
            *file = LineFile::open(&path)?;
            self.context.warn(format!(
                "`{}` was moved or deleted; the lines go on in a new file",
                path.display()
            ));
        }
        Ok(())
    }

    fn finish(self: Box<Self>, _: &Summary) -> Result<Delivered> {
        match &self.way {
            Way::File(file) => file.sync()?,
            Way::Server { sender, .. } => sender.wait()?,
        }
        Ok(Delivered::Done(self.place))
    }
}
