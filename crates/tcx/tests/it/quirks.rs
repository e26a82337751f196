//! One test per quirk of reference B1 to B4, named after it. All files are made up here.

use crate::tell::{check, check_points, check_strict};
use crate::write::{activity, database, lap, point, time, track, tracked};

/// The exact shape of a Coxswain export (reference B1), with one point.
const COXSWAIN: &str = "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\r
<TrainingCenterDatabase xmlns=\"http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2\">\r
  <Activities>\r
    <Activity Sport=\"Other\">\r
      <Id>2024-01-01T00:00:00.000Z</Id>\r
      <Lap StartTime=\"2024-01-01T00:00:00.000Z\">\r
        <TotalTimeSeconds>1</TotalTimeSeconds>\r
        <DistanceMeters>3</DistanceMeters>\r
        <Calories>7</Calories>\r
        <Intensity>Active</Intensity>\r
        <TriggerMethod>Manual</TriggerMethod>\r
        <Track>\r
          <Trackpoint>\r
            <Time>2024-01-01T00:00:00.000Z</Time>\r
            <Position>\r
              <LatitudeDegrees>0.0</LatitudeDegrees>\r
              <LongitudeDegrees>0.0</LongitudeDegrees>\r
            </Position>\r
            <DistanceMeters>3</DistanceMeters>\r
            <HeartRateBpm>\r
              <Value>0</Value>\r
            </HeartRateBpm>\r
            <Cadence>24</Cadence>\r
            <Extensions>\r
              <TPX xmlns=\"http://www.garmin.com/xmlschemas/ActivityExtension/v2\">\r
                <Speed>3.92</Speed>\r
                <Watts>168</Watts>\r
              </TPX>\r
            </Extensions>\r
          </Trackpoint>\r
        </Track>\r
        <Extensions>\r
          <LX xmlns=\"http://www.garmin.com/xmlschemas/ActivityExtension/v2\">\r
            <Steps>1</Steps>\r
          </LX>\r
        </Extensions>\r
      </Lap>\r
      <Notes>Created by Coxswain</Notes>\r
      <Training VirtualPartner=\"true\">\r
        <Plan Type=\"Workout\" IntervalWorkout=\"true\">\r
          <Name>10000 m</Name>\r
        </Plan>\r
      </Training>\r
    </Activity>\r
  </Activities>\r
</TrainingCenterDatabase>";

const COXSWAIN_TOLD: &str = "
    activity Other id=2024-01-01T00:00:00.000Z
    lap 0
    track
    point 0 lat=0 lon=0 d=3 cad=24 v=3.92 w=168
    lap-end time=1 d=3 kcal=7 steps=1 Active Manual
    end notes=Created by Coxswain plan=10000 m";

#[test]
fn coxswain_export() {
    check(COXSWAIN, COXSWAIN_TOLD);
}

#[test]
fn coxswain_without_belt_writes_heart_rate_zero_which_needs_no_repair() {
    check_strict(COXSWAIN, COXSWAIN_TOLD.trim().lines().last().unwrap());
}

#[test]
fn whole_file_on_one_line() {
    let line: String = COXSWAIN.lines().map(str::trim).collect();
    check(line, COXSWAIN_TOLD);
}

#[test]
fn leading_spaces_before_the_declaration() {
    check(format!("   \r\n  {COXSWAIN}"), COXSWAIN_TOLD);
}

#[test]
fn byte_order_mark() {
    check(format!("\u{feff}{COXSWAIN}"), COXSWAIN_TOLD);
}

#[test]
fn no_declaration() {
    check(COXSWAIN.split_once("?>").unwrap().1, COXSWAIN_TOLD);
}

#[test]
fn comments_and_instructions_anywhere() {
    let file = COXSWAIN.replace('>', "><!-- a <b> --><?c d?>").replacen(
        "?><!-- a <b> --><?c d?>",
        "?>",
        1,
    );
    check(file, COXSWAIN_TOLD);
}

#[test]
fn any_prefix() {
    let file = COXSWAIN
        .replace("</", "\0")
        .replace('<', "<ns2:")
        .replace('\0', "</ns2:");
    let file = file.replace("<ns2:?", "<?");
    check(file, COXSWAIN_TOLD);
}

#[test]
fn extension_prefixes() {
    for prefix in ["ns2:", "ns3:", "ax:", ""] {
        let extension = format!(
            "<Extensions><{prefix}TPX><{prefix}Speed>4.5</{prefix}Speed>\
             <{prefix}Watts>200</{prefix}Watts></{prefix}TPX></Extensions>"
        );
        check_points(point(&extension), "point 0 v=4.5 w=200");
    }
}

#[test]
fn unbound_prefix() {
    let creator = "<Creator xsi:type=\"Device_t\"><Name>Venu</Name></Creator>";
    check(
        activity(&format!("{}{creator}", lap(0, ""))),
        "activity Other id=2024-01-01T00:00:00Z
         lap 0
         lap-end
         end creator=Venu/-/-/-/-",
    );
}

#[test]
fn watts_without_tpx_or_extensions() {
    check_points(
        point("<Extensions><Watts>200</Watts></Extensions>"),
        "point 0 w=200",
    );
    check_points(point("<Watts>200</Watts>"), "point 0 w=200");
}

#[test]
fn unknown_elements_are_skipped_with_all_they_hold() {
    let unknown =
        "<Wind><Speed>9</Speed><Time>noon</Time>text</Wind><SensorState>Present</SensorState>";
    check_points(
        point(&format!("{unknown}<Cadence>20</Cadence>")),
        "point 0 cad=20",
    );
}

#[test]
fn child_order_is_free() {
    let xml = "<Trackpoint><Extensions><TPX><Watts>9</Watts></TPX></Extensions><HeartRateBpm>\
               <Value>90</Value></HeartRateBpm><DistanceMeters>5</DistanceMeters><Time>2024-01-01T00:00:00Z\
               </Time></Trackpoint>";
    check_points(track(xml), "point 0 d=5 hr=90 w=9");
}

#[test]
fn lap_facts_after_the_track_and_notes_before_the_laps() {
    let totals = "<Track/><TotalTimeSeconds>9</TotalTimeSeconds><Notes>short</Notes>";
    check(
        activity(&format!("<Notes>windy</Notes>{}", lap(0, totals))),
        "activity Other id=2024-01-01T00:00:00Z
         lap 0
         track
         lap-end time=9 notes=short
         end notes=windy",
    );
}

#[test]
fn all_lap_totals() {
    let totals = "<TotalTimeSeconds>9.5</TotalTimeSeconds><DistanceMeters>30</DistanceMeters>\
        <MaximumSpeed>5.5</MaximumSpeed><Calories>19.8</Calories>\
        <AverageHeartRateBpm xsi:type=\"H\"><Value>140</Value></AverageHeartRateBpm>\
        <MaximumHeartRateBpm><Value>150</Value></MaximumHeartRateBpm><Intensity>Resting</Intensity>\
        <Cadence>24</Cadence><TriggerMethod>Distance</TriggerMethod><Extensions><ns3:LX>\
        <ns3:AvgSpeed>3.1</ns3:AvgSpeed><ns3:MaxBikeCadence>30</ns3:MaxBikeCadence><ns3:Steps>4</ns3:Steps>\
        <ns3:AvgWatts>90</ns3:AvgWatts><ns3:MaxWatts>161</ns3:MaxWatts></ns3:LX></Extensions>";
    check(
        activity(&lap(0, totals)),
        "activity Other id=2024-01-01T00:00:00Z
         lap 0
         lap-end time=9.5 d=30 vmax=5.5 v=3.1 kcal=19.8 hr=140 hrmax=150 cad=24 cadmax=30 steps=4 w=90 wmax=161 Resting Distance
         end",
    );
}

/// Open Rowing Monitor.
#[test]
fn average_heart_rate_as_bare_text() {
    let totals = "<AverageHeartRateBpm>140</AverageHeartRateBpm><MaximumHeartRateBpm xsi:type=\"H\">\
                  150</MaximumHeartRateBpm>";
    check(
        activity(&lap(0, totals)),
        "activity Other id=2024-01-01T00:00:00Z
         lap 0
         lap-end hr=140 hrmax=150
         end",
    );
}

/// Open Rowing Monitor puts the author inside the activity; others after all of them.
#[test]
fn author_inside_or_after_the_activities() {
    let author = "<Author xsi:type=\"Application_t\"><Name>Open Rowing Monitor</Name><Build><Version>\
        <VersionMajor>0</VersionMajor></Version></Build><PartNumber>OPE</PartNumber></Author>";
    check(
        activity(&format!("{}{author}", lap(0, ""))),
        "activity Other id=2024-01-01T00:00:00Z
         lap 0
         lap-end
         author Open Rowing Monitor OPE
         end",
    );
    let after = activity("").replace("</Activities>", &format!("</Activities>{author}"));
    check(
        after,
        "activity Other id=2024-01-01T00:00:00Z
         end
         author Open Rowing Monitor OPE",
    );
}

/// `PainSled` and `ExerScreen` on Concept2.
#[test]
fn text_undefined_inside_heart_rate_and_stray_value() {
    check_points(
        point("<Value>0</Value><HeartRateBpm>\n  undefined</HeartRateBpm>"),
        "point 0
         repair line 8: not a number, left out: `undefined`",
    );
}

#[test]
fn lap_start_in_the_year_52870() {
    check(
        activity("<Lap StartTime=\"+052870-03-11T09:39:10.000Z\"></Lap>"),
        "activity Other id=2024-01-01T00:00:00Z
         lap
         lap-end
         end
         repair line 5: not a time, left out: `+052870-03-11T09:39:10.000Z`",
    );
}

#[test]
fn activity_id_that_is_no_time() {
    let xml = database("<Activity Sport=\"Biking\"><Id>android_id:f9b2_20201124T</Id></Activity>");
    check(xml, "activity Biking id=android_id:f9b2_20201124T\nend");
}

#[test]
fn nul_characters_in_creator_name() {
    let creator = "<Creator><Name>Concept2\0\0</Name><UnitId>431047484</UnitId><ProductID>0</ProductID>\
        <Version><VersionMajor>820</VersionMajor><VersionMinor>000372</VersionMinor></Version></Creator>";
    check(
        activity(creator),
        "activity Other id=2024-01-01T00:00:00Z
         end creator=Concept2/431047484/0/820/372
         repair line 5: control characters in a text, dropped: `Concept2`",
    );
}

#[test]
fn control_characters_between_elements() {
    check_points(
        point("\u{1}\0<Cadence>20</Cadence>"),
        "point 0 cad=20
         repair line 8: text between elements, ignored",
    );
}

#[test]
fn sport_lower_case_or_outside_the_schema() {
    for sport in ["running", "Rowing", ""] {
        let xml = database(&format!("<Activity Sport=\"{sport}\"></Activity>"));
        check(xml, &format!("activity {sport} id=\nend"));
    }
}

#[test]
fn time_formats() {
    for (text, told) in [
        ("2024-01-01T00:00:01Z", "1"),
        ("2024-01-01T00:00:01.5Z", "1.5"),
        ("2024-01-01T00:00:01.99Z", "1.99"),
        ("2024-01-01T00:00:01.999000+00:00", "1.999 zone=0"),
        ("2024-01-01T02:00:01+02:00", "1 zone=7200"),
        ("2023-12-31T20:00:01.5460000-04:00", "1.546 zone=-14400"),
        ("\n 2024-01-01T00:00:01Z \n", "1"),
    ] {
        let xml = track(&format!("<Trackpoint><Time>{text}</Time></Trackpoint>"));
        check_points(xml, &format!("point {told}"));
    }
}

#[test]
fn time_without_zone_is_taken_as_utc() {
    check_points(
        track(&"<Trackpoint><Time>2024-01-01T00:00:01</Time></Trackpoint>\n".repeat(3)),
        "point 1
         point 1
         point 1
         repair line 7: time without zone, taken as UTC: `2024-01-01T00:00:01` (3 times)",
    );
}

#[test]
fn time_in_thai_digits_and_era() {
    check_points(
        track("<Trackpoint><Time>๒๕๖๗-๐๑-๐๑T๐๐:๐๐:๐๑Z</Time></Trackpoint>"),
        "point 1
         repair line 7: time in other digits or of another era, translated: `๒๕๖๗-๐๑-๐๑T๐๐:๐๐:๐๑Z`",
    );
}

#[test]
fn points_without_time() {
    check_points(
        track("<Trackpoint><DistanceMeters>25</DistanceMeters></Trackpoint><Trackpoint/>"),
        "point d=25\npoint",
    );
}

/// ESP Rowing Monitor's web client, before the first stroke.
#[test]
fn cadence_nan() {
    check_points(
        point("<Cadence>NaN</Cadence>"),
        "point 0
         repair line 8: number is NaN or infinite, left out: `NaN`",
    );
}

#[test]
fn heart_rate_out_of_range() {
    check_points(
        point("<HeartRateBpm><Value>255</Value></HeartRateBpm>"),
        "point 0
         repair line 8: number out of range, left out: `255`",
    );
}

#[test]
fn decimal_commas_are_refused() {
    check_points(
        point("<DistanceMeters>12,5</DistanceMeters>"),
        "point 0
         repair line 8: not a number, left out: `12,5`",
    );
}

#[test]
fn empty_values_need_no_repair() {
    check_points(
        point("<Cadence></Cadence><DistanceMeters/><HeartRateBpm/>"),
        "point 0",
    );
}

#[test]
fn numbers_with_exponents_many_digits_and_spaces() {
    check_points(
        point("<DistanceMeters> 1.25E2 </DistanceMeters><Cadence>23.999999999999999999</Cadence>"),
        "point 0 d=125 cad=24",
    );
}

#[test]
fn run_cadence_stands_in_for_cadence() {
    let tpx = "<Extensions><TPX><RunCadence>81</RunCadence></TPX></Extensions>";
    check_points(point(tpx), "point 0 cad=81");
    check_points(
        point(&format!("<Cadence>80</Cadence>{tpx}")),
        "point 0 cad=80",
    );
}

#[test]
fn values_in_cdata_and_with_attributes_and_comments() {
    check_points(
        point(
            "<Cadence><![CDATA[2]]><!-- x -->4</Cadence><DistanceMeters u='m'>7</DistanceMeters>",
        ),
        "point 0 d=7 cad=24",
    );
    check_points(point("<Cadence>&#50;4</Cadence>"), "point 0 cad=24");
}

/// rowsandall writes Python's name of an object, with entities.
#[test]
fn entities_in_notes() {
    let notes =
        "<Notes>&lt;Element &#39;Notes&#x27; &amp; more&gt;<![CDATA[ <b>&amp;</b>]]></Notes>";
    check(
        activity(notes),
        "activity Other id=2024-01-01T00:00:00Z
         end notes=<Element 'Notes' & more> <b>&amp;</b>",
    );
    check(
        activity("<Notes>a &nbsp; b</Notes>"),
        "activity Other id=2024-01-01T00:00:00Z
         end notes=a &nbsp; b
         repair line 5: unknown entity, kept as written: `a &nbsp; b`",
    );
}

#[test]
fn latin_1() {
    let file = |encoding: &str| {
        let file = activity("<Notes>Ren\u{1}</Notes>")
            .replace("UTF-8", encoding)
            .into_bytes();
        file.into_iter()
            .map(|byte| if byte == 1 { 0xe9 } else { byte })
            .collect::<Vec<u8>>()
    };
    check(
        file("ISO-8859-1"),
        "activity Other id=2024-01-01T00:00:00Z\nend notes=René",
    );
    check(
        file("utf-8"),
        "activity Other id=2024-01-01T00:00:00Z
         end notes=Ren\u{fffd}
         repair line 5: text not in the file's encoding, bad bytes replaced: `Ren\u{fffd}`",
    );
}

#[test]
fn several_activities() {
    check(
        database(
            "<MultiSportSession><FirstSport><Activity Sport=\"Running\"><Id>1</Id></Activity></FirstSport>\
             <NextSport><Transition/><Activity Sport=\"Biking\"><Id>2</Id></Activity></NextSport>\
             </MultiSportSession><Activity Sport=\"Other\"/>",
        ),
        "activity Running id=1
         end
         activity Biking id=2
         end
         activity Other id=
         end",
    );
}

#[test]
fn laps_without_track_and_empty_tags() {
    check(
        activity("<Lap StartTime=\"2024-01-01T00:00:05Z\"/><Lap><Track></Track></Lap>"),
        "activity Other id=2024-01-01T00:00:00Z
         lap 5
         lap-end
         lap
         track
         lap-end
         end",
    );
}

#[test]
fn several_tracks_in_a_lap() {
    check(
        activity(&lap(
            0,
            &format!("{}{}", tracked("0 d=0"), tracked("60 d=9")),
        )),
        "activity Other id=2024-01-01T00:00:00Z
         lap 0
         track
         point 0 d=0
         track
         point 60 d=9
         lap-end
         end",
    );
}

#[test]
fn duplicated_tail_after_the_root() {
    for tail in [
        "</TrainingCenterDatabase>",
        "ase>",
        "<a/>",
        "\0",
        "</",
        "<TrainingCenterDatabase",
    ] {
        let shown = if tail == "\0" {
            String::new()
        } else {
            format!(": `{tail}`")
        };
        check(
            format!("{}  <!-- fine -->\n{tail}", activity("")),
            &format!(
                "activity Other id=2024-01-01T00:00:00Z
                 end
                 repair line 10: content after the end of the document, ignored{shown}"
            ),
        );
    }
}

#[test]
fn stray_text_between_elements() {
    check_points(
        track(&format!(
            "oops <Trackpoint>dear<Time>{}</Time></Trackpoint>",
            time(0)
        )),
        "point 0
         repair line 7: text between elements, ignored: `oops` (2 times)",
    );
}

#[test]
fn strict_refuses_the_first_repair() {
    check_strict(
        point("<Cadence>NaN</Cadence>"),
        "error refused by strict mode: number is NaN or infinite, left out: `NaN` (line 8, byte 224, in \
         TrainingCenterDatabase/Activities/Activity/Lap/Track/Trackpoint)",
    );
}
