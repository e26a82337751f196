//! The plugin as a library.

pipeline_plugin::export!(plugin_fossibot::plugin);
