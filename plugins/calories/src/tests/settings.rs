use expect_test::{Expect, expect};
use pipeline_plugin::units::Mass;
use pipeline_plugin::{Athlete, Context, Header, Place, TransformPlugin, schema_of, testing};

use crate::{Calories, plugin};

fn check_at(settings: &str, place: &Place, expect: Expect) {
    let check = |calories: &Calories| calories.check(place);
    expect.assert_eq(&testing::problems(settings, check));
}

fn check(settings: &str, expect: Expect) {
    check_at(settings, &Place::default(), expect);
}

#[test]
fn a_formula_says_what_it_needs() {
    check("{}", expect![[""]]);
    check(r#"{"formula": "file"}"#, expect![[""]]);
    check(
        r#"{"formula": "met"}"#,
        expect![[r#"
        formula: `calories` needs `weight` for `met` (set `weight` here or under `athlete:`)
    "#]],
    );
    check(
        r#"{"formula": "concept2-weight"}"#,
        expect![[r#"
        formula: `calories` needs `weight` for `concept2-weight` (set `weight` here or under `athlete:`)
    "#]],
    );
    check(
        r#"{"formula": "keytel-vo2max", "sex": "female"}"#,
        expect![[r#"
            formula: `calories` needs `weight` for `keytel-vo2max` (set `weight` here or under `athlete:`)
            formula: `calories` needs `birth-year` for `keytel-vo2max` (set `birth-year` here or under `athlete:`)
            formula: `calories` needs `vo2max` for `keytel-vo2max` (set `vo2max` here or under `athlete:`)
        "#]],
    );
    let athlete = Athlete {
        weight: Some(Mass::new(78.0)),
        birth_year: Some(1987),
        ..Athlete::default()
    };
    let place = Place {
        athlete,
        ..Place::default()
    };
    check_at(
        r#"{"formula": "keytel"}"#,
        &place,
        expect![[r#"
        formula: `calories` needs `sex` for `keytel` (set `sex` here or under `athlete:`)
    "#]],
    );
}

#[test]
fn settings_say_what_to_write() {
    check(
        r#"{"formula": "concept"}"#,
        expect![[r#"
        formula: unknown variant `concept`, expected one of `concept2`, `concept2-weight`, `keytel`, `keytel-vo2max`, `met`, `file`
    "#]],
    );
    check(
        r#"{"weight": "78"}"#,
        expect![[r#"
        weight: the unit is missing: write `78 kg`
    "#]],
    );
    check(
        r#"{"formula": "met", "weight": "7 kg"}"#,
        expect![[r#"
            weight: 7 kg is no plausible weight (write a weight from 20 kg to 400 kg)
        "#]],
    );
}

#[test]
fn what_the_formula_takes_no_notice_of_is_said() {
    check(
        r#"{"weight": "78 kg"}"#,
        expect![[r#"
        weight: `weight` has no use with `concept2` (write `formula: concept2-weight`, or leave `weight` away)
    "#]],
    );
    check(
        r#"{"formula": "concept2-weight", "weight": "78 kg", "sex": "male", "vo2max": 45}"#,
        expect![[r#"
        sex: `sex` has no use with `concept2-weight` (write it under `athlete:`, or leave `sex` away)
        vo2max: `vo2max` has no use with `concept2-weight` (write it under `athlete:`, or leave `vo2max` away)
    "#]],
    );
    check(
        r#"{"formula": "keytel", "weight": "78 kg", "sex": "male", "birth-year": 1980}"#,
        expect![[""]],
    );
}

#[test]
fn the_order_of_stages_matters() {
    let place = |after: &[&str]| Place {
        after: after.iter().map(|name| (*name).to_owned()).collect(),
        ..Place::default()
    };
    check_at("{}", &place(&["hr-zones", "fit"]), expect![[""]]);
    check_at(
        "{}",
        &place(&["laps", "fit"]),
        expect![[r#"
        : `calories` stands before `laps`: the new laps would have none (move `calories` after `laps`)
    "#]],
    );
    let file = r#"{"formula": "file"}"#;
    check_at(
        file,
        &place(&["hr-zones", "fit"]),
        expect![[r#"
        formula: `file` sends laps at the end only, too late for `hr-zones` (move `calories` after `hr-zones`)
    "#]],
    );
}

#[test]
fn a_stream_may_lack_what_the_check_found() {
    let open = |settings: &str, birth_year| {
        let calories: Calories = testing::settings(settings).unwrap();
        let mut header = Header::default();
        header.athlete.birth_year = birth_year;
        match calories.open(&mut header, &Context::detached()) {
            Ok(_) => "fine".to_owned(),
            Err(error) => format!("{error} ({})", error.help().unwrap_or_default()),
        }
    };
    let settings = r#"{"formula": "keytel", "sex": "male", "weight": "78 kg"}"#;
    expect![
        "`calories` needs `birth-year` for `keytel` (set `birth-year` here or under `athlete:`)"
    ]
    .assert_eq(&open(settings, None));
    // The stream is of 1970.
    expect!["the activity is of 1970, before the athlete was born (check `birth-year`, or the clock of the recorder)"].assert_eq(&open(settings, Some(1993)));
}

#[test]
fn the_schema_describes_the_settings() {
    let schema = schema_of::<Calories>();
    let options = schema["properties"].as_object().unwrap();
    let rows = options.iter().map(|(name, option)| {
        let value = |key: &str| option.get(key).map(|value| format!(" {key} {value}"));
        let known = ["type", "format", "default", "minimum", "maximum"];
        let known: String = known.into_iter().filter_map(value).collect();
        format!("{name}:{known}\n")
    });
    expect![[r#"
        formula: default "concept2"
        weight: type ["string","null"] format "mass"
        sex:
        birth-year: type ["integer","null"] format "uint16" minimum 1900 maximum 2100
        vo2max: type ["number","null"] format "double" minimum 5 maximum 100
        met: type "number" format "double" default 7.0 minimum 0.5 maximum 30
    "#]]
    .assert_eq(&rows.collect::<String>());
    assert_eq!(plugin().name, "calories");
}
