use expect_test::{Expect, expect};
use pipeline_plugin::{Place, TransformPlugin, schema_of, testing};

use crate::{Laps, plugin};

fn check(settings: &str, expect: Expect) {
    let check = |laps: &Laps| laps.check(&Place::default());
    expect.assert_eq(&testing::problems(settings, check));
}

#[test]
fn settings_say_what_to_write() {
    check(r#"{"every": "2 km", "min-last": "10 m"}"#, expect![[""]]);
    check(r#"{"every": "file"}"#, expect![[""]]);
    check(
        r#"{"every": "500"}"#,
        expect![[r#"
        every: the unit is missing: write `500 m` or `500 s`
    "#]],
    );
    check(
        r#"{"every": "0 m"}"#,
        expect![[r#"
        every: `0 m` is too short for a lap: write at least `1 m` or `1 s`
    "#]],
    );
    check(
        r#"{"every": "1e9 km"}"#,
        expect![[r#"
        every: `1e9 km` is too long for a lap: write at most `1000000 km`
    "#]],
    );
    check(
        r#"{"every": "50 d"}"#,
        expect![[r#"
        every: `50 d` is too long for a lap: write at most `49 d`
    "#]],
    );
    check(r#"{"every": "49 d"}"#, expect![[""]]);
    check(r#"{"every": "1000000 km"}"#, expect![[""]]);
    check(
        r#"{"every": "files"}"#,
        expect![[r#"
        every: `files` is no quantity: write for example `500 m` or `5 min`, or `file` to keep the file's laps
    "#]],
    );
    check(
        r#"{"every": "5 kg"}"#,
        expect![[r#"
        every: unknown unit `kg`; write one of m, km, cm, mi, yd, ft, s, min, h, ms, d
    "#]],
    );
    check(
        r#"{"evry": "5 km"}"#,
        expect![[r#"
        evry: unknown field `evry`, expected `every` or `min-last`
    "#]],
    );
    check(
        r#"{"min-last": "1 s"}"#,
        expect![[r#"
        min-last: `1 s` can't be compared with laps of `500 m` (write a distance such as `1 m`)
    "#]],
    );
    check(
        r#"{"every": "5 min", "min-last": "1 m"}"#,
        expect![[r#"
        min-last: `1 m` can't be compared with laps of `300 s` (write a time such as `1 s`)
    "#]],
    );
    check(
        r#"{"min-last": "500 m"}"#,
        expect![[r#"
        min-last: `500 m` is not shorter than a lap of `500 m` (write less than the length of a lap)
    "#]],
    );
    check(
        r#"{"every": "file", "min-last": "1 m"}"#,
        expect![[r#"
        min-last: `min-last` has no use with `every: file` (leave it away)
    "#]],
    );
}

#[test]
fn the_schema_describes_the_settings() {
    let schema = serde_json::to_string_pretty(&schema_of::<Laps>()).unwrap();
    expect![[r#"
        {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "every": {
              "anyOf": [
                {
                  "type": "string",
                  "format": "length|time",
                  "examples": [
                    "500 m",
                    "5 min"
                  ]
                },
                {
                  "type": "string",
                  "const": "file",
                  "description": "Where the file's laps end."
                }
              ],
              "examples": [
                "500 m",
                "2 km",
                "5 min",
                "file"
              ],
              "description": "How long a lap is: a distance (`500 m`), a time with the timer running (`5 min`), or\n`file` to end laps where those of the file end.",
              "default": "500 m"
            },
            "min-last": {
              "type": [
                "string",
                "null"
              ],
              "format": "length|time",
              "examples": [
                "1 m",
                "30 s"
              ],
              "description": "How much has to be left after the last full lap to be a lap of its own; less is added to\nthe last lap. `1 m` unless given, or `1 s` with laps by time."
            }
          },
          "description": "Starts a new lap every distance or time.",
          "title": "Laps"
        }"#]].assert_eq(&schema);
    assert_eq!(plugin().name, "laps");
}
