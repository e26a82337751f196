//! The sink `fossibot-log`.

use std::fs::{self, File};
use std::io::BufReader;
use std::ops::Range;
use std::path::{Path, PathBuf};

use pipeline_plugin::{
    Batch, Context, Delivered, Error, Header, Item, Kind, Place, Plugin, Problem, Result, Sink,
    SinkPlugin, Summary, Timestamp, is_gone,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::names::{self, Entry, date_of, day_of};
use crate::part::Part;
use crate::rotation;
use crate::scan::{scan, titles_of};
use crate::titles::Titles;

/// Appends the rows of a log to CSV files, one file a day (UTC).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FossibotLog {
    /// Folder for the files; made if it does not exist.
    #[schemars(extend("format" = "folder"))]
    folder: PathBuf,
    /// What the files are called, before the date; the device's name, if not given.
    #[serde(default)]
    #[schemars(extend("examples" = ["shed"]))]
    name: Option<String>,
    /// Compress the file of a day that is over.
    #[serde(default = "yes")]
    compress: bool,
}

fn yes() -> bool {
    true
}

/// The plugin `fossibot-log`.
pub fn plugin() -> Plugin {
    Plugin::sink::<FossibotLog>(
        "fossibot-log",
        "append a log to CSV files, one a day, row by row",
        "csv",
    )
}

impl SinkPlugin for FossibotLog {
    fn check(&self, _: &Place) -> Vec<Problem> {
        let empty = self
            .name
            .as_ref()
            .is_some_and(|name| name.trim().is_empty());
        let problem = Problem::at("name", "the name is empty").with_help("take the line away");
        empty.then_some(problem).into_iter().collect()
    }

    fn destination(&self) -> String {
        format!("fossibot-log:{}", self.folder.display())
    }

    fn takes(&self, kind: Kind) -> bool {
        kind == Kind::Log
    }

    fn folder(&self) -> Option<PathBuf> {
        Some(self.folder.clone())
    }

    fn file_name(&self, header: &Header, summary: &Summary) -> Option<String> {
        let stem = names::stem(self.name.as_deref(), header);
        Some(names::file_name(&stem, &date_of(day_of(summary.start)), 1))
    }

    fn open(&self, header: &Header, cx: &Context) -> Result<Box<dyn Sink>> {
        if header.kind != Kind::Log {
            let message = "only logs can be written row by row, a file a day";
            let help = "write activities with `csv`, a file each";
            return Err(Error::skip(message).with_help(help));
        }
        let folder = self.folder.clone();
        make(&folder)?;
        Ok(Box::new(LogStream {
            folder,
            stem: names::stem(self.name.as_deref(), header),
            compress: self.compress,
            context: cx.clone(),
            titles: Titles::default(),
            day: None,
            known: 0,
            path: None,
        }))
    }
}

/// One log on its way into files.
#[derive(Debug)]
struct LogStream {
    folder: PathBuf,
    stem: String,
    compress: bool,
    context: Context,
    /// Every column so far, those of the files before too.
    titles: Titles,
    day: Option<Day>,
    /// How many rows were there already.
    known: u64,
    /// The file that was written last.
    path: Option<PathBuf>,
}

/// The day of the last row.
#[derive(Debug)]
struct Day {
    number: i64,
    /// Times that its files had when the day was opened, from its first row on.
    known: Vec<Timestamp>,
    /// Files that may take more rows: their columns and last times.
    open: Vec<(PathBuf, Titles, Option<Timestamp>)>,
    part: Option<Part>,
}

impl LogStream {
    fn samples(&mut self, batch: &Batch) -> Result<()> {
        let times = batch.time();
        let mut start = 0;
        while let Some(first) = times.get(start) {
            let number = day_of(*first);
            let rest = times.iter().skip(start);
            let end = start + rest.take_while(|time| day_of(**time) == number).count();
            self.rows(batch, start..end, number, *first)?;
            start = end;
        }
        Ok(())
    }

    /// Rows of one day, the first of them at `first`.
    fn rows(
        &mut self,
        batch: &Batch,
        rows: Range<usize>,
        number: i64,
        first: Timestamp,
    ) -> Result<()> {
        let mut day = match self.day.take() {
            Some(day) if day.number == number => day,
            over => {
                // Its file is closed before it is compressed.
                over.and_then(|day| day.part)
                    .map_or(Ok(()), |part| part.sync())?;
                self.turn_to(number, first)?
            }
        };
        let is_new = |row: &usize| {
            let time = batch.time().get(*row);
            time.is_some_and(|time| day.known.binary_search(time).is_err())
        };
        let new: Vec<usize> = rows.clone().filter(is_new).collect();
        self.known += (rows.len() - new.len()) as u64;
        if let Some(time) = new.first().and_then(|row| batch.time().get(*row)) {
            let part = match day.part.take() {
                Some(part) if part.takes(batch, *time) => part,
                _ => self.part(&day, batch, *time)?,
            };
            self.path = Some(part.path().to_owned());
            let part = day.part.insert(part);
            part.write(batch, new.into_iter())?;
        }
        self.day = Some(day);
        Ok(())
    }

    /// Begins a day: looks what is there of it, and compresses the days before.
    fn turn_to(&mut self, number: i64, first: Timestamp) -> Result<Day> {
        let date = date_of(number);
        let all = names::entries(&self.folder, &self.stem)?;
        if self.titles.is_empty() {
            // A device has the columns tomorrow that it has today, if not at once.
            let mut before = all.iter().rev().filter(|entry| entry.date <= date);
            self.titles = before.find_map(titles_in).unwrap_or_default();
        }
        let mut day = Day {
            number,
            known: Vec::new(),
            open: Vec::new(),
            part: None,
        };
        for entry in all.iter().filter(|entry| entry.date == date) {
            self.look_into(entry, first, &mut day);
        }
        day.known.sort_unstable();
        if self.compress {
            let (folder, stem) = (&self.folder, &self.stem);
            rotation::compress_before(&date, folder, stem, &all, &self.context);
        }
        Ok(day)
    }

    /// Notes what a file of the day has, if it is one of ours.
    fn look_into(&self, entry: &Entry, first: Timestamp, day: &mut Day) {
        let known = &mut day.known;
        let mut seen = |time| {
            if time >= first {
                known.push(time);
            }
        };
        let found = if entry.compressed {
            rotation::open_compressed(&entry.path).and_then(|input| scan(input, &mut seen))
        } else {
            File::open(&entry.path).and_then(|file| scan(BufReader::new(file), &mut seen))
        };
        match found {
            Ok(Some(found)) if !entry.compressed => {
                let titles = found.titles.unwrap_or_default();
                day.open.push((entry.path.clone(), titles, found.last));
            }
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => self.context.warn(format!(
                "`{}` is not as this sink leaves its files: it is left alone",
                entry.path.display()
            )),
        }
    }

    /// A file for rows with these columns, from that time on: one of the day's, or a new one.
    fn part(&mut self, day: &Day, batch: &Batch, time: Timestamp) -> Result<Part> {
        self.titles.extend(batch)?;
        make(&self.folder)?;
        for (path, titles, last) in &day.open {
            let fits = titles.is_empty() || titles.take(batch);
            if fits
                && path.exists()
                && last.is_none_or(|last| last <= time)
                && let Some(part) = Part::open(path, &self.titles, &self.context)?
                && part.takes(batch, time)
            {
                return Ok(part);
            }
        }
        let date = date_of(day.number);
        let all = names::entries(&self.folder, &self.stem)?;
        let mut number = rotation::next_number(&all, &date);
        loop {
            let path = rotation::numbered(&self.folder, &self.stem, &date, number);
            if let Some(part) = Part::create(&path, &self.titles)? {
                return Ok(part);
            }
            number = number.saturating_add(1);
        }
    }

    fn sync(&self) -> Result<()> {
        let part = self.day.as_ref().and_then(|day| day.part.as_ref());
        part.map_or(Ok(()), Part::sync)
    }
}

/// Makes the folder, if it does not exist.
fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)
        .map_err(|error| Error::io(format!("make the folder `{}`", folder.display()), error))
}

/// The columns of a file that is there already.
fn titles_in(entry: &Entry) -> Option<Titles> {
    if entry.compressed {
        titles_of(rotation::open_compressed(&entry.path).ok()?)
    } else {
        titles_of(BufReader::new(File::open(&entry.path).ok()?))
    }
}

impl Sink for LogStream {
    fn write(&mut self, item: &Item) -> Result<()> {
        match item {
            Item::Samples(batch) => self.samples(batch),
            Item::Lap(_) | Item::Curve(_) | Item::Event(_) | Item::Bytes(_) => Ok(()),
        }
    }

    fn checkpoint(&mut self) -> Result<()> {
        self.sync()?;
        let part = self.day.as_mut().map(|day| &mut day.part);
        if let Some(gone) = part.and_then(|part| part.take_if(|part| is_gone(part.path()))) {
            self.context.warn(format!(
                "`{}` was moved or deleted; the log goes on in a new file",
                gone.path().display()
            ));
        }
        Ok(())
    }

    fn finish(self: Box<Self>, _: &Summary) -> Result<Delivered> {
        self.sync()?;
        let noun = if self.known == 1 {
            "row is"
        } else {
            "rows are"
        };
        if self.known > 0 {
            let message = format!("{} {noun} in the day's files already", self.known);
            self.context.warn(message);
        }
        let place = self.path.unwrap_or(self.folder);
        Ok(Delivered::Done(place.display().to_string()))
    }
}
