//! What the commands have in common that talk to a device.

use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use pipeline_engine::visit;
use pipeline_plugin::{Cancel, Context, Level, Progress, Result, Said, SourceCx, Told};

use crate::output::error_text;
use crate::{bluetooth, exit, signals, words};

/// Does something with a device: the one of `--device`, or whatever the command looks for.
///
/// On failure the reason has been printed, and the code comes back.
pub(super) fn talk<T>(
    device: Option<&str>,
    work: impl AsyncFnOnce(&SourceCx) -> Result<T>,
) -> Result<T, u8> {
    let cancel = Cancel::default();
    let live = bluetooth::live(device, &cancel)?;
    signals::attach(&cancel);
    let bar = Mutex::new(Bar::default());
    let context = Context::telling("", cancel, move |told| {
        if let Ok(mut bar) = bar.lock() {
            bar.tell(told);
        }
    });
    visit(&live, context, work).map_err(|error| {
        eprintln!("{}", error_text("", &error));
        exit::code_of(&error)
    })
}

/// The transfer under way, on a terminal.
#[derive(Default)]
struct Bar(Option<ProgressBar>);

impl Bar {
    fn tell(&mut self, told: Told) {
        match told.said {
            Said::Progress(progress) => self.show(&progress),
            Said::Log(Level::Error | Level::Warn, message) => {
                let text = words::clean(&message);
                match &self.0 {
                    Some(bar) => bar.suspend(|| eprintln!("warning: {text}")),
                    None => eprintln!("warning: {text}"),
                }
            }
            Said::Log(..) => {}
        }
    }

    fn show(&mut self, progress: &Progress) {
        if progress.is_complete() {
            if let Some(bar) = self.0.take() {
                bar.finish_and_clear();
            }
            return;
        }
        let bar = self.0.get_or_insert_with(|| {
            let template = "{msg} {wide_bar} {decimal_bytes}/{decimal_total_bytes}  {decimal_bytes_per_sec}  {eta} left";
            let style = ProgressStyle::with_template(template);
            let target = ProgressDrawTarget::stderr_with_hz(10);
            ProgressBar::with_draw_target(None, target)
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        bar.set_message(words::clean(&progress.what));
        bar.set_length(progress.total.unwrap_or_default());
        bar.set_position(progress.done);
    }
}
