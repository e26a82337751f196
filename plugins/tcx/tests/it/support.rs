//! The ways through the plugin that several tests take, and a short notation for files.

use std::fmt::Write as _;
use std::io::Read;

use expect_test::Expect;
use pipeline_plugin::Timestamp;
use pipeline_plugin::testing::{self, Collected, Once};
use plugin_tcx::Tcx;

/// The second 0 of the short notation.
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_767_225_600);

pub(crate) fn read_into(collected: Collected, settings: &str, bytes: impl Read) -> Collected {
    let settings: Tcx = testing::settings(settings).unwrap();
    collected.read(&settings, "row.tcx", &mut Once(bytes))
}

pub(crate) fn read(settings: &str, bytes: impl Read) -> Collected {
    read_into(Collected::default(), settings, bytes)
}

/// Everything that is told of a file, item by item.
pub(crate) fn check(settings: &str, file: &str, expect: Expect) {
    expect.assert_eq(&read(settings, file.as_bytes()).told());
}

/// Only the lines that begin with one of these words.
pub(crate) fn check_lines(words: &[&str], settings: &str, file: &str, expect: Expect) {
    expect.assert_eq(&read(settings, file.as_bytes()).told_of(words));
}

/// A TCX file in short: `activity SPORT`, `lap SECOND TOTAL=…`, `track`, `notes TEXT`,
/// `creator NAME`; other lines are points, `SECOND d=metres hr= cad= w= v= lat= lon= alt=`.
pub(crate) fn tcx(text: &str) -> String {
    let mut file = String::from("<TrainingCenterDatabase>\n<Activities>\n");
    let mut open: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let depth = match word {
            "activity" => 0,
            "lap" | "notes" | "creator" => 1,
            "track" => 2,
            _ => 3,
        };
        while open.len() > depth {
            let _ = writeln!(file, "</{}>", open.pop().unwrap());
        }
        match word {
            "activity" => {
                let _ = writeln!(file, "<Activity Sport=\"{rest}\">");
                open.push("Activity");
            }
            "notes" => {
                let _ = writeln!(file, "<Notes>{rest}</Notes>");
            }
            "creator" => {
                let _ = writeln!(file, "<Creator><Name>{rest}</Name></Creator>");
            }
            "lap" => {
                let (second, totals) = rest.split_once(' ').unwrap_or((rest, ""));
                let _ = writeln!(file, "<Lap StartTime=\"{}\">", at(second));
                totals
                    .split_whitespace()
                    .for_each(|total| file.push_str(&element(total)));
                open.push("Lap");
            }
            "track" => {
                file.push_str("<Track>\n");
                open.push("Track");
            }
            second => file.push_str(&point(second, rest)),
        }
    }
    while let Some(name) = open.pop() {
        let _ = writeln!(file, "</{name}>");
    }
    file + "</Activities>\n</TrainingCenterDatabase>\n"
}

fn at(second: &str) -> String {
    (START + second.parse::<f64>().unwrap()).to_string()
}

/// `Calories=5` as an element; those of extensions and heart rates as they are written.
fn element(total: &str) -> String {
    let (name, value) = total.split_once('=').unwrap();
    let plain = format!("<{name}>{value}</{name}>");
    match name {
        "Steps" | "AvgWatts" | "MaxWatts" | "MaxBikeCadence" => {
            format!("<Extensions><LX>{plain}</LX></Extensions>\n")
        }
        "AverageHeartRateBpm" | "MaximumHeartRateBpm" => {
            format!("<{name}><Value>{value}</Value></{name}>\n")
        }
        _ => plain + "\n",
    }
}

fn point(second: &str, values: &str) -> String {
    let mut text = format!("<Trackpoint><Time>{}</Time>", at(second));
    for value in values.split_whitespace() {
        let (name, value) = value.split_once('=').unwrap();
        let _ = match name {
            "lat" => write!(text, "<Position><LatitudeDegrees>{value}</LatitudeDegrees>"),
            "lon" => write!(
                text,
                "<LongitudeDegrees>{value}</LongitudeDegrees></Position>"
            ),
            "alt" => write!(text, "<AltitudeMeters>{value}</AltitudeMeters>"),
            "d" => write!(text, "<DistanceMeters>{value}</DistanceMeters>"),
            "hr" => write!(text, "<HeartRateBpm><Value>{value}</Value></HeartRateBpm>"),
            "cad" => write!(text, "<Cadence>{value}</Cadence>"),
            "v" => write!(
                text,
                "<Extensions><TPX><Speed>{value}</Speed></TPX></Extensions>"
            ),
            "w" => write!(
                text,
                "<Extensions><TPX><Watts>{value}</Watts></TPX></Extensions>"
            ),
            name => panic!("no value {name}"),
        };
    }
    text + "</Trackpoint>\n"
}
