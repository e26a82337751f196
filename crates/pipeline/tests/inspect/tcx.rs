//! TCX files.

use expect_test::{Expect, expect};

use crate::inspect;

/// Two laps with the file's own totals; the second point of the second lap has no usable time.
const ROW: &str = r#"<?xml version="1.0"?>
<TrainingCenterDatabase><Activities><Activity Sport="Other"><Id>2024-03-01T06:00:00Z</Id>
<Lap StartTime="2024-03-01T06:00:00+01:00"><TotalTimeSeconds>120</TotalTimeSeconds>
<DistanceMeters>500</DistanceMeters><Calories>20</Calories><Intensity>Active</Intensity>
<TriggerMethod>Distance</TriggerMethod><Track>
<Trackpoint><Time>2024-03-01T06:00:00+01:00</Time><DistanceMeters>0</DistanceMeters></Trackpoint>
<Trackpoint><Time>2024-03-01T06:02:00+01:00</Time><DistanceMeters>500</DistanceMeters></Trackpoint>
</Track></Lap>
<Lap StartTime="2024-03-01T06:02:00+01:00"><TotalTimeSeconds>60</TotalTimeSeconds>
<DistanceMeters>240</DistanceMeters><Calories>9</Calories><TriggerMethod>Manual</TriggerMethod><Track>
<Trackpoint><Time>2024-03-01T06:03:00+01:00</Time><DistanceMeters>740</DistanceMeters></Trackpoint>
<Trackpoint><Time>yesterday</Time><DistanceMeters>741</DistanceMeters></Trackpoint>
</Track></Lap><Notes>a
long &#x1b;[31mrow</Notes><Creator><Name>Erg</Name><UnitId>7</UnitId><Version><VersionMajor>1</VersionMajor>
<VersionMinor>2</VersionMinor></Version></Creator></Activity></Activities>
<Author><Name>Club</Name></Author></TrainingCenterDatabase>"#;

/// The same for a TCX text.
#[expect(clippy::needless_pass_by_value, reason = "reads better at the calls")]
fn check_tcx(arguments: &[&str], text: &str, expected: Expect) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("row.tcx"), text).unwrap();
    expected.assert_eq(&inspect(folder.path(), arguments, b""));
}

#[test]
fn tcx() {
    check_tcx(
        &["row.tcx"],
        ROW,
        expect![[r#"
        row.tcx: TCX, valid with 3 repairs, 1,181 bytes, 1 activity
          repair   line 12: not a time, left out: `yesterday`
          repair   line 13: points without time, dropped
          repair   line 13: control characters in a text, dropped: `a long &#x1b;[31mrow`
          written by  `Club`
          recorded by `Erg` 1.2 · serial 7
          start       2024-03-01 05:00:00 UTC · 2024-03-01 06:00:00 +01:00 local time
          sport       Other
          total       740 m · 3:00.0 · 2:01.6 /500 m
          calories    29 kcal
          points      3 · 3:00.0 · 740 m
          notes       `a long [31mrow`

          lap    time  distance  /500 m  kcal  trigger
            1  2:00.0   500.0 m  2:00.0    20  distance
            2  1:00.0   240.0 m  2:05.0     9  manual
        exit 0
    "#]],
    );
    check_tcx(
        &["--json", "row.tcx"],
        ROW,
        expect![[r#"
        {"v":1,"type":"inspect","file":"row.tcx","format":"tcx","verdict":"valid","size":1181,"problems":[{"severity":"repair","offset":843,"line":12,"message":"not a time, left out: `yesterday`","count":1},{"severity":"repair","offset":929,"line":13,"message":"points without time, dropped","count":1},{"severity":"repair","offset":929,"line":13,"message":"control characters in a text, dropped: `a long &#x1b;[31mrow`","count":1}],"author":{"name":"Club","version":null,"serial_number":null},"activities":[{"elapsed_time":null,"timer_time":180,"distance":740,"cycles":null,"cycle_length":null,"calories":29,"work":null,"avg_speed":null,"max_speed":null,"avg_heart_rate":null,"max_heart_rate":null,"avg_cadence":null,"max_cadence":null,"avg_power":null,"max_power":null,"start":"2024-03-01T05:00:00Z","id":"2024-03-01T06:00:00Z","sport":"Other","utc_offset":3600,"points":3,"points_end":"2024-03-01T05:03:00Z","points_distance":740,"creator":{"name":"Erg","version":"1.2","serial_number":7},"notes":"a\nlong [31mrow","plan":null,"laps":[{"elapsed_time":null,"timer_time":120,"distance":500,"cycles":null,"cycle_length":null,"calories":20,"work":null,"avg_speed":null,"max_speed":null,"avg_heart_rate":null,"max_heart_rate":null,"avg_cadence":null,"max_cadence":null,"avg_power":null,"max_power":null,"start":"2024-03-01T05:00:00Z","index":0,"sport":null,"sub_sport":null,"trigger":"distance","intensity":"active","heart_rate_zones":null},{"elapsed_time":null,"timer_time":60,"distance":240,"cycles":null,"cycle_length":null,"calories":9,"work":null,"avg_speed":null,"max_speed":null,"avg_heart_rate":null,"max_heart_rate":null,"avg_cadence":null,"max_cadence":null,"avg_power":null,"max_power":null,"start":"2024-03-01T05:02:00Z","index":1,"sport":null,"sub_sport":null,"trigger":"manual","intensity":null,"heart_rate_zones":null}]}]}
        exit 0
    "#]],
    );
}

#[test]
fn tcx_that_breaks_off() {
    let (half, _) = ROW.split_once("<DistanceMeters>740").unwrap();
    check_tcx(
        &["row.tcx"],
        half,
        expect![[r#"
        row.tcx: TCX, damaged: 1 error, 781 bytes, 1 activity
          error    line 11: file ends too early: `Trackpoint` is still open, in `TrainingCenterDatabase/Activities/Activity/Lap/Track/Trackpoint`
          start       2024-03-01 05:00:00 UTC · 2024-03-01 06:00:00 +01:00 local time
          sport       Other
          total       500 m · 2:00.0 · 2:00.0 /500 m
          calories    20 kcal
          points      2 · 2:00.0 · 500 m

          lap    time  distance  /500 m  kcal  trigger
            1  2:00.0   500.0 m  2:00.0    20  distance
        exit 3
    "#]],
    );
    check_tcx(
        &["row.tcx"],
        "a shopping list",
        expect![[r#"
        row.tcx: TCX, unreadable: 1 error, 15 bytes, 0 activities
          error    line 1: not XML: no `<` in it
        exit 1
    "#]],
    );
    check_tcx(
        &["row.tcx", "--messages"],
        ROW,
        expect![[r#"
            error: row.tcx: a TCX file has no messages
            help: `--messages` is for FIT files; leave it away
            exit 1
        "#]],
    );
}
