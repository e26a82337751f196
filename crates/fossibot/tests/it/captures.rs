//! What real stations have sent, as their owners published it, and what these read in it.

use crate::support::{profile, reading};
use crate::vectors::statuses;

/// A Fossibot F2400 (README of `schauveau/sydpower-mqtt`, 1081a33e), with something of 8 W at its
/// AC output.
const F2400: &str = "\
    110400000050000000000001000000000000000000000000000000000000000000000000000000000000\
    08fe01f4000800a000000000000000000000000000000000000000000000000000000000000000000000\
    000800000804000000000000000000003000400000000000000000b40000018800000238000000000886\
    0000000000ffffff0000000000000000000000000000000000000000000000000000000000000000c314";

/// An Aferiy P210 (a published teardown), with something of 102 W at its AC output.
const P210: &str = "\
    110400000050000000000005000000000000000000000000000000000000000000000000000000000000\
    090001f40066000d00000000000000000000000000000000000000000000000000000000000000000000\
    006600000804000000000000000000003000400000000000000000000000016d00000298000000000281\
    0000000000ffffff0000000000000000000000000000000000000000000000000000000000000000dfb5";

/// An Aferiy P310 (`internals/README.md` of `Ylianst/ESP-FBot`, 18da0565), idle.
const P310: &str = "\
    110400000050000000000002000000000000000000000000000000000000000000000000000000000000\
    000002580000000000000000000000000000000000000000000000000000000000000000000000000000\
    0000000000000000000000000000000030004000000000000000000000000314000003a500000000abf1\
    0000000000ffffff00000000000000000000000000000000000000000000000000000000000000009833";

/// The settings of the same unit.
const P310_SETTINGS: &str = "\
    1103000000500000000000ffffff000000010000000000000000000006000009000205dc000007d00014\
    007306400014030000e900000000000000000000000000000119010a0203000000000000000000030000\
    000002500f040000000000000000000000260018001b0024000000000000000000000000000000000003\
    01e001e0012c000000000000000003e8000500000000000000000000000000000000000000000000cd09";

/// What a status says, by the profile of its kind: names and values, NaN for "nothing".
fn check(frames: &[&str], expected: &[(&str, f64)]) {
    let profile = profile("sydpower");
    let (_, statuses) = statuses(frames);
    let status = statuses.last().unwrap();
    for (name, expected) in expected {
        let found = reading(&profile, status, name);
        let same = found == *expected || (found.is_nan() && expected.is_nan());
        assert!(same, "{name}: {found}, not {expected}");
    }
}

#[test]
fn an_f2400_with_a_load() {
    check(
        &[F2400],
        &[
            ("state_of_charge", 56.8),
            ("ac_output_voltage", 230.2),
            ("ac_output_frequency", 50.0),
            ("ac_output_power", 8.0),
            ("total_output_power", 8.0),
            ("time_to_empty", 2182.0 * 60.0),
            ("ac_switch", 1.0),
            ("dc_switch", 0.0),
            ("mains", 0.0),
            ("charge_power", 0.0),
        ],
    );
}

#[test]
fn a_p210_with_a_load() {
    check(
        &[P210],
        &[
            ("state_of_charge", 66.4),
            ("ac_output_voltage", 230.4),
            ("total_output_power", 102.0),
            ("ac_output_power", 102.0),
            ("time_to_empty", 641.0 * 60.0),
            ("time_to_full", f64::NAN),
            ("booking", 0.0),
            ("ac_switch", 1.0),
        ],
    );
}

/// Without a load its 44,017 minutes until it is empty mean nothing.
#[test]
fn an_idle_p310_and_its_settings() {
    check(
        &[P310_SETTINGS, P310],
        &[
            ("state_of_charge", 93.3),
            ("total_output_power", 0.0),
            ("ac_output_voltage", f64::NAN),
            ("time_to_empty", f64::NAN),
            ("ac_switch", 0.0),
            ("ac_charge_level", 2.0),
            ("max_charge_current", 20.0),
            ("charge_limit", 100.0),
            ("discharge_limit", 0.0),
            ("ac_standby", 480.0 * 60.0),
            ("screen_rest", 300.0),
            ("idle_off", 300.0),
        ],
    );
}
