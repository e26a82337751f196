//! The bundled plugins: this list is the whole registry.

use pipeline_plugin::Plugin;

use crate::replay;

/// Every bundled plugin, in the order of `pipeline list`.
pub(crate) fn bundled() -> Vec<Plugin> {
    let mut plugins = vec![
        plugin_tcx::reader(),
        plugin_fit::reader(),
        plugin_gpx::reader(),
        plugin_csv::reader(),
        plugin_jsonl::reader(),
        replay::reader(),
        plugin_rowing::plugin(),
        plugin_xoss::plugin(),
        plugin_fossibot::plugin(),
        plugin_laps::plugin(),
        plugin_hr_zones::plugin(),
        plugin_calories::plugin(),
        plugin_fit::plugin(),
        plugin_garmin::plugin(),
        plugin_tcx::sink(),
        plugin_gpx::sink(),
        plugin_csv::sink(),
        plugin_jsonl::sink(),
        plugin_xoss::display::plugin(),
        plugin_fossibot_log::plugin(),
        plugin_sqlite::plugin(),
        plugin_mqtt::plugin(),
        plugin_influx::plugin(),
    ];
    plugins.extend(plugin_exec::plugins());
    plugins
}

/// The bundled pipelines by name, for `@name`.
pub(crate) const PIPELINES: &[(&str, &str)] = &[
    (
        "coxswain-to-fit",
        include_str!("../../../pipelines/coxswain-to-fit.yaml"),
    ),
    (
        "rowing-to-fit",
        include_str!("../../../pipelines/rowing-to-fit.yaml"),
    ),
    (
        "xoss-sync",
        include_str!("../../../pipelines/xoss-sync.yaml"),
    ),
    (
        "fossibot-log",
        include_str!("../../../pipelines/fossibot-log.yaml"),
    ),
];
