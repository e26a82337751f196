//! The JSON Schemas of stages and of whole pipeline files.

mod shape;

use pipeline_plugin::{Athlete, Plugin, Role, schema_of};
use serde_json::{Map, Value, json};

use crate::registry::Registry;
use crate::registry::Section;

pub(crate) use shape::{
    Bounds, Choice, Format, Kind, example, folder_option, is_required, options, shape,
};

/// The JSON Schema of a stage's settings: the plugin's own, and for readers `path`, which the
/// engine provides.
pub fn stage_schema(plugin: &Plugin) -> Value {
    let mut schema = Value::clone(&plugin.schema);
    if let (Role::Reader { extensions, .. }, Value::Object(map)) = (&plugin.role, &mut schema) {
        if let Value::Object(options) = map.entry("properties").or_insert_with(|| json!({})) {
            options.insert("path".to_owned(), path_schema(extensions));
        }
        if let Value::Array(required) = map.entry("required").or_insert_with(|| json!([])) {
            required.insert(0, json!("path"));
        }
    }
    schema
}

fn path_schema(extensions: &[String]) -> Value {
    let example = extensions
        .first()
        .map_or("*".to_owned(), |ending| format!("*.{ending}"));
    json!({
        "description": "The files to read: a file, a folder, a glob, or a list of them, relative \
            to the pipeline file; `-` is standard input. Compressed files (`.gz`) are unpacked.",
        "anyOf": [
            { "type": "string", "format": "pattern" },
            { "type": "array", "minItems": 1, "items": { "type": "string", "format": "pattern" } }
        ],
        "examples": [example]
    })
}

/// The JSON Schema of a whole pipeline file with these plugins, for editors.
pub fn file_schema(registry: &Registry) -> Value {
    let sources = item_schema(registry, Section::Source);
    let transforms = item_schema(registry, Section::Transform);
    let sinks = item_schema(registry, Section::Sink);
    let list = |name: &str| json!({ "type": "array", "items": reference(name) });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Pipeline",
        "description": "A pipeline: where recordings come from, what is done to them, where they go.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "name": { "type": "string", "description": "The pipeline's name; the file's, if not given." },
            "description": { "type": "string", "description": "What it is for." },
            "athlete": {
                "description": "Whose activities these are, or the path of a file with these values.",
                "anyOf": [{ "type": "string" }, nullable(schema_of::<Athlete>())]
            },
            "source": reference("source"),
            "sources": list("source"),
            "transforms": { "type": ["array", "null"], "items": reference("transform") },
            "sink": reference("sink"),
            "sinks": list("sink"),
        },
        "allOf": [one_of_the_keys("source", "sources"), one_of_the_keys("sink", "sinks")],
        "$defs": { "source": sources, "transform": transforms, "sink": sinks },
    })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn one_of_the_keys(one: &str, many: &str) -> Value {
    json!({ "oneOf": [{ "required": [one] }, { "required": [many] }] })
}

/// A stage of that kind: a plugin's name, or a map with the name as a key.
fn item_schema(registry: &Registry, kind: Section) -> Value {
    let plugins: Vec<_> = registry
        .iter()
        .filter(|plugin| Section::of(plugin) == kind)
        .collect();
    let names: Vec<&str> = plugins.iter().map(|plugin| plugin.name.as_str()).collect();
    let mut properties: Map<String, Value> = plugins
        .iter()
        .map(|plugin| {
            let mut schema = stage_schema(plugin);
            schema["description"] = plugin.about.as_str().into();
            (plugin.name.clone(), nullable(schema))
        })
        .collect();
    let id = json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$" });
    properties.insert(
        "id".to_owned(),
        described(&id, "A name of its own for this stage."),
    );
    if kind != Section::Source {
        let about = "The stage before this one, if it is not the one above it.";
        properties.insert("from".to_owned(), described(&id, about));
    }
    let one_plugin: Vec<_> = names
        .iter()
        .map(|name| json!({ "required": [name] }))
        .collect();
    json!({
        "anyOf": [
            { "enum": names },
            {
                "type": "object",
                "properties": properties,
                "additionalProperties": false,
                "oneOf": one_plugin
            }
        ]
    })
}

fn described(schema: &Value, about: &str) -> Value {
    let mut schema = schema.clone();
    schema["description"] = about.into();
    schema
}

/// Options that may be left out altogether, if none of them must be given.
fn nullable(mut schema: Value) -> Value {
    let required = schema["required"]
        .as_array()
        .is_some_and(|names| !names.is_empty());
    if !required {
        schema["type"] = json!(["object", "null"]);
    }
    schema
}
