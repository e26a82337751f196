//! Several inputs into a folder.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use pipeline_engine::{ConvertTo, InputPath, Report, Totals, find_inputs};
use pipeline_plugin::{Error, ErrorKind, Plugin, Role};

use super::{Convert, Job, ends_as_folder, failed, format};
use crate::app::App;
use crate::commands::fit_files::is_same;
use crate::output::Output;
use crate::{exit, signals, words};

/// Converts each input to a file of its own name in the folder. One that can't be converted does
/// not stop the others.
pub(super) fn convert(args: &Convert, app: &App, output: &mut dyn Output) -> Result<u8, u8> {
    let sink = sink(args, app)?;
    let plugins = app.registry.iter();
    let endings: Vec<_> = plugins
        .flat_map(|plugin| plugin.role.reads().to_vec())
        .collect();
    let (inputs, errors) = find_inputs(&args.inputs, &endings);
    if inputs.is_empty() && errors.is_empty() {
        eprintln!("nothing to convert: there are no files of a format that can be read");
        return Ok(exit::DONE);
    }
    let folder = std::path::absolute(&args.output).unwrap_or(args.output.clone());
    let cancel = signals::cancel();
    let job = Job {
        args,
        app,
        sink,
        folder: Some(&folder),
        cancel: &cancel,
        goes_on: true,
    };
    output.report(Report::Inputs(inputs.len()));
    let mut totals = Totals::default();
    for failure in errors {
        totals.quarantined += 1;
        output.report(Report::Failed(failure));
    }
    let mut taken = HashSet::new();
    for (done, input) in inputs.iter().enumerate() {
        if cancel.is_thrown() || totals.fault.is_some() {
            totals.left = inputs.len() - done;
            totals.cancelled = cancel.is_thrown();
            break;
        }
        match into_folder(&job, input, &folder, &mut taken, output)? {
            Ok(one) => {
                totals.delivered += one.delivered;
                totals.quarantined += one.quarantined;
            }
            Err(error) => {
                // A full disk does not become emptier.
                match error.kind() {
                    ErrorKind::Resource => totals.fault = Some(ErrorKind::Resource),
                    _ => totals.quarantined += 1,
                }
                output.report(failed(input, error));
            }
        }
        output.report(Report::InputDone);
    }
    output.summary(&totals);
    Ok(totals.exit_code())
}

fn into_folder(
    job: &Job<'_>,
    input: &InputPath,
    folder: &Path,
    taken: &mut HashSet<PathBuf>,
    output: &mut dyn Output,
) -> Result<Result<Totals, Error>, u8> {
    let target = target(input, folder, job.sink);
    let name = words::path(&target);
    if is_same(input, &target) {
        let error = Error::skip(format!("`{name}` is the input itself"));
        return Ok(Err(error.with_help("choose another folder")));
    }
    if !taken.insert(target.clone()) {
        let error = Error::skip(format!("`{name}` was just made of another input"));
        return Ok(Err(
            error.with_help("inputs of the same name need a folder each")
        ));
    }
    let to = ConvertTo::File {
        path: &target,
        force: job.args.force,
    };
    job.convert(input, to, output)
}

/// What writes the files of the folder that OUTPUT is. Says what is wrong with it.
fn sink<'a>(args: &Convert, app: &'a App) -> Result<&'a Plugin, u8> {
    let name = words::path(&args.output);
    let is_folder = args.output.is_dir() || ends_as_folder(&args.output);
    if args.output == Path::new("-") {
        eprintln!("error: standard output takes one file");
    } else if !is_folder && (args.output.exists() || args.output.extension().is_some()) {
        eprintln!("error: `{name}` would be one file, and there may be several");
    } else {
        let Some(to) = &args.to else {
            eprintln!("error: `{name}` is a folder, which does not tell the format");
            eprintln!("help: name the format, such as `--to fit`");
            return Err(exit::USAGE);
        };
        return format::sink(&app.registry, Some(to), &args.output);
    }
    eprintln!("help: name a folder, and the format: `pipeline convert … DIR/ --to fit`");
    Err(exit::USAGE)
}

/// `row.fit` in the folder, for `row.tcx.gz`.
fn target(input: &InputPath, folder: &Path, sink: &Plugin) -> PathBuf {
    let name = input.file_name();
    let lower = name.to_lowercase();
    let unpacked = match lower.strip_suffix(".gz") {
        Some(_) => &name[..name.len() - ".gz".len()],
        None => &name,
    };
    let stem = match unpacked.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => unpacked,
    };
    let ending = match &sink.role {
        Role::Sink { extension, .. } => extension,
        _ => "",
    };
    folder.join(format!("{stem}.{ending}"))
}
