//! A sink at the end of a chain: when it fails, the stream goes on without it.

use std::path::PathBuf;
use std::sync::Arc;

use pipeline_plugin::{
    Context, Error, ErrorKind, Header, Item, Level, Result, Sink, SinkPlugin, Summarizer, Summary,
};

use super::{Made, Opening, Outcome, here};
use crate::sink_thread::SinkThread;
use crate::watcher::Watcher;

/// A sink, and what it has of the stream.
pub(super) struct SinkNode {
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

impl SinkNode {
    /// Opens the sink of that index for a stream. One that can't be opened is as one that fails later.
    pub(super) fn open(
        opening: &Opening<'_>,
        index: usize,
        plugin: &Arc<dyn SinkPlugin>,
        header: &Header,
        context: Context,
    ) -> Self {
        let state = if opening.dry_run {
            SinkState::Dry
        } else {
            let opened = plugin.open(header, &context).and_then(|sink| {
                if opening.live {
                    Ok(Box::new(SinkThread::start(sink, context.stage())?) as Box<dyn Sink>)
                } else {
                    Ok(sink)
                }
            });
            opened.map_or_else(
                |error| {
                    if opening.live {
                        context.log(Level::Error, detached(context.stage(), &error));
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
        Self {
            index,
            plugin: Arc::clone(plugin),
            header: header.clone(),
            summarizer: Summarizer::new(header),
            context,
            live: opening.live,
            state,
            watcher,
        }
    }

    /// A sink that fails is detached; the stream and the other sinks go on.
    pub(super) fn take(&mut self, item: &Item) -> Result<()> {
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
    pub(super) fn checkpoint(&mut self) -> Result<bool> {
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

    /// The end of the stream, with the summary that flows: what the sink made of it.
    pub(super) fn finish(&mut self, flowing: &Summary) -> Outcome {
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
