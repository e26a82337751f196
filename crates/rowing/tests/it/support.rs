//! Plays sessions to a recorder, and looks at what comes out.

use std::time::{Duration, Instant};

use gatt::Uuid;
use rowing::{BaseService, Device, Event, Recorder, Sample, Stroke, Totals};
use sim::{Happening, Peripheral, Session};

/// What a recorder made of a session.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// The time from which the session counts.
    pub(crate) start: Instant,
    pub(crate) events: Vec<Event>,
    pub(crate) totals: Totals,
    /// Strokes that the rower had counted when it was first heard, which don't count.
    pub(crate) baseline: u64,
}

/// What a device is, from its services.
pub(crate) fn device(peripheral: &impl Peripheral) -> Device {
    let services = peripheral.services();
    let names: Vec<Uuid> = services.iter().map(|service| service.name).collect();
    let all = services.iter().flat_map(|service| &service.characteristics);
    let characteristics: Vec<Uuid> = all.map(|characteristic| characteristic.name).collect();
    Device::of(&names, &characteristics).unwrap()
}

/// Does what is due up to a time, when it is due.
pub(crate) fn wait(recorder: &mut Recorder, until: Instant) {
    while let Some(at) = recorder.poll_timeout().filter(|at| *at <= until) {
        recorder.handle_timeout(at);
        assert!(
            recorder.poll_timeout().is_none_or(|next| next > at),
            "no progress"
        );
    }
}

/// Plays a session to its end.
pub(crate) fn record<P: Peripheral>(session: Session<P>) -> Recorded {
    let start = Instant::now();
    let device = device(session.peripheral());
    let mut recorder = Recorder::default();
    let mut now = start;
    let mut baseline = None;
    for (time, happening) in session {
        now = start + time;
        wait(&mut recorder, now);
        match happening {
            Happening::Connected => recorder.handle_connected(now, device.clone()),
            Happening::Disconnected => recorder.handle_disconnected(now),
            Happening::Value {
                characteristic,
                value,
            } => {
                if characteristic == device.base().measurement() {
                    baseline.get_or_insert(strokes(device.base(), &value));
                }
                recorder.handle_value(now, characteristic, &value);
            }
        }
    }
    Recorded {
        baseline: baseline.unwrap_or_default(),
        ..finish(recorder, start, now)
    }
}

/// The strokes in a measurement of an ESP Rowing Monitor.
fn strokes(base: BaseService, value: &[u8]) -> u64 {
    let place = match base {
        BaseService::CyclingPower => 10,
        BaseService::CyclingSpeedAndCadence => 7,
        BaseService::FitnessMachine => 3,
    };
    u16::from_le_bytes([value[place], value[place + 1]]).into()
}

pub(crate) fn finish(mut recorder: Recorder, start: Instant, now: Instant) -> Recorded {
    recorder.finish(now);
    let events: Vec<Event> = std::iter::from_fn(|| recorder.poll_event()).collect();
    assert!(recorder.poll_timeout().is_none());
    let row = Recorded {
        start,
        events,
        totals: recorder.totals(),
        baseline: 0,
    };
    row.check();
    row
}

impl Recorded {
    pub(crate) fn strokes(&self) -> impl Iterator<Item = &Stroke> {
        self.events.iter().filter_map(|event| match event {
            Event::Stroke(stroke) => Some(&**stroke),
            _ => None,
        })
    }

    /// Samples, those of strokes too.
    pub(crate) fn samples(&self) -> impl Iterator<Item = &Sample> {
        self.events.iter().filter_map(|event| match event {
            Event::Stroke(stroke) => Some(&stroke.sample),
            Event::Sample(sample) => Some(sample),
            _ => None,
        })
    }

    pub(crate) fn count(&self, wanted: impl Fn(&Event) -> bool) -> usize {
        self.events.iter().filter(|event| wanted(event)).count()
    }

    pub(crate) fn seconds(&self, time: Instant) -> f64 {
        time.duration_since(self.start).as_secs_f64()
    }

    /// What holds for every row: one start, one end, time and totals that never decrease, pauses
    /// that alternate with resumptions, strokes that add up.
    fn check(&self) {
        let begun = self.count(|event| matches!(event, Event::Started { .. }));
        let ended = self.count(|event| matches!(event, Event::Ended { .. }));
        assert!(begun <= 1 && begun == ended, "{begun} starts, {ended} ends");
        let mut last: Option<Instant> = None;
        // What came in gaps is told with the sample that follows.
        let (mut strokes, mut unheard, mut distance) = (0, 0, 0.0);
        let mut paused = false;
        let mut resumed = Duration::ZERO;
        let mut paused_at = None;
        for event in &self.events {
            let time = match event {
                Event::Started { time } | Event::Ended { time } | Event::Segment { time } => *time,
                Event::Stroke(stroke) => {
                    assert!(!paused, "a stroke in a pause");
                    assert!(stroke.count > 0);
                    let rowed = u64::from(stroke.count) + std::mem::take(&mut unheard);
                    assert_eq!(stroke.sample.strokes, strokes + rowed);
                    assert!(stroke.forces.iter().all(|force| force.is_finite()));
                    stroke.sample.time
                }
                Event::Sample(sample) => sample.time,
                Event::Paused { time } => {
                    assert!(!std::mem::replace(&mut paused, true));
                    paused_at = Some(*time);
                    *time
                }
                Event::Resumed { time } => {
                    assert!(std::mem::replace(&mut paused, false));
                    resumed += time.duration_since(paused_at.unwrap());
                    *time
                }
                Event::Gap(gap) => {
                    assert!(gap.start <= gap.end);
                    unheard += gap.strokes;
                    gap.start
                }
                _ => continue,
            };
            assert!(last.is_none_or(|last| last <= time), "{event:?}");
            last = Some(time);
            if let Event::Stroke(stroke) = event {
                strokes = stroke.sample.strokes;
                assert!(stroke.sample.distance >= distance);
                distance = stroke.sample.distance;
            }
            if let Event::Sample(sample) = event {
                let rowed = std::mem::take(&mut unheard);
                assert_eq!(sample.strokes, strokes + rowed, "{event:?}");
                assert!(sample.distance >= distance);
                (strokes, distance) = (sample.strokes, sample.distance);
            }
        }
        assert_eq!(self.totals.strokes, strokes);
        assert!((self.totals.distance - distance).abs() < 1e-9);
        assert_eq!(self.totals.active + resumed, self.totals.elapsed);
        assert!(self.events.is_empty() || begun == 1 || strokes == 0);
    }
}
