//! The sink `csv`.

mod layout;
mod lines;
mod spool;

use std::path::PathBuf;

use pipeline_plugin::{
    Batch, Context, Delivered, Error, Header, Item, Kind, NameTemplate, OutputFile, Place, Plugin,
    Problem, Result, Sink, SinkPlugin, Summary,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use layout::Layout;
use lines::Lines;
use spool::Spool;

/// Writes each stream as a CSV file into a folder.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WriteCsv {
    /// Folder for the files; made if it does not exist.
    #[schemars(extend("format" = "folder"))]
    folder: PathBuf,
    /// Name of a file, with `{start}`, `{date}`, `{sport}`, `{distance}`, `{key}` or `{input}`
    /// (the input's own name) in it. A name that is taken by other content gets a number.
    #[serde(default)]
    name: NameTemplate,
    /// Which columns, in this order: names of fields, and `time`, `elapsed` (seconds since the
    /// start) and `lap` (the lap's number). Without it `time`, every column of the stream, and
    /// `lap` if there are laps.
    #[serde(default)]
    #[schemars(extend("examples" = [["time", "distance", "heart_rate"]]))]
    columns: Option<Vec<String>>,
    /// What stands between the cells.
    #[serde(default)]
    separator: Separator,
    /// How times are written.
    #[serde(default)]
    time: TimeForm,
}

/// What stands between the cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Separator {
    /// `,` with decimal points.
    #[default]
    Comma,
    /// `;` with decimal commas, for spreadsheets of countries that write numbers so.
    Semicolon,
    /// A tab, with decimal points.
    Tab,
}

/// How times are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum TimeForm {
    /// `2026-03-02T09:00:00.250Z`.
    #[default]
    Iso,
    /// `2026-03-02 09:00:00.250`, in UTC: what spreadsheets take for a time.
    Plain,
    /// Seconds since 1970.
    Unix,
}

/// The plugin `csv`, as a sink.
pub fn sink() -> Plugin {
    Plugin::sink::<WriteCsv>("csv", "write each stream as a CSV file", "csv")
}

impl Separator {
    fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
}

impl SinkPlugin for WriteCsv {
    fn check(&self, _: &Place) -> Vec<Problem> {
        let columns = self.columns.as_deref().unwrap_or_default();
        let mut problems = Vec::new();
        if columns.is_empty() && self.columns.is_some() {
            let problem = Problem::at("columns", "no column is chosen");
            problems.push(problem.with_help("name some, or take `columns` away for all"));
        }
        for (index, name) in columns.iter().enumerate() {
            let mut path = vec!["columns".to_owned(), index.to_string()];
            let before = columns.get(..index).unwrap_or_default();
            if name.trim().is_empty() {
                let problem = Problem::new("a column has no name");
                problems.push(Problem { path, ..problem });
            } else if before.contains(name) {
                path.truncate(2);
                let problem = Problem::new(format!("`{name}` is chosen twice"));
                problems.push(Problem { path, ..problem });
            }
        }
        problems
    }

    fn destination(&self) -> String {
        format!("csv:{}", self.folder.display())
    }

    fn folder(&self) -> Option<PathBuf> {
        Some(self.folder.clone())
    }

    fn file_name(&self, header: &Header, summary: &Summary) -> Option<String> {
        Some(self.name.fill(header, summary, "csv"))
    }

    fn open(&self, header: &Header, cx: &Context) -> Result<Box<dyn Sink>> {
        if header.kind == Kind::File {
            return Err(Error::skip(
                "only activities and logs can be written as CSV",
            ));
        }
        let layout = match &self.columns {
            Some(names) => Layout::chosen(names),
            // An activity has laps, nearly always: their column is there from the start.
            None => Layout::growing(header.kind == Kind::Activity),
        };
        let file = OutputFile::create(&self.folder)?;
        let mut spool = Spool::new(file, self);
        spool.begin(&layout);
        Ok(Box::new(CsvStream {
            settings: self.clone(),
            header: header.clone(),
            context: cx.clone(),
            lines: Lines::new(self, header.start),
            layout,
            spool,
            laps: 0,
            curves: 0,
        }))
    }
}

/// One stream on its way into a CSV file.
#[derive(Debug)]
struct CsvStream {
    settings: WriteCsv,
    header: Header,
    context: Context,
    lines: Lines,
    layout: Layout,
    spool: Spool,
    /// How many laps have ended.
    laps: u32,
    /// Curves, for which a row has no place.
    curves: u64,
}

impl CsvStream {
    fn samples(&mut self, batch: &Batch) -> Result<()> {
        if self.layout.take(batch)? {
            self.spool.begin(&self.layout);
        }
        let lap = self.laps.saturating_add(1);
        let out = self.spool.buffer();
        self.lines.write(&self.layout, batch, lap, out);
        self.spool.flush_if_full()
    }

    fn lap(&mut self) {
        self.laps = self.laps.saturating_add(1);
        if self.layout.with_laps() {
            self.spool.begin(&self.layout);
        }
    }

    /// Tells what has no place in the file, or is missing from it.
    fn tell(&self) {
        match self.curves {
            0 => {}
            1 => self
                .context
                .warn("1 curve left out: a row has no place for it"),
            curves => self.context.warn(format!(
                "{curves} curves left out: a row has no place for them"
            )),
        }
        for name in self.layout.missing() {
            self.context
                .warn(format!("the stream has no `{name}`: its column is empty"));
        }
    }
}

impl Sink for CsvStream {
    fn write(&mut self, item: &Item) -> Result<()> {
        match item {
            Item::Samples(batch) => self.samples(batch)?,
            Item::Lap(_) => self.lap(),
            Item::Curve(_) => self.curves += 1,
            Item::Event(_) | Item::Bytes(_) => {}
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, summary: &Summary) -> Result<Delivered> {
        if self.laps == 0 {
            self.layout.without_laps();
        }
        self.tell();
        let file = self.spool.finish(&self.layout)?;
        let name = self.settings.name.fill(&self.header, summary, "csv");
        Ok(Delivered::File(file.named(name)?))
    }
}
