use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::assigned::characteristic;
use crate::{Error, Properties, Request, Response, ResultCode, Write};

/// Asks one thing after the other of a monitor, and waits for each answer.
///
/// After every `handle_*` and [`request`](Self::request), call [`poll_write`](Self::poll_write) and
/// [`poll_event`](Self::poll_event) until they return `None`.
#[derive(Clone, Debug)]
pub struct Controller {
    properties: Properties,
    pending: Option<Pending>,
    writes: VecDeque<Write>,
    events: VecDeque<ControlEvent>,
}

#[derive(Clone, Copy, Debug)]
struct Pending {
    request: Request,
    until: Instant,
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ControlEvent {
    /// The monitor answered.
    Answered {
        /// What was asked.
        request: Request,
        /// What it said; a refusal is an answer too.
        result: ResultCode,
    },
    /// It did not answer within two seconds, or the link was lost before it did.
    NotAnswered(Request),
    /// It said something that answers no request.
    Unexpected,
}

/// Why something can't be asked.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum RequestError {
    /// Occurs when the request before has not been answered yet.
    #[error("the request before this one has not been answered yet")]
    Busy,
    /// Occurs when the request can't be made.
    #[error("the request can't be made")]
    Invalid(#[source] Error),
}

/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(2);

impl Controller {
    /// For a control point that offers these ways to write.
    pub fn new(properties: Properties) -> Self {
        Self {
            properties,
            pending: None,
            writes: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Asks for something.
    ///
    /// # Errors
    ///
    /// When the request before has not been answered yet, or a setting is out of range.
    pub fn request(&mut self, now: Instant, request: Request) -> Result<(), RequestError> {
        self.handle_timeout(now);
        if self.pending.is_some() {
            return Err(RequestError::Busy);
        }
        let value = request.encode().map_err(RequestError::Invalid)?;
        self.writes.push_back(Write {
            characteristic: characteristic::SETTINGS_CONTROL_POINT,
            kind: self.properties.kind(),
            value,
        });
        self.pending = Some(Pending {
            request,
            until: now + PATIENCE,
        });
        Ok(())
    }

    /// Takes an indication of the Settings Control Point.
    pub fn handle_indication(&mut self, now: Instant, value: &[u8]) {
        self.handle_timeout(now);
        let answered = Response::decode(value).ok().zip(self.pending);
        let event = match answered {
            Some((response, Pending { request, .. })) if response.code == request.code() => {
                self.pending = None;
                let result = response.result;
                ControlEvent::Answered { request, result }
            }
            _ => ControlEvent::Unexpected,
        };
        self.events.push_back(event);
    }

    /// Gives up waiting.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.poll_timeout().is_some_and(|until| now >= until) {
            self.handle_disconnected();
        }
    }

    /// The link was lost: no answer will come.
    pub fn handle_disconnected(&mut self) {
        self.writes.clear();
        if let Some(Pending { request, .. }) = self.pending.take() {
            self.events.push_back(ControlEvent::NotAnswered(request));
        }
    }

    /// What to write.
    pub fn poll_write(&mut self) -> Option<Write> {
        self.writes.pop_front()
    }

    /// What happened.
    pub fn poll_event(&mut self) -> Option<ControlEvent> {
        self.events.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.pending.map(|pending| pending.until)
    }
}
