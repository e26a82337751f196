//! Synthetic rides as two programs would write them, one point per second.

use std::fmt::Write as _;

/// Who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Strava: seven decimal places, power, indentation by one space.
    Strava,
    /// Garmin Connect: coordinates as long as they can be, `ns3:` prefixes, deeper indentation.
    Garmin,
}

/// A file of at least `size` bytes.
pub(crate) fn file(shape: Shape, size: usize) -> String {
    let mut out = String::with_capacity(size + 4096);
    out.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gpx version=\"1.1\" creator=\"made up\">\n \
         <trk>\n  <name>made up</name>\n  <type>cycling</type>\n  <trkseg>\n",
    );
    let mut second = 0_u32;
    while out.len() < size {
        point(&mut out, shape, second);
        second += 1;
    }
    out.push_str("  </trkseg>\n </trk>\n</gpx>\n");
    out
}

fn point(out: &mut String, shape: Shape, second: u32) {
    let (day, hour) = (1 + second / 86_400, second / 3600 % 24);
    let (minute, sec) = (second / 60 % 60, second % 60);
    let angle = f64::from(second) / 900.0;
    let (lat, lon) = (52.2 + angle.sin() / 10.0, 0.1 + angle.cos() / 10.0);
    let elevation = 20.0 + 8.0 * (angle * 3.0).sin();
    let (hr, rpm, watts, celsius) = (120 + second % 60, 80 + second % 15, 150 + second % 90, 18);
    let result = match shape {
        Shape::Strava => write!(
            out,
            "   <trkpt lat=\"{lat:.7}\" lon=\"{lon:.7}\">
    <ele>{elevation:.1}</ele>
    <time>2024-03-{day:02}T{hour:02}:{minute:02}:{sec:02}Z</time>
    <extensions>
     <power>{watts}</power>
     <gpxtpx:TrackPointExtension>
      <gpxtpx:atemp>{celsius}</gpxtpx:atemp>
      <gpxtpx:hr>{hr}</gpxtpx:hr>
      <gpxtpx:cad>{rpm}</gpxtpx:cad>
     </gpxtpx:TrackPointExtension>
    </extensions>
   </trkpt>\n"
        ),
        Shape::Garmin => write!(
            out,
            "      <trkpt lat=\"{lat:.28}\" lon=\"{lon:.28}\">
        <ele>{elevation:.14}</ele>
        <time>2024-03-{day:02}T{hour:02}:{minute:02}:{sec:02}.000Z</time>
        <extensions>
          <ns3:TrackPointExtension>
            <ns3:atemp>{celsius}.0</ns3:atemp>
            <ns3:hr>{hr}</ns3:hr>
            <ns3:cad>{rpm}</ns3:cad>
          </ns3:TrackPointExtension>
        </extensions>
      </trkpt>\n"
        ),
    };
    result.expect("a string takes all text");
}
