//! A host: the client's session on one side, the simulation on the other.

use std::time::{Duration, Instant};

use sim::xoss::{COMMAND, Device, FROM_DEVICE, Happening, Link, Simulation, TO_DEVICE};
use xoss::{Characteristic, Error, Event, Job, Options, Outcome, RideName, Session, Write};

/// A connection.
pub(crate) struct Host {
    pub(crate) session: Session,
    pub(crate) simulation: Simulation,
    start: Instant,
    /// Every command that was written.
    pub(crate) commands: Vec<Vec<u8>>,
    /// Jobs that were begun again, and why.
    pub(crate) restarts: Vec<Error>,
    /// When blocks of files came.
    pub(crate) progress: Vec<Duration>,
    /// Real time from a packet to what is written because of it.
    pub(crate) answers: Vec<Duration>,
}

pub(crate) fn ride_name(name: &str) -> RideName {
    name.parse().unwrap()
}

pub(crate) fn milliseconds(milliseconds: f64) -> Duration {
    Duration::from_secs_f64(milliseconds / 1000.0)
}

impl Host {
    pub(crate) fn new(device: Device, link: Link) -> Self {
        Self::with_options(Simulation::new(device, link), &Options::default())
    }

    pub(crate) fn with_options(simulation: Simulation, options: &Options) -> Self {
        let mut session = Session::new(*options);
        session.set_payload(simulation.payload());
        Self {
            session,
            simulation,
            start: Instant::now(),
            commands: Vec::new(),
            restarts: Vec::new(),
            progress: Vec::new(),
            answers: Vec::new(),
        }
    }

    /// Does a job to its end.
    pub(crate) fn run(&mut self, job: Job) -> Result<Outcome, Error> {
        self.session.start(self.now(), job).unwrap();
        self.finish()
    }

    /// Goes on to the job's end.
    pub(crate) fn finish(&mut self) -> Result<Outcome, Error> {
        for _ in 0..10_000_000 {
            if let Some(result) = self.step() {
                return result;
            }
        }
        panic!("the job does not end");
    }

    /// Lets the next thing happen; the job's end.
    pub(crate) fn step(&mut self) -> Option<Result<Outcome, Error>> {
        if let Some(result) = self.drain() {
            return Some(result);
        }
        let timeout = self.session.poll_timeout();
        let until = timeout.map(|at| at.saturating_duration_since(self.start));
        match self.simulation.next(until) {
            Happening::Notified(notification) => {
                let from = match notification.characteristic {
                    COMMAND => Characteristic::Command,
                    FROM_DEVICE => Characteristic::FromDevice,
                    other => panic!("a notification of {other:04x}"),
                };
                let (now, bytes) = (self.now(), notification.bytes);
                let before = Instant::now();
                self.session.handle_notification(now, from, &bytes);
                if let Some(write) = self.session.poll_write() {
                    self.answers.push(before.elapsed());
                    self.write(&write);
                }
            }
            Happening::TimedOut => self.session.handle_timeout(self.now()),
            Happening::LinkLost => self.session.handle_disconnected(),
            Happening::Nothing => panic!("both wait for ever"),
        }
        self.drain()
    }

    pub(crate) fn now(&self) -> Instant {
        self.start + self.simulation.now()
    }

    /// Writes what is to be written, at once; the job's end, which nothing may follow.
    fn drain(&mut self) -> Option<Result<Outcome, Error>> {
        let mut end = None;
        while let Some(event) = self.session.poll_event() {
            assert!(end.is_none(), "{event:?} after the end");
            match event {
                Event::Progress { bytes, size } => {
                    assert!(bytes <= size);
                    self.progress.push(self.simulation.now());
                }
                Event::Restarted { cause, .. } => self.restarts.push(cause),
                Event::Finished(result) => end = Some(result),
            }
        }
        while let Some(write) = self.session.poll_write() {
            self.write(&write);
        }
        end
    }

    fn write(&mut self, write: &Write) {
        let to = match write.characteristic {
            Characteristic::Command => {
                assert!(!matches!(write.bytes[0], 0xCC | 0xCD | 0xDF), "{write:?}");
                assert!(write.bytes.len() <= 20, "{write:?}");
                self.commands.push(write.bytes.clone());
                COMMAND
            }
            Characteristic::ToDevice => TO_DEVICE,
            Characteristic::FromDevice => panic!("{write:?}"),
        };
        assert!(write.bytes.len() <= self.simulation.payload(), "{write:?}");
        self.simulation.write(to, &write.bytes);
    }

    pub(crate) fn download(&mut self, name: &str) -> Result<Vec<u8>, Error> {
        match self.run(Job::Download(ride_name(name)))? {
            Outcome::Downloaded(download) => {
                assert_eq!(download.name.as_str(), name);
                Ok(download.content)
            }
            other => panic!("{other:?}"),
        }
    }
}
