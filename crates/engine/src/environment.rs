use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;

/// What a pipeline file may refer to outside itself: variables, and the home folder they name.
pub struct Environment {
    variables: Variables,
}

type Variables = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

impl Environment {
    /// The variables of this process.
    pub fn of_process() -> Self {
        Self {
            variables: Box::new(|name| std::env::var(name).ok()),
        }
    }

    /// These variables and no others. For tests.
    pub fn fixed(variables: &[(&str, &str)]) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let variables: HashMap<_, _> = variables.iter().map(own).collect();
        Self {
            variables: Box::new(move |name| variables.get(name).cloned()),
        }
    }

    /// The value of a variable.
    pub fn variable(&self, name: &str) -> Option<String> {
        (self.variables)(name)
    }

    /// The user's home folder: what `~` stands for.
    pub fn home(&self) -> Option<PathBuf> {
        let home = self
            .variable("HOME")
            .or_else(|| self.variable("USERPROFILE"))?;
        (!home.is_empty()).then(|| home.into())
    }

    /// The folder with the user's own pipelines: `~/.config/pipeline/pipelines`.
    pub fn pipelines(&self) -> Option<PathBuf> {
        let config = match self.variable("XDG_CONFIG_HOME") {
            // The XDG specification: relative paths are to be ignored.
            Some(folder) if folder.starts_with('/') => folder.into(),
            _ => self.home()?.join(".config"),
        };
        Some(config.join("pipeline/pipelines"))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").finish_non_exhaustive()
    }
}
