use expect_test::{Expect, expect};

use super::{items, run, show};

const KEYTEL: &str =
    r#"{"formula": "keytel", "weight": "60 kg", "sex": "female", "birth-year": 1996}"#;

fn check(settings: &str, text: &str, expect: Expect) {
    expect.assert_eq(&show(&run(settings, items(text))));
}

#[test]
fn a_sample_stands_for_the_time_before_it() {
    // 988.32 kcal/h at 200 W, 300 kcal/h at 0 W.
    check(
        "{}",
        "0=200 5=0 10=200",
        expect![[r#"
        samples 0 5 10
        total: 1.789333 kcal by concept2
    "#]],
    );
}

#[test]
fn time_before_the_first_sample_counts() {
    check(
        "{}",
        "4=200",
        expect![[r#"
        samples 4
        total: 1.098133 kcal by concept2
    "#]],
    );
}

#[test]
fn a_lap_ends_between_two_samples() {
    check(
        "{}",
        "0=0
         5=200
         lap 0 6
         empty
         10=0
         lap 6 10",
        expect![[r#"
            samples 0
            samples 5
            lap 0..6: 1.456 kcal
            samples
            samples 10
            lap 6..10: 0.333333 kcal
            total: 1.789333 kcal by concept2
        "#]],
    );
}

#[test]
fn several_laps_end_between_two_samples() {
    check(
        "{}",
        "0=200
         lap 0 1
         lap 1 1
         lap 1 4
         stop 4.5
         5=200
         lap 4 5",
        expect![[r#"
            samples 0
            lap 0..1: 0.274533 kcal
            lap 1..1: unknown
            lap 1..4: 0.8236 kcal
            stop 4.5
            samples 5
            lap 4..5: 0.137267 kcal
            total: 1.2354 kcal by concept2
        "#]],
    );
}

#[test]
fn pauses_do_not_count_and_gaps_count_ten_seconds() {
    check(
        "{}",
        "0=200
         stop 2
         start 60
         62=200
         lap 0 72
         162=200
         lap 72 162",
        expect![[r#"
            samples 0
            stop 2
            start 60
            samples 62
            lap 0..72: 1.372667 kcal
            samples 162
            lap 72..162: 2.4708 kcal
            total: 3.843467 kcal by concept2
        "#]],
    );
}

#[test]
fn without_power_nothing_counts() {
    check(
        "{}",
        "0=200 5=200
         lap 0 5
         10=- 15=-
         lap 5 15
         20=200
         lap 15 20",
        expect![[r#"
            samples 0 5
            lap 0..5: 1.372667 kcal
            samples 10 15
            lap 5..15: unknown
            samples 20
            lap 15..20: 1.372667 kcal
            total: 2.745333 kcal by concept2
        "#]],
    );
    check(
        "{}",
        "0=-,100 5=-,100\nlap 0 5 7",
        expect![[r#"
            samples 0 5
            lap 0..5: 7 kcal
            total: unknown by nothing
            warning: no calories: no sample has `power`, which the formula needs; `keytel` takes heart rate
        "#]],
    );
}

#[test]
fn keytel_does_not_go_below_the_rate_at_rest() {
    // 9.6 kcal/min at 150 bpm; 1 kcal/min with too low a heart rate or none.
    check(
        KEYTEL,
        "0=-,150 6=-,150 12=-,40 18=-,0 24=-,- 84=-,-",
        expect![[r#"
            samples 0 6 12 18 24 84
            total: 1.454234 kcal by keytel, 60 kg, female, 30 y
            warning: counted 0:28 at 1 kcal/kg/h, because the heart rate is missing or too low for the formula
        "#]],
    );
}

#[test]
fn met_counts_time() {
    check(
        r#"{"formula": "met", "met": 8.5, "weight": "80 kg"}"#,
        "0 5 10\nlap 0 10",
        expect![[r#"
            samples 0 5 10
            lap 0..10: 1.888889 kcal
            total: 1.888889 kcal by met 8.5, 80 kg
        "#]],
    );
}

#[test]
fn a_method_names_what_it_took() {
    check(
        r#"{"formula": "concept2-weight", "weight": "172 lb"}"#,
        "0=100",
        expect![[r#"
            samples 0
            total: unknown by nothing
            warning: no calories: no sample has `power`, which the formula needs; `keytel` takes heart rate
        "#]],
    );
    check(
        r#"{"formula": "concept2-weight", "weight": "78.5 kg"}"#,
        "1=100",
        expect![[r#"
            samples 1
            total: 0.177997 kcal by concept2-weight, 78.5 kg
        "#]],
    );
    check(
        KEYTEL,
        "1=-,100",
        expect![[r#"
        samples 1
        total: 0.075525 kcal by keytel, 60 kg, female, 30 y
    "#]],
    );
    check(
        r#"{"formula": "keytel-vo2max", "weight": "78 kg", "sex": "male", "birth-year": 2020, "vo2max": 45}"#,
        "1=-,150",
        expect![[r#"
            samples 1
            total: 0.198632 kcal by keytel-vo2max, 78 kg, male, 6 y, 45 ml/kg/min
            warning: the athlete is 6 years old in 2026: check `birth-year`, or the recorder's clock
        "#]],
    );
}
