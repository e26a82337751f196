//! Reads pipeline files, checks and plans them, and runs them.

mod describe;
mod diagnostic;
mod discover;
mod document;
mod environment;
mod expression;
mod nearest;
mod outline;
mod overrides;
mod plan;
mod registry;
mod schema;
mod settings;
mod source;
mod wiring;
mod yaml;

pub use describe::{ChoiceRow, Description, OptionRow, describe};
pub use diagnostic::{Diagnostic, Part, Severity, Style, neutral};
pub use discover::{Bundled, Found, discover};
pub use document::Document;
pub use environment::Environment;
pub use expression::skeleton;
pub use nearest::nearest;
pub use overrides::{Overrides, Setting};
pub use plan::{Plan, PlannedSource, PlannedStage, SourceKind, StageKind, plan};
pub use registry::Registry;
pub use schema::{file_schema, stage_schema};
pub use source::{Source, Span};

mod chain;
mod content;
mod convert;
mod crew;
mod delivery;
mod dylib;
mod host_clock;
mod inputs;
mod journal;
mod ledger;
mod live;
mod memory;
mod options;
mod platform;
mod publish;
mod read;
mod report;
mod run;
mod single;
mod sink_thread;
mod visit;
mod watcher;

pub use chain::Tap;
pub use convert::{ConvertTo, convert};
pub use dylib::{
    Image, Library, Loader, Trusted, TrustedPlugin, Trusts, find_libraries, is_any_plugin_broken,
    named_plugins, plugin_folders, timely, try_source,
};
pub use host_clock::HostClock;
pub use inputs::{InputPath, Opened, Shard, find as find_inputs, has_ending, open as open_input};
pub use journal::{Journal, Journals, Listener};
pub use ledger::Ledger;
pub use live::event_loop;
pub use options::{LiveOptions, RunOptions};
pub use publish::is_stream;
pub use report::{Delivery, DeliveryStatus, Failure, Report, StreamReport, Totals};
pub use run::run;
pub use single::{Written, write_as, write_beside};
pub use visit::visit;
pub use watcher::Watcher;
