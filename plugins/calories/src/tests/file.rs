//! The formula `file`.

use expect_test::{Expect, expect};

use super::{items, run, show};

fn check(text: &str, expect: Expect) {
    expect.assert_eq(&show(&run(r#"{"formula": "file"}"#, items(text))));
}

#[test]
fn laps_with_calories_keep_them() {
    check(
        "0=200
         5=200
         lap 0 5 3
         10=200
         lap 5 10 4
         meta 8",
        expect![[r#"
            samples 0
            samples 5
            lap 0..5: 3 kcal
            samples 10
            {"event":{"meta":{"calories":8.0}}}
            lap 5..10: 4 kcal
            total: 8 kcal by file
        "#]],
    );
    check(
        "5=200\nlap 0 5 3\n10=200\nlap 5 10 4",
        expect![[r#"
        samples 5
        lap 0..5: 3 kcal
        samples 10
        lap 5..10: 4 kcal
        total: 7 kcal by file
    "#]],
    );
}

#[test]
fn laps_without_calories_share_the_total_by_power() {
    check(
        "meta 100
         0=0
         5=0
         lap 0 5
         10=200
         lap 5 10",
        expect![[r#"
            {"event":{"meta":{"calories":100.0}}}
            samples 0
            samples 5
            samples 10
            lap 0..5: 23.28614 kcal
            lap 5..10: 76.71386 kcal
            total: 100 kcal by file
        "#]],
    );
}

#[test]
fn laps_without_calories_share_the_total_by_time() {
    check(
        "0
         6
         lap 0 6
         10
         lap 6 10
         meta 50",
        expect![[r#"
            samples 0
            samples 6
            samples 10
            {"event":{"meta":{"calories":50.0}}}
            lap 0..6: 30 kcal
            lap 6..10: 20 kcal
            total: 50 kcal by file
        "#]],
    );
}

#[test]
fn laps_without_calories_share_what_the_others_leave() {
    check(
        "0 5
         lap 0 5 10
         10
         lap 5 10
         15
         lap 10 15 20
         20
         lap 15 20
         meta 50",
        expect![[r#"
            samples 0 5
            lap 0..5: 10 kcal
            samples 10
            samples 15
            samples 20
            {"event":{"meta":{"calories":50.0}}}
            lap 5..10: 10 kcal
            lap 10..15: 20 kcal
            lap 15..20: 10 kcal
            total: 50 kcal by file
        "#]],
    );
}

#[test]
fn a_file_may_say_nothing() {
    check(
        "0=100 5=100\nlap 0 5",
        expect![[r#"
        samples 0 5
        lap 0..5: unknown
        total: unknown by nothing
        warning: the file says nothing about calories
    "#]],
    );
    check(
        "0=100 5=100\nlap 0 5 4\n10=100\nlap 5 10",
        expect![[r#"
        samples 0 5
        lap 0..5: 4 kcal
        samples 10
        lap 5..10: unknown
        total: 4 kcal by file
    "#]],
    );
}
