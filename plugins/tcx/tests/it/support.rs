//! The ways through the plugin that several tests take, and a short notation for files.

use std::fmt::Write as _;
use std::io::Read;
use std::sync::{Arc, Mutex};

use expect_test::Expect;
use pipeline_plugin::{
    Cancel, Context, Error, Header, Input, Item, Output, ReaderPlugin, Result, Streams, Timestamp,
    testing,
};
use plugin_tcx::Tcx;
use serde_json::Value;

/// The second 0 of the short notation.
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// What a reader sends, written down as it comes.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub(crate) headers: Vec<Header>,
    pub(crate) items: Vec<Item>,
    pub(crate) lines: String,
    /// Refuses the item with this number, counted from 1.
    pub(crate) refuse: Option<(usize, Error)>,
    pub(crate) open: bool,
}

impl Output for Collected {
    fn send(&mut self, item: Item) -> Result<()> {
        assert!(self.open, "an item without an open stream");
        let _ = writeln!(self.lines, "{}", short(&item));
        self.items.push(item);
        match self.refuse.take() {
            Some((number, error)) if number == self.items.len() => Err(error),
            refuse => {
                self.refuse = refuse;
                Ok(())
            }
        }
    }
}

impl Streams for Collected {
    fn open(&mut self, header: Header) -> Result<()> {
        assert!(!self.open, "two streams at once");
        self.open = true;
        let _ = writeln!(self.lines, "open {}", short(&header));
        self.headers.push(header);
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        assert!(std::mem::take(&mut self.open), "no stream to finish");
        self.lines.push_str("finish\n");
        Ok(())
    }
}

/// JSON without what is not set.
fn short(value: &impl serde::Serialize) -> Value {
    fn prune(value: &mut Value) {
        if let Value::Object(map) = value {
            map.values_mut().for_each(prune);
            map.retain(|_, value| match value {
                Value::Null => false,
                Value::String(text) => !text.is_empty(),
                Value::Object(map) => !map.is_empty(),
                _ => true,
            });
        }
    }
    let mut value = serde_json::to_value(value).unwrap();
    prune(&mut value);
    value
}

/// Reads a file into `collected`, with warnings and the error as its last lines.
pub(crate) fn read_into(collected: &mut Collected, settings: &str, bytes: impl Read) {
    let settings: Tcx = testing::settings(settings).unwrap();
    let warnings = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&warnings);
    let context = Context::new("tcx", Cancel::default(), move |warning| {
        let _ = writeln!(told.lock().unwrap(), "warn {}", warning.message);
    });
    let input = Input {
        name: "row.tcx",
        size: None,
        bytes: &mut testing::Once(bytes),
    };
    let result = settings.read(input, collected, &context);
    collected.lines.push_str(&warnings.lock().unwrap());
    if let Err(error) = result {
        let _ = writeln!(
            collected.lines,
            "{:?}: {}",
            error.kind(),
            error.with_causes()
        );
        if let Some(help) = error.help() {
            let _ = writeln!(collected.lines, "help: {help}");
        }
    }
}

pub(crate) fn read(settings: &str, bytes: impl Read) -> Collected {
    let mut collected = Collected::default();
    read_into(&mut collected, settings, bytes);
    collected
}

/// Everything that is told of a file, item by item.
pub(crate) fn check(settings: &str, file: &str, expect: Expect) {
    expect.assert_eq(&read(settings, file.as_bytes()).lines);
}

/// Only the lines that begin with one of these words.
pub(crate) fn check_lines(words: &[&str], settings: &str, file: &str, expect: Expect) {
    let lines = read(settings, file.as_bytes()).lines;
    let lines = lines
        .lines()
        .filter(|line| words.iter().any(|word| line.starts_with(word)));
    expect.assert_eq(&lines.fold(String::new(), |text, line| text + line + "\n"));
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
