//! The source: a station for weeks.

use std::time::Duration;

use fossibot::{Consent, Event, Options, Poller, Profile, Profiles, Warning, Written};
use pipeline_plugin::ble::Sighting;
use pipeline_plugin::{
    Command, Commands, Error, ErrorKind, First, Level, Result, SourceCx, StreamOut, Timestamp,
    first,
};
use serde_json::{Value, json};

use crate::dial::Dial;
use crate::log::Log;
use crate::reach::Reach;
use crate::settings::{Connection, Fossibot};
use crate::talk::{self, Talk, Turn};
use crate::{profiles, told};

/// Pauses between attempts to connect, in seconds.
const FIRST_PAUSE: f64 = 1.0;
const LONGEST_PAUSE: f64 = 60.0;

/// A station that is out of reach for longer is worth a warning, in seconds.
const WORTH_A_WORD: f64 = 60.0;

/// Logs until the run is to stop.
pub(crate) async fn run(settings: &Fossibot, out: &mut dyn StreamOut, cx: &SourceCx) -> Result<()> {
    let profiles = profiles::load(&settings.profiles)?;
    profiles::choose(&profiles, &settings.profile, None)?;
    let mut log = Log::new(settings, out, cx);
    let mut watch = Watch {
        settings,
        cx,
        reach: Reach::new(cx, settings.device.as_ref())?,
        profiles,
        marked: None,
        commands: cx.commands(),
        dial: Dial::new(cx.now()),
        waiting: Vec::new(),
        later: Vec::new(),
        pause: FIRST_PAUSE,
        heard: cx.now(),
        warned: false,
        ever: false,
        said: Vec::new(),
    };
    let result = watch.keep_on(&mut log).await;
    // Whatever ended it, what was logged is kept.
    let ended = log.end().await;
    match result {
        Err(error) if error.kind() != ErrorKind::Cancelled => Err(error),
        _ => ended,
    }
}

/// Watches a station.
struct Watch<'a> {
    settings: &'a Fossibot,
    cx: &'a SourceCx,
    reach: Reach,
    profiles: Profiles,
    /// The profile that registers have spoken for, against the name.
    marked: Option<String>,
    commands: Commands,
    dial: Dial,
    /// Commands under way, and what they became.
    waiting: Vec<(Command, fossibot::Command)>,
    /// Commands that came before there was a link.
    later: Vec<Command>,
    /// The next pause, in seconds.
    pause: f64,
    /// When a status last came.
    heard: Timestamp,
    /// It was said that the station is out of reach.
    warned: bool,
    /// There was a status once.
    ever: bool,
    /// What was warned of, so that it is once.
    said: Vec<String>,
}

/// Why a visit has ended.
enum Ended {
    /// The link was lost or of no use.
    Lost,
    /// There is all that was wanted.
    Done,
    /// Another profile is to be used from now on.
    Again,
}

impl Watch<'_> {
    /// Visits the station again and again. Only the end of the run ends it, sinks that are gone, and
    /// a computer that can't do it.
    async fn keep_on(&mut self, log: &mut Log<'_>) -> Result<()> {
        loop {
            let began = self.cx.now();
            let device = self.find().await?;
            let talk = match self.connect(&device).await {
                Ok(talk) => Some(talk),
                Err(error) => self.trouble(error).map(|()| None)?,
            };
            let ended = match talk {
                Some(talk) => self.visit(talk, &device, log).await?,
                None => Ended::Lost,
            };
            match ended {
                Ended::Lost => {
                    let pause = Duration::from_secs_f64(self.pause);
                    self.pause = (self.pause * 2.0).min(LONGEST_PAUSE);
                    self.rest(pause).await?;
                }
                Ended::Done => {
                    let next = self.settings.every.value() - self.cx.now().seconds_since(began);
                    let rest = Duration::try_from_secs_f64(next).unwrap_or_default();
                    self.rest(rest).await?;
                }
                Ended::Again => {}
            }
        }
    }

    /// A failure that will pass; others are returned. A computer without Bluetooth won't get any, but
    /// one that had it may have it again.
    fn trouble(&self, error: Error) -> Result<()> {
        match error.kind() {
            ErrorKind::Device | ErrorKind::Skip => {}
            ErrorKind::Resource if self.ever => {}
            _ => return Err(error),
        }
        self.say(format!("{}; trying again", error.with_causes()));
        Ok(())
    }

    /// Warns of each kind of thing once a run, however often the link is new.
    fn warn_of(&mut self, kind: &str, text: &str) {
        if !self.said.iter().any(|said| said == kind) {
            self.said.push(kind.to_owned());
            self.cx.context().warn(text);
        }
    }

    fn say(&self, text: impl Into<String>) {
        self.cx.context().log(Level::Info, text);
    }

    /// Pauses, but not when a sink asks for something.
    async fn rest(&mut self, time: Duration) -> Result<()> {
        let command = talk::command(&self.commands);
        match first(self.cx.sleep(time), command).await {
            First::One(slept) => slept,
            First::Other(command) => {
                self.later.push(command);
                Ok(())
            }
        }
    }

    /// Waits until the station is in reach.
    async fn find(&mut self) -> Result<Sighting> {
        loop {
            let mut search = match self.cx.ble()?.scan().await {
                Ok(search) => search,
                Err(error) => {
                    self.trouble(error)?;
                    self.cx
                        .sleep(Duration::from_secs_f64(LONGEST_PAUSE))
                        .await?;
                    continue;
                }
            };
            loop {
                let look = self.reach.look(&mut search, &self.profiles, self.cx);
                match first(look, talk::command(&self.commands)).await {
                    First::One(Ok(Some(device))) => return Ok(device),
                    First::One(Ok(None)) => self.warn_once(),
                    First::One(Err(error)) => {
                        self.trouble(error)?;
                        break;
                    }
                    First::Other(command) => {
                        let text = format!("{} is out of reach", self.reach.title());
                        command.answer(Err(Error::skip(text)));
                    }
                }
            }
            self.cx.sleep(Duration::from_secs_f64(FIRST_PAUSE)).await?;
        }
    }

    /// Says once that nothing has been heard for a while.
    fn warn_once(&mut self) {
        let silent = self.cx.now().seconds_since(self.heard);
        if silent >= WORTH_A_WORD && !std::mem::replace(&mut self.warned, true) {
            self.cx.context().warn(format!(
                "{} is out of reach; looking for it until it is there",
                self.reach.title()
            ));
        }
    }

    fn profile(&self, device: &Sighting) -> Result<&Profile> {
        let name = self.marked.as_ref().unwrap_or(&self.settings.profile);
        profiles::choose(&self.profiles, name, Some(device))
    }

    async fn connect(&mut self, device: &Sighting) -> Result<Talk> {
        let time = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        let options = Options {
            status_every: time(self.settings.every.value()),
            settings_every: time(self.settings.settings_every.value()),
            either_order: self.settings.either_checksum,
            ..Options::default()
        };
        let poller = Poller::new(self.profile(device)?.clone(), options);
        Talk::begin(poller, self.dial, device, self.cx).await
    }

    /// Talks to the station until the link ends; errors of the link end it, those of sinks come back.
    async fn visit(
        &mut self,
        mut talk: Talk,
        device: &Sighting,
        log: &mut Log<'_>,
    ) -> Result<Ended> {
        log.begin(device, talk.poller.profile()).await?;
        if let Some(quality) = log.quality() {
            quality.restart();
        }
        self.say(format!(
            "connected to `{}`, MTU {}",
            device.title(),
            talk.mtu()
        ));
        for command in std::mem::take(&mut self.later) {
            self.command(command, &mut talk);
        }
        let result = self.listen(&mut talk, log).await;
        let mut poller = talk.end().await;
        while let Some(event) = poller.poll_event() {
            if let Event::Written(written) = event {
                self.answer(poller.profile(), &written);
            }
        }
        result
    }

    async fn listen(&mut self, talk: &mut Talk, log: &mut Log<'_>) -> Result<Ended> {
        loop {
            let turn = match talk.next(self.cx, &self.commands).await {
                Ok(turn) => turn,
                Err(error) => return self.trouble(error).map(|()| Ended::Lost),
            };
            if let Some(quality) = log.quality() {
                quality.take(talk.poller.counts());
            }
            let event = match turn {
                Turn::Lost => {
                    self.say("the link is lost");
                    return Ok(Ended::Lost);
                }
                Turn::Command(command) => {
                    self.command(command, talk);
                    continue;
                }
                Turn::Event(event) => event,
            };
            match event {
                Event::Status(status) => {
                    let time = talk.time(&status);
                    self.heard_of(time);
                    log.take(time, &status).await?;
                    let is_asked =
                        !status.pushed && self.settings.connection == Connection::PerPoll;
                    if is_asked && !talk.poller.is_setting() {
                        return Ok(Ended::Done);
                    }
                }
                Event::Silent => {
                    self.say("the station does not answer any more");
                    return Ok(Ended::Lost);
                }
                event => {
                    if self.handle(event, talk) {
                        return Ok(Ended::Again);
                    }
                }
            }
        }
    }

    fn heard_of(&mut self, time: Timestamp) {
        if std::mem::replace(&mut self.warned, false) {
            self.cx
                .context()
                .warn(format!("{} is there again", self.reach.title()));
        }
        self.heard = time;
        self.pause = FIRST_PAUSE;
        self.ever = true;
    }

    /// Whether another profile is to be used.
    fn handle(&mut self, event: Event, talk: &Talk) -> bool {
        match event {
            Event::Written(written) => self.answer(talk.poller.profile(), &written),
            Event::WrongProfile(mut wrong) => {
                let marked = self.profiles.marked(talk.poller.banks());
                wrong.suggestion = marked.map(|profile| profile.name().to_owned());
                let text = wrong.to_string();
                self.warn_of("wrong profile", &text);
                if self.settings.profile == "auto" && wrong.suggestion.is_some() {
                    self.marked = wrong.suggestion;
                    return true;
                }
            }
            Event::Refused { function, code } => {
                let code = code.map_or(String::new(), |code| format!(", code {code}"));
                self.say(format!("the station refused function {function}{code}"));
            }
            Event::Unanswered(_) => self.say("a question was not answered"),
            Event::Warning(warning) => {
                let text = unusual(warning);
                self.warn_of(&text, &text);
            }
            _ => {}
        }
        false
    }

    /// Takes what a sink asks for.
    fn command(&mut self, command: Command, talk: &mut Talk) {
        let profile = talk.poller.profile();
        let consent = Consent {
            // Nobody can switch it on again from afar.
            shut_down: false,
            experimental: self.settings.experimental_writes,
        };
        let Some(value) = text_of(&command.value) else {
            let text = format!("`{}` needs a value such as `on` or 80", command.name);
            return command.answer(Err(Error::skip(text)));
        };
        let made = profile.command(&command.name, &value, consent);
        match made {
            Ok(made) => {
                self.waiting.push((command, made.clone()));
                talk.set(self.cx, made);
            }
            Err(error) => {
                self.say(format!("refused a command of `{}`: {error}", command.stage));
                command.answer(Err(Error::skip(error.to_string())));
            }
        }
    }

    /// Tells a sink what became of its command.
    fn answer(&mut self, profile: &Profile, written: &Written) {
        let result = told::outcome(profile, written);
        match &result {
            Ok(text) => self.say(format!("`{}`: {text}", written.command)),
            Err(error) => self.cx.context().warn(error.to_string()),
        }
        let mut waiting = self.waiting.iter();
        if let Some(index) = waiting.position(|(_, made)| *made == written.command) {
            let (command, made) = self.waiting.remove(index);
            let shown = json!({ "name": made.name(), "value": made.shown() });
            command.answer(result.map(|_| shown));
        }
    }
}

/// The value of a command as the profile takes it: `true` is `on`, 80 is `80`.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Bool(true) => Some("on".to_owned()),
        Value::Bool(false) => Some("off".to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.to_lowercase()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Words for what is unusual about a station.
pub(crate) fn unusual(warning: Warning) -> String {
    match warning {
        Warning::LowByteFirst => {
            "its checksums have the low byte first, as no known station sends them".to_owned()
        }
        Warning::Layout(_) => "its replies have a header that no known station sends".to_owned(),
        Warning::Address(address) => format!(
            "a unit with address {address} answers; write `address: {address}` in a profile of your own"
        ),
        _ => "its radio mixes text into what it sends; that is skipped".to_owned(),
    }
}
