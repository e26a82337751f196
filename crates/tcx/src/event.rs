//! What a TCX file says, piece by piece.

use track_xml::Time;

/// One step through a file, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// An `Activity` begins; its `Id` is known when it stands before the first lap, as the schema demands.
    Activity(ActivityStart),
    /// A `Lap` begins.
    Lap(LapStart),
    /// A `Track` begins: the first of a lap, or another one after a pause.
    Track,
    /// One complete `Trackpoint`.
    Trackpoint(Trackpoint),
    /// A `Lap` has ended; these are its totals, which stand before and after its track.
    LapEnd(Box<LapTotals>),
    /// An `Activity` has ended; its notes, training and creator mostly stand after its laps.
    ActivityEnd(Box<ActivityEnd>),
    /// The program that wrote the file, mostly at its end.
    Author(Box<Author>),
}

/// The beginning of an `Activity`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActivityStart {
    /// The `Sport` attribute as written: `Other`, `Biking`, `running`, `Rowing`…
    pub sport: String,
    /// The `Id` as written: a time in most files, anything in some; empty when absent.
    pub id: String,
}

/// The beginning of a `Lap`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LapStart {
    /// The `StartTime` attribute; `None` when absent or not a time.
    pub start_time: Option<Time>,
}

/// One `Trackpoint`; NaN means that the file does not say, or says nothing usable.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trackpoint {
    /// When; `None` in files without times (some swim exports).
    pub time: Option<Time>,
    /// Latitude, in degrees north.
    pub latitude: f64,
    /// Longitude, in degrees east.
    pub longitude: f64,
    /// Altitude, in metres.
    pub altitude: f64,
    /// Distance as written, in metres: mostly since the start of the activity.
    pub distance: f64,
    /// Heart rate, in beats per minute; 0 (no belt) is given as NaN.
    pub heart_rate: f64,
    /// `Cadence`, else `RunCadence`: strokes, turns or double steps per minute.
    pub cadence: f64,
    /// `TPX/Speed`, in metres per second.
    pub speed: f64,
    /// `TPX/Watts`, in watts.
    pub power: f64,
}

impl Trackpoint {
    /// A trackpoint of which nothing is known.
    pub const EMPTY: Trackpoint = Trackpoint {
        time: None,
        latitude: f64::NAN,
        longitude: f64::NAN,
        altitude: f64::NAN,
        distance: f64::NAN,
        heart_rate: f64::NAN,
        cadence: f64::NAN,
        speed: f64::NAN,
        power: f64::NAN,
    };

    /// Whether nothing but the time is known: how many writers mark a pause.
    pub fn is_bare(&self) -> bool {
        let Trackpoint {
            time: _,
            latitude,
            longitude,
            ..
        } = self;
        let Trackpoint {
            altitude,
            distance,
            heart_rate,
            cadence,
            speed,
            power,
            ..
        } = self;
        [
            latitude, longitude, altitude, distance, heart_rate, cadence, speed, power,
        ]
        .iter()
        .all(|value| value.is_nan())
    }
}

/// What a `Lap` says about itself; NaN means that the file does not say.
#[derive(Debug, Clone, PartialEq)]
pub struct LapTotals {
    /// `TotalTimeSeconds`: the timer's time, in seconds.
    pub total_time: f64,
    /// `DistanceMeters`: the lap's own distance, in metres.
    pub distance: f64,
    /// `MaximumSpeed`, in metres per second.
    pub maximum_speed: f64,
    /// `LX/AvgSpeed`, in metres per second.
    pub average_speed: f64,
    /// `Calories`, in kilocalories as written.
    pub calories: f64,
    /// `AverageHeartRateBpm`, in beats per minute.
    pub average_heart_rate: f64,
    /// `MaximumHeartRateBpm`, in beats per minute.
    pub maximum_heart_rate: f64,
    /// `Cadence`, else `LX/AvgRunCadence`, per minute.
    pub average_cadence: f64,
    /// `LX/MaxBikeCadence` or `LX/MaxRunCadence`, per minute.
    pub maximum_cadence: f64,
    /// `LX/Steps`: steps; in a Coxswain file all strokes.
    pub steps: f64,
    /// `LX/AvgWatts`, in watts.
    pub average_power: f64,
    /// `LX/MaxWatts`, in watts; ESP Rowing Monitor's web client writes the peak force in newtons.
    pub maximum_power: f64,
    /// `Intensity`.
    pub intensity: Option<Intensity>,
    /// `TriggerMethod`.
    pub trigger: Option<Trigger>,
    /// `Notes` inside the lap; empty when absent.
    pub notes: String,
}

impl Default for LapTotals {
    fn default() -> Self {
        LapTotals {
            total_time: f64::NAN,
            distance: f64::NAN,
            maximum_speed: f64::NAN,
            average_speed: f64::NAN,
            calories: f64::NAN,
            average_heart_rate: f64::NAN,
            maximum_heart_rate: f64::NAN,
            average_cadence: f64::NAN,
            maximum_cadence: f64::NAN,
            steps: f64::NAN,
            average_power: f64::NAN,
            maximum_power: f64::NAN,
            intensity: None,
            trigger: None,
            notes: String::new(),
        }
    }
}

/// Whether a lap was work or rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intensity {
    /// `Active`.
    Active,
    /// `Resting`.
    Resting,
}

/// What ended a lap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// `Manual`.
    Manual,
    /// `Distance`.
    Distance,
    /// `Location`.
    Location,
    /// `Time`.
    Time,
    /// `HeartRate`.
    HeartRate,
}

/// What an `Activity` says about itself besides its laps; empty strings where it does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActivityEnd {
    /// `Notes`.
    pub notes: String,
    /// `Training/Plan/Name`; Coxswain writes the program's name or `-`.
    pub plan: String,
    /// `Creator`: the device.
    pub creator: Option<Creator>,
}

/// The device that recorded an activity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Creator {
    /// `Name`.
    pub name: String,
    /// `UnitId`: the serial number.
    pub unit_id: Option<u64>,
    /// `ProductID`.
    pub product_id: Option<u64>,
    /// `Version`.
    pub version: Version,
}

/// The program that wrote a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Author {
    /// `Name`.
    pub name: String,
    /// `PartNumber`.
    pub part_number: String,
    /// `Build/Version`.
    pub version: Version,
}

/// A version as `Version` gives it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Version {
    /// `VersionMajor`.
    pub major: Option<u64>,
    /// `VersionMinor`.
    pub minor: Option<u64>,
    /// `BuildMajor`.
    pub build_major: Option<u64>,
    /// `BuildMinor`.
    pub build_minor: Option<u64>,
}
