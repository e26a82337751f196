//! Everything that goes wrong at once, and anything at all.

use std::time::{Duration, Instant};

use fossibot::{Consent, Energy, Event, Options, Poller, Powers};
use proptest::prelude::*;
use sim::{Station, StationFaults};

use crate::support::{Central, profile, reading};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever a link does to a station's frames, what is told is what the station said.
    #[test]
    fn nothing_false_is_ever_told(
        seed: u64,
        mtu in prop::sample::select(vec![23_usize, 160, 171, 517]),
        chances in prop::array::uniform7(0.0..0.15_f64),
        stale_echo: bool,
    ) {
        let [silence, other_bank, repetition, swap, piece_loss, exception, text] = chances;
        let faults = StationFaults {
            seed, silence, other_bank, repetition, swap, piece_loss, exception, text, stale_echo,
            ..StationFaults::default()
        };
        let station = Station::new(seed, 0.6).with(faults);
        let mut central = Central::new(station, mtu, "sydpower", Options::default());
        central.run_until(Duration::from_secs(1200));
        let profile = profile("sydpower");
        let wrong = central.events.iter().any(|(_, event)| matches!(event, Event::WrongProfile(_)));
        prop_assert!(!wrong);
        for status in central.statuses() {
            let charge = reading(&profile, status, "state_of_charge");
            prop_assert!((40.0..90.0).contains(&charge), "{}", charge);
            prop_assert_eq!(reading(&profile, status, "ac_output_frequency"), 50.0);
        }
        prop_assert!(central.steps < 20_000);
    }

    /// Any bytes at any time: no panic, no write that nobody asked for, and a next time that comes.
    #[test]
    fn any_bytes_do_no_harm(
        acts in prop::collection::vec(
            (0_u8..8, prop::collection::vec(any::<u8>(), 0..40), 0_u64..4000), 0..200),
    ) {
        let mut now = Instant::now();
        let profile = profile("sydpower");
        let mut poller = Poller::new(profile.clone(), Options::default());
        let mut connected = false;
        for (act, bytes, millis) in acts {
            now += Duration::from_millis(millis);
            match act {
                0 => { poller.handle_disconnected(); connected = false; }
                1 => { poller.handle_connected(now); connected = true; }
                2 => poller.handle_timeout(now),
                3 => poller.set(now, profile.command("usb", "on", Consent::default()).unwrap()),
                _ => poller.handle_notification(now, &bytes),
            }
            while let Some(request) = poller.poll_request() {
                prop_assert!(connected);
                prop_assert!(request.reads().is_some(), "no status was sane");
            }
            while poller.poll_event().is_some() {}
            prop_assert_eq!(poller.poll_timeout().is_some(), connected);
        }
    }

    /// Counts of energy never go down, whatever is measured, whenever.
    #[test]
    fn energy_never_goes_down(
        saved in prop::array::uniform3(any::<f64>()),
        values in prop::collection::vec((0_u64..60_000, prop::array::uniform3(any::<f64>())), 0..50),
    ) {
        let powers = |[input, output, charged]: [f64; 3]| Powers { input, output, charged };
        let start = Instant::now();
        let mut energy = Energy::new(Duration::from_secs(30), powers(saved));
        let mut last = energy.counted();
        for (millis, values) in values {
            energy.add(start + Duration::from_millis(millis), powers(values));
            let counted = energy.counted();
            prop_assert!(counted.input >= last.input);
            prop_assert!(counted.output >= last.output);
            prop_assert!(counted.charged >= last.charged);
            last = counted;
        }
    }
}
