mod apply;

use std::path::PathBuf;
use std::sync::Arc;

use crate::source::{Source, Span};

/// What the command line changes in a pipeline.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Inputs are given on the command line: a reader needs no `path`.
    pub inputs: bool,
    /// Changed settings, in the order of the command line.
    pub settings: Vec<Setting>,
    /// The folder from which relative paths on the command line count; none: the current one.
    pub folder: Option<PathBuf>,
}

/// One changed setting; [`Overrides`] makes it.
#[derive(Clone, Debug)]
pub struct Setting {
    pub(crate) target: Target,
    /// Where the value stands on the command line.
    pub(crate) value: Span,
}

/// What a flag changes.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// A value by its path: a stage's id or `athlete`, then keys.
    Path(Span),
    /// The folder of every sink that has one.
    EveryFolder,
    /// The folder of the sink with that id.
    Folder(Span),
}

impl Overrides {
    /// `--set PATH=VALUE`, such as `laps.every=1km` or `athlete.weight=80kg`.
    ///
    /// # Errors
    ///
    /// When there is no `=`: what to write.
    pub fn set(&mut self, setting: &str) -> Result<(), String> {
        let Some(equals) = setting.find('=') else {
            let example = "`--set laps.every=1km`";
            return Err(format!(
                "`{setting}` sets nothing: write PATH=VALUE, such as {example}"
            ));
        };
        let source = self.flag_source(format!("--set {setting}"));
        let path = "--set ".len();
        let end = source.text.len();
        self.settings.push(Setting {
            target: Target::Path(Span::new(&source, path..path + equals)),
            value: Span::new(&source, path + equals + 1..end),
        });
        Ok(())
    }

    /// A flag of its own for a setting: `--laps 500m` for `laps.every`.
    pub fn set_by(&mut self, flag: &str, path: &str, value: &str) {
        let source = self.flag_source(format!("{flag} {value}"));
        let start = flag.len() + 1;
        let end = source.text.len();
        let path = Arc::new(Source {
            name: source.name.clone(),
            text: path.to_owned(),
            folder: PathBuf::new(),
            has_lines: false,
        });
        self.settings.push(Setting {
            target: Target::Path(Span::new(&path, 0..path.text.len())),
            value: Span::new(&source, start..end),
        });
    }

    /// `--out DIR` for every sink with a folder, `--out ID=DIR` for one.
    pub fn out(&mut self, out: &str) {
        let source = self.flag_source(format!("--out {out}"));
        let start = "--out ".len();
        let end = source.text.len();
        let equals = out
            .find('=')
            .filter(|at| is_id(&out[..*at]) && !source.folder.join(out).exists());
        self.settings.push(match equals {
            None => Setting {
                target: Target::EveryFolder,
                value: Span::new(&source, start..end),
            },
            Some(equals) => Setting {
                target: Target::Folder(Span::new(&source, start..start + equals)),
                value: Span::new(&source, start + equals + 1..end),
            },
        });
    }

    /// A flag as the text that its value stands in.
    fn flag_source(&self, text: String) -> Arc<Source> {
        let folder = self.folder.clone();
        Arc::new(Source {
            name: "command line".to_owned(),
            text,
            folder: folder.unwrap_or_else(|| std::env::current_dir().unwrap_or_default()),
            has_lines: false,
        })
    }
}

/// Whether `text` can be the id of a stage.
pub(crate) fn is_id(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !text.is_empty() && text.len() <= 64 && text.chars().all(allowed)
}
