//! `pipeline describe`.

use std::sync::Arc;

use clap::Args;
use pipeline_engine::{Description, OptionRow, describe, nearest};
use pipeline_plugin::Plugin;
use serde_json::json;

use crate::app::App;
use crate::output::result_line;
use crate::{exit, words};

/// Columns of a help text.
const WIDTH: usize = 90;

/// Describe a plugin and its options
#[derive(Args)]
pub(crate) struct Describe {
    /// Plugin: a name of `pipeline list`
    stage: String,

    /// Only the plugin of that role, where a source and a sink have the same name
    #[arg(long, value_name = "ROLE", value_parser = ["reader", "source", "transform", "sink"])]
    role: Option<String>,

    /// Print JSON
    #[arg(long, conflicts_with = "markdown")]
    json: bool,

    /// Print the options as a Markdown table
    #[arg(long)]
    markdown: bool,
}

pub(crate) fn run(args: &Describe, app: &App) -> u8 {
    let of_role = |plugin: &&Arc<Plugin>| {
        let role = args.role.as_deref();
        role.is_none_or(|role| role == plugin.role.name())
    };
    let texts: Vec<String> = app
        .registry
        .named(&args.stage)
        .filter(of_role)
        .map(|plugin| text(&describe(plugin), args))
        .collect();
    if texts.is_empty() {
        return unknown(args, app);
    }
    let between = if args.json { "\n" } else { "\n\n" };
    result_line(&texts.join(between));
    exit::DONE
}

fn text(description: &Description, args: &Describe) -> String {
    let text = if args.json {
        json!({ "v": 1, "type": "description", "plugin": description }).to_string()
    } else if args.markdown {
        description.markdown()
    } else {
        page(description)
    };
    text.trim_end().to_owned()
}

fn unknown(args: &Describe, app: &App) -> u8 {
    let name = words::clean(&args.stage);
    if let (Some(plugin), Some(role)) = (app.registry.named(&args.stage).next(), &args.role) {
        eprintln!("error: `{name}` is no {role}");
        eprintln!("help: it is a {}", plugin.role.name());
        return exit::USAGE;
    }
    let mut names: Vec<&str> = app
        .registry
        .iter()
        .map(|plugin| plugin.name.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    eprintln!("error: there is no plugin `{name}`");
    match nearest(&args.stage, names.iter().copied()) {
        Some(name) => eprintln!("help: did you mean `{name}`?"),
        None => eprintln!("help: there are {}", names.join(", ")),
    }
    exit::USAGE
}

fn page(description: &Description) -> String {
    let Description {
        name,
        role,
        about,
        version,
        extensions,
        options,
    } = description;
    let mut lines = vec![format!("{name} {version} · {role}: {about}")];
    if !extensions.is_empty() {
        lines.push(format!("Files: .{}", extensions.join(", .")));
    }
    if options.is_empty() {
        lines.push("It has no options.".to_owned());
    }
    for row in options {
        lines.push(String::new());
        lines.extend(option(row));
    }
    lines.join("\n")
}

fn option(row: &OptionRow) -> Vec<String> {
    let default = match &row.default {
        Some(default) => format!(" [default: {default}]"),
        None if row.required => " [must be given]".to_owned(),
        None => String::new(),
    };
    let takes = row.takes.replace('`', "");
    let mut lines = vec![format!("  {}: {takes}{default}", row.name)];
    lines.extend(wrapped(&row.about));
    let told = row.choices.iter().filter(|choice| !choice.about.is_empty());
    lines.extend(told.flat_map(|choice| wrapped(&format!("{}: {}", choice.name, choice.about))));
    lines
}

/// A text in indented lines.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("      {word}")),
        }
    }
    lines
}
