//! Small TCX files, written as briefly as possible.

/// A whole file around what stands in `Activities`.
pub(crate) fn database(inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<TrainingCenterDatabase>\n\
         <Activities>\n{inner}\n</Activities>\n</TrainingCenterDatabase>\n"
    )
}

/// A file of one activity around its laps.
pub(crate) fn activity(laps: &str) -> String {
    let id = time(0);
    database(&format!(
        "<Activity Sport=\"Other\"><Id>{id}</Id>\n{laps}\n</Activity>"
    ))
}

/// A lap that starts at a second, around its content.
pub(crate) fn lap(start: i64, inner: &str) -> String {
    format!("<Lap StartTime=\"{}\">\n{inner}\n</Lap>", time(start))
}

/// A file of one lap, starting at 0, around its trackpoints.
pub(crate) fn track(points: &str) -> String {
    activity(&lap(0, &format!("<Track>\n{points}\n</Track>")))
}

/// A file of one trackpoint with the time 0, around the rest of it.
pub(crate) fn point(inner: &str) -> String {
    track(&format!(
        "<Trackpoint><Time>{}</Time>\n{inner}\n</Trackpoint>",
        time(0)
    ))
}

/// Trackpoints in short: `0 d=5 hr=90; 1 d=9`, each a second and fields; `-` for no time.
pub(crate) fn points(short: &str) -> String {
    short
        .split(';')
        .map(|point| trackpoint(point.trim()))
        .collect()
}

/// A `Track` of [`points`].
pub(crate) fn tracked(short: &str) -> String {
    format!("<Track>{}</Track>", points(short))
}

fn trackpoint(short: &str) -> String {
    let mut words = short.split_whitespace();
    let mut inner = String::new();
    if let Some(second) = words.next().filter(|word| *word != "-") {
        inner = element("Time", &time(second.parse().unwrap()));
    }
    for word in words {
        let (field, value) = word.split_once('=').unwrap();
        inner += &match field {
            "d" => element("DistanceMeters", value),
            "hr" => element("HeartRateBpm", &element("Value", value)),
            "cad" => element("Cadence", value),
            "v" => element("Extensions", &element("TPX", &element("Speed", value))),
            "w" => element("Extensions", &element("TPX", &element("Watts", value))),
            "pos" => {
                let latitude = element("LatitudeDegrees", value);
                element(
                    "Position",
                    &(latitude + &element("LongitudeDegrees", value)),
                )
            }
            _ => panic!("unknown field {field}"),
        };
    }
    element("Trackpoint", &inner)
}

fn element(name: &str, inner: &str) -> String {
    format!("<{name}>{inner}</{name}>")
}

/// The time so many seconds after 2024-01-01T00:00:00Z; `tell` counts from there.
pub(crate) fn time(second: i64) -> String {
    let (day, second) = (second.div_euclid(86_400), second.rem_euclid(86_400));
    let date = if day < 0 {
        format!("2023-12-{:02}", 32 + day)
    } else {
        format!("2024-01-{:02}", 1 + day)
    };
    format!(
        "{date}T{:02}:{:02}:{:02}Z",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}
