//! What a cleaner has made and not given yet.

use std::collections::VecDeque;

use crate::error::Error;

/// The pieces that a cleaner has made and nobody has asked for yet, and how they end.
///
/// What a reader gives may become no piece or several. An error ends the reading, but is given only
/// behind all that was sound before it.
#[derive(Debug)]
pub struct Ahead<T> {
    pieces: VecDeque<T>,
    failed: Option<Error>,
    done: bool,
}

impl<T> Default for Ahead<T> {
    fn default() -> Ahead<T> {
        Ahead {
            pieces: VecDeque::new(),
            failed: None,
            done: false,
        }
    }
}

impl<T> Ahead<T> {
    /// Starts anew, keeping the buffer.
    pub fn clear(&mut self) {
        self.pieces.clear();
        (self.failed, self.done) = (None, false);
    }

    /// Adds a piece.
    #[inline]
    pub fn push(&mut self, piece: T) {
        self.pieces.push_back(piece);
    }

    /// No piece will follow.
    pub fn end(&mut self) {
        self.done = true;
    }

    /// No piece will follow but `error`.
    pub fn fail(&mut self, error: Error) {
        self.failed = Some(error);
        self.done = true;
    }

    /// What is to be given next, as a reader gives it: a piece, an error, or `Ok(None)` at the end.
    /// `None` when the cleaner has to go on first.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator of results would go on after errors"
    )]
    #[inline]
    pub fn next(&mut self) -> Option<Result<Option<T>, Error>> {
        if let Some(piece) = self.pieces.pop_front() {
            return Some(Ok(Some(piece)));
        }
        if let Some(error) = self.failed.take() {
            return Some(Err(error));
        }
        self.done.then_some(Ok(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn an_error_comes_behind_all_pieces_and_once() {
        let mut ahead = Ahead::default();
        assert!(ahead.next().is_none(), "nothing is ready yet");
        ahead.push(1);
        ahead.push(2);
        ahead.fail(Error {
            kind: ErrorKind::Empty,
            offset: 0,
            line: 1,
            path: String::new(),
        });
        assert!(matches!(ahead.next(), Some(Ok(Some(1)))));
        assert!(matches!(ahead.next(), Some(Ok(Some(2)))));
        assert!(matches!(ahead.next(), Some(Err(_))));
        assert!(matches!(ahead.next(), Some(Ok(None))));
        ahead.clear();
        assert!(ahead.next().is_none(), "it has begun anew");
    }
}
