//! Plugins of a library: those that go silent, those that use all that the host lends, and those that
//! get it wrong.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod lamp;
mod lent;
mod notes;
mod order;
mod place;
mod rides;
mod silence;

use std::time::Duration;

/// How long a plugin of these may hold up a run.
const MOST: Duration = Duration::from_secs(60);
