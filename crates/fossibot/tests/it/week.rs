//! Seven days at 5 s, with a thousand losses and a unit that is off for days.

use std::time::Duration;

use fossibot::{Energy, Event, Options, Powers};
use sim::{Outage, Random, Station, StationFaults};

use crate::support::Central;

const HOUR: Duration = Duration::from_secs(3600);

/// Takes the events so far, and counts energy by them.
#[derive(Debug)]
struct Log {
    energy: Energy,
    rows: u64,
    last: Powers,
}

impl Log {
    fn take(&mut self, central: &mut Central) {
        for (_, event) in std::mem::take(&mut central.events) {
            let Event::Status(status) = event else {
                continue;
            };
            self.rows += 1;
            self.energy.add(status.time, status.powers);
            let counted = self.energy.counted();
            assert!(
                counted.input >= self.last.input,
                "{counted:?} {:?}",
                self.last
            );
            assert!(counted.output >= self.last.output);
            assert!(counted.charged >= self.last.charged);
            self.last = counted;
        }
    }

    /// As after a restart of the program: what was saved is all that is left.
    fn restart(&mut self) {
        self.energy = Energy::new(Duration::from_secs(30), self.last);
    }
}

fn log() -> Log {
    Log {
        energy: Energy::new(Duration::from_secs(30), Powers::default()),
        rows: 0,
        last: Powers::default(),
    }
}

#[test]
fn seven_days_with_a_thousand_losses() {
    let off = |start: u32, end: u32| Outage {
        start: HOUR * start,
        end: HOUR * end,
    };
    let faults = StationFaults {
        seed: 5,
        other_bank: 0.002,
        repetition: 0.002,
        exception: 0.002,
        silence: 0.002,
        text: 0.002,
        stale_echo: true,
        off: vec![off(60, 90), off(120, 124)],
        ..StationFaults::default()
    };
    let station = Station::new(9, 0.5).with(faults);
    let mut central = Central::new(station, 517, "sydpower", Options::default());
    let mut random = Random::new(77);
    let (mut log, mut losses) = (log(), 0);
    let week = 7 * 24 * HOUR;
    while central.now < week {
        // The unit is off for 34 of the 168 hours; a link is lost at other times only.
        central.run_for(Duration::from_millis(200 + random.next() % 960_000));
        if central.connected {
            losses += 1;
            central.lose(Duration::from_millis(random.next() % 20_000));
        }
        log.take(&mut central);
        if losses % 100 == 0 {
            log.restart();
        }
    }
    central.run_until(week);
    log.take(&mut central);
    assert!(losses >= 1000, "{losses}");
    // Every status that arrived is there, also those that nobody asked for.
    let with_text = central.poller.counts().link.frames - central.poller.counts().stray;
    assert!(
        log.rows >= central.arrived,
        "{} {}",
        log.rows,
        central.arrived
    );
    assert!(log.rows <= with_text);
    // 134 hours on, at 5 s, less what the losses took.
    assert!(log.rows > 90_000, "{}", log.rows);
    // No spin: a few steps a poll, and a try a minute while it is off.
    assert!(central.steps < 600_000, "{}", central.steps);
    assert!(central.attempts < 1000 + 2100 + 200, "{}", central.attempts);
    assert!(
        log.last.input > 5_000.0 && log.last.output > 5_000.0,
        "{:?}",
        log.last
    );
}

/// What is counted is what has really flowed.
#[test]
fn a_day_without_losses_counts_what_flows() {
    let station = Station::new(4, 0.5);
    let mut central = Central::new(station, 517, "sydpower", Options::default());
    let mut log = log();
    let mut truth = [0.0; 2];
    for _ in 0..86_400 {
        central.run_for(Duration::from_secs(1));
        let [input, output, ..] = central.station.truth(central.now);
        truth[0] += input / 3600.0;
        truth[1] += output / 3600.0;
        log.take(&mut central);
    }
    for (counted, truth) in [(log.last.input, truth[0]), (log.last.output, truth[1])] {
        assert!(truth > 1000.0);
        assert!((counted / truth - 1.0).abs() < 0.01, "{counted} {truth}");
    }
}
