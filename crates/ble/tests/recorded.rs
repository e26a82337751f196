//! What is recorded can be played, whole or cut anywhere.
#![expect(
    clippy::unwrap_used,
    reason = "a test that fails here is a failed test"
)]

use std::fmt::Write as _;
use std::io::Cursor;
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use ble::{Description, Head, Journal, Kept, Recorded, Recording, Simulated, VERSION};
use pipeline_plugin::ble::{
    Ble, Central, Connection, LinkEvent, Selector, Sighting, Write, uuid16,
};
use pipeline_plugin::testing::block_on;
use pipeline_plugin::{Cancel, Clock, ErrorKind, First, Result, Timestamp, VirtualClock, first};
use proptest::prelude::*;

const START: Timestamp = Timestamp::from_seconds(1_700_000_000);
const CYCLING_POWER: u16 = 0x1818;
const POWER_MEASUREMENT: u16 = 0x2A63;
const MANUFACTURER: u16 = 0x2A29;
const SERIAL: u16 = 0x2A25;

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

/// Listens to a rower until the run is to stop, and through losses; tells everything that it saw.
async fn listen(ble: &Ble, clock: &dyn Clock, told: &mut Vec<String>) -> Result<()> {
    let wanted = Selector::with_service(uuid16(CYCLING_POWER));
    loop {
        let device = ble.find(&wanted).await?;
        let at = |time: Timestamp| time.micros() - START.micros();
        told.push(format!("{} saw {device:?}", at(clock.now())));
        let mut link = ble.connect(&device).await?;
        let mtu = link.mtu();
        told.push(format!(
            "{} mtu {mtu} {:?}",
            at(clock.now()),
            link.services()
        ));
        if let Err(error) = follow(&mut link, clock, told).await {
            told.push(format!("{} {error}", at(clock.now())));
            let kind = error.kind();
            if kind != ErrorKind::Device {
                // The device is left as it was found.
                let left = link.unsubscribe(uuid16(POWER_MEASUREMENT)).await;
                told.push(format!("{} left {}", at(clock.now()), left.is_ok()));
                return Err(error);
            }
        }
    }
}

async fn follow(link: &mut Connection, clock: &dyn Clock, told: &mut Vec<String>) -> Result<()> {
    let at = |time: Timestamp| time.micros() - START.micros();
    let mut silent = 0;
    let read = link.read(uuid16(MANUFACTURER)).await?;
    told.push(format!("{} read {read:?}", at(clock.now())));
    link.subscribe(uuid16(POWER_MEASUREMENT)).await?;
    loop {
        match link.next(Duration::from_secs(7)).await? {
            Some(LinkEvent::Lost { time }) => {
                told.push(format!("{} lost", at(time)));
                return Ok(());
            }
            // Nobody rows any more.
            None if silent == 20 => return Err(pipeline_plugin::Error::cancelled()),
            event => {
                silent = if event.is_some() { 0 } else { silent + 1 };
                told.push(format!("{} {event:?}", at(clock.now())));
            }
        }
    }
}

fn told(central: Arc<dyn Central>, clock: &VirtualClock, cancel: &Cancel) -> Vec<String> {
    let (told, end) = told_until(central, clock, cancel);
    assert_eq!(end, ErrorKind::Cancelled);
    told
}

/// The same, and how it ended.
fn told_until(
    central: Arc<dyn Central>,
    clock: &VirtualClock,
    cancel: &Cancel,
) -> (Vec<String>, ErrorKind) {
    let ble = Ble::new(central, None, cancel.clone());
    let mut told = Vec::new();
    let result = block_on(listen(&ble, clock, &mut told));
    (told, result.unwrap_err().kind())
}

/// Records simulated devices; what was told, and the recording.
fn record(description: &str, redacted: bool) -> (Vec<String>, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("row.capture");
    let (clock, cancel) = (VirtualClock::new(START), Cancel::default());
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let description = Description::parse(description).unwrap();
    let central = Simulated::new(&description, Arc::clone(&shared), cancel.clone()).unwrap();
    let kept = vec![Kept::at(&path).unwrap()];
    let broken = Box::new(|_: &std::path::Path, error: &pipeline_plugin::Error| panic!("{error}"));
    let journal = Journal::begin(kept, &head(), shared, cancel.clone(), broken).unwrap();
    let journal = if redacted {
        journal.redacted()
    } else {
        journal
    };
    let journal = Arc::new(journal);
    let told = told(journal.over(Arc::new(central)), &clock, &cancel);
    journal.end();
    let text = std::fs::read_to_string(&path).unwrap();
    (told, text)
}

fn play(recording: &[u8]) -> Vec<String> {
    let recording = Recording::new(Cursor::new(recording.to_vec())).unwrap();
    let (clock, cancel) = (VirtualClock::new(START), Cancel::default());
    let central = Recorded::new(recording, Arc::new(clock.clone()), cancel.clone());
    told(Arc::new(central), &clock, &cancel)
}

/// A row with outages.
static ROW: LazyLock<(Vec<String>, String)> =
    LazyLock::new(|| record("esprm+belt?strokes=120&outages=3&outage=40", false));

#[test]
fn the_same_comes_out_as_went_in() {
    let (told, recording) = &*ROW;
    assert!(told.len() > 100, "{}", told.len());
    assert!(recording.contains(r#""is":"lost""#), "{recording}");
    assert_eq!(&play(recording.as_bytes()), told);
}

/// Whoever is killed has everything that was seen in the file.
#[test]
fn a_packet_is_written_down_before_anybody_sees_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("row.capture");
    let (clock, cancel) = (VirtualClock::new(START), Cancel::default());
    let shared: Arc<dyn Clock> = Arc::new(clock);
    let description = Description::parse("esprm?strokes=20").unwrap();
    let central = Simulated::new(&description, Arc::clone(&shared), cancel.clone()).unwrap();
    let kept = vec![Kept::at(&path).unwrap()];
    let broken = Box::new(|_: &std::path::Path, error: &pipeline_plugin::Error| panic!("{error}"));
    let journal = Arc::new(Journal::begin(kept, &head(), shared, cancel.clone(), broken).unwrap());
    let ble = Ble::new(journal.over(Arc::new(central)), None, cancel);
    block_on(async {
        let wanted = Selector::with_service(uuid16(CYCLING_POWER));
        let device = ble.find(&wanted).await.unwrap();
        let mut link = ble.connect(&device).await.unwrap();
        link.subscribe(uuid16(POWER_MEASUREMENT)).await.unwrap();
        for _ in 0..40 {
            let event = link.next(Duration::from_secs(60)).await.unwrap();
            let Some(LinkEvent::Value { value, .. }) = event else {
                panic!("{event:?}");
            };
            let text = std::fs::read_to_string(&path).unwrap();
            let mut hex = String::new();
            for byte in value {
                write!(hex, "{byte:02x}").unwrap();
            }
            let last = text.lines().last().unwrap();
            assert!(text.ends_with('\n') && last.contains(&hex), "{last}");
        }
    });
}

#[test]
fn who_else_was_there_is_not_told() {
    assert!(ROW.0.iter().all(|line| !line.contains("HRM")));
    assert!(!ROW.1.contains("HRM"));
}

#[test]
fn a_recording_that_breaks_off_is_played_up_to_there() {
    let (told, recording) = &*ROW;
    let killed: Vec<&str> = recording.lines().collect();
    let lines: Vec<usize> = (1..killed.len()).step_by(7).collect();
    for count in lines {
        let half = killed[count].len() / 2;
        let text = killed[..count].join("\n") + "\n" + &killed[count][..half];
        let played = play(text.as_bytes());
        let same = played.iter().zip(told).take_while(|(a, b)| a == b).count();
        let values = killed[..count].iter();
        let values = values
            .filter(|line| line.contains(r#""is":"value""#))
            .count();
        let seen = played[..same].iter().filter(|line| line.contains("Value"));
        assert_eq!(seen.count(), values, "after line {count}");
        // At most that the run was stopped, or waited in vain for what was under way.
        assert!(played.len() - same <= 4, "{:#?}", &played[same..]);
    }
}

/// A source that was busy takes what came on one link, then what came on the other; that may matter to
/// it, so it gets it so again.
#[test]
fn events_of_several_links_come_in_the_order_in_which_they_were_taken() {
    let mut text = serde_json::to_string(&head()).unwrap();
    for link in 1..=2 {
        write!(
            text,
            "\n{{\"t\":{link},\"is\":\"connected\",\"asked\":0,\"link\":{link},\"device\":\"{link}\",\
             \"mtu\":23,\"services\":[]}}"
        )
        .unwrap();
    }
    let taken = [(1, 100), (1, 300), (2, 200), (2, 300), (1, 301), (2, 302)];
    for (link, t) in taken {
        write!(
            text,
            "\n{{\"t\":{t},\"is\":\"value\",\"link\":{link},\"of\":\"2a63\",\"hex\":\"\"}}"
        )
        .unwrap();
    }
    let recording = Recording::new(Cursor::new(format!("{text}\n").into_bytes())).unwrap();
    let (clock, cancel) = (VirtualClock::new(START), Cancel::default());
    let central = Recorded::new(recording, Arc::new(clock), cancel.clone());
    let ble = Ble::new(Arc::new(central), None, cancel);
    let seen = block_on(async {
        let sighting = |id: &str| Sighting {
            id: id.to_owned(),
            name: None,
            rssi: None,
            services: Vec::new(),
            manufacturer_data: Vec::new(),
        };
        let mut one = ble.connect(&sighting("1")).await.unwrap();
        let mut two = ble.connect(&sighting("2")).await.unwrap();
        let mut seen = Vec::new();
        let minute = Duration::from_secs(60);
        loop {
            // The second link is asked first.
            let (link, event) = match first(two.next(minute), one.next(minute)).await {
                First::One(event) => (2, event),
                First::Other(event) => (1, event),
            };
            match event {
                Ok(Some(LinkEvent::Value { time, .. })) => {
                    seen.push((link, time.micros() - START.micros()));
                }
                _ => return seen,
            }
        }
    });
    assert_eq!(seen, taken);
}

#[test]
fn what_was_not_recorded_is_an_error_that_says_so() {
    let recording = Recording::new(Cursor::new(ROW.1.clone().into_bytes())).unwrap();
    let (clock, cancel) = (VirtualClock::new(START), Cancel::default());
    let central = Recorded::new(recording, Arc::new(clock), cancel.clone());
    let ble = Ble::new(Arc::new(central), None, cancel);
    block_on(async {
        let wanted = Selector::with_service(uuid16(CYCLING_POWER));
        let device = ble.find(&wanted).await.unwrap();
        let mut link = ble.connect(&device).await.unwrap();
        let error = link.read(uuid16(SERIAL)).await.unwrap_err();
        let expected = "the source wants to read characteristic \
                        00002a25-0000-1000-8000-00805f9b34fb, which is not in the recording";
        assert_eq!(error.to_string(), expected);
        assert!(link.read(uuid16(MANUFACTURER)).await.is_ok());
        assert!(link.read(uuid16(MANUFACTURER)).await.is_err());
        let written = link.write(uuid16(0x2A55), Write::Confirmed, &[1]).await;
        assert!(written.is_err());
    });
}

#[test]
fn a_redacted_recording_can_be_played_too() {
    let (told, recording) = record("esprm?strokes=20", true);
    assert!(
        recording.contains(r#""id":"00:00:00:00:00:01""#),
        "{recording}"
    );
    assert_eq!(play(recording.as_bytes()).len(), told.len());
}

#[test]
fn damage_is_told_and_what_follows_it_is_not_played() {
    let lines: Vec<&str> = ROW.1.lines().collect();
    let text = lines[..40].join("\n") + "\n\0\0\0\n" + &lines[40..].join("\n");
    let survey = Recording::new(text.as_bytes()).unwrap().survey();
    let expected = "line 41 of the recording isn't what stands in a recording";
    assert!(survey.damage.unwrap().starts_with(expected));
    assert_eq!(
        play(text.as_bytes()),
        play((lines[..40].join("\n") + "\n").as_bytes())
    );
    let late = lines[..40].join("\n") + "\n{\"is\":\"stop\",\"t\":9000000000000000}\n";
    let survey = Recording::new(late.as_bytes()).unwrap().survey();
    let expected = "line 41 of the recording has an impossible time; it was played up to there";
    assert_eq!(survey.damage.as_deref(), Some(expected));
    let whole = Recording::new(ROW.1.as_bytes()).unwrap().survey();
    assert_eq!(whole.damage, None);
    assert!(whole.values > 100 && whole.values > survey.values);
}

/// A clock that counts how often somebody waits.
#[derive(Debug)]
struct Counting {
    clock: VirtualClock,
    waits: AtomicU32,
}

impl Clock for Counting {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.waits.fetch_add(1, Ordering::Relaxed);
        self.clock.sleep(duration)
    }
}

/// Ten weeks in which nothing happens are one wait, not one for each time that something could have.
#[test]
fn a_long_silence_is_cheap() {
    const WEEKS: i64 = 70 * 86_400;
    let device = r#""24:0A:C4:00:00:01""#;
    let value =
        |t: i64| format!(r#"{{"t":{t}000000,"is":"value","link":1,"of":"2a63","hex":"00"}}"#);
    let lines = [
        r#"{"capture":1,"start":"2023-11-14T22:13:20Z","program":"test"}"#.to_owned(),
        format!(r#"{{"t":1,"is":"seen","scan":1,"device":{{"id":{device},"services":["1818"]}}}}"#),
        format!(
            r#"{{"t":2,"is":"connected","asked":1,"link":1,"device":{device},"mtu":23,"services":[{{"uuid":"1818","characteristics":[["2a63",16]]}}]}}"#
        ),
        r#"{"t":3,"is":"done","asked":2,"link":1,"op":"subscribe","of":"2a63"}"#.to_owned(),
        value(1),
        value(WEEKS),
        format!(r#"{{"t":{WEEKS}000001,"is":"end"}}"#),
    ];
    let recording = Recording::new(Cursor::new(lines.join("\n") + "\n")).unwrap();
    let clock = Arc::new(Counting {
        clock: VirtualClock::new(START),
        waits: AtomicU32::new(0),
    });
    let cancel = Cancel::default();
    let shared: Arc<dyn Clock> = Arc::clone(&clock) as _;
    let central = Recorded::new(recording, shared, cancel.clone());
    let ble = Ble::new(Arc::new(central), None, cancel);
    let passed = || (clock.now().micros() - START.micros()) / 1_000_000;
    block_on(async {
        let wanted = Selector::with_service(uuid16(CYCLING_POWER));
        let device = ble.find(&wanted).await.unwrap();
        let mut link = ble.connect(&device).await.unwrap();
        link.subscribe(uuid16(POWER_MEASUREMENT)).await.unwrap();
        let hour = Duration::from_secs(3600);
        assert!(link.next(hour).await.unwrap().is_some());
        // Who waits for less is told in time, who waits longer is not kept from it.
        assert_eq!(link.next(Duration::from_secs(7)).await.unwrap(), None);
        assert_eq!(passed(), 8);
        assert_eq!(link.next(hour).await.unwrap(), None);
        assert_eq!(passed(), 3608);
        clock.waits.store(0, Ordering::Relaxed);
        let event = link.next(Duration::from_secs(100 * 86_400)).await.unwrap();
        assert!(matches!(event, Some(LinkEvent::Value { .. })), "{event:?}");
    });
    assert_eq!(passed(), WEEKS);
    let waits = clock.waits.load(Ordering::Relaxed);
    assert!(waits <= 2, "{waits}");
}

#[test]
fn what_is_no_recording_is_said() {
    let error = |text: &str| Recording::new(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(error(""), "the recording is empty");
    assert_eq!(
        error("name: x\n"),
        "this is no recording of Bluetooth devices"
    );
    assert_eq!(error("{}\n"), "this is no recording of Bluetooth devices");
    assert_eq!(
        error("{\"capture\":2,\"new\":1}\n"),
        "the recording has version 2, this program knows 1"
    );
    assert_eq!(
        error("{\"capture\":1}\n"),
        "the first line of the recording is damaged"
    );
}

#[test]
fn a_file_of_the_user_s_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.capture");
    std::fs::write(&path, "mine").unwrap();
    let error = Kept::at(&path).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("exists, and is not overwritten")
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn a_recording_is_removed_only_while_it_has_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("row.capture");
    let made = || Kept::at(&path).unwrap().mark().unwrap();
    made().remove().unwrap();
    assert!(!path.exists());
    // It is gone already; another one has come.
    let mark = made();
    std::fs::remove_file(&path).unwrap();
    mark.remove().unwrap();
    let mark = made();
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, "mine").unwrap();
    mark.remove().unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn a_journal_belongs_to_one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let folder: &Path = folder.path();
    let journals = folder.join("journal");
    assert_eq!(
        ble::unfinished(&journals).unwrap(),
        Vec::<std::path::PathBuf>::new()
    );
    let first = ble::keep(&journals, START, "row it.yaml").unwrap();
    let second = ble::keep(&journals, START, "row it.yaml").unwrap();
    let name = "2023-11-14T221320Z-row-it.yaml";
    assert_eq!(first.path, journals.join(format!("{name}.capture")));
    assert_eq!(second.path, journals.join(format!("{name}-2.capture")));
    let all = ble::unfinished(&journals).unwrap();
    assert_eq!(all.len(), 2);
    assert!(ble::claim(&first.path).unwrap().is_none());
    let path = first.path.clone();
    drop(first);
    let claim = ble::claim(&path).unwrap().unwrap();
    assert!(ble::claim(&path).unwrap().is_none());
    claim.remove().unwrap();
    assert!(ble::claim(&path).unwrap().is_none());
    assert_eq!(
        ble::unfinished(&journals).unwrap(),
        std::slice::from_ref(&second.path)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever became of a recording, playing it comes to an end.
    #[test]
    fn a_damaged_recording_is_played_to_an_end(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        end in any::<prop::sample::Index>(),
    ) {
        let (first, rest) = ROW.1.split_once('\n').unwrap();
        let mut bytes = rest.as_bytes().to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(end.index(bytes.len()));
        let bytes = [first.as_bytes(), b"\n", &bytes].concat();
        let recording = Recording::new(Cursor::new(bytes)).unwrap();
        let (clock, cancel) = (VirtualClock::new(START), Cancel::default());
        let central = Recorded::new(recording, Arc::new(clock.clone()), cancel.clone());
        told_until(Arc::new(central), &clock, &cancel);
    }
}
