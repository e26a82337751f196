//! Progress bars: one for the inputs of a batch, and one for each thing that a stage is at.

use std::collections::BTreeMap;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use pipeline_plugin::{Progress, ProgressUnit};

use super::aside;
use crate::words;

/// The bars of a run. They are drawn on terminals only.
pub(super) struct Bars {
    all: MultiProgress,
    inputs: Option<ProgressBar>,
    /// By input and stage.
    stages: BTreeMap<(String, String), ProgressBar>,
}

impl Default for Bars {
    fn default() -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        aside::drawn_by(&all);
        Self {
            all,
            inputs: None,
            stages: BTreeMap::new(),
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Bars {
    /// Counts inputs from now on.
    pub(super) fn begin(&mut self, inputs: u64) {
        let bar = ProgressBar::new(inputs);
        bar.set_style(style("{bar:20} {pos}/{len}  {eta} left"));
        self.inputs = Some(self.all.add(bar));
        self.note();
    }

    /// Room for lines that change.
    pub(super) fn room(&self) -> ProgressBar {
        let bar = self.all.add(ProgressBar::no_length());
        bar.set_style(style("{msg}"));
        bar
    }

    /// An input is done.
    pub(super) fn input_done(&self) {
        if let Some(bar) = &self.inputs {
            bar.inc(1);
        }
    }

    /// Shows how far a stage has come with an input.
    pub(super) fn show(&mut self, input: &str, stage: &str, progress: &Progress) {
        let place = (input.to_owned(), stage.to_owned());
        if progress.is_complete() {
            if let Some(bar) = self.stages.remove(&place) {
                self.all.remove(&bar);
            }
            self.note();
            return;
        }
        let bar = self.stages.entry(place).or_insert_with(|| {
            let bar = self.all.add(ProgressBar::no_length());
            bar.set_prefix(words::clean(stage));
            bar
        });
        let template = match (progress.unit, progress.total) {
            (ProgressUnit::Bytes, Some(_)) => {
                "{prefix}: {msg} {wide_bar} {decimal_bytes}/{decimal_total_bytes}  \
                 {decimal_bytes_per_sec}  {eta} left"
            }
            (ProgressUnit::Bytes, None) => {
                "{prefix}: {msg} {decimal_bytes}  {decimal_bytes_per_sec}"
            }
            (ProgressUnit::Items, Some(_)) => "{prefix}: {msg} {wide_bar} {pos}/{len}  {eta} left",
            (ProgressUnit::Items, None) => "{prefix}: {msg} {pos}",
        };
        let what = words::clean(&progress.what);
        if bar.message() != what || bar.length() != progress.total {
            // Another thing: its rate counts from here.
            bar.reset();
            bar.set_message(what);
            bar.set_style(style(template));
            match progress.total {
                Some(total) => bar.set_length(total),
                None => bar.unset_length(),
            }
        }
        bar.set_position(progress.done);
        self.note();
    }

    /// Remembers whether a bar stands on the terminal.
    fn note(&self) {
        let is_drawn = !self.all.is_hidden();
        aside::BARS.set(is_drawn && (self.inputs.is_some() || !self.stages.is_empty()));
    }

    /// Nothing more is to be said about the progress of an input.
    pub(super) fn clear(&mut self, input: &str) {
        let all = &self.all;
        self.stages.retain(|(of, _), bar| {
            if of == input {
                all.remove(bar);
            }
            of != input
        });
        self.note();
    }

    /// Says something while no bar is in the way.
    pub(super) fn suspend(&self, say: impl FnOnce()) {
        self.all.suspend(say);
    }

    /// Takes all bars away.
    pub(super) fn end(&mut self) {
        for bar in std::mem::take(&mut self.stages).into_values() {
            // One that is dropped only would stay where it is.
            bar.finish_and_clear();
        }
        if let Some(bar) = self.inputs.take() {
            bar.finish_and_clear();
        }
        self.note();
        let _ = self.all.clear();
    }
}
