//! Line by line.

use std::io::{BufRead, BufReader, Read};

use pipeline_plugin::{
    Accumulator, Batch, Context, Curve, Device, Error, Header, Input, Intensity, Item, Lap,
    Measured, Result, Streams, Timestamp, Trigger,
};

use crate::RowingData;
use crate::columns::Columns;

/// The longest line, in bytes; real ones have some kilobytes, for the curves.
const LONGEST: u64 = 1 << 20;

/// Reads one file: one activity with a lap a split.
pub(crate) fn read(
    settings: &RowingData,
    input: Input<'_>,
    out: &mut dyn Streams,
    cx: &Context,
) -> Result<()> {
    let name = input.name.to_owned();
    let mut lines = Lines {
        bytes: BufReader::new(input.bytes),
        number: 0,
    };
    let titles = lines
        .next()?
        .ok_or_else(|| Error::skip("the file is empty"))?;
    let columns = Columns::of(&titles)?;
    let mut row: Option<Row> = None;
    while let Some(cells) = lines.next()? {
        let number = lines.number;
        let time = columns
            .time_of(&cells)
            .ok_or_else(|| Error::skip(format!("line {number}: the time is no number")))?;
        if row.is_none() {
            out.open(header(settings, &name, time))?;
        }
        let row = row.get_or_insert_with(|| Row::new(time));
        row.stroke(&columns, &cells, time, settings.curves, number, out, cx)?;
    }
    let mut row = row.ok_or_else(|| Error::skip("the file has no stroke"))?;
    row.end_lap(out, Trigger::SessionEnd)?;
    out.finish()
}

fn header(settings: &RowingData, name: &str, start: Timestamp) -> Header {
    Header {
        name: name.to_owned(),
        start,
        sport: settings.sport,
        device: Device {
            name: "Open Rowing Monitor".to_owned(),
            ..Device::default()
        },
        ..Header::default()
    }
}

impl Columns {
    fn time_of(&self, cells: &[String]) -> Option<Timestamp> {
        let seconds: f64 = cells.get(self.time)?.trim().parse().ok()?;
        // Within the years that a clock may show.
        (0.0..1e11)
            .contains(&seconds)
            .then(|| Timestamp::default() + seconds)
    }
}

/// The activity so far.
struct Row {
    time: Timestamp,
    lap_start: Timestamp,
    split: String,
    accumulator: Accumulator,
    warned: bool,
}

impl Row {
    fn new(start: Timestamp) -> Self {
        Self {
            time: start,
            lap_start: start,
            split: String::new(),
            accumulator: Accumulator::default(),
            warned: false,
        }
    }

    /// Sends what one line says: the curve first, then the stroke.
    #[expect(
        clippy::too_many_arguments,
        reason = "a line, and all that is around it"
    )]
    fn stroke(
        &mut self,
        columns: &Columns,
        cells: &[String],
        time: Timestamp,
        curves: bool,
        number: usize,
        out: &mut dyn Streams,
        cx: &Context,
    ) -> Result<()> {
        if time < self.time {
            if !self.warned {
                cx.warn(format!(
                    "line {number} and maybe others: earlier than the line before, left out"
                ));
                self.warned = true;
            }
            return Ok(());
        }
        let split = columns.split.and_then(|place| cells.get(place));
        let split = split
            .map(|split| split.trim().to_owned())
            .unwrap_or_default();
        if !self.split.is_empty() && split != self.split {
            self.end_lap(out, Trigger::Distance)?;
        }
        self.split = split;
        let values = columns.measured.iter().map(|(place, _, factor)| {
            let cell = cells.get(*place).map_or("", |cell| cell.trim());
            cell.parse::<f64>().map_or(f64::NAN, |value| value * factor)
        });
        let values: Vec<f64> = values.collect();
        if let Some(values) = columns
            .curve
            .filter(|_| curves)
            .and_then(|place| curve(cells, place))
        {
            out.send(Item::Curve(Curve {
                time,
                field: "handle_force".to_owned(),
                interval: None,
                values,
            }))?;
        }
        let mut batch = Batch::new(&columns.fields());
        batch.push(time, &values);
        let measured = Measured::of(&batch);
        self.accumulator.sample(&measured, 0);
        self.accumulator.stretch(&measured, 0, time - self.time);
        self.time = time;
        out.send(Item::Samples(batch))
    }

    /// A lap ends where its last stroke does.
    fn end_lap(&mut self, out: &mut dyn Streams, trigger: Trigger) -> Result<()> {
        let totals = std::mem::take(&mut self.accumulator).totals();
        let lap = Lap {
            start: std::mem::replace(&mut self.lap_start, self.time),
            end: self.time,
            trigger,
            intensity: Intensity::Active,
            totals,
            time_in_hr_zone: None,
        };
        out.send(Item::Lap(Box::new(lap)))
    }
}

/// The numbers of a list; nothing where there are none.
fn curve(cells: &[String], place: usize) -> Option<Vec<f64>> {
    let numbers = cells
        .get(place)?
        .split(',')
        .map(|number| number.trim().parse::<f64>());
    let numbers: Vec<f64> = numbers.collect::<Result<_, _>>().ok()?;
    (!numbers.is_empty() && numbers.iter().all(|number| number.is_finite())).then_some(numbers)
}

/// The lines of a file, in cells.
struct Lines<R> {
    bytes: R,
    number: usize,
}

impl<R: BufRead> Lines<R> {
    /// The next line that is not empty; `None` at the end.
    fn next(&mut self) -> Result<Option<Vec<String>>> {
        loop {
            let mut line = Vec::new();
            self.number += 1;
            let read = self
                .bytes
                .by_ref()
                .take(LONGEST)
                .read_until(b'\n', &mut line);
            let read = read.map_err(|error| Error::io("read the file", error))?;
            if read == 0 {
                return Ok(None);
            }
            let number = self.number;
            if read as u64 == LONGEST {
                return Err(Error::skip(format!(
                    "line {number} is longer than a line can be"
                )));
            }
            let line = String::from_utf8(line)
                .map_err(|_| Error::skip(format!("line {number} is no UTF-8")))?;
            if !line.trim().is_empty() {
                return Ok(Some(cells(line.trim_end_matches(['\r', '\n']))));
            }
        }
    }
}

/// The cells of a line; a comma between quotes belongs to its cell.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match (c, cells.last_mut()) {
            ('"', _) => quoted = !quoted,
            (',', _) if !quoted => cells.push(String::new()),
            (c, Some(cell)) => cell.push(c),
            (_, None) => {}
        }
    }
    cells
}
