//! What the second layer makes of files: one test per rule.

use gpx::Options;

use crate::tell::{check_cleaned, cleaned};
use crate::write::{gpx, seg, time, track};

#[test]
fn distance_and_speed_along_the_positions() {
    // A ten-thousandth of a degree of latitude at the equator is 11.057 m.
    check_cleaned(
        track(&seg(
            "0 pos=0.0001,1; 2 pos=0.0002,1; 4 pos=0.0004,1 speed=5",
        )),
        "track 0
         point 0 lat=0.0001 lon=1 d=0
         point 2 lat=0.0002 lon=1 d=11.057428 v=5.528714
         point 4 lat=0.0004 lon=1 d=33.172283 v=5
         end",
    );
}

#[test]
fn distance_of_the_file() {
    check_cleaned(
        track(&seg(
            "0 pos=1,1 distance=10; 2 pos=1,2 distance=18; 3 hr=90; 4 distance=20",
        )),
        "track 0
         point 0 lat=1 lon=1 d=10
         point 2 lat=1 lon=2 d=18 v=4
         point 3 hr=90
         point 4 d=20 v=1
         end",
    );
}

#[test]
fn a_few_distances_are_not_the_files() {
    check_cleaned(
        track(&seg(
            "0 pos=0.0001,1; 2 pos=0.0002,1 distance=500; 3; 4 distance=7; 5",
        )),
        "track 0
         point 0 lat=0.0001 lon=1 d=0
         point 2 lat=0.0002 lon=1 d=11.057428 v=5.528714
         point 3
         point 4
         point 5
         end",
    );
}

#[test]
fn distance_since_the_point_before_is_summed() {
    check_cleaned(
        track(&seg(
            "0 distance=5; 1 distance=4; 2 distance=6; 3 distance=5; 4 distance=3; 5 distance=6; 6 distance=2",
        )),
        "track 0
         point 0 d=5
         point 1 d=9 v=4
         point 2 d=15 v=6
         point 3 d=20 v=5
         point 4 d=23 v=3
         point 5 d=29 v=6
         point 6 d=31 v=2
         end
         repair line 6: distance since the point before, summed",
    );
}

#[test]
fn distance_that_begins_anew_or_goes_back_or_starts_far_from_zero() {
    check_cleaned(
        track(&seg(
            "0 distance=5000; 1 distance=5004; 2 distance=5003; 3 distance=5008; 4 distance=2; 5 distance=6",
        )),
        "track 0
         point 0 d=0
         point 1 d=4 v=4
         point 2 d=4 v=0
         point 3 d=8 v=4
         point 4 d=10 v=2
         point 5 d=14 v=4
         end
         repair line 6: distance starts far from 0, counted from 0
         repair line 6: distance goes back, held
         repair line 6: distance begins anew, counted on",
    );
}

/// The way made in a pause was not ridden.
#[test]
fn another_segment_is_a_pause() {
    check_cleaned(
        track(&(seg("0 pos=0.0001,1; 2 pos=0.0002,1") + &seg("60 pos=3,3; 62 pos=3,3"))),
        "track 0
         point 0 lat=0.0001 lon=1 d=0
         point 2 lat=0.0002 lon=1 d=11.057428 v=5.528714
         pause 2..60
         point 60 lat=3 lon=3 d=11.057428
         point 62 lat=3 lon=3 d=11.057428 v=0
         end",
    );
}

#[test]
fn another_segment_without_a_gap_is_none() {
    check_cleaned(
        track(&(seg("0 pos=0.0001,1; 2 pos=0.0002,1") + &seg("2 pos=0.0002,1; 3 pos=0.0003,1"))),
        "track 0
         point 0 lat=0.0001 lon=1 d=0
         point 2 lat=0.0002 lon=1 d=11.057428 v=5.528714
         point 3 lat=0.0003 lon=1 d=22.114855 v=11.057428
         end",
    );
}

#[test]
fn a_gap_within_a_segment_is_no_pause() {
    check_cleaned(
        track(&seg("0 hr=90; 3600 hr=91")),
        "track 0
         point 0 hr=90
         point 3600 hr=91
         end",
    );
}

#[test]
fn points_out_of_order_and_of_equal_time() {
    check_cleaned(
        track(&seg(
            "0 hr=90; 3 hr=93; 1 hr=91; 3 power=100; 3 hr=94 gain=2; 4 gain=1",
        )),
        "track 0
         point 0 hr=90
         point 1 hr=91
         point 3 hr=94 w=100 gain=2
         point 4 gain=1
         end
         repair line 4: points out of order, sorted
         repair line 4: points of equal time, merged (2 times)",
    );
}

#[test]
fn points_too_late_are_dropped() {
    let mut short: Vec<String> = (10..100).map(|second| format!("{second} hr=90")).collect();
    short.push("5 hr=200".to_owned());
    let told = cleaned(track(&seg(&short.join(";"))).as_bytes(), Options::default());
    assert_eq!(
        told.lines()
            .filter(|line| line.starts_with("point"))
            .count(),
        90
    );
    assert!(
        told.contains("points too far out of order, dropped"),
        "{told}"
    );
}

#[test]
fn points_without_time() {
    check_cleaned(
        track(&seg("0 hr=90; - hr=91; 2 hr=92")),
        "track 0
         point 0 hr=90
         point 2 hr=92
         end
         repair line 4: points without time, dropped",
    );
}

#[test]
fn a_planned_track_is_left_out() {
    check_cleaned(
        gpx(&format!(
            "<trk><name>plan</name>{}</trk><trk><name>ride</name>{}</trk>",
            seg("- pos=1,1; - pos=1,2"),
            seg("0 pos=1,1")
        )),
        "track 0 name=ride
         point 0 lat=1 lon=1 d=0
         end name=ride
         repair line 3: points without time, dropped (2 times)
         repair line 4: activity without points and totals, left out",
    );
    check_cleaned(
        track(&seg("- pos=1,1")),
        "repair line 4: points without time, dropped
         repair line 6: activity without points and totals, left out
         error no trackpoint with a time in the file (line 8, byte 167)",
    );
}

#[test]
fn position_zero_is_none() {
    check_cleaned(
        track(&seg("0 pos=0,0; 1 pos=0.0001,0; 2 pos=,5")),
        "track 0
         point 0
         point 1 lat=0.0001 lon=0 d=0
         point 2
         end",
    );
}

#[test]
fn speeds_of_points_closer_than_a_second() {
    let file = track(&seg("0 distance=0; 1 distance=4; 2 distance=8"))
        .replace(&time(2), "2024-01-01T00:00:01.4Z");
    check_cleaned(
        file,
        "track 0
         point 0 d=0
         point 1 d=4 v=4
         point 1.4 d=8 v=4
         end",
    );
}

#[test]
fn an_error_comes_after_everything_before_it() {
    let file = track(&seg("0 hr=90; 1 hr=91; 2 hr=92"));
    let cut = file.find(&time(2)).unwrap();
    check_cleaned(
        &file[..cut],
        "track 0
         point 0 hr=90
         point 1 hr=91
         error file ends too early: `time` is still open (line 4, byte 309, in gpx/trk/trkseg/trkpt/time)",
    );
}

#[test]
fn a_cleaner_can_be_used_again() {
    let file = track(&seg("0 hr=90"));
    let mut cleaner = gpx::Cleaner::new(gpx::Reader::new(&b"bla"[..], Options::default()));
    assert!(cleaner.next().is_err());
    assert!(cleaner.next().unwrap().is_none());
    cleaner.reset(file.as_bytes());
    let mut pieces = 0;
    while cleaner.next().unwrap().is_some() {
        pieces += 1;
    }
    assert_eq!(pieces, 4);
}
