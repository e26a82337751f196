//! Problems, with those that say the same counted.

use std::ops::Deref;

use crate::problem::{Problem, ProblemKind, Severity};

/// The problems of a file: each with its first place and how often it occurs.
///
/// A damaged file can have a problem in each of its records, so only so many are kept: 100 different
/// warnings and 100 different errors. Of the rest there is the [number](Self::omitted).
///
/// It derefs to the problems that are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    kept: Vec<Problem>,
    /// How often each occurs.
    counts: Vec<u64>,
    omitted: u64,
}

/// Different problems of a severity that are kept; a file with more is no FIT file.
const KEPT: usize = 100;

impl Problems {
    /// The problems and how often each occurs; the place is that of the first.
    pub fn counted(&self) -> impl Iterator<Item = (&Problem, u64)> {
        self.kept.iter().zip(self.counts.iter().copied())
    }

    /// How many problems there are beyond those that are kept.
    pub fn omitted(&self) -> u64 {
        self.omitted
    }

    /// How many problems there are.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum::<u64>() + self.omitted
    }

    /// The worst there is.
    pub fn worst(&self) -> Option<Severity> {
        // Omitted ones are as bad as those that took their places.
        self.kept.iter().map(Problem::severity).max()
    }

    pub(crate) fn push(&mut self, problem: Problem) {
        let alike = self
            .kept
            .iter()
            .position(|first| are_alike(&first.kind, &problem.kind));
        if let Some(count) = alike.and_then(|at| self.counts.get_mut(at)) {
            *count += 1;
            return;
        }
        let same = |kept: &&Problem| kept.severity() == problem.severity();
        if self.kept.iter().filter(same).count() < KEPT {
            self.kept.push(problem);
            self.counts.push(1);
        } else {
            self.omitted += 1;
        }
    }

    /// Puts them in the order of their places.
    pub(crate) fn sort(&mut self) {
        let mut both: Vec<_> = self
            .kept
            .drain(..)
            .zip(std::mem::take(&mut self.counts))
            .collect();
        both.sort_by_key(|(problem, _)| problem.offset);
        (self.kept, self.counts) = both.into_iter().unzip();
    }
}

impl Deref for Problems {
    type Target = [Problem];

    fn deref(&self) -> &[Problem] {
        &self.kept
    }
}

impl<'p> IntoIterator for &'p Problems {
    type Item = &'p Problem;
    type IntoIter = std::slice::Iter<'p, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.kept.iter()
    }
}

/// Whether two problems are one to people: times go back in a thousand records, for example.
fn are_alike(one: &ProblemKind, other: &ProblemKind) -> bool {
    let reversed = |kind: &ProblemKind| matches!(kind, ProblemKind::TimeReversed { .. });
    one == other || (reversed(one) && reversed(other))
}
