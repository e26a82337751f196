use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Puts the force curve of a drive together from the frames in which it arrives.
///
/// A frame is `total u8, index u8, f32 × n`: how many frames the curve has, which one this is
/// (from 1), and forces at the handle in newtons, one for each impulse of the flywheel in the
/// drive. The frames of a curve form a burst; how many values one holds follows from the smallest
/// MTU among the monitor's listeners.
///
/// A curve comes out only if every frame of its burst came, in order, none twice with different
/// bytes. Two bursts are never joined. The end of a burst is the frame whose index is its *own*
/// total: the example in the firmware's documentation has the totals 5, 5, 4, 4, which no firmware
/// ever sent but which is read here.
///
/// After every `handle_*`, call [`poll_event`](Self::poll_event) until it returns `None`.
///
/// ```
/// use std::time::Instant;
/// use esprm::{ForceEvent, HandleForces};
///
/// let now = Instant::now();
/// let mut forces = HandleForces::default();
/// forces.handle_frame(now, &[2, 1, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]);
/// assert_eq!(forces.poll_event(), None);
/// forces.handle_frame(now, &[2, 2, 0, 0, 0x40, 0x40]);
/// assert_eq!(forces.poll_event(), Some(ForceEvent::Curve(vec![1.0, 2.0, 3.0])));
/// ```
#[derive(Clone, Debug, Default)]
pub struct HandleForces {
    burst: Option<Burst>,
    /// The last sound frame, to know it again.
    previous: Vec<u8>,
    events: VecDeque<ForceEvent>,
    tally: ForceTally,
}

#[derive(Clone, Debug)]
struct Burst {
    total: u8,
    index: u8,
    values: Vec<f32>,
    last_frame: Instant,
}

/// What became of the frames.
#[derive(Clone, Debug, PartialEq)]
pub enum ForceEvent {
    /// All forces of a drive, in newtons; negative ones occur. Every one is finite.
    Curve(Vec<f32>),
    /// A burst did not come to its end: another began, or nothing came for a second.
    Incomplete {
        /// How many values had arrived.
        received: usize,
    },
    /// A frame is missing within a burst, which is dropped.
    Gap {
        /// How many values had arrived.
        received: usize,
    },
    /// A frame of a burst whose begin did not arrive, or that was dropped.
    Skipped,
    /// Bytes that are no frame.
    Malformed,
}

/// What happened so far, for a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ForceTally {
    /// Complete curves.
    pub curves: u64,
    /// Bursts that were dropped.
    pub dropped: u64,
    /// Frames that were no frames.
    pub malformed: u64,
    /// Frames that came twice in a row.
    pub repeated: u64,
    /// Frames whose total was another than that of the frame before.
    pub changed_totals: u64,
    /// Complete bursts that were dropped for values that are not finite.
    pub not_finite: u64,
}

/// More impulses than a drive has by default (29 to 200).
const USUAL: usize = 256;

/// A burst without a frame for this long will not be completed.
const PATIENCE: Duration = Duration::from_secs(1);

impl HandleForces {
    /// Takes a notification of Handle Forces.
    pub fn handle_frame(&mut self, now: Instant, value: &[u8]) {
        self.handle_timeout(now);
        let Some((total, index, forces)) = parts(value) else {
            self.tally.malformed += 1;
            self.events.push_back(ForceEvent::Malformed);
            return;
        };
        if self.previous == value {
            self.tally.repeated += 1;
            return;
        }
        self.previous.clear();
        self.previous.extend_from_slice(value);

        if index == 1 {
            self.abandon();
            self.burst = Some(Burst {
                total,
                index: 0,
                values: Vec::with_capacity((usize::from(total) * forces.len()).min(USUAL)),
                last_frame: now,
            });
        }
        let Some(burst) = &mut self.burst else {
            self.events.push_back(ForceEvent::Skipped);
            return;
        };
        if index != burst.index + 1 {
            let received = burst.values.len();
            self.tally.dropped += 1;
            self.burst = None;
            self.events.push_back(ForceEvent::Gap { received });
            return;
        }
        self.tally.changed_totals += u64::from(burst.total != total);
        burst.total = total;
        burst.index = index;
        burst.last_frame = now;
        burst
            .values
            .extend(forces.iter().map(|force| f32::from_le_bytes(*force)));
        if index == total {
            self.complete();
        }
    }

    /// Closes a burst of which nothing has come for a second.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.poll_timeout().is_some_and(|at| now >= at) {
            self.abandon();
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.burst.as_ref().map(|burst| burst.last_frame + PATIENCE)
    }

    /// What happened.
    pub fn poll_event(&mut self) -> Option<ForceEvent> {
        self.events.pop_front()
    }

    /// Gives up the burst that has begun, if one has: what comes next is another drive's.
    pub fn abandon(&mut self) {
        if let Some(burst) = self.burst.take() {
            let received = burst.values.len();
            self.tally.dropped += 1;
            self.events.push_back(ForceEvent::Incomplete { received });
        }
    }

    /// Gives up everything after the link was lost: a frame may now be the same as before.
    pub fn reset(&mut self) {
        self.abandon();
        self.previous.clear();
    }

    /// What happened so far.
    pub fn tally(&self) -> ForceTally {
        self.tally
    }

    fn complete(&mut self) {
        let Some(burst) = self.burst.take() else {
            return;
        };
        if burst.values.iter().all(|force| force.is_finite()) {
            self.tally.curves += 1;
            self.events.push_back(ForceEvent::Curve(burst.values));
        } else {
            self.tally.not_finite += 1;
        }
    }
}

/// Total, index and forces of a sound frame.
fn parts(value: &[u8]) -> Option<(u8, u8, &[[u8; 4]])> {
    let (&[total, index], forces) = value.split_first_chunk()?;
    let (forces, rest) = forces.as_chunks();
    let sound = !forces.is_empty() && rest.is_empty() && (1..=total).contains(&index);
    sound.then_some((total, index, forces))
}
