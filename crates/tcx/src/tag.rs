//! The elements of TCX that are looked at, found by local name and parent.

/// What an open element means to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    // Containers.
    Database,
    /// `Activities`, and `MultiSportSession`, `FirstSport`, `NextSport` inside it.
    Activities,
    Activity,
    Lap,
    Track,
    Trackpoint,
    Position,
    /// `Extensions` and `TPX` of a trackpoint.
    PointExtensions,
    /// `Extensions` and `LX` of a lap.
    LapExtensions,
    Creator,
    Author,
    /// `Build` in `Author`.
    Build,
    Version,
    /// `Training` and `Plan`.
    Training,
    /// What other files of the format hold; nothing inside is looked at.
    Courses,
    Workouts,
    /// Anything else; its content is skipped.
    Unknown,
    // Values of a trackpoint.
    Time,
    Latitude,
    Longitude,
    Altitude,
    Distance,
    HeartRate,
    Cadence,
    RunCadence,
    Speed,
    Power,
    // Values of a lap.
    TotalTime,
    LapDistance,
    MaximumSpeed,
    Calories,
    AverageHeartRate,
    MaximumHeartRate,
    LapCadence,
    LapRunCadence,
    MaximumCadence,
    AverageSpeed,
    AveragePower,
    MaximumPower,
    Steps,
    Intensity,
    Trigger,
    LapNotes,
    // Other values.
    Id,
    Notes,
    PlanName,
    Name,
    UnitId,
    ProductId,
    PartNumber,
    VersionMajor,
    VersionMinor,
    BuildMajor,
    BuildMinor,
    /// `Value` inside a heart rate.
    HeartRateValue,
}

impl track_xml::Tag for Tag {
    const ROOT: Tag = Tag::Database;
    const UNKNOWN: Tag = Tag::Unknown;

    #[inline]
    fn is_value(self) -> bool {
        self as u8 >= Tag::Time as u8
    }

    #[inline]
    fn child(self, local: &[u8]) -> Tag {
        match self {
            Tag::Trackpoint => in_trackpoint(local),
            Tag::PointExtensions => in_point_extensions(local),
            Tag::Position => match local {
                b"LatitudeDegrees" => Tag::Latitude,
                b"LongitudeDegrees" => Tag::Longitude,
                _ => Tag::Unknown,
            },
            Tag::HeartRate | Tag::AverageHeartRate | Tag::MaximumHeartRate => match local {
                b"Value" => Tag::HeartRateValue,
                _ => Tag::Unknown,
            },
            Tag::Track => match local {
                b"Trackpoint" => Tag::Trackpoint,
                _ => Tag::Unknown,
            },
            Tag::Lap => in_lap(local),
            Tag::LapExtensions => in_lap_extensions(local),
            _ => self.child_outside_laps(local),
        }
    }
}

impl Tag {
    fn child_outside_laps(self, local: &[u8]) -> Tag {
        match (self, local) {
            (Tag::Database, b"Activities")
            | (Tag::Activities, b"MultiSportSession" | b"FirstSport" | b"NextSport") => {
                Tag::Activities
            }
            (Tag::Database | Tag::Activities, b"Activity") => Tag::Activity,
            (Tag::Database, b"Courses") => Tag::Courses,
            (Tag::Database, b"Workouts") => Tag::Workouts,
            (Tag::Activity, b"Lap") => Tag::Lap,
            (Tag::Activity, b"Id") => Tag::Id,
            (Tag::Activity, b"Notes") => Tag::Notes,
            (Tag::Activity | Tag::Training, b"Training" | b"Plan") => Tag::Training,
            (Tag::Training, b"Name") => Tag::PlanName,
            (Tag::Activity, b"Creator") => Tag::Creator,
            // Open Rowing Monitor puts it inside Activity.
            (Tag::Database | Tag::Activities | Tag::Activity, b"Author") => Tag::Author,
            (Tag::Author, b"Build") => Tag::Build,
            (Tag::Creator | Tag::Author | Tag::Build, b"Version") => Tag::Version,
            (Tag::Creator | Tag::Author, b"Name") => Tag::Name,
            (Tag::Creator, b"UnitId") => Tag::UnitId,
            (Tag::Creator, b"ProductID") => Tag::ProductId,
            (Tag::Author | Tag::Build, b"PartNumber") => Tag::PartNumber,
            (Tag::Version, b"VersionMajor") => Tag::VersionMajor,
            (Tag::Version, b"VersionMinor") => Tag::VersionMinor,
            (Tag::Version, b"BuildMajor") => Tag::BuildMajor,
            (Tag::Version, b"BuildMinor") => Tag::BuildMinor,
            _ => Tag::Unknown,
        }
    }
}

#[inline]
fn in_trackpoint(local: &[u8]) -> Tag {
    match local {
        b"Time" => Tag::Time,
        b"Position" => Tag::Position,
        b"AltitudeMeters" => Tag::Altitude,
        b"DistanceMeters" => Tag::Distance,
        b"HeartRateBpm" => Tag::HeartRate,
        // Some writers forget `Extensions` or `TPX` around the rest.
        _ => in_point_extensions(local),
    }
}

#[inline]
fn in_point_extensions(local: &[u8]) -> Tag {
    match local {
        b"Extensions" | b"TPX" => Tag::PointExtensions,
        b"Speed" => Tag::Speed,
        b"Watts" => Tag::Power,
        b"Cadence" => Tag::Cadence,
        b"RunCadence" => Tag::RunCadence,
        _ => Tag::Unknown,
    }
}

fn in_lap(local: &[u8]) -> Tag {
    match local {
        b"Track" => Tag::Track,
        b"TotalTimeSeconds" => Tag::TotalTime,
        b"DistanceMeters" => Tag::LapDistance,
        b"MaximumSpeed" => Tag::MaximumSpeed,
        b"Calories" => Tag::Calories,
        b"AverageHeartRateBpm" => Tag::AverageHeartRate,
        b"MaximumHeartRateBpm" => Tag::MaximumHeartRate,
        b"Intensity" => Tag::Intensity,
        b"Cadence" => Tag::LapCadence,
        b"TriggerMethod" => Tag::Trigger,
        b"Notes" => Tag::LapNotes,
        b"Trackpoint" => Tag::Trackpoint,
        _ => in_lap_extensions(local),
    }
}

fn in_lap_extensions(local: &[u8]) -> Tag {
    match local {
        b"Extensions" | b"LX" => Tag::LapExtensions,
        b"Steps" => Tag::Steps,
        b"AvgSpeed" => Tag::AverageSpeed,
        b"AvgWatts" => Tag::AveragePower,
        b"MaxWatts" => Tag::MaximumPower,
        b"AvgRunCadence" => Tag::LapRunCadence,
        b"MaxBikeCadence" | b"MaxRunCadence" => Tag::MaximumCadence,
        _ => Tag::Unknown,
    }
}
