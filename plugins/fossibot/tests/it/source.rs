use pipeline_plugin::{ErrorKind, Kind, StateStore, Timestamp};

use crate::support::{Run, bench, run, source};

fn is_sound(run: &Run) {
    run.result.as_ref().unwrap();
    for stream in &run.kept.streams {
        assert_eq!(stream.header.kind, Kind::Log);
        assert!(stream.finished);
        assert!(stream.rows.is_sorted_by_key(|(time, _)| *time));
    }
    for name in ["energy_in", "energy_out", "energy_charged"] {
        assert!(run.column(name).is_sorted(), "{name}");
    }
}

#[test]
fn a_status_comes_every_five_seconds() {
    let run = run("{}", "fossibot", 600);
    is_sound(&run);
    assert_eq!(run.kept.streams.len(), 1);
    let stream = &run.kept.streams[0];
    assert_eq!(stream.header.device.name, "POWER-0084");
    // 120 that were asked for, and some that were not.
    let count = stream.rows.len();
    assert!((120..=135).contains(&count), "{count}");
    assert_eq!(stream.fields[0].name(), "state_of_charge");
    assert!(
        stream
            .column("state_of_charge")
            .iter()
            .all(|soc| (60.0..70.0).contains(soc))
    );
    // The settings are there from the first row on.
    assert!(
        stream
            .column("charge_limit")
            .iter()
            .all(|limit| *limit == 90.0)
    );
    assert!(
        stream
            .column("link_quality")
            .iter()
            .all(|quality| *quality == 100.0)
    );
    assert!(run.column("energy_out").last().unwrap() > &5.0);
    assert_eq!(run.warnings(), Vec::<&str>::new());
    assert!(
        (9..40).contains(&run.kept.checkpoints),
        "{}",
        run.kept.checkpoints
    );
}

/// A stream is a day of UTC, whenever the run began.
#[test]
fn streams_are_cut_at_midnight() {
    let bench = bench("fossibot", "2026-11-20T23:50:00Z", StateStore::default());
    let run = bench.run(&source("{}"), 86_400 + 1200, |_| ());
    is_sound(&run);
    let starts: Vec<String> = run
        .kept
        .streams
        .iter()
        .map(|stream| stream.header.start.for_people())
        .collect();
    assert_eq!(starts.len(), 3, "{starts:?}");
    assert!(starts[1].starts_with("2026-11-21 00:00:0"), "{starts:?}");
    for stream in &run.kept.streams {
        let day = |time: Timestamp| time.micros().div_euclid(86_400_000_000);
        let first = day(stream.rows[0].0);
        assert!(stream.rows.iter().all(|(time, _)| day(*time) == first));
        assert_eq!(stream.header.start, stream.rows[0].0);
    }
}

/// It is off for two days: one warning when it goes, one when it is back, and an attempt now and then.
#[test]
fn it_never_gives_up() {
    let run = run("{}", "fossibot?off=600&off-for=172800", 172_800 + 1800);
    is_sound(&run);
    assert_eq!(
        run.warnings(),
        [
            "a power station is out of reach; looking for it until it is there",
            "a power station is there again",
        ]
    );
    assert!(run.said.len() < 40, "{:?}", run.said.len());
    let rows: usize = run.kept.streams.iter().map(|s| s.rows.len()).sum();
    assert!((340..420).contains(&rows), "{rows}");
}

#[test]
fn a_link_that_breaks_again_and_again_is_made_again() {
    let run = run(
        "{}",
        "fossibot?outages=40&outage=60&mtu=23&other-bank=0.02&silence=0.02",
        10_000,
    );
    is_sound(&run);
    let rows = run.kept.streams[0].rows.len();
    assert!(rows > 1500, "{rows}");
    // The same row does not warn again and again.
    assert!(run.warnings().len() < 20, "{:?}", run.warnings());
}

/// Counts go on where they were, by the station's address.
#[test]
fn counts_of_energy_survive_a_restart() {
    let store = StateStore::default();
    let first = bench("fossibot", "2026-11-20T12:00:00Z", store.clone());
    let first = first.run(&source("{}"), 1800, |_| ());
    let second = bench("fossibot", "2026-11-20T13:00:00Z", store);
    let second = second.run(&source("{}"), 1800, |_| ());
    for name in ["energy_in", "energy_out", "energy_charged"] {
        let last = *first.column(name).last().unwrap();
        let next = *second.column(name).first().unwrap();
        assert_eq!(last, next, "{name}");
    }
    assert!(first.column("energy_out").last().unwrap() > &10.0);
    is_sound(&second);
}

/// A run after a crash begins with what was last made durable, and no row before it told more.
#[test]
fn counts_of_energy_never_fall_behind_a_crash() {
    // The loads of a house, now and then a kettle; then 2.4 kW out of the wall all the time.
    crash("fossibot", 0.2);
    crash("fossibot?charge=20", 1.0);
}

/// `share` is that of the rows at which more than a watt-hour flows in 10 s.
fn crash(device: &str, share: f64) {
    let crashed = run("{}", device, 1790);
    // As rows were seen and checkpoints made, second by second.
    let seen = &crashed.kept.seen;
    assert!(seen.len() > 350);
    for name in ["energy_in", "energy_out", "energy_charged"] {
        let index = crashed.kept.streams[0].fields.iter();
        let index = index
            .clone()
            .position(|field| field.name() == name)
            .unwrap();
        let key = name.trim_start_matches("energy_");
        let key = match key {
            "in" => "input",
            "out" => "output",
            key => key,
        };
        let mut high = 0.0;
        for (row, durable) in seen.iter().zip(crashed.kept.durable.iter()) {
            let counted = crashed.kept.streams[0].rows[*row].1[index];
            let durable = durable[key].as_f64().unwrap();
            assert!(counted <= durable, "{name} {counted} {durable}");
            // What 2.5 kW are in 10 s, and a little more.
            assert!(durable - counted < 9.0, "{name} {counted} {durable}");
            high += f64::from(u8::from(durable - counted > 1.0 + 1e-9));
        }
        let rows = f64::from(u32::try_from(seen.len()).unwrap());
        assert!(high <= share * rows, "{device}: {name}: {high} of {rows}");
    }
}

/// The app can connect in between: there is a link for less than a fifth of the time.
#[test]
fn per_poll_it_is_connected_only_to_ask() {
    let json = r#"{ "connection": "per-poll", "every": "30 s", "gap": "90 s" }"#;
    let run = run(json, "fossibot", 3600);
    is_sound(&run);
    let stream = &run.kept.streams[0];
    let count = stream.rows.len();
    assert!((115..=130).contains(&count), "{count}");
    assert!(
        stream
            .column("charge_limit")
            .iter()
            .all(|limit| *limit == 90.0)
    );
    let connected = run
        .said
        .iter()
        .filter(|(_, text)| text.starts_with("connected"));
    assert!(connected.count() >= 115);
}

/// A newer model under an old name: its registers speak for themselves.
#[test]
fn registers_speak_against_the_name() {
    let run = run("{}", "fossibot?model=newer&name=POWER-0343", 120);
    is_sound(&run);
    let warnings = run.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].starts_with("wrong profile? by `sydpower`, "),
        "{warnings:?}"
    );
    assert!(run.kept.streams.is_empty() || run.column("state_of_charge")[0] == 64.0);
}

/// One that was chosen is not changed, and nonsense is not logged.
#[test]
fn a_profile_that_was_chosen_stays() {
    let json = r#"{ "profile": "sydpower" }"#;
    let run = run(json, "fossibot?model=newer", 120);
    run.result.as_ref().unwrap();
    assert_eq!(run.kept.streams.len(), 0);
    assert_eq!(run.warnings().len(), 1);
}

#[test]
fn a_model_without_telemetry_is_told_plainly() {
    let named = run(
        r#"{ "device": "FOSS_*" }"#,
        "fossibot?name=FOSS_F1800A",
        120,
    );
    let error = named.result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Resource);
    assert!(
        error
            .to_string()
            .starts_with("`FOSS_F1800A` is a model that tells nothing")
    );
    let any = run("{}", "fossibot?name=FOSS_F1800A", 120);
    any.result.as_ref().unwrap();
    assert_eq!(any.warnings().len(), 2, "{:?}", any.warnings());
    assert!(any.warnings()[0].contains("tells nothing over Bluetooth"));
}
