use std::fs;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Error, Problem, Result};

/// Where a secret of the settings is found: `{ env: MQTT_PASSWORD }` or `{ file: /run/token }`.
///
/// A pipeline file never has the secret itself in it, so it can be shown, copied and committed;
/// nor has anything that prints settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Secret {
    /// Name of the environment variable that holds it.
    #[serde(default)]
    #[schemars(extend("examples" = ["MQTT_PASSWORD"]))]
    env: Option<String>,
    /// File that holds it, without the line end behind it.
    #[serde(default)]
    #[schemars(extend("format" = "file"))]
    file: Option<PathBuf>,
}

impl Secret {
    /// What is wrong with the option of that name; does not look whether the secret is there.
    pub fn check(&self, option: &str) -> Option<Problem> {
        let message = match (&self.env, &self.file) {
            (Some(name), None) if name.is_empty() || name.contains(['=', '\0']) => {
                "this is no name of an environment variable"
            }
            (Some(_), None) | (None, Some(_)) => return None,
            (None, None) => "it is not said where the secret is",
            (Some(_), Some(_)) => "the secret can't be in two places",
        };
        let help = format!("write `{option}: {{ env: NAME }}` or `{option}: {{ file: PATH }}`");
        Some(Problem::at(option, message).with_help(help))
    }

    /// The secret.
    ///
    /// # Errors
    ///
    /// When it is not where it should be.
    pub fn read(&self) -> Result<String> {
        if let Some(name) = &self.env {
            return std::env::var(name).map_err(|error| {
                let message = format!("the environment variable `{name}` does not hold a secret");
                let help = format!("set it: `export {name}=…`");
                Error::resource(message).with_source(error).with_help(help)
            });
        }
        let path = self.file.clone().unwrap_or_default();
        let text = fs::read_to_string(&path).map_err(|error| {
            Error::io(format!("read the secret in `{}`", path.display()), error)
                .with_help("write it there, and let whoever runs this program read it")
        })?;
        let text = text.strip_suffix('\n').unwrap_or(&text);
        Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn secret(json: &str) -> Secret {
        testing::settings(json).unwrap()
    }

    #[test]
    fn a_secret_is_in_one_place() {
        for (json, sound) in [
            (r#"{"env":"TOKEN"}"#, true),
            (r#"{"file":"/run/token"}"#, true),
            ("{}", false),
            (r#"{"env":""}"#, false),
            (r#"{"env":"A=B"}"#, false),
            (r#"{"env":"TOKEN","file":"/run/token"}"#, false),
        ] {
            assert_eq!(secret(json).check("token").is_none(), sound, "{json}");
        }
    }

    #[test]
    fn it_is_read_where_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let json = serde_json::json!({ "file": path }).to_string();
        for (text, expected) in [
            ("s3cret\n", "s3cret"),
            (" a b \r\n", " a b "),
            ("x\n\n", "x\n"),
        ] {
            fs::write(&path, text).unwrap();
            assert_eq!(secret(&json).read().unwrap(), expected);
        }
        // Cargo sets it for tests.
        let package = secret(r#"{"env":"CARGO_PKG_NAME"}"#).read().unwrap();
        assert_eq!(package, env!("CARGO_PKG_NAME"));
        let error = secret(r#"{"env":"NOT_SET_ANYWHERE"}"#).read().unwrap_err();
        assert!(error.help().is_some(), "{error}");
        assert!(secret(r#"{"file":"/not/there"}"#).read().is_err());
    }
}
