//! The conversation over the host's Bluetooth.

use std::time::Duration;

use fossibot::{Event, Poller, gatt};
use pipeline_plugin::ble::{Connection, LinkEvent, Service, Sighting, Uuid, Write};
use pipeline_plugin::{Command, Commands, First, Result, SourceCx, Timestamp, first};

use crate::dial::Dial;

/// A link to a station, and what is said over it.
pub(crate) struct Talk {
    pub(crate) poller: Poller,
    pub(crate) dial: Dial,
    link: Connection,
    lost: bool,
}

/// What happens next.
#[derive(Debug)]
pub(crate) enum Turn {
    /// The conversation has something to tell.
    Event(Event),
    /// A sink asks for something.
    Command(Command),
    /// The link is lost, and all events before it were told.
    Lost,
}

const REQUEST: Uuid = gatt::REQUEST;
const REPLY: Uuid = gatt::REPLY;

/// A time-out never is shorter, so that nothing spins.
const SHORTEST: Duration = Duration::from_millis(1);

impl Talk {
    /// Connects, and begins to ask.
    pub(crate) async fn begin(
        mut poller: Poller,
        dial: Dial,
        device: &Sighting,
        cx: &SourceCx,
    ) -> Result<Self> {
        let mut link = cx.ble()?.connect(device).await?;
        link.subscribe(REPLY).await?;
        poller.handle_connected(dial.instant(cx.now()));
        Ok(Self {
            poller,
            dial,
            link,
            lost: false,
        })
    }

    /// The link's MTU.
    pub(crate) fn mtu(&self) -> usize {
        self.link.mtu()
    }

    /// The station's services.
    pub(crate) fn services(&self) -> &[Service] {
        self.link.services()
    }

    /// When something happened.
    pub(crate) fn time(&self, status: &fossibot::Status) -> Timestamp {
        self.dial.time(status.time)
    }

    /// Makes a setting.
    pub(crate) fn set(&mut self, cx: &SourceCx, command: fossibot::Command) {
        self.poller.set(self.dial.instant(cx.now()), command);
    }

    /// Goes on until there is something to tell.
    ///
    /// # Errors
    ///
    /// When the link breaks, or the run is to stop.
    pub(crate) async fn next(&mut self, cx: &SourceCx, commands: &Commands) -> Result<Turn> {
        loop {
            if let Some(event) = self.poller.poll_event() {
                return Ok(Turn::Event(event));
            }
            if self.lost {
                return Ok(Turn::Lost);
            }
            if let Some(request) = self.poller.poll_request() {
                let bytes = request.bytes();
                self.link.write(REQUEST, Write::Confirmed, bytes).await?;
                continue;
            }
            let now = self.dial.instant(cx.now());
            let due = self.poller.poll_timeout().unwrap_or(now);
            let limit = due.saturating_duration_since(now).max(SHORTEST);
            match first(self.link.next(limit), command(commands)).await {
                First::Other(command) => return Ok(Turn::Command(command)),
                First::One(event) => self.take(event?, cx),
            }
        }
    }

    fn take(&mut self, event: Option<LinkEvent>, cx: &SourceCx) {
        match event {
            Some(LinkEvent::Value {
                time,
                characteristic: REPLY,
                value,
            }) => {
                let time = self.dial.instant(time);
                self.poller.handle_notification(time, &value);
            }
            Some(LinkEvent::Value { .. }) => {}
            Some(LinkEvent::Lost { .. }) => {
                self.poller.handle_disconnected();
                self.lost = true;
            }
            None => self.poller.handle_timeout(self.dial.instant(cx.now())),
        }
    }

    /// Ends the link; what was to be set is told to have failed.
    pub(crate) async fn end(mut self) -> Poller {
        self.poller.handle_disconnected();
        // It is over all the same.
        let _ = self.link.disconnect().await;
        self.poller
    }
}

/// The next command; never, when nobody can post any.
pub(crate) async fn command(commands: &Commands) -> Command {
    match commands.next().await {
        Some(command) => command,
        None => std::future::pending().await,
    }
}
