//! A source on its thread: what it hears is written down, and each of its streams is delivered before
//! it goes on.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use pipeline_plugin::{Context, Error, ErrorKind, Result, SourcePlugin};

use super::Crew;
use crate::chain::{Opening, Reached};
use crate::delivery::{Checkpoint, Completed, InputResult, Message};
use crate::dylib::apart;
use crate::host_clock::HostClock;
use crate::journal::{Journal, Listener};
use crate::ledger::Ledger;
use crate::live;
use crate::memory::{Handle, Memory};
use crate::options::LiveOptions;

impl Crew<'_> {
    /// Runs a source; each of its streams is delivered before the source goes on.
    pub(super) fn listen(
        &self,
        source: &Arc<dyn SourcePlugin>,
        live: &LiveOptions,
        journal: Option<Box<dyn Journal>>,
        index: usize,
        opening: &Opening<'_>,
        sender: &SyncSender<Message>,
    ) -> Result<InputResult> {
        let started = Instant::now();
        let state = opening.context.state().store();
        let (mut ended, mut delivered) = (0, 0);
        let opened = Arc::new(AtomicU32::new(0));
        let mut reached = |reached| {
            let (done, wait) = sync_channel(1);
            let is_stream = matches!(reached, Reached::End(_));
            ended += u32::from(is_stream);
            if is_stream && ended <= live.delivered {
                delivered += 1;
                return Ok(true);
            }
            let message = match reached {
                Reached::End(outcomes) => Message::Stream(Completed {
                    input: index,
                    outcomes,
                    started,
                    state: state.stream_finished(),
                    live: true,
                    delivered: Some(done),
                }),
                Reached::Checkpoint => Message::Checkpoint(Checkpoint {
                    state: state.take_changes(),
                    noted: Some(done),
                }),
                Reached::Settled => {
                    let whole = delivered == opened.load(Ordering::Relaxed);
                    if whole && let Some(journal) = &journal {
                        journal.settled(delivered);
                    }
                    return Ok(whole);
                }
            };
            sender.send(message).map_err(|_| Error::cancelled())?;
            let complete = wait.recv().map_err(|_| Error::cancelled())?;
            if is_stream && complete {
                delivered += 1;
                // Streams are counted off from the first one: behind a missing one, none is.
                let counted = journal.iter().filter(|_| delivered == ended);
                counted.for_each(|journal| journal.delivered(delivered));
            }
            Ok(complete)
        };
        let memory = Arc::new(self.memory(index, sender)?);
        let (source, options, count) = (Arc::clone(source), live.clone(), Arc::clone(&opened));
        let (inputs, end) = (Handle::of(&memory), self.end.clone());
        let result = apart(opening, &mut reached, move |opening, reached| {
            live::run(&*source, &options, inputs, opening, &count, &end, reached)
        });
        if let Some(journal) = journal {
            journal.end(delivered == opened.load(Ordering::Relaxed));
        }
        match result {
            // Whoever stops a source wants what it has so far; only what it was about to fetch is left.
            Err(error) if error.kind() != ErrorKind::Cancelled => Err(error),
            // With an end of its own, the run was not to fetch more.
            _ if self.end.has_come() || !self.cancel.is_thrown() => Ok(InputResult::Read),
            _ => Ok(InputResult::Left(memory.left())),
        }
    }

    /// How to run a source, and where what it hears is written down.
    pub(super) fn journal(
        &self,
        source: &Arc<dyn SourcePlugin>,
        id: &str,
        context: &Context,
    ) -> Result<(LiveOptions, Option<Box<dyn Journal>>)> {
        let mut live = self.options.live.clone();
        let clock = live
            .clock
            .get_or_insert_with(|| Arc::new(HostClock::default()));
        let planned = self.plan.sources.iter().find(|source| source.id == id);
        let (Some(journals), Some(planned)) = (&live.journals, planned) else {
            return Ok((live, None));
        };
        let journal = journals.begin(&Listener {
            id,
            plugin: &planned.plugin.name,
            settings: &planned.settings,
            // There is nothing to recover of what is not to be delivered.
            journalled: source.journalled() && !self.options.dry_run,
            clock,
            context,
        })?;
        if let Some(journal) = &journal {
            live.central = live.central.map(|central| journal.over(central));
        }
        Ok((live, journal))
    }

    /// What a source may ask and note.
    fn memory(&self, index: usize, sender: &SyncSender<Message>) -> Result<Memory> {
        let state = &self.options.state;
        let ledger = self.known.as_ref().map(|_| Ledger::open(state));
        let folder = crate::run::folders(self.plan).into_iter().next();
        Ok(Memory {
            ledger: ledger.transpose()?.map(Mutex::new),
            destinations: self.destinations.iter().map(|to| to.name.clone()).collect(),
            settings: self.settings,
            input: index,
            folder: folder.filter(|_| !self.options.dry_run),
            sender: sender.clone(),
            wanted: Mutex::default(),
        })
    }
}
