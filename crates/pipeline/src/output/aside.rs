//! What is said by others than the run itself while bars or a view are drawn.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use indicatif::MultiProgress;

/// What draws on the terminal.
static DRAWN: Mutex<Option<MultiProgress>> = Mutex::new(None);

/// Something that may stand on the terminal, below everything that was said.
#[derive(Debug, Default)]
pub(crate) struct Shown(AtomicBool);

/// The lines of a view.
pub(crate) static VIEW: Shown = Shown(AtomicBool::new(false));

/// Progress bars.
pub(super) static BARS: Shown = Shown(AtomicBool::new(false));

impl Shown {
    /// It stands there from now on, or no longer.
    pub(crate) fn set(&self, is_shown: bool) {
        self.0.store(is_shown, Ordering::Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What is drawn is drawn by these bars from now on.
pub(super) fn drawn_by(bars: &MultiProgress) {
    *DRAWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(bars.clone());
}

/// Says a line after Ctrl-C, above what is drawn.
pub(crate) fn interrupt(line: &str) {
    let bars = DRAWN.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match bars.filter(|_| VIEW.is_set() || BARS.is_set()) {
        Some(bars) => {
            if echoes() {
                // What is drawn ends at the edge, and the terminal has put `^C` on a line below.
                eprint!("\r\u{1b}[K\u{1b}[A");
            }
            bars.suspend(|| eprintln!("{line}"));
        }
        None if io::stderr().is_terminal() => eprintln!("\r{line}"),
        None => eprintln!("{line}"),
    }
}

/// Whether the terminal shows control characters that are typed.
#[cfg(unix)]
fn echoes() -> bool {
    use rustix::termios::{LocalModes, tcgetattr};
    let modes = tcgetattr(io::stdin()).map(|attributes| attributes.local_modes);
    modes.is_ok_and(|modes| modes.contains(LocalModes::ECHO | LocalModes::ECHOCTL))
}

#[cfg(not(unix))]
fn echoes() -> bool {
    false
}
