//! A station for the commands: one visit.

mod snapshot;

use std::path::PathBuf;
use std::time::Duration;

use fossibot::{
    Bank, Command, CommandError, Consent, Event, Options, Poller, Profile, Profiles, Registers,
    Written,
};
use pipeline_plugin::ble::{DeviceName, Service, Sighting};
use pipeline_plugin::{Error, ErrorKind, First, Result, SourceCx, Timestamp, first};

pub use self::snapshot::{Shown, Snapshot};
use crate::dial::Dial;
use crate::profiles;
use crate::reach::Reach;
use crate::source::unusual;
use crate::talk::{Talk, Turn};

/// Which station to visit, and how to read it.
#[derive(Clone, Debug, PartialEq)]
pub struct StationOptions {
    /// Its name or address; the first one in range otherwise.
    pub device: Option<DeviceName>,
    /// The profile's name, or `auto`.
    pub profile: String,
    /// Files with profiles of the user.
    pub profiles: Vec<PathBuf>,
    /// How long to look for it.
    pub patience: Duration,
    /// The time from one question for the status to the next.
    pub every: Duration,
}

/// A visit to a station.
pub struct Station<'a> {
    cx: &'a SourceCx,
    talk: Talk,
    device: Sighting,
    services: Vec<Service>,
    profiles: Profiles,
}

/// How long a station may take to answer what a visit asks.
const ANSWER: Duration = Duration::from_secs(20);

impl<'a> Station<'a> {
    /// Looks for the station and connects to it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Device`] when it is not in reach or doesn't answer.
    pub async fn reach(cx: &'a SourceCx, options: &StationOptions) -> Result<Self> {
        let profiles = profiles::load(&options.profiles)?;
        profiles::choose(&profiles, &options.profile, None)?;
        let device = find(cx, options, &profiles).await?;
        let profile = profiles::choose(&profiles, &options.profile, Some(&device))?;
        let poll = Options {
            status_every: options.every,
            settings_every: options.every.max(Duration::from_secs(10)),
            either_order: true,
            ..Options::default()
        };
        let poller = Poller::new(profile.clone(), poll);
        let talk = Talk::begin(poller, Dial::new(cx.now()), &device, cx).await?;
        Ok(Self {
            services: talk.services().to_vec(),
            cx,
            talk,
            device,
            profiles,
        })
    }

    /// The commands that settings such as `usb=on` make, without a station: by the profile of that
    /// name, or for `auto` by that of the device's name.
    ///
    /// # Errors
    ///
    /// What a profile or a setting has against it.
    pub fn commands(
        options: &StationOptions,
        settings: &[(String, String)],
        consent: Consent,
    ) -> Result<(Profile, Vec<Command>)> {
        let profiles = profiles::load(&options.profiles)?;
        let named = options.device.as_ref().map(|name| Sighting {
            name: Some(name.as_str().to_owned()),
            ..Sighting::default()
        });
        let profile = profiles::choose(&profiles, &options.profile, named.as_ref())?;
        let commands = commands(profile, settings, consent)?;
        Ok((profile.clone(), commands))
    }

    /// The name that it advertises, or its address.
    pub fn title(&self) -> &str {
        self.device.title()
    }

    /// How it was seen.
    pub fn device(&self) -> &Sighting {
        &self.device
    }

    /// Its services.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The MTU of the link.
    pub fn mtu(&self) -> usize {
        self.talk.mtu()
    }

    /// What its registers mean.
    pub fn profile(&self) -> &Profile {
        self.talk.poller.profile()
    }

    /// Reads both banks once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Device`] when it does not answer.
    pub async fn read(&mut self) -> Result<Snapshot> {
        let mut seen = (false, false);
        let mut wrong = None;
        let deadline = self.cx.now() + ANSWER.as_secs_f64();
        while seen != (true, true) {
            match self.next(deadline).await? {
                Event::Status(_) => seen.0 = true,
                Event::WrongProfile(mut implausible) => {
                    let marked = self.profiles.marked(self.talk.poller.banks());
                    implausible.suggestion = marked.map(|profile| profile.name().to_owned());
                    wrong = Some(implausible);
                    seen.0 = true;
                }
                Event::Settings(_) => seen.1 = true,
                _ => {}
            }
        }
        let poller = &self.talk.poller;
        Ok(Snapshot::of(poller.profile(), poller.banks(), wrong))
    }

    /// Whether its own profile has these settings and takes these values; nothing is sent.
    ///
    /// # Errors
    ///
    /// What the profile has against one.
    pub fn check(&self, settings: &[(String, String)], consent: Consent) -> Result<()> {
        commands(self.profile(), settings, consent).map(drop)
    }

    /// Makes settings, one after another; `done` is told what became of each.
    ///
    /// # Errors
    ///
    /// What the profile has against one, before anything is sent; [`ErrorKind::Device`] when the
    /// station does not answer.
    pub async fn set(
        &mut self,
        settings: &[(String, String)],
        consent: Consent,
        mut done: impl FnMut(&Profile, &Written),
    ) -> Result<()> {
        let commands = commands(self.profile(), settings, consent)?;
        let mut left = commands.len();
        for command in commands {
            self.talk.set(self.cx, command);
        }
        let each = ANSWER.as_secs_f64();
        let mut deadline = self.cx.now() + each;
        while left > 0 {
            if let Event::Written(written) = self.next(deadline).await? {
                done(self.profile(), &written);
                left -= 1;
                deadline = self.cx.now() + each;
            }
        }
        Ok(())
    }

    /// The next registers that come, asked for or not, with their time.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Device`] when none come for a while.
    pub async fn registers(&mut self) -> Result<(Timestamp, Registers)> {
        let deadline = self.cx.now() + ANSWER.as_secs_f64();
        loop {
            match self.next(deadline).await? {
                Event::Status(status) => return Ok((self.talk.time(&status), status.registers)),
                Event::Settings(registers) => return Ok((self.cx.now(), registers)),
                Event::WrongProfile(_) => {
                    // The registers are worth a look all the more.
                    let count = self.profile().registers();
                    let banks = self.talk.poller.banks();
                    let values = (0..count)
                        .map_while(|r| banks.get(Bank::Input, r))
                        .collect();
                    let registers = Registers {
                        bank: Bank::Input,
                        start: Some(0),
                        values,
                    };
                    return Ok((self.cx.now(), registers));
                }
                _ => {}
            }
        }
    }

    /// What a register says, by the profile: nothing, or one reading or several.
    pub fn meaning(&self, bank: Bank, register: u16) -> Vec<Shown> {
        let poller = &self.talk.poller;
        let values = poller.profile().decode(poller.banks());
        let values = values.map(|decoded| decoded.values).unwrap_or_default();
        let readings = poller.profile().readings().zip(values);
        let of = readings.filter(|(reading, value)| {
            reading.register() == Some((bank, register)) && !value.is_nan()
        });
        of.map(|(reading, value)| Shown::of(reading, value))
            .collect()
    }

    /// Ends the visit.
    pub async fn leave(self) {
        self.talk.end().await;
    }

    /// The next event, if one comes before that time.
    async fn next(&mut self, deadline: Timestamp) -> Result<Event> {
        loop {
            let left = deadline.seconds_since(self.cx.now());
            let left = Duration::try_from_secs_f64(left).unwrap_or_default();
            let commands = self.cx.commands();
            let turn = {
                let next = self.talk.next(self.cx, &commands);
                match first(next, self.cx.sleep(left)).await {
                    First::One(turn) => turn?,
                    First::Other(slept) => {
                        slept?;
                        return Err(self.silent("does not answer"));
                    }
                }
            };
            match turn {
                Turn::Event(Event::Warning(warning)) => self.cx.context().warn(unusual(warning)),
                Turn::Event(Event::Silent) => return Err(self.silent("does not answer")),
                Turn::Event(event) => return Ok(event),
                Turn::Lost => return Err(self.silent("is out of reach")),
                Turn::Command(command) => command.unknown(&[]),
            }
        }
    }

    fn silent(&self, what: &str) -> Error {
        let title = self.title();
        Error::new(ErrorKind::Device, format!("`{title}` {what}"))
            .with_help("bring it closer, and close its app: it takes one connection at a time")
    }
}

impl std::fmt::Debug for Station<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Station")
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}

async fn find(cx: &SourceCx, options: &StationOptions, profiles: &Profiles) -> Result<Sighting> {
    let mut reach = Reach::new(cx, options.device.as_ref())?;
    let title = reach.title();
    let mut search = cx.ble()?.scan().await?;
    let looking = async {
        loop {
            if let Some(device) = reach.look(&mut search, profiles, cx).await? {
                return Ok(device);
            }
        }
    };
    match first(looking, cx.sleep(options.patience)).await {
        First::One(found) => found,
        First::Other(slept) => {
            slept?;
            let seconds = options.patience.as_secs();
            let text = format!("{title} was not seen for {seconds} s");
            Err(Error::new(ErrorKind::Device, text).with_help(
                "switch it on, bring it closer, and close its app: it takes one connection at a time",
            ))
        }
    }
}

fn commands(
    profile: &Profile,
    settings: &[(String, String)],
    consent: Consent,
) -> Result<Vec<Command>> {
    let command = |(name, value): &(String, String)| {
        profile.command(name, value, consent).map_err(|error| {
            let help = match &error {
                CommandError::Unconfirmed { .. } => Some("say that you want it with `--shut-down`"),
                CommandError::Experimental { .. } => {
                    Some("try it with `--experimental`, and tell us what happened")
                }
                _ => None,
            };
            let told = Error::skip(error.to_string());
            match help {
                Some(help) => told.with_help(help),
                None => told,
            }
        })
    };
    settings.iter().map(command).collect()
}
