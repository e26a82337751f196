use std::collections::VecDeque;

use fossibot::Counts;

/// How many questions count.
const WINDOW: usize = 60;

/// How well the link does: the share of the last questions that were answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Quality {
    answers: VecDeque<bool>,
    seen: (u64, u64),
}

impl Quality {
    /// What has been counted since the start.
    pub(crate) fn take(&mut self, counts: Counts) {
        let now = (counts.answered, counts.unanswered);
        for (is_answer, new) in [(true, now.0 - self.seen.0), (false, now.1 - self.seen.1)] {
            for _ in 0..new.min(WINDOW as u64) {
                self.answers.push_back(is_answer);
            }
        }
        while self.answers.len() > WINDOW {
            self.answers.pop_front();
        }
        self.seen = now;
    }

    /// The counts begin at 0 again.
    pub(crate) fn restart(&mut self) {
        self.seen = (0, 0);
    }

    /// In percent; `NaN` before the first question.
    #[expect(clippy::cast_precision_loss, reason = "at most 60")]
    pub(crate) fn percent(&self) -> f64 {
        let answered = self.answers.iter().filter(|answered| **answered).count();
        100.0 * answered as f64 / self.answers.len() as f64
    }
}
