use fossibot::{CommandError, Consent, Profiles};

use crate::support::profile;

#[test]
fn names_choose_the_profile() {
    let profiles = Profiles::builtin().unwrap();
    for (name, expected) in [
        ("POWER-0084", Some("sydpower")),
        ("POWER-V1-1C83", Some("sydpower-v1")),
        ("FOSSIBOT F2400", Some("sydpower")),
        ("AFERIY P210", Some("sydpower")),
        ("FOSS_F1800A", None),
        ("HRM 4F2A", None),
    ] {
        let found = profiles.for_name(name).map(fossibot::Profile::name);
        assert_eq!(found, expected, "{name}");
    }
}

/// Names of readings are names of columns and topics; no two are equal.
#[test]
fn the_names_of_readings_are_sound() {
    for profile in Profiles::builtin().unwrap().iter() {
        let mut names: Vec<&str> = profile.readings().map(fossibot::Reading::name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "{}", profile.name());
        assert!(count > 15);
    }
}

#[test]
fn the_guides_layout_is_the_common_one() {
    let (guide, common) = (profile("guide"), profile("sydpower"));
    assert!(guide.readings().eq(common.readings()));
    assert_eq!(guide.controls(), common.controls());
}

#[test]
fn a_user_adds_readings_and_narrows_settings() {
    let mut profiles = Profiles::builtin().unwrap();
    let yaml = r#"
profile: my-f3600
base: sydpower
names: ["POWER-0201"]
readings:
  - { name: fan_level, input: 69, valid: [0, 5] }
  - { name: usb_c_power, sum: [usb_c1_power, usb_c2_power], unit: W }
writes:
  - { name: charge-limit, from: 60, to: 90 }
  - { name: light, only: [off, on] }
  - { name: usb-standby, numbers: [5, 10] }
"#;
    let mine = profiles.add(yaml).unwrap();
    assert_eq!(mine.controls().len(), 3);
    let all = Consent::default();
    for (name, value, right) in [
        ("charge-limit", "80", true),
        ("charge-limit", "95", false),
        ("light", "on", true),
        ("light", "sos", false),
        ("usb-standby", "5 min", true),
        ("usb-standby", "30", false),
        ("ac", "on", false),
    ] {
        assert_eq!(
            mine.command(name, value, all).is_ok(),
            right,
            "{name} {value}"
        );
    }
    assert!(mine.readings().any(|reading| reading.name() == "fan_level"));
    assert_eq!(profiles.for_name("POWER-0201").unwrap().name(), "my-f3600");
    assert_eq!(profiles.for_name("POWER-0084").unwrap().name(), "sydpower");
}

/// What the page for owners shows is a profile.
#[test]
fn the_documented_profile_is_one() {
    let page = include_str!("../../../../docs/power-station-profiles.md");
    let (_, yaml) = page.split_once("```yaml\n").unwrap();
    let (yaml, _) = yaml.split_once("```").unwrap();
    let mut profiles = Profiles::builtin().unwrap();
    let mine = profiles.add(yaml).unwrap();
    assert_eq!(mine.name(), "my-station");
    assert_eq!(mine.controls().len(), 2);
    for name in [
        "fan_level",
        "pack_voltage",
        "eco_mode",
        "ac_really_on",
        "usb_c_power",
    ] {
        assert!(
            mine.readings().any(|reading| reading.name() == name),
            "{name}"
        );
    }
    assert_eq!(
        profiles.for_name("POWER-0201").unwrap().name(),
        "my-station"
    );
}

#[test]
fn what_is_wrong_with_a_profile_is_said() {
    for (yaml, expected) in [
        (
            "profile: sydpower\nregisters: 80\n",
            "there is a profile `sydpower` already",
        ),
        (
            "profile: a\nbase: b\n",
            "there is no profile `b` to build on; write `base: sydpower`, or another one's name",
        ),
        (
            "profile: a\n",
            "`registers` is missing; write it, or `base:` with the name of a profile that has it",
        ),
        (
            "profile: a\nregisters: 300\n",
            "`registers`: there are 1 to 200",
        ),
        (
            "profile: a\nregisters: 80\nreadings: [{ name: Soc, input: 1 }]\n",
            "`Soc`: names are lower case letters, digits and `_`",
        ),
        (
            "profile: a\nregisters: 80\nreadings: [{ name: a }]\n",
            "`a`: write one of `input`, `holding`, `all` and `sum`",
        ),
        (
            "profile: a\nregisters: 80\nreadings: [{ name: a, input: 1, bit: 16 }]\n",
            "`a`: bits are numbered from 0 to 15",
        ),
        (
            "profile: a\nregisters: 80\nreadings: [{ name: a, input: 1, scale: 0 }]\n",
            "`a`: a scale or bound is no number to reckon with",
        ),
        (
            "profile: a\nbase: sydpower\nwrites: [{ name: idle-off, numbers: [0] }]\n",
            "`idle-off`: it takes more than the profile that it builds on; a profile can only narrow what may be written",
        ),
    ] {
        let error = Profiles::builtin().unwrap().add(yaml).unwrap_err();
        assert_eq!(error.to_string(), expected, "{yaml}");
    }
    let mut profiles = Profiles::builtin().unwrap();
    let error = profiles.add("profile: a\nregister: 80\n");
    let text = error.unwrap_err().to_string();
    assert!(text.contains("register"), "{text}");
    assert!(text.contains("line 2"), "{text}");
}

#[test]
fn what_is_wrong_with_a_command_is_said() {
    let profile = profile("sydpower");
    for (name, value, expected) in [
        (
            "charge-limit",
            "5",
            "`5` is no value of `charge-limit`: it takes 10 to 100 %",
        ),
        (
            "charge-limit",
            "80.05",
            "`80.05` is no value of `charge-limit`: it takes 10 to 100 %",
        ),
        ("usb", "1", "`1` is no value of `usb`: it takes off, on"),
        (
            "usb",
            "toggle",
            "`usb` can only be set to a state, not toggled: it takes off, on",
        ),
        (
            "charge-limit",
            "+5",
            "`charge-limit` can only be set to a state, not toggled: it takes 10 to 100 %",
        ),
        (
            "idle-off",
            "0",
            "`0` is no value of `idle-off`: it takes 5, 10, 30, 480 min",
        ),
    ] {
        let error = profile.command(name, value, Consent::default());
        assert_eq!(error.unwrap_err().to_string(), expected);
    }
    let unknown = profile.command("wifi", "on", Consent::default());
    assert!(matches!(unknown, Err(CommandError::Unknown { .. })));
}

#[test]
fn commands_are_shown_as_they_will_be() {
    let profile = profile("sydpower");
    for (name, value, shown, raw) in [
        ("charge-limit", "80%", "charge-limit=80 %", 800),
        ("charge-limit", "80.5 %", "charge-limit=80.5 %", 805),
        ("light", "sos", "light=sos", 2),
        ("screen-rest", "300s", "screen-rest=300 s", 300),
        ("ac-charge-level", "4", "ac-charge-level=4", 4),
    ] {
        let command = profile.command(name, value, Consent::default()).unwrap();
        assert_eq!(command.to_string(), shown);
        assert_eq!(command.write().value(), raw);
    }
}
