//! How an activity is encoded, beyond what the stream says.

use pipeline_plugin::TimeZone;
use schemars::JsonSchema;
use serde::Deserialize;

/// How an activity is encoded, beyond what the stream says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Encoding {
    /// What the file says made it.
    pub creator: Creator,
    /// The local time of the activity; `None` for the recorder's own offset, else UTC.
    pub timezone: Option<TimeZone>,
}

/// What the file says made it.
///
/// The default is the truth: this program, under the manufacturer number for development.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(inline)]
pub struct Creator {
    /// Manufacturer number of the FIT profile; 255 is "development".
    #[schemars(range(min = 0, max = 65_535), extend("examples" = [255]))]
    pub manufacturer: u16,
    /// Product number of that manufacturer.
    #[schemars(range(min = 0, max = 65_535))]
    pub product: u16,
    /// Serial number; not 0.
    #[schemars(range(min = 1, max = 4_294_967_295_u32))]
    pub serial: u32,
    /// Name of the product.
    pub name: String,
}

impl Default for Creator {
    fn default() -> Self {
        // The serial number only has to be stable and not zero.
        Self {
            manufacturer: 255,
            product: 1,
            serial: 1_346_981_957,
            name: "pipeline".to_owned(),
        }
    }
}
