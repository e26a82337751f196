//! The plugins as a library: what a plugin of your own looks like.

pipeline_plugin::export!(plugin_xoss::plugin, plugin_xoss::display::plugin);
