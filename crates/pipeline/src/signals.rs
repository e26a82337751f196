//! Ctrl-C, SIGTERM and SIGHUP: the first ends the run in good order, the second at once.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use pipeline_plugin::Cancel;

use crate::{exit, output};

/// A switch that the first signal throws.
pub(crate) fn cancel() -> Cancel {
    let cancel = Cancel::default();
    attach(&cancel);
    cancel
}

/// The first signal throws that switch.
pub(crate) fn attach(cancel: &Cancel) {
    attach_with(
        cancel,
        "stopping: what is read is delivered, Ctrl-C again stops at once",
    );
}

/// The same without a word: for what ends at once anyway.
pub(crate) fn attach_quietly(cancel: &Cancel) {
    attach_with(cancel, "");
}

/// What is to be done before the second signal ends the process.
static AT_ONCE: Mutex<Vec<Box<dyn FnOnce() + Send>>> = Mutex::new(Vec::new());

/// Does that as well when the second signal ends the process at once, and nothing is dropped. It must
/// not wait for anything.
pub(crate) fn at_once(act: impl FnOnce() + Send + 'static) {
    let acts = AT_ONCE.lock();
    acts.unwrap_or_else(PoisonError::into_inner)
        .push(Box::new(act));
}

fn stop_at_once() -> ! {
    let acts = AT_ONCE.lock();
    let mut acts = acts.unwrap_or_else(PoisonError::into_inner);
    acts.drain(..).for_each(|act| act());
    process::exit(exit::INTERRUPTED.into())
}

fn attach_with(cancel: &Cancel, words: &'static str) {
    let (switch, asked) = (cancel.clone(), AtomicBool::new(false));
    let installed = ctrlc::set_handler(move || {
        if asked.swap(true, Ordering::SeqCst) {
            stop_at_once();
        }
        // Before anybody can act on the message.
        switch.throw();
        if !words.is_empty() {
            output::interrupt(words);
        }
    });
    if let Err(error) = installed {
        eprintln!("warning: Ctrl-C will stop at once: {error}");
    }
}
