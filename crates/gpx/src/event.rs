//! What a GPX file says, piece by piece.

use track_xml::Time;

/// One step through a file, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// What the file says about itself; it comes once, before the first track.
    Metadata(Box<Metadata>),
    /// A `trk` begins, with what stands before its first segment.
    Track(Box<Track>),
    /// A `trkseg` begins: the first of a track, or another one after a pause.
    Segment,
    /// One complete `trkpt`.
    Point(Trackpoint),
    /// A `trk` has ended, with all that it says about itself.
    TrackEnd(Box<Track>),
}

/// What a file says about itself; empty strings where it does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The `version` attribute as written: `1.0`, `1.1`.
    pub version: String,
    /// The `creator` attribute: the program or device that wrote the file.
    pub creator: String,
    /// `name`.
    pub name: String,
    /// `desc`.
    pub description: String,
    /// `author`, or the `name` inside it.
    pub author: String,
    /// `keywords`.
    pub keywords: String,
    /// `time`: when the file was written, or when the recording began.
    pub time: Option<Time>,
}

/// What a track says about itself; empty strings where it does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Track {
    /// `name`.
    pub name: String,
    /// `cmt`.
    pub comment: String,
    /// `desc`.
    pub description: String,
    /// `src`: what recorded it.
    pub source: String,
    /// `type`: the sport as written: `running`, `road_biking`, Strava's `9`.
    pub kind: String,
}

/// One `trkpt`.
#[derive(Debug, Clone, PartialEq)]
pub struct Trackpoint {
    /// When; `None` in tracks that were planned and not recorded.
    pub time: Option<Time>,
    /// What was measured.
    pub measured: Measured,
}

/// What a point says; NaN means that the file does not say, or says nothing usable.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Latitude, WGS 84, in degrees north.
    pub latitude: f64,
    /// Longitude, WGS 84, in degrees east.
    pub longitude: f64,
    /// `ele`: height above sea level, in metres.
    pub elevation: f64,
    /// Distance as written, in metres: mostly since the start of the track.
    pub distance: f64,
    /// Speed, in metres per second.
    pub speed: f64,
    /// Course over ground, in degrees from true north.
    pub course: f64,
    /// Heart rate, in beats per minute; 0 (no belt) is given as NaN.
    pub heart_rate: f64,
    /// Turns, strokes or double steps per minute.
    pub cadence: f64,
    /// Power, in watts.
    pub power: f64,
    /// Air temperature, in degrees Celsius.
    pub temperature: f64,
    /// Water temperature, in degrees Celsius.
    pub water_temperature: f64,
    /// Depth below the surface of the water, in metres.
    pub depth: f64,
    /// All other numbers, in the order of [`Reader::extras`](crate::Reader::extras), which has their
    /// names; shorter where the last ones are missing.
    pub extras: Vec<f64>,
}

impl Measured {
    /// A point of which nothing is known.
    pub const EMPTY: Measured = Measured {
        latitude: f64::NAN,
        longitude: f64::NAN,
        elevation: f64::NAN,
        distance: f64::NAN,
        speed: f64::NAN,
        course: f64::NAN,
        heart_rate: f64::NAN,
        cadence: f64::NAN,
        power: f64::NAN,
        temperature: f64::NAN,
        water_temperature: f64::NAN,
        depth: f64::NAN,
        extras: Vec::new(),
    };

    /// Takes what `later`, of the same time, knows.
    pub(crate) fn merge(&mut self, later: Measured) {
        let pairs = [
            (&mut self.latitude, later.latitude),
            (&mut self.longitude, later.longitude),
            (&mut self.elevation, later.elevation),
            (&mut self.distance, later.distance),
            (&mut self.speed, later.speed),
            (&mut self.course, later.course),
            (&mut self.heart_rate, later.heart_rate),
            (&mut self.cadence, later.cadence),
            (&mut self.power, later.power),
            (&mut self.temperature, later.temperature),
            (&mut self.water_temperature, later.water_temperature),
            (&mut self.depth, later.depth),
        ];
        if self.extras.len() < later.extras.len() {
            self.extras.resize(later.extras.len(), f64::NAN);
        }
        let extras = self.extras.iter_mut().zip(later.extras);
        for (into, from) in pairs.into_iter().chain(extras) {
            if !from.is_nan() {
                *into = from;
            }
        }
    }
}

/// What a file holds besides tracks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Others {
    /// `wpt`: places, not where anybody was.
    pub waypoints: u64,
    /// `rte`: plans.
    pub routes: u64,
    /// `rtept` in all routes.
    pub route_points: u64,
}
