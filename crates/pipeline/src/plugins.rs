//! The bundled plugins: this list is the whole registry.

use pipeline_plugin::Plugin;

/// Every bundled plugin, in the order of `pipeline list`.
pub(crate) fn bundled() -> Vec<Plugin> {
    vec![
        plugin_tcx::plugin(),
        plugin_fit::reader(),
        plugin_laps::plugin(),
        plugin_hr_zones::plugin(),
        plugin_calories::plugin(),
        plugin_fit::plugin(),
        plugin_garmin::plugin(),
    ]
}

/// The bundled pipelines by name, for `@name`.
pub(crate) const PIPELINES: &[(&str, &str)] = &[(
    "coxswain-to-fit",
    include_str!("../../../pipelines/coxswain-to-fit.yaml"),
)];
