//! `pipeline schema`.

use clap::Args;
use pipeline_engine::file_schema;

use crate::app::App;
use crate::exit;
use crate::output::result_line;

/// Print the JSON Schema of pipeline files, for editors
///
/// Editors with the YAML language server use it when the first line of a pipeline file is
/// `# yaml-language-server: $schema=FILE`.
#[derive(Args)]
pub(crate) struct Schema {}

pub(crate) fn run(_: &Schema, app: &App) -> u8 {
    result_line(&format!("{:#}", file_schema(&app.registry)));
    exit::DONE
}
