//! What a live run shows while it runs: a few lines that are drawn again on a terminal, plain
//! lines elsewhere.

mod glance;
mod power;
mod screen;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use indicatif::ProgressBar;
use pipeline_engine::Watcher;
use pipeline_plugin::{Clock, Header, Item};

use glance::Glance;

/// How often the lines are drawn again, so that the time goes on between two strokes.
const REDRAW: Duration = Duration::from_millis(250);

/// Shows what flows to the first sink.
pub(crate) struct View {
    /// Draws on terminals only; other lines go through it, so that they do not mix.
    bar: ProgressBar,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    glance: Option<Glance>,
    /// The plain lines: how many laps were told, and when something was told last.
    told: screen::Told,
}

impl View {
    /// A view that is drawn with `bar`; if that is hidden, plain lines are written.
    pub(crate) fn start(bar: ProgressBar, clock: Arc<dyn Clock>) -> Arc<Self> {
        let view = Arc::new(Self {
            bar,
            clock,
            state: Mutex::default(),
        });
        if !view.bar.is_hidden() {
            let seen = Arc::downgrade(&view);
            // Ends with the view: it holds it only while it draws.
            let _ = thread::Builder::new()
                .name("view".to_owned())
                .spawn(move || redraw(&seen));
        }
        view
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw(&self) {
        let now = self.clock.now();
        let text = self
            .state()
            .glance
            .as_ref()
            .map(|glance| screen::lines(glance, now).join("\n"));
        if let Some(text) = text {
            self.bar.set_message(text);
        }
    }
}

fn redraw(view: &Weak<View>) {
    while let Some(view) = view.upgrade() {
        view.draw();
        drop(view);
        thread::sleep(REDRAW);
    }
}

impl Watcher for View {
    fn opened(&self, header: &Header) {
        *self.state() = State {
            glance: Some(Glance::new(header)),
            ..State::default()
        };
    }

    fn item(&self, item: &Item) {
        let mut state = self.state();
        let State { glance, told } = &mut *state;
        let Some(glance) = glance else { return };
        glance.take(item);
        if self.bar.is_hidden() {
            for line in told.lines(glance) {
                eprintln!("{line}");
            }
        }
    }

    fn finished(&self) {
        self.state().glance = None;
        self.bar.set_message("");
    }
}
