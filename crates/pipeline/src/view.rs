//! What a live run shows while it runs: a few lines that are drawn again on a terminal, plain
//! lines elsewhere.

mod digits;
mod force;
mod glance;
mod power;
mod screen;
mod told;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use console::Term;
use indicatif::ProgressBar;
use pipeline_engine::Watcher;
use pipeline_plugin::{Clock, Context, Header, Item, Level};

use crate::journals::Keeping;
use crate::output::VIEW;
use glance::Glance;
use screen::Size;

/// How often the lines are drawn again, so that the time goes on between two strokes.
const REDRAW: Duration = Duration::from_millis(250);

/// Shows what flows to the first sink.
pub(crate) struct View {
    /// Draws on terminals only; other lines go through it, so that they do not mix.
    bar: ProgressBar,
    clock: Arc<dyn Clock>,
    /// Whether what the device says is written down.
    keeping: Arc<Keeping>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    glance: Option<Glance>,
    /// The plain lines: how many laps were told, and when something was told last.
    told: told::Told,
    /// Where plain lines are told, so that they stand in order with everything else.
    context: Option<Context>,
}

impl View {
    /// A view that is drawn with `bar`; if that is hidden, plain lines are told.
    pub(crate) fn start(
        bar: ProgressBar,
        clock: Arc<dyn Clock>,
        keeping: Arc<Keeping>,
    ) -> Arc<Self> {
        let view = Arc::new(Self {
            bar,
            clock,
            keeping,
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
        // A terminal may be made larger or smaller at any time.
        let (rows, columns) = Term::stderr().size();
        let size = Size {
            columns: columns.into(),
            rows: rows.into(),
        };
        let (now, note) = (self.clock.now(), self.keeping.note());
        let state = self.state();
        if let Some(glance) = &state.glance {
            let lines = screen::lines(glance, now, size, note);
            // While the lock is held: what has ended must not come back.
            self.bar.set_message(lines.join("\n"));
            VIEW.set(true);
        }
    }

    /// Takes the lines away at once, also when they were drawn a moment ago.
    fn clear(&self) {
        VIEW.set(false);
        self.bar.set_message("");
        self.bar.force_draw();
    }
}

impl Drop for View {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
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
    fn opened(&self, header: &Header, context: &Context) {
        *self.state() = State {
            glance: Some(Glance::new(header)),
            context: Some(context.clone()),
            ..State::default()
        };
    }

    fn item(&self, item: &Item) {
        let mut state = self.state();
        let State {
            glance,
            told,
            context,
        } = &mut *state;
        let (Some(glance), Some(context)) = (glance, context) else {
            return;
        };
        glance.take(item);
        if self.bar.is_hidden() {
            for line in told.lines(glance) {
                context.log(Level::Info, line);
            }
        }
    }

    fn finished(&self) {
        let mut state = self.state();
        *state = State::default();
        self.clear();
    }
}
