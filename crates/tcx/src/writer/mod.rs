//! Writing.

use std::fmt;
use std::io::{self, Read, Seek, Write};

use track_xml::{Markup, Time, Value};

use crate::event::{
    ActivityEnd, ActivityStart, Author, Creator, Event, LapStart, LapTotals, Version,
};

mod lap;
mod spool;

use spool::Spool;

/// What the root element declares.
const NAMESPACES: [(&str, Value<'_>); 4] = [
    (
        "xmlns",
        Value::Text("http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"),
    ),
    (
        "xmlns:ns3",
        Value::Text("http://www.garmin.com/xmlschemas/ActivityExtension/v2"),
    ),
    (
        "xmlns:xsi",
        Value::Text("http://www.w3.org/2001/XMLSchema-instance"),
    ),
    (
        "xsi:schemaLocation",
        Value::Text(
            "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2 \
             http://www.garmin.com/xmlschemas/TrainingCenterDatabasev2.xsd \
             http://www.garmin.com/xmlschemas/ActivityExtension/v2 \
             http://www.garmin.com/xmlschemas/ActivityExtensionv2.xsd",
        ),
    ),
];

/// The longest name of a plan that the schema allows, in characters.
const LONGEST_PLAN: usize = 15;

/// Writes a TCX file piece by piece, in memory that does not grow with the file.
///
/// It takes what a [`Reader`](crate::Reader) gives, one by one or as [`Event`]s: for every activity
/// its beginning, its laps with their tracks and points, and its end; and the author, at any time.
/// The result is valid by Garmin's schema, with speed and power in the second version of its
/// extension; equal input gives equal bytes.
///
/// A lap's totals stand before its points, but are known after them. So the points of a lap are kept
/// until it ends, a quarter of a megabyte of them here, and more in a file that the caller provides.
/// A file that can be made without a name is best, such as that of `tempfile::tempfile`.
///
/// What the schema asks for and the caller does not say is written as 0, `Active`, `Manual`. What its
/// elements can't hold, such as a heart rate of 0 or 300, is left out, the part of a plan's name behind
/// the 15th character too. The sport is `Running` or `Biking` if it is called so, else `Other`. In a run,
/// cadences are written as run cadences, as Garmin does.
///
/// Every method fails when the output or the caller's file does, and with
/// [`InvalidInput`](io::ErrorKind::InvalidInput) where TCX can't say what it is asked to. A file is
/// complete only after [`finish`](Self::finish).
///
/// ```
/// use std::io::Cursor;
/// use tcx::{ActivityStart, LapStart, LapTotals, Time, Trackpoint, Writer};
///
/// let start = Time::from(1_709_272_800_000_000);
/// let mut writer = Writer::new(Vec::new(), || Ok(Cursor::new(Vec::new())));
/// writer.activity(&ActivityStart { sport: "Biking".to_owned(), id: String::new() })?;
/// writer.lap(LapStart { start_time: Some(start) })?;
/// writer.point(&Trackpoint { time: Some(start), power: 168.0, ..Trackpoint::EMPTY })?;
/// writer.lap_end(&LapTotals { total_time: 1.0, distance: 8.0, ..LapTotals::default() })?;
/// let file = String::from_utf8(writer.finish()?).unwrap();
/// assert!(file.contains(r#"<Lap StartTime="2024-03-01T06:00:00Z">"#));
/// assert!(file.contains("<ns3:Watts>168</ns3:Watts>"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Writer<W, T> {
    out: W,
    /// Everything but the points of the open lap.
    markup: Markup,
    /// The tracks of the open lap, as far as they are not in the spool.
    tracks: Markup,
    spool: Spool<T>,
    stage: Stage,
    running: bool,
    /// The open activity has points.
    points: bool,
    /// There is a pause before the next point.
    paused: bool,
    /// The time of the last point of the open activity.
    last: Option<Time>,
    /// When the timer stopped, if that is behind the last point and not written yet.
    stopped: Option<Time>,
    author: Option<Author>,
}

/// Where the writing stands within an activity.
#[derive(Debug, Default)]
enum Stage {
    /// Between activities.
    #[default]
    Outside,
    /// In one that is not written yet, as its start may be that of its first lap.
    Begun(ActivityStart),
    /// In one, between laps.
    Between,
    /// In a lap; the activity, if it is not written yet.
    InLap(OpenLap, Option<ActivityStart>),
}

/// The lap that is being written.
#[derive(Debug, Clone, Copy)]
struct OpenLap {
    start: Option<Time>,
    /// The time of its first point.
    first: Option<Time>,
}

impl<W, T> fmt::Debug for Writer<W, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}

impl<W: Write, T: Read + Write + Seek> Writer<W, T> {
    /// Starts a file; `out` is written in large pieces, so it needs no buffer of its own.
    ///
    /// `spool` makes the file for the points of long laps; it is asked at most once, when there is one.
    pub fn new(out: W, spool: impl FnMut() -> io::Result<T> + Send + 'static) -> Writer<W, T> {
        let mut markup = Markup::new();
        markup.open_with("TrainingCenterDatabase", &NAMESPACES);
        markup.open("Activities");
        Writer {
            out,
            markup,
            tracks: Markup::inside(lap::DEPTH),
            spool: Spool::new(spool),
            stage: Stage::Outside,
            running: false,
            points: false,
            paused: false,
            last: None,
            stopped: None,
            author: None,
        }
    }

    /// Writes what a reader gave.
    pub fn write(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Activity(activity) => self.activity(activity),
            Event::Lap(lap) => self.lap(*lap),
            Event::Track => {
                self.track();
                Ok(())
            }
            Event::Trackpoint(point) => self.point(point),
            Event::LapEnd(totals) => self.lap_end(totals),
            Event::ActivityEnd(end) => self.activity_end(end),
            Event::Author(author) => {
                self.author(author);
                Ok(())
            }
        }
    }

    /// Begins an activity, and ends the one before.
    ///
    /// Its `Id` has to be a time; one that is none is replaced by the start of its first lap.
    pub fn activity(&mut self, activity: &ActivityStart) -> io::Result<()> {
        if !matches!(self.stage, Stage::Outside) {
            self.activity_end(&ActivityEnd::default())?;
        }
        self.running = activity.sport.eq_ignore_ascii_case("running");
        self.stage = Stage::Begun(activity.clone());
        Ok(())
    }

    /// Begins a lap, and ends the one before, with no totals. Outside an activity, it begins one.
    pub fn lap(&mut self, lap: LapStart) -> io::Result<()> {
        if matches!(self.stage, Stage::InLap(..)) {
            self.lap_end(&LapTotals::default())?;
        }
        let open = OpenLap {
            start: lap.start_time,
            first: None,
        };
        self.stage = match std::mem::take(&mut self.stage) {
            Stage::Outside => Stage::InLap(open, Some(ActivityStart::default())),
            Stage::Begun(activity) => Stage::InLap(open, Some(activity)),
            Stage::Between | Stage::InLap(..) => Stage::InLap(open, None),
        };
        Ok(())
    }

    /// Ends an activity, with what stands after its laps.
    ///
    /// Fails if it had no lap: TCX has no activities without.
    pub fn activity_end(&mut self, end: &ActivityEnd) -> io::Result<()> {
        if matches!(self.stage, Stage::InLap(..)) {
            self.lap_end(&LapTotals::default())?;
        }
        match std::mem::take(&mut self.stage) {
            Stage::Between => {}
            Stage::Outside => return Ok(()),
            Stage::Begun(_) | Stage::InLap(..) => {
                return Err(refused("an activity of a TCX file needs a lap"));
            }
        }
        (self.points, self.paused) = (false, false);
        (self.last, self.stopped) = (None, None);
        self.markup.leaf("Notes", Value::Text(&end.notes));
        if !end.plan.is_empty() {
            let training = [("VirtualPartner", Value::Text("false"))];
            self.markup.open_with("Training", &training);
            let plan = [
                ("Type", Value::Text("Workout")),
                ("IntervalWorkout", Value::Text("false")),
            ];
            self.markup.open_with("Plan", &plan);
            let name: String = end.plan.chars().take(LONGEST_PLAN).collect();
            self.markup.leaf("Name", Value::Text(name.trim_end()));
            self.markup.close();
            self.markup.close();
        }
        if let Some(creator) = &end.creator {
            self.creator(creator);
        }
        self.markup.close();
        self.markup.write_to(&mut self.out)
    }

    /// Notes the program that writes the file; it stands at the end of it.
    pub fn author(&mut self, author: &Author) {
        self.author = Some(author.clone());
    }

    /// Completes the file and gives the output back, flushed.
    pub fn finish(mut self) -> io::Result<W> {
        self.activity_end(&ActivityEnd::default())?;
        self.markup.close();
        if let Some(author) = self.author.take() {
            self.markup.open_with("Author", &typed("Application_t"));
            self.markup.leaf("Name", Value::Text(named(&author.name)));
            self.markup.open("Build");
            self.version(author.version);
            self.markup.close();
            self.markup.leaf("LangID", Value::Text("en"));
            let number = part_number(&author.part_number);
            self.markup.leaf("PartNumber", Value::Text(number));
            self.markup.close();
        }
        self.markup.close();
        self.markup.write_to(&mut self.out)?;
        self.out.flush()?;
        Ok(self.out)
    }

    /// Writes the beginning of an activity.
    fn begin_activity(&mut self, activity: &ActivityStart, first_lap: Time) {
        let is = |sport: &str| activity.sport.eq_ignore_ascii_case(sport);
        let sport = if is("running") {
            "Running"
        } else if is("biking") {
            "Biking"
        } else {
            "Other"
        };
        self.markup
            .open_with("Activity", &[("Sport", Value::Text(sport))]);
        let id = Time::read(&activity.id).unwrap_or(first_lap);
        self.markup.leaf("Id", Value::Time(id.micros));
    }

    fn creator(&mut self, creator: &Creator) {
        self.markup.open_with("Creator", &typed("Device_t"));
        self.markup.leaf("Name", Value::Text(named(&creator.name)));
        self.markup
            .leaf("UnitId", number(creator.unit_id, u64::from(u32::MAX)));
        self.markup
            .leaf("ProductID", number(creator.product_id, u64::from(u16::MAX)));
        self.version(creator.version);
        self.markup.close();
    }

    fn version(&mut self, version: Version) {
        const MOST: u64 = u16::MAX as u64;
        self.markup.open("Version");
        self.markup
            .leaf("VersionMajor", number(version.major, MOST));
        self.markup
            .leaf("VersionMinor", number(version.minor, MOST));
        if version.build_major.is_some() {
            self.markup
                .leaf("BuildMajor", number(version.build_major, MOST));
        }
        if version.build_minor.is_some() {
            self.markup
                .leaf("BuildMinor", number(version.build_minor, MOST));
        }
        self.markup.close();
    }
}

fn typed(name: &'static str) -> [(&'static str, Value<'static>); 1] {
    [("xsi:type", Value::Text(name))]
}

/// A name where the schema asks for one.
fn named(name: &str) -> &str {
    if name.is_empty() { "unknown" } else { name }
}

/// A whole number up to `most`; 0 where there is none.
fn number(number: Option<u64>, most: u64) -> Value<'static> {
    let number = number.filter(|number| *number <= most).unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "at most four bytes")]
    let number = number as f64;
    Value::Number(number, 0)
}

/// `number`, if it is of Garmin's form `XXX-XXXXX-XX`, else one that stands for none.
fn part_number(number: &str) -> &str {
    let letters = |part: &str, count| {
        let is_letter = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        part.len() == count && part.bytes().all(is_letter)
    };
    let mut parts = number.split('-');
    let sound = [3, 5, 2]
        .into_iter()
        .all(|count| parts.next().is_some_and(|part| letters(part, count)));
    if sound && parts.next().is_none() {
        number
    } else {
        "000-00000-00"
    }
}

#[cold]
fn refused(text: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, text)
}
