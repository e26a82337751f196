//! The reader `jsonl`.

mod fault;
mod lines;
mod open;
mod samples;
mod scan;

use std::io::Read;

use pipeline_plugin::{
    Context, Curve, Error, Event, Header, Input, Item, Lap, Plugin, ReaderPlugin, Result, Sport,
    Streams, Summary,
};
use schemars::JsonSchema;
use serde::Deserialize;
use table::Put;

use fault::{Fault, Repairs, Sort};
use lines::Lines;
use open::Open;
use samples::Samples;
use scan::{Scan, Wrong};

/// Reads JSON Lines files.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReadJsonl {
    /// Sport of the activities, such as `rowing/indoor`, instead of the file's own.
    sport: Option<Sport>,
    /// Refuse a file with anything in it that has to be left out or put in order.
    strict: bool,
    /// Keep what stands before the fault of a broken file instead of refusing it.
    salvage: bool,
}

/// The plugin `jsonl`, as a reader.
pub fn reader() -> Plugin {
    Plugin::reader::<ReadJsonl>(
        "jsonl",
        "read JSON Lines files, as the sink and `--tap` write them",
        &["jsonl", "ndjson"],
        sniff,
    )
}

/// Kinds of lines.
const KINDS: [&str; 9] = [
    "open", "columns", "sample", "samples", "lap", "event", "curve", "bytes", "finish",
];

/// The beginning of a file in UTF-8 whose writer said so.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Whether the first bytes of a file are a line of a kind that we know.
fn sniff(head: &[u8]) -> bool {
    let head = head.strip_prefix(BOM).unwrap_or(head);
    kind(&mut Scan::new(head)).is_ok_and(|kind| KINDS.contains(&&*kind))
}

/// The kind of a line; its content comes next.
#[inline]
fn kind<'a>(scan: &mut Scan<'a>) -> Result<std::borrow::Cow<'a, str>, Wrong> {
    scan.expect(b'{')?;
    let kind = scan.string()?;
    scan.expect(b':')?;
    Ok(kind)
}

impl ReaderPlugin for ReadJsonl {
    fn read(&self, input: Input<'_>, out: &mut dyn Streams, cx: &Context) -> Result<()> {
        let mut lines = Lines::new(input.bytes);
        let mut file = File {
            settings: self,
            samples: Samples::default(),
            repairs: Repairs::new(self.strict),
            open: None,
            complete: 0,
        };
        let result = file.lines(&mut lines, out);
        file.repairs.tell(cx);
        match result {
            Ok(()) => Ok(()),
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

/// Lines that are rare: a general parser reads them.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    Open(Box<Header>),
    Lap(Box<Lap>),
    Event(Event),
    Curve(Curve),
    Bytes(Vec<u8>),
    Finish(Box<Summary>),
}

/// A file on its way into streams.
struct File<'a> {
    settings: &'a ReadJsonl,
    samples: Samples,
    repairs: Repairs,
    open: Option<Open>,
    /// How many streams are complete.
    complete: usize,
}

impl File<'_> {
    fn lines<R: Read>(&mut self, lines: &mut Lines<R>, out: &mut dyn Streams) -> Result<(), Stop> {
        loop {
            let number = lines.number();
            match lines.next() {
                Err(broken) => return Err(Fault::broken(broken, number + 1).into()),
                Ok(None) => return self.end(number),
                Ok(Some((number, line))) => {
                    let Err(stop) = self.line(line.trim_ascii(), number, out) else {
                        continue;
                    };
                    // The fault may be that the rest of the file is missing.
                    let is_cut = !lines.is_terminated() && self.open.is_some();
                    return Err(match stop {
                        Stop::Fault(fault) if is_cut && !fault.needs_repair => {
                            let message = format!("the file ends within a line (line {number})");
                            Fault::new(message).into()
                        }
                        stop => stop,
                    });
                }
            }
        }
    }

    fn line(&mut self, line: &[u8], number: u64, out: &mut dyn Streams) -> Result<(), Stop> {
        let line = match line.strip_prefix(BOM) {
            Some(line) if number == 1 => line,
            _ => line,
        };
        if line.is_empty() {
            return Ok(());
        }
        let mut scan = Scan::new(line);
        let is_first = self.open.is_none() && self.complete == 0;
        let kind = kind(&mut scan).map_err(|mut wrong| {
            if is_first {
                wrong.what = format!("not JSON Lines: {}", wrong.what);
            }
            Fault::wrong(&wrong, number)
        })?;
        match &*kind {
            "sample" => self.sample(scan, number, out),
            "samples" => self.batch(scan, number, out),
            "columns" => self.columns(scan, number, out),
            kind if KINDS.contains(&kind) => self.rare(kind, line, number, out),
            kind => {
                let kind = kind.chars().take(40).collect();
                Ok(self.repairs.note(Sort::UnknownLine(kind), number)?)
            }
        }
    }

    #[inline]
    fn sample(&mut self, mut scan: Scan<'_>, line: u64, out: &mut dyn Streams) -> Result<(), Stop> {
        let open = opened(&mut self.open, line)?;
        let read = self.samples.row(&mut scan, open.columns());
        read.and_then(|()| close(&mut scan))
            .map_err(|wrong| Fault::wrong(&wrong, line))?;
        let row = self.samples.last();
        let put = open
            .row(row.time.micros(), &row.values, out)
            .map_err(Stop::Stage)?;
        match put {
            Put::Last => Ok(()),
            Put::Sorted => Ok(self.repairs.note(Sort::OutOfOrder, line)?),
            Put::Late => Ok(self.repairs.note(Sort::Late, line)?),
        }
    }

    fn batch(&mut self, mut scan: Scan<'_>, line: u64, out: &mut dyn Streams) -> Result<(), Stop> {
        let open = opened(&mut self.open, line)?;
        let read = self.samples.batch(&mut scan);
        let batch = read
            .and_then(|batch| close(&mut scan).map(|()| batch))
            .map_err(|wrong| Fault::wrong(&wrong, line))?;
        let (sorted, late) = open.batch(batch, out).map_err(Stop::Stage)?;
        (0..sorted).try_for_each(|_| self.repairs.note(Sort::OutOfOrder, line))?;
        Ok((0..late).try_for_each(|_| self.repairs.note(Sort::Late, line))?)
    }

    fn columns(
        &mut self,
        mut scan: Scan<'_>,
        line: u64,
        out: &mut dyn Streams,
    ) -> Result<(), Stop> {
        let open = opened(&mut self.open, line)?;
        let columns = samples::announced(&mut scan)
            .and_then(|columns| close(&mut scan).map(|()| columns))
            .map_err(|wrong| Fault::wrong(&wrong, line))?;
        open.set_columns(columns, out).map_err(Stop::Stage)
    }

    fn rare(
        &mut self,
        kind: &str,
        line: &[u8],
        number: u64,
        out: &mut dyn Streams,
    ) -> Result<(), Stop> {
        let mut unknown = Vec::new();
        let mut json = serde_json::Deserializer::from_slice(line);
        let parsed = serde_ignored::deserialize(&mut json, |path| unknown.push(path.to_string()))
            .and_then(|line| json.end().map(|()| line))
            .map_err(|error| Fault::json(&error, number))?;
        for path in unknown {
            let path = path.replacen('?', kind, 1);
            self.repairs.note(Sort::UnknownKey(path), number)?;
        }
        let item = match parsed {
            Line::Open(header) => return self.open(*header, number, out),
            Line::Finish(summary) => return self.finish(&summary, number, out),
            Line::Lap(lap) => Item::Lap(lap),
            Line::Event(event) => Item::Event(event),
            Line::Curve(curve) => Item::Curve(curve),
            Line::Bytes(bytes) => Item::Bytes(bytes),
        };
        let open = opened(&mut self.open, number)?;
        open.item(item, out).map_err(Stop::Stage)
    }

    fn open(&mut self, mut header: Header, line: u64, out: &mut dyn Streams) -> Result<(), Stop> {
        if self.open.is_some() {
            let message = format!("the stream before this `open` has no `finish` (line {line})");
            return Err(Fault::new(message).into());
        }
        header.sport = self.settings.sport.unwrap_or(header.sport);
        self.open = Some(Open::new(header, out).map_err(Stop::Stage)?);
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, line: u64, out: &mut dyn Streams) -> Result<(), Stop> {
        opened(&mut self.open, line)?;
        if let Some(open) = self.open.take() {
            let finished = open.finish(Some(summary), out);
            finished.map_err(Stop::Stage)?;
            self.complete += 1;
        }
        Ok(())
    }

    /// The file has ended.
    fn end(&mut self, lines: u64) -> Result<(), Stop> {
        if self.open.is_some() {
            let message = format!("the file ends before the `finish` of its stream (line {lines})");
            return Err(Fault::new(message).into());
        }
        if self.complete == 0 {
            let message = if lines == 0 {
                "the file is empty"
            } else {
                "no stream in the file"
            };
            return Err(Fault::new(message.to_owned()).into());
        }
        Ok(())
    }

    /// The file is broken: keeps what stands before the fault if that is asked for.
    fn broken(self, fault: Fault, out: &mut dyn Streams, cx: &Context) -> Result<()> {
        let error = fault.error;
        if fault.needs_repair {
            return Err(error.with_help("take `strict: true` away to have it left out"));
        }
        let kept = match &self.open {
            Some(open) if open.count() == 0 => "what stands before it".to_owned(),
            Some(open) if open.count() == 1 => "the sample before it".to_owned(),
            Some(open) => format!("the {} samples before it", open.count()),
            None if self.complete > 0 => "the streams before it".to_owned(),
            None => return Err(error),
        };
        if self.settings.salvage {
            cx.warn(format!("{}; kept {kept}", error.with_causes()));
            return match self.open {
                Some(open) => open.finish(None, out),
                None => Ok(()),
            };
        }
        if self.open.is_none() {
            // The complete streams are kept in any case.
            return Err(error);
        }
        Err(error.with_salvage("jsonl", &kept))
    }
}

/// The stream that must be open.
fn opened(open: &mut Option<Open>, line: u64) -> Result<&mut Open, Fault> {
    open.as_mut().ok_or_else(|| {
        Fault::new(format!("no stream is open here (line {line})")).with_help(
            "begin each stream with a line such as `{\"open\":{\"start\":\"2026-03-02T09:00:00Z\",\"sport\":\"rowing\"}}`",
        )
    })
}

/// The object of a line, and the line, must end here.
#[inline]
fn close(scan: &mut Scan<'_>) -> Result<(), Wrong> {
    scan.expect(b'}')?;
    scan.end()
}
