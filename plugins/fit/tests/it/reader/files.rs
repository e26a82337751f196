//! Whole files, byte by byte: from the reader to the sink.

use std::fs;

use expect_test::expect;
use pipeline_plugin::{
    Context, Delivered, Error, Header, Item, Kind, Place, ReaderPlugin, SinkPlugin, testing,
};
use plugin_fit::{Fit, FitReader};

use super::made::{ACTIVITY, made};
use super::{TOLD, check_lines, read};
use crate::support::{START, summary};

const FILES: &str = r#"{"as":"files"}"#;

fn row() -> Vec<u8> {
    made(&format!(
        "{ACTIVITY}
         record @0 distance=0
         session @60 start_time=@0 total_elapsed_time=60 total_distance=250 sport=rowing sub_sport=indoor_rowing
         session @90 start_time=@60 total_elapsed_time=30 total_distance=100 sport=cycling"
    ))
}

/// The bytes that a stream carries.
fn bytes(items: &[Item]) -> Vec<u8> {
    let pieces = items.iter().map(|item| match item {
        Item::Bytes(bytes) => bytes.as_slice(),
        item => panic!("{item:?}"),
    });
    pieces.collect::<Vec<_>>().concat()
}

#[test]
fn a_file_is_passed_on_as_it_is() {
    let mut file = row();
    // More than one piece.
    let record = "record @1 distance=4\n".repeat(20_000);
    file.extend(made(&format!("{ACTIVITY}{record}")));
    let (header, items) = read(FILES, &file).streams.remove(0);
    assert_eq!(
        (header.kind, items.len()),
        (Kind::File, file.len().div_ceil(65_536))
    );
    assert!(bytes(&items) == file);
    expect![[r#"{"kind":"file","name":"row.fit","start":"@0","sport":"rowing/indoor_rowing","device":{"manufacturer":1,"serial":7}}"#]].assert_eq(&testing::short(&header, Some(START)));
}

/// Settings, courses and the like are files too.
#[test]
fn any_sort_of_file_is_passed_on() {
    let file = made("file_id type=settings time_created=@5");
    let (header, items) = read(FILES, &file).streams.remove(0);
    assert_eq!(bytes(&items), file);
    expect![[r#"{"kind":"file","name":"row.fit","start":"@5","sport":"generic"}"#]]
        .assert_eq(&testing::short(&header, Some(START)));
}

#[test]
fn damaged_files_are_refused() {
    let mut file = row();
    let last = file.len() - 1;
    file[last] ^= 1;
    check_lines(
        TOLD,
        FILES,
        &file,
        expect![[r#"
        Skip: byte 140: expected the file CRC 0x2bcc, found 0x2acc
        help: mend it with `pipeline repair`
    "#]],
    );
    check_lines(
        TOLD,
        FILES,
        b"not at all",
        expect![[r#"
        Skip: not FIT: byte 0: expected a header of 12 bytes, found 10
    "#]],
    );
}

/// What the sink makes of a file: its name and bytes, or the error.
fn delivered(settings: &str, header: &Header, items: &[Item]) -> Result<(String, Vec<u8>), Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out").display().to_string();
    let sink: Fit = testing::settings(&format!(r#"{{"folder":{path:?}{settings}}}"#)).unwrap();
    let mut stream = sink.open(header, &Context::detached())?;
    for item in items {
        stream.write(item)?;
    }
    let summary = summary(header, items);
    assert_eq!(sink.file_name(header, &summary), None);
    match stream.finish(&summary)? {
        Delivered::File(file) => {
            let bytes = fs::read(file.temporary()).unwrap();
            Ok((file.name().to_owned(), bytes))
        }
        Delivered::Done(place) => panic!("{place}"),
    }
}

/// The name says what is in the file, as that of an activity does.
#[test]
fn the_sink_writes_a_file_as_it_is() {
    let file = row();
    let (header, items) = read(FILES, &file).streams.remove(0);
    let (name, written) = delivered("", &header, &items).unwrap();
    assert_eq!(name, "2026-01-01T000000Z_rowing_350m_00000000.fit");
    assert_eq!(written, file);
    // A source that knows nothing but the bytes.
    let bare = Header {
        kind: Kind::File,
        name: "20260101.fit".to_owned(),
        ..Header::default()
    };
    let (name, _) = delivered(r#","name":"{date}_{sport}_{input}""#, &bare, &items).unwrap();
    assert_eq!(name, "2026-01-01_rowing_20260101.fit");
}

#[test]
fn the_sink_looks_at_what_it_writes() {
    let header = Header {
        kind: Kind::File,
        name: "ride.fit".to_owned(),
        ..Header::default()
    };
    let error = |bytes: &[u8]| {
        let item = Item::Bytes(bytes.to_vec());
        delivered("", &header, &[item]).map(|_| ()).unwrap_err()
    };
    expect!["`ride.fit` is no FIT file: file is empty"].assert_eq(&error(b"").to_string());
    expect![
        "`ride.fit` is no FIT file: not FIT: byte 0: expected the signature `.FIT`, found `px>.`"
    ]
    .assert_eq(&error(b"<gpx></gpx>...").to_string());
}

fn problems(settings: &str, after: &[&str]) -> String {
    let reader: FitReader = testing::settings(settings).unwrap();
    let place = Place {
        after: after.iter().map(|name| (*name).to_owned()).collect(),
        ..Place::default()
    };
    let problems = reader.check(&place);
    let lines = problems.iter().map(|it| {
        let help = it.help.as_deref().unwrap_or_default();
        format!("{}: {}; {help}\n", it.path.join("."), it.message)
    });
    lines.collect()
}

#[test]
fn options_without_use_are_told() {
    let all = ["laps", "hr-zones", "calories", "garmin", "csv"];
    assert_eq!(problems("{}", &all), "");
    assert_eq!(problems(FILES, &["garmin"]), "");
    expect![[r#"
        as: `laps` has no use with `as: files`; leave `laps` away, or write `as: activities`
        as: `hr-zones` has no use with `as: files`; leave `hr-zones` away, or write `as: activities`
        as: `calories` has no use with `as: files`; leave `calories` away, or write `as: activities`
        as: `csv` has no use with `as: files`; leave `csv` away, or write `as: activities`
    "#]]
    .assert_eq(&problems(FILES, &all));
    let settings = r#"{"as":"files","sport":"rowing","calories":"recompute","salvage":true}"#;
    expect![[r#"
        sport: `sport` has no use with `as: files`; leave it away
        calories: `calories` has no use with `as: files`; leave it away
        salvage: `salvage` has no use with `as: files`; leave it away
    "#]]
    .assert_eq(&problems(settings, &[]));
    let strict = testing::settings::<FitReader>(r#"{"as":"streams"}"#).unwrap_err();
    expect!["unknown variant `streams`, expected `activities` or `files`"]
        .assert_eq(&strict.message);
}

/// What is damaged is kept as it is, and told.
#[test]
fn the_sink_tells_of_damage() {
    let mut file = row();
    file.truncate(file.len() - 2);
    let header = Header {
        kind: Kind::File,
        name: "ride.fit".to_owned(),
        ..Header::default()
    };
    let (name, written) = delivered("", &header, &[Item::Bytes(file.clone())]).unwrap();
    assert_eq!(name, "2026-01-01T000000Z_rowing_350m_00000000.fit");
    assert_eq!(written, file);
}
