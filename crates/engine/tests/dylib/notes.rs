//! A journal that only notes what it is told.

use std::sync::{Arc, Mutex};

use pipeline_engine::{Journal, Journals, Listener};
use pipeline_plugin::Result;
use pipeline_plugin::ble::Central;

/// What the journals of a run were told.
#[derive(Clone, Default)]
pub(crate) struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    pub(crate) fn said(&self) -> String {
        self.0.lock().unwrap().join(", ")
    }

    fn note(&self, what: String) {
        self.0.lock().unwrap().push(what);
    }
}

impl Journals for Notes {
    fn begin(&self, _: &Listener<'_>) -> Result<Option<Box<dyn Journal>>> {
        Ok(Some(Box::new(self.clone())))
    }
}

impl Journal for Notes {
    fn over(&self, central: Arc<dyn Central>) -> Arc<dyn Central> {
        central
    }

    fn delivered(&self, streams: u32) {
        self.note(format!("{streams} delivered"));
    }

    fn settled(&self, streams: u32) {
        self.note(format!("settled {streams}"));
    }

    fn end(self: Box<Self>, _: bool) {
        self.note("end".to_owned());
    }
}
