//! The reader `csv`.

mod cell;
mod columns;
mod detect;
mod fault;
mod laps;
mod moments;
mod names;
mod records;
mod settings;
mod stream;
mod units;

use std::io::Read;

use pipeline_plugin::{
    Context, Error, Header, Input, Place as Position, Plugin, Problem, ReaderPlugin, Result,
    Streams,
};
use table::Put;

use cell::Cell;
use columns::{Columns, State};
use detect::{Dialect, NoTable};
use fault::{Fault, Repairs, Sort};
use moments::{Moment, Moments};
use records::{BUFFER, Broken, Records, Window};
use stream::RowStream;

pub use settings::{Epoch, ReadCsv, Start};

/// The plugin `csv`, as a reader.
pub fn reader() -> Plugin {
    Plugin::reader::<ReadCsv>(
        "csv",
        "read CSV files, with the columns of most programs",
        &["csv", "tsv"],
        sniff,
    )
}

/// Whether the first bytes of a file have titles, one of a column with times.
fn sniff(head: &[u8]) -> bool {
    detect::detect(head, false).is_ok()
}

impl ReaderPlugin for ReadCsv {
    fn check(&self, _: &Position) -> Vec<Problem> {
        self.problems()
    }

    fn read(&self, input: Input<'_>, out: &mut dyn Streams, cx: &Context) -> Result<()> {
        let mut window = Window::new(input.bytes, BUFFER);
        window.fill().map_err(cannot_read)?;
        let dialect = detect::detect(window.rest(), window.ended()).map_err(no_table)?;
        window.consume(dialect.skip);
        let mut file = File::new(self, dialect, window, input.name);
        let result = file.rows(out);
        file.repairs.tell(cx);
        file.tell(cx);
        match result {
            Ok(()) if file.stream.count() == 0 => {
                Err(Error::skip("no row with a time in the file"))
            }
            Ok(()) => file.finish(out),
            Err(Stop::Stage(error)) => Err(error),
            Err(Stop::Fault(fault)) => file.broken(fault, out, cx),
        }
    }
}

/// Why reading ended early.
enum Stop {
    /// A stage behind says so.
    Stage(Error),
    /// The file is at fault.
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// A file on its way into a stream.
struct File<'a, R> {
    settings: &'a ReadCsv,
    records: Records<R>,
    /// Records before the titles.
    preamble: usize,
    columns: Columns,
    decimal_comma: bool,
    moments: Moments<'a>,
    repairs: Repairs,
    stream: RowStream,
}

impl<'a, R: Read> File<'a, R> {
    fn new(settings: &'a ReadCsv, dialect: Dialect, window: Window<R>, name: &str) -> Self {
        let Dialect {
            separator,
            preamble,
            columns,
            times,
            ..
        } = dialect;
        let decimal_comma = separator != b',';
        let header = Header {
            name: name.to_owned(),
            sport: settings.sport.unwrap_or_default(),
            ..Header::default()
        };
        Self {
            settings,
            records: Records::new(window, separator),
            preamble,
            moments: Moments::new(settings, times, decimal_comma),
            repairs: Repairs::new(settings.strict),
            stream: RowStream::new(header, &columns),
            columns,
            decimal_comma,
        }
    }

    /// Reads all rows.
    fn rows(&mut self, out: &mut dyn Streams) -> Result<(), Stop> {
        for _ in 0..=self.preamble {
            self.advance()?;
        }
        let mut values = Vec::with_capacity(self.columns.values.len() + 1);
        while self.advance()? {
            if self.has_time()?
                && let Some(time) = self.time()?
            {
                self.values(&mut values)?;
                self.put(time, &values)?;
                if self.stream.is_full() {
                    let flushed = self.stream.flush(&self.moments, &self.columns.values, out);
                    flushed.map_err(Stop::Stage)?;
                }
            }
        }
        Ok(())
    }

    fn advance(&mut self) -> Result<bool, Fault> {
        let result = self.records.advance();
        let is_short = self.records.cells().len() < self.columns.titles.len();
        if matches!(result, Ok(true)) && self.records.is_unterminated() && is_short {
            let place = self.records.place();
            let message = format!("the file ends within a row ({place})");
            return Err(Fault::new(Error::skip(message)));
        }
        result.map_err(|broken| {
            let place = self.records.place();
            Fault::new(match broken {
                Broken::Io(error) => cannot_read(error),
                Broken::TooLong => Error::skip(format!(
                    "a row is longer than 1 MiB: is a quote in it never closed? ({place})"
                )),
                Broken::TooManyCells => {
                    Error::skip(format!("a row has more than 4,096 cells ({place})"))
                }
            })
        })
    }

    /// Whether the record is a row at all, and not more than one.
    fn has_time(&mut self) -> Result<bool, Fault> {
        let cells = self.records.cells();
        let titles = self.columns.titles.len();
        if cells.len() > titles
            && let Some(surplus) = (titles..cells.len()).find(|cell| !is_blank(cells.get(*cell)))
        {
            let place = self.records.place_of(surplus);
            self.repairs
                .note(Sort::TooManyCells, place, "", cells.get(surplus))?;
        }
        Ok(!cells.iter().all(is_blank))
    }

    /// The row's time.
    fn time(&mut self) -> Result<Option<i64>, Fault> {
        let cells = self.records.cells();
        let cell = self.moments.cell();
        let moment = self.moments.read(cells).map_err(|error| {
            let place = self.records.place_of(cell);
            let title = self.columns.title(cell);
            let message = format!("{error} ({place}, column `{title}`)");
            Fault::new(error.with_message(message))
        })?;
        let sort = match moment {
            Moment::At(time) => return Ok(Some(time)),
            Moment::Assumed(_) => Sort::NoZone,
            Moment::Missing => Sort::NoTime,
        };
        let place = self.records.place_of(cell);
        let title = self.columns.title(cell);
        self.repairs.note(sort, place, title, cells.get(cell))?;
        Ok(match moment {
            Moment::Assumed(time) => Some(time),
            Moment::At(_) | Moment::Missing => None,
        })
    }

    /// The row's values, and the number of its lap.
    fn values(&mut self, values: &mut Vec<f64>) -> Result<(), Fault> {
        values.clear();
        let cells = self.records.cells();
        for column in &mut self.columns.values {
            let text = cells.get(column.cell);
            let value = match cell::read(text, self.decimal_comma) {
                _ if column.state == State::Text => f64::NAN,
                Cell::Number(value) => {
                    column.state = State::Numbers;
                    column.conversion.apply(value)
                }
                Cell::Clock(seconds) if column.takes_clocks() => column.of_clock(seconds),
                Cell::Blank => f64::NAN,
                Cell::Clock(_) | Cell::Other if column.state == State::Open => {
                    column.state = State::Text;
                    f64::NAN
                }
                Cell::Clock(_) | Cell::Other => {
                    let place = self.records.place_of(column.cell);
                    let title = self.columns.titles.get(column.cell).map_or("", |t| t);
                    self.repairs.note(Sort::NotANumber, place, title, text)?;
                    f64::NAN
                }
            };
            values.push(value);
        }
        if let Some(lap) = self.columns.lap {
            let text = cells.get(lap);
            values.push(match cell::read(text, self.decimal_comma) {
                Cell::Number(number) => number,
                Cell::Blank => f64::NAN,
                Cell::Clock(_) | Cell::Other => {
                    let place = self.records.place_of(lap);
                    let title = self.columns.title(lap);
                    self.repairs.note(Sort::NotANumber, place, title, text)?;
                    f64::NAN
                }
            });
        }
        Ok(())
    }

    fn put(&mut self, time: i64, values: &[f64]) -> Result<(), Fault> {
        let sort = match self.stream.row(time, values) {
            Put::Last => return Ok(()),
            Put::Sorted => Sort::OutOfOrder,
            Put::Late => Sort::Late,
        };
        let cell = self.moments.cell();
        let place = self.records.place_of(cell);
        let text = self.records.cells().get(cell);
        self.repairs
            .note(sort, place, self.columns.title(cell), text)
    }

    /// Tells what has no place in a stream.
    fn tell(&self, cx: &Context) {
        match self.preamble {
            0 => {}
            1 => cx.warn("the line before the titles is left out"),
            lines => cx.warn(format!("the {lines} lines before the titles are left out")),
        }
        for (title, reason) in &self.columns.left_out {
            cx.warn(format!("column `{title}` left out: {reason}"));
        }
        let text = |column: &&columns::Values| column.state == State::Text;
        let text = self.columns.values.iter().filter(text);
        let titles: Vec<_> = text
            .map(|column| format!("`{}`", self.columns.title(column.cell)))
            .collect();
        if !titles.is_empty() {
            cx.warn(format!("columns of text left out: {}", titles.join(", ")));
        }
    }

    fn finish(self, out: &mut dyn Streams) -> Result<()> {
        self.stream.finish(&self.moments, &self.columns.values, out)
    }

    /// The file is broken: keeps what stands before the fault if that is asked for.
    fn broken(self, fault: Fault, out: &mut dyn Streams, cx: &Context) -> Result<()> {
        let error = fault.error;
        if fault.needs_repair {
            return Err(error.with_help("take `strict: true` away to have it repaired"));
        }
        let kept = match self.stream.count() {
            0 => return Err(error),
            1 => "the row before it".to_owned(),
            rows => format!("the {rows} rows before it"),
        };
        if self.settings.salvage {
            cx.warn(format!("{}; kept {kept}", error.with_causes()));
            return self.finish(out);
        }
        Err(error.with_salvage("csv", &kept))
    }
}

fn is_blank(cell: &[u8]) -> bool {
    cell.trim_ascii().is_empty()
}

fn cannot_read(error: std::io::Error) -> Error {
    Error::io("read the input", error)
}

/// Why there is no table in a file.
fn no_table(reason: NoTable) -> Error {
    match reason {
        NoTable::Empty => Error::skip("the file is empty"),
        NoTable::Utf16 => Error::skip("the file is encoded as UTF-16")
            .with_help("save it as UTF-8, which spreadsheets offer as `CSV UTF-8`"),
        NoTable::Binary => Error::skip("not CSV: the file is no text"),
        NoTable::NoTimes(cells) => {
            let cells: Vec<_> = cells
                .iter()
                .take(8)
                .map(|cell| {
                    format!(
                        "`{}`",
                        cell.chars().take(40).collect::<String>().escape_debug()
                    )
                })
                .collect();
            Error::skip(format!(
                "no title of a column with times; the first line has {}",
                cells.join(", ")
            ))
            .with_help("name the column with the times `time`, or `elapsed` if they begin at 0")
        }
    }
}
