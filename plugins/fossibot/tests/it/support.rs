use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ble::{Description, Simulated};
use pipeline_plugin::testing::{block_on, settings};
use pipeline_plugin::{
    Cancel, Clock, CommandQueue, Context, Fate, Field, Header, Item, Level, Result, Said, SourceCx,
    SourceFuture, SourcePlugin, StateStore, StreamOut, Timestamp, VirtualClock,
};
use plugin_fossibot::Fossibot;

/// A stream that the source has made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stream {
    pub(crate) header: Header,
    pub(crate) fields: Vec<Field>,
    pub(crate) rows: Vec<(Timestamp, Vec<f64>)>,
    pub(crate) finished: bool,
}

impl Stream {
    pub(crate) fn column(&self, name: &str) -> Vec<f64> {
        let mut fields = self.fields.iter();
        let index = fields.position(|field| field.name() == name);
        let index = index.unwrap_or_else(|| panic!("{name}"));
        self.rows.iter().map(|(_, row)| row[index]).collect()
    }
}

/// Keeps what a source sends, and makes state durable as the host does.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) streams: Vec<Stream>,
    pub(crate) checkpoints: u64,
    /// Each row, and what was durable when it was sent.
    pub(crate) seen: Vec<usize>,
    pub(crate) durable: Vec<serde_json::Value>,
    pub(crate) store: StateStore,
}

impl StreamOut for Kept {
    fn open(&mut self, header: Header) -> SourceFuture<'_, ()> {
        assert!(self.streams.last().is_none_or(|stream| stream.finished));
        self.store.stream_opened();
        self.streams.push(Stream {
            header,
            ..Stream::default()
        });
        Box::pin(std::future::ready(Ok(())))
    }

    fn send(&mut self, item: Item) -> SourceFuture<'_, ()> {
        let stream = self.streams.last_mut().unwrap();
        assert!(!stream.finished);
        if let Item::Samples(batch) = item {
            let columns = batch.columns();
            let fields = columns.iter().map(|column| &column.field);
            if stream.fields.is_empty() {
                stream.fields = fields.cloned().collect();
            } else {
                assert!(fields.eq(&stream.fields));
            }
            for (index, time) in batch.time().iter().enumerate() {
                let row = columns.iter().map(|column| column.values[index]);
                stream.rows.push((*time, row.collect()));
                let all = self.store.of_stage("fossibot").all();
                if let Some((_, durable)) = all.into_iter().next() {
                    self.seen.push(stream.rows.len() - 1);
                    self.durable.push(durable);
                }
            }
        }
        Box::pin(std::future::ready(Ok(())))
    }

    fn checkpoint(&mut self) -> SourceFuture<'_, ()> {
        self.checkpoints += 1;
        self.store.take_changes();
        Box::pin(std::future::ready(Ok(())))
    }

    fn finish(&mut self) -> SourceFuture<'_, Fate> {
        self.streams.last_mut().unwrap().finished = true;
        self.store.stream_finished();
        Box::pin(std::future::ready(Ok(Fate::Delivered)))
    }
}

/// A run of the source with a simulated station.
pub(crate) struct Run {
    pub(crate) kept: Kept,
    pub(crate) said: Vec<(Level, String)>,
    pub(crate) result: Result<()>,
}

impl Run {
    pub(crate) fn warnings(&self) -> Vec<&str> {
        let warnings = self.said.iter().filter(|(level, _)| *level == Level::Warn);
        warnings.map(|(_, text)| text.as_str()).collect()
    }

    /// The energies of all rows, in their order.
    pub(crate) fn column(&self, name: &str) -> Vec<f64> {
        let streams = self.kept.streams.iter();
        streams.flat_map(|stream| stream.column(name)).collect()
    }
}

/// What surrounds a source: a station as `--device sim:` has it, from some time on.
pub(crate) struct Bench {
    pub(crate) cx: SourceCx,
    pub(crate) clock: VirtualClock,
    pub(crate) cancel: Cancel,
    said: Arc<Mutex<Vec<(Level, String)>>>,
    store: StateStore,
}

pub(crate) fn bench(device: &str, start: &str, store: StateStore) -> Bench {
    let clock = VirtualClock::new(Timestamp::parse(start).unwrap());
    let cancel = Cancel::default();
    let description = Description::parse(device).unwrap();
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let central = Simulated::new(&description, Arc::clone(&shared), cancel.clone()).unwrap();
    let said: Arc<Mutex<Vec<(Level, String)>>> = Arc::default();
    let hears = Arc::clone(&said);
    let context = Context::telling("fossibot", cancel.clone(), move |told| {
        if let Said::Log(level, text) = told.said {
            hears.lock().unwrap().push((level, text));
        }
    });
    let context = context.with_state(&store);
    let cx = SourceCx::new(context, shared).with_ble(Arc::new(central), None);
    Bench {
        cx,
        clock,
        cancel,
        said,
        store,
    }
}

impl Bench {
    /// With commands of sinks.
    pub(crate) fn with_commands(mut self, queue: &CommandQueue, device: &str) -> Self {
        let context = self.cx.context().clone();
        let context = context.with_commands(Some(queue.clone()));
        let description = Description::parse(device).unwrap();
        let shared: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let central =
            Simulated::new(&description, Arc::clone(&shared), self.cancel.clone()).unwrap();
        self.cx = SourceCx::new(context, shared).with_ble(Arc::new(central), None);
        self
    }

    /// Runs the source for so many seconds of its clock; `each` is called every second or so.
    pub(crate) fn run(self, source: &Fossibot, seconds: u64, mut each: impl FnMut(u64)) -> Run {
        let mut kept = Kept {
            store: self.store.clone(),
            ..Kept::default()
        };
        let result = block_on(async {
            let mut work = pin!(source.run(&mut kept, &self.cx));
            let mut second = 0;
            let mut tick = self.clock.sleep(Duration::from_secs(1));
            std::future::poll_fn(|cx| {
                while second < seconds && tick.as_mut().poll(cx).is_ready() {
                    second += 1;
                    each(second);
                    tick = self.clock.sleep(Duration::from_secs(1));
                    if second == seconds {
                        self.cancel.throw();
                    }
                }
                work.as_mut().poll(cx)
            })
            .await
        });
        let said = self.said.lock().unwrap().clone();
        Run { kept, said, result }
    }
}

pub(crate) fn source(json: &str) -> Fossibot {
    settings(json).unwrap()
}

/// The noon at which most tests begin.
pub(crate) const NOON: &str = "2026-11-20T12:00:00Z";

/// Runs the source with such a station.
pub(crate) fn run(json: &str, device: &str, seconds: u64) -> Run {
    let bench = bench(device, NOON, StateStore::default());
    bench.run(&source(json), seconds, |_| ())
}
