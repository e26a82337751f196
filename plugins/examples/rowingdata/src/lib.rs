//! Example of a reader in a library: the `RowingData` CSV files of Open Rowing Monitor.
//!
//! Open Rowing Monitor writes one line a stroke (`app/recorders/rowingDataRecorder.js` of its
//! repository): times as Unix seconds, `NaN` where nothing was measured, the split that a stroke
//! belongs to, and force curves as lists in quotes. Columns are known by their titles, which
//! other programs of the `RowingData` family spell alike; what is not in the table is left out.

mod columns;
mod reading;
#[cfg(test)]
mod tests;

use pipeline_plugin::{Context, Input, Plugin, ReaderPlugin, Result, Sport, Streams, export};
use schemars::JsonSchema;
use serde::Deserialize;

/// Reads `RowingData` files.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RowingData {
    /// Sport of the activities: the files don't say.
    sport: Sport,
    /// Whether to keep the force curve of each stroke.
    curves: bool,
}

impl Default for RowingData {
    fn default() -> Self {
        Self {
            sport: Sport::INDOOR_ROWING,
            curves: true,
        }
    }
}

export!(plugin);

/// The plugin `rowingdata`.
pub fn plugin() -> Plugin {
    Plugin::reader::<RowingData>(
        "rowingdata",
        "read RowingData files of Open Rowing Monitor",
        &["csv"],
        is_rowing_data,
    )
}

/// Whether a file that begins so has the title that every file of the family has.
fn is_rowing_data(head: &[u8]) -> bool {
    let title = b"TimeStamp (sec)";
    head.windows(title.len()).any(|window| window == title)
}

impl ReaderPlugin for RowingData {
    fn read(&self, input: Input<'_>, out: &mut dyn Streams, cx: &Context) -> Result<()> {
        reading::read(self, input, out, cx)
    }
}
