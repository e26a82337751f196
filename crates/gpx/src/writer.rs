//! Writing.

use std::io::{self, Write};
use std::ops::RangeInclusive;

use track_xml::range::{ANY, POSITIVE};
use track_xml::{Markup, Value};

use crate::event::{Event, Measured, Metadata, Track, Trackpoint};

/// So many bytes are collected before they are written.
const BUFFER: usize = 64 * 1024;

const CELSIUS: RangeInclusive<f64> = -100.0..=100.0;

/// What the root element declares, after its version and creator.
const NAMESPACES: [(&str, Value<'_>); 4] = [
    ("xmlns", Value::Text("http://www.topografix.com/GPX/1/1")),
    (
        "xmlns:gpxtpx",
        Value::Text("http://www.garmin.com/xmlschemas/TrackPointExtension/v2"),
    ),
    (
        "xmlns:xsi",
        Value::Text("http://www.w3.org/2001/XMLSchema-instance"),
    ),
    (
        "xsi:schemaLocation",
        Value::Text(
            "http://www.topografix.com/GPX/1/1 http://www.topografix.com/GPX/1/1/gpx.xsd \
             http://www.garmin.com/xmlschemas/TrackPointExtension/v2 \
             http://www.garmin.com/xmlschemas/TrackPointExtensionv2.xsd",
        ),
    ),
];

/// Writes a GPX 1.1 file piece by piece, in memory that does not grow with the file.
///
/// It takes what a [`Reader`](crate::Reader) gives, one by one or as [`Event`]s: first the metadata,
/// then for every track its facts, its segments and points. The order of elements is that of the
/// schema; equal input gives equal bytes.
///
/// Heart rate, cadence, temperatures, depth, speed and course go into Garmin's `TrackPointExtension`
/// of version 2. Power goes into a `power` element without a namespace of its own, which is what
/// Strava writes and most programs read, although the schema of GPX asks for another namespace there.
/// Distance and extra values have no place that programs agree on, and are left out; so are values
/// that their elements can't hold, such as a heart rate of 0 or 300.
///
/// Every method fails when the output does, and with [`InvalidInput`](io::ErrorKind::InvalidInput)
/// where GPX can't say what it is asked to. A file is complete only after [`finish`](Self::finish).
///
/// ```
/// use gpx::{Measured, Metadata, Time, Track, Trackpoint, Writer};
///
/// let mut writer = Writer::new(Vec::new());
/// writer.metadata(&Metadata { creator: "me".to_owned(), ..Metadata::default() })?;
/// writer.track(&Track { kind: "cycling".to_owned(), ..Track::default() })?;
/// let measured = Measured { latitude: 52.2, longitude: 0.1, power: 168.0, ..Measured::EMPTY };
/// writer.point(&Trackpoint { time: Some(Time::from(1_709_272_800_000_000)), measured })?;
/// let file = String::from_utf8(writer.finish()?).unwrap();
/// assert!(file.contains(r#"<trkpt lat="52.2" lon="0.1">"#));
/// assert!(file.contains("<time>2024-03-01T06:00:00Z</time>"));
/// assert!(file.contains("<power>168</power>"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    markup: Markup,
}

/// How many elements are open around what is written.
const IN_FILE: usize = 1;
const IN_TRACK: usize = 2;
const IN_SEGMENT: usize = 3;

impl<W: Write> Writer<W> {
    /// Starts a file; `out` is written in large pieces, so it needs no buffer of its own.
    pub fn new(out: W) -> Writer<W> {
        Writer {
            out,
            markup: Markup::new(),
        }
    }

    /// Writes what a reader gave. The facts at the end of a track come too late, and are not looked at.
    pub fn write(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Metadata(metadata) => self.metadata(metadata),
            Event::Track(track) => self.track(track),
            Event::Segment => {
                self.segment();
                Ok(())
            }
            Event::Point(point) => self.point(point),
            Event::TrackEnd(_) => {
                self.close_to(IN_FILE);
                Ok(())
            }
        }
    }

    /// Writes what the file says about itself; nothing may come before it.
    ///
    /// The version is always 1.1.
    pub fn metadata(&mut self, metadata: &Metadata) -> io::Result<()> {
        if self.markup.depth() > 0 {
            return Err(refused("metadata have to come before the tracks"));
        }
        let version = ("version", Value::Text("1.1"));
        // The schema asks for a creator.
        let creator = match metadata.creator.as_str() {
            "" => "unknown",
            creator => creator,
        };
        let creator = ("creator", Value::Text(creator));
        let [space, extension, schema, location] = NAMESPACES;
        let attributes = [version, creator, space, extension, schema, location];
        self.markup.open_with("gpx", &attributes);
        let Metadata {
            version: _,
            creator: _,
            name,
            description,
            author,
            keywords,
            time,
        } = metadata;
        if [name, description, author, keywords]
            .iter()
            .all(|text| text.is_empty())
            && time.is_none()
        {
            return Ok(());
        }
        self.markup.open("metadata");
        self.markup.leaf("name", Value::Text(name));
        self.markup.leaf("desc", Value::Text(description));
        if !author.is_empty() {
            self.markup.open("author");
            self.markup.leaf("name", Value::Text(author));
            self.markup.close();
        }
        if let Some(time) = time {
            self.markup.leaf("time", Value::Time(time.micros));
        }
        self.markup.leaf("keywords", Value::Text(keywords));
        self.markup.close();
        Ok(())
    }

    /// Begins a track, and ends the one before.
    pub fn track(&mut self, track: &Track) -> io::Result<()> {
        self.begin_file()?;
        self.close_to(IN_FILE);
        self.markup.open("trk");
        self.markup.leaf("name", Value::Text(&track.name));
        self.markup.leaf("cmt", Value::Text(&track.comment));
        self.markup.leaf("desc", Value::Text(&track.description));
        self.markup.leaf("src", Value::Text(&track.source));
        self.markup.leaf("type", Value::Text(&track.kind));
        Ok(())
    }

    /// Ends the segment, as at a pause; the next point begins another one.
    pub fn segment(&mut self) {
        self.close_to(IN_TRACK);
    }

    /// Writes a point. One outside a track begins a track about which nothing is known.
    ///
    /// Fails if the point has no position: GPX has no points without.
    #[inline]
    pub fn point(&mut self, point: &Trackpoint) -> io::Result<()> {
        let measured = &point.measured;
        let Some([latitude, longitude]) = Value::position(measured.latitude, measured.longitude)
        else {
            return Err(refused("a point of a GPX file needs a position"));
        };
        if self.markup.depth() < IN_SEGMENT {
            self.begin_segment()?;
        }
        let position = [("lat", latitude), ("lon", longitude)];
        self.markup.open_with("trkpt", &position);
        self.markup
            .leaf("ele", Value::fine(measured.elevation, ANY));
        if let Some(time) = point.time {
            self.markup.leaf("time", Value::Time(time.micros));
        }
        self.extensions(measured);
        self.markup.close();
        if self.markup.len() >= BUFFER {
            self.markup.write_to(&mut self.out)?;
        }
        Ok(())
    }

    /// Completes the file and gives the output back, flushed.
    pub fn finish(mut self) -> io::Result<W> {
        self.begin_file()?;
        self.close_to(0);
        self.markup.write_to(&mut self.out)?;
        self.out.flush()?;
        Ok(self.out)
    }

    /// The extensions of a point, in the order of Garmin's schema.
    #[inline]
    fn extensions(&mut self, measured: &Measured) {
        let power = Value::whole(measured.power, 0.0..=65_534.0);
        // The schema ends just before 360°.
        let course = if measured.course >= 360.0 - 5e-4 {
            0.0
        } else {
            measured.course
        };
        let garmin = [
            ("gpxtpx:atemp", Value::fine(measured.temperature, CELSIUS)),
            (
                "gpxtpx:wtemp",
                Value::fine(measured.water_temperature, CELSIUS),
            ),
            ("gpxtpx:depth", Value::fine(measured.depth, POSITIVE)),
            ("gpxtpx:hr", Value::whole(measured.heart_rate, 1.0..=254.0)),
            ("gpxtpx:cad", Value::whole(measured.cadence, 0.0..=254.0)),
            ("gpxtpx:speed", Value::fine(measured.speed, POSITIVE)),
            ("gpxtpx:course", Value::fine(course, POSITIVE)),
        ];
        if power.is_nothing() && garmin.iter().all(|(_, value)| value.is_nothing()) {
            return;
        }
        self.markup.open("extensions");
        self.markup.leaf("power", power);
        self.markup.leaves("gpxtpx:TrackPointExtension", &garmin);
        self.markup.close();
    }

    fn begin_file(&mut self) -> io::Result<()> {
        if self.markup.depth() == 0 {
            self.metadata(&Metadata::default())?;
        }
        Ok(())
    }

    #[cold]
    fn begin_segment(&mut self) -> io::Result<()> {
        if self.markup.depth() < IN_TRACK {
            self.track(&Track::default())?;
        }
        self.markup.open("trkseg");
        Ok(())
    }

    /// Closes what is open until `depth` elements are.
    fn close_to(&mut self, depth: usize) {
        while self.markup.depth() > depth {
            self.markup.close();
        }
    }
}

#[cold]
fn refused(text: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, text)
}
