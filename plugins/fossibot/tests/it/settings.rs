use pipeline_plugin::testing::settings;
use pipeline_plugin::{Place, SourcePlugin};
use plugin_fossibot::Fossibot;

use crate::support::source;

#[test]
fn what_is_wrong_with_settings_is_said() {
    for (json, option, text) in [
        (
            r#"{ "every": "0.5 s" }"#,
            "every",
            "a station can't be asked every 0.5 s",
        ),
        (
            r#"{ "every": "5 s", "connection": "per-poll" }"#,
            "every",
            "a station can't be asked every 5 s",
        ),
        (
            r#"{ "every": "2 min", "gap": "5 min" }"#,
            "settings-every",
            "settings change less often than the status",
        ),
        (
            r#"{ "every": "60 s" }"#,
            "gap",
            "a gap is longer than the time from one status to the next",
        ),
        (
            r#"{ "experimental-writes": true }"#,
            "experimental-writes",
            "nothing is written without `control: true`",
        ),
        (
            r#"{ "profile": "sydpower-v2" }"#,
            "profile",
            "there is no profile `sydpower-v2`",
        ),
        (
            r#"{ "profiles": ["nowhere.yaml"], "profile": "mine" }"#,
            "profiles",
            "cannot read the profile `nowhere.yaml`: No such file or directory (os error 2)",
        ),
    ] {
        let problems = source(json).check(&Place::default());
        assert_eq!(problems.len(), 1, "{json}");
        assert_eq!(problems[0].message, text);
        assert_eq!(problems[0].path, [option]);
    }
    assert!(source("{}").check(&Place::default()).is_empty());
    assert!(settings::<Fossibot>(r#"{ "conection": "keep" }"#).is_err());
}

#[test]
fn control_is_off_unless_it_is_asked_for() {
    assert!(!source("{}").takes_commands());
    assert!(source(r#"{ "control": true }"#).takes_commands());
}
