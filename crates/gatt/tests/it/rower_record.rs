use std::time::{Duration, Instant};

use gatt::{Energy, RowerData, RowerRecord};

use crate::support::hex;

fn part(text: &str) -> RowerData {
    RowerData::decode(&hex(text)).unwrap()
}

/// A Technogym Skillrow: the part with More Data comes first, the closing one has the strokes.
const BODY: &str = "FD 0C 80 00 00 A4 00 AF 00 4F 00 46 00 07 00 33 2D 00";
const CLOSING: &str = "02 21 34 13 00 31 04 00 FF FF FF B8 01 00 00";

#[test]
fn a_record_in_two_parts() {
    let now = Instant::now();
    let mut record = RowerRecord::default();
    assert_eq!(record.handle_part(now, &part(BODY)), None);
    let whole = record.handle_part(now, &part(CLOSING)).unwrap();
    assert!(!whole.more_data);
    assert_eq!(whole.total_distance, Some(128));
    assert_eq!(whole.instantaneous_power, Some(79));
    assert_eq!(whole.stroke_count, Some(19));
    assert_eq!(whole.stroke_rate, Some(26.0));
    assert_eq!(whole.elapsed_time, Some(45));
    let energy = Energy {
        total: Some(4),
        ..Energy::default()
    };
    assert_eq!(whole.energy, Some(energy));
    assert_eq!(record.poll_timeout(), None);
}

/// Reading "absent" as zero was a bug elsewhere (qdomyos-zwift, pull request 4956).
#[test]
fn what_no_part_has_keeps_its_value() {
    let now = Instant::now();
    let mut record = RowerRecord::default();
    record.handle_part(now, &part(BODY));
    record.handle_part(now, &part(CLOSING));
    let whole = record.handle_part(now, &part("00 00 30 14 00")).unwrap();
    assert_eq!(whole.stroke_count, Some(20));
    assert_eq!(whole.total_distance, Some(128));
}

#[test]
fn a_record_without_its_end_is_complete_after_a_while() {
    let now = Instant::now();
    let mut record = RowerRecord::default();
    assert_eq!(record.poll_timeout(), None);
    record.handle_part(now, &part(BODY));
    let at = now + Duration::from_millis(1500);
    assert_eq!(record.poll_timeout(), Some(at));
    assert_eq!(record.handle_timeout(now), None, "too early");
    assert_eq!(record.handle_timeout(at).unwrap().total_distance, Some(128));
    assert_eq!(record.handle_timeout(at), None, "once");
}

#[test]
fn nothing_is_kept_over_a_reset() {
    let now = Instant::now();
    let mut record = RowerRecord::default();
    record.handle_part(now, &part(BODY));
    record.reset();
    let whole = record.handle_part(now, &part(CLOSING)).unwrap();
    assert_eq!(whole.total_distance, None);
}
