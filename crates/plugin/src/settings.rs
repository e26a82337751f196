use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Problem;

/// What a settings struct must be: it reads itself from the pipeline file and describes itself.
///
/// Derive `serde::Deserialize` (with `deny_unknown_fields`) and `schemars::JsonSchema`; the
/// fields' doc comments become the help texts, their serde defaults the documented ones.
pub trait Settings: DeserializeOwned + JsonSchema + Send + Sync + 'static {}

impl<T: DeserializeOwned + JsonSchema + Send + Sync + 'static> Settings for T {}

/// The JSON Schema of a settings struct, with everything in place (no references).
pub fn schema_of<S: JsonSchema>() -> Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    settings
        .into_generator()
        .into_root_schema_for::<S>()
        .to_value()
}

/// Reads a settings struct.
///
/// # Errors
///
/// What is wrong, with the path of the option.
pub fn settings_from<S: DeserializeOwned>(value: Value) -> Result<S, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error
            .path()
            .iter()
            .filter_map(|segment| match segment {
                serde_path_to_error::Segment::Map { key } => Some(key.clone()),
                serde_path_to_error::Segment::Seq { index } => Some(index.to_string()),
                _ => None,
            })
            .collect();
        Problem {
            path,
            ..Problem::new(error.into_inner().to_string())
        }
    })
}
