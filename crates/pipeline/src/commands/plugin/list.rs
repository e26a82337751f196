//! `pipeline plugin list`.

use clap::Args;
use pipeline_engine::plugin_folders;
use serde_json::json;

use crate::app::App;
use crate::output::result_line;
use crate::{exit, words};

/// List the plugins of libraries, and the libraries that are refused
#[derive(Args)]
pub(crate) struct List {
    /// Print JSON Lines
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &List, app: &App) -> u8 {
    for (name, role, path) in &app.loaded.from {
        let plugin = app
            .registry
            .iter()
            .find(|one| one.name == *name && one.role.name() == role);
        let version = plugin
            .map(|plugin| plugin.version.as_str())
            .unwrap_or_default();
        let line = if args.json {
            json!({
                "v": 1, "type": "plugin", "name": name, "role": role, "version": version,
                "library": path,
            })
            .to_string()
        } else {
            format!("{name} {version} · {role} · {}", words::path(path))
        };
        result_line(&line);
    }
    for refused in &app.loaded.refused {
        let why = words::clean(&refused.error.with_causes());
        if args.json {
            let line = json!({
                "v": 1, "type": "refused", "library": refused.path, "why": why,
                "help": refused.error.help(),
            });
            result_line(&line.to_string());
        } else {
            result_line(&format!("refused: {why}"));
            if let Some(help) = refused.error.help() {
                result_line(&format!("  help: {}", words::clean(help)));
            }
        }
    }
    if app.loaded.from.is_empty() && app.loaded.refused.is_empty() && !args.json {
        eprintln!("there are no plugins beside the bundled ones; they are looked for in");
        for folder in plugin_folders(&app.environment) {
            eprintln!("  {}", words::path(&folder));
        }
    }
    exit::DONE
}
