//! `pipeline list`.

use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::output::result_line;
use crate::{exit, plugins};

/// List the plugins that pipelines can name, and the bundled pipelines
#[derive(Args)]
pub(crate) struct List {
    /// Print JSON Lines
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &List, app: &App) -> u8 {
    if args.json {
        as_json(app);
        return exit::DONE;
    }
    let width = app
        .registry
        .iter()
        .map(|plugin| plugin.name.len())
        .max()
        .unwrap_or_default();
    for (title, roles) in [
        ("Sources", &["reader", "source"][..]),
        ("Transforms", &["transform"]),
        ("Sinks", &["sink"]),
    ] {
        let mut plugins = app
            .registry
            .iter()
            .filter(|plugin| roles.contains(&plugin.role.name()))
            .peekable();
        if plugins.peek().is_some() {
            result_line(title);
        }
        for plugin in plugins {
            result_line(&format!("  {:width$}  {}", plugin.name, plugin.about));
        }
    }
    result_line("Pipelines");
    for (name, _) in plugins::PIPELINES {
        result_line(&format!("  @{name}"));
    }
    exit::DONE
}

fn as_json(app: &App) {
    for plugin in app.registry.iter() {
        let line = json!({
            "v": 1,
            "type": "plugin",
            "name": plugin.name,
            "role": plugin.role.name(),
            "about": plugin.about,
            "version": plugin.version,
        });
        result_line(&line.to_string());
    }
    for (name, _) in plugins::PIPELINES {
        result_line(&json!({ "v": 1, "type": "pipeline", "name": name }).to_string());
    }
}
