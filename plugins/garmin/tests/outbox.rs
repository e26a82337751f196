//! The upload folder's contract, as far as the sink keeps it: where files go and what they are
//! called. That they appear whole, once and for good is the host's part, tested in the engine.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pipeline_plugin::{
    Batch, ContentKey, Context, Delivered, Header, Item, Kind, Place, Plugin, Result, Role,
    SinkPlugin, Sport, Summary, Timestamp, Totals, field, testing,
};
use plugin_garmin::Garmin;

fn garmin(folder: &Path) -> Garmin {
    testing::settings(&format!(
        "{{\"folder\":{:?}}}",
        folder.display().to_string()
    ))
    .unwrap()
}

fn stream(sport: &str, start: &str, distance: f64, key: u8) -> (Header, Summary) {
    let header = Header {
        // The input's name has no part in the file's name.
        name: "../../Kim's row 🚣.tcx".to_owned(),
        start: Timestamp::parse(start).unwrap(),
        sport: sport.parse::<Sport>().unwrap(),
        ..Header::default()
    };
    let summary = Summary {
        start: header.start,
        end: header.start,
        totals: Totals {
            distance,
            ..Totals::default()
        },
        content_key: ContentKey([key; 32]),
        ..Summary::default()
    };
    (header, summary)
}

fn name(sport: &str, start: &str, distance: f64, key: u8) -> String {
    let (header, summary) = stream(sport, start, distance, key);
    let sink = garmin(Path::new("/outbox"));
    sink.file_name(&header, &summary).unwrap()
}

/// The ledger knows the folder by this: a change would deliver everything again.
#[test]
fn the_destination_is_the_folder() {
    let sink = garmin(Path::new("/home/kim/Garmin Upload"));
    assert_eq!(sink.destination(), "garmin:/home/kim/Garmin Upload");
    assert_eq!(
        sink.folder().as_deref(),
        Some(Path::new("/home/kim/Garmin Upload"))
    );
}

#[test]
fn names_say_start_sport_distance_and_key() {
    assert_eq!(
        name(
            "rowing/indoor",
            "2026-07-24T12:30:05.4+02:00",
            9_999.6,
            0x3f
        ),
        "2026-07-24T103005Z_rowing_10000m_3f3f3f3f.fit"
    );
    assert_eq!(
        name("cycling", "2026-07-24T10:30:05Z", f64::NAN, 0),
        "2026-07-24T103005Z_cycling_0m_00000000.fit"
    );
}

/// Cloud folders, watches and other systems choke on anything else.
#[test]
fn names_have_plain_characters_and_are_short() {
    let sports = [
        "rowing/indoor",
        "stand_up_paddleboarding",
        "cycling/mountain",
        "generic",
    ];
    let starts = [
        "1970-01-01T00:00:00Z",
        "2026-07-24T10:30:05Z",
        "9999-12-31T23:59:59Z",
    ];
    let distances = [f64::NAN, 0.0, 0.4, 9_999.6, -3.0, 1e300, f64::INFINITY];
    let mut seen = BTreeSet::new();
    for (sport, start, distance) in sports
        .iter()
        .flat_map(|sport| starts.iter().map(move |start| (sport, start)))
        .flat_map(|(sport, start)| distances.iter().map(move |d| (sport, start, *d)))
    {
        for key in [0x00, 0xff] {
            let name = name(sport, start, distance, key);
            let stem = name.strip_suffix(".fit").unwrap();
            assert!(name.len() <= 100, "{name}");
            assert!(
                stem.bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)),
                "{name}"
            );
            assert!(!stem.starts_with(['.', '-']), "{name}");
            seen.insert((name.to_ascii_lowercase(), key));
        }
    }
    let names: BTreeSet<_> = seen.iter().map(|(name, _)| name).collect();
    assert!(
        names.len() >= 100,
        "names tell activities apart: {}",
        names.len()
    );
}

/// Two activities of the same second and distance differ in the key, in any case of letters.
#[test]
fn the_key_tells_activities_apart() {
    let one = name("rowing", "2026-07-24T10:30:05Z", 2000.0, 0xab);
    let two = name("rowing", "2026-07-24T10:30:05Z", 2000.0, 0xac);
    assert_ne!(one.to_ascii_lowercase(), two.to_ascii_lowercase());
}

#[test]
fn a_file_is_staged_beside_the_folder() {
    let root = tempfile::tempdir().unwrap();
    let outbox = root.path().join("GarminUpload");
    let (header, _) = stream("rowing/indoor", "2026-07-24T10:30:05Z", 4.2, 0);
    let mut batch = Batch::new(&[field::DISTANCE]);
    batch.push(header.start, &[0.0]);
    batch.push(header.start + 1.0, &[4.2]);
    let item = Item::Samples(batch);
    let summary = testing::summary(&header, std::slice::from_ref(&item));

    let sink = garmin(&outbox);
    let mut open = sink.open(&header, &Context::detached()).unwrap();
    open.write(&item).unwrap();
    assert_eq!(
        fs::read_dir(&outbox).unwrap().count(),
        0,
        "nothing half written is seen"
    );
    let Delivered::File(file) = open.finish(&summary).unwrap() else {
        panic!("a file");
    };
    assert_eq!(file.folder(), outbox);
    assert_eq!(
        Some(file.name().to_owned()),
        sink.file_name(&header, &summary)
    );
    let staging = root.path().join("GarminUpload.staging");
    assert_eq!(file.temporary().parent(), Some(&*staging));
    assert_eq!(fs::read_dir(&outbox).unwrap().count(), 0);
    drop(file);
    assert_eq!(
        fs::read_dir(&staging).unwrap().count(),
        0,
        "given up, it is gone"
    );
}

/// What the sink makes of a stream.
fn written(folder: &Path, header: &Header, items: &[Item]) -> Result<(String, Vec<u8>)> {
    let summary = testing::summary(header, items);
    let cx = Context::detached();
    match testing::run_sink(&cx, &garmin(folder), header, items, &summary)? {
        Delivered::File(file) => Ok((file.name().to_owned(), fs::read(file.temporary()).unwrap())),
        Delivered::Done(place) => panic!("{place}"),
    }
}

/// A whole file gets into the folder as it is, under the name of what is in it; but a damaged one
/// would be refused by whoever takes it from there.
#[test]
fn whole_files_are_taken_if_they_are_sound() {
    let root = tempfile::tempdir().unwrap();
    let (activity, _) = stream("rowing/indoor", "2026-07-24T10:30:05Z", 4.2, 0);
    let mut batch = Batch::new(&[field::DISTANCE]);
    batch.push(activity.start, &[0.0]);
    batch.push(activity.start + 1.0, &[4.2]);
    let (name, file) = written(root.path(), &activity, &[Item::Samples(batch)]).unwrap();
    let header = Header {
        kind: Kind::File,
        name: "ride.fit".to_owned(),
        ..Header::default()
    };
    let whole = |bytes: &[u8]| written(root.path(), &header, &[Item::Bytes(bytes.to_vec())]);
    assert_eq!(whole(&file).unwrap(), (name, file.clone()));
    let error = whole(&file[..file.len() - 1]).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("`ride.fit` is damaged: byte "),
        "{error}"
    );
    assert_eq!(error.help(), Some("mend it with `pipeline repair`"));
}

#[test]
fn logs_are_not_taken() {
    let root = tempfile::tempdir().unwrap();
    let header = Header {
        kind: Kind::Log,
        ..Header::default()
    };
    let opened = garmin(root.path()).open(&header, &Context::detached());
    assert_eq!(
        opened.map(|_| ()).unwrap_err().to_string(),
        "only activities and FIT files can be written as FIT"
    );
}

fn problem(settings: &str) -> String {
    match testing::settings::<Garmin>(settings) {
        Err(problem) => problem.message,
        Ok(sink) => {
            let problems = sink.check(&Place::default());
            problems
                .into_iter()
                .map(|problem| problem.message)
                .collect()
        }
    }
}

#[test]
fn settings_are_few_and_checked() {
    assert_eq!(problem(r#"{"folder":"x","timezone":"-05:30"}"#), "");
    assert_eq!(problem("{}"), "missing field `folder`");
    assert_eq!(
        problem(r#"{"folder":"x","creator":{"serial":0}}"#),
        "a serial number must not be 0"
    );
    assert_eq!(
        problem(r#"{"folder":"x","timezone":"CEST"}"#),
        "`CEST` is no time zone; write `Europe/Berlin`, `+02:00` or `UTC`"
    );
    // The name is part of the contract and can't be chosen.
    assert!(problem(r#"{"folder":"x","name":"a.fit"}"#).starts_with("unknown field `name`"));
}

#[test]
fn the_plugin_writes_fit_files() {
    let Plugin { name, role, .. } = plugin_garmin::plugin();
    let Role::Sink { extension, .. } = role else {
        panic!("a sink");
    };
    assert_eq!((&*name, &*extension), ("garmin", "fit"));
}
