//! The host's memory of inputs for an asynchronous source in a library.

use std::fmt;

use super::bluetooth::{Lender, error};
use crate::abi::{self, with_host};
use crate::{BadInput, InputKey, Inputs, Result, SourceFuture};

/// What the host remembers.
pub(super) struct LentInputs<L>(L);

impl<L> LentInputs<L> {
    pub(super) fn new(lender: L) -> Self {
        Self(lender)
    }
}

impl<L> fmt::Debug for LentInputs<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host's memory of inputs")
    }
}

impl<L: Lender> Inputs for LentInputs<L> {
    fn wants(&self, key: &InputKey, name: &str) -> Result<bool> {
        // A source is polled in a call of the host.
        let asked = with_host(|host| host.wants(&parts(key), name));
        asked
            .unwrap_or_else(|| {
                let text = "asked for an input on a thread of its own";
                Err(abi::Error::new(abi::Status::Broken, text))
            })
            .map_err(error)
    }

    fn note<'a>(&'a self, key: &'a InputKey, name: &'a str) -> SourceFuture<'a, bool> {
        let (key, name) = (key.clone(), name.to_owned());
        let noted = self.0.ask(move |host| {
            let noted = host.note_delivered(&parts(&key), &name);
            noted.map_err(error)
        });
        Box::pin(noted)
    }

    fn give_up(&self, bad: BadInput) -> SourceFuture<'_, ()> {
        let given_up = self.0.ask(move |host| {
            let why = bad.error.into();
            let key = bad.key.as_ref().map(parts);
            let given_up = host.give_up(&bad.name, &why, key.as_deref(), bad.bytes.as_deref());
            given_up.map_err(error)
        });
        Box::pin(given_up)
    }
}

fn parts(key: &InputKey) -> Vec<&str> {
    key.parts().iter().map(String::as_str).collect()
}
