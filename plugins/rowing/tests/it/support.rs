//! Runs the source with simulated devices, and looks at what comes out.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ble::{Description, Simulated};
use pipeline_plugin::ble::Central;
use pipeline_plugin::testing::{block_on, settings};
use pipeline_plugin::{
    Batch, Cancel, Clock, Context, Event, Fate, Field, Header, Item, Kind, Result, Role, Said,
    SourceCx, SourceFuture, StreamOut, Timestamp, VirtualClock, field,
};
use plugin_rowing::{Known, Monitor, Rowing};

/// When the devices are switched on.
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_772_442_000);

/// A stream that came out.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) header: Header,
    pub(crate) items: Vec<Item>,
    /// When it was completed, in seconds after the devices were switched on.
    pub(crate) finished: Option<f64>,
}

/// What came out of a run.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) streams: Vec<Stream>,
    /// What the person who rows was told.
    pub(crate) said: Vec<String>,
    pub(crate) result: Result<()>,
    /// The settings of the monitor after it, if one can be reached.
    pub(crate) settings: Option<Known>,
}

struct Collector {
    streams: Vec<Stream>,
    clock: Arc<dyn Clock>,
}

impl StreamOut for Collector {
    fn open(&mut self, header: Header) -> SourceFuture<'_, ()> {
        let before = self.streams.last();
        assert!(before.is_none_or(|stream| stream.finished.is_some()));
        self.streams.push(Stream {
            header,
            items: Vec::new(),
            finished: None,
        });
        Box::pin(async { Ok(()) })
    }

    fn send(&mut self, item: Item) -> SourceFuture<'_, ()> {
        self.streams.last_mut().unwrap().items.push(item);
        Box::pin(async { Ok(()) })
    }

    fn finish(&mut self) -> SourceFuture<'_, Fate> {
        self.streams.last_mut().unwrap().finished = Some(self.clock.now() - START);
        Box::pin(async { Ok(Fate::Delivered) })
    }
}

/// Runs the source until the simulation has nothing more to say.
pub(crate) fn record(devices: &str, options: &str) -> Recorded {
    record_for(devices, options, None)
}

/// The same, and asks it to stop after so many seconds.
pub(crate) fn record_for(devices: &str, options: &str, seconds: Option<u64>) -> Recorded {
    record_through(devices, options, seconds, |central, _| central)
}

/// The same, through an adapter that is put before that of the simulation.
pub(crate) fn record_through(
    devices: &str,
    options: &str,
    seconds: Option<u64>,
    before: impl FnOnce(Arc<dyn Central>, Arc<dyn Clock>) -> Arc<dyn Central>,
) -> Recorded {
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::new(START));
    let cancel = Cancel::default();
    let description = Description::parse(devices).unwrap();
    let central = Simulated::new(&description, Arc::clone(&clock), cancel.clone()).unwrap();
    let central = before(Arc::new(central), Arc::clone(&clock));
    let said = Arc::new(Mutex::new(Vec::new()));
    let words = Arc::clone(&said);
    let context = Context::telling("rowing", cancel.clone(), move |told| {
        if let Said::Log(_, text) = told.said {
            words.lock().unwrap().push(text);
        }
    });
    let cx = SourceCx::new(context, Arc::clone(&clock)).with_ble(central.clone(), None);
    let source: Rowing = settings(options).unwrap();
    let mut out = Collector {
        streams: Vec::new(),
        clock: Arc::clone(&clock),
    };
    let result = {
        let mut work = pipeline_plugin::SourcePlugin::run(&source, &mut out, &cx);
        let mut stop = seconds.map(|seconds| clock.sleep(Duration::from_secs(seconds)));
        block_on(std::future::poll_fn(|task| {
            if stop
                .as_mut()
                .is_some_and(|stop| stop.as_mut().poll(task).is_ready())
            {
                stop = None;
                cancel.throw();
            }
            work.as_mut().poll(task)
        }))
    };
    let said = said.lock().unwrap().clone();
    let recorded = Recorded {
        streams: out.streams,
        said,
        result,
        settings: settings_of(&SourceCx::new(Context::detached(), clock).with_ble(central, None)),
    };
    recorded.streams.iter().for_each(Stream::check);
    recorded
}

fn settings_of(cx: &SourceCx) -> Option<Known> {
    block_on(async {
        let mut monitor = Monitor::reach(cx, Duration::from_secs(30)).await.ok()?;
        monitor.settings().await.ok()
    })
}

impl Recorded {
    /// The one activity that there is.
    pub(crate) fn only(&self) -> &Stream {
        assert!(self.result.is_ok(), "{:?}", self.result);
        assert_eq!(self.streams.len(), 1, "{:?}", self.said);
        &self.streams[0]
    }

    pub(crate) fn heard(&self, text: &str) -> bool {
        self.said.iter().any(|said| said.contains(text))
    }
}

impl Stream {
    /// What holds for every activity: times and counters never decrease, a curve precedes the
    /// sample of its time, pauses alternate with resumptions, all batches have the same columns.
    fn check(&self) {
        assert!(self.finished.is_some());
        if self.header.kind == Kind::Log {
            return;
        }
        let mut last = self.header.start;
        let (mut distance, mut strokes) = (0.0, 0.0);
        let mut is_belt_told = false;
        let mut paused = false;
        let mut curve = None;
        let mut columns: Option<Vec<String>> = None;
        for item in &self.items {
            match item {
                Item::Samples(batch) => {
                    let names: Vec<String> = batch
                        .columns()
                        .iter()
                        .map(|column| column.field.name().to_owned())
                        .collect();
                    assert_eq!(columns.get_or_insert_with(|| names.clone()), &names);
                    for time in batch.time() {
                        assert!(*time >= last, "{item:?}");
                        last = *time;
                    }
                    assert!(curve.take().is_none_or(|time| time == batch.time()[0]));
                    for (field, before) in [
                        (field::DISTANCE, &mut distance),
                        (field::TOTAL_CYCLES, &mut strokes),
                    ] {
                        let value = batch.column(&field).unwrap()[0];
                        assert!(value >= *before, "{item:?}");
                        *before = value;
                    }
                }
                Item::Curve(here) => {
                    assert!(here.values.iter().all(|value| value.is_finite()));
                    assert!(curve.replace(here.time).is_none());
                }
                Item::Event(Event::TimerStop { time }) => {
                    assert!(!std::mem::replace(&mut paused, true));
                    assert!(*time >= last);
                    last = *time;
                }
                Item::Event(Event::TimerStart { time }) => {
                    assert!(std::mem::replace(&mut paused, false));
                    assert!(*time >= last);
                    last = *time;
                }
                // The belt, once.
                Item::Event(Event::Meta(meta)) => {
                    assert!(!std::mem::replace(&mut is_belt_told, true));
                    assert_eq!(meta.sensors.len(), 1);
                }
                Item::Event(Event::Gap { start, end }) => assert!(start <= end && *start >= last),
                _ => panic!("{item:?}"),
            }
        }
    }

    pub(crate) fn batches(&self) -> impl Iterator<Item = &Batch> {
        self.items.iter().filter_map(|item| match item {
            Item::Samples(batch) => Some(batch),
            _ => None,
        })
    }

    /// All values of a field that were measured.
    pub(crate) fn values(&self, field: &Field) -> Vec<f64> {
        let columns = self.batches().filter_map(|batch| batch.column(field));
        columns
            .flatten()
            .copied()
            .filter(|value| !value.is_nan())
            .collect()
    }

    pub(crate) fn last(&self, field: &Field) -> f64 {
        self.values(field).last().copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn count(&self, wanted: impl Fn(&Item) -> bool) -> usize {
        self.items.iter().filter(|item| wanted(item)).count()
    }

    pub(crate) fn gaps(&self) -> usize {
        self.count(|item| matches!(item, Item::Event(Event::Gap { .. })))
    }

    pub(crate) fn curves(&self) -> usize {
        self.count(|item| matches!(item, Item::Curve(_)))
    }

    /// When its last sample was, in seconds after the devices were switched on.
    pub(crate) fn end(&self) -> f64 {
        self.header.start - START + self.seconds()
    }

    /// Seconds from the start to the last sample.
    pub(crate) fn seconds(&self) -> f64 {
        let last = self.batches().last().and_then(|batch| batch.time().last());
        *last.unwrap() - self.header.start
    }
}

/// What is wrong with settings, as `pipeline check` says it.
pub(crate) fn problems(options: &str) -> Vec<String> {
    let plugin = plugin_rowing::plugin();
    let Role::Source(prepare) = &plugin.role else {
        panic!("{plugin:?}");
    };
    match prepare(serde_json::from_str(options).unwrap()) {
        Ok(source) => {
            let problems = source.check(&pipeline_plugin::Place::default());
            let texts = problems
                .iter()
                .map(|problem| format!("{}: {}", problem.path.join("."), problem.message));
            texts.collect()
        }
        Err(problem) => vec![problem.message],
    }
}
