use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::{Cancel, Context};

/// Keeps what a stage warns of.
///
/// ```
/// let warnings = pipeline_plugin::testing::Warnings::default();
/// warnings.context().warn("3 values left out");
/// assert_eq!(warnings.messages(), ["3 values left out"]);
/// assert_eq!(warnings.to_string(), "warn 3 values left out\n");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Warnings(Arc<Mutex<Vec<String>>>);

impl Warnings {
    /// A context whose warnings are kept here.
    pub fn context(&self) -> Context {
        let heard = Arc::clone(&self.0);
        Context::new("test", Cancel::default(), move |warning| {
            let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            heard.push(warning.message);
        })
    }

    /// What was warned of so far.
    pub fn messages(&self) -> Vec<String> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.clone()
    }

    /// Whether somebody still has a context of these, and so could still warn: a thread that a stage
    /// left behind, say.
    pub fn are_awaited(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }
}

/// `warn` and a warning, a line each.
impl fmt::Display for Warnings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages = self.messages();
        messages.iter().try_for_each(|it| writeln!(f, "warn {it}"))
    }
}
