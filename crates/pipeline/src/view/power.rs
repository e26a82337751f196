//! What a power station does, at a glance.

use pipeline_plugin::Field;

use super::glance::Glance;
use crate::words;

/// What is told of a power station, in two lines of parts; `None` for other logs. What is told of
/// today is what was counted since the stream began: streams begin at midnight (UTC), or with the
/// run.
pub(crate) fn parts(glance: &Glance) -> Option<[Vec<String>; 2]> {
    let value = |name: &str| glance.value(&Field::new(name, ""));
    let charge = value("state_of_charge");
    if charge.is_nan() || value("energy_out").is_nan() {
        return None;
    }
    let mut first = vec![format!("{} %", words::reading(charge))];
    for (name, text) in [("time_to_full", "full"), ("time_to_empty", "empty")] {
        let seconds = value(name);
        // Almost nothing flows when it takes days.
        if glance.is_fresh(name) && seconds < 2.0 * 86_400.0 {
            first.push(format!("{text} in {}", words::hours(seconds)));
        }
    }
    for (name, text) in [
        ("total_input_power", "in"),
        ("total_output_power", "out"),
        ("charge_power", "into the battery"),
    ] {
        let watts = value(name);
        if watts.is_finite() {
            first.push(format!("{text} {} W", words::thousands(watts)));
        }
    }
    let mut second = Vec::new();
    for (name, text) in [
        ("energy_in", "today in"),
        ("energy_out", "out"),
        ("energy_charged", "charged"),
    ] {
        let today = value(name) - glance.first(name);
        second.push(format!(
            "{text} {} Wh",
            words::reading((today * 10.0).round() / 10.0)
        ));
    }
    let on = [
        ("ac", "AC"),
        ("dc", "DC"),
        ("usb", "USB"),
        ("light", "light"),
    ];
    let on = on
        .into_iter()
        .filter(|(name, _)| value(&format!("{name}_switch")) > 0.0);
    let on: Vec<&str> = on.map(|(_, text)| text).collect();
    let on = if on.is_empty() {
        "all off".to_owned()
    } else {
        format!("on: {}", on.join(", "))
    };
    let link = words::reading(value("link_quality").round());
    second.extend([on, format!("link {link} %")]);
    Some([first, second])
}
