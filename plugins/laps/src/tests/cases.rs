use super::{items, laps, run, show, show_lap};
use expect_test::{Expect, expect};
fn check(settings: &str, text: &str, expect: Expect) {
    expect.assert_eq(&show(&run(settings, items(text))));
}

#[test]
fn a_crossing_lies_between_two_samples() {
    check(
        "{}",
        "0=0 100=400 200=800 300=1000.5",
        expect![[r#"
        samples 0 100
        lap 0..125, distance: 125 s, 500 m
        samples 200
        samples 300
        lap 125..300, session_end: 175 s, 500.5 m
    "#]],
    );
}

#[test]
fn the_first_lap_starts_at_the_start_with_nothing() {
    check(
        "{}",
        "10=20 130=520",
        expect![[r#"
            samples 10
            lap 0..125.2, distance: 125.2 s, 500 m
            samples 130
            lap 125.2..130, session_end: 4.8 s, 20 m
        "#]],
    );
}

#[test]
fn one_step_may_hold_several_laps() {
    check(
        r#"{"every": "100 m"}"#,
        "0=0,0,100 10=350,35,200 20=400,40,100",
        expect![[r#"
            samples 0
            lap 0..2.857143, distance: 2.857143 s, 100 m, 10 strokes, 571.4286 J, 100 W at most
            lap 2.857143..5.714286, distance: 2.857143 s, 100 m, 10 strokes, 571.4286 J, 200 W at most
            lap 5.714286..8.571429, distance: 2.857143 s, 100 m, 10.000001 strokes, 571.4286 J, 200 W at most
            samples 10 20
            lap 8.571429..20, session_end: 11.428571 s, 100 m, 9.999999 strokes, 1285.7142 J, 200 W at most
        "#]],
    );
}

#[test]
fn the_sample_at_the_crossing_belongs_to_the_lap_that_ends() {
    check(
        "{}",
        "0=0 100=500 101=500 102=500 103=505 104=510",
        expect![[r#"
            samples 0 100
            lap 0..100, distance: 100 s, 500 m
            samples 101 102 103 104
            lap 100..104, session_end: 4 s, 10 m
        "#]],
    );
}

#[test]
fn samples_of_equal_time() {
    check(
        "{}",
        "0=0 100=400 100=600 100=1200 101=1204",
        expect![[r#"
            samples 0 100 100
            lap 0..100, distance: 100 s, 500 m
            samples 100
            lap 100..100, distance: 0 s, 500 m
            samples 101
            lap 100..101, session_end: 1 s, 204 m
        "#]],
    );
}

#[test]
fn a_remainder_is_a_lap_from_one_metre_on() {
    check(
        "{}",
        "0=0 100=500 101=500.9 101.5=501",
        expect![[r#"
            samples 0 100
            samples 101 101.5
            lap 0..101.5, session_end: 101.5 s, 501 m
        "#]],
    );
    check(
        "{}",
        "0=0 100=500 101=500.9 101.5=501.1",
        expect![[r#"
            samples 0 100
            lap 0..100, distance: 100 s, 500 m
            samples 101 101.5
            lap 100..101.5, session_end: 1.5 s, 1.1 m
        "#]],
    );
    check(
        r#"{"min-last": "50 m"}"#,
        "0=0 100=500 110=550
         stop 111
         start 140",
        expect![[r#"
            samples 0 100
            samples 110
            stop 111
            start 140
            lap 0..140, session_end: 111 s, 550 m
        "#]],
    );
}

#[test]
fn a_short_row_is_one_lap() {
    check(
        "{}",
        "0=0.5",
        expect![[r#"
        samples 0
        lap 0..0, session_end: 0 s, 0.5 m
    "#]],
    );
    check("{}", "", expect![[""]]);
    check(
        r#"{"every": "5 min"}"#,
        "0 10 20",
        expect![[r#"
        samples 0 10 20
        lap 0..20, session_end: 20 s
    "#]],
    );
    check(
        "{}",
        "0 10 20",
        expect![[r#"
        samples 0 10 20
        lap 0..20, session_end: 20 s
    "#]],
    );
}

#[test]
fn a_pause_takes_no_part() {
    check(
        "{}",
        "0=0,0 100=490,49
         stop 102
         start 162
         165=515,52 170=530,53",
        expect![[r#"
            samples 0 100
            stop 102
            start 162
            lap 0..102, distance: 102 s, 500 m, 50.2 strokes
            samples 165 170
            lap 102..170, session_end: 8 s, 30 m, 2.8 strokes
        "#]],
    );
}

#[test]
fn distance_during_a_pause_is_spread_over_it() {
    check(
        "{}",
        "0=0 100=490
         stop 100
         start 120
         120=510",
        expect![[r#"
            samples 0 100
            stop 100
            start 120
            lap 0..110, distance: 100 s, 500 m
            samples 120
            lap 110..120, session_end: 0 s, 10 m
        "#]],
    );
}

#[test]
fn time_laps_do_not_count_pauses() {
    check(
        r#"{"every": "1 min"}"#,
        "0=0,0 50=200,20
         stop 55
         start 85
         95=260,26 150=500,50
         stop 151
         start 400",
        expect![[r#"
            samples 0 50
            stop 55
            start 85
            lap 0..90, time: 60 s, 240 m, 24 strokes
            samples 95 150
            stop 151
            start 400
            lap 90..400, session_end: 61 s, 260 m, 26 strokes
        "#]],
    );
}

#[test]
fn a_pause_at_the_end_belongs_to_the_last_lap() {
    check(
        "{}",
        "0=0 100=300
         stop 101
         start 140",
        expect![[r#"
            samples 0 100
            stop 101
            start 140
            lap 0..140, session_end: 101 s, 300 m
        "#]],
    );
}

#[test]
fn distance_never_goes_back() {
    check(
        "{}",
        "0=0 100=400 101=0 102=390 200=600",
        expect![[r#"
            samples 0 100 101 102
            lap 0..151, distance: 151 s, 500 m
            samples 200
            lap 151..200, session_end: 49 s, 100 m
        "#]],
    );
}

#[test]
fn samples_without_distance_wait_for_the_next_one_with_it() {
    check(
        "{}",
        "0=0,0 100=400,40 110=-,44
         120=-,- 130=-,52 140=600,60 150=700,70
         160=-,-",
        expect![[r#"
            samples 0 100
            samples 110
            samples 120
            lap 0..120, distance: 120 s, 500 m, 48 strokes
            samples 130 140 150
            samples 160
            lap 120..160, session_end: 40 s, 200 m, 22 strokes
        "#]],
    );
    // Streams with several batches may name a column in some of them only.
    check(
        "{}",
        "0 10 20=10\n30 40\n50=600",
        expect![[r#"
        samples 0 10 20
        samples 30 40
        lap 0..44.915254, distance: 44.915254 s, 500 m
        samples 50
        lap 44.915254..50, session_end: 5.084746 s, 100 m
    "#]],
    );
}

#[test]
fn what_waits_is_limited() {
    // Nobody knows for how long: 5,000 samples without distance between two with it.
    let unknown = (1..=5000).fold(String::new(), |line, second| line + &format!("{second}=- "));
    let sent = run("{}", items(&format!("0=0\n{unknown}\n5001=600")));
    expect![[r#"
        lap 0..5000, distance: 5000 s, 500 m
        samples 5001
        lap 5000..5001, session_end: 1 s, 100 m
    "#]]
    .assert_eq(&show(&sent[2..]));
    // A rest just after a lap.
    let rest = (101..=5100).fold(String::new(), |lines, second| {
        lines + &format!("{second}=500.5\n")
    });
    let laps = laps(&run("{}", items(&format!("0=0 100=500\n{rest}"))));
    expect![[r#"
        lap 0..100, distance: 100 s, 500 m
        lap 100..5100, session_end: 5000 s, 0.5 m
    "#]]
    .assert_eq(&laps.iter().map(show_lap).collect::<String>());
}

#[test]
fn counters_are_read_off_between_the_samples() {
    check(
        "{}",
        "0=0,10,100,1 100=400,50,200,11 200=800,90,100,21",
        expect![[r#"
            samples 0 100
            lap 0..125, distance: 125 s, 500 m, 60 strokes, 13.5 kcal, 2250 J, 200 W at most
            samples 200
            lap 125..200, session_end: 75 s, 300 m, 30 strokes, 7.5 kcal, 750 J, 100 W at most
        "#]],
    );
    // Strokes that are not known right after the end of a lap.
    check(
        "{}",
        "0=0,0 100=400,50 200=800,- 300=900,90",
        expect![[r#"
            samples 0 100
            lap 0..125, distance: 125 s, 500 m, 50 strokes
            samples 200 300
            lap 125..300, session_end: 175 s, 400 m, 40 strokes
        "#]],
    );
}

#[test]
fn a_gap_counts_ten_seconds_shared_by_its_laps() {
    check(
        "{}",
        "0=0,0,100 100=1000,0,100",
        expect![[r#"
        samples 0
        lap 0..50, distance: 50 s, 500 m, 0 strokes, 500 J, 100 W at most
        samples 100
        lap 50..100, session_end: 50 s, 500 m, 0 strokes, 500 J, 100 W at most
    "#]],
    );
}

#[test]
fn a_jump_is_one_lap() {
    check(
        r#"{"every": "1 m"}"#,
        "0=0 1=0.5 2=5000.5 3=5001.2 4=1e300",
        expect![[r#"
            samples 0 1
            lap 0..1.9999, distance: 1.9999 s, 5000 m
            samples 2
            samples 3
            samples 4
            lap 1.9999..4, session_end: 2.0001 s, 1.2 m
        "#]],
    );
}

#[test]
fn laps_of_the_file_tell_what_no_sample_tells() {
    let lap = |start: &str, end: &str, totals: &str| {
        format!(
            r#"{{"lap":{{"start":"1970-01-01T00:{start}Z","end":"1970-01-01T00:{end}Z","trigger":"manual","totals":{totals}}}}}"#
        )
    };
    let first = lap(
        "00:00",
        "01:40",
        r#"{"timer_time":100,"distance":480,"max_power":250,"avg_heart_rate":140}"#,
    );
    let second = lap(
        "01:40",
        "03:20",
        r#"{"timer_time":100,"distance":500,"max_power":300}"#,
    );
    let text =
        |rows: [&str; 3]| format!("{}\n{first}\n{}\n{second}\n{}", rows[0], rows[1], rows[2]);
    check(
        r#"{"every": "file"}"#,
        &text(["0 100", "101 200", "201"]),
        expect![[r#"
            samples 0 100
            lap 0..100, manual: 100 s, 480 m, 250 W at most
            samples 101 200
            lap 100..200, manual: 100 s, 500 m, 300 W at most
            samples 201
            lap 200..201, session_end: 1 s
        "#]],
    );
    check(
        r#"{"every": "file"}"#,
        &text(["0 100", "101 200=990", "201=995"]),
        expect![[r#"
            samples 0 100
            lap 0..100, manual: 100 s, 495 m, 250 W at most
            samples 101 200
            lap 100..200, manual: 100 s, 495 m, 300 W at most
            samples 201
            lap 200..201, session_end: 1 s, 5 m
        "#]],
    );
    let rate = |rows: &str| {
        let items = items(&format!("{rows}\n{first}"));
        let laps = laps(&run(r#"{"every": "file"}"#, items));
        laps[0].totals.avg_heart_rate
    };
    assert!((rate("0 100") - 140.0).abs() < 1e-9);
}

#[test]
fn laps_of_the_file() {
    let lap = r#"{"lap":{"start":"1970-01-01T00:00:00Z","end":"1970-01-01T00:01:40Z","trigger":"manual","totals":{"timer_time":90,"distance":480}}}"#;
    let text = format!("0=0 100=490\n{lap}\n101=494 200=700");
    check(
        "{}",
        &text,
        expect![[r#"
            samples 0 100
            samples 101
            lap 0..103.883495, distance: 103.883495 s, 500 m
            samples 200
            lap 103.883495..200, session_end: 96.116505 s, 200 m
        "#]],
    );
    check(
        r#"{"every": "file"}"#,
        &text,
        expect![[r#"
            samples 0 100
            lap 0..100, manual: 100 s, 490 m
            samples 101 200
            lap 100..200, session_end: 100 s, 210 m
        "#]],
    );
    check(
        r#"{"every": "file"}"#,
        "0=0 100=490",
        expect![[r#"
        samples 0 100
        lap 0..100, session_end: 100 s, 490 m
    "#]],
    );
}
