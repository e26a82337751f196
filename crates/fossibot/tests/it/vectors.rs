//! The vectors of the reference, which another implementation made and decoded.

use std::time::{Duration, Instant};

use fossibot::{Event, Options, Poller, Status};
use serde_json::Value;

use crate::support::{bytes, profile, reading};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../data/vectors.json")).unwrap()
}

/// The reading for a name of the vectors, and its unit in ours.
fn named(name: &str) -> Option<(&'static str, f64)> {
    Some(match name {
        "soc_pct" => ("state_of_charge", 1.0),
        "soc_ext1_pct" => ("state_of_charge_1", 1.0),
        "soc_ext2_pct" => ("state_of_charge_2", 1.0),
        "charge_power_w" => ("charge_power", 1.0),
        "dc_input_w" => ("dc_input_power", 1.0),
        "total_input_w" => ("total_input_power", 1.0),
        "ac_output_v" => ("ac_output_voltage", 1.0),
        "ac_output_freq_hz" => ("ac_output_frequency", 1.0),
        "ac_output_w" => ("ac_output_power", 1.0),
        "ac_input_v" => ("ac_input_voltage", 1.0),
        "ac_input_freq_hz" => ("ac_input_frequency", 1.0),
        "total_output_w" => ("total_output_power", 1.0),
        "usb_a1_w" => ("usb_a1_power", 1.0),
        "usb_a2_w" => ("usb_a2_power", 1.0),
        "usb_c1_w" => ("usb_c1_power", 1.0),
        "usb_c2_w" => ("usb_c2_power", 1.0),
        "usb_c3_w" => ("usb_c3_power", 1.0),
        "usb_c4_w" => ("usb_c4_power", 1.0),
        "dc_car_output_w" => ("dc_car_power", 1.0),
        "light_w" => ("light_power", 1.0),
        "usb_on" | "usb_switch" => ("usb_switch", 1.0),
        "dc_on" | "dc_switch" => ("dc_switch", 1.0),
        "ac_on" | "ac_switch" => ("ac_switch", 1.0),
        "light_on" => ("light_switch", 1.0),
        "mains_present" => ("mains", 1.0),
        "ac_charging" => ("charging", 1.0),
        "time_to_full_min" => ("time_to_full", 60.0),
        "time_to_empty_min" => ("time_to_empty", 60.0),
        "booking_min" => ("booking", 60.0),
        "charge_level" => ("charge_level", 1.0),
        "ac_charge_level" => ("ac_charge_level", 1.0),
        "max_charge_current_a" => ("max_charge_current", 1.0),
        "max_charge_current_limit_a" => ("max_charge_current_limit", 1.0),
        "key_sound" => ("key_sound", 1.0),
        "silent_charging" => ("silent_charging", 1.0),
        "usb_standby_min" => ("usb_standby", 60.0),
        "ac_standby_min" => ("ac_standby", 60.0),
        "dc_standby_min" => ("dc_standby", 60.0),
        "screen_rest_s" => ("screen_rest", 1.0),
        "discharge_limit_pct" => ("discharge_limit", 1.0),
        "charge_limit_pct" => ("charge_limit", 1.0),
        "machine_idle_off_min" => ("idle_off", 60.0),
        _ => return None,
    })
}

/// The statuses that pushes make, one after another.
pub(crate) fn statuses(frames: &[&str]) -> (Poller, Vec<Status>) {
    let now = Instant::now();
    let mut poller = Poller::new(profile("sydpower"), Options::default());
    poller.handle_connected(now);
    for frame in frames {
        poller.handle_notification(now + Duration::from_millis(100), &bytes(frame));
    }
    let mut statuses = Vec::new();
    while let Some(event) = poller.poll_event() {
        if let Event::Status(status) = event {
            statuses.push(status);
        }
    }
    (poller, statuses)
}

fn compare(status: &Status, decoded: &Value, skipped: &[&str]) {
    let profile = profile("sydpower");
    let mut compared = 0;
    for (name, expected) in decoded.as_object().unwrap() {
        let Some((ours, factor)) = named(name) else {
            assert!(skipped.contains(&name.as_str()), "{name}");
            continue;
        };
        let found = reading(&profile, status, ours);
        match expected {
            Value::Null => assert!(found.is_nan(), "{name}"),
            Value::Bool(on) => assert_eq!(found, f64::from(u8::from(*on)), "{name}"),
            number => assert_eq!(found, number.as_f64().unwrap() * factor, "{name}"),
        }
        compared += 1;
    }
    assert!(compared > 5);
}

#[test]
fn a_status_decodes_as_the_reference_decodes_it() {
    let vectors = vectors();
    let vector = &vectors["responses"]["status_A"];
    let (_, statuses) = statuses(&[vector["hex"].as_str().unwrap()]);
    compare(&statuses[0], &vector["decoded"], &["fc", "start", "count"]);
}

/// What floats and what means nothing is absent. The reference takes the 1002 minutes until it is
/// empty at their word; without a load that number means nothing.
#[test]
fn an_idle_status_decodes_as_the_reference_decodes_it() {
    let vectors = vectors();
    let vector = &vectors["responses"]["status_B_idle_no_mains"];
    let (_, statuses) = statuses(&[vector["hex"].as_str().unwrap()]);
    let mut decoded = vector["decoded"].clone();
    assert_eq!(decoded["time_to_empty_min"], 1002);
    decoded["time_to_empty_min"] = Value::Null;
    compare(&statuses[0], &decoded, &[]);
}

#[test]
fn settings_decode_as_the_reference_decodes_them() {
    let vectors = vectors();
    let settings = &vectors["responses"]["settings_S"];
    let status = &vectors["responses"]["status_A"];
    let frames = [settings, status].map(|vector| vector["hex"].as_str().unwrap());
    let (poller, statuses) = statuses(&frames);
    let versions = ["fw_ac", "fw_bms", "fw_pv", "fw_panel"];
    compare(
        &statuses[0],
        &settings["decoded"],
        &[&versions[..], &["light_mode"]].concat(),
    );
    let facts = poller.profile().facts(poller.banks());
    for (fact, version) in facts.iter().zip(versions) {
        let expected = settings["decoded"][version].as_str().unwrap();
        assert_eq!(fact.value.to_string(), expected, "{}", fact.name);
    }
    assert_eq!(facts.len(), 4);
}

/// Registers that a frame does not have are absent, not 0.
#[test]
fn a_part_of_the_status_has_nothing_else() {
    let vectors = vectors();
    let hex = &vectors["responses"]["status_range_58_2"]["hex"];
    let (_, statuses) = statuses(&[hex.as_str().unwrap()]);
    let profile = profile("sydpower");
    assert_eq!(reading(&profile, &statuses[0], "time_to_full"), 47.0 * 60.0);
    let known = statuses[0].values.iter().filter(|value| !value.is_nan());
    assert_eq!(known.count(), 1);
}

#[test]
fn a_newer_unit_decodes_by_its_profile() {
    let vectors = vectors();
    let hex = &vectors["responses"]["status_100_regs_v1_zeros_except_31"]["hex"];
    let now = Instant::now();
    let profile = profile("sydpower-v1");
    let mut poller = Poller::new(profile.clone(), Options::default());
    poller.handle_connected(now);
    poller.handle_notification(now, &bytes(hex.as_str().unwrap()));
    let Some(Event::Status(status)) = poller.poll_event() else {
        panic!()
    };
    assert_eq!(reading(&profile, &status, "state_of_charge"), 72.0);
}

/// The state of charge is in the other bank than the key sound, which has the same number.
#[test]
fn the_key_sound_is_no_state_of_charge() {
    let vectors = vectors();
    let settings = vectors["responses"]["settings_S"]["hex"].as_str().unwrap();
    let (poller, statuses) = statuses(&[settings]);
    assert_eq!(statuses.len(), 0);
    assert_eq!(poller.banks().get(fossibot::Bank::Holding, 56), Some(1));
    assert_eq!(poller.banks().get(fossibot::Bank::Input, 56), None);
}
