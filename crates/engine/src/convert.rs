//! One input to one output, without the ledger.

use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Instant;

use pipeline_plugin::{Cancel, Context, Delivered, Error, ErrorKind, OutputFile, Result, Said};

use crate::chain::{Made, Opening, Outcome};
use crate::inputs::{InputPath, Opened};
use crate::plan::{Plan, SourceKind};
use crate::publish::{exists, numbered, settle};
use crate::read::read;
use crate::report::{Delivery, DeliveryStatus, Failure, Report, StreamReport, Totals};

/// Where a conversion goes.
pub enum ConvertTo<'a> {
    /// To exactly this file. Several activities give `out-1.fit`, `out-2.fit` and so on.
    File {
        /// Its path.
        path: &'a Path,
        /// Whether it may replace a file.
        force: bool,
    },
    /// To a writer, once it is complete; one activity only.
    Writer {
        /// What takes the bytes.
        writer: &'a mut dyn Write,
        /// What it is called: `standard output`, or a path.
        name: &'a str,
    },
}

impl std::fmt::Debug for ConvertTo<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { path, .. } => f.debug_tuple("File").field(path).finish(),
            Self::Writer { name, .. } => f.debug_tuple("Writer").field(name).finish(),
        }
    }
}

/// Converts one input with a plan that has one reader and one sink.
///
/// Several activities are written together or not at all; the activities before a fault of the
/// input are kept.
///
/// # Errors
///
/// When nothing could be converted.
pub fn convert(
    plan: &Plan,
    mut input: Opened,
    mut to: ConvertTo<'_>,
    cancel: &Cancel,
    report: &mut dyn FnMut(Report),
) -> Result<Totals> {
    to.check(0)?;
    let Some(SourceKind::Reader { reader, .. }) = plan.sources.first().map(|source| &source.kind)
    else {
        return Err(Error::skip("only files can be converted"));
    };
    let (sender, words) = mpsc::channel();
    let context = Context::telling("convert", cancel.clone(), move |told| {
        // Once everything is read, progress is of no use.
        if matches!(told.said, Said::Log(..)) {
            let _ = sender.send(told);
        }
    });
    let opening = Opening {
        stages: &plan.stages,
        tap: None,
        dry_run: false,
        live: false,
        watcher: None,
        context: &context,
        athlete: &plan.athlete,
    };
    let started = Instant::now();
    let mut streams = Vec::new();
    let result = read(&**reader, &mut input, &opening, &mut |outcomes| {
        streams.push(outcomes);
        Ok(())
    });
    let input = input.input();
    for told in words.try_iter() {
        report(Report::told(input.name(), told));
    }
    // Before anything is written.
    to.check(streams.len())?;
    let count = streams.len();
    let mut totals = Totals::default();
    for (number, outcomes) in (1..).zip(streams) {
        for outcome in outcomes {
            let stream = deliver(outcome, &mut to, (number, count), input, started)?;
            report(Report::Stream(Box::new(stream)));
            totals.delivered += 1;
        }
    }
    if let ConvertTo::File { path, .. } = to
        && let Some(folder) = path.parent()
    {
        OutputFile::clean(folder);
    }
    match result {
        Ok(()) => Ok(totals),
        Err(error) if totals.delivered == 0 || error.kind() != ErrorKind::Skip => Err(error),
        Err(error) => {
            totals.quarantined += 1;
            report(Report::Failed(Failure {
                input: input.name(),
                error,
                known: false,
            }));
            Ok(totals)
        }
    }
}

impl ConvertTo<'_> {
    /// Whether so many activities can be written; for 0, whether anything can.
    fn check(&self, count: usize) -> Result<()> {
        match self {
            Self::File { force: true, .. } => Ok(()),
            Self::File { path, .. } => {
                let mut targets = (1..=count.max(1)).map(|number| target(path, (number, count)));
                targets
                    .find(|target| target.exists())
                    .map_or(Ok(()), |taken| Err(exists(&taken)))
            }
            Self::Writer { .. } if count > 1 => {
                let message = format!("the input has {count} activities, the output takes one");
                Err(Error::skip(message)
                    .with_help("name a file as the output: the activities are numbered then"))
            }
            Self::Writer { .. } => Ok(()),
        }
    }
}

/// The path of one of several activities: `out.fit`, or `out-2.fit` if there are several.
fn target(path: &Path, (number, count): (usize, usize)) -> PathBuf {
    if count <= 1 {
        return path.to_owned();
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(numbered(&name, number))
}

fn deliver(
    outcome: Outcome,
    to: &mut ConvertTo<'_>,
    number: (usize, usize),
    input: &InputPath,
    started: Instant,
) -> Result<StreamReport> {
    let Outcome {
        header,
        summary,
        result,
        ..
    } = outcome;
    let status = match (result?, to) {
        (Made::Output(Delivered::File(file)), ConvertTo::File { path, force }) => {
            let target = target(path, number);
            settle(file, &target, *force)?;
            DeliveryStatus::Delivered(target)
        }
        (Made::Output(Delivered::File(file)), ConvertTo::Writer { writer, name }) => {
            let mut bytes = file.file();
            let written = bytes
                .rewind()
                .and_then(|()| io::copy(&mut bytes, writer))
                .and_then(|_| writer.flush());
            match written {
                // Who reads has seen enough: `| head`.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                written => {
                    written.map_err(|error| Error::io(format!("write to {name}"), error))?;
                }
            }
            DeliveryStatus::Delivered((*name).into())
        }
        (Made::Output(Delivered::Done(place)), _) => DeliveryStatus::Delivered(place.into()),
        (Made::Nothing(path), _) => DeliveryStatus::Would(path),
    };
    let deliveries = vec![Delivery {
        sink: "convert".to_owned(),
        status,
    }];
    Ok(StreamReport {
        input: input.name(),
        header,
        summary,
        deliveries,
        took: started.elapsed(),
    })
}
