//! The targets by their names, which are also those of their seeds' folders in `corpus/`.

use crate::{Target, levels};

mod conversation;
mod csv_read;
mod esprm;
mod fit_repair;
mod fit_source;
mod fossibot;
mod fossibot_profile;
mod gatt;
mod gpx;
mod jsonl_read;
mod modbus;
mod pipeline_file;
mod plugin;
mod recording;
mod rowing;
mod tcx;
mod xoss;
mod xoss_files;
mod xoss_remote;
mod ymodem;

/// Of FIT there is one for each level; those share `corpus/fit`.
pub(crate) const TARGETS: [(&str, Target); 25] = [
    ("conversation", conversation::fuzz),
    ("csv_read", csv_read::fuzz),
    ("esprm", esprm::fuzz),
    ("fit_activity", levels::activity),
    ("fit_encode", levels::encode),
    ("fit_message", levels::message),
    ("fit_repair", fit_repair::fuzz),
    ("fit_source", fit_source::fuzz),
    ("fit_stream", levels::stream),
    ("fit_wire", levels::wire),
    ("fossibot", fossibot::fuzz),
    ("fossibot_profile", fossibot_profile::fuzz),
    ("gatt", gatt::fuzz),
    ("gpx", gpx::fuzz),
    ("jsonl_read", jsonl_read::fuzz),
    ("modbus", modbus::fuzz),
    ("pipeline_file", pipeline_file::fuzz),
    ("plugin", plugin::fuzz),
    ("recording", recording::fuzz),
    ("rowing", rowing::fuzz),
    ("tcx", tcx::fuzz),
    ("xoss", xoss::fuzz),
    ("xoss_files", xoss_files::fuzz),
    ("xoss_remote", xoss_remote::fuzz),
    ("ymodem", ymodem::fuzz),
];
