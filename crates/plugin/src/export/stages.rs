use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::bluetooth::LentCentral;
use super::source::run_source;
use super::thread::Threaded;
use super::{Incoming, Lent, Outgoing, merge_patch};
use crate::abi::{self, Host, Prepare, Stage, Stream};
use crate::plugin::Sniff;
use crate::{
    Athlete, Content, Delivered, Error, ErrorKind, Fate, Header, Input, Item, Kind, Output,
    OutputFile, Place, ReaderPlugin, Result, Role, Sink, SinkPlugin, SourcePlugin, Streams,
    Summary, Transform, TransformPlugin,
};

/// Endings, signature and maker of a plugin.
pub(super) fn stage(role: Role) -> (String, Sniff, Prepare) {
    let unknown: Sniff = Box::new(|_| false);
    match role {
        Role::Reader {
            extensions,
            sniff,
            prepare,
        } => (extensions.join(" "), sniff, maker(prepare, ReaderStage)),
        Role::Source(prepare) => (String::new(), unknown, maker(prepare, SourceStage)),
        Role::Transform(prepare) => (String::new(), unknown, maker(prepare, TransformStage)),
        Role::Sink { extension, prepare } => (extension, unknown, maker(prepare, SinkStage)),
    }
}

fn maker<T: ?Sized + 'static, S: Stage + 'static>(
    prepare: crate::Prepare<T>,
    stage: fn(Arc<T>) -> S,
) -> Prepare {
    Box::new(move |settings| {
        let settings: Value = serde_json::from_str(settings)
            .map_err(|error| vec![abi::Problem::at("", error.to_string())])?;
        match prepare(settings) {
            Ok(made) => Ok(Box::new(stage(made))),
            Err(problem) => Err(vec![problem.into()]),
        }
    })
}

/// What the host says about a place; members may be added.
#[derive(Default, Deserialize)]
#[serde(default)]
struct PlaceText {
    athlete: Athlete,
    before: Vec<String>,
    after: Vec<String>,
}

fn problems(place: &str, check: impl FnOnce(&Place) -> Vec<crate::Problem>) -> Vec<abi::Problem> {
    let text: PlaceText = serde_json::from_str(place).unwrap_or_default();
    let place = Place {
        athlete: text.athlete,
        before: text.before,
        after: text.after,
    };
    check(&place).into_iter().map(Into::into).collect()
}

/// A text of the host; older editions of this crate see what they know of it.
fn read<T: DeserializeOwned>(what: &str, json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| {
        let message = format!("cannot understand the {what} of this version of Pipeline: {error}");
        Error::new(ErrorKind::Plugin, message)
    })
}

struct ReaderStage(Arc<dyn ReaderPlugin>);

/// The input as the host describes it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct InputText {
    name: String,
    size: Option<u64>,
}

impl Stage for ReaderStage {
    fn check(&self, place: &str) -> Vec<abi::Problem> {
        problems(place, |place| self.0.check(place))
    }

    fn run(&self, input: &str, host: &Host<'_>) -> abi::Result<()> {
        let about: InputText = read("input", input)?;
        let lent = Lent::new(host);
        lent.meet(host);
        let mut bytes = Bytes(host.input());
        let input = Input {
            name: &about.name,
            size: about.size,
            bytes: &mut bytes,
        };
        let mut out = Out::new(host, &lent);
        let result = self.0.read(input, &mut out, &lent.context);
        lent.meet(host);
        // What the host said about the input is the cause.
        match bytes.0.error() {
            Some(error) if result.is_err() => Err(error),
            _ => result.map_err(Into::into),
        }
    }
}

/// The input's bytes.
struct Bytes<'a>(abi::Input<'a>);

impl Read for Bytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Content for Bytes<'_> {
    fn keep(&mut self) -> Result<()> {
        self.0.keep().map_err(Into::into)
    }

    fn rewind(&mut self) -> Result<()> {
        self.0.rewind().map_err(Into::into)
    }
}

struct SourceStage(Arc<dyn SourcePlugin>);

impl Stage for SourceStage {
    fn check(&self, place: &str) -> Vec<abi::Problem> {
        problems(place, |place| self.0.check(place))
    }

    fn takes_commands(&self) -> bool {
        self.0.takes_commands()
    }

    fn journalled(&self) -> bool {
        self.0.journalled()
    }

    fn happens_now(&self) -> bool {
        self.0.happens_now()
    }

    fn run(&self, _: &str, host: &Host<'_>) -> abi::Result<()> {
        run_source(&*self.0, host).map_err(Into::into)
    }
}

/// Where a stage sends its items: the host.
pub(super) struct Out<'a> {
    host: &'a Host<'a>,
    lent: &'a Lent,
    outgoing: Outgoing,
}

impl<'a> Out<'a> {
    pub(super) fn new(host: &'a Host<'a>, lent: &'a Lent) -> Self {
        Self {
            host,
            lent,
            outgoing: Outgoing::default(),
        }
    }
}

impl Out<'_> {
    pub(super) fn host(&self) -> &Host<'_> {
        self.host
    }

    /// Completes the stream of a source.
    pub(super) fn end(&mut self) -> Result<Fate> {
        self.lent.meet(self.host);
        match self.host.finish() {
            Ok(()) => Ok(Fate::Delivered),
            // If there is more behind it, the host says so at the next call.
            Err(error) if error.status == abi::Status::Skip => Ok(Fate::Undelivered),
            Err(error) => Err(error.into()),
        }
    }

    /// Lets the sinks make durable what was sent so far.
    pub(super) fn checkpoint(&mut self) -> Result<()> {
        self.lent.meet(self.host);
        Ok(self.host.checkpoint()?)
    }

    /// Says that the source needs nothing of what it took so far any more.
    pub(super) fn settled(&mut self) -> Result<()> {
        self.lent.meet(self.host);
        Ok(self.host.settled()?)
    }
}

impl Output for Out<'_> {
    fn send(&mut self, item: Item) -> Result<()> {
        self.lent.meet(self.host);
        let host = self.host;
        Ok(self.outgoing.lend(&item, |item| host.send(item))?)
    }
}

impl Streams for Out<'_> {
    fn open(&mut self, header: Header) -> Result<()> {
        self.lent.meet(self.host);
        Ok(self.host.open(&json!(header).to_string())?)
    }

    fn finish(&mut self) -> Result<()> {
        self.lent.meet(self.host);
        Ok(self.host.finish()?)
    }
}

struct TransformStage(Arc<dyn TransformPlugin>);

struct TransformStream {
    transform: Box<dyn Transform>,
    incoming: Incoming,
    outgoing: Outgoing,
    lent: Lent,
}

impl Stage for TransformStage {
    fn check(&self, place: &str) -> Vec<abi::Problem> {
        problems(place, |place| self.0.check(place))
    }

    fn open(&self, header: &str, host: &Host<'_>) -> abi::Result<Box<dyn Stream>> {
        let lent = Lent::new(host);
        let mut header: Header = read("header", header)?;
        let before = json!(header);
        let result = self.0.open(&mut header, &lent.context);
        lent.meet(host);
        let transform = result?;
        if let Some(patch) = merge_patch(&before, &json!(header)) {
            host.reply(&patch.to_string());
        }
        Ok(Box::new(TransformStream {
            transform,
            incoming: Incoming::default(),
            outgoing: Outgoing::default(),
            lent,
        }))
    }
}

impl Stream for TransformStream {
    fn process(&mut self, item: abi::Item<'_>, host: &Host<'_>) -> abi::Result<()> {
        // What this edition does not know is not for this transform.
        let Ok(Some(known)) = self.incoming.item(&item) else {
            return host.send(&item);
        };
        let mut out = Out {
            host,
            lent: &self.lent,
            outgoing: std::mem::take(&mut self.outgoing),
        };
        let result = self.transform.process(known, &mut out);
        self.outgoing = out.outgoing;
        self.lent.meet(host);
        Ok(result?)
    }

    fn finish(&mut self, summary: &str, host: &Host<'_>) -> abi::Result<()> {
        let mut summary: Summary = read("summary", summary)?;
        let before = json!(summary);
        let mut out = Out::new(host, &self.lent);
        let result = self.transform.finish(&mut summary, &mut out);
        self.lent.meet(host);
        result?;
        if let Some(patch) = merge_patch(&before, &json!(summary)) {
            host.reply(&patch.to_string());
        }
        Ok(())
    }
}

struct SinkStage(Arc<dyn SinkPlugin>);

struct SinkStream {
    sink: Option<Box<dyn Sink>>,
    incoming: Incoming,
    lent: Lent,
}

impl Stage for SinkStage {
    fn check(&self, place: &str) -> Vec<abi::Problem> {
        problems(place, |place| self.0.check(place))
    }

    fn destination(&self) -> Option<String> {
        let folder = self.0.folder();
        let mut about = json!({ "destination": self.0.destination(), "folder": folder });
        let all = [Kind::Activity, Kind::File, Kind::Log];
        let taken: Vec<Kind> = all.into_iter().filter(|kind| self.0.takes(*kind)).collect();
        if taken.len() < all.len() {
            about["kinds"] = json!(taken);
        }
        Some(about.to_string())
    }

    fn open(&self, header: &str, host: &Host<'_>) -> abi::Result<Box<dyn Stream>> {
        let mut lent = Lent::of_sink(host);
        // A stage can't say whether it will want it; where there is none, nothing is made.
        if let Ok(thread) = host.for_thread() {
            let central = LentCentral::new(Threaded::new(thread));
            lent.context = lent.context.with_ble(Arc::new(central));
        }
        let header: Header = read("header", header)?;
        let result = self.0.open(&header, &lent.context);
        lent.meet(host);
        Ok(Box::new(SinkStream {
            sink: Some(result?),
            incoming: Incoming::default(),
            lent,
        }))
    }

    fn file_name(&self, header: &str, summary: &str) -> Option<String> {
        let header: Header = read("header", header).ok()?;
        let summary: Summary = read("summary", summary).ok()?;
        self.0.file_name(&header, &summary)
    }
}

impl Stream for SinkStream {
    fn process(&mut self, item: abi::Item<'_>, host: &Host<'_>) -> abi::Result<()> {
        let Ok(Some(known)) = self.incoming.item(&item) else {
            return Ok(());
        };
        self.lent.pass_on_commands(host);
        let result = match &mut self.sink {
            Some(sink) => sink.write(&known),
            None => Ok(()),
        };
        self.lent.meet(host);
        Ok(result?)
    }

    fn checkpoint(&mut self, host: &Host<'_>) -> abi::Result<()> {
        self.lent.pass_on_commands(host);
        let result = match &mut self.sink {
            Some(sink) => sink.checkpoint(),
            None => Ok(()),
        };
        self.lent.meet(host);
        Ok(result?)
    }

    fn finish(&mut self, summary: &str, host: &Host<'_>) -> abi::Result<()> {
        let summary: Summary = read("summary", summary)?;
        let Some(sink) = self.sink.take() else {
            return Ok(());
        };
        self.lent.pass_on_commands(host);
        let result = sink.finish(&summary);
        self.lent.meet(host);
        match result? {
            Delivered::Done(place) => host.reply(&json!({ "done": place }).to_string()),
            Delivered::File(file) => hand_over(file, host)?,
        }
        Ok(())
    }
}

/// Gives a file that this library wrote to the host, which publishes it.
fn hand_over(file: OutputFile, host: &Host<'_>) -> abi::Result<()> {
    let text = |path: &Path| {
        let text = path.to_str().map(str::to_owned);
        text.ok_or_else(|| Error::skip(format!("the path `{}` is no UTF-8", path.display())))
    };
    let handed = json!({
        "file": file.name(),
        "folder": text(file.folder())?,
        "temporary": text(file.temporary())?,
    });
    host.reply(&handed.to_string());
    // From now on it is the host's to remove.
    file.published();
    Ok(())
}
