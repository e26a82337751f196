use expect_test::{Expect, expect};
use pipeline_plugin::testing::{self, Warnings};
use pipeline_plugin::units::Beats;
use pipeline_plugin::{Athlete, Header, Place, Timestamp, TransformPlugin, schema_of};

use crate::{Zones, plugin};

fn check_with(settings: &str, place: &Place, expect: Expect) {
    let check = |zones: &Zones| zones.check(place);
    expect.assert_eq(&testing::problems(settings, check));
}

fn check(settings: &str, expect: Expect) {
    check_with(settings, &Place::default(), expect);
}

fn place(athlete: Athlete, after: &[&str]) -> Place {
    Place {
        athlete,
        after: after.iter().map(|name| (*name).to_owned()).collect(),
        ..Place::default()
    }
}

/// The zones of a stream of 2026, with what the transform warns of.
fn zones(settings: &str, athlete: Athlete) -> String {
    let zones: Zones = testing::settings(settings).unwrap();
    let mut header = Header {
        start: Timestamp::parse("2026-07-01T06:00:00Z").unwrap(),
        athlete,
        ..Header::default()
    };
    let warnings = Warnings::default();
    let text = match zones.open(&mut header, &warnings.context()) {
        Ok(_) => serde_json::to_string(&header.zones).unwrap(),
        Err(error) => format!("{error} ({})", error.help().unwrap_or_default()),
    };
    let warnings = warnings.messages().join("\n");
    format!("{text}\n{warnings}")
}

#[test]
fn a_method_says_what_it_needs() {
    check(
        "{}",
        expect![[r#"
        method: `hr-zones` needs `max` for `percent-max` (set `max` here, or `max-hr` or `birth-year` under `athlete:`)
    "#]],
    );
    check(r#"{"max": "185 bpm"}"#, expect![[""]]);
    check(
        r#"{"method": "hrr"}"#,
        expect![[r#"
        method: `hr-zones` needs `max` for `hrr` (set `max` here, or `max-hr` or `birth-year` under `athlete:`)
        method: `hr-zones` needs `resting` for `hrr` (set `resting` here, or `resting-hr` under `athlete:`)
    "#]],
    );
    check(
        r#"{"method": "lthr"}"#,
        expect![[r#"
        method: `hr-zones` needs `threshold` for `lthr` (set `threshold` here, or `threshold-hr` under `athlete:`)
    "#]],
    );
    check(
        r#"{"method": "custom"}"#,
        expect![[r#"
        method: `hr-zones` needs `bounds` for `custom` (write for example `bounds: [95 bpm, 114 bpm, 133 bpm, 152 bpm, 171 bpm, 190 bpm]`)
    "#]],
    );
    let athlete = Athlete {
        birth_year: Some(1986),
        resting_hr: Some(Beats::new(50.0)),
        ..Athlete::default()
    };
    let place = place(athlete, &["calories", "fit"]);
    check_with(r#"{"method": "hrr"}"#, &place, expect![[""]]);
}

#[test]
fn settings_say_what_to_write() {
    check(
        r#"{"max": "185"}"#,
        expect![[r#"
        max: the unit is missing: write `185 bpm`
    "#]],
    );
    check(
        r#"{"max": "18 bpm"}"#,
        expect![[r#"
        max: 18 bpm is no plausible heart rate (write one from 20 bpm to 250 bpm)
    "#]],
    );
    check(
        r#"{"max": "185 bpm", "method": "max"}"#,
        expect![[r#"
        method: unknown variant `max`, expected one of `percent-max`, `hrr`, `lthr`, `custom`
    "#]],
    );
    check(
        r#"{"method": "hrr", "max": "60 bpm", "resting": "55 bpm"}"#,
        expect![[r#"
            method: a heart rate of 60 bpm at most and 55 bpm at rest leaves no zones (check both)
        "#]],
    );
    check(
        r#"{"max": "185 bpm", "bounds": ["100 bpm", "120 bpm"]}"#,
        expect![[r#"
            bounds: `bounds` has no use with `percent-max` (write `method: custom`, or leave `bounds` away)
        "#]],
    );
    let custom = |bounds: &str| format!(r#"{{"method": "custom", "bounds": [{bounds}]}}"#);
    check(
        &custom(r#""100 bpm""#),
        expect![[r#"
        bounds: `bounds` makes no zone (write where zone 1 begins and where it ends, at least)
    "#]],
    );
    check(
        &custom(r#""100 bpm", "100 bpm", "120 bpm""#),
        expect![[r#"
        bounds: `bounds` does not rise from one to the next (write the lowest first, and each once)
    "#]],
    );
    check(
        &custom(r#""100 bpm", "120 bpm", "300 bpm""#),
        expect![[r#"
        bounds: 300 bpm is no plausible heart rate (write one from 20 bpm to 250 bpm)
    "#]],
    );
    check(
        &custom(r#""100 bpm", "120""#),
        expect![[r#"
        bounds.1: the unit is missing: write `120 bpm`
    "#]],
    );
}

#[test]
fn the_order_of_stages_matters() {
    let place = place(Athlete::default(), &["laps", "fit"]);
    check_with(
        r#"{"max": "185 bpm"}"#,
        &place,
        expect![[r#"
        : `hr-zones` stands before `laps`: the new laps would have no times in zones (move `hr-zones` after `laps`)
    "#]],
    );
}

#[test]
fn zones_stand_in_the_header() {
    let athlete = Athlete {
        birth_year: Some(1986),
        max_hr: Some(Beats::new(180.0)),
        threshold_hr: Some(Beats::new(160.0)),
        ..Athlete::default()
    };
    expect![[r#"
        {"method":"percent_max_hr","bounds":[95.0,114.0,133.0,152.0,171.0,190.0],"max":190.0,"resting":null,"threshold":160.0}
    "#]].assert_eq(&zones(r#"{"max": "190 bpm"}"#, athlete.clone()));
    expect![[r#"
        {"method":"percent_lthr","bounds":[104.0,128.0,142.0,152.0,160.0,184.0],"max":180.0,"resting":null,"threshold":160.0}
    "#]].assert_eq(&zones(r#"{"method": "lthr"}"#, athlete.clone()));
    expect![[r#"
        {"method":"custom","bounds":[100.0,119.5],"max":180.0,"resting":null,"threshold":160.0}
    "#]]
    .assert_eq(&zones(
        r#"{"method": "custom", "bounds": ["100 bpm", "119.5 bpm"]}"#,
        athlete,
    ));
}

#[test]
fn the_highest_heart_rate_may_come_from_the_age() {
    let born = |birth_year| Athlete {
        birth_year,
        ..Athlete::default()
    };
    expect![[r#"
        {"method":"percent_max_hr","bounds":[90.0,108.0,126.0,144.0,162.0,180.0],"max":180.0,"resting":null,"threshold":null}
        took 180 bpm as the highest heart rate, from the age of 40 years (208 - 0.7 * age); set `max` for better zones"#]].assert_eq(&zones("{}", born(Some(1986))));
    expect![[r#"
        the activity is of 2026, before the athlete was born (check `birth-year`, or the clock of the recorder)
    "#]].assert_eq(&zones("{}", born(Some(2030))));
    expect![[r#"
        `hr-zones` needs `max` for `percent-max` (set `max` here, or `max-hr` or `birth-year` under `athlete:`)
    "#]].assert_eq(&zones("{}", born(None)));
}

#[test]
fn the_schema_describes_the_settings() {
    let schema = schema_of::<Zones>();
    let options = schema["properties"].as_object().unwrap();
    let rows = options.iter().map(|(name, option)| {
        let value = |key: &str| option.get(key).map(|value| format!(" {key} {value}"));
        let known = ["type", "format", "default", "items", "examples"];
        let known: String = known.into_iter().filter_map(value).collect();
        format!("{name}:{known}\n")
    });
    expect![[r#"
        method: default "percent-max"
        max: type ["string","null"] format "heart-rate" examples ["185 bpm"]
        resting: type ["string","null"] format "heart-rate" examples ["185 bpm"]
        threshold: type ["string","null"] format "heart-rate" examples ["185 bpm"]
        bounds: type ["array","null"] items {"type":"string","format":"heart-rate","examples":["185 bpm"]} examples [["95 bpm","114 bpm","133 bpm","152 bpm","171 bpm","190 bpm"]]
    "#]].assert_eq(&rows.collect::<String>());
    assert_eq!(plugin().name, "hr-zones");
}
