//! One stream's way through the stages: plain calls, one after another, on one thread.

use std::io::{ErrorKind as ErrorKindIo, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use pipeline_plugin::{
    Athlete, Context, Delivered, Error, ErrorKind, Header, Item, Kind, Level, Output, Result, Sink,
    SinkPlugin, Summarizer, Summary, Transform,
};
use serde::Serialize;

use crate::content::ContentHasher;
use crate::options::Watcher;
use crate::plan::{PlannedStage, StageKind};
use crate::sink_thread::SinkThread;

/// Where `--tap` and golden tests get the items of one stage, as JSON Lines.
#[derive(Clone)]
pub struct Tap {
    /// The stage after which to look; empty for right behind the source.
    pub stage: String,
    /// Takes the lines.
    pub out: Arc<Mutex<dyn Write + Send>>,
}

/// How the streams of a run are opened.
#[derive(Clone)]
pub(crate) struct Opening<'a> {
    pub(crate) stages: &'a [PlannedStage],
    pub(crate) tap: Option<&'a Tap>,
    /// Sinks are not opened, only asked for names.
    pub(crate) dry_run: bool,
    /// Each sink gets a thread and a queue of its own, and whoever sends has told the state that a
    /// stream begins.
    pub(crate) live: bool,
    /// Sees what reaches the first sink.
    pub(crate) watcher: Option<&'a Arc<dyn Watcher>>,
    pub(crate) context: &'a Context,
    /// Goes into the header of every stream, before what the source knows of its athlete.
    pub(crate) athlete: &'a Athlete,
}

/// A stream on its way.
pub(crate) struct Chain {
    nodes: Vec<Node>,
    summarizer: Summarizer,
    content: ContentHasher,
}

/// Where a stream has come to, for those who deliver it.
#[derive(Debug)]
pub(crate) enum Reached {
    /// Its end: what each sink made of it.
    End(Vec<Outcome>),
    /// A checkpoint: the sinks have made durable what they got.
    Checkpoint,
    /// The source needs nothing of what it heard so far any more.
    Settled,
}

/// What a sink made of a stream.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Index of the sink, counted depth first.
    pub(crate) sink: usize,
    pub(crate) header: Header,
    pub(crate) summary: Summary,
    pub(crate) result: Result<Made>,
}

/// What is there after a stream has finished.
#[derive(Debug)]
pub(crate) enum Made {
    /// Something to deliver.
    Output(Delivered),
    /// A dry run: it would be delivered there.
    Nothing(PathBuf),
}

enum Node {
    Transform {
        transform: Box<dyn Transform>,
        next: Vec<Node>,
    },
    Sink(Box<SinkNode>),
}

struct SinkNode {
    index: usize,
    plugin: Arc<dyn SinkPlugin>,
    header: Header,
    summarizer: Summarizer,
    context: Context,
    /// A fault is told when it happens: the stream's end may be days away.
    live: bool,
    state: SinkState,
    /// Sees what comes.
    watcher: Option<Arc<dyn Watcher>>,
}

enum SinkState {
    Open(Box<dyn Sink>),
    Dry,
    Failed(Error),
}

impl Chain {
    pub(crate) fn open(opening: &Opening<'_>, mut header: Header) -> Result<Self> {
        header.athlete = completed(opening.athlete.clone(), header.athlete);
        if !opening.live {
            opening.context.state().store().stream_opened();
        }
        let content = ContentHasher::new(&header);
        let summarizer = Summarizer::new(&header);
        let mut place = Place {
            sink: 0,
            passes: any_takes(opening.stages, header.kind),
        };
        let nodes = match opening.tap {
            Some(tap) if tap.stage.is_empty() => {
                let next = open_all(opening, opening.stages, &header, &mut place)?;
                vec![tapped(tap, &header, next)?]
            }
            _ => open_all(opening, opening.stages, &header, &mut place)?,
        };
        Ok(Self {
            nodes,
            summarizer,
            content,
        })
    }

    pub(crate) fn send(&mut self, item: Item) -> Result<()> {
        self.content.take(&item);
        self.summarizer.take(&item);
        Next(&mut self.nodes).send(item)
    }

    /// Lets each sink make durable what it got so far.
    ///
    /// # Errors
    ///
    /// When there is no sink left that could.
    pub(crate) fn checkpoint(&mut self) -> Result<()> {
        if checkpoint_all(&mut self.nodes)? {
            Ok(())
        } else {
            Err(Error::skip("no sink is left that takes the stream"))
        }
    }

    /// Ends the stream: what each sink made of it, depth first as they are counted.
    pub(crate) fn finish(mut self) -> Result<Vec<Outcome>> {
        let mut summary = self.summarizer.summary();
        summary.content_key = self.content.key();
        let mut outcomes = Vec::new();
        finish_all(&mut self.nodes, &summary, &mut outcomes)?;
        Ok(outcomes)
    }
}

/// The athlete as the pipeline describes them; the source fills the gaps.
fn completed(athlete: Athlete, source: Athlete) -> Athlete {
    Athlete {
        name: athlete.name.or(source.name),
        sex: athlete.sex.or(source.sex),
        birth_year: athlete.birth_year.or(source.birth_year),
        height: athlete.height.or(source.height),
        weight: athlete.weight.or(source.weight),
        max_hr: athlete.max_hr.or(source.max_hr),
        resting_hr: athlete.resting_hr.or(source.resting_hr),
        threshold_hr: athlete.threshold_hr.or(source.threshold_hr),
        vo2max: athlete.vo2max.or(source.vo2max),
    }
}

/// Whether any of these stages, or those behind them, is a sink with a use for such a stream.
fn any_takes(stages: &[PlannedStage], kind: Kind) -> bool {
    stages.iter().any(|stage| match &stage.kind {
        StageKind::Transform(_) => any_takes(&stage.next, kind),
        StageKind::Sink(plugin) => plugin.takes(kind),
    })
}

/// Where the opening of a stream has come to.
struct Place {
    /// The index of the next sink, counted depth first.
    sink: usize,
    /// Whether the stream passes by sinks that have no use for it. If all of them have none, it goes
    /// to all, and each says why it can't take it.
    passes: bool,
}

fn open_all(
    opening: &Opening<'_>,
    stages: &[PlannedStage],
    header: &Header,
    place: &mut Place,
) -> Result<Vec<Node>> {
    let mut nodes = Vec::with_capacity(stages.len());
    for stage in stages {
        let context = opening.context.for_stage(&stage.id);
        match &stage.kind {
            StageKind::Transform(plugin) => {
                let mut header = header.clone();
                let transform = plugin.open(&mut header, &context)?;
                let mut next = open_all(opening, &stage.next, &header, place)?;
                if let Some(tap) = opening.tap.filter(|tap| tap.stage == stage.id) {
                    next = vec![tapped(tap, &header, next)?];
                }
                nodes.push(Node::Transform { transform, next });
            }
            StageKind::Sink(plugin) => {
                let index = place.sink;
                place.sink += 1;
                if place.passes && !plugin.takes(header.kind) {
                    continue;
                }
                let state = if opening.dry_run {
                    SinkState::Dry
                } else {
                    let opened = plugin.open(header, &context).and_then(|sink| {
                        if opening.live {
                            Ok(Box::new(SinkThread::start(sink, &stage.id)?) as Box<dyn Sink>)
                        } else {
                            Ok(sink)
                        }
                    });
                    opened.map_or_else(
                        |error| {
                            if opening.live {
                                context.log(Level::Error, detached(&stage.id, &error));
                            }
                            SinkState::Failed(error)
                        },
                        SinkState::Open,
                    )
                };
                let watcher = opening.watcher.filter(|_| index == 0).cloned();
                if let Some(watcher) = &watcher {
                    watcher.opened(header, opening.context);
                }
                nodes.push(Node::Sink(Box::new(SinkNode {
                    watcher,
                    index,
                    plugin: Arc::clone(plugin),
                    header: header.clone(),
                    summarizer: Summarizer::new(header),
                    context,
                    live: opening.live,
                    state,
                })));
            }
        }
    }
    Ok(nodes)
}

/// The stages behind a stage; all of them get every item.
struct Next<'a>(&'a mut [Node]);

impl Output for Next<'_> {
    fn send(&mut self, item: Item) -> Result<()> {
        let Some((last, others)) = self.0.split_last_mut() else {
            return Ok(());
        };
        for node in others {
            node.take(item.clone())?;
        }
        last.take(item)
    }
}

impl Node {
    fn take(&mut self, item: Item) -> Result<()> {
        match self {
            Self::Transform { transform, next } => transform.process(item, &mut Next(next)),
            Self::Sink(sink) => sink.take(&item),
        }
    }
}

impl SinkNode {
    /// A sink that fails is detached; the stream and the other sinks go on.
    fn take(&mut self, item: &Item) -> Result<()> {
        self.summarizer.take(item);
        if let Some(watcher) = &self.watcher {
            watcher.item(item);
        }
        if let SinkState::Open(sink) = &mut self.state
            && let Err(error) = sink.write(item)
        {
            if error.kind() == ErrorKind::Cancelled {
                return Err(error);
            }
            self.detach(error);
        }
        Ok(())
    }

    /// Whether the sink has made durable what it got.
    fn checkpoint(&mut self) -> Result<bool> {
        match &mut self.state {
            SinkState::Open(sink) => match sink.checkpoint() {
                Ok(()) => Ok(true),
                Err(error) if error.kind() == ErrorKind::Cancelled => Err(error),
                Err(error) => {
                    self.detach(error);
                    Ok(false)
                }
            },
            SinkState::Dry => Ok(true),
            SinkState::Failed(_) => Ok(false),
        }
    }

    /// The stream goes on without this sink.
    fn detach(&mut self, error: Error) {
        let stage = self.context.stage();
        self.context.state().store().discard(stage);
        if self.live {
            let message = detached(stage, &error);
            self.context.log(Level::Error, message);
        }
        self.state = SinkState::Failed(error);
    }

    fn finish(&mut self, flowing: &Summary) -> Outcome {
        if let Some(watcher) = &self.watcher {
            watcher.finished();
        }
        let summary = here(&self.summarizer, flowing);
        let state = std::mem::replace(&mut self.state, SinkState::Dry);
        let result = match state {
            SinkState::Open(sink) => sink.finish(&summary).map(Made::Output),
            SinkState::Failed(error) => Err(error),
            SinkState::Dry => Ok(Made::Nothing(self.would_write(&summary))),
        };
        Outcome {
            sink: self.index,
            header: self.header.clone(),
            summary,
            result,
        }
    }

    fn would_write(&self, summary: &Summary) -> PathBuf {
        let name = self
            .plugin
            .file_name(&self.header, summary)
            .unwrap_or_default();
        self.plugin.folder().unwrap_or_default().join(name)
    }
}

/// What is told at once: the end of the stream may be hours away.
fn detached(stage: &str, error: &Error) -> String {
    let error = error.with_causes();
    format!("the stream goes on without the sink `{stage}`: {error}")
}

fn finish_all(nodes: &mut [Node], summary: &Summary, outcomes: &mut Vec<Outcome>) -> Result<()> {
    for node in nodes {
        match node {
            Node::Transform { transform, next } => {
                let mut summary = summary.clone();
                transform.finish(&mut summary, &mut Next(next))?;
                finish_all(next, &summary, outcomes)?;
            }
            Node::Sink(sink) => outcomes.push(sink.finish(summary)),
        }
    }
    Ok(())
}

/// Whether any sink has made durable what it got; all of them are asked.
fn checkpoint_all(nodes: &mut [Node]) -> Result<bool> {
    let mut any = false;
    for node in nodes {
        any |= match node {
            Node::Transform { next, .. } => checkpoint_all(next)?,
            Node::Sink(sink) => sink.checkpoint()?,
        };
    }
    Ok(any)
}

/// The summary at one place: what was summed up there, and what the stages before it added to
/// the one that flows.
fn here(summarizer: &Summarizer, flowing: &Summary) -> Summary {
    let mut summary = summarizer.summary();
    summary.totals.calories = flowing.totals.calories;
    summary.time_in_hr_zone.clone_from(&flowing.time_in_hr_zone);
    summary.calories_method.clone_from(&flowing.calories_method);
    summary.content_key = flowing.content_key;
    if let (true, Some(calories)) = (summary.totals.calories.is_nan(), summary.meta.calories) {
        summary.totals.calories = calories;
        summary.calories_method = Some("file".to_owned());
    }
    summary
}

/// Passes everything on, and writes it down.
struct Tapped {
    out: Arc<Mutex<dyn Write + Send>>,
    summarizer: Summarizer,
    /// Nobody reads any more (`| head`): the stream goes on all the same.
    closed: AtomicBool,
}

fn tapped(tap: &Tap, header: &Header, next: Vec<Node>) -> Result<Node> {
    let transform = Box::new(Tapped {
        out: Arc::clone(&tap.out),
        summarizer: Summarizer::new(header),
        closed: AtomicBool::new(false),
    });
    transform.line(&Line::Open(header))?;
    Ok(Node::Transform { transform, next })
}

/// The lines around the items.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Line<'a> {
    Open(&'a Header),
    Finish(&'a Summary),
}

impl Tapped {
    fn line(&self, line: &impl Serialize) -> Result<()> {
        if self.closed.load(Ordering::Relaxed) {
            return Ok(());
        }
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let written = serde_json::to_writer(&mut *out, line)
            .map_err(std::io::Error::from)
            .and_then(|()| out.write_all(b"\n"));
        match written {
            Err(error) if error.kind() == ErrorKindIo::BrokenPipe => {
                self.closed.store(true, Ordering::Relaxed);
                Ok(())
            }
            written => written.map_err(|error| Error::io("write the tapped items", error)),
        }
    }
}

impl Transform for Tapped {
    fn process(&mut self, item: Item, out: &mut dyn Output) -> Result<()> {
        self.summarizer.take(&item);
        self.line(&item)?;
        out.send(item)
    }

    fn finish(&mut self, summary: &mut Summary, _: &mut dyn Output) -> Result<()> {
        self.line(&Line::Finish(&here(&self.summarizer, summary)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pipeline_knows_its_athlete_better_than_the_source() {
        let athlete = |json: &str| serde_json::from_str::<Athlete>(json).unwrap();
        let pipeline = athlete(r#"{"weight":"78 kg","max-hr":"185 bpm"}"#);
        let source = athlete(r#"{"weight":"75 kg","sex":"female","height":"1.7 m"}"#);
        let both = r#"{"weight":"78 kg","max-hr":"185 bpm","sex":"female","height":"1.7 m"}"#;
        assert_eq!(completed(pipeline, source.clone()), athlete(both));
        assert_eq!(completed(Athlete::default(), source.clone()), source);
    }
}
