//! Files that are read, written and read again.

use pipeline_plugin::{Header, Item};
use plugin_fit::Encoding;

use crate::support::{file, summary};

/// The file that the sink makes of a stream, with the summary that the host would give it.
pub(crate) fn written(header: &Header, items: &[Item]) -> Vec<u8> {
    let mut summary = summary(header, items);
    if let Some(calories) = summary.meta.calories {
        summary.totals.calories = calories;
        summary.calories_method = Some("file".to_owned());
    }
    file(header, &Encoding::default(), items, &summary)
}
