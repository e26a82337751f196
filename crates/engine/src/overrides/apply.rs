use super::{Overrides, Setting, Target};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::shorten;
use crate::nearest::did_you_mean;
use crate::outline::{Outline, Stage};
use crate::registry::Section;
use crate::schema::folder_option;
use crate::source::Span;
use crate::yaml::{self, Key, Node, NodeKind};

impl Overrides {
    /// Puts in another athlete's profile (`athlete=FILE`), before the profile is read.
    pub(crate) fn apply_athlete(&self, outline: &mut Outline) {
        for setting in &self.settings {
            if is_whole_athlete(setting) {
                outline.athlete = Some(Node::scalar(&setting.value, setting.value.text()));
            }
        }
    }

    /// Puts the command line's values in the place of the file's.
    pub(crate) fn apply(
        &self,
        outline: &mut Outline,
        athlete: &mut Node,
        problems: &mut Vec<Diagnostic>,
    ) {
        for setting in self
            .settings
            .iter()
            .filter(|setting| !is_whole_athlete(setting))
        {
            let applied = value(&setting.value).and_then(|value| match &setting.target {
                Target::Path(path) => set(outline, athlete, path, value),
                Target::EveryFolder => set_every_folder(outline, &setting.value, &value),
                Target::Folder(id) => {
                    let stage = find(outline, id)?;
                    set_folder(stage, id, value)
                }
            });
            problems.extend(applied.err());
        }
    }
}

fn is_whole_athlete(setting: &Setting) -> bool {
    matches!(&setting.target, Target::Path(path) if path.text() == "athlete")
}

/// A value of the command line: a list or map as in YAML, else the text as it is.
fn value(span: &Span) -> Result<Node, Diagnostic> {
    let text = span.text();
    if text.starts_with(['[', '{']) {
        let parsed = yaml::parse(&span.source, span.range.clone(), None)?;
        return match parsed.problems.into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok(parsed.root),
        };
    }
    let mut node = Node::scalar(span, text);
    if text.is_empty() {
        node.kind = NodeKind::Null;
    }
    Ok(node)
}

fn set(
    outline: &mut Outline,
    athlete: &mut Node,
    path: &Span,
    value: Node,
) -> Result<(), Diagnostic> {
    let keys = keys(path);
    let Some((first, rest)) = keys
        .split_first()
        .filter(|_| keys.iter().all(|key| !key.text.is_empty()))
    else {
        return Err(Diagnostic::error(path, "this is no path of a setting")
            .with_help("write a stage and an option, such as `laps.every`"));
    };
    let target = match first.text.as_str() {
        "name" if rest.is_empty() => {
            outline.name = Some(value);
            return Ok(());
        }
        "athlete" => athlete,
        _ if rest.is_empty() => {
            return Err(Diagnostic::error(
                path,
                format!("`{}` names no option", shorten(&first.text)),
            )
            .with_help(format!("write `{}.OPTION=VALUE`", shorten(&first.text))));
        }
        _ => &mut find(outline, &first.span)?.settings,
    };
    if matches!(target.kind, NodeKind::Unknown) {
        // What is wrong there has been reported.
        return Ok(());
    }
    target.set(rest, value).map_err(|key| {
        Diagnostic::error(
            &key.span,
            format!("`{}` can't be set: it stands in a single value", key.text),
        )
    })
}

/// The keys of `laps.every`, each with its place.
fn keys(path: &Span) -> Vec<Key> {
    let mut start = path.range.start;
    path.text()
        .split('.')
        .map(|text| {
            let span = Span::new(&path.source, start..start + text.len());
            start += text.len() + 1;
            Key {
                text: text.to_owned(),
                span,
            }
        })
        .collect()
}

/// The stage with that id.
fn find<'a>(outline: &'a mut Outline, id: &Span) -> Result<&'a mut Stage, Diagnostic> {
    let known: Vec<String> = outline
        .stages
        .iter()
        .map(|stage| stage.id.clone())
        .collect();
    let word = id.text();
    outline
        .stages
        .iter_mut()
        .find(|stage| stage.id == word)
        .ok_or_else(|| {
            let help = did_you_mean(word, known.iter().map(String::as_str))
                .unwrap_or_else(|| format!("the pipeline has the stages {}", known.join(", ")));
            Diagnostic::error(id, format!("there is no stage `{}`", shorten(word))).with_help(help)
        })
}

fn set_every_folder(outline: &mut Outline, flag: &Span, value: &Node) -> Result<(), Diagnostic> {
    let mut done = false;
    for stage in outline
        .stages
        .iter_mut()
        .filter(|stage| stage.kind == Section::Sink)
    {
        // What is wrong with a stage without plugin has been reported.
        done |= stage.plugin.is_none() || set_folder(stage, flag, value.clone()).is_ok();
    }
    if done || outline.stages.is_empty() {
        return Ok(());
    }
    Err(Diagnostic::error(
        flag,
        "no sink of this pipeline writes to a folder",
    ))
}

fn set_folder(stage: &mut Stage, flag: &Span, value: Node) -> Result<(), Diagnostic> {
    let Some(plugin) = &stage.plugin else {
        return Ok(());
    };
    let Some(option) = folder_option(&plugin.schema).filter(|_| stage.kind == Section::Sink) else {
        let message = format!("`{}` writes to no folder", stage.id);
        return Err(Diagnostic::error(flag, message));
    };
    let key = Key {
        text: option.to_owned(),
        span: value.span.clone(),
    };
    let _ = stage.settings.set(&[key], value);
    Ok(())
}
