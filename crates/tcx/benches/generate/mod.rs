//! Synthetic rows as two programs would write them, one point per second.

use std::fmt::Write as _;

/// Who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Coxswain: one lap, indented, CRLF, default namespaces, position 0, whole metres.
    Coxswain,
    /// Garmin Connect: a lap per 1,000 points, `ns3:` prefixes, long decimals, altitude.
    Garmin,
}

/// A file of at least `size` bytes.
pub(crate) fn file(shape: Shape, size: usize) -> String {
    let mut out = String::with_capacity(size + 4096);
    out.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<TrainingCenterDatabase xmlns=\"x\">\n",
    );
    out.push_str(
        "  <Activities>\n    <Activity Sport=\"Other\">\n      <Id>2024-03-01T06:00:00.000Z</Id>\n",
    );
    let lap = "      <Lap StartTime=\"2024-03-01T06:00:00.000Z\">\n        <Track>\n";
    let lap_end = "        </Track>\n      </Lap>\n";
    out.push_str(lap);
    let (mut second, mut metres) = (0_u32, 0.0);
    while out.len() < size {
        let speed =
            3.9 + 0.35 * (f64::from(second) / 95.0).sin() + 0.1 * f64::from(second % 7) / 7.0;
        metres += speed;
        point(&mut out, shape, second, metres, speed);
        second += 1;
        if shape == Shape::Garmin && second.is_multiple_of(1000) {
            out.push_str(lap_end);
            out.push_str(lap);
        }
    }
    out.push_str(lap_end);
    out.push_str("      <Notes>made up</Notes>\n    </Activity>\n  </Activities>\n</TrainingCenterDatabase>\n");
    if shape == Shape::Coxswain {
        out.replace('\n', "\r\n")
    } else {
        out
    }
}

fn point(out: &mut String, shape: Shape, second: u32, metres: f64, speed: f64) {
    let (day, hour) = (1 + second / 86_400, second / 3600 % 24);
    let (minute, sec) = (second / 60 % 60, second % 60);
    let (lat, lon) = (
        52.2 + (metres / 900.0).sin() / 100.0,
        0.1 + (metres / 900.0).cos() / 100.0,
    );
    let (hr, spm, watts) = (120 + second % 60, 20 + second % 8, 2.8 * speed.powi(3));
    let result = match shape {
        Shape::Coxswain => write!(
            out,
            "          <Trackpoint>
            <Time>2024-03-{day:02}T{hour:02}:{minute:02}:{sec:02}.000Z</Time>
            <Position>
              <LatitudeDegrees>0.0</LatitudeDegrees>
              <LongitudeDegrees>0.0</LongitudeDegrees>
            </Position>
            <DistanceMeters>{metres:.0}</DistanceMeters>
            <HeartRateBpm>
              <Value>{hr}</Value>
            </HeartRateBpm>
            <Cadence>{spm}</Cadence>
            <Extensions>
              <TPX xmlns=\"http://www.garmin.com/xmlschemas/ActivityExtension/v2\">
                <Speed>{speed:.2}</Speed>
                <Watts>{watts:.0}</Watts>
              </TPX>
            </Extensions>
          </Trackpoint>\n"
        ),
        Shape::Garmin => write!(
            out,
            "          <Trackpoint>
            <Time>2024-03-{day:02}T{hour:02}:{minute:02}:{sec:02}.000Z</Time>
            <Position>
              <LatitudeDegrees>{lat:.15}</LatitudeDegrees>
              <LongitudeDegrees>{lon:.15}</LongitudeDegrees>
            </Position>
            <AltitudeMeters>8.600000381469727</AltitudeMeters>
            <DistanceMeters>{metres:.13}</DistanceMeters>
            <HeartRateBpm>
              <Value>{hr}</Value>
            </HeartRateBpm>
            <Cadence>{spm}</Cadence>
            <Extensions>
              <ns3:TPX>
                <ns3:Speed>{speed:.15}</ns3:Speed>
                <ns3:Watts>{watts:.0}</ns3:Watts>
              </ns3:TPX>
            </Extensions>
          </Trackpoint>\n"
        ),
    };
    result.expect("a string takes all text");
}
