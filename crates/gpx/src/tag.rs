//! The elements of GPX that are looked at, found by local name and parent.

/// What an open element means to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    // Containers.
    Gpx,
    Metadata,
    Track,
    Segment,
    Point,
    /// `extensions` of a point.
    Extensions,
    Waypoint,
    Route,
    RoutePoint,
    /// Anything else; its content is skipped.
    Unknown,
    // Values of a point.
    Time,
    Elevation,
    HeartRate,
    Cadence,
    Power,
    Temperature,
    WaterTemperature,
    Depth,
    Speed,
    Course,
    Distance,
    /// Anything else in a point: an extension with elements inside, or a value of its own.
    Extra,
    // Values of the file.
    Name,
    Description,
    Keywords,
    FileTime,
    /// A text in GPX 1.0; in 1.1 with a name inside.
    Author,
    AuthorName,
    // Values of a track.
    TrackName,
    TrackComment,
    TrackDescription,
    TrackSource,
    TrackKind,
}

impl track_xml::Tag for Tag {
    const ROOT: Tag = Tag::Gpx;
    const UNKNOWN: Tag = Tag::Unknown;

    #[inline]
    fn is_value(self) -> bool {
        self as u8 >= Tag::Time as u8
    }

    #[inline]
    fn child(self, name: &[u8]) -> Tag {
        match self {
            Tag::Point => in_point(name),
            Tag::Extensions | Tag::Extra => in_extensions(name),
            Tag::Segment => match name {
                b"trkpt" => Tag::Point,
                _ => Tag::Unknown,
            },
            Tag::Track => in_track(name),
            Tag::Gpx => in_gpx(name),
            Tag::Metadata => in_metadata(name),
            Tag::Author if name == b"name" => Tag::AuthorName,
            Tag::Route if name == b"rtept" => Tag::RoutePoint,
            _ => Tag::Unknown,
        }
    }
}

#[inline]
fn in_point(name: &[u8]) -> Tag {
    match name {
        b"ele" => Tag::Elevation,
        b"time" => Tag::Time,
        b"extensions" => Tag::Extensions,
        // Texts about a place, and a reference station's number.
        b"name" | b"cmt" | b"desc" | b"src" | b"link" | b"url" | b"urlname" | b"sym" | b"type"
        | b"fix" | b"dgpsid" => Tag::Unknown,
        // GPX 1.0 has `speed` and `course` here, and allows any extension; `hdop` and the like are
        // numbers as extensions are.
        _ => in_extensions(name),
    }
}

/// The names that writers give to the same quantity, whatever the namespace: Garmin's
/// `TrackPointExtension` and `PowerExtension`, Cluetrust's `gpxdata`, Strava, Amazfit and Zepp,
/// Suunto, Holux (`bpm`), Urban Biker, Garmin's older `GpxExtensions` (capitals).
#[inline]
fn in_extensions(name: &[u8]) -> Tag {
    match name {
        b"hr" | b"heartrate" | b"heartRate" | b"HeartRate" | b"heart_rate" | b"bpm" => {
            Tag::HeartRate
        }
        b"cad" | b"cadence" | b"Cadence" => Tag::Cadence,
        b"power" | b"PowerInWatts" | b"Power" | b"watts" | b"Watts" => Tag::Power,
        b"atemp" | b"temp" | b"temperature" | b"Temperature" => Tag::Temperature,
        b"wtemp" => Tag::WaterTemperature,
        b"depth" | b"Depth" => Tag::Depth,
        b"speed" | b"Speed" => Tag::Speed,
        b"course" => Tag::Course,
        b"distance" | b"Distance" => Tag::Distance,
        _ => Tag::Extra,
    }
}

fn in_track(name: &[u8]) -> Tag {
    match name {
        b"trkseg" => Tag::Segment,
        // Some writers forget the segment.
        b"trkpt" => Tag::Point,
        b"name" => Tag::TrackName,
        b"cmt" => Tag::TrackComment,
        b"desc" => Tag::TrackDescription,
        b"src" => Tag::TrackSource,
        b"type" => Tag::TrackKind,
        _ => Tag::Unknown,
    }
}

fn in_gpx(name: &[u8]) -> Tag {
    match name {
        b"metadata" => Tag::Metadata,
        b"trk" => Tag::Track,
        b"wpt" => Tag::Waypoint,
        b"rte" => Tag::Route,
        // In GPX 1.0 they stand here.
        _ => in_metadata(name),
    }
}

fn in_metadata(name: &[u8]) -> Tag {
    match name {
        b"name" => Tag::Name,
        b"desc" => Tag::Description,
        b"author" => Tag::Author,
        b"keywords" => Tag::Keywords,
        b"time" => Tag::FileTime,
        _ => Tag::Unknown,
    }
}
