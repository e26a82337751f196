//! What can't be merged.

use fit::profile::types::sport as sport_of;
use fit::profile::{self, session};
use fit::{Event, Scanner, Sports, Unmergeable};

use super::values;
use crate::made_activity::{START, made_activity, made_later};
use crate::support::{golden, made};

fn refused(files: &[&[u8]]) -> Unmergeable {
    fit::merge(files, Sports::Same).unwrap_err()
}

/// The made activity, in another sport.
fn in_sport(seconds: u32, sport: u8) -> Vec<u8> {
    let mut file = made_later(seconds);
    let copy = file.clone();
    for event in Scanner::new(&copy) {
        let Event::Data(data) = event.unwrap() else {
            continue;
        };
        let mut at = data.offset + 1;
        for field in data.fields() {
            if (data.definition.number, field.definition.number)
                == (profile::SESSION.number, session::SPORT.number)
            {
                file[at] = sport;
            }
            at += field.bytes.len();
        }
    }
    let end = file.len() - 2;
    let crc = fit::crc::checksum(&file[..end]);
    file[end..].copy_from_slice(&crc.to_le_bytes());
    file
}

#[test]
fn activities_at_the_same_time() {
    let (first, second) = (made_activity(), made_later(90));
    let error = refused(&[&second, &first]);
    let Unmergeable::Overlap { files, end, start } = error else {
        panic!("{error}")
    };
    assert_eq!((files, end, start), ([1, 0], START + 95, START + 90));
    assert!(matches!(
        refused(&[&first, &first]),
        Unmergeable::Overlap { .. }
    ));
    // One ends in the second in which the other one starts.
    assert!(fit::merge(&[&first, &made_later(95)], Sports::Same).is_ok());
}

#[test]
fn different_sports() {
    let (first, second) = (made_activity(), in_sport(200, sport_of::CYCLING));
    let error = refused(&[&first, &second]);
    let Unmergeable::DifferentSports { files, sports } = error else {
        panic!("{error}")
    };
    assert_eq!(
        (files, sports),
        ([0, 1], [sport_of::ROWING, sport_of::CYCLING])
    );
    let third = in_sport(400, sport_of::CYCLING);
    let one = fit::merge(&[&first, &second, &third], Sports::Any).unwrap();
    let sports = values(&one.file, profile::SESSION, &[session::SPORT]);
    assert!(
        sports == [[f64::from(sport_of::ROWING)]] || sports == [[f64::from(sport_of::CYCLING)]]
    );
}

#[test]
fn damaged_files() {
    let (first, second) = (made_activity(), made_later(200));
    let cut = &second[..second.len() - 50];
    assert!(matches!(
        refused(&[&first, cut]),
        Unmergeable::Damaged { file: 1 }
    ));
    let fixed = fit::repair(cut).unwrap().unwrap().file;
    assert!(fit::merge(&[&first, &fixed], Sports::Same).is_ok());
    assert!(matches!(
        refused(&[b"", &first]),
        Unmergeable::NoFit { file: 0 }
    ));
    assert!(matches!(
        refused(&[&made("36"), &first]),
        Unmergeable::Damaged { file: 0 }
    ));
}

#[test]
fn what_is_no_activity() {
    let settings = crate::support::file_of(b"\x40\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02");
    let first = made_activity();
    let error = refused(&[&first, &settings]);
    assert!(matches!(
        error,
        Unmergeable::Other {
            file: 1,
            kind: Some(2)
        }
    ));
    assert_eq!(
        error.to_string(),
        "expected an activity, found a file of type `settings`"
    );
    assert!(matches!(
        refused(&[&first]),
        Unmergeable::TooFew { found: 1 }
    ));
    assert!(matches!(refused(&[]), Unmergeable::TooFew { found: 0 }));
    // A chained file holds several.
    let both = [&first[..], &made_later(200)].concat();
    let one = fit::merge(&[&both], Sports::Same).unwrap();
    assert_eq!(one.legs.len(), 2);
}

#[test]
fn a_pause_that_no_lap_can_hold() {
    let first = golden("golden-row-3s-min");
    let days = |days: u32| crate::made_activity::later(&first, days * 24 * 3600);
    assert!(fit::merge(&[&first, &days(49)], Sports::Same).is_ok());
    assert!(matches!(
        refused(&[&first, &days(50)]),
        Unmergeable::TooLong { .. }
    ));
}
