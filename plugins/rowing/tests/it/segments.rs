//! A recording of a source that listens for weeks goes on in other files: each is as good as the
//! whole.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::sync::Arc;

use ble::{Description, Head, Journal, Kept, Recorded, Recording, Simulated, VERSION};
use pipeline_plugin::ble::Central;
use pipeline_plugin::testing::{block_on, settings};
use pipeline_plugin::{
    Cancel, Clock, Context, Fate, Header, Item, SourceCx, SourceFuture, SourcePlugin, StreamOut,
    VirtualClock,
};
use plugin_rowing::Rowing;

use crate::support::START;

fn head() -> Head {
    Head {
        capture: VERSION,
        start: START,
        program: "test".to_owned(),
        source: None,
        device: None,
        pipeline: None,
    }
}

/// A file of a recording.
struct Segment {
    path: PathBuf,
    /// How many streams were finished before it begins.
    before: usize,
}

/// Keeps streams; the recording goes on in another file whenever the source allows it.
struct Out {
    streams: Vec<(Header, Vec<Item>)>,
    finished: usize,
    journal: Option<Arc<Journal>>,
    folder: PathBuf,
    segments: Vec<Segment>,
}

impl Out {
    fn new(folder: PathBuf) -> Self {
        Self {
            streams: Vec::new(),
            finished: 0,
            journal: None,
            folder,
            segments: Vec::new(),
        }
    }

    fn next(&mut self) -> Kept {
        let path = self.folder.join(format!("{}.capture", self.segments.len()));
        self.segments.push(Segment {
            path: path.clone(),
            before: self.finished,
        });
        Kept::at(&path).unwrap()
    }
}

impl StreamOut for Out {
    fn open(&mut self, header: Header) -> SourceFuture<'_, ()> {
        self.streams.push((header, Vec::new()));
        Box::pin(async { Ok(()) })
    }

    fn send(&mut self, item: Item) -> SourceFuture<'_, ()> {
        self.streams.last_mut().unwrap().1.push(item);
        Box::pin(async { Ok(()) })
    }

    fn finish(&mut self) -> SourceFuture<'_, Fate> {
        self.finished += 1;
        if let Some(journal) = &self.journal {
            journal.delivered(u32::try_from(self.finished).unwrap());
        }
        Box::pin(async { Ok(Fate::Delivered) })
    }

    fn settled(&mut self) -> SourceFuture<'_, ()> {
        assert_eq!(self.finished, self.streams.len());
        if let Some(journal) = self.journal.clone().filter(|it| it.length().is_some()) {
            let next = self.next();
            let streams = u32::try_from(self.finished).unwrap();
            journal.go_on_in(next, &head(), streams).unwrap();
        }
        Box::pin(async { Ok(()) })
    }
}

fn listen(out: &mut Out, central: Arc<dyn Central>, clock: &Arc<dyn Clock>, cancel: Cancel) {
    let context = Context::new("rowing", cancel, |_| ());
    let cx = SourceCx::new(context, Arc::clone(clock)).with_ble(central, None);
    let source: Rowing = settings("{}").unwrap();
    let _ = block_on(source.run(out, &cx));
}

/// Plays a file of a recording; the streams as text, and how many of them it says are delivered.
fn played(path: &PathBuf) -> (Vec<String>, u32) {
    let open = || Recording::new(BufReader::new(File::open(path).unwrap())).unwrap();
    let survey = open().survey();
    assert_eq!(survey.damage, None, "{}", path.display());
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::new(open().head().start));
    let cancel = Cancel::default();
    let central = Recorded::new(open(), Arc::clone(&clock), cancel.clone());
    let mut out = Out::new(PathBuf::new());
    listen(&mut out, Arc::new(central), &clock, cancel);
    (shown(&out.streams), survey.delivered)
}

fn shown(streams: &[(Header, Vec<Item>)]) -> Vec<String> {
    let shown = streams.iter().map(|stream| format!("{stream:#?}"));
    shown.collect()
}

/// Rows one after another with these devices: how many, and in how many files.
fn check(devices: &str) -> (usize, usize) {
    let folder = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::new(START));
    let cancel = Cancel::default();
    let description = Description::parse(devices).unwrap();
    let central = Simulated::new(&description, Arc::clone(&clock), cancel.clone()).unwrap();
    let mut out = Out::new(folder.path().to_owned());
    let kept = vec![out.next()];
    let broken = Box::new(|_: &std::path::Path, error: &pipeline_plugin::Error| panic!("{error}"));
    let shared = Arc::clone(&clock);
    let journal = Journal::begin(kept, &head(), shared, cancel.clone(), broken);
    let journal = Arc::new(journal.unwrap());
    out.journal = Some(Arc::clone(&journal));
    listen(&mut out, journal.over(Arc::new(central)), &clock, cancel);
    journal.end();
    let whole = shown(&out.streams);
    let ends = out.segments.iter().skip(1).map(|next| next.before);
    let ends = ends.chain([whole.len()]);
    for (segment, end) in out.segments.iter().zip(ends) {
        let (streams, delivered) = played(&segment.path);
        let expected = &whole[segment.before..end];
        let path = segment.path.display();
        assert_eq!(streams.len(), expected.len(), "{devices}: {path}");
        for (stream, expected) in streams.iter().zip(expected) {
            if stream != expected {
                let mut lines = stream.lines().zip(expected.lines());
                let (a, b) = lines.find(|(a, b)| a != b).unwrap_or(("less", "more"));
                panic!("{devices}: {path}: {a} instead of {b}");
            }
        }
        assert_eq!(delivered as usize, expected.len(), "{devices}: {path}");
    }
    (whole.len(), out.segments.len())
}

#[test]
fn each_file_gives_the_rows_that_are_in_it() {
    let (rows, files) = check("esprm+belt?strokes=40&rows=4&rest=1500&worn=86400");
    assert_eq!(rows, 4);
    // Also while nobody rows.
    assert!(files > 8, "{files}");
}

#[test]
fn each_file_gives_its_rows_through_every_service_and_through_outages() {
    for service in ["csc", "ftms"] {
        let devices = format!("esprm?service={service}&strokes=40&rows=2&rest=700");
        assert_eq!(check(&devices).0, 2, "{service}");
    }
    // Without a belt: one that was lost before is found some seconds later by a source that begins.
    for seed in 1..=4 {
        let devices = "esprm?strokes=40&rows=3&rest=1200&outages=20&outage=60";
        let (rows, files) = check(&format!("{devices}&seed={seed}"));
        assert!(rows >= 2 && files >= rows, "{seed}: {rows} {files}");
    }
}
