//! One stream's way through the stages: plain calls, one after another, on one thread.

mod sink_node;
mod tap;

use std::path::PathBuf;
use std::sync::Arc;

use pipeline_plugin::{
    Athlete, Context, Delivered, Error, Header, Item, Kind, Output, Result, Summarizer, Summary,
    Transform,
};

use self::sink_node::SinkNode;
pub use self::tap::Tap;
use self::tap::tapped;
use crate::content::ContentHasher;
use crate::plan::{PlannedStage, StageKind};
use crate::watcher::Watcher;

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
                let transform = tapped(tap, &header)?;
                vec![Node::Transform { transform, next }]
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
                    let transform = tapped(tap, &header)?;
                    next = vec![Node::Transform { transform, next }];
                }
                nodes.push(Node::Transform { transform, next });
            }
            StageKind::Sink(plugin) => {
                let index = place.sink;
                place.sink += 1;
                if place.passes && !plugin.takes(header.kind) {
                    continue;
                }
                let sink = SinkNode::open(opening, index, plugin, header, context);
                nodes.push(Node::Sink(Box::new(sink)));
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
