//! The reader `replay`: recordings of devices, and conversations with them, as inputs.
//!
//! It stands here and not among the plugins because it runs the source that a recording names, and
//! only the binary knows them all.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use ble::Conversation;
use gatt::assigned::service;
use pipeline_plugin::ble::Uuid;
use pipeline_plugin::{
    Cancel, Context, Error, ErrorKind, Fate, Header, Input, Item, Plugin, ReaderPlugin, Result,
    Role, Said, SourceCx, SourceFuture, SourcePlugin, StreamOut, Streams, block_on,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::plugins;
use crate::recordings::Opened;

/// Items that may wait for the stages behind.
const QUEUE: usize = 256;

/// Reads recordings of devices.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Replay {
    /// Source that makes activities of a recording, such as `rowing`; without it, the one that
    /// listened when it was made, or `rowing` for a rower.
    source: Option<String>,
}

/// The plugin `replay`.
pub(crate) fn reader() -> Plugin {
    Plugin::reader::<Replay>(
        "replay",
        "read recordings of devices, as `run --record` and `capture` write them",
        &["capture"],
        |head| head.starts_with(br#"{"capture":"#) || Conversation::is_begun_by(head),
    )
}

impl ReaderPlugin for Replay {
    fn read(&self, input: Input<'_>, out: &mut dyn Streams, cx: &Context) -> Result<()> {
        let opened = Opened::from(input.bytes)?;
        if let Some(damage) = opened.warning() {
            cx.warn(damage);
        }
        let source = self.source_of(&opened)?;
        let is_strict = opened.is_conversation;
        // It is thrown where the recording ends, which does not end the run.
        let cancel = Cancel::default();
        let playing = opened.play(None, &cancel);
        let run = cx.clone();
        let context = Context::telling(cx.stage(), cancel, move |told| match told.said {
            Said::Log(level, message) => run.log(level, message),
            Said::Progress(_) => {}
        });
        let central = playing.central;
        let source_cx = SourceCx::new(context, playing.clock)
            .with_ble(Arc::new(central.clone()), playing.device);
        let played = play(&*source, &source_cx, out);
        match central.differences() {
            // What a source makes of answers to something else is nothing to go by.
            told if is_strict && !told.is_empty() => {
                let text = format!("the conversation goes otherwise: {}", told.join("; "));
                Err(Error::skip(text))
            }
            _ => played,
        }
    }
}

impl Replay {
    /// The source that makes activities of the recording.
    fn source_of(&self, opened: &Opened) -> Result<Arc<dyn SourcePlugin>> {
        let recorded = opened.recording.head().source.as_ref();
        let name = self
            .source
            .as_deref()
            .or(recorded.map(|source| source.plugin.as_str()))
            .or_else(|| is_of_rower(&opened.survey.services).then_some("rowing"));
        let Some(name) = name else {
            let text = "the recording does not say which source is to make activities of it";
            return Err(Error::skip(text)
                .with_help("name it in the pipeline: `replay: { path: …, source: rowing }`"));
        };
        let settings = recorded.filter(|source| source.plugin == name);
        let settings = settings.map(|source| source.settings.clone());
        let settings = settings.unwrap_or_else(|| serde_json::json!({}));
        let plugins = plugins::bundled();
        let prepare = plugins.iter().find_map(|plugin| match &plugin.role {
            Role::Source(prepare) if plugin.name == name => Some(prepare),
            _ => None,
        });
        let Some(prepare) = prepare else {
            return Err(Error::skip(format!("there is no source `{name}`")));
        };
        prepare(settings).map_err(|problem| {
            let path = problem.path.join(".");
            let text = format!("the recording has a setting `{path}` that {name} refuses");
            Error::skip(format!("{text}: {}", problem.message))
        })
    }
}

/// Whether a device with these services is one that the source `rowing` listens to: a recording of
/// `pipeline capture` does not say which source could have been meant.
fn is_of_rower(services: &[Uuid]) -> bool {
    let known = [
        service::FITNESS_MACHINE,
        service::CYCLING_POWER,
        service::CYCLING_SPEED_AND_CADENCE,
    ];
    known.iter().any(|one| services.contains(one))
}

/// What the source asks of the thread that reads.
enum Request {
    Open(Box<Header>, SyncSender<Result<()>>),
    Send(Item),
    Finish(SyncSender<Result<()>>),
}

/// Runs the source on a thread of its own and hands on what it sends.
fn play(source: &dyn SourcePlugin, cx: &SourceCx, out: &mut dyn Streams) -> Result<()> {
    let (sender, requests) = sync_channel(QUEUE);
    thread::scope(|scope| {
        let playing = thread::Builder::new()
            .name("replay".to_owned())
            .spawn_scoped(scope, move || {
                let mut out = Requests(sender);
                block_on(source.run(&mut out, cx))
            })
            .map_err(|error| Error::io("start a thread", error))?;
        let handed = hand_on(&requests, out);
        // Whoever still sends is to hear that nobody listens.
        drop(requests);
        let played = playing.join().unwrap_or_else(|_| {
            let text = "the source panicked";
            Err(Error::new(ErrorKind::Plugin, text).with_help("report it with the recording"))
        });
        handed?;
        match played {
            // That is how a recording ends.
            Err(error) if error.kind() == ErrorKind::Cancelled => Ok(()),
            played => played,
        }
    })
}

fn hand_on(requests: &Receiver<Request>, out: &mut dyn Streams) -> Result<()> {
    let mut is_open = false;
    while let Ok(request) = requests.recv() {
        match request {
            Request::Open(header, reply) => {
                out.open(*header)?;
                is_open = true;
                let _ = reply.send(Ok(()));
            }
            Request::Send(item) => out.send(item)?,
            Request::Finish(reply) => {
                is_open = false;
                out.finish()?;
                let _ = reply.send(Ok(()));
            }
        }
    }
    // A source that fails leaves what it has, as when it listens.
    if is_open { out.finish() } else { Ok(()) }
}

struct Requests(SyncSender<Request>);

impl Requests {
    fn ask(&self, request: impl FnOnce(SyncSender<Result<()>>) -> Request) -> Result<()> {
        let (reply, answer) = sync_channel(1);
        self.send(request(reply))?;
        answer.recv().map_err(|_| Error::cancelled())?
    }

    fn send(&self, request: Request) -> Result<()> {
        self.0.send(request).map_err(|_| Error::cancelled())
    }
}

impl StreamOut for Requests {
    fn open(&mut self, header: Header) -> SourceFuture<'_, ()> {
        let opened = self.ask(|reply| Request::Open(Box::new(header), reply));
        Box::pin(std::future::ready(opened))
    }

    fn send(&mut self, item: Item) -> SourceFuture<'_, ()> {
        Box::pin(std::future::ready(Self::send(self, Request::Send(item))))
    }

    /// What is delivered is known when the recording has been read.
    fn finish(&mut self) -> SourceFuture<'_, Fate> {
        let finished = self.ask(Request::Finish).map(|()| Fate::Undelivered);
        Box::pin(std::future::ready(finished))
    }
}
