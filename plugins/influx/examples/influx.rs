//! The plugin as a library: what a plugin of your own looks like.

pipeline_plugin::export!(plugin_influx::plugin);
