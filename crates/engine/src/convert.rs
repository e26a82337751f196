//! One input to one named file, without the ledger.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Instant;

use pipeline_plugin::{Cancel, Context, Delivered, Error, ErrorKind, OutputFile, Result};

use crate::chain::{Made, Opening, Outcome};
use crate::inputs::InputPath;
use crate::plan::{Plan, SourceKind};
use crate::publish::{exists, numbered, settle};
use crate::read::read;
use crate::report::{Delivery, DeliveryStatus, Failure, Report, StreamReport, Totals};

/// Converts one input with a plan that has one reader and one sink, to exactly `output`.
///
/// Several activities give `out-1.fit`, `out-2.fit` and so on. What exists is replaced only
/// with `force`. The activities before a fault are kept.
///
/// # Errors
///
/// When nothing could be converted.
pub fn convert(
    plan: &Plan,
    input: &InputPath,
    output: &Path,
    force: bool,
    cancel: &Cancel,
    report: &mut dyn FnMut(Report),
) -> Result<Totals> {
    if !force && output.exists() {
        return Err(exists(output));
    }
    let Some(SourceKind::Reader { reader, .. }) = plan.sources.first().map(|source| &source.kind)
    else {
        return Err(Error::skip("only files can be converted"));
    };
    let (sender, warnings) = mpsc::channel();
    let context = Context::new("convert", cancel.clone(), move |warning| {
        let _ = sender.send(warning);
    });
    let opening = Opening {
        stages: &plan.stages,
        tap: None,
        dry_run: false,
        live: false,
        context: &context,
        athlete: &plan.athlete,
    };
    let started = Instant::now();
    let mut streams = Vec::new();
    let result = read(&**reader, input, &opening, &mut |outcomes| {
        streams.push(outcomes);
        Ok(())
    });
    for warning in warnings.try_iter() {
        report(Report::Warning {
            input: input.name(),
            warning,
        });
    }
    let targets: Vec<_> = match streams.len() {
        1 => vec![output.to_owned()],
        many => (1..=many).map(|number| nth(output, number)).collect(),
    };
    // Before anything is written: several activities are delivered together or not at all.
    if let Some(taken) = targets.iter().find(|target| !force && target.exists()) {
        return Err(exists(taken));
    }
    let mut totals = Totals::default();
    for (target, outcomes) in targets.iter().zip(streams) {
        for outcome in outcomes {
            report(Report::Stream(Box::new(deliver(
                outcome, target, force, input, started,
            )?)));
            totals.delivered += 1;
        }
    }
    if let Some(folder) = output.parent() {
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

/// `out-2.fit`.
fn nth(output: &Path, number: usize) -> PathBuf {
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    output.with_file_name(numbered(&name, number))
}

fn deliver(
    outcome: Outcome,
    target: &Path,
    force: bool,
    input: &InputPath,
    started: Instant,
) -> Result<StreamReport> {
    let Outcome {
        header,
        summary,
        result,
        ..
    } = outcome;
    let status = match result? {
        Made::Output(Delivered::File(file)) => {
            settle(file, target, force)?;
            DeliveryStatus::Delivered(target.to_owned())
        }
        Made::Output(Delivered::Done(place)) => DeliveryStatus::Delivered(place.into()),
        Made::Nothing(path) => DeliveryStatus::Would(path),
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
