//! One test per quirk of real files, named after it. All files are made up here.

use crate::tell::{check, check_points, check_strict};
use crate::write::{element, gpx, point, seg, segment, time, track};

/// The shape of an export of Garmin Connect.
const GARMIN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<gpx creator=\"Garmin Connect\" version=\"1.1\"
  xsi:schemaLocation=\"http://www.topografix.com/GPX/1/1 http://www.topografix.com/GPX/11.xsd\"
  xmlns:ns3=\"http://www.garmin.com/xmlschemas/TrackPointExtension/v1\"
  xmlns=\"http://www.topografix.com/GPX/1/1\"
  xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:ns2=\"http://www.garmin.com/xmlschemas/GpxExtensions/v3\">
  <metadata>
    <link href=\"connect.garmin.com\">
      <text>Garmin Connect</text>
    </link>
    <time>2024-01-01T00:00:00.000Z</time>
  </metadata>
  <trk>
    <name>Cambridge Road Cycling</name>
    <type>road_biking</type>
    <trkseg>
      <trkpt lat=\"52.6810229383409023284912109375\" lon=\"0.6474599428474903106689453125\">
        <ele>18.4000244140625</ele>
        <time>2024-01-01T00:00:00.000Z</time>
        <extensions>
          <ns3:TrackPointExtension>
            <ns3:atemp>28.0</ns3:atemp>
            <ns3:hr>92</ns3:hr>
            <ns3:cad>0</ns3:cad>
          </ns3:TrackPointExtension>
        </extensions>
      </trkpt>
    </trkseg>
  </trk>
</gpx>";

const GARMIN_TOLD: &str = "
    metadata 1.1 creator=Garmin Connect time=0
    track name=Cambridge Road Cycling type=road_biking
    segment
    point 0 lat=52.681023 lon=0.64746 ele=18.400024 hr=92 cad=0 temp=28
    track-end name=Cambridge Road Cycling type=road_biking";

#[test]
fn garmin_connect() {
    check(GARMIN, GARMIN_TOLD);
    check_strict(GARMIN, GARMIN_TOLD.trim().lines().last().unwrap());
}

/// Strava leaves spaces of one, and power without a namespace before Garmin's extension.
#[test]
fn strava() {
    check(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<gpx creator=\"StravaGPX\" version=\"1.1\" xmlns=\"http://www.topografix.com/GPX/1/1\">
 <metadata>
  <time>2024-01-01T00:00:00Z</time>
 </metadata>
 <trk>
  <name>Morning Ride</name>
  <type>cycling</type>
  <trkseg>
   <trkpt lat=\"52.2000010\" lon=\"0.1000020\">
    <ele>8.6</ele>
    <time>2024-01-01T00:00:01Z</time>
    <extensions>
     <power>142</power>
     <gpxtpx:TrackPointExtension>
      <gpxtpx:atemp>21</gpxtpx:atemp>
      <gpxtpx:hr>117</gpxtpx:hr>
      <gpxtpx:cad>85</gpxtpx:cad>
     </gpxtpx:TrackPointExtension>
    </extensions>
   </trkpt>
  </trkseg>
 </trk>
</gpx>",
        "metadata 1.1 creator=StravaGPX time=0
         track name=Morning Ride type=cycling
         segment
         point 1 lat=52.200001 lon=0.100002 ele=8.6 hr=117 cad=85 w=142 temp=21
         track-end name=Morning Ride type=cycling",
    );
}

/// GPX 1.0 has facts of the file in the root, speed and course in the point, and extensions anywhere.
#[test]
fn gpx_1_0() {
    check(
        format!(
            "<gpx version=\"1.0\" creator=\"old\"><name>file</name><author>me</author><email>a@b.c</email>\
             <time>{}</time><bounds minlat=\"1\"/><trk><name>t</name><trkseg><trkpt lat=\"52\" lon=\"0.1\">\
             <ele>5</ele><time>{}</time><course>123.4</course><speed>3.5</speed><fix>3d</fix><sat>8</sat>\
             <hdop>1.5</hdop><gpxdata:hr>90</gpxdata:hr></trkpt></trkseg></trk></gpx>",
            time(1),
            time(2)
        ),
        "metadata 1.0 creator=old name=file author=me time=1
         track name=t
         segment
         point 2 lat=52 lon=0.1 ele=5 v=3.5 course=123.4 hr=90 sat=8 hdop=1.5
         track-end name=t",
    );
}

#[test]
fn metadata_of_1_1() {
    check(
        gpx(
            "<metadata><name>n</name><desc>d</desc><author><name>Kim</name><email id=\"a\" domain=\"b\"/>\
             <link href=\"x\"><text>no</text></link></author><copyright author=\"c\"><year>2024</year>\
             </copyright><keywords>k</keywords></metadata><trk/>",
        ),
        "metadata 1.1 creator=me name=n desc=d author=Kim keywords=k
         track
         track-end",
    );
}

#[test]
fn whole_file_on_one_line_and_any_prefix() {
    let line = GARMIN.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    check(&line, GARMIN_TOLD);
    let prefixed = GARMIN
        .replace("</", "\0")
        .replace('<', "<gpx:")
        .replace('\0', "</gpx:")
        .replace("<gpx:?", "<?");
    let prefixed = prefixed.replace("gpx:ns3:", "ns3:");
    check(prefixed, GARMIN_TOLD);
}

#[test]
fn byte_order_mark_and_no_declaration() {
    check(
        format!("\u{feff}{}", GARMIN.split_once("?>").unwrap().1),
        GARMIN_TOLD,
    );
}

#[test]
fn comments_and_instructions_anywhere() {
    let file =
        GARMIN
            .replace('>', "><!-- a <b> --><?c d?>")
            .replacen("?><!-- a <b> --><?c d?>", "?>", 1);
    check(file, GARMIN_TOLD);
}

/// The same quantity under the names and namespaces of different writers.
#[test]
fn names_of_extensions() {
    for hr in [
        "<gpxtpx:TrackPointExtension><gpxtpx:hr>90</gpxtpx:hr></gpxtpx:TrackPointExtension>",
        "<ns3:TrackPointExtension><ns3:hr>90</ns3:hr></ns3:TrackPointExtension>",
        "<gpxdata:hr>90</gpxdata:hr>",
        "<ns1:heartrate>90</ns1:heartrate>",
        "<heartrate>90</heartrate>",
        "<bpm>90</bpm>",
        "<a><b><c><hr>90</hr></c></b></a>",
        "<hr unit=\"bpm\">90</hr>",
        "<hr><![CDATA[90]]></hr>",
    ] {
        check_points(
            point(&element("extensions", hr)),
            "point 0 lat=52 lon=0.1 hr=90",
        );
        check_points(point(hr), "point 0 lat=52 lon=0.1 hr=90");
    }
    for watts in [
        "<power>168</power>",
        "<pwr:PowerInWatts>168</pwr:PowerInWatts>",
        "<gpxpx:PowerExtension><gpxpx:PowerInWatts>168</gpxpx:PowerInWatts></gpxpx:PowerExtension>",
        "<gpxdata:power>168</gpxdata:power>",
        "<gpxtpx:TrackPointExtension><gpxtpx:power>168</gpxtpx:power></gpxtpx:TrackPointExtension>",
    ] {
        check_points(
            point(&element("extensions", watts)),
            "point 0 lat=52 lon=0.1 w=168",
        );
    }
    check_points(
        point(
            "<extensions><gpxdata:cadence>81.5</gpxdata:cadence><gpxdata:temp>20.5</gpxdata:temp>\
             <gpxdata:distance>13.04</gpxdata:distance></extensions>",
        ),
        "point 0 lat=52 lon=0.1 d=13.04 cad=81.5 temp=20.5",
    );
}

/// Garmin's second version has speed and course too; its `bearing` is kept by name.
#[test]
fn track_point_extension_of_version_2() {
    check_points(
        point(
            "<extensions><gpxtpx:TrackPointExtension><gpxtpx:atemp>21</gpxtpx:atemp>\
             <gpxtpx:wtemp>12.5</gpxtpx:wtemp><gpxtpx:depth>3</gpxtpx:depth><gpxtpx:hr>90</gpxtpx:hr>\
             <gpxtpx:cad>20</gpxtpx:cad><gpxtpx:speed>3.9</gpxtpx:speed><gpxtpx:course>181</gpxtpx:course>\
             <gpxtpx:bearing>180</gpxtpx:bearing></gpxtpx:TrackPointExtension></extensions>",
        ),
        "point 0 lat=52 lon=0.1 v=3.9 course=181 hr=90 cad=20 temp=21 wtemp=12.5 depth=3 bearing=180",
    );
}

/// `OpenTracks` has its own distance, of the point, before Cluetrust's, since the start.
#[test]
fn opentracks() {
    check_points(
        point(
            "<extensions>\n<gpxtpx:TrackPointExtension>\n<gpxtpx:speed>3.9</gpxtpx:speed>\n\
             </gpxtpx:TrackPointExtension>\n<opentracks:gain>1.5</opentracks:gain>\n<opentracks:loss>0</opentracks:loss>\n\
             <opentracks:accuracy_horizontal>9.79</opentracks:accuracy_horizontal>\
             <opentracks:distance>4</opentracks:distance>\n<cluetrust:distance>104</cluetrust:distance>\n</extensions>",
        ),
        "point 0 lat=52 lon=0.1 d=104 v=3.9 gain=1.5 loss=0 accuracy_horizontal=9.79",
    );
}

/// My Tracks and `OpenTracks` before 3.15 marked pauses by points outside the world.
#[test]
fn pauses_as_points_at_100_and_200_degrees() {
    check(
        track(&seg(
            "0 pos=52,0.1; 1 pos=100,0; 9 pos=200,0; 10 pos=52,0.2",
        )),
        "metadata 1.1 creator=me
         track
         segment
         point 0 lat=52 lon=0.1
         segment
         segment
         point 10 lat=52 lon=0.2
         track-end",
    );
}

#[test]
fn texts_and_containers_among_extensions_are_no_numbers() {
    check_points(
        point(
            "<name>5</name><sym>Flag</sym><extensions><sensor>Polar</sensor><empty/><blank> </blank>\
             <mixed>1<inner>2</inner>3</mixed><slope>NaN</slope><grade>-2.5</grade></extensions>",
        ),
        "point 0 lat=52 lon=0.1 inner=2 grade=-2.5",
    );
}

#[test]
fn more_sorts_of_values_than_are_kept() {
    let many: String = (0..40).map(|n| element(&format!("e{n}"), "1")).collect();
    let kept = (0..32)
        .map(|n| format!("e{n}=1"))
        .collect::<Vec<_>>()
        .join(" ");
    check_points(
        point(&element("extensions", &many)),
        &format!(
            "point 0 lat=52 lon=0.1 {kept}
             repair line 6: values of too many sorts, left out: `e32` (8 times)"
        ),
    );
}

#[test]
fn waypoints_and_routes_are_counted() {
    let others = "<wpt lat=\"1\" lon=\"2\"><name>w</name><time>no</time></wpt><wpt lat='1' lon='2'/>\
                  <rte><name>r</name><rtept lat=\"1\" lon=\"2\"><ele>5</ele></rtept><rtept lat='1' lon='2'/></rte>";
    let file = gpx(&format!("{others}<trk>{}</trk>", seg("0 pos=52,0.1")));
    check(
        &file,
        "metadata 1.1 creator=me
         track
         segment
         point 0 lat=52 lon=0.1
         track-end",
    );
    let mut reader = gpx::Reader::new(file.as_bytes(), gpx::Options::default());
    while reader.next().unwrap().is_some() {}
    let others = reader.others();
    assert_eq!(
        (others.waypoints, others.routes, others.route_points),
        (2, 1, 2)
    );
}

#[test]
fn several_tracks_and_segments() {
    let one = format!(
        "<trk><name>a</name>{}{}</trk>",
        seg("0 pos=1,1"),
        seg("5 pos=1,1")
    );
    check(
        gpx(&format!("{one}<trk><trkseg/></trk>")),
        "metadata 1.1 creator=me
         track name=a
         segment
         point 0 lat=1 lon=1
         segment
         point 5 lat=1 lon=1
         track-end name=a
         track
         segment
         track-end",
    );
}

#[test]
fn points_without_a_segment() {
    check(
        track("<trkpt lat=\"1\" lon=\"2\"/>"),
        "metadata 1.1 creator=me
         track
         point lat=1 lon=2
         track-end",
    );
}

#[test]
fn facts_of_a_track_after_its_segments() {
    check(
        track(&format!("{}<type>running</type>", seg("0 pos=1,1"))),
        "metadata 1.1 creator=me
         track
         segment
         point 0 lat=1 lon=1
         track-end type=running",
    );
}

#[test]
fn facts_of_the_file_after_its_tracks() {
    check(
        gpx("<trk/><metadata><name>late</name></metadata>"),
        "metadata 1.1 creator=me
         track
         track-end
         repair line 3: element after those that it has to precede, left out: `late`",
    );
}

#[test]
fn points_without_position() {
    check_points(
        segment(
            "<trkpt lat=\"1\"/><trkpt/><trkpt lon=\"x\" lat=\"91\"/><trkpt lat=\"\" lon=\"\"/>",
        ),
        "point lat=1
         point
         point
         point
         repair line 5: point without position, kept without (2 times)
         repair line 5: not a number, left out: `x`
         repair line 5: number out of range, left out: `91`",
    );
}

/// What devices write where they know nothing.
#[test]
fn numbers_that_mean_nothing() {
    check_points(
        point(
            "<ele>-9999</ele><speed>-1</speed><course>-1</course><hr>0</hr><temp>127</temp><power>65535</power>\
             <cad>255</cad>",
        ),
        "point 0 lat=52 lon=0.1
         repair line 6: number out of range, left out: `-9999` (6 times)",
    );
}

#[test]
fn time_formats() {
    for (text, told) in [
        ("2024-01-01T00:00:01Z", "1"),
        ("2024-01-01T00:00:01.5Z", "1.5"),
        ("2024-01-01T00:00:01.1230000Z", "1.123"),
        ("2024-01-01T00:00:01,25Z", "1.25"),
        ("2024-01-01T02:00:01.000+02:00", "1 zone=7200"),
        ("2023-12-31T20:00:01-04:00", "1 zone=-14400"),
        ("20240101T000001Z", "1"),
        ("2024-01-01T00:01Z", "60"),
        (" 2024-01-01 00:00:01Z\n", "1"),
    ] {
        let xml = format!("<trkpt lat=\"1\" lon=\"1\"><time>{text}</time></trkpt>");
        check_points(segment(&xml), &format!("point {told} lat=1 lon=1"));
    }
    check_points(
        segment("<trkpt lat=\"1\" lon=\"1\"><time>2024-01-01T00:00:01</time></trkpt>"),
        "point 1 lat=1 lon=1
         repair line 5: time without zone, taken as UTC: `2024-01-01T00:00:01`",
    );
    check_points(
        segment("<trkpt lat=\"1\" lon=\"1\"><time>1989-12-31T00:00:00Z</time></trkpt>"),
        "point lat=1 lon=1
         repair line 5: not a time, left out: `1989-12-31T00:00:00Z`",
    );
}

#[test]
fn entities_and_encodings() {
    check(
        gpx("<trk><name>a &lt; b<![CDATA[<c>]]> &#38; &nope;</name><type>\0run</type></trk>"),
        "metadata 1.1 creator=me
         track name=a < b<c> &#38; &nope; type=run
         track-end name=a < b<c> &#38; &nope; type=run
         repair line 3: unknown entity, kept as written: `&#38; &nope;`
         repair line 3: control characters in a text, dropped: `run`",
    );
    let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><gpx creator='Ren\xe9'><trk/></gpx>";
    check(latin, "metadata  creator=René\ntrack\ntrack-end");
    check(
        b"<gpx creator='Ren\xe9'><trk/></gpx>",
        "metadata  creator=Ren\u{fffd}
         track
         track-end
         repair line 1: text not in the file's encoding, bad bytes replaced: `Ren\u{fffd}`",
    );
}

#[test]
fn attributes_in_any_order_and_quotes() {
    for attributes in [
        "lat=\"1.5\" lon=\"-2.5\"",
        "lon='-2.5' lat='1.5'",
        " lat = \"1.5\"\n\tlon\n=\n'-2.5' ",
        "x:lat='1.5' a=\">\" x:lon='-2.5'",
    ] {
        check_points(
            segment(&format!("<trkpt {attributes}/>")),
            "point lat=1.5 lon=-2.5",
        );
    }
}

#[test]
fn strict_refuses_the_first_repair() {
    check_strict(
        point("<hr>NaN</hr>"),
        "error refused by strict mode: number is NaN or infinite, left out: `NaN` (line 6, byte 147, in \
         gpx/trk/trkseg/trkpt)",
    );
}
