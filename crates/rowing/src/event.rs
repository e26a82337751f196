use std::time::{Duration, Instant};

use gatt::Uuid;

/// What happens in a row. Times never decrease from one event to the next.
///
/// Numbers are `NaN` where nothing was measured.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The row begins, with the drive of the first stroke. A sample of that time follows.
    Started {
        /// When.
        time: Instant,
    },
    /// A stroke, at the end of its drive.
    Stroke(Box<Stroke>),
    /// What was measured where no stroke ended: at the start and the end, while the boat glides, and
    /// after a gap.
    Sample(Sample),
    /// Nobody rows any more.
    Paused {
        /// When the monitor's clock stopped, or the last metre was done.
        time: Instant,
    },
    /// Somebody rows again.
    Resumed {
        /// When the drive began.
        time: Instant,
    },
    /// The rower was not heard for a while. What it counted meanwhile is in the sample that follows,
    /// be it of a stroke or not.
    Gap(Gap),
    /// The rower began to count anew: it was switched off and on, or reset. The totals go on.
    Segment {
        /// When that was noticed.
        time: Instant,
    },
    /// The rower is connected but has sent no measurement for two seconds; comes again after four,
    /// eight, sixteen seconds and so on. The notifications of a `WaterRower`'s `ComModule` stop by
    /// themselves and start again when they are subscribed to anew (seen in Coxswain).
    Silent {
        /// To what to subscribe.
        characteristic: Uuid,
    },
    /// Something is odd; each kind is said once.
    Warning(Warning),
    /// The row is over.
    Ended {
        /// When the last thing was measured.
        time: Instant,
    },
}

/// The state of a row at some time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// When.
    pub time: Instant,
    /// Strokes since the start.
    pub strokes: u64,
    /// Distance since the start, in metres.
    pub distance: f64,
    /// Speed, in metres per second.
    pub speed: f64,
    /// Strokes per minute.
    pub stroke_rate: f64,
    /// Power, in watts. With an ESP Rowing Monitor: the mean over the drive of the stroke before and
    /// the recovery after it.
    pub power: f64,
    /// Heart rate, in beats per minute: the belt's, or else the rower's.
    pub heart_rate: f64,
    /// Drag factor, in 10⁻⁶ N m s².
    pub drag_factor: f64,
}

/// A stroke.
#[derive(Clone, Debug, PartialEq)]
pub struct Stroke {
    /// The state of the row at the end of the drive.
    pub sample: Sample,
    /// How many strokes this stands for: more than 1 where notifications were lost.
    pub count: u32,
    /// Distance since the stroke before, in metres; the mean where it stands for several.
    pub length: f64,
    /// Duration of the drive, in seconds.
    pub drive_time: f64,
    /// Duration of the recovery before it, in seconds.
    pub recovery_time: f64,
    /// Forces at the handle in newtons, one for each impulse of the flywheel; empty when there are
    /// none.
    pub forces: Vec<f32>,
    /// What follows from the forces.
    pub handle: Handle,
}

/// What follows from the forces of a drive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Handle {
    /// Mean force, in newtons.
    pub average_force: f64,
    /// Highest force, in newtons.
    pub peak_force: f64,
    /// How far the handle moved, in metres; needs the monitor's settings.
    pub drive_length: f64,
    /// Work done, in joules; needs the monitor's settings.
    pub work: f64,
}

/// A while in which the rower was not heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// When it was last heard.
    pub start: Instant,
    /// When it was heard again.
    pub end: Instant,
    /// Strokes that it counted meanwhile.
    pub strokes: u64,
    /// Metres that it counted meanwhile.
    pub distance: f64,
}

/// What a row comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// Strokes.
    pub strokes: u64,
    /// Distance, in metres.
    pub distance: f64,
    /// From the start to the last measurement.
    pub elapsed: Duration,
    /// The same without pauses.
    pub active: Duration,
    /// How often the rower was not heard for a while.
    pub gaps: u64,
    /// How often it began to count anew.
    pub segments: u64,
}

/// Something that is odd.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// Occurs when an adopted characteristic has a value that can't be decoded.
    #[error("the rower sends a value that can't be read")]
    Value(#[source] gatt::Error),
    /// Occurs when a characteristic of the monitor's own has.
    #[error("the monitor sends a value that can't be read")]
    OwnValue(#[source] esprm::Error),
    /// Occurs when a frame of a force curve is none.
    #[error("the monitor sends handle forces that can't be read")]
    Forces,
    /// Occurs when frames of one force curve disagree on how many they are.
    #[error("the monitor changes the number of frames within a force curve")]
    ForceTotals,
    /// Occurs when five strokes in a row have a longer drive than recovery.
    #[error("drives are longer than recoveries: the monitor may send them the other way round")]
    LongDrives,
}

impl Sample {
    /// Nothing but time and totals.
    pub(crate) fn bare(time: Instant, strokes: u64, distance: f64) -> Self {
        Self {
            time,
            strokes,
            distance,
            speed: f64::NAN,
            stroke_rate: f64::NAN,
            power: f64::NAN,
            heart_rate: f64::NAN,
            drag_factor: f64::NAN,
        }
    }
}

impl Handle {
    /// Of the forces, and of how far the handle moves from one to the next, in metres.
    pub(crate) fn of(forces: &[f32], step: Option<f64>) -> Self {
        let values = || forces.iter().copied().map(f64::from);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a drive has some hundred forces"
        )]
        let count = forces.len() as f64;
        let sum: f64 = values().sum();
        let step = step.unwrap_or(f64::NAN);
        if forces.is_empty() {
            return Self {
                average_force: f64::NAN,
                peak_force: f64::NAN,
                drive_length: f64::NAN,
                work: f64::NAN,
            };
        }
        Self {
            average_force: sum / count,
            peak_force: values().fold(f64::MIN, f64::max),
            drive_length: (count - 1.0) * step,
            work: sum * step,
        }
    }
}
