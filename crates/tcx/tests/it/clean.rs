//! What the second layer makes of files: one test per rule of reference B4 and per quirk.

use crate::tell::{check_cleaned, check_shifted};
use crate::write::{activity, database, lap, time, track, tracked};

/// A lap with totals before its tracks.
fn timed(start: i64, seconds: i64, metres: i64, inner: &str) -> String {
    let totals = format!(
        "<TotalTimeSeconds>{seconds}</TotalTimeSeconds><DistanceMeters>{metres}</DistanceMeters>"
    );
    lap(start, &format!("{totals}{inner}"))
}

#[test]
fn points_in_order() {
    check_cleaned(
        activity(&timed(
            0,
            3,
            12,
            &tracked("0 d=4 cad=30; 1 d=8 cad=30; 2 d=12 cad=24"),
        )),
        "activity Other 0
         point 0 d=4 cad=30 n=0
         point 1 d=8 cad=30 v=4 n=0.5
         point 2 d=12 cad=24 v=4 n=1
         lap 0..2 time=3 d=12
         end",
    );
}

/// Coxswain's first point is the state after one second (reference C4).
#[test]
fn coxswain_time_origin_shifted() {
    check_shifted(
        activity(&timed(
            0,
            3,
            12,
            &tracked("0 d=4 cad=30; 1 d=8 cad=30; 2 d=12 cad=24"),
        )),
        "activity Other 0
         point 0 d=0
         point 1 d=4 cad=30 v=4 n=0
         point 2 d=8 cad=30 v=4 n=0.5
         point 3 d=12 cad=24 v=4 n=1
         lap 0..3 time=3 d=12
         end",
    );
}

#[test]
fn time_going_back_is_sorted() {
    let points = "<Track>0 d=0; 3 d=12; 1 d=4; 2 d=8; 4 d=16</Track>";
    let points = tracked(
        points
            .trim_start_matches("<Track>")
            .trim_end_matches("</Track>"),
    );
    check_cleaned(
        activity(&lap(0, &points)),
        "activity Other 0
         point 0 d=0
         point 1 d=4 v=4
         point 2 d=8 v=4
         point 3 d=12 v=4
         point 4 d=16 v=4
         lap 0..4
         end
         repair line 6: points out of order, sorted (2 times)",
    );
}

#[test]
fn points_too_late_are_dropped() {
    let mut short: Vec<String> = (10..100).map(|second| format!("{second} hr=90")).collect();
    short.push("5 hr=200".to_owned());
    let told = crate::tell::cleaned(
        activity(&lap(0, &tracked(&short.join(";")))).as_bytes(),
        tcx::Options::default(),
        tcx::CleanOptions::default(),
    );
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
    assert!(!told.contains("hr=200"), "{told}");
}

#[test]
fn equal_times_are_merged_keeping_what_is_known() {
    check_cleaned(
        activity(&lap(
            0,
            &tracked("0 d=0 hr=90; 1 d=4 hr=91; 1 hr=92; 1 w=100; 2 d=8"),
        )),
        "activity Other 0
         point 0 d=0 hr=90
         point 1 d=4 hr=92 v=4 w=100
         point 2 d=8 v=4
         lap 0..2
         end
         repair line 6: points of equal time, merged (2 times)",
    );
}

#[test]
fn lap_seams_repeat_a_point_without_needing_a_repair() {
    let laps =
        timed(0, 2, 8, &tracked("0 d=0; 2 d=8")) + &timed(2, 2, 8, &tracked("2 d=8; 4 d=16"));
    check_cleaned(
        activity(&laps),
        "activity Other 0
         point 0 d=0
         point 2 d=8 v=4
         lap 0..2 time=2 d=8
         point 4 d=16 v=4
         lap 2..4 time=2 d=8
         end",
    );
}

#[test]
fn distance_that_begins_anew_in_every_lap() {
    let laps =
        timed(0, 2, 80, &tracked("0 d=0; 20 d=80")) + &timed(2, 2, 80, &tracked("20 d=0; 40 d=80"));
    check_cleaned(
        activity(&laps.replace(&time(2), &time(20))),
        "activity Other 0
         point 0 d=0
         point 20 d=80 v=4
         lap 0..20 time=2 d=80
         point 40 d=160 v=4
         lap 20..40 time=2 d=80
         end
         repair line 8: distance begins anew, counted on",
    );
}

#[test]
fn distance_that_begins_anew_within_a_lap() {
    check_cleaned(
        track_short("0 d=0; 20 d=80; 21 d=3; 22 d=7"),
        "activity Other 0
         point 0 d=0
         point 20 d=80 v=4
         point 21 d=83 v=3
         point 22 d=87 v=4
         lap 0..22
         end
         repair line 10: distance begins anew, counted on",
    );
}

#[test]
fn distance_that_goes_back_a_little_is_held() {
    check_cleaned(
        track_short("0 d=0; 20 d=80; 21 d=79; 22 d=83"),
        "activity Other 0
         point 0 d=0
         point 20 d=80 v=4
         point 21 d=80 v=0
         point 22 d=84 v=4
         lap 0..22
         end
         repair line 10: distance goes back, held",
    );
}

/// `PainSled` on Concept2 writes the metres of each stroke.
#[test]
fn distance_per_stroke_is_summed() {
    check_cleaned(
        track_short("0 d=5; 2 d=8; 4 d=7; 6 d=9; 8 d=8; 10 d=9; 12 d=8"),
        "activity Other 0
         point 0 d=5
         point 2 d=13 v=4
         point 4 d=20 v=3.5
         point 6 d=29 v=4.5
         point 8 d=37 v=4
         point 10 d=46 v=4.5
         point 12 d=54 v=4
         lap 0..12
         end
         repair line 10: distance per stroke, summed",
    );
}

#[test]
fn distance_that_starts_far_from_zero_is_counted_from_zero() {
    check_cleaned(
        track_short("0 d=5000; 1 d=5004"),
        "activity Other 0
         point 0 d=0
         point 1 d=4 v=4
         lap 0..1
         end
         repair line 10: distance starts far from 0, counted from 0",
    );
}

#[test]
fn distance_that_starts_late_is_kept() {
    check_cleaned(
        track_short("0 hr=90; 20 d=80; 21 d=84"),
        "activity Other 0
         point 0 hr=90
         point 20 d=80
         point 21 d=84 v=4
         lap 0..21
         end",
    );
}

#[test]
fn points_without_distance_and_speed_of_the_file() {
    check_cleaned(
        track_short("0 d=0 v=3; 1 hr=90 v=4; 2 d=8"),
        "activity Other 0
         point 0 d=0 v=3
         point 1 hr=90 v=4
         point 2 d=8 v=4
         lap 0..2
         end",
    );
}

#[test]
fn position_zero_is_none() {
    check_cleaned(
        track_short("0 d=0 pos=0.0; 1 d=4 pos=52.5"),
        "activity Other 0
         point 0 d=0
         point 1 lat=52.5 lon=52.5 d=4 v=4
         lap 0..1
         end",
    );
}

#[test]
fn a_new_track_within_a_lap_is_a_pause() {
    let tracks = format!(
        "{}{}",
        tracked("0 d=0 cad=60; 1 d=4 cad=60"),
        tracked("60 d=5 cad=60; 61 d=9")
    );
    check_cleaned(
        activity(&lap(0, &tracks)),
        "activity Other 0
         point 0 d=0 cad=60 n=0
         point 1 d=4 cad=60 v=4 n=1
         pause 1..60
         point 60 d=5 cad=60 n=1
         point 61 d=9 v=4 n=2
         lap 0..61
         end",
    );
}

#[test]
fn a_new_track_without_a_gap_is_none() {
    let tracks = format!("{}{}", tracked("0 d=0; 1 d=4"), tracked("1 d=4; 2 d=8"));
    check_cleaned(
        activity(&lap(0, &tracks)),
        "activity Other 0
         point 0 d=0
         point 1 d=4 v=4
         point 2 d=8 v=4
         lap 0..2
         end",
    );
}

/// Also the first point of a file, as in one of the quirky files collected.
#[test]
fn an_empty_point_marks_a_pause() {
    check_cleaned(
        track_short("0; 1 d=4; 2; 60; 61 d=8; 62"),
        "activity Other 0
         point 1 d=4
         pause 1..61
         point 61 d=8
         lap 0..61
         end",
    );
}

/// The timer ran on for two seconds; one near the next point says when that comes.
#[test]
fn a_single_empty_point_says_when_the_timer_stopped() {
    check_cleaned(
        track_short("0 d=0; 2; 60 d=4; 119; 120 d=8"),
        "activity Other 0
         point 0 d=0
         pause 2..60
         point 60 d=4
         pause 60..120
         point 120 d=8
         lap 0..120
         end",
    );
}

#[test]
fn a_gap_between_laps_is_a_pause_when_the_timer_stood_still() {
    let gap = |next: i64| {
        let second = format!("{next} d=8; {} d=12", next + 1);
        timed(0, 1, 4, &tracked("0 d=0; 1 d=4")) + &timed(next, 1, 4, &tracked(&second))
    };
    check_cleaned(
        activity(&gap(60)),
        "activity Other 0
         point 0 d=0
         point 1 d=4 v=4
         pause 1..60
         point 60 d=8
         lap 0..60 time=1 d=4
         point 61 d=12 v=4
         lap 60..61 time=1 d=4
         end",
    );
    check_cleaned(
        activity(&gap(2)),
        "activity Other 0
         point 0 d=0
         point 1 d=4 v=4
         point 2 d=8 v=4
         lap 0..2 time=1 d=4
         point 3 d=12 v=4
         lap 2..3 time=1 d=4
         end",
    );
}

/// Sparse points (Garmin's smart recording) leave gaps at the seams of laps that are no pauses.
#[test]
fn a_gap_between_laps_is_none_when_the_timer_ran() {
    let laps =
        timed(0, 10, 40, &tracked("0 d=0; 10 d=40")) + &timed(12, 10, 40, &tracked("25 d=80"));
    check_cleaned(
        activity(&laps),
        "activity Other 0
         point 0 d=0
         point 10 d=40 v=4
         lap 0..12 time=10 d=40
         point 25 d=80 v=2.666667
         lap 12..25 time=10 d=40
         end",
    );
}

/// A long stroke rate is not held through a hole.
#[test]
fn strokes_are_integrated_over_at_most_ten_seconds() {
    check_cleaned(
        track_short("0 cad=30; 100 cad=30; 102 cad=30"),
        "activity Other 0
         point 0 cad=30 n=0
         point 100 cad=30 n=5
         point 102 cad=30 n=6
         lap 0..102
         end",
    );
}

/// Coxswain without snapshots, and resting laps of Open Rowing Monitor.
#[test]
fn a_lap_without_points_is_kept_by_its_totals() {
    let laps =
        timed(0, 10, 40, "") + &timed(10, 20, 0, "") + &timed(30, 10, 40, &tracked("31 d=44"));
    check_cleaned(
        activity(&laps),
        "activity Other 0
         point 0 d=0
         point 10 d=40 v=4
         lap 0..10 time=10 d=40
         point 30 d=40 v=0
         lap 10..30 time=20 d=0
         point 31 d=44 v=4
         lap 30..31 time=10 d=40
         end
         repair line 7: lap without points, two made from its totals (2 times)",
    );
}

/// Coros repeats the whole track in every lap of a swim.
#[test]
fn laps_that_repeat_the_whole_track() {
    let track = tracked("0 d=0; 10 d=40; 20 d=80; 30 d=120");
    check_cleaned(
        activity(&(timed(0, 15, 60, &track) + &timed(15, 15, 60, &track))),
        "activity Other 0
         point 0 d=0
         point 10 d=40 v=4
         lap 0..15 time=15 d=60
         point 20 d=80 v=4
         point 30 d=120 v=4
         lap 15..30 time=15 d=60
         end
         repair line 8: points of equal time, merged (3 times)",
    );
}

#[test]
fn laps_of_no_length_are_left_out() {
    check_cleaned(
        activity(
            &(timed(0, 0, 0, "") + &timed(0, 1, 4, &tracked("0 d=0; 1 d=4")) + &timed(1, 0, 0, "")),
        ),
        "activity Other 0
         point 0 d=0
         point 1 d=4 v=4
         lap 0..1 time=1 d=4
         end",
    );
}

#[test]
fn swim_points_without_times_are_spread_over_their_lap() {
    let laps =
        timed(0, 60, 50, &tracked("- d=25; - d=50; -")) + &timed(60, 40, 25, &tracked("- d=75"));
    check_cleaned(
        activity(&laps),
        "activity Other 0
         point 30 d=25
         point 60 d=50 v=0.833333
         lap 0..60 time=60 d=50
         point 100 d=75 v=0.625
         lap 60..100 time=40 d=25
         end
         repair line 6: points without time, dropped
         repair line 7: lap whose points have no times, spread evenly (2 times)",
    );
}

#[test]
fn a_point_without_time_among_others_is_dropped() {
    check_cleaned(
        track_short("0 d=0; - d=4; 2 d=8"),
        "activity Other 0
         point 0 d=0
         point 2 d=8 v=4
         lap 0..2
         end
         repair line 9: points without time, dropped",
    );
}

#[test]
fn unparsable_lap_start_is_the_first_points_time() {
    let laps = lap(0, &tracked("5 d=4")).replace(&time(0), "+052870-03-11T09:39:10.000Z");
    check_cleaned(
        activity(&laps),
        "activity Other 5
         point 5 d=4
         lap 5..5
         end
         repair line 5: not a time, left out: `+052870-03-11T09:39:10.000Z`
         repair line 6: lap without start time, first point's taken",
    );
}

#[test]
fn lap_start_after_its_points_or_days_before_is_the_first_points_time() {
    for start in [100, -100_000] {
        check_cleaned(
            activity(&lap(start, &tracked("5 d=4"))),
            "activity Other 5
             point 5 d=4
             lap 5..5
             end
             repair line 6: lap start that its points contradict, first point's taken",
        );
    }
}

#[test]
fn absurd_lap_totals() {
    let totals = "<MaximumSpeed>53640.0</MaximumSpeed><Calories>547469</Calories>";
    check_cleaned(
        activity(&lap(0, &format!("{totals}{}", tracked("0 d=0")))),
        "activity Other 0
         point 0 d=0
         lap 0..0 kcal=547.469
         end
         repair line 7: calories too large, divided by 1,000
         repair line 7: absurd total of a lap, left out",
    );
}

#[test]
fn several_activities_are_separate() {
    let one = |sport: &str, start: i64| {
        let points = tracked(&format!("{start} d=0 cad=60; {} d=4 cad=60", start + 1));
        format!(
            "<Activity Sport=\"{sport}\"><Id>x</Id>{}</Activity>",
            lap(start, &points)
        )
    };
    check_cleaned(
        database(&format!(
            "{}<Activity Sport=\"Empty\"/>{}",
            one("Running", 100),
            one("Biking", 0)
        )),
        "activity Running 100
         point 100 d=0 cad=60 n=0
         point 101 d=4 cad=60 v=4 n=1
         lap 100..101
         end
         activity Biking 0
         point 0 d=0 cad=60 n=0
         point 1 d=4 cad=60 v=4 n=1
         lap 0..1
         end
         repair line 6: activity without points and totals, left out",
    );
}

#[test]
fn neither_points_nor_totals_is_an_error() {
    check_cleaned(
        activity(&lap(0, "<Track></Track>")),
        "repair line 8: activity without points and totals, left out
         error no trackpoint with a time and no lap with totals in the file (line 11, byte 245)",
    );
}

#[test]
fn an_error_comes_after_everything_before_it() {
    let file = track_short("0 d=0; 1 d=4; 2 d=8");
    let cut = file.find(&time(2)).unwrap();
    check_cleaned(
        &file[..cut],
        "activity Other 0
         point 0 d=0
         point 1 d=4 v=4
         error file ends too early: `Time` is still open (line 7, byte 380, in \
         TrainingCenterDatabase/Activities/Activity/Lap/Track/Trackpoint/Time)",
    );
}

#[test]
fn zones_are_kept() {
    let file = track(
        "<Trackpoint><Time>2024-01-01T02:00:00+02:00</Time><Cadence>1</Cadence></Trackpoint>",
    );
    check_cleaned(
        file.replace(
            "StartTime=\"2024-01-01T00:00:00Z\"",
            "StartTime=\"2024-01-01T02:00:00+02:00\"",
        ),
        "activity Other 0 zone=7200
         point 0 cad=1 n=0
         lap 0..0
         end",
    );
}

/// A file of one lap, starting at 0, of points in short.
fn track_short(short: &str) -> String {
    track(&crate::write::points(short))
}
